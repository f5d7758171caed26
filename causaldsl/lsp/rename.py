"""A new name for a node or a group, wherever it stands, if the texts mean the same afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from causaldsl.errors import UsageError
from causaldsl.graph.domain import quoted
from causaldsl.graph.use import Folder
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.navigate import references
from causaldsl.source import Source, Span
from causaldsl.syntax import tree
from causaldsl.syntax.parser import parse
from causaldsl.syntax.words import RESERVED

Edits = dict[str, list[tuple[Span, str]]]
"""By text, the name of its source, what is replaced by what; in the order of the text."""


def rename(analyses: Sequence[Analysis], old: str, written: str) -> Edits:
    """Return the edits that give a node or a group a new name.

    Parameters
    ----------
    analyses : sequence of Analysis
        The texts that may name it; the files that they use are changed too.
    old : str
        Its name.
    written : str
        The new name as the user writes it, in quotes or not; it gets quotes where it needs them.

    Raises
    ------
    UsageError
        If it cannot be a name, is a word of the language or a name already, or would be something else somewhere.

    Examples
    --------
    >>> analysis = Analysis(Source("<text>", "node A, B; A -> B"))
    >>> [(span.start, new) for span, new in rename([analysis], "A", "a b")["<text>"]]
    [(5, '"a b"'), (11, '"a b"')]
    """
    if not any(old in analysis.index.declared for analysis in analyses):
        raise UsageError(f"`{old}` is not declared", "declare it first")
    new = new_name(written)
    if new != old and any(new in analysis.index.declared for analysis in analyses):
        raise UsageError(f"`{new}` is declared already")
    edits: Edits = {}
    for mention in references(analyses, old):
        edits.setdefault(mention.span.source.name, []).append((mention.span, quoted(new)))
    if all(_means_the_same(analysis, edits, old, new) for analysis in analyses):
        return edits
    raise UsageError(f"`{new}` would be something else where `{old}` stands", "such as a level of that name")


def new_name(written: str) -> str:
    """Return the name that a user writes.

    Raises
    ------
    UsageError
        If it can be none.

    Examples
    --------
    >>> new_name("a b"), new_name('"model"')
    ('a b', 'model')
    """
    written = written.strip()
    if written in RESERVED:
        raise UsageError(f"`{written}` is a word of the language", f'in quotes it is a name: `"{written}"`')
    for text in (written,) if written.startswith('"') else (written, quoted(written)):
        document, findings = parse(Source.normalised("", f"node {text}"))
        match document.statements:
            case (tree.Declaration(names=(name,)),) if not findings and not document.comments:
                return name.text
    raise UsageError(f"`{written}` cannot be a name", "no line breaks, no control characters, not empty")


def _means_the_same(analysis: Analysis, edits: Edits, old: str, new: str) -> bool:
    """Whether an edited text has the new name where it had the old one, and is found the same fault with."""
    after = _edited(analysis, edits)
    counts = [
        Counter(m.span.source.name for m in a.index.mentions.get(n, ())) for a, n in ((analysis, old), (after, new))
    ]
    codes = [Counter(finding.code for finding in a.examined.findings) for a in (analysis, after)]
    return counts[0] == counts[1] and codes[0] == codes[1]


def _edited(analysis: Analysis, edits: Edits) -> Analysis:
    """Return what an analysis becomes if the texts are edited."""
    texts = {document.source.name: edited(document.source, edits) for document in analysis.gathered.documents}
    source = Source(analysis.source.name, texts[analysis.source.name])
    if analysis.folder is None:
        return Analysis(source)
    changed: Mapping[Path, str] = {Path(name).resolve(): text for name, text in texts.items()}
    return Analysis(source, Folder(analysis.folder.root, {**analysis.folder.open_texts, **changed}))


def edited(source: Source, edits: Edits) -> str:
    """Return a text after its edits."""
    pieces: list[str] = []
    end = 0
    for span, new in sorted(edits.get(source.name, ()), key=lambda edit: edit[0].start):
        pieces += (source.text[end : span.start], new)
        end = span.end
    return "".join([*pieces, source.text[end:]])
