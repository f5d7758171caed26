"""World: what an intervention makes of a graph: some nodes set to values, some given another law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from causaldsl.errors import UsageError
from causaldsl.graph.cycles import cycle_message, find_cycles
from causaldsl.graph.domain import Value, quoted
from causaldsl.graph.expression import Expression
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.parse_question import parse_assignment
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.formula import Formula
from causaldsl.scm.sampling import assignment

SOFT = ":="
"""What the text of a node's new law begins with."""


@dataclass(frozen=True)
class World:
    """A graph under an intervention.

    Parameters
    ----------
    graph : CausalGraph
        As it was.
    values : mapping of str to int or float
        Nodes that are set: to a level's index, or a real number.
    laws : mapping of str to Formula
        Nodes that have another law; the node's own name in it is its natural value.
    """

    graph: CausalGraph
    values: Mapping[str, int | float] = field(default_factory=dict)
    laws: Mapping[str, Formula] = field(default_factory=dict)

    @cached_property
    def after(self) -> CausalGraph:
        """The graph with the causes that its nodes then have; that of a node that is set has none."""
        causes: dict[str, tuple[str, ...]] = dict.fromkeys(self.values, ())
        for name, law in self.laws.items():
            named = set(law.causes) | (set(self.graph[name].parents) if name in law.causes else set())
            causes[name] = tuple(n for n in self.graph.by_name if n in named - {name})
        return replace(
            self.graph, nodes=tuple(replace(n, parents=causes.get(n.name, n.parents)) for n in self.graph.nodes)
        )

    def checked(self) -> World:
        """Return the world itself, once it is sure that its laws make no cycle.

        Raises
        ------
        UsageError
            If they do.
        """
        if self.laws and (cycles := find_cycles(self.after.children)):
            raise UsageError(f"do: with the new law {cycle_message(cycles[0])}", "a law names no effect of its node")
        return self


def world_of(graph: CausalGraph, do: Mapping[str, Value] | None = None) -> World:
    """Return the world that a user's intervention makes.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    do : mapping of str to int, float or str
        Levels by name or number, reals as numbers, or the text of a new law: `{"Age": ":= Age + 10"}`.

    Raises
    ------
    UsageError
        If a node does not exist, is an image or a latent, a value is outside its domain, a law cannot be read, or
        the laws make a cycle.
    """
    do = do or {}
    texts = {name: value for name, value in do.items() if isinstance(value, str) and value.lstrip().startswith(SOFT)}
    values = assignment(graph, {name: value for name, value in do.items() if name not in texts}, "do")
    laws = {name: _law(graph, name, text.lstrip()) for name, text in texts.items()}
    return World(graph, values, laws).checked()


def _law(graph: CausalGraph, name: str, text: str) -> Formula:
    found = parse_assignment(f"{quoted(name)} {text}", graph)
    assert found.law is not None
    return law_of(graph, name, found.law)


def law_of(graph: CausalGraph, name: str, law: Expression) -> Formula:
    """Return a node's new law, compiled.

    Raises
    ------
    UsageError
        If the node's domain is not stated.
    """
    domain = domain_of(graph[name])
    if domain is None:
        raise UsageError(f"do: the domain of `{name}` is not stated", f"declare it: `binary {name}`, `real {name}`, ..")
    domains = {node.name: d for node in graph.nodes if (d := domain_of(node)) is not None}
    return Formula(name, law, domain, domains)
