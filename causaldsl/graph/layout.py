"""A text laid out anew, once it is sure that it means the same."""

from __future__ import annotations

from causaldsl.errors import CausalError, CausalSyntaxError
from causaldsl.graph.lower import lower
from causaldsl.graph.use import Folder, gather
from causaldsl.source import Source
from causaldsl.syntax.parser import parse
from causaldsl.syntax.printer import format_document, same_meaning


def lay_out(source: Source, folder: Folder | None = None) -> str:
    r"""Return a text as the formatter lays it out.

    Parameters
    ----------
    source : Source
        The text; whether its graph is one does not matter.
    folder : Folder, optional
        Where the files lie that it uses.

    Raises
    ------
    CausalSyntaxError
        If a statement cannot be read.
    CausalError
        If the new text would mean something else, which is a mistake of ours.

    Examples
    --------
    >>> lay_out(Source("<text>", "binary   A,B"))
    'binary A, B\n'
    """
    document, findings = parse(source)
    if findings:
        raise CausalSyntaxError(findings)
    after = format_document(document)
    if after == source.text:
        return after
    again, findings = parse(Source(source.name, after))
    if not findings and same_meaning(document, again):
        before, now = (lower(gather(d, folder), folder)[0] for d in (document, again))
        if before == now:
            return after
    raise CausalError(
        f"laying {source.name} out would change its meaning, so nothing is written", "please report this text"
    )
