"""What a viewer has chosen: nodes that are set, nodes that are seen. It travels as the query of an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Value
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.parse_question import parse_assignment

MOST = 40
"""Pictures a strip."""


@dataclass(frozen=True)
class State:
    """What is set and what is seen.

    Parameters
    ----------
    do, given : tuple of str
        Assignments as the language spells them: `Bald=1`.
    n : int
        Pictures a strip.
    seed : int
        The same seed draws the same people.
    values : tuple of (str, value)
        Node and value of each assignment, in their order.
    """

    do: tuple[str, ...]
    given: tuple[str, ...]
    n: int
    seed: int
    values: tuple[tuple[str, Value], ...]

    @property
    def done(self) -> dict[str, Value]:
        """What is set in the world of the first strip."""
        return dict(self.values[: len(self.do)])

    @property
    def beside(self) -> dict[str, Value]:
        """What is seen there."""
        return dict(self.values[len(self.do) :])

    @property
    def seen(self) -> dict[str, Value]:
        """What is seen in the world of the second strip: the same values, none of them set."""
        return dict(self.values)

    @property
    def all_seen(self) -> State:
        """The state whose world is that of the second strip."""
        return replace(self, do=(), given=(*self.do, *self.given))

    @property
    def doing(self) -> str:
        """What is done, as a question spells it; nothing where nothing is."""
        return f"do({', '.join(self.do)})" if self.do else ""

    @property
    def condition(self) -> str:
        """What stands behind the bar of a question to its world."""
        return ", ".join(filter(None, (self.doing, *self.given)))

    @property
    def name(self) -> str:
        """What a reader calls its world."""
        seen = f"given {', '.join(self.given)}" if self.given else ""
        return ", ".join(filter(None, (self.doing, seen))) or "as it is"


def read_state(query: Sequence[tuple[str, str]], graph: CausalGraph) -> State:
    """Read a state from the query of an address: `do=Bald=1&given=Male=0&n=10&seed=3`.

    Parameters
    ----------
    query : sequence of (str, str)
        Keys and values, decoded.
    graph : CausalGraph
        What it is about.

    Raises
    ------
    UsageError
        If a key is unknown, an assignment is none of this graph, a node is named twice, or a number is out of range.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> state = read_state([("do", "Bald = 1"), ("n", "5")], read_text("binary Bald, Male; Male -> Bald"))
    >>> state.do, state.n, state.done
    (('Bald=1',), 5, {'Bald': 1})
    """
    numbers = {"n": 10, "seed": 0}
    texts: dict[str, list[str]] = {"do": [], "given": []}
    values: dict[str, list[tuple[str, Value]]] = {"do": [], "given": []}
    for key, text in query:
        if key in numbers:
            most = MOST if key == "n" else 2**31 - 1
            if not text.isascii() or not text.isdigit() or not (key == "seed" or int(text)) or int(text) > most:
                raise UsageError(f"{key} is `{text[:20]}`", f"{key} is a whole number up to {most}")
            numbers[key] = int(text)
        elif key in texts:
            found = parse_assignment(text, graph)
            if found.value is None:
                raise UsageError(f"{key}={text}: expected NAME=VALUE")
            if found.name in dict(values["do"] + values["given"]):
                raise UsageError(f"`{found.name}` is given twice")
            if found.name in graph.images or found.name in graph.latents:
                raise UsageError(f"`{found.name}` cannot be set or seen here", "only labels can")
            texts[key].append(str(found))
            values[key].append((found.name, found.value))
        else:
            raise UsageError(f"there is no `{key}` to ask for", "the keys are do, given, n and seed")
    return State(tuple(texts["do"]), tuple(texts["given"]), **numbers, values=(*values["do"], *values["given"]))
