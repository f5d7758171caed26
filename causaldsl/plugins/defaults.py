"""Which mechanism a node has, the text's own or the built-in default of its domain, and what it is built for."""

from __future__ import annotations

from typing import Any, Literal

from causaldsl.graph.domain import Domain, Image, Real
from causaldsl.graph.expression import Constant, Draw, Equation
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Node
from causaldsl.plugins.protocols import NodeShape

LABEL_DEFAULT = MechanismSpec("neural")
IMAGE_DEFAULT = MechanismSpec("r3gan")
KNOWN = MechanismSpec("equation")
"""The mechanism of a node whose equation the text knows."""

STANDARD_NORMAL = Draw("normal", (Constant(0), Constant(1)), 0)
"""How a latent without a domain comes about."""


def mechanism_of(node: Node) -> MechanismSpec:
    """Return what the text says (an equation, or own `~` before `default`), else the built-in default."""
    if equation_of(node) is not None:
        return KNOWN
    return node.mechanism or (IMAGE_DEFAULT if isinstance(node.domain, Image) else LABEL_DEFAULT)


def equation_of(node: Node) -> Equation | None:
    """Return what is known of how a node comes about: its equation; a latent without a domain is standard normal."""
    return STANDARD_NORMAL if node.latent and node.domain is None else node.equation


def domain_of(node: Node) -> Domain | None:
    """Return a node's domain; a latent without one is a real number."""
    return Real() if node.latent and node.domain is None else node.domain


def shape_of(graph: CausalGraph, node: Node) -> NodeShape:
    """Return what a node's mechanism is built for."""
    domain = domain_of(node)
    assert domain is not None
    causes = [(parent, domain_of(graph[parent])) for parent in node.parents]
    return NodeShape(node.name, domain, tuple((p, d) for p, d in causes if d is not None), equation_of(node))


def learned(graph: CausalGraph) -> tuple[str, ...]:
    """Return the nodes whose mechanism is not known, in order of declaration; a graph with none is a simulator."""
    return tuple(node.name for node in graph.nodes if equation_of(node) is None)


def abducts(plugin: Any, domain: Domain | None) -> bool:
    """Tell whether a mechanism of this kind, of a node of this domain, can infer its noise from a value."""
    stated = getattr(plugin, "abducts", True)
    return stated if isinstance(stated, bool) else domain is None or domain.kind in stated


def door_of(node: Node) -> Literal["mechanisms", "images"]:
    """Return the plugin group that the node's mechanism comes from."""
    return "images" if isinstance(node.domain, Image) else "mechanisms"
