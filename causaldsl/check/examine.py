"""Everything that can be found out about a text without training: what `check` prints and an editor underlines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from causaldsl.check.assertions import failed_assertions
from causaldsl.check.validate import validate
from causaldsl.errors import Diagnostic
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_gathered
from causaldsl.graph.use import Folder, Gathered, gather
from causaldsl.source import Source
from causaldsl.syntax.parser import parse


@dataclass(frozen=True)
class Examination:
    """A text, and what was found out about it.

    Parameters
    ----------
    gathered : Gathered
        The text as it was written, and all that it uses.
    graph : CausalGraph or None
        What it means; None where there are errors in the text.
    findings : tuple of Diagnostic
        All errors and warnings, those of the text itself first, in its order.
    """

    gathered: Gathered
    graph: CausalGraph | None
    findings: tuple[Diagnostic, ...]


def examine(source: Source, folder: Folder | None = None, columns: Iterable[str] | None = None) -> Examination:
    """Read a text, and validate what it means.

    Parameters
    ----------
    source : Source
        The text.
    folder : Folder, optional
        Where the files lie that it uses; None for a text that is no file.
    columns : iterable of str, optional
        Names of a data set's label columns; None leaves the data out.

    Examples
    --------
    >>> [finding.code for finding in examine(Source("<text>", "binary A; A ~ neurla; A -> B")).findings]
    ['C201']
    """
    document, syntactic = parse(source)
    return examine_gathered(gather(document, folder), syntactic, folder, columns)


def examine_gathered(
    gathered: Gathered, syntactic: list[Diagnostic], folder: Folder | None, columns: Iterable[str] | None = None
) -> Examination:
    """Examine a text that is parsed already; `syntactic` is what its parsing found. Otherwise as `examine`."""
    source = gathered.documents[0].source
    graph, findings, _ = read_gathered(gathered, syntactic, folder)
    if graph is not None:
        findings += [*validate(graph, columns), *failed_assertions(graph)]
        findings.sort(key=lambda f: _place(f, source))
    return Examination(gathered, graph, tuple(findings))


def _place(finding: Diagnostic, source: Source) -> tuple[bool, int]:
    """Return by what findings are ordered: the text's own first."""
    span = finding.span
    return (False, 0) if span is None else (span.source is not source, span.start)
