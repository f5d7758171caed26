"""`check`: what can be said of a file without training anything, and without torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from causaldsl.check.examine import examine
from causaldsl.cli.completion import FILE
from causaldsl.cli.data_options import data_option, root_option
from causaldsl.cli.output import json_option, print_json
from causaldsl.cli.talk import painted, say
from causaldsl.errors import Diagnostic
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.read import file_source
from causaldsl.plugins.datasets import dataset
from causaldsl.plugins.defaults import mechanism_of


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@data_option
@root_option
@json_option
def check(files: tuple[str, ...], strict: bool, data: str | None, root: Path | None, as_json: bool) -> None:
    """Check graph files: every finding in one go, each with its place; with --data also that it has all the labels.

    Example: causaldsl check examples/lawn.causal
    """
    columns = None
    if data is not None:
        columns = dataset(data, root).columns
    reports = [_checked(file, columns, strict) for file in files]
    if as_json:
        print_json({"files": [_as_json(file, *report) for file, report in zip(files, reports, strict=True)]})
    for file, (graph, findings) in zip(files, reports, strict=True):
        for finding in findings:
            click.echo(painted(str(finding)), err=True)
        click.echo(_summary(file, graph, findings), err=as_json or not _ok(findings))
    if said := sorted((f for _, findings in reports for f in findings), key=lambda f: f.severity):
        say(f"`causaldsl explain {said[0].code}` says more")
    if not all(_ok(findings) for _, findings in reports):
        raise SystemExit(1)


def _checked(file: str, columns: tuple[str, ...] | None, strict: bool) -> tuple[CausalGraph | None, list[Diagnostic]]:
    """Read and validate one file."""
    examined = examine(*file_source(file), columns)
    findings = [replace(f, severity="error") if strict else f for f in examined.findings]
    return examined.graph, findings


def _ok(findings: list[Diagnostic]) -> bool:
    return not any(f.severity == "error" for f in findings)


def _summary(file: str, graph: CausalGraph | None, findings: list[Diagnostic]) -> str:
    """Say in one line how a file did."""
    errors = sum(f.severity == "error" for f in findings)
    warnings = len(findings) - errors
    counts = [_count(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
    if graph is None or errors:
        return f"{file}: {', '.join(counts)}"
    size = [_count(len(graph.nodes), "node"), _count(len(graph.edges), "edge")]
    return f"{file}: ok, {', '.join(size + counts)}"


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _mechanism_name(node: Node) -> str | None:
    """Say how a node comes about; None where nothing says so."""
    return None if node.domain is None and node.mechanism is None else mechanism_of(node).kind


def _as_json(file: str, graph: CausalGraph | None, findings: list[Diagnostic]) -> dict[str, Any]:
    """Render a file's report as the contract has it."""
    nodes = [] if graph is None else [
        {
            "name": node.name,
            "domain": None if node.domain is None else str(node.domain),
            "parents": list(node.parents),
            "mechanism": _mechanism_name(node),
        }
        for node in graph.nodes
    ]  # fmt: skip
    return {
        "file": file,
        "ok": _ok(findings),
        "diagnostics": [{**finding.as_json(), **({} if finding.span else {"file": file})} for finding in findings],
        "nodes": nodes,
        "edges": [] if graph is None else [list(edge) for edge in graph.edges],
        "latent": [] if graph is None else list(graph.latents),
    }
