"""The formatter: one way to lay a text out, with every comment in its place.

A statement's words stay as they are, and so do the line breaks inside it; the space between words, the indentation,
blank lines and alignment are the formatter's. In a run of lines of one kind arrows, `~`, `:=` and `=` stand in a
column, and so do the names of declarations. Signs become ASCII, and quotes that a name does not need are dropped. Each
statement gets a line of its own, but where a comment at the line's end allows a warning of any of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from causaldsl.errors import cells
from causaldsl.syntax import tree
from causaldsl.syntax.tokens import TOKEN
from causaldsl.syntax.tree import Document, Name, Statement, Tree
from causaldsl.syntax.words import ALLOW, RESERVED, is_bare

INDENT = 4
"""By how much a continuation line stands in, for each open bracket."""
WIDEST_ALIGNED = 40
"""How wide the left side of a line may be to take part in an alignment."""

_ASCII = {"→": "->", "←": "<-", "↔": "<->", "⫫": "_||_", "≤": "<=", "≥": ">=", "≠": "!="}
_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_TIGHT = frozenset({"*", "/", "^", ".."})
_BEFORE_OPERANDS = frozenset({"and", "or", "not", "query", "assert"})
_NOT_CALLED = frozenset({"and", "or", "not", "query", "assert", "in", "within", "identifiable"})

_Column = Literal["arrow", "tilde", "equation", "group", "declaration", "question"]
_COLUMN_SIGNS: dict[_Column, frozenset[str]] = {
    "arrow": frozenset({"->", "<-", "<->"}),
    "tilde": frozenset({"~"}),
    "equation": frozenset({":="}),
    "group": frozenset({"="}),
}


def format_document(document: Document) -> str:
    r"""Lay a document out.

    Parameters
    ----------
    document : Document
        A text of which every statement could be read.

    Returns
    -------
    str
        The same statements and comments; it ends with a line end unless it is empty.

    Examples
    --------
    >>> from causaldsl.source import Source
    >>> from causaldsl.syntax.parser import parse
    >>> print(format_document(parse(Source("<text>", "binary A,B;image F [3,8,8]\nA→F #why"))[0]), end="")
    binary A, B
    image  F[3, 8, 8]
    A -> F  #why
    """
    lines = list(_lines(document))
    _align(lines)
    return "".join(f"{line.text()}\n" for line in lines)


@dataclass
class _Line:
    """One line of the result.

    Parameters
    ----------
    left, right : str
        What stands before and after the column in which the line is aligned.
    column : str or None
        With which other lines it is aligned.
    pad : int
        How much space stands between left and right.
    indent : int
        How far it stands in.
    comment : str
        The comment at its end.
    continues : bool
        Whether it goes on with the statement of the line before.
    """

    left: str = ""
    right: str = ""
    column: _Column | None = None
    pad: int = 0
    indent: int = 0
    comment: str = ""
    continues: bool = False

    def text(self) -> str:
        """Return the line."""
        code = self.left + " " * self.pad + self.right
        if self.comment:
            code += ("  " if code else "") + self.comment
        return (" " * self.indent + code).rstrip()


def _lines(document: Document) -> Iterator[_Line]:
    """Yield all lines, those between statements too."""
    text = document.source.text
    together = _together(document)
    pieces: list[Statement | Tree] = sorted([*document.statements, *document.comments], key=lambda piece: piece.start)
    waiting: _Line | None = None  # the last line, which may still get a comment at its end
    end = 0
    for piece in pieces:
        if piece.start < end:
            continue  # a comment inside a statement, which is laid out with it
        between = text.count("\n", end, piece.start)
        if waiting is not None and between == 0 and not isinstance(piece, Statement):
            waiting.comment = document.text(piece).rstrip()
            end = piece.end
            continue
        lines = _statement(document, piece) if isinstance(piece, Statement) else []
        if waiting is not None and piece.start in together:
            waiting.right += f"; {lines[0].text()}"
            lines[0] = waiting
        elif waiting is not None:
            yield waiting
            if between > 1:
                yield _Line()
        if lines:
            yield from lines[:-1]
            waiting = lines[-1]
        else:
            waiting = _Line(comment=document.text(piece).rstrip())
        end = piece.end
    if waiting is not None:
        yield waiting


def _together(document: Document) -> set[int]:
    """Return where the statements begin that stay on the line of the one before: its last comment allows a warning."""
    text, starts = document.source.text, [s.start for s in document.statements]
    found: set[int] = set()
    for comment in document.comments:
        if ALLOW.match(text, comment.start, comment.end):
            line = text.rfind("\n", 0, comment.start) + 1
            there = range(bisect_left(starts, line), bisect_left(starts, comment.start))
            found.update(starts[i] for i in there if i > 0 and document.statements[i - 1].end > line)
    return found


@dataclass
class _Token:
    """A word or a sign of a statement."""

    text: str
    kind: str
    breaks: bool = False


def _statement(document: Document, statement: Statement) -> list[_Line]:
    """Lay one statement out, on the lines on which it stands."""
    tokens = _tokens(document, statement)
    column = _column(statement)
    lines = [_Line()]
    depth = 0
    before: _Token | None = None
    split = False
    for token in tokens:
        if token.kind == "comment":
            if token.breaks:
                lines.append(_Line(indent=_indent(depth, token), continues=True))
            lines[-1].comment = token.text
            before = token
            continue
        if token.text in _CLOSERS:
            depth -= 1
        if before is not None and (token.breaks or before.kind == "comment"):
            lines.append(_Line(indent=_indent(depth, token), continues=True))
            before = None if before.kind == "comment" else before
            space = ""
        else:
            space = " " if before is not None and _space(before, token, depth) else ""
        line = lines[-1]
        if not split and depth == 0 and len(lines) == 1 and column is not None and _splits(column, token, before):
            split = True
            line.column, line.left, line.right, line.pad = column, line.right, token.text, 1
        else:
            line.right += space + token.text
        if token.text in _OPENERS:
            depth += 1
        before = token
    return lines


def _indent(depth: int, token: _Token) -> int:
    """Return how far a continuation line stands in; one that closes a bracket stands with the line that opened it."""
    return INDENT * (depth if depth or token.text in _CLOSERS else 1)


def _splits(column: _Column, token: _Token, before: _Token | None) -> bool:
    """Whether the aligned column of a line begins at a token."""
    if column in ("declaration", "question"):
        return before is not None
    return token.text in _COLUMN_SIGNS[column]


def _column(statement: Statement) -> _Column | None:
    """Return what a statement is aligned by."""
    match statement:
        case tree.Edges():
            return "arrow"
        case tree.Mechanism() | tree.Default():
            return "tilde"
        case tree.Equation():
            return "equation"
        case tree.Group():
            return "group"
        case tree.Query() | tree.Assertion():
            return "question"
        case tree.Declaration(domain=domain) if statement.latent or not isinstance(domain, tree.Levels | tree.Range):
            return "declaration"
    return None


def _align(lines: list[_Line]) -> None:
    """Give the lines of each run the same column; comments on lines of their own do not end a run."""
    run: list[_Line] = []
    for line in [*lines, _Line()]:
        if run and line.column == run[0].column:
            run.append(line)
        elif not line.continues and not (line.comment and not line.right):
            _align_run(run)
            run = [line] if line.column is not None else []


def _align_run(run: list[_Line]) -> None:
    narrow = [line for line in run if cells(line.left) <= WIDEST_ALIGNED]
    width = max((cells(line.left) for line in narrow), default=0)
    for line in narrow:
        line.pad = width + 1 - cells(line.left)


# ---- tokens


def _tokens(document: Document, statement: Statement) -> list[_Token]:
    """Return the words and signs of a statement, in ASCII and without needless quotes."""
    bare = {name.start: name.text for name in _names(statement) if _needs_no_quotes(name)}
    tokens: list[_Token] = []
    breaks = False
    for match in TOKEN.finditer(document.source.text, statement.start, statement.end):
        kind = match.lastgroup or ""
        if kind == "space":
            continue
        if kind == "line":
            breaks = True
            continue
        text = bare.get(match.start(), _ASCII.get(match[0], match[0])).rstrip()
        if text == "}" and not breaks and tokens and tokens[-1].text == ",":
            tokens.pop()
        if text in ("*", "-", "+") and _is_prefix(tokens):
            kind = "prefix" if text != "*" else "name"
        tokens.append(_Token(text, kind, breaks))
        breaks = False
    return tokens


def _is_prefix(tokens: list[_Token]) -> bool:
    """Whether a sign that comes next stands before its operand, and not between two."""
    before = next((t for t in reversed(tokens) if t.kind != "comment"), None)
    if before is None or before.text in _BEFORE_OPERANDS:
        return True
    return before.kind in ("sign", "other", "prefix") and before.text not in _CLOSERS


def _space(before: _Token, token: _Token, depth: int) -> bool:
    """Whether there is space between two neighbours on a line."""
    a, b = before.text, token.text
    if a in _OPENERS or before.kind == "prefix" or b in _CLOSERS or b == ",":
        return False
    if a == ",":
        return True
    if "=" in (a, b) and depth:
        return False
    a_sign, b_sign = before.kind in ("sign", "other"), token.kind in ("sign", "other")
    if (a_sign and a in _TIGHT) or (b_sign and b in _TIGHT):
        return False
    if b in ("(", "["):
        return a in _NOT_CALLED or (a_sign and a not in _CLOSERS)
    return True


def _needs_no_quotes(name: Name) -> bool:
    return name.quoted and is_bare(name.text) and name.text not in RESERVED


def _names(statement: Statement) -> Iterator[Name]:
    """Yield the names of nodes, groups and levels in a statement; texts, paths and option values are none."""
    todo: list[object] = [statement]
    while todo:
        part = todo.pop()
        if isinstance(part, tuple):
            todo += part
        elif isinstance(part, Name):
            yield part
        elif isinstance(part, tree.Model | tree.OptionTree):
            yield part.name
        elif isinstance(part, tree.Use) or (isinstance(part, tree.Call) and part.function.text == "table"):
            continue
        elif isinstance(part, Tree):
            todo += (getattr(part, f.name) for f in fields(part))


def same_meaning(a: Document, b: Document) -> bool:
    """Whether two documents have the same statements and comments, wherever they stand in their texts."""
    comments = [[document.text(c).rstrip() for c in document.comments] for document in (a, b)]
    if comments[0] != comments[1] or len(a.statements) != len(b.statements):
        return False
    todo: list[tuple[object, object]] = list(zip(a.statements, b.statements, strict=True))
    while todo:
        left, right = todo.pop()
        if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
            todo += zip(left, right, strict=True)
        elif isinstance(left, Tree) and type(left) is type(right):
            places = ("start", "end", "quoted")
            todo += ((getattr(left, f.name), getattr(right, f.name)) for f in fields(left) if f.name not in places)
        elif left != right:
            return False
    return True
