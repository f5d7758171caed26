"""The law of formats, for the built-in ones and for yours: what is not said to be lost comes back."""

from __future__ import annotations

from causaldsl.errors import CausalError
from causaldsl.formats.losses import less
from causaldsl.graph.ir import CausalGraph
from causaldsl.plugins.protocols import FormatPlugin, GraphReader, GraphWriter


def assert_format(plugin: object) -> None:
    """Check that an object is a format: its endings, and that it reads or writes.

    Raises
    ------
    AssertionError
        If it is none.
    """
    assert isinstance(plugin, FormatPlugin), "a format has `suffixes`"
    assert isinstance(plugin, GraphReader | GraphWriter), "a format has `read`, `write` or both"
    for suffix in plugin.suffixes:
        assert suffix.startswith("."), f"{suffix!r} begins with no point"
        assert suffix == suffix.lower(), f"{suffix!r} is not in lower case"


def assert_reads_or_refuses(plugin: GraphReader, text: str) -> None:
    """Check that a text gives a graph or one of causaldsl's own errors, whose places lie inside the text.

    Raises
    ------
    AssertionError
        If a place does not lie inside the text. What else the plugin raises is not caught.
    """
    try:
        graph, lost = plugin.read(text, "x")
    except CausalError as error:
        findings = error.diagnostics
        assert findings, "an error says what is wrong"
    else:
        findings = graph.warnings
        assert all(isinstance(phrase, str) for phrase in lost), "what is lost is said in words"
    for finding in findings:
        if finding.span is not None:
            assert 0 <= finding.span.start <= finding.span.end <= len(finding.span.source.text), "a place in the text"


def assert_round_trip(plugin: object, graph: CausalGraph) -> None:
    """Check that the text of a graph reads back to the graph, less what the writer said to be lost.

    Parameters
    ----------
    plugin : GraphReader and GraphWriter
        The format.
    graph : CausalGraph
        Any graph. A writer may refuse it by a GraphError; that is raised on.

    Raises
    ------
    AssertionError
        If something is lost unsaid, or said to be lost that is not there, or the text depends on more than the graph.
    """
    assert isinstance(plugin, GraphReader)
    assert isinstance(plugin, GraphWriter)
    text, lost = plugin.write(graph)
    assert plugin.write(graph) == (text, lost), "writing twice gives the same text"
    again, more = plugin.read(text, "x")
    assert more == (), f"the reader has no place for what the writer wrote: {more}"
    assert again == less(graph, lost), f"what came back differs by more than {lost}:\n{text}"
