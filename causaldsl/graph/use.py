"""`use "labels.causal"`: a model in several files, gathered in the order in which one reads them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.source import Source
from causaldsl.syntax import tree
from causaldsl.syntax.parser import parse
from causaldsl.syntax.tree import Document, Statement


@dataclass(frozen=True)
class Folder:
    """Where a model's files lie; nothing outside of it is read.

    Parameters
    ----------
    root : Path
        The folder.
    open_texts : mapping of Path to str
        Texts that stand for files, by resolved path: what an editor shows and has not saved.
    """

    root: Path
    open_texts: Mapping[Path, str] = field(default_factory=dict)

    def find(self, path: str, beside: str) -> tuple[Path, str]:
        """Return a file's resolved path and its name for messages.

        Parameters
        ----------
        path : str
            As written in a text: relative to that text's file.
        beside : str
            The name of that file.

        Raises
        ------
        UsageError
            If it lies outside the folder, be it by way of a link.
        """
        name = os.path.normpath(Path(beside).parent / path)
        try:
            found = Path(name).resolve()
        except (OSError, RuntimeError, ValueError):
            raise UsageError(f"{name!r} is no path") from None
        if not found.is_relative_to(self.root.resolve()):
            raise UsageError(f"{name} lies outside of {self.root}", "a model reads files of its own folder only")
        return found, name

    def read(self, path: Path, name: str) -> str:
        """Return the text of a file that `find` found.

        Raises
        ------
        UsageError
            If there is no such file, or it is not UTF-8.
        """
        text = self.open_texts.get(path)
        return read_utf8(path, name) if text is None else text


@dataclass
class Gathered:
    """A document and all that it uses.

    Parameters
    ----------
    documents : list of Document
        The document itself first.
    statements : list of (int, Statement)
        All statements with the number of their document, each used file's where its first `use` stands.
    uses : list of set of int
        For each document those that it uses, directly.
    findings : list of Diagnostic
        What is wrong with `use` statements, and with the used texts as texts.
    """

    documents: list[Document]
    statements: list[tuple[int, Statement]] = field(default_factory=list)
    uses: list[set[int]] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)

    def reach(self, document: int) -> set[int]:
        """Return a document and all that it uses, directly or not."""
        found = {document}
        todo = [document]
        while todo:
            for used in self.uses[todo.pop()] - found:
                found.add(used)
                todo.append(used)
        return found


def gather(document: Document, folder: Folder | None) -> Gathered:
    """Return a document with all that it uses; each file is read once however often it is reached.

    Parameters
    ----------
    document : Document
        The text.
    folder : Folder or None
        Where its files lie; None for a text that is no file, which cannot use any.
    """
    gathered = Gathered([document], uses=[set()])
    known: dict[Path, int] = {} if folder is None else {Path(document.source.name).resolve(): 0}
    open_: list[tuple[int, Iterator[Statement]]] = [(0, iter(document.statements))]
    while open_:
        number, rest = open_[-1]
        statement = next(rest, None)
        if statement is None:
            open_.pop()
        elif not isinstance(statement, tree.Use):
            gathered.statements.append((number, statement))
        else:
            used = _use(gathered, number, statement, folder, known, [n for n, _ in open_])
            if used is not None:
                open_.append((used, iter(gathered.documents[used].statements)))
    return gathered


def _use(
    gathered: Gathered, user: int, statement: tree.Use, folder: Folder | None, known: dict[Path, int], open_: list[int]
) -> int | None:
    """Read a used file and return its number, or None where there is nothing new to read."""
    document = gathered.documents[user]

    def error(code: str, message: str, hint: str | None = None) -> None:
        gathered.findings.append(Diagnostic(code, "error", message, document.span(statement.path), hint))

    if folder is None:
        error("C233", "a text that is no file cannot use files", "read it from a file")
        return None
    try:
        path, name = folder.find(statement.path.text, document.source.name)
        if path in known:
            number = known[path]
            gathered.uses[user].add(number)
            if number in open_:
                chain = [gathered.documents[n].source.name for n in open_[open_.index(number) :]]
                error("C231", f"the files use each other in a circle: {' -> '.join([*chain, chain[0]])}")
            return None
        text = folder.read(path, name)
    except UsageError as problem:
        finding = problem.diagnostics[0]
        error("C232" if "outside" in finding.message else "C230", finding.message, finding.hint)
        return None
    used, findings = parse(Source.normalised(name, text))
    known[path] = number = len(gathered.documents)
    gathered.documents.append(used)
    gathered.uses.append(set())
    gathered.uses[user].add(number)
    gathered.findings += findings
    return number


def read_utf8(path: Path, name: str) -> str:
    """Return the text of a file.

    Raises
    ------
    UsageError
        If there is no such file, or it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8: byte {error.start} is 0x{error.object[error.start]:02x}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name} cannot be read: {reason.lower()}") from None
