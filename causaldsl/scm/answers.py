"""Answers in numbers: what `ask` returns for probabilities, expectations and claims about them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from causaldsl.graph.domain import Value

CONFIDENCE = 2.0
"""How many standard errors a claim has to be clear of its bound before it is judged."""


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    at : mapping of str to int, float or str
        The level of each open name, counterfactuals as they are spelled.
    p : float or None
        The number there; None where what is conditioned on has probability zero.
    stderr : float or None
        Its standard error; 0 where it is exact.
    bounds : (float, float) or None
        Of a counterfactual that the data do not identify: what they say at least.
    """

    at: Mapping[str, Value]
    p: float | None
    stderr: float | None
    bounds: tuple[float, float] | None = None

    def as_json(self) -> dict[str, Any]:
        """Render as a row of the table of `causaldsl ask --json`."""
        document: dict[str, Any] = {"at": dict(self.at), "p": self.p, "stderr": self.stderr}
        return document if self.bounds is None else {**document, "bounds": list(self.bounds)}


@dataclass(frozen=True)
class NumberAnswer:
    """A number, or a table of numbers.

    Parameters
    ----------
    question : str
        As it is spelled canonically.
    value : float or None
        None for a table.
    stderr : float or None
        Standard error; 0 where the value is exact, None for a table.
    method : str
        `exact`, or how many draws it is from, and what they are worth where they are weighted.
    table : tuple of Row
        Empty for a single number.
    assumption : str or None
        With a counterfactual: what ties the worlds together, which no data can tell.
    bounds : (float, float) or None
        With a counterfactual that the data do not identify: what they say at least.
    warning : str or None
        Why the data do not vouch for it.
    """

    question: str
    value: float | None
    stderr: float | None
    method: str
    table: tuple[Row, ...] = ()
    assumption: str | None = None
    bounds: tuple[float, float] | None = None
    warning: str | None = None

    def __float__(self) -> float:
        if self.value is None:
            raise TypeError(f"{self.question} is a table")
        return self.value

    def as_json(self) -> dict[str, Any]:
        """Render as `causaldsl ask --json` prints it, less the schema."""
        rows = [row.as_json() for row in self.table]
        document: dict[str, Any] = {
            "question": self.question,
            "value": self.value,
            "stderr": self.stderr,
            "method": self.method,
            "table": rows,
        }
        if self.assumption is not None:
            document["assumption"] = self.assumption
        if self.bounds is not None:
            document["bounds"] = list(self.bounds)
        if self.warning is not None:
            document["warning"] = self.warning
        return document

    def __str__(self) -> str:
        lines = [f"{self.question} = {_number(self.value, self.stderr)}"] if not self.table else [f"{self.question}"]
        for row in self.table:
            at = ", ".join(f"{name}={value}" for name, value in row.at.items())
            told = row.bounds is None or row.bounds[1] - row.bounds[0] < 1e-9
            within = "" if told or row.bounds is None else f", without that between {_ends(row.bounds)}"
            lines.append(f"  {at}: {_number(row.p, row.stderr)}{within}")
        if self.assumption is not None:
            lines.append(f"  assumed: {self.assumption}")
        if self.bounds is not None:
            lines.append(f"  without that: between {_ends(self.bounds)}")
        if self.warning is not None:
            lines.append(f"  warning: {self.warning}")
        return "\n".join([*lines, f"  ({self.method})"])


@dataclass(frozen=True)
class ClaimAnswer:
    """Whether a claim about numbers holds.

    Parameters
    ----------
    question : str
        As it is spelled canonically.
    answer : bool or None
        None where the error bar leaves it open.
    reason : str
        The numbers behind it.
    left, right : NumberAnswer
        The two sides.
    warning : str or None
        Why the data do not vouch for it.
    """

    question: str
    answer: bool | None
    reason: str
    left: NumberAnswer
    right: NumberAnswer
    warning: str | None = None

    def __bool__(self) -> bool:
        return self.answer is True

    def as_json(self) -> dict[str, Any]:
        """Render as `causaldsl ask --json` prints it, less the schema."""
        sides = {"left": self.left.as_json(), "right": self.right.as_json()}
        warning = {} if self.warning is None else {"warning": self.warning}
        return {"question": self.question, "answer": self.answer, "reason": self.reason, **sides, **warning}

    def __str__(self) -> str:
        verdict = {True: "holds", False: "does not hold", None: "cannot be told"}[self.answer]
        warning = "" if self.warning is None else f"\n  warning: {self.warning}"
        return f"{self.question}: {verdict}\n  {self.reason}{warning}"


def _ends(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.4f} and {bounds[1]:.4f}"


def _number(value: float | None, stderr: float | None) -> str:
    if value is None or math.isnan(value):
        return "undefined: what is conditioned on has probability zero"
    return f"{value:.6g}" if not stderr else f"{value:.4g} ± {stderr:.1g}"
