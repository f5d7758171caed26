"""What a graph answers: yes or no with the reason, or a list of sets. Small frozen values that print themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from causaldsl.graph.domain import quoted


class Instrument(NamedTuple):
    """A node that moves a cause and reaches the effect through it alone, once some others are given.

    Parameters
    ----------
    node : str
        The instrument.
    given : frozenset of str
        What has to be given; empty where it is an instrument as it stands.
    """

    node: str
    given: frozenset[str]


class Independency(NamedTuple):
    """Two nodes that are independent, in every law of the graph, given some others.

    Parameters
    ----------
    a, b : str
        The nodes, in order of declaration.
    given : frozenset of str
        What makes them independent.
    """

    a: str
    b: str
    given: frozenset[str]

    def __str__(self) -> str:
        return f"{quoted(self.a)} _||_ {quoted(self.b)}{_given(sorted(self.given))}"


class LocalIndependency(NamedTuple):
    """A node that is independent, in every law of the graph, of all of some others, given yet others.

    Parameters
    ----------
    node : str
        The node.
    others : frozenset of str
        What it is independent of, jointly.
    given : frozenset of str
        What makes it so.
    """

    node: str
    others: frozenset[str]
    given: frozenset[str]

    def __str__(self) -> str:
        return f"{quoted(self.node)} _||_ {', '.join(map(quoted, sorted(self.others)))}{_given(sorted(self.given))}"


@dataclass(frozen=True)
class Verdict:
    """The answer to what is true or false.

    Parameters
    ----------
    question : str
        In its canonical spelling.
    answer : bool
        True or false; also the truth of the object itself.
    reason : str
        Why, such as the open path.
    """

    question: str
    answer: bool
    reason: str

    @property
    def value(self) -> bool:
        """The answer."""
        return self.answer

    def __bool__(self) -> bool:
        return self.answer

    def __str__(self) -> str:
        return f"{str(self.answer).lower()}: {self.reason}"

    def as_json(self) -> dict[str, Any]:
        """Render as `causaldsl ask --json` prints it."""
        return {"question": self.question, "answer": self.answer, "reason": self.reason}


@dataclass(frozen=True)
class _Found:
    """The answer to a question of what there is.

    Parameters
    ----------
    question : str
        In its canonical spelling.
    truncated : bool
        Whether there may be more than was listed.
    """

    question: str
    truncated: bool

    what: ClassVar[str]

    def __bool__(self) -> bool:
        return bool(self.rows())

    @property
    def reason(self) -> str:
        """Why the question holds, or does not: an example, or that there is none."""
        if self:
            return f"for example {self.lines()[0]}"
        return (
            f"no {self.what} was found before the search was given up" if self.truncated else f"there is no {self.what}"
        )

    def __str__(self) -> str:
        if not self:
            return self.reason
        return "\n".join([*self.lines(), *(["..."] if self.truncated else [])])

    def rows(self) -> list[Any]:
        """Return what was found, as JSON has it."""
        raise NotImplementedError

    def lines(self) -> list[str]:
        """Return what was found, each on a line."""
        raise NotImplementedError

    def as_json(self) -> dict[str, Any]:
        """Render as `causaldsl ask --json` prints it."""
        return {"question": self.question, "sets": self.rows(), "truncated": self.truncated}


@dataclass(frozen=True)
class AdjustmentSets(_Found):
    """The minimal adjustment sets, each in order of declaration."""

    sets: tuple[tuple[str, ...], ...]
    what: ClassVar[str] = "adjustment set"

    @property
    def value(self) -> tuple[frozenset[str], ...]:
        """The sets."""
        return tuple(map(frozenset, self.sets))

    def rows(self) -> list[Any]:
        """Return what was found, as JSON has it."""
        return [list(names) for names in self.sets]

    def lines(self) -> list[str]:
        """Return what was found, each on a line."""
        return [_braces(names) for names in self.sets]


@dataclass(frozen=True)
class Instruments(_Found):
    """The instruments, each with what has to be given in order of declaration."""

    sets: tuple[tuple[str, tuple[str, ...]], ...]
    what: ClassVar[str] = "instrument"

    @property
    def value(self) -> tuple[Instrument, ...]:
        """The instruments."""
        return tuple(Instrument(node, frozenset(given)) for node, given in self.sets)

    def rows(self) -> list[Any]:
        """Return what was found, as JSON has it."""
        return [[node, list(given)] for node, given in self.sets]

    def lines(self) -> list[str]:
        """Return what was found, each on a line."""
        return [f"{quoted(node)}{_given(given)}" for node, given in self.sets]


@dataclass(frozen=True)
class ImpliedIndependencies(_Found):
    """The independencies that a graph implies, what is given in order of declaration."""

    sets: tuple[tuple[str, str, tuple[str, ...]], ...]
    what: ClassVar[str] = "independency"

    @property
    def value(self) -> tuple[Independency, ...]:
        """The independencies."""
        return tuple(Independency(a, b, frozenset(given)) for a, b, given in self.sets)

    def rows(self) -> list[Any]:
        """Return what was found, as JSON has it."""
        return [[a, b, list(given)] for a, b, given in self.sets]

    def lines(self) -> list[str]:
        """Return what was found, each on a line."""
        return [f"{quoted(a)} _||_ {quoted(b)}{_given(given)}" for a, b, given in self.sets]


def _braces(names: tuple[str, ...]) -> str:
    return "{" + ", ".join(map(quoted, names)) + "}"


def _given(names: tuple[str, ...] | list[str]) -> str:
    return f" | {', '.join(map(quoted, names))}" if names else ""
