"""From graph to model: validate, then let each plugin build its node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from causaldsl.check.validate import validate
from causaldsl.errors import Diagnostic, GraphError
from causaldsl.graph.domain import Discrete, Image
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.plugins.defaults import domain_of, door_of, equation_of, mechanism_of, shape_of
from causaldsl.plugins.options import resolve
from causaldsl.plugins.recorded import settled, with_mechanisms
from causaldsl.plugins.registry import load
from causaldsl.scm.controller import Controller
from causaldsl.scm.hidden import with_latents
from causaldsl.scm.image import ImageModel
from causaldsl.scm.mechanism import Mechanism
from causaldsl.scm.model import CausalModel
from causaldsl.scm.picture_node import PictureNode


def compile_graph(graph: CausalGraph, seed: int = 0, recorded: Mapping[str, Any] | None = None) -> CausalModel:
    r"""Compile a graph to its module stack: one generator a node, weights keyed by node.

    Parameters
    ----------
    graph : CausalGraph
        What to compile.
    seed : int
        Of the initial weights.
    recorded : mapping, optional
        The mechanisms of a run by node, in full, as `causaldsl.plugins.recorded.mechanisms_of` returned them; they go
        before those of the graph.

    Returns
    -------
    CausalModel
        Untrained.

    Raises
    ------
    GraphError
        If the graph cannot be compiled: an unstated domain, an unknown mechanism or option, a latent that its effects'
        mechanisms cannot learn with.
    RunError
        If a plugin no longer has what was recorded.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> [row.name for row in compile_graph(read_text("binary A, B\nA -> B\n")).summary()]
    ['A', 'B']
    """
    meant = with_mechanisms(graph, recorded or {})
    findings = [d for d in validate(meant) if d.severity == "error"] + list(_unbuildable(meant))
    if findings:
        raise GraphError(findings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _build(graph, settled(with_latents(meant)))


def _build(written: CausalGraph, graph: CausalGraph) -> CausalModel:
    mechanisms: dict[str, Mechanism] = {}
    images: dict[str, ImageModel] = {}
    for node in graph.nodes:
        spec = mechanism_of(node)
        plugin: Any = load(door_of(node), spec.kind)
        options, _ = resolve(plugin.options, spec)
        built = plugin.build(shape_of(graph, node), options)
        if door_of(node) == "images":
            images[node.name] = built
            if graph.children[node.name]:
                mechanisms[node.name] = PictureNode(built)
        else:
            mechanisms[node.name] = built
    return CausalModel(written, Controller(graph, mechanisms), images)


def _unbuildable(graph: CausalGraph) -> Sequence[Diagnostic]:
    found: list[Diagnostic] = []
    completed = with_latents(graph)
    for node in graph.nodes:
        found += _unlearnable(completed, completed[node.name])
        if domain_of(node) is None:
            message = f"the domain of `{node.name}` is not stated"
            hint = f"to compile, declare it: `binary {node.name}`, `real {node.name}`, ..."
            found.append(Diagnostic("C431", "error", message, node.span, hint))
    return found


def _unlearnable(graph: CausalGraph, node: Node) -> Iterator[Diagnostic]:
    """Yield what keeps a node from being learned from, or with, what is latent."""
    if equation_of(node) is not None:
        return
    spec = mechanism_of(node)
    for latent in (name for name in (node.name, *node.parents) if graph[name].latent):
        kin = [m for m in (latent, *graph.children[latent]) if equation_of(graph[m]) is None]
        ways = {m: getattr(load(door_of(graph[m]), mechanism_of(graph[m]).kind), "latents", "") for m in kin}
        pictures = [cause for cause in node.parents if isinstance(graph[cause].domain, Image)]
        if pictures:
            message = (
                f"`{node.name}` cannot be learned with the unobserved cause `{latent}` and the picture `{pictures[0]}`"
            )
            yield Diagnostic("C432", "error", message, spec.span or node.span, "leave one of the two out")
        elif not ways[node.name]:
            message = f"`{spec.kind}` cannot learn `{node.name}` with its unobserved cause `{latent}`"
            message = f"`{spec.kind}` cannot learn the latent `{latent}`" if latent == node.name else message
            hint = f"`{node.name} ~ neural` can"
            if isinstance(node.domain, Image):
                hint = "a picture is learned with observed causes alone: leave this one out, or declare it observed"
            yield Diagnostic("C432", "error", message, spec.span or node.span, hint)
        elif other := next((m for m, way in ways.items() if way and way != ways[node.name]), None):
            kind = mechanism_of(graph[other]).kind
            message = (
                f"`{spec.kind}` learns `{node.name}` and `{kind}` learns `{other}`, which share the latent `{latent}`"
            )
            yield Diagnostic("C432", "error", message, spec.span or node.span, "give both one kind of mechanism")
        elif not isinstance(domain_of(graph[latent]), Discrete):
            message = f"`{node.name}` cannot be learned with the real latent `{latent}`"
            hint = f"give it levels, `latent {latent} : categorical {{1..8}}`, or leave its domain and equation out"
            yield Diagnostic("C432", "error", message, graph[latent].span or node.span, hint)
