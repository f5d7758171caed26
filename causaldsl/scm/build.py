"""From graph to model: validate, then let each plugin build its node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from causaldsl.check.validate import validate
from causaldsl.errors import Diagnostic, GraphError
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.plugins.defaults import domain_of, door_of, equation_of, mechanism_of
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import NodeShape
from causaldsl.plugins.registry import load
from causaldsl.scm.controller import Controller
from causaldsl.scm.image import ImageModel
from causaldsl.scm.mechanism import Mechanism
from causaldsl.scm.model import CausalModel


def compile_graph(graph: CausalGraph, seed: int = 0) -> CausalModel:
    r"""Compile a graph to its module stack: one generator a node, weights keyed by node.

    Parameters
    ----------
    graph : CausalGraph
        What to compile.
    seed : int
        Of the initial weights.

    Returns
    -------
    CausalModel
        Untrained.

    Raises
    ------
    GraphError
        If the graph cannot be compiled: an unstated domain, a latent, an unknown mechanism or option.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> [row.name for row in compile_graph(read_text("binary A, B\nA -> B\n")).summary()]
    ['A', 'B']
    """
    findings = [d for d in validate(graph) if d.severity == "error"] + list(_unbuildable(graph))
    if findings:
        raise GraphError(findings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _build(graph)


def _build(graph: CausalGraph) -> CausalModel:
    mechanisms: dict[str, Mechanism] = {}
    images: dict[str, ImageModel] = {}
    for node in graph.nodes:
        spec = mechanism_of(node)
        plugin: Any = load(door_of(node), spec.kind)
        options, _ = resolve(plugin.options, spec)
        built = plugin.build(shape_of(graph, node), options)
        if door_of(node) == "images":
            images[node.name] = built
        else:
            mechanisms[node.name] = built
    return CausalModel(graph, Controller(graph, mechanisms), images)


def shape_of(graph: CausalGraph, node: Node) -> NodeShape:
    """Return what a node's mechanism is built for."""
    domain = domain_of(node)
    assert domain is not None
    causes = [(parent, domain_of(graph[parent])) for parent in node.parents]
    return NodeShape(node.name, domain, tuple((p, d) for p, d in causes if d is not None), equation_of(node))


def _unbuildable(graph: CausalGraph) -> Sequence[Diagnostic]:
    found = []
    for node in graph.nodes:
        unseen = [name for name in (node.name, *node.parents) if graph[name].latent]
        if unseen and equation_of(node) is None:
            cause = "" if node.latent else f" from its latent cause `{unseen[0]}`"
            message = f"`{node.name}` would be learned{cause}, and from what is latent nothing can be learned yet"
            hint = "questions about the graph work, and so do models whose latents have equations, with their effects"
            found.append(Diagnostic("C432", "error", message, node.span, hint))
        elif domain_of(node) is None:
            message = f"the domain of `{node.name}` is not stated"
            hint = f"to compile, declare it: `binary {node.name}`, `real {node.name}`, ..."
            found.append(Diagnostic("C431", "error", message, node.span, hint))
    for a, b in graph.confounded:
        message = f"`{a} <-> {b}` is an unobserved common cause; models with latents cannot be compiled yet"
        found.append(Diagnostic("C432", "error", message, None, "questions about the graph work"))
    return found
