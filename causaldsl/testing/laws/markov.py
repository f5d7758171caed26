"""The Markov law: what the graph says is independent is independent in the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from causaldsl.errors import UsageError
from causaldsl.graph.answers import Independency
from causaldsl.graph.domain import Discrete, Image, quoted
from causaldsl.graph.ir import CausalGraph
from causaldsl.scm.model import CausalModel
from causaldsl.testing.laws.broken import Finding, require
from causaldsl.testing.laws.counts import coded, share, surprise, tabulate, threshold
from causaldsl.testing.laws.residuals import ENOUGH, FLOOR, association, features
from causaldsl.testing.laws.subject import Subject, model_of, spelled, value_of

EXACT = 1e-8
"""How far probabilities from tables may be off."""


@dataclass(frozen=True)
class _Doubt:
    """The strongest sign that an independency does not hold: in standard errors, and in words."""

    z: float
    text: str


def check_markov(
    subject: Subject,
    graph: CausalGraph | None = None,
    *,
    draws: int = 20_000,
    seed: int = 0,
    alpha: float = 1e-4,
    most: int = 500,
) -> None:
    """Check that every minimal independency that the graph implies holds in the model.

    Each is looked at in draws and, where all its nodes have tables, exactly. Of unobserved causes only that is checked
    which they imply for observed nodes.

    Parameters
    ----------
    subject : Run or CausalModel
        What to check.
    graph : CausalGraph, optional
        Whose independencies; the model's own by default. Another graph of the same nodes may be put to a model.
    draws, seed : int
        Units to look at.
    alpha : float
        How likely it is that a right model is accused, all independencies taken together.
    most : int
        How many independencies are looked at, from the first on; those of pictures are not.

    Raises
    ------
    BrokenLawError
        With the independencies that do not hold, the numbers and their error.

    Notes
    -----
    Draws show only what is larger than their error, about one in the root of `draws`; where a real node is given, what
    is larger than a correlation of 0.04 besides. See `causaldsl.testing.laws.counts` and
    `causaldsl.testing.laws.residuals`.

    Examples
    --------
    >>> import causaldsl as cd
    >>> check_markov(cd.compile(cd.parse("binary A, B, C; A := bernoulli(0.3); B := bernoulli(A/2); C := not B")))
    """
    model = model_of(subject)
    found = model.sample(draws, seed=seed, pictures=False)
    implied = [i for i in islice((graph or model.graph).independencies(), most) if not _has_picture(model, i)]
    findings: dict[Independency, Finding] = {}
    doubts: list[tuple[Independency, _Doubt]] = []
    tests = 0
    for independency in implied:
        if (off := _off(model, independency)) > EXACT:
            text = f"{independency}: in the model's tables P({_pair(independency)}) is off by {off:.3g}"
            findings[independency] = Finding(_nodes(independency), text, 1e9 * off)
        for doubt in _doubts(model.graph, found, independency):
            tests += 1
            doubts.append((independency, doubt))
    for independency, doubt in doubts:
        if doubt.z > threshold(tests, alpha) and doubt.z > getattr(findings.get(independency), "weight", 0.0):
            findings[independency] = Finding(_nodes(independency), f"{independency}: {doubt.text}", doubt.z)
    note = f"{len(implied)} independencies, {tests} tests on {draws:,} draws of seed {seed}; alpha {alpha:g}"
    require("The Markov law", list(findings.values()), note)


def _nodes(independency: Independency) -> tuple[str, ...]:
    return (independency.a, independency.b, *sorted(independency.given))


def _pair(independency: Independency) -> str:
    given = f" | {', '.join(map(quoted, sorted(independency.given)))}" if independency.given else ""
    return f"{quoted(independency.a)}, {quoted(independency.b)}{given}"


def _has_picture(model: CausalModel, independency: Independency) -> bool:
    return any(isinstance(model.graph[name].domain, Image) for name in _nodes(independency))


def _off(model: CausalModel, independency: Independency) -> float:
    """Return how far P(a, b | z) is from P(a | z) P(b | z), at most; 0 where no table tells."""
    law = model.joint()
    if not set(law.names).issuperset(_nodes(independency)):
        return 0.0
    try:
        joint = torch.as_tensor(law.marginal(*_nodes(independency)))
    except UsageError:  # the table would be too large
        return 0.0
    joint = joint.reshape(*joint.shape[:2], -1)
    p = joint / joint.sum((0, 1), keepdim=True)
    return float((p - p.sum(0, keepdim=True) * p.sum(1, keepdim=True)).abs().nan_to_num().max())


def _doubts(graph: CausalGraph, found: Mapping[str, Tensor], independency: Independency) -> Iterator[_Doubt]:
    """Yield each test of an independency."""
    given = sorted(independency.given)
    discrete = [name for name in given if isinstance(graph[name].domain, Discrete)]
    real = [name for name in given if name not in discrete]
    n = len(found[independency.a])
    strata = torch.zeros(n, dtype=torch.long, device=found[independency.a].device)
    rows = strata[None, :0]
    if discrete:
        rows, strata = torch.stack([found[name] for name in discrete], 1).unique(dim=0, return_inverse=True)
    where = [
        ", ".join(spelled(name, value_of(graph[name].domain, code)) for name, code in zip(discrete, row, strict=True))
        for row in rows.tolist()
    ]
    if real:
        yield from _by_residuals(graph, found, independency, real, strata, where)
    else:
        yield from _by_counts(graph, found, independency, strata, where)


def _by_counts(
    graph: CausalGraph, found: Mapping[str, Tensor], independency: Independency, strata: Tensor, where: list[str]
) -> Iterator[_Doubt]:
    a, b = (coded(name, graph[name].domain, found[name]) for name in (independency.a, independency.b))
    counts = tabulate(strata, len(where), a, b)
    surprises = surprise(counts)
    for s, i, j in (~surprises.isnan()).nonzero().tolist():
        table = counts[s]
        n = float(table.sum())
        apart = float(table[i].sum() * table[:, j].sum()) / n**2
        prefix = f"given {where[s]}, " if where[s] else ""
        yield _Doubt(
            abs(float(surprises[s, i, j])),
            f"{prefix}P({a.events[i]}, {b.events[j]}) is {share(float(table[i, j]), int(n))}, "
            f"but P({a.events[i]}) P({b.events[j]}) is {apart:.4f}",
        )


def _by_residuals(
    graph: CausalGraph,
    found: Mapping[str, Tensor],
    independency: Independency,
    real: list[str],
    strata: Tensor,
    where: list[str],
) -> Iterator[_Doubt]:
    a, b = (features(graph[name].domain, found[name]) for name in (independency.a, independency.b))
    given = torch.stack([found[name].double() for name in real], 1)
    for s, said in enumerate(where):
        rows = strata == s
        if int(rows.sum()) < ENOUGH:
            continue
        z, correlation = association(a[rows], b[rows], given[rows])
        prefix = f"given {said}, " if said else ""
        text = f"{prefix}among units that agree in {', '.join(map(quoted, real))} the correlation"
        for at in (~z.isnan()).nonzero().tolist():
            size, clear = float(correlation[*at]), abs(float(z[*at]))
            yield _Doubt(clear if abs(size) > FLOOR else 0.0, f"{text} is {size:.3f} ± {abs(size) / clear:.1g}")
