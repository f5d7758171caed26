"""What a format cannot hold, in words that every writer shares, and the graph without it.

A writer says `losses(graph, "equation", "group", ..)` for the aspects that its format lacks. The words can be undone:
`less(graph, lost)` is the graph that its text has to read back as, so that nothing is lost unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from causaldsl.errors import Diagnostic
from causaldsl.graph.domain import Real, quoted
from causaldsl.graph.ir import CausalGraph, Node

Aspect = Literal[
    "name", "title", "domain", "mechanism", "equation", "latent", "confounding", "group", "query", "assert"
]  # fmt: skip
"""A part that graphs have and some formats do not."""


def losses(graph: CausalGraph, *aspects: Aspect) -> tuple[str, ...]:
    """Say what a graph has of some aspects, a phrase a part, in the order of the aspects.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> losses(read_text("binary A, B; group G = A, B; A <-> B"), "group", "confounding", "query")
    ('group G', 'A <-> B')
    """
    return tuple(phrase for aspect in aspects for phrase in _PHRASES[aspect](graph))


def less(graph: CausalGraph, lost: Iterable[str]) -> CausalGraph:
    """Return a graph without what is said to be lost.

    As it reads back: `settle` is part of it.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> less(read_text("binary A; query P(A)"), ["domain of A", "query P(A)"]) == read_text("node A")
    True
    """
    gone = frozenset(lost)
    return settle(
        replace(
            graph,
            nodes=tuple(_less(node, gone) for node in graph.nodes),
            confounded=tuple(pair for pair in graph.confounded if confounding(*pair) not in gone),
            groups=tuple(group for group in graph.groups if f"group {group[0]}" not in gone),
            queries=tuple(question for question in graph.queries if f"query {question.text}" not in gone),
            assertions=tuple(question for question in graph.assertions if f"assert {question.text}" not in gone),
            name="" if _NAME in gone else graph.name,
            title="" if _TITLE in gone else graph.title,
        )
    )


def of_node(aspect: Literal["domain", "mechanism", "equation"], node: Node) -> str:
    """Say that an aspect of one node is lost."""
    return f"{aspect} of {node.name}"


def confounding(a: str, b: str) -> str:
    """Say that an unobserved common cause is lost."""
    return f"{quoted(a)} <-> {quoted(b)}"


def attributes_lost(counted: Mapping[tuple[str, str], int]) -> list[str]:
    """Say which attributes a reader met that a graph has no place for.

    Parameters
    ----------
    counted : mapping of (str, str) to int
        The attribute and what it is of (`a node`, `an edge`, `the graph`), and how often.

    Examples
    --------
    >>> attributes_lost({("color", "a node"): 2, ("bb", "the graph"): 1})
    ['attribute color of a node (2 times)', 'attribute bb of the graph']
    """
    return [f"attribute {key} of {what}" + (f" ({n} times)" if n > 1 else "") for (key, what), n in counted.items()]


def settle(graph: CausalGraph) -> CausalGraph:
    """Give latents of no stated domain that have causes one: `real`. A warning says so.

    In the language a latent without a domain is a root; texts in other formats have latents anywhere and no domains.
    """
    joined = {name for pair in graph.confounded for name in pair}
    nodes = tuple(_settled(node, node.name in joined) for node in graph.nodes)
    warnings = tuple(
        Diagnostic("C129", "warning", f"the latent `{n.name}` has causes, so it is taken as `real`", n.span)
        for n, before in zip(nodes, graph.nodes, strict=True)
        if n is not before
    )
    return replace(graph, nodes=nodes, warnings=graph.warnings + warnings) if warnings else graph


def _settled(node: Node, joined: bool) -> Node:
    bare = node.latent and node.domain is None
    return replace(node, domain=Real()) if bare and (node.parents or node.mechanism or joined) else node


_NAME = "the model's name"
_TITLE = "the model's title"


def _less(node: Node, gone: frozenset[str]) -> Node:
    """Return a node without what is said to be lost of it."""
    return replace(
        node,
        domain=None if of_node("domain", node) in gone else node.domain,
        mechanism=None if of_node("mechanism", node) in gone else node.mechanism,
        equation=None if of_node("equation", node) in gone else node.equation,
        latent=node.latent and _latent(node) not in gone,
    )


def _latent(node: Node) -> str:
    return f"that {node.name} is latent"


_PHRASES: Mapping[Aspect, Callable[[CausalGraph], Iterable[str]]] = {
    "name": lambda graph: [_NAME] if graph.name else [],
    "title": lambda graph: [_TITLE] if graph.title else [],
    "domain": lambda graph: (of_node("domain", node) for node in graph.nodes if node.domain is not None),
    "mechanism": lambda graph: (of_node("mechanism", node) for node in graph.nodes if node.mechanism is not None),
    "equation": lambda graph: (of_node("equation", node) for node in graph.nodes if node.equation is not None),
    "latent": lambda graph: (_latent(node) for node in graph.nodes if node.latent),
    "confounding": lambda graph: (confounding(*pair) for pair in graph.confounded),
    "group": lambda graph: (f"group {name}" for name, _ in graph.groups),
    "query": lambda graph: (f"query {question.text}" for question in graph.queries),
    "assert": lambda graph: (f"assert {question.text}" for question in graph.assertions),
}
