"""The weak spots of a run: what a reader has to know before believing a number or a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from causaldsl.check.identifiability import unidentified
from causaldsl.report.asked import Said
from causaldsl.train.run import Run

WEAK = 0.9
"""An effectiveness or a judge's accuracy below this is flagged."""
RARE = 100
"""A level with fewer rows in the data is."""


def weak_spots(
    run: Run, evaluation: Mapping[str, Any] | None, marginals: Sequence[Mapping[str, Any]], judged: Sequence[Said]
) -> Iterator[str]:
    """Yield a sentence for each weak spot.

    Parameters
    ----------
    run : Run
        A complete one.
    evaluation : mapping or None
        See `causaldsl.evaluate.evaluation.evaluate`; None for a run without pictures.
    marginals : sequence of mapping
        `what`, and of a level of a discrete label `rows`, its number in the data, and `within`, whether the model's
        share agrees with the data's.
    judged : sequence of Said
        The assertions.
    """
    for finding in unidentified(run.graph):
        yield f"No data answer this question: {finding.message}."
    for said in judged:
        if said.holds is not True:
            word = "does not hold" if said.holds is False else "could not be judged"
            yield f"The assertion {said.text} {word}: {said.lines[0]}."
    for m in marginals:
        if m["rows"] is not None and m["rows"] < RARE:
            yield f"{m['what']} rests on {m['rows']:,} rows of the data: what depends on it is a guess."
        if m["within"] is False:
            yield f"{m['what']} is {m['model']:.4f} in the model, outside the interval of the data's {m['data']:.4f}."
    if evaluation is None:
        return
    for label, lower in evaluation["effectiveness"]["labels"].items():
        if lower < WEAK:
            yield f"{label} is read as asked in {100 * lower:.1f} % of the pictures alone."
    for kind, judge in evaluation["judges"].items():
        for label, accuracy in judge["balanced_accuracy"].items():
            if accuracy < WEAK:
                yield f"The {kind} judge reads {label} rightly in {100 * accuracy:.1f} % of real pictures alone."
