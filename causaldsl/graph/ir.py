"""CausalGraph: the graph as it is meant. Frozen, hashable, comparable; spans are carried along and never compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

from causaldsl.errors import Diagnostic, UsageError, did_you_mean
from causaldsl.graph.domain import Domain, Image
from causaldsl.graph.expression import Equation
from causaldsl.graph.question import Quantity, Query
from causaldsl.source import Span

if TYPE_CHECKING:
    import networkx as nx

    from causaldsl.graph.answers import Independency, Instrument, LocalIndependency
    from causaldsl.graph.ask import Answer
    from causaldsl.graph.drawing.figure import Drawing
    from causaldsl.graph.drawing.marks import Marked
    from causaldsl.graph.identification.counterfactual_graph import CounterfactualGraph
    from causaldsl.graph.identification.identification import Identification
    from causaldsl.graph.verma import VermaConstraint

OptionValue = int | float | str | bool | tuple["OptionValue", ...]
Edge = tuple[str, str, str]
"""(tail, head, "->") or, for an unobserved common cause, (a, b, "<->")."""


@dataclass(frozen=True)
class Option:
    """One option of a mechanism as written: `hidden=32`."""

    name: str
    value: OptionValue
    span: Span | None = field(default=None, compare=False)
    value_span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class MechanismSpec:
    """How a node comes about, as written: the kind's name and its options, still unchecked."""

    kind: str
    options: tuple[Option, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Node:
    """A variable of the graph.

    Parameters
    ----------
    name : str
        Unique in the graph.
    domain : Domain or None
        None where the text does not state it (`node A`).
    parents : tuple of str
        Its direct causes, in the order of declaration.
    mechanism : MechanismSpec or None
        What the text says (own `~` before `default`), None where it is silent.
    latent : bool
        Declared as unobserved.
    equation : Expression or Table, optional
        How it comes about, where the text knows (`Y := ..`); then there is no mechanism.
    """

    name: str
    domain: Domain | None
    parents: tuple[str, ...] = ()
    mechanism: MechanismSpec | None = None
    latent: bool = False
    span: Span | None = field(default=None, compare=False)
    equation: Equation | None = None


@dataclass(frozen=True)
class Question:
    """A `query` or an `assert`.

    Parameters
    ----------
    text : str
        Its canonical text.
    meaning : Query, optional
        The question, its names resolved.
    """

    text: str
    span: Span | None = field(default=None, compare=False)
    meaning: Query | None = field(default=None, compare=False, repr=False)


class Links(NamedTuple):
    """A graph by numbers: its nodes, numbered in order of declaration, and for each its neighbours.

    Parameters
    ----------
    number : mapping of str to int
        Each node's number.
    parents, children, siblings : tuple of tuple of int
        For each node the direct causes, the direct effects, and the nodes that share an unobserved cause with it.
    """

    number: Mapping[str, int]
    parents: tuple[tuple[int, ...], ...]
    children: tuple[tuple[int, ...], ...]
    siblings: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class CausalGraph:
    """A causal graph.

    Parameters
    ----------
    nodes : tuple of Node
        In the order of declaration, declared latents included.
    confounded : tuple of (str, str)
        The pairs that share an unobserved common cause (`A <-> B`), each in order of declaration.
    groups : tuple of (str, tuple of str)
        Named lists of nodes.
    queries, assertions : tuple of Question
        The questions of the text.
    name, title : str
        From the `model` statement; empty where there is none.
    warnings : tuple of Diagnostic
        What the text's reader should know; not compared.
    """

    nodes: tuple[Node, ...]
    confounded: tuple[tuple[str, str], ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    queries: tuple[Question, ...] = ()
    assertions: tuple[Question, ...] = ()
    name: str = ""
    title: str = ""
    warnings: tuple[Diagnostic, ...] = field(default=(), compare=False)

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """The nodes by name."""
        return {node.name: node for node in self.nodes}

    def __getitem__(self, name: str) -> Node:
        try:
            return self.by_name[name]
        except KeyError:
            raise UsageError(f"the graph has no node `{name}`", did_you_mean(name, self.by_name)) from None

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The label columns: every observed node that is not an image, in order of declaration.

        This is the only function that orders columns; tables, tensors, files and checkpoints all follow it.
        """
        return tuple(n.name for n in self.nodes if not n.latent and not isinstance(n.domain, Image))

    @cached_property
    def images(self) -> tuple[str, ...]:
        """The image nodes, in order of declaration."""
        return tuple(n.name for n in self.nodes if isinstance(n.domain, Image))

    @cached_property
    def latents(self) -> tuple[str, ...]:
        """The declared latents, in order of declaration."""
        return tuple(n.name for n in self.nodes if n.latent)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All edges: `("A", "B", "->")` by child in order of declaration, then `("A", "B", "<->")`."""
        directed = [(p, n.name, "->") for n in self.nodes for p in n.parents]
        return (*directed, *((a, b, "<->") for a, b in self.confounded))

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The nodes, causes before effects; the order of declaration where causation leaves it free."""
        sorter = TopologicalSorter({n.name: n.parents for n in self.nodes})
        sorter.prepare()
        rank = {n.name: i for i, n in enumerate(self.nodes)}
        found: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=rank.__getitem__)
            sorter.done(*ready)
            found += ready
        return tuple(found)

    @cached_property
    def depth(self) -> Mapping[str, int]:
        """For each node the length of the longest directed path that ends in it; roots have 0."""
        depth: dict[str, int] = {}
        for name in self.order:
            depth[name] = 1 + max((depth[p] for p in self.by_name[name].parents), default=-1)
        return depth

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """For each node its direct effects, in order of declaration."""
        found: dict[str, list[str]] = {n.name: [] for n in self.nodes}
        for node in self.nodes:
            for parent in node.parents:
                found[parent].append(node.name)
        return {name: tuple(kids) for name, kids in found.items()}

    @cached_property
    def links(self) -> Links:
        """The graph by numbers, for algorithms."""
        index = {n.name: i for i, n in enumerate(self.nodes)}
        siblings: list[list[int]] = [[] for _ in self.nodes]
        for a, b in self.confounded:
            siblings[index[a]].append(index[b])
            siblings[index[b]].append(index[a])
        return Links(
            index,
            tuple(tuple(index[p] for p in n.parents) for n in self.nodes),
            tuple(tuple(index[c] for c in self.children[n.name]) for n in self.nodes),
            tuple(map(tuple, siblings)),
        )

    def m_separated(self, x: Iterable[str], y: Iterable[str], z: Iterable[str] = ()) -> bool:
        """Tell whether `z` blocks every path between `x` and `y`; see `causaldsl.graph.m_separation`."""
        from causaldsl.graph.m_separation import m_separated

        return m_separated(self, x, y, z)

    def is_adjustment_set(self, x: Iterable[str], y: Iterable[str], z: Iterable[str]) -> bool:
        """Tell whether adjusting for `z` gives the effect of `x` on `y`; see `causaldsl.graph.adjustment`."""
        from causaldsl.graph.adjustment import is_adjustment_set

        return is_adjustment_set(self, x, y, z)

    def adjustment_sets(
        self,
        x: Iterable[str],
        y: Iterable[str],
        minimal: bool = True,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
    ) -> Iterator[frozenset[str]]:
        """Return the adjustment sets for the effect of `x` on `y`, lazily; see `causaldsl.graph.adjustment`."""
        from causaldsl.graph.adjustment import adjustment_sets

        return adjustment_sets(self, x, y, minimal, include, exclude)

    def optimal_adjustment_set(self, x: Iterable[str], y: Iterable[str]) -> frozenset[str] | None:
        """Return the adjustment set of least variance, if any; see `causaldsl.graph.optimal_adjustment`."""
        from causaldsl.graph.optimal_adjustment import optimal_adjustment_set

        return optimal_adjustment_set(self, x, y)

    def front_door_sets(
        self,
        x: Iterable[str],
        y: Iterable[str],
        minimal: bool = True,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
    ) -> Iterator[frozenset[str]]:
        """Return the front-door sets for the effect of `x` on `y`, lazily; see `causaldsl.graph.front_door`."""
        from causaldsl.graph.front_door import front_door_sets

        return front_door_sets(self, x, y, minimal, include, exclude)

    def markov_blanket(self, name: str) -> frozenset[str]:
        """Return what makes a node independent of all others; see `causaldsl.graph.markov_blanket`."""
        from causaldsl.graph.markov_blanket import markov_blanket

        return markov_blanket(self, name)

    def instruments(self, x: Iterable[str], y: Iterable[str]) -> Iterator[Instrument]:
        """Return the instruments of `x` on `y`, lazily; see `causaldsl.graph.instruments`."""
        from causaldsl.graph.instruments import instruments

        return instruments(self, x, y)

    def independencies(self) -> Iterator[Independency]:
        """Return the independencies that the graph implies, lazily; see `causaldsl.graph.independencies`."""
        from causaldsl.graph.independencies import independencies

        return independencies(self)

    def local_independencies(self) -> Iterator[LocalIndependency]:
        """Return independencies from which all others follow, lazily; see `causaldsl.graph.local_markov`."""
        from causaldsl.graph.local_markov import local_independencies

        return local_independencies(self)

    def verma_constraints(self) -> Iterator[VermaConstraint]:
        """Return what the graph implies beyond independencies, lazily; see `causaldsl.graph.verma`."""
        from causaldsl.graph.verma import verma_constraints

        return verma_constraints(self)

    def ask(self, question: str, limit: int = 1000) -> Answer:
        """Answer a question about the graph, such as `A _||_ B | C`; see `causaldsl.graph.ask`."""
        from causaldsl.graph.ask import ask

        return ask(self, question, limit)

    def do(self, names: Iterable[str]) -> CausalGraph:
        """Return the graph after an intervention on some nodes; see `causaldsl.graph.surgery`."""
        from causaldsl.graph.surgery import do

        return do(self, names)

    def ancestors(self, names: Iterable[str]) -> frozenset[str]:
        """Return some nodes and everything that causes them, directly or not."""
        from causaldsl.graph.surgery import ancestors

        return ancestors(self, names)

    def descendants(self, names: Iterable[str]) -> frozenset[str]:
        """Return some nodes and everything that they cause, directly or not."""
        from causaldsl.graph.surgery import descendants

        return descendants(self, names)

    def subgraph(self, names: Iterable[str]) -> CausalGraph:
        """Return the graph of some nodes and of the edges among them."""
        from causaldsl.graph.surgery import subgraph

        return subgraph(self, names)

    def draw(self, do: Marked = (), given: Marked = ()) -> Drawing:
        """Return the graph as it is drawn, with what is set and what is seen; see `causaldsl.graph.drawing`."""
        from causaldsl.graph.drawing.layout import draw

        return draw(self, do, given)

    def _repr_svg_(self) -> str:
        return self.draw().svg()

    def identify(self, question: str | Query | Quantity) -> Identification:
        """Tell whether a probability can be computed from what is seen; see `causaldsl.graph.identification`."""
        from causaldsl.graph.identification.identify import identify

        return identify(self, question)

    def counterfactual_graph(self, question: str | Query | Quantity) -> CounterfactualGraph:
        """Return the graph of several worlds; see `causaldsl.graph.identification.counterfactual_graph`."""
        from causaldsl.graph.identification.counterfactual_graph import counterfactual_graph

        return counterfactual_graph(self, question)

    @cached_property
    def nx(self) -> nx.DiGraph[str]:
        """The graph as a frozen networkx DAG.

        Nodes carry `domain` and `latent`. An edge `A <-> B` stands as what it means: a latent node of its own with
        arrows into both (named `A <-> B`), so that networkx's algorithms see the confounding.
        """
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph(name=self.name)
        for node in self.nodes:
            graph.add_node(node.name, domain=node.domain, latent=node.latent)
        for node in self.nodes:
            graph.add_edges_from((parent, node.name) for parent in node.parents)
        for a, b in self.confounded:
            name = f"{a} <-> {b}"
            while name in graph:
                name += "'"
            graph.add_node(name, domain=None, latent=True)
            graph.add_edges_from([(name, a), (name, b)])
        nx.freeze(graph)
        return graph
