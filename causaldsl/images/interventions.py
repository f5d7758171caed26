"""Which interventions a generator is trained under: what the causes of its pictures are set to.

`single`: do() of one cause, the others as they then come (`LabelSampler.interventional`). `uniform`: do() of all causes
at once, each at random and by itself, so that every combination of levels is as likely as any other.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from causaldsl.graph.domain import Categorical, Discrete
from causaldsl.images.causes import Causes
from causaldsl.plugins.protocols import LabelSampler
from causaldsl.scm.encoding import columns


def uniform(causes: Causes, sampler: LabelSampler, n: int, generator: Generator) -> Tensor:
    """Set every cause at random and by itself.

    Parameters
    ----------
    causes : Causes
        What is set.
    sampler : LabelSampler
        Knows which values a real cause has.
    n : int
        Rows.
    generator : Generator
        Of the step.

    Returns
    -------
    Tensor, shape (n, width)
        Encoded; levels are equally likely, a real cause has values that it has elsewhere, each from a row of its own.
    """
    default = torch.get_default_dtype()
    parts = [torch.empty(n, 0, device=generator.device)]
    for domain, at in columns(causes.domains):
        if not isinstance(domain, Discrete):
            parts.append(sampler.observational(n, generator)[:, at])
            continue
        levels = torch.randint(len(domain.levels), (n,), generator=generator, device=generator.device)
        encoded = F.one_hot(levels, len(domain.levels)) if isinstance(domain, Categorical) else levels[:, None]
        parts.append(encoded.to(default))
    return torch.cat(parts, 1)
