"""The weak spots of a run: what a reader has to know before believing a number or a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from causaldsl.check.identifiability import unidentified
from causaldsl.evaluate.comparison import called
from causaldsl.evaluate.tables import WEAK, WORSE
from causaldsl.report.asked import Said
from causaldsl.report.marginals import RARE, Beside
from causaldsl.train.run import Run


def weak_spots(run: Run, evaluation: Mapping[str, Any] | None, beside: Beside, judged: Sequence[Said]) -> Iterator[str]:
    """Yield a sentence for each weak spot.

    Parameters
    ----------
    run : Run
        A complete one.
    evaluation : mapping or None
        See `causaldsl.evaluate.evaluation.evaluate`; None for a run without pictures.
    beside : Beside
        The data beside the model.
    judged : sequence of Said
        The assertions.
    """
    for finding in unidentified(run.graph):
        yield f"No data answer this question: {finding.message}."
    for said in judged:
        if said.holds is not True:
            word = "does not hold" if said.holds is False else "could not be judged"
            yield f"The assertion {said.text} {word}: {said.lines[0]}."
    for m in beside.marginals:
        if m.rows is not None and m.rows < RARE:
            yield f"{m.what} rests on {m.rows:,} rows of the data: what depends on it is a guess."
        if not m.within:
            yield f"{m.what} is {m.model:.4f} in the model, outside the interval of the data's {m.data.value:.4f}."
    yield from beside.spots
    if evaluation is not None:
        yield from _of_pictures(evaluation)


def _of_pictures(evaluation: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"Not measured: {note}." for note in evaluation["notes"])
    for label, lower in evaluation["effectiveness"]["labels"].items():
        if lower < WEAK:
            yield f"{label} is read as asked in only {100 * lower:.1f} % of the pictures."
    errors = evaluation["errors"]
    for name, error in errors.items():
        if error["value"] > WORSE * error["guess"]:
            yield f"{name} is read off by {error['value']:.3g} on average; guessing is off by {error['guess']:.3g}."
    for kind, judge in evaluation["judges"].items():
        for name in errors:
            off = judge["errors"][name]["value"]
            if off > WORSE * errors[name]["guess"]:
                yield f"The {kind} judge reads {name} of real pictures off by {off:.3g} on average."
        for label, accuracy in judge["balanced_accuracy"].items():
            if accuracy < WEAK:
                yield f"The {kind} judge reads {label} rightly in only {100 * accuracy:.1f} % of real pictures."
    for one in evaluation["imagined"].get("causes", []):
        if "read" in one and one["read"]["value"] < WEAK:
            share = f"{100 * one['read']['value']:.1f} %"
            yield f"{one['cause']} is read as set in only {share} of the real pictures imagined otherwise."
    rare = evaluation["rare"]
    missed = sorted((pair for pair in rare if pair["value"] < WEAK), key=lambda pair: pair["value"])
    if missed:
        worst = f"{called(missed[0]['labels'])} in {100 * missed[0]['value']:.1f} %"
        yield f"Of {len(rare)} rare combinations, {len(missed)} are read in fewer than 90 % of the pictures; {worst}."
