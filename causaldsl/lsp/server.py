"""The language server itself, on pygls: it keeps the texts, asks the pure functions, and translates.

A change arrives as the whole text, not as an edit: a causal text is small, and so nothing depends on how an edit is
counted. Findings are published once the typing pauses; all other answers are about the text as it is now.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from causaldsl import __version__
from causaldsl.errors import CausalError, UsageError
from causaldsl.graph.layout import lay_out
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.buffers import Buffers
from causaldsl.lsp.completion import complete
from causaldsl.lsp.findings import findings
from causaldsl.lsp.fixes import fixes
from causaldsl.lsp.hover import hover
from causaldsl.lsp.names import Mention
from causaldsl.lsp.navigate import definition, outline, references
from causaldsl.lsp.protocol import Translator
from causaldsl.lsp.rename import rename
from causaldsl.source import Span

PAUSE = 0.15
"""Seconds without a keystroke after which findings are published."""
TRIGGERS = list('~([{",=|:>')
"""Signs after which an editor asks for completions unasked."""


class CausalServer(LanguageServer):
    """A language server for causal texts."""

    def __init__(self) -> None:
        super().__init__("causaldsl", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.buffers = Buffers()

    # ---- texts

    def show(self, uri: str) -> None:
        """Take the text that the editor has now."""
        self.buffers.show(uri, _path(uri), self.workspace.get_text_document(uri).source)

    def publish(self, uri: str) -> None:
        """Tell the editor all findings about an open text."""
        version = self.workspace.get_text_document(uri).version
        found = [*map(self.translator.diagnostic, findings(self.buffers.analysis(uri)))]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    @property
    def translator(self) -> Translator:
        """What translates for this editor."""
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        return Translator(self.buffers, types.PositionEncodingKind(encoding).value)

    @property
    def root(self) -> Path | None:
        """The folder that the editor has open."""
        folder = self.workspace.root_path
        return None if folder is None else Path(folder).resolve()

    def at(self, params: Any) -> tuple[Analysis, int]:
        """Return the analysis of the text that a request is about, and the offset."""
        analysis = self.buffers.analysis(params.text_document.uri)
        return analysis, self.translator.offset(analysis.source, params.position)

    def mention(self, params: Any) -> Mention | None:
        """Return the node or the group that a request is about."""
        analysis, offset = self.at(params)
        return analysis.index.at(analysis.source, offset)

    def places(self, params: Any, declaration: bool) -> list[Mention]:
        """Return where the name stands that a request is about, here and in the texts that use this one."""
        mention = self.mention(params)
        if mention is None:
            return []
        return references(self.buffers.together(params.text_document.uri, self.root), mention.name, declaration)


def _path(uri: str) -> Path | None:
    """Return the path of a file's uri; None for a text that is no file."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path).resolve() if path else None


def create() -> CausalServer:
    """Return a server that answers all that it can; `start_io` runs it."""
    server = CausalServer()
    _texts(server)
    _reading(server)
    _writing(server)
    return server


def _texts(server: CausalServer) -> None:
    """Follow the texts, and publish findings."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.show(uri)
        for other in [uri, *server.buffers.users(uri)]:
            server.publish(other)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri, version = params.text_document.uri, params.text_document.version
        users = server.buffers.users(uri)
        server.show(uri)
        await asyncio.sleep(PAUSE)
        for other in [uri, *users]:
            if other in server.buffers.open and server.workspace.get_text_document(uri).version == version:
                server.publish(other)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def saved(params: types.DidSaveTextDocumentParams | types.DidChangeWatchedFilesParams) -> None:  # noqa: ARG001
        server.buffers.forget_all()
        for uri in server.buffers.open:
            server.publish(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        users = server.buffers.users(uri)
        server.buffers.close(uri)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        for other in users:
            server.publish(other)


def _reading(server: CausalServer) -> None:
    """Answer what one asks in order to understand a text."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        found = hover(*server.at(params))
        if found is None:
            return None
        content = types.MarkupContent(types.MarkupKind.Markdown, found[0])
        return types.Hover(content, server.translator.range(found[1]))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def declared(params: types.DefinitionParams) -> types.Location | None:
        span = definition(*server.at(params))
        return None if span is None else server.translator.location(span)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def referred(params: types.ReferenceParams) -> list[types.Location]:
        return [server.translator.location(m.span) for m in server.places(params, params.context.include_declaration)]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlighted(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        analysis, offset = server.at(params)
        mention = analysis.index.at(analysis.source, offset)
        mentions = [] if mention is None else references([analysis], mention.name)
        own = (m.span for m in mentions if m.span.source is analysis.source)
        return [types.DocumentHighlight(server.translator.range(span)) for span in own]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outlined(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        return [server.translator.symbol(s) for s in outline(server.buffers.analysis(params.text_document.uri))]


def _writing(server: CausalServer) -> None:
    """Answer what one asks in order to change a text."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=TRIGGERS))
    def completed(params: types.CompletionParams) -> types.CompletionList:
        analysis, offset = server.at(params)
        return server.translator.completions(analysis.source, complete(analysis, offset))

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepared(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        mention = server.mention(params)
        if mention is None:
            return None
        return types.PrepareRenamePlaceholder(server.translator.range(mention.span), mention.name)

    @server.feature(types.TEXT_DOCUMENT_RENAME)
    def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        mention = server.mention(params)
        if mention is None:
            return None
        together = server.buffers.together(params.text_document.uri, server.root)
        try:
            edits = rename(together, mention.name, params.new_name)
        except UsageError as problem:
            raise _refusal(problem) from None
        translated = {server.translator.uri(name): _edits(server.translator, found) for name, found in edits.items()}
        return types.WorkspaceEdit(changes=translated)

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatted(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        analysis = server.buffers.analysis(params.text_document.uri)
        source = analysis.source
        try:
            after = lay_out(source, analysis.folder)
        except CausalError as problem:
            message = f"{source.name} is not laid out: {problem.diagnostics[0].message}"
            server.window_log_message(types.LogMessageParams(types.MessageType.Info, message))
            return []
        return [] if after == source.text else [server.translator.edit(source.span(), after)]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def mended(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        analysis, translator = server.buffers.analysis(uri), server.translator
        ends = (translator.offset(analysis.source, p) for p in (params.range.start, params.range.end))
        shown = {d.code for d in params.context.diagnostics}
        return [
            types.CodeAction(
                title=fix.title,
                kind=types.CodeActionKind.QuickFix,
                edit=types.WorkspaceEdit(changes={uri: [translator.edit(fix.span, fix.text)]}),
                is_preferred=True,
                diagnostics=[d for d in params.context.diagnostics if d.code == fix.diagnostic.code] or None,
            )
            for fix in fixes(analysis, *ends)
            if not shown or fix.diagnostic.code in shown
        ]


def _edits(translator: Translator, edits: Sequence[tuple[Span, str]]) -> list[types.TextEdit]:
    return [translator.edit(span, text) for span, text in edits]


class Refused(JsonRpcException):
    """A request that makes no sense, such as a new name that is taken: the editor shows why."""

    CODE = types.LSPErrorCodes.RequestFailed


def _refusal(problem: CausalError) -> Refused:
    said = problem.diagnostics[0]
    return Refused(message=said.message if said.hint is None else f"{said.message}; {said.hint}")


def serve() -> None:
    """Serve an editor on standard input and output, until it goes."""
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_worth_a_log)
    create().start_io()


def _is_worth_a_log(record: logging.LogRecord) -> bool:
    """Whether a record is about more than a refusal."""
    return record.exc_info is None or not isinstance(record.exc_info[1], Refused)
