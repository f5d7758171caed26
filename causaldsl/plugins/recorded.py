"""Options in full, as a run records them: also those that nobody wrote, so that a later default changes no run.

A run's text stays as it was written, and is shown so; what the text leaves open stands in its record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from causaldsl.errors import Diagnostic, RunError
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Node, Option
from causaldsl.plugins.defaults import door_of, equation_of, mechanism_of, shape_of
from causaldsl.plugins.options import resolve
from causaldsl.plugins.registry import load, names


def settled(graph: CausalGraph) -> CausalGraph:
    """Return a valid graph with each mechanism's options written in full: the text's, the presets', the defaults.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = settled(read_text("binary A; A ~ neural(hidden=8)"))
    >>> [(option.name, option.value) for option in graph["A"].mechanism.options]
    [('hidden', 8), ('layers', 2)]
    """
    return replace(graph, nodes=tuple(_settled(graph, node) for node in graph.nodes))


def _settled(graph: CausalGraph, node: Node) -> Node:
    if equation_of(node) is not None:
        return node
    spec = mechanism_of(node)
    plugin: Any = load(door_of(node), spec.kind)
    options, _ = resolve(plugin.options, spec)
    if hasattr(plugin, "settle"):
        options = plugin.settle(shape_of(graph, node), options)
    return replace(node, mechanism=replace(spec, options=_options(values_of(options))))


def values_of(options: Any) -> dict[str, Any]:
    """Return every option of a plugin's dataclass by name."""
    return {f.name: getattr(options, f.name) for f in fields(options)}


def mechanisms_of(graph: CausalGraph) -> dict[str, Any]:
    """Return what a run records of the mechanisms of a settled graph, by node."""
    specs = {node.name: node.mechanism for node in graph.nodes if equation_of(node) is None}
    return {
        name: {"kind": spec.kind, "options": {option.name: option.value for option in spec.options}}
        for name, spec in specs.items()
        if spec is not None
    }


def with_mechanisms(graph: CausalGraph, recorded: Mapping[str, Any]) -> CausalGraph:
    """Return the graph of a run with the mechanisms that it recorded; what is not recorded stays as the text has it.

    Raises
    ------
    RunError
        If a plugin no longer has an option, or takes its value no longer; or the record is damaged.
    """
    if not isinstance(recorded, Mapping):
        raise RunError("its run.json is damaged: `mechanisms` is no object")
    return replace(graph, nodes=tuple(_recorded(node, recorded.get(node.name)) for node in graph.nodes))


def _recorded(node: Node, recorded: Any) -> Node:
    if recorded is None:
        return node
    if not isinstance(recorded, Mapping) or not isinstance(recorded.get("options"), Mapping) or "kind" not in recorded:
        raise RunError(f"its run.json is damaged: of `{node.name}` it has no kind and options of a mechanism")
    spec = MechanismSpec(recorded["kind"], _options(recorded["options"]))
    if spec.kind in names(door_of(node)):  # else the graph is found invalid
        _, findings = resolve(load(door_of(node), spec.kind).options, spec)
        if findings:
            raise outdated(f"`{node.name}`", findings)
    return replace(node, mechanism=spec)


def recorded_options(options: type[Any], kind: str, recorded: Mapping[str, Any]) -> Any:
    """Return the options of a data set as a run recorded them.

    Raises
    ------
    RunError
        If the plugin no longer has one, or takes its value no longer.
    """
    found, findings = resolve(options, MechanismSpec(kind, _options(recorded)))
    if findings:
        raise outdated("its data", findings)
    return found


def outdated(what: str, findings: Sequence[Diagnostic]) -> RunError:
    """Return the error of a run whose options are those of another version."""
    problems = "; ".join(finding.message for finding in findings)
    return RunError(
        f"the run was trained with other options of {what} than this version has: {problems}",
        "its run.json names, under `versions`, the version that trained it: install that one, or train again",
    )


def _options(values: Mapping[str, Any]) -> tuple[Option, ...]:
    return tuple(Option(name, _value(value)) for name, value in values.items())


def _value(value: Any) -> Any:
    """Return a value as the language has it: JSON's lists are tuples."""
    return tuple(map(_value, value)) if isinstance(value, list | tuple) else value
