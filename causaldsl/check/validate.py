"""Validate a graph against the registered plugins and the columns of a data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from causaldsl.errors import Diagnostic, UsageError, did_you_mean
from causaldsl.graph.domain import Image
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Node
from causaldsl.graph.question import Quantity, Query, numeric
from causaldsl.plugins import registry
from causaldsl.plugins.defaults import KNOWN, abducts, domain_of, door_of, equation_of, mechanism_of, shape_of
from causaldsl.plugins.options import resolve

_LABEL_DOMAINS = frozenset({"binary", "categorical", "real"})


def validate(graph: CausalGraph, columns: Iterable[str] | None = None) -> list[Diagnostic]:
    """Return what keeps a graph from being built as written, or from being trained on some data.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    columns : iterable of str, optional
        Names of the data's label columns; None leaves the data out.

    Returns
    -------
    list of Diagnostic
        Unknown mechanisms and options, mechanisms that cannot do a node's domain, its causes' or its size,
        counterfactuals that they cannot answer, labels that the data lack; in the order of the text.
    """
    findings: list[Diagnostic] = []
    plugins: dict[tuple[int, str], Any] = {}
    for node in graph.nodes:
        if domain_of(node) is None and node.mechanism is None:
            continue
        spec = mechanism_of(node)
        written = id(spec), door_of(node)  # a mechanism of several nodes is written, and reported, once
        if written not in plugins:
            plugins[written], problems = _plugin(graph, node, spec)
            findings += problems
        if (plugin := plugins[written]) is not None:
            findings += list(_fit(graph, node, spec, plugin)) or list(_refused(graph, node, spec, plugin))
    findings += _counterfactuals(graph, plugins)
    if columns is not None:
        findings += _missing_columns(graph, tuple(columns))
    return sorted(findings, key=lambda f: f.span.start if f.span else 0)


def _plugin(graph: CausalGraph, node: Node, spec: MechanismSpec) -> tuple[Any, list[Diagnostic]]:
    """Return a mechanism's plugin, and what is wrong with its name and options."""
    door = door_of(node)
    span = spec.span or node.span
    if spec.kind == KNOWN.kind and equation_of(node) is None:
        message, hint = "an equation is written out", f"`{node.name} := ..`"
        return None, [Diagnostic("C411", "error", message, span, hint)]
    if spec.kind not in registry.names(door):
        return None, [_unknown(graph, node, spec)]
    try:
        plugin = registry.load(door, spec.kind)
    except UsageError as error:
        problem = error.diagnostics[0]
        return None, [Diagnostic("C420", "error", problem.message, span, problem.hint)]
    return plugin, resolve(plugin.options, spec)[1]


def _unknown(graph: CausalGraph, node: Node, spec: MechanismSpec) -> Diagnostic:
    """Describe a mechanism that no plugin of the node's kind provides."""
    span = spec.span or node.span
    door = door_of(node)
    other: registry.Group = "mechanisms" if door == "images" else "images"
    known = tuple(name for name in registry.names(door) if name != KNOWN.kind)
    if spec.kind in registry.names(other):
        does = "draws images" if other == "images" else "makes labels, not images"
        hint = f"for `{node.name}` there are: {', '.join(known)}"
        return Diagnostic("C415", "error", f"`{spec.kind}` {does}", span, hint)
    if spec.kind in graph:
        hint = f"a cause is written with an arrow: `{spec.kind} -> {node.name}`"
    else:
        hint = did_you_mean(spec.kind, known) or f"there are: {', '.join(known)}"
    what = "image model" if door == "images" else "mechanism"
    return Diagnostic("C411", "error", f"there is no {what} `{spec.kind}`", span, hint)


def _fit(graph: CausalGraph, node: Node, spec: MechanismSpec, plugin: Any) -> Iterator[Diagnostic]:
    """Check that a plugin can do what the node asks of it."""
    span = spec.span or node.span
    if isinstance(node.domain, Image):
        takes = plugin.parent_domains
        image = node.domain
        if image.height != image.width or image.height not in plugin.image_sizes:
            message = f"`{spec.kind}` cannot draw pictures of {image.height} by {image.width} pixels"
            sizes = ", ".join(map(str, plugin.image_sizes))
            yield Diagnostic("C417", "error", message, node.span, f"it draws square ones, of side {sizes}")
    else:
        takes = getattr(plugin, "parent_domains", _LABEL_DOMAINS)
        if node.domain is not None and node.domain.kind not in plugin.domains:
            message = f"`{spec.kind}` cannot make a {node.domain.kind} node, such as `{node.name}`"
            hint = f"it makes: {', '.join(sorted(plugin.domains))}"
            yield Diagnostic("C415", "error", message, span, hint)
    for parent in (graph[name] for name in node.parents):
        if parent.domain is not None and parent.domain.kind not in takes:
            message = f"`{spec.kind}` cannot take the {parent.domain.kind} node `{parent.name}` as a cause"
            hint = f"the causes that it takes are: {', '.join(sorted(takes))}"
            yield Diagnostic("C416", "error", f"{message} of `{node.name}`", node.span, hint)


def _refused(graph: CausalGraph, node: Node, spec: MechanismSpec, plugin: Any) -> Iterator[Diagnostic]:
    """Ask a plugin that has a `check` whether it can make this node of these causes with these options."""
    options, _ = resolve(plugin.options, spec)
    stated = all(domain_of(graph[name]) is not None for name in (node.name, *node.parents))
    if options is None or not stated or not hasattr(plugin, "check"):
        return
    try:
        plugin.check(shape_of(graph, node), options)
    except UsageError as error:
        for problem in error.diagnostics:
            message = f"`{spec.kind}` cannot make `{node.name}`: {problem.message}"
            yield Diagnostic("C480", "error", message, spec.span or node.span, problem.hint)


def _counterfactuals(graph: CausalGraph, plugins: Mapping[tuple[int, str], Any]) -> Iterator[Diagnostic]:
    """Refuse what would have been, given what was, where a mechanism cannot tell its noise from what it made.

    A plugin that cannot states so in `abducts`.
    """
    for question in (*graph.queries, *graph.assertions):
        quantities = _quantities(question.meaning)
        evident = [q for q in quantities if q.rung == 3 and q.given]
        involved = graph.ancestors({v.name for q in evident for v in q.mentioned()})
        for node in graph.nodes:
            domain = domain_of(node)
            if node.name not in involved or (domain is None and node.mechanism is None):
                continue
            spec = mechanism_of(node)
            plugin = plugins[id(spec), door_of(node)]
            if plugin is not None and not abducts(plugin, domain):
                message = f"`{question.text}` needs the noise of `{node.name}`, which `{spec.kind}` cannot infer"
                hint = "give the node a mechanism that can, such as `neural`"
                yield Diagnostic("C313", "error", message, question.span, hint)
                break


def _quantities(meaning: Query | None) -> tuple[Quantity, ...]:
    claim = numeric(meaning)
    return claim.quantities if claim else ()


def _missing_columns(graph: CausalGraph, columns: tuple[str, ...]) -> Iterator[Diagnostic]:
    for name in graph.columns:
        if name not in columns:
            shown = ", ".join(columns[:8]) + (", ..." if len(columns) > 8 else "")
            hint = did_you_mean(name, columns) or f"the columns are: {shown}"
            yield Diagnostic("C501", "error", f"the data have no column `{name}`", graph[name].span, hint)
