"""Consistency: where nothing confounds two nodes, doing is seeing; doing what was so anyway changes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Discrete, Value, quoted
from causaldsl.scm.answers import NumberAnswer
from causaldsl.scm.model import CausalModel
from causaldsl.testing.laws.broken import Finding, require
from causaldsl.testing.laws.counts import contrast, threshold
from causaldsl.testing.laws.subject import Subject, code_of, effects, model_of, spelled, values_of

_EXACT = 1e-8
"""How far exact answers may be apart."""
_WIDER = 1.2
"""By how much the error of an answer is widened, as it is itself an estimate (from 50 groups of draws)."""


@dataclass(frozen=True)
class _Comparison:
    """Two numbers that should be the same: how many errors they are apart, in how many ways it was tried, in words."""

    nodes: tuple[str, str]
    z: float
    tests: int
    text: str


def check_consistency(subject: Subject, *, draws: int = 20_000, seed: int = 0, alpha: float = 1e-4) -> None:
    """Check that doing is seeing where nothing confounds, and that doing what was so anyway changes nothing.

    For each label X and each of its effects Y: where the graph says that nothing confounds them (the empty set is an
    adjustment set), P(Y | do(X=x)) has to be P(Y | X=x), in draws and in the model's answers; and always
    P(Y[X=x] | X=x) has to be P(Y | X=x). What the model cannot answer is not compared.

    Parameters
    ----------
    subject : Run or CausalModel
        What to check.
    draws, seed : int
        Units to look at.
    alpha : float
        How likely it is that a right model is accused, all comparisons taken together.

    Raises
    ------
    BrokenLawError
        With the probabilities that differ, and their errors.

    Examples
    --------
    >>> import causaldsl as cd
    >>> check_consistency(cd.compile(cd.parse("binary A, B; A := bernoulli(0.3); B := bernoulli(A/2)")))
    """
    model = model_of(subject)
    graph = model.graph
    seen = dict(model.sample(draws, seed=seed, pictures=False))
    compared: list[_Comparison] = []
    for x in graph.columns:
        below = effects(graph, x)
        clear = [y for y in below if graph.is_adjustment_set([x], [y], ())]
        for value in values_of(graph, seen, x):
            compared += _by_draws(model, seen, x, value, clear, seed + 1)
            for y in below:
                compared += _by_answers(model, seen, x, value, y, y in clear, seed)
    tests = sum(comparison.tests for comparison in compared)
    limit = threshold(tests, alpha)
    findings = [Finding(c.nodes, c.text, c.z) for c in compared if c.z > limit]
    require("The law of consistency", findings, f"{tests} comparisons, {draws:,} draws of seed {seed}; alpha {alpha:g}")


def _by_draws(
    model: CausalModel, seen: Mapping[str, Tensor], x: str, value: Value, clear: list[str], seed: int
) -> Iterator[_Comparison]:
    """Compare units that happen to have a level with units that were given it."""
    domain = model.graph[x].domain
    if not clear or not isinstance(domain, Discrete):
        return
    rows = seen[x] == code_of(domain, value)
    done = model.sample(len(rows), do={x: value}, seed=seed, pictures=False)
    event = spelled(x, value)
    for y in clear:
        found = contrast(y, model.graph[y].domain, seen[y][rows], done[y])
        if found.tests:
            text = f"P({found.event} | {event}) is {found.first}, but P({found.event} | do({event})) is {found.second}"
            yield _Comparison((x, y), found.z, found.tests, f"{text}, in draws")


def _by_answers(
    model: CausalModel, seen: Mapping[str, Tensor], x: str, value: Value, y: str, clear: bool, seed: int
) -> Iterator[_Comparison]:
    """Compare what the model answers."""
    event = spelled(x, value)
    bound = "" if isinstance(model.graph[y].domain, Discrete) else f" > {float(seen[y].double().median()):.4g}"
    plain, imagined = f"{quoted(y)}{bound}", f"{quoted(y)}[{event}]{bound}"
    questions = [f"P({imagined} | {event})"] + ([f"P({plain} | do({event}))"] if clear else [])
    first = _ask(model, f"P({plain} | {event})", len(seen[y]), seed)
    if first is None:
        return
    for i, question in enumerate(questions, 1):
        second = _ask(model, question, len(seen[y]), seed + i)
        if second is None:
            continue
        for (at, p, p_error), (_, q, q_error) in zip(_rows(first), _rows(second), strict=True):
            if p is None or q is None:
                continue
            error = _WIDER * math.hypot(p_error, q_error)
            exact = first.method == second.method == "exact"
            z = (math.inf if abs(p - q) > _EXACT else 0.0) if exact else abs(p - q) / (error + 3 / len(seen[y]))
            text = f"{first.question} is {_number(p, p_error)}{at}, but {second.question} is {_number(q, q_error)}"
            yield _Comparison((x, y), z, 1, text)


def _ask(model: CausalModel, question: str, draws: int, seed: int) -> NumberAnswer | None:
    """Return an answer, or None where there is none."""
    try:
        answer = model.ask(question, draws=draws, seed=seed, allow_unidentified=True)
    except (RunError, UsageError):
        return None
    assert isinstance(answer, NumberAnswer)
    return answer


def _rows(answer: NumberAnswer) -> list[tuple[str, float | None, float]]:
    """Return the numbers of an answer, each with what it is of and its error."""
    if not answer.table:
        return [("", answer.value, answer.stderr or 0.0)]
    return [(f" for {_level(row.at)}", row.p, row.stderr or 0.0) for row in answer.table]


def _level(at: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={level}" for name, level in at.items())


def _number(p: float, error: float) -> str:
    return f"{p:.4f} ± {error:.1g}" if error else f"{p:.6g}"
