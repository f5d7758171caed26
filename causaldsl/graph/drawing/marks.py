"""What of a graph is set and what is seen, as a picture shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Value, quoted
from causaldsl.graph.expression import reads, spelled_value
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.parse_question import parse_assignment
from causaldsl.graph.question import Intervention

Marked = Iterable[str] | Mapping[str, Value]
"""Names (`"Bald"`), assignments (`"Bald=1"`, `"Age := Age + 10"`), or names with values (`{"Bald": 1}`)."""


@dataclass(frozen=True)
class Marks:
    """What is set, and what is seen, by node."""

    do: Mapping[str, Intervention]
    given: Mapping[str, Intervention]

    def of(self, name: str) -> Literal["", "do", "given"]:
        """Return how a node is marked."""
        return "do" if name in self.do else "given" if name in self.given else ""

    def label(self, name: str) -> str:
        """Return what stands in a node's box: its name, or what it is set to or seen with."""
        mark = self.do.get(name) or self.given.get(name)
        return name if mark is None or (mark.value is None and mark.law is None) else str(mark)

    def cuts(self, cause: str | None, effect: str) -> bool:
        """Tell whether an intervention cuts the arrow into a node; the cause of a `<->` is None.

        A soft intervention cuts what its law does not read, and nothing if it reads the node's own natural value.
        """
        if effect not in self.do:
            return False
        law = self.do[effect].law
        read = set() if law is None else set(reads(law))
        return effect not in read and cause not in read


def read_marks(graph: CausalGraph, do: Marked = (), given: Marked = ()) -> Marks:
    """Read what is set and what is seen.

    Raises
    ------
    UsageError
        If a name is no node of the graph, a value is not of its domain, or a node is marked twice.
    """
    marks = Marks(_read(graph, do, "do"), _read(graph, given, "given"))
    for name in marks.do:
        if name in marks.given:
            raise UsageError(f"`{name}` is in do and in given", "a node is either set or seen")
    return marks


def _read(graph: CausalGraph, marked: Marked, what: str) -> dict[str, Intervention]:
    if isinstance(marked, str):
        marked = (marked,)
    if isinstance(marked, Mapping):
        marked = [_spelled(name, value) for name, value in marked.items()]
    spelled = {text: node.name for node in graph.nodes for text in (quoted(node.name), node.name)}
    found: dict[str, Intervention] = {}
    for text in marked:
        if text in spelled or "=" not in text:
            mark = Intervention(graph[spelled.get(text, text)].name)
        else:
            mark = parse_assignment(text, graph)
        if what == "given" and mark.law is not None:
            raise UsageError(f"given {text}: `:=` sets a node, and what is given is seen", f"{quoted(mark.name)}=..")
        if mark.name in found:
            raise UsageError(f"{what}: `{mark.name}` is given twice")
        found[mark.name] = mark
    return found


def _spelled(name: str, value: Value) -> str:
    """Spell `{"Bald": 1}` as `Bald=1`, and `{"Age": ":= Age + 10"}` as `Age := Age + 10`."""
    if isinstance(value, str) and value.lstrip().startswith(":="):
        return f"{quoted(name)} {value}"
    return f"{quoted(name)}={spelled_value(int(value) if isinstance(value, bool) else value)}"
