"""From a text or a file to a CausalGraph, or to one exception with all findings."""

from __future__ import annotations

from pathlib import Path

from causaldsl.errors import CausalSyntaxError, Diagnostic, GraphError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.lower import lower
from causaldsl.graph.use import Folder, Gathered, gather, read_utf8
from causaldsl.source import Source
from causaldsl.syntax.parser import parse


def read_source(source: Source, folder: Folder | None = None) -> tuple[CausalGraph | None, list[Diagnostic], bool]:
    """Read a text without raising.

    Parameters
    ----------
    source : Source
        The text.
    folder : Folder, optional
        Where the files lie that it uses; None for a text that is no file.

    Returns
    -------
    graph : CausalGraph or None
        None where there are errors.
    findings : list of Diagnostic
        All errors and warnings, in the order of the text.
    readable : bool
        Whether every statement is in the language.
    """
    document, syntactic = parse(source)
    return read_gathered(gather(document, folder), syntactic, folder)


def read_gathered(
    gathered: Gathered, syntactic: list[Diagnostic], folder: Folder | None
) -> tuple[CausalGraph | None, list[Diagnostic], bool]:
    """Read a text that is parsed already; `syntactic` is what its parsing found. Otherwise as `read_source`."""
    source = gathered.documents[0].source
    graph, semantic = lower(gathered, folder)
    own = [f for f in semantic if f.span is not None and f.span.source is source]
    findings = sorted([*syntactic, *own], key=lambda f: f.span.start if f.span else 0)
    findings += (f for f in semantic if f.span is None or f.span.source is not source)
    readable = not any(f.code < "C2" for f in findings)
    return (graph if readable else None), findings, readable


def read_text(text: str, name: str = "<text>") -> CausalGraph:
    """Read a graph from a text.

    Parameters
    ----------
    text : str
        A text in the causal language.
    name : str
        What the text is called in messages.

    Raises
    ------
    CausalSyntaxError
        If a statement is not in the language.
    GraphError
        If all statements are, and together they describe no causal graph. All findings are in `.diagnostics`.

    Examples
    --------
    >>> read_text("binary Rain, Wet; Rain -> Wet").edges
    (('Rain', 'Wet', '->'),)
    """
    return _read(Source.normalised(name, text), None)


def read_file(path: str | Path) -> CausalGraph:
    """Read a graph from a file.

    Raises
    ------
    UsageError
        If there is no such file, or it is not UTF-8.
    CausalSyntaxError, GraphError
        As `read_text` does.
    """
    return _read(*file_source(path))


def file_source(path: str | Path) -> tuple[Source, Folder]:
    """Return the text of a file, and the folder in which the files lie that it may use: its own.

    Raises
    ------
    UsageError
        If there is no such file, or it is not UTF-8.
    """
    text = read_utf8(Path(path), str(path))
    return Source.normalised(str(path), text), Folder(Path(path).resolve().parent)


def _read(source: Source, folder: Folder | None) -> CausalGraph:
    graph, findings, readable = read_source(source, folder)
    if graph is None:
        raise (GraphError if readable else CausalSyntaxError)(findings)
    return graph
