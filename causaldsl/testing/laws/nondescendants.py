"""An intervention changes nothing but its effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete, Value, quoted
from causaldsl.scm.model import CausalModel
from causaldsl.testing.laws.broken import Finding, require
from causaldsl.testing.laws.counts import contrast
from causaldsl.testing.laws.subject import Subject, draws_pictures, model_of, spelled, value_of, values_of

PICTURES = 8
"""How many pictures are compared for each intervention."""


def check_do_leaves_nondescendants(subject: Subject, *, draws: int = 2000, seed: int = 0) -> None:
    """Check that setting a node leaves all that it does not cause as it was.

    Each label is set to its values, one by one. Under the same seed what is no effect of it has to be the same to the
    last bit, pictures too; and where tables hold a node's law, its law has to be the same.

    Parameters
    ----------
    subject : Run or CausalModel
        What to check.
    draws, seed : int
        Units to look at.

    Raises
    ------
    BrokenLawError
        With what was set and what changed, and how its law did.

    Examples
    --------
    >>> import causaldsl as cd
    >>> check_do_leaves_nondescendants(cd.compile(cd.parse("binary A, B; A := bernoulli(0.3); B := not A")))
    """
    model = model_of(subject)
    graph = model.graph
    before = dict(model.sample(draws, seed=seed, pictures=False))
    with_pictures = draws_pictures(subject) and len(graph.images) > 0
    small = dict(model.sample(PICTURES, seed=seed)) if with_pictures else {}
    findings: list[Finding] = []
    for name in graph.columns:
        below = graph.descendants([name])
        apart = [other for other in graph.columns if other not in below]
        for value in values_of(graph, before, name):
            do = {name: value}
            findings += _changed(model, do, before, dict(model.sample(draws, do=do, seed=seed, pictures=False)), apart)
            findings += _shifted(model, name, value, apart)
            if with_pictures:
                images = [image for image in graph.images if image not in below]
                findings += _changed(model, do, small, dict(model.sample(PICTURES, do=do, seed=seed)), images)
    require("The law that do() leaves non-descendants alone", findings, f"{draws:,} draws of seed {seed}")


def _changed(
    model: CausalModel,
    do: Mapping[str, Value],
    before: Mapping[str, Tensor],
    after: Mapping[str, Tensor],
    apart: list[str],
) -> Iterator[Finding]:
    """Compare two samples of one seed."""
    ((name, value),) = do.items()
    for other in apart:
        a, b = before[other], after[other]
        differ = int((a != b).flatten(1).any(1).sum()) if a.dim() > 1 else int((a != b).sum())
        if not differ:
            continue
        text = f"do({spelled(name, value)}) changes {quoted(other)} in {differ:,} of {len(a):,} units"
        if a.dim() == 1:
            law = contrast(other, model.graph[other].domain, a, b)
            text += f"; P({law.event}) goes from {law.first} to {law.second}" if law.event else ""
        yield Finding((name, other), text, differ / len(a))


def _shifted(model: CausalModel, name: str, value: Value, apart: list[str]) -> Iterator[Finding]:
    """Compare the exact laws."""
    domain = model.graph[name].domain
    if not isinstance(domain, Discrete):
        return
    before, after = model.joint(), model.joint({name: domain.index(value)})
    for other in apart:
        if other not in before.names or other not in after.names:
            continue
        p, q = torch.as_tensor(before.marginal(other)), torch.as_tensor(after.marginal(other))
        at = int((p - q).abs().argmax())
        if float((p - q).abs()[at]) > 1e-9:
            event = spelled(other, value_of(model.graph[other].domain, at))
            text = f"do({spelled(name, value)}) takes P({event}) from {p[at]:.6g} to {q[at]:.6g} in the tables"
            yield Finding((name, other), text, float((p - q).abs()[at]))
