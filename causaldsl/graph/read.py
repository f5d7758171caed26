"""From a text or a file to a CausalGraph, or to one exception with all findings."""

from __future__ import annotations

from pathlib import Path

from causaldsl.errors import CausalSyntaxError, Diagnostic, GraphError, UsageError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.lower import lower
from causaldsl.source import Source
from causaldsl.syntax.parser import parse


def read_source(source: Source) -> tuple[CausalGraph | None, list[Diagnostic], bool]:
    """Read a text without raising.

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
    graph, semantic = lower(document)
    findings = sorted([*syntactic, *semantic], key=lambda f: f.span.start if f.span else 0)
    return (None if syntactic else graph), findings, not syntactic


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
    graph, findings, readable = read_source(Source.normalised(name, text))
    if graph is None:
        raise (GraphError if readable else CausalSyntaxError)(findings)
    return graph


def read_file(path: str | Path) -> CausalGraph:
    """Read a graph from a file.

    Raises
    ------
    UsageError
        If there is no such file, or it is not UTF-8.
    CausalSyntaxError, GraphError
        As `read_text` does.
    """
    return read_text(file_text(path), str(path))


def file_text(path: str | Path) -> str:
    """Return the text of a file.

    Raises
    ------
    UsageError
        If there is no such file, or it is not UTF-8.
    """
    try:
        return Path(path).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte {error.start} is 0x{error.object[error.start]:02x}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
