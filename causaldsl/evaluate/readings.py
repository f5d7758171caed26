"""What judges read from a model's pictures: effectiveness, and the rows of do and given.

Effectiveness: ask for labels drawn uniformly, combinations that no data ever held included, and see how often a judge
reads what was asked for; of the two judges the lower figure is quoted. Rows: for each label X the pictures under
do(X=1) and given X=1, and the share of each other label in them beside the exact one of the labels' law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.evaluate.judge import Judge, corrected
from causaldsl.graph.domain import Binary
from causaldsl.scm.model import CausalModel

RELIABLE = 0.99
"""A label that a judge reads less often rightly than this has its shares corrected by the judge's own error rates."""


@dataclass(frozen=True)
class Effectiveness:
    """How often judges read what was asked for.

    Parameters
    ----------
    by_judge : mapping of str to mapping of str to float
        Judge, label, share read rightly.
    n : int
        Pictures.
    """

    by_judge: Mapping[str, Mapping[str, float]]
    n: int

    @property
    def labels(self) -> dict[str, float]:
        """For each label the lower figure of the judges."""
        names = next(iter(self.by_judge.values()))
        return {name: min(figures[name] for figures in self.by_judge.values()) for name in names}

    @property
    def mean(self) -> float:
        """Mean over the labels of the lower judge's mean."""
        return min(sum(figures.values()) / len(figures) for figures in self.by_judge.values())

    def as_json(self) -> dict[str, Any]:
        """Render for evaluation.json."""
        return {"mean": self.mean, "labels": self.labels, "by_judge": self.by_judge, "n": self.n}


@dataclass(frozen=True)
class Row:
    """One row of the paper's picture, in numbers.

    Parameters
    ----------
    label : str
        The label X.
    kind : {"do", "given"}
        do(X=1), or given X=1.
    exact : mapping of str to float
        P(Y=1) of each label by the labels' law.
    raw, read : mapping of str to float
        The share that the judge reads, and the same with its errors taken out where it is not reliable.
    n : int
        Pictures read.
    """

    label: str
    kind: str
    exact: Mapping[str, float]
    raw: Mapping[str, float]
    read: Mapping[str, float]
    n: int


def binary_causes(model: CausalModel, image: str) -> tuple[str, ...]:
    """Return the binary causes of an image: what a picture of it can show."""
    return tuple(name for name, domain in model.image(image).shape.parents if isinstance(domain, Binary))


@torch.no_grad()
def effectiveness(model: CausalModel, image: str, judges: Sequence[Judge], n: int, seed: int) -> Effectiveness:
    """Measure how often judges read uniformly drawn labels in the pictures drawn for them."""
    names = binary_causes(model, image)
    generator = torch.Generator(model.controller.device).manual_seed(seed)
    asked = {name: torch.randint(2, (n,), generator=generator, device=generator.device) for name in names}
    values = model.controller.sample(n, generator, asked)
    pictures = model.draw(image, values, generator)
    found: dict[str, dict[str, float]] = {}
    for judge in judges:
        said = judge.read(pictures) > 0.5
        found[judge.kind] = {
            name: float((said[:, judge.names.index(name)] == asked[name].to(said.device).bool()).float().mean())
            for name in names
        }
    return Effectiveness(found, n)


@torch.no_grad()
def rows(model: CausalModel, image: str, judge: Judge, n: int, seed: int) -> list[Row]:
    """Read both rows of every binary cause of an image; a label that never is 1 has no `given` row."""
    found = []
    for name in binary_causes(model, image):
        for kind in ("do", "given"):
            try:
                exact = shares(model, name, kind, judge.names)
                drawn = (
                    model.sample(n, {name: 1}, seed=seed)
                    if kind == "do"
                    else model.sample(n, given={name: 1}, seed=seed)
                )
            except RunError:  # the evidence has probability zero
                continue
            raw = (judge.read(drawn[image]) > 0.5).double().mean(0)
            found.append(Row(name, kind, exact, _named(judge, raw), _named(judge, mended(raw, judge)), n))
    return found


def mended(raw: Tensor, judge: Judge) -> Tensor:
    """Take a judge's errors out of the shares it read, shape (d,), for the labels that it reads less than reliably."""
    confusion = judge.confusion.double()
    reliable = judge.accuracy.double() >= RELIABLE
    return torch.where(reliable, raw, corrected(raw, confusion))


def shares(model: CausalModel, name: str, kind: str, labels: Sequence[str]) -> dict[str, float]:
    """Return the exact P(Y=1) of labels under do(name=1) or given name=1.

    Raises
    ------
    RunError
        If name=1 has probability zero.
    UsageError
        If the joint of the labels is too large for a table.
    """
    law = model.joint({name: 1}) if kind == "do" else model.joint().given({name: 1})
    missing = [label for label in labels if label not in law.names]
    if missing:
        raise UsageError(f"the law of `{missing[0]}` is not exact: it, or a cause of it, has no table")
    return {label: float(law.marginal(label)[1]) for label in labels}


def _named(judge: Judge, values: Tensor) -> dict[str, float]:
    return dict(zip(judge.names, values.tolist(), strict=True))
