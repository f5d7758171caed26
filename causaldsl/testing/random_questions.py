"""Hypothesis strategies of what one asks of a graph or does to it: questions of each rung, and interventions."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Categorical, Domain, Real, Value, quoted
from causaldsl.graph.ir import CausalGraph, Node

_NUMBERS = (0.0, 1.0, -1.0, 0.5, 2.0)
RUNGS = (0, 1, 2, 3)
"""Of the ladder of causation: 0 is what the graph alone can tell, then seeing, doing, imagining."""


def interventions(graph: CausalGraph, max_nodes: int = 2, soft: bool = False) -> st.SearchStrategy[dict[str, Value]]:
    """Interventions on some labels of a graph, as `sample(.., do=..)` takes them.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    max_nodes : int
        How many nodes are set at most; one at least is.
    soft : bool
        Whether nodes may be given a new law (`":= bernoulli(0.4)"`) instead of a value.

    Raises
    ------
    UsageError
        If the graph has no label whose domain is stated.

    Examples
    --------
    >>> from hypothesis import find
    >>> from causaldsl.graph.read import read_text
    >>> find(interventions(read_text("binary A; real B; A -> B")), lambda do: "B" in do)
    {'B': 0.0}
    """
    names = [node.name for node in _labels(graph)]

    def chosen(some: list[str]) -> st.SearchStrategy[dict[str, Value]]:
        return st.fixed_dictionaries({n: _values(graph[n].domain) | _laws(graph[n], soft) for n in some})

    return st.lists(st.sampled_from(names), min_size=1, max_size=max_nodes, unique=True).flatmap(chosen)


def questions(graph: CausalGraph, rung: int | None = None) -> st.SearchStrategy[str]:
    """Questions about a graph, as `ask` takes them.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    rung : {0, 1, 2, 3}, optional
        What the graph alone can tell (0), or numbers: of what is seen (1), done (2), imagined (3). Any by default.

    Raises
    ------
    UsageError
        If it asks for numbers, and the graph has no label whose domain is stated.

    Notes
    -----
    What is conditioned on may have probability zero in a model; the model then refuses the question.

    Examples
    --------
    >>> from hypothesis import find
    >>> from causaldsl.graph.read import read_text
    >>> find(questions(read_text("binary A, B; A -> B"), rung=2), lambda question: question.startswith("P(B"))
    'P(B | do(A=1))'
    """
    if rung is None:
        return st.sampled_from(RUNGS if any(_is_label(node) for node in graph.nodes) else (0,)).flatmap(
            lambda drawn: questions(graph, drawn)
        )
    if rung == 0:
        return _about_the_graph(graph)
    return {1: _seen, 2: _done, 3: _imagined}[rung](_labels(graph))


def _about_the_graph(graph: CausalGraph) -> st.SearchStrategy[str]:
    names = [quoted(node.name) for node in graph.nodes]
    observed = [quoted(node.name) for node in graph.nodes if not node.latent]
    found: list[st.SearchStrategy[str]] = []
    if len(names) > 1:
        found.append(st.permutations(names).flatmap(_separation))
        found.append(st.permutations(names).map(lambda order: f"ancestor {order[0]} -> {order[1]}"))
    if len(observed) > 1:
        forms = st.sampled_from(("adjustment {} -> {}", "instruments {} -> {}", "identifiable P({1} | do({0}))"))
        found.append(st.builds(lambda form, order: form.format(*order), forms, st.permutations(observed)))
    return st.one_of(*found, st.just("independencies"))


def _separation(order: Sequence[str]) -> st.SearchStrategy[str]:
    a, b, *others = order
    given = st.integers(0, len(others)).map(lambda n: f" | {', '.join(others[:n])}" if n else "")
    return given.map(lambda given: f"{a} _||_ {b}{given}")


@st.composite
def _seen(draw: st.DrawFn, labels: Sequence[Node]) -> str:
    target, *others = draw(st.permutations(labels))
    given = draw(_events(others[:1]))
    return draw(_figure(target, "", given))


@st.composite
def _done(draw: st.DrawFn, labels: Sequence[Node]) -> str:
    target, *others = draw(st.permutations(labels))
    set_to = draw(st.lists(st.sampled_from(others or [target]), min_size=1, max_size=2, unique_by=lambda n: n.name))
    do = ", ".join([draw(_setting(node)) for node in set_to])
    given = draw(_events([node for node in others if node not in set_to][:1]))
    return draw(_figure(target, "", [f"do({do})", *given]))


@st.composite
def _imagined(draw: st.DrawFn, labels: Sequence[Node]) -> str:
    target, *others = draw(st.permutations(labels))
    world = f"[{draw(_setting((others or [target])[0]))}]"
    return draw(_figure(target, world, draw(_events([target, *others][:2]))))


@st.composite
def _figure(draw: st.DrawFn, target: Node, world: str, given: Sequence[str]) -> str:
    """Draw a probability or an expectation of a node in a world."""
    variable = f"{quoted(target.name)}{world}"
    bar = f" | {', '.join(given)}" if given else ""
    forms = []
    if isinstance(target.domain, Real):
        forms += [f"E[{variable}{bar}]", f"P({variable} > {draw(_values(target.domain))}{bar})"]
    else:
        forms += [f"P({variable}{bar})", f"P({variable}={draw(_spelled(target.domain))}{bar})"]
    if isinstance(target.domain, Binary):
        forms.append(f"E[{variable}{bar}]")
    return draw(st.sampled_from(forms))


@st.composite
def _events(draw: st.DrawFn, nodes: Sequence[Node]) -> list[str]:
    """Draw what is seen of some nodes: perhaps nothing."""
    seen = nodes[: draw(st.integers(0, len(nodes)))]
    return [
        f"{quoted(n.name)} > {draw(_values(n.domain))}" if isinstance(n.domain, Real) else draw(_setting(n))
        for n in seen
    ]


def _setting(node: Node) -> st.SearchStrategy[str]:
    return _spelled(node.domain).map(lambda value: f"{quoted(node.name)}={value}")


def _spelled(domain: Domain | None) -> st.SearchStrategy[str]:
    """Values as a question spells them."""
    worded = isinstance(domain, Categorical) and not domain.is_range
    return _values(domain).map(lambda value: quoted(str(value)) if worded else f"{value:g}")


def _values(domain: Domain | None) -> st.SearchStrategy[Value]:
    """Values as Python has them."""
    match domain:
        case Binary():
            return st.sampled_from((1, 0))
        case Categorical(levels=levels, is_range=is_range):
            return st.sampled_from([int(level) if is_range else level for level in levels])
        case Real(low=low, high=high):
            return st.sampled_from([x for x in (*_NUMBERS, low, high) if low <= x <= high and abs(x) != float("inf")])
    raise AssertionError(domain)


def _laws(node: Node, soft: bool) -> st.SearchStrategy[Value]:
    """Return a strategy of new laws of a node."""
    match node.domain:
        case Binary() if soft:
            return st.sampled_from((":= bernoulli(0.5)", ":= bernoulli(0.2)", f":= 1 - {quoted(node.name)}"))
        case Categorical(levels=levels) if soft:
            return st.just(f":= categorical({', '.join('1' for _ in levels)})")
        case Real(low=low, high=high) if soft and low == -high == float("-inf"):
            return st.sampled_from((f":= {quoted(node.name)} + 1", ":= normal(0, 1)"))
    return st.nothing()


def _is_label(node: Node) -> bool:
    return not node.latent and isinstance(node.domain, Binary | Categorical | Real)


def _labels(graph: CausalGraph) -> list[Node]:
    found = [node for node in graph.nodes if _is_label(node)]
    if not found:
        raise UsageError("the graph has no label whose domain is stated", "ask about the graph alone: `rung=0`")
    return found
