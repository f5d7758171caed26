"""Hypothesis strategies of all that a graph can hold, odd names and pictures too, and of texts that are almost graphs.

Examples
--------
>>> from hypothesis import given
>>> @given(any_graphs())
... def test_order(graph):
...     assert len(graph.order) == len(graph.nodes)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from hypothesis import strategies as st

from causaldsl.graph.domain import Binary, Categorical, Domain, Image, Real, quoted
from causaldsl.graph.expression import (
    Call,
    Chain,
    Compare,
    Constant,
    Draw,
    Expression,
    Level,
    Negative,
    Table,
    Variable,
)
from causaldsl.graph.ir import CausalGraph, Edge, MechanismSpec, Node, Option, Question
from causaldsl.graph.make import make_graph
from causaldsl.graph.parse_question import parse_question
from causaldsl.syntax.words import RESERVED

ODD_NAMES = (
    "5_o_Clock_Shadow",
    "größe",
    "12",
    "1e5",
    "political inequality",
    'say "no"',
    "back\\slash",
    "P",
    "E",
    "do",
    "in",
)
"""Names that exercise quoting and keywords."""

_LEVELS = st.lists(st.sampled_from(("a", "b", "dark blond", "3", "real")), min_size=2, max_size=4, unique=True)
_TOKENS = (
    "binary", "node", "categorical", "real", "image", "latent", "group", "model", "use", "default", "query", "assert",
    "A", "B", '"C d"', "12", "1.5", "P(", "E[", "do(", "->", "<-", "<->", "~", ":=", "=", "==", "_||_", "|", ",", ":",
    "..", "{", "}", "[", "]", "(", ")", "*", "/", "+", "-", "^", "<", ">", "<=", ">=", "!=", "in", "not", "and", "or",
    "within", "#", '"', "\\", ";", "\n", " ", "\t", "\u2192", "\u00a0", "\u202e", "\u0301", "?", "%",
)  # fmt: skip


def names() -> st.SearchStrategy[str]:
    """Names of nodes: plain ones, odd ones, and words of the language."""
    plain = st.text("ABCXYZ_", min_size=1, max_size=3)
    return plain | st.sampled_from(ODD_NAMES) | st.sampled_from(sorted(RESERVED))


def domains() -> st.SearchStrategy[Domain]:
    """Domains of labels."""
    ranges = st.builds(lambda low, n: tuple(map(str, range(low, low + n))), st.integers(-3, 3), st.integers(2, 4))
    bounds = st.tuples(st.sampled_from((float("-inf"), -1.5, 0.0)), st.sampled_from((float("inf"), 2.0, 1e20)))
    return st.one_of(
        st.just(Binary()),
        _LEVELS.map(lambda levels: Categorical(tuple(levels))),
        ranges.map(lambda levels: Categorical(levels, is_range=True)),
        bounds.map(lambda pair: Real(*pair)),
    )


def mechanisms() -> st.SearchStrategy[MechanismSpec]:
    """Mechanisms as written; that no plugin has them does not matter to a graph."""
    scalars = st.integers(-5, 5) | st.sampled_from((0.25, 1e-9, True, False, "word", "true", "two words"))
    values = scalars | st.lists(scalars, max_size=3).map(tuple)
    options = st.dictionaries(st.sampled_from(("hidden", "layers", "kind of")), values, max_size=2)
    return st.builds(
        lambda kind, given: MechanismSpec(kind, tuple(Option(k, v) for k, v in given.items())),
        st.sampled_from(("neural", "wgan", "table of mine")),
        options,
    )


@st.composite
def any_graphs(
    draw: st.DrawFn, max_nodes: int = 6, edges: float = 0.4, equations: bool = False, levels: bool = False
) -> CausalGraph:
    """Draw a graph with labels, images, latents and unobserved common causes, oddly named.

    Parameters
    ----------
    draw : callable
        Given by hypothesis.
    max_nodes : int
        How many nodes at most.
    edges : float
        How likely an edge is, roughly.
    equations : bool
        Whether some nodes have equations and tables.
    levels : bool
        Whether all nodes have levels.
    """
    chosen = draw(st.lists(names(), min_size=1, max_size=max_nodes, unique=True))
    nodes = []
    for name in chosen:
        if levels:
            domain: Domain | None = draw(domains().filter(lambda domain: not isinstance(domain, Real)))
        else:
            domain = draw(st.none() | domains() | st.just(Image(3, 32, 32)))
        latent = not isinstance(domain, Image) and draw(st.integers(0, 4)) == 0
        bare = latent and domain is None
        nodes.append(Node(name, domain, (), None if bare else draw(st.none() | mechanisms()), latent))
    order = draw(st.permutations(nodes))
    found: list[Edge] = []
    for j, head in enumerate(order):
        if head.latent and head.domain is None:
            continue
        for tail in order[:j]:
            if draw(st.floats(0, 1)) < edges:
                found.append((tail.name, head.name, "->"))
            if not (tail.latent and tail.domain is None) and draw(st.integers(0, 5)) == 0:
                found.append((tail.name, head.name, "<->"))
    graph = make_graph(nodes, found, draw(st.sampled_from(("", "m"))))
    if not equations:
        return graph
    blocked = {name for pair in graph.confounded for name in pair} | set(graph.images)
    known = [draw(_known(graph, node)) if node.name not in blocked else node for node in graph.nodes]
    return replace(graph, nodes=tuple(known))


@st.composite
def models(draw: st.DrawFn, max_nodes: int = 6, levels: bool = False) -> CausalGraph:
    """Draw a graph with all that a text can say: equations and tables, groups, questions, a name and a title."""
    graph = draw(any_graphs(max_nodes, equations=True, levels=levels))
    seen = [node.name for node in graph.nodes if not node.latent]
    groups: dict[str, list[str]] = {}
    if len(seen) * draw(st.integers(0, 1)):
        free = [name for name in ("Labels", "all of it", "group", 'the "g"') if name not in graph]
        some = st.lists(st.sampled_from(seen), min_size=1, max_size=3, unique=True)
        groups = draw(st.dictionaries(st.sampled_from(free), some, max_size=2))
    plain = [node.name for node in graph.nodes if not node.latent and not isinstance(node.domain, Image | Real)]
    asked = draw(st.lists(st.sampled_from(sorted(_questions(seen, plain))), max_size=3, unique=True))
    questions = [Question(str(meaning := parse_question(text, graph)), None, meaning) for text in asked]
    questions.sort(key=lambda question: not question.text.startswith("P("))
    middle = draw(st.integers(sum(q.text.startswith("P(") for q in questions), len(questions)))
    title = draw(st.sampled_from(("", "A title", 'with "quotes", a \\ and größe'))) if graph.name else ""
    return replace(
        graph,
        groups=tuple((name, tuple(members)) for name, members in groups.items()),
        queries=tuple(questions[:middle]),
        assertions=tuple(questions[middle:]),
        title=title,
    )


def _questions(seen: Sequence[str], labels: Sequence[str]) -> Iterator[str]:
    """Yield questions about some nodes that are seen, or about some labels."""
    yield "independencies"
    for x, y in permutations(seen, 2):
        yield f"{quoted(x)} _||_ {quoted(y)}"
        yield f"adjustment {quoted(x)} -> {quoted(y)} | {{}}"
    for x, y in permutations(labels, 2):
        yield f"identifiable P({quoted(y)} | do({quoted(x)}))"
        yield f"P({quoted(y)} | do({quoted(x)}))"
    for x, y, z in permutations(map(quoted, labels), 3):
        yield f"adjustment {x} -> {y} | {z}"
        yield f"P({y} | do({z}, {x}))"


@st.composite
def _known(draw: st.DrawFn, graph: CausalGraph, node: Node) -> Node:
    """Give a node an equation or a table of all its parents, or leave it as it is."""
    parents = [graph[name] for name in draw(st.permutations(node.parents))]
    if node.domain is None or any(isinstance(p.domain, Image) for p in parents) or draw(st.booleans()):
        return node
    levels = [len(p.domain.levels) for p in parents if isinstance(p.domain, Binary | Categorical)]
    if isinstance(node.domain, Binary | Categorical):
        own = len(node.domain.levels)
        if len(levels) < len(parents) or math.prod(levels) > 64:
            return node
        row = (*[0.125] * (own - 1), 1 - 0.125 * (own - 1))
        table = Table(tuple(p.name for p in parents), (row,) * math.prod(levels))
        return replace(node, equation=table, mechanism=None)
    terms = tuple(("+", _number_of(parent)) for parent in parents)
    return replace(
        node,
        equation=Chain(Draw("uniform", (Constant(0), Constant(1)), 0), terms) if terms else Constant(1),
        mechanism=None,
    )


def _number_of(node: Node) -> Expression:
    """Return an expression of one node that is a number."""
    if isinstance(node.domain, Categorical) and not node.domain.is_range:
        is_last = Compare(Variable(node.name), "==", Level(node.domain.levels[-1]))
        return Call("where", (is_last, Constant(1), Negative(Constant(0.5))))
    return Variable(node.name)


def token_soups() -> st.SearchStrategy[str]:
    """Texts of the language's own words in any order."""
    return st.lists(st.sampled_from(_TOKENS), max_size=30).map(" ".join) | st.lists(st.sampled_from(_TOKENS)).map(
        "".join
    )


@st.composite
def mutations(draw: st.DrawFn, text: str) -> str:
    """Draw a text with a few characters deleted, doubled or replaced by words of the language."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        to = draw(st.integers(at, min(len(text), at + 6)))
        text = text[:at] + draw(st.sampled_from(_TOKENS) | st.just("") | st.just(text[at:to] * 2)) + text[to:]
    return text
