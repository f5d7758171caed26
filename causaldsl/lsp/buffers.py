"""The texts that an editor shows, and what is known of each; a text is analysed once a version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from causaldsl.graph.use import Folder
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.positions import MARK
from causaldsl.source import Source
from causaldsl.syntax import tree

_MOST_FILES = 500
"""How many files of a folder are looked at for one that uses a text."""


@dataclass(frozen=True)
class Buffer:
    """A text that an editor shows.

    Parameters
    ----------
    uri : str
        Its name in the protocol.
    path : Path or None
        The resolved path of its file; None where it has none yet.
    text : str
        The text as the editor has it.
    """

    uri: str
    path: Path | None
    text: str

    @property
    def has_mark(self) -> bool:
        """Whether it begins with a byte-order mark."""
        return self.text.startswith(MARK)

    @property
    def line_end(self) -> str:
        r"""How its lines end: `\r\n` or `\n`."""
        return "\r\n" if "\r\n" in self.text else "\n"


@dataclass
class Buffers:
    """All texts that an editor shows.

    Parameters
    ----------
    open : dict of str to Buffer
        By uri.
    """

    open: dict[str, Buffer] = field(default_factory=dict)
    _known: dict[str, Analysis] = field(default_factory=dict)
    _reach: dict[str, set[Path]] = field(default_factory=dict)

    def show(self, uri: str, path: Path | None, text: str) -> None:
        """Take a text that is opened or changed; what is known of texts that use its file is known no more."""
        self.open[uri] = Buffer(uri, path, text)
        self._forget(uri)

    def close(self, uri: str) -> None:
        """Let go of a text: its file is what counts again."""
        self._forget(uri)
        self.open.pop(uri, None)
        self._reach.pop(uri, None)

    def forget_all(self) -> None:
        """Forget what is known of every text: files have changed."""
        self._known.clear()

    def _forget(self, uri: str) -> None:
        for other in [uri, *self.users(uri)]:
            self._known.pop(other, None)

    def users(self, uri: str) -> list[str]:
        """Return the other open texts that use a text's file, or try to, as far as they were analysed."""
        path = self.open[uri].path if uri in self.open else None
        return [other for other, reach in self._reach.items() if other != uri and path in reach]

    def analysis(self, uri: str) -> Analysis:
        """Return what is known of an open text."""
        if uri not in self._known:
            buffer = self.open[uri]
            self._known[uri] = known = self._analysis(buffer.path, str(buffer.path or uri), buffer.text)
            self._reach[uri] = _reached(known)
        return self._known[uri]

    def _analysis(self, path: Path | None, name: str, text: str) -> Analysis:
        texts = {buffer.path: buffer.text for buffer in self.open.values() if buffer.path is not None}
        return Analysis(Source.normalised(name, text), None if path is None else Folder(path.parent, texts))

    def together(self, uri: str, root: Path | None) -> list[Analysis]:
        """Return the analyses of a text and of all that use its file: open texts, and files up to a root folder.

        A text uses files of its own folder and below, so whoever uses this one directly or not lies in its folder or in
        one above.
        """
        found = [self.analysis(uri)]
        path = self.open[uri].path
        if path is None:
            return found
        opened = {buffer.path: other for other, buffer in self.open.items()}
        found += (
            self.analysis(other) for other in self.open if other != uri and path in _reached(self.analysis(other))
        )
        for file in _files(path.parent, root):
            if file not in opened and (analysis := self._user(file, path)) is not None:
                found.append(analysis)
        return found

    def _user(self, file: Path, path: Path) -> Analysis | None:
        """Return the analysis of a file if it uses a path."""
        try:
            text = file.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        if "use" not in text:
            return None
        analysis = self._analysis(file, str(file), text)
        return analysis if path in _reached(analysis) else None

    def uri_of(self, name: str) -> str | None:
        """Return the uri of an open text by the name of its source; None where it is not open."""
        named = {str(buffer.path or buffer.uri): buffer.uri for buffer in self.open.values()}
        return named.get(name) or named.get(str(Path(name).resolve()))


def _reached(analysis: Analysis) -> set[Path]:
    """Return the files that a text uses, those too that are not there."""
    if analysis.folder is None:
        return set()
    reached = {Path(document.source.name).resolve() for document in analysis.gathered.documents[1:]}
    for document in analysis.gathered.documents:
        for statement in document.statements:
            if isinstance(statement, tree.Use):
                reached.add((Path(document.source.name).parent / statement.path.text).resolve())
    return reached


def _files(folder: Path, root: Path | None) -> Iterator[Path]:
    """Yield the causal files of a folder, and of those above it up to the root."""
    folders = [folder]
    if root is not None and folder.is_relative_to(root):
        folders += [above for above in folder.parents if above.is_relative_to(root)]
    left = _MOST_FILES
    for place in folders:
        try:
            files = sorted(place.glob("*.causal"))
        except OSError:
            continue
        yield from (file.resolve() for file in files[:left])
        left -= min(left, len(files))
