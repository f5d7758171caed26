"""From our own values to those of the protocol, and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from causaldsl.lsp.buffers import Buffers
from causaldsl.lsp.completion import Completions
from causaldsl.lsp.findings import Finding
from causaldsl.lsp.navigate import Symbol, SymbolKind
from causaldsl.lsp.offers import ItemKind
from causaldsl.lsp.positions import Encoding, Ruler
from causaldsl.source import Source, Span

_ITEMS: dict[ItemKind, types.CompletionItemKind] = {
    "keyword": types.CompletionItemKind.Keyword,
    "node": types.CompletionItemKind.Variable,
    "group": types.CompletionItemKind.Module,
    "mechanism": types.CompletionItemKind.Class,
    "option": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.Value,
    "level": types.CompletionItemKind.EnumMember,
    "function": types.CompletionItemKind.Function,
    "file": types.CompletionItemKind.File,
    "code": types.CompletionItemKind.Constant,
}
_SYMBOLS: dict[SymbolKind, types.SymbolKind] = {
    "node": types.SymbolKind.Variable,
    "latent": types.SymbolKind.Null,
    "image": types.SymbolKind.Object,
    "group": types.SymbolKind.Array,
    "question": types.SymbolKind.Event,
    "claim": types.SymbolKind.Boolean,
}


@dataclass(frozen=True)
class Translator:
    """Translates places, for an editor that counts in some encoding.

    Parameters
    ----------
    buffers : Buffers
        The texts that the editor shows.
    encoding : {"utf-8", "utf-16", "utf-32"}
        Whose code units it counts.
    """

    buffers: Buffers
    encoding: Encoding

    def ruler(self, source: Source) -> Ruler:
        """Return the ruler of a text."""
        uri = self.buffers.uri_of(source.name)
        return Ruler(source, self.encoding, uri is not None and self.buffers.open[uri].has_mark)

    def offset(self, source: Source, position: types.Position) -> int:
        """Return the offset of an editor's position."""
        return self.ruler(source).offset(position.line, position.character)

    def range(self, span: Span) -> types.Range:
        """Return a place in its text."""
        ruler = self.ruler(span.source)
        return types.Range(*(types.Position(*ruler.position(at)) for at in (span.start, span.end)))

    def uri(self, name: str) -> str:
        """Return the uri of a text by the name of its source."""
        uri = self.buffers.uri_of(name) or from_fs_path(str(Path(name).resolve()))
        assert uri is not None
        return uri

    def location(self, span: Span) -> types.Location:
        """Return a place with its text."""
        return types.Location(self.uri(span.source.name), self.range(span))

    def edit(self, span: Span, text: str) -> types.TextEdit:
        """Return a replacement; its line ends are those of the text."""
        uri = self.buffers.uri_of(span.source.name)
        line_end = "\n" if uri is None else self.buffers.open[uri].line_end
        return types.TextEdit(self.range(span), text.replace("\n", line_end))

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """Return a finding; its hint is the message's second line."""
        said = finding.diagnostic
        assert said.span is not None
        return types.Diagnostic(
            range=self.range(said.span),
            message=said.message if said.hint is None else f"{said.message}\nhint: {said.hint}",
            severity=types.DiagnosticSeverity.Error if said.severity == "error" else types.DiagnosticSeverity.Warning,
            code=said.code,
            source="causaldsl",
            tags=[types.DiagnosticTag.Unnecessary] if finding.needless else None,
            related_information=[
                types.DiagnosticRelatedInformation(self.location(span), text) for span, text in finding.related
            ]
            or None,
        )

    def completions(self, source: Source, found: Completions) -> types.CompletionList:
        """Return what may be written, in our order."""
        place = self.range(source.span(found.start, found.end))
        in_quotes = source.text[found.start : found.start + 1] == '"'
        return types.CompletionList(
            is_incomplete=found.cut,
            items=[
                types.CompletionItem(
                    label=item.label,
                    kind=_ITEMS[item.kind],
                    detail=item.detail or None,
                    sort_text=f"{i:05}",
                    filter_text=f'"{item.label}"' if in_quotes else None,
                    text_edit=types.TextEdit(place, item.insert),
                )
                for i, item in enumerate(found.items)
            ],
        )

    def symbol(self, symbol: Symbol) -> types.DocumentSymbol:
        """Return a symbol."""
        return types.DocumentSymbol(
            name=symbol.name,
            detail=symbol.detail,
            kind=_SYMBOLS[symbol.kind],
            range=self.range(symbol.span),
            selection_range=self.range(symbol.name_span),
        )
