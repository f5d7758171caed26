"""Cut a BIF text, the Bayesian networks' interchange format, into its blocks: `network`, `variable`, `probability`.

Comments are blanked out first, so that every offset stays a place in the text. Rows of numbers, of which there may be
a hundred thousand, are cut out by one expression each and not by words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from causaldsl.errors import Diagnostic, did_you_mean
from causaldsl.formats.bif_tree import (
    STRING,
    TOKEN,
    UNNAMED,
    Law,
    Network,
    Property,
    Row,
    Variable,
    Words,
    plain,
    split_words,
    words_of,
)
from causaldsl.source import Source, Span

BLOCKS = ("network", "variable", "probability")
"""The words that begin a block."""

_UNREAD = re.compile(rf'{STRING}|"[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_ROW = re.compile(
    rf'\s*+(?:(?P<word>table|default)(?![^\s\d.+-])|\((?P<levels>(?:[^()"]++|{STRING})*+)\))(?P<numbers>[^;{{}}()"]*+);'
)
_NUMBERS = re.compile(r"[0-9eE.+\-,\s]*")
_PROPERTY = re.compile(rf'(?P<said>(?:[^;"{{}}]++|{STRING})*+);')
_SPACE = re.compile(r"\s*+")
_NEXT_BLOCK = re.compile(rf'(?<![^\s}}])(?=(?:{"|".join(BLOCKS)})(?:[\s{{("]|\Z))')


def scan_bif(source: Source) -> Network:
    """Read the blocks of a text; a block that cannot be read is a finding, and all others are read.

    Examples
    --------
    >>> text = "variable A { type discrete [ 2 ] { yes, no }; } probability ( A ) { table 0.2, 0.8; }"
    >>> network = scan_bif(Source("<text>", text))
    >>> network.variables[0].levels[0].text, network.laws[0].rows[0].numbers
    ('yes', (0.2, 0.8))
    """
    network = Network(source)
    cursor = _Cursor(source, _without_comments(source, network.findings))
    if not cursor.text.strip():
        network.findings.append(_error(source, "there is no block in the text", 0, 0))
    while True:
        try:
            if not _block(cursor, network):
                return network
        except _UnexpectedError as problem:
            network.findings.append(problem.finding)
            following = _NEXT_BLOCK.search(cursor.text, cursor.at)
            if following is None:
                return network
            cursor.at = following.end()


def _without_comments(source: Source, findings: list[Diagnostic]) -> str:
    """Return the text with spaces for its comments, so that offsets stay what they are."""
    if "/" not in source.text and '"' not in source.text:
        return source.text

    def blank(match: re.Match[str]) -> str:
        text = match[0]
        if text[0] == '"':
            return text
        if text.startswith("/*") and (len(text) < 4 or not text.endswith("*/")):
            findings.append(_error(source, "the comment is never closed", match.start(), match.start() + 2))
        return re.sub(r"[^\n]", " ", text)

    return _UNREAD.sub(blank, source.text)


class _UnexpectedError(Exception):
    """A block cannot be read."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding)
        self.finding = finding


def _error(source: Source, message: str, start: int, end: int, hint: str | None = None) -> Diagnostic:
    return Diagnostic("C130", "error", message, Span(source, start, end), hint)


class _Cursor:
    """A place in a text, and what stands there."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text
        self.at = 0

    def token(self) -> re.Match[str] | None:
        """Take the next word or sign; None at the end of the text."""
        match = TOKEN.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        elif (rest := _SPACE.match(self.text, self.at)) is not None and rest.end() < len(self.text):
            line_end = self.text.find("\n", rest.end())
            self.at = len(self.text) if line_end == -1 else line_end
            raise _UnexpectedError(_error(self.source, "the quote is never closed", rest.end(), self.at))
        return match

    def expect(self, *signs: str) -> str:
        """Take one of some signs or words."""
        token = self.token()
        if token is None or token[token.lastgroup or 0] not in signs or token["string"] is not None:
            raise self.unexpected(token, " or ".join(f"`{sign}`" for sign in signs))
        return token[token.lastgroup or 0]

    def until(self, end: str, signs: str = "") -> list[re.Match[str]]:
        """Take words, and what signs are allowed between them, up to a sign."""
        taken: list[re.Match[str]] = []
        while (token := self.token()) is not None and token["sign"] != end:
            if token["sign"] is not None and token["sign"] not in signs:
                raise self.unexpected(token, f"`{end}`")
            taken.append(token)
        if token is None:
            raise self.unexpected(None, f"`{end}`")
        return taken

    def unexpected(self, token: re.Match[str] | None, wanted: str, hint: str | None = None) -> _UnexpectedError:
        """Say what should have stood here, and go back to it: it may begin the next block."""
        if token is None:
            end = len(self.text)
            return _UnexpectedError(_error(self.source, f"the text ends where {wanted} should stand", end, end, hint))
        kind = token.lastgroup or ""
        self.at = token.start(kind)
        message = f"`{token[kind]}` where {wanted} should stand"
        return _UnexpectedError(_error(self.source, message, token.start(kind), token.end(), hint))


def _block(cursor: _Cursor, network: Network) -> bool:
    """Read one block; false at the end of the text."""
    token = cursor.token()
    if token is None:
        return False
    match token["word"]:
        case "network":
            names = cursor.until("{")
            name = " ".join(map(plain, names))
            network.name = "" if name == UNNAMED and names[0]["string"] is None else name
            while cursor.expect("property", "}") == "property":
                network.properties.append(_property(cursor))
        case "variable":
            network.variables.append(_variable(cursor))
        case "probability":
            network.laws.append(_law(cursor))
        case word:
            hint = did_you_mean(word or "", BLOCKS) or "a BIF text is blocks of `network`, `variable`, `probability`"
            raise cursor.unexpected(token, "a block", hint)
    return True


def _property(cursor: _Cursor) -> Property:
    match = _PROPERTY.match(cursor.text, cursor.at)
    if match is None:
        raise _UnexpectedError(_error(cursor.source, "the property has no `;` at its end", cursor.at - 8, cursor.at))
    cursor.at = match.end()
    name, _, value = match["said"].partition("=")
    found = split_words(value)
    quoted = len(found) == 1 and len(found[0].texts) == 1
    return Property(name.strip(), found[0].text if quoted else value.strip(), match.start("said"), match.end())


def _variable(cursor: _Cursor) -> Variable:
    start = cursor.at
    names = cursor.until("{")
    if not names:
        raise cursor.unexpected(TOKEN.match(cursor.text, start), "a name")
    name = words_of(names)
    count = 0
    levels: tuple[Words, ...] | None = None
    properties: list[Property] = []
    place = (name.start, name.end)
    while (word := cursor.expect("type", "property", "}")) != "}":
        if word == "property":
            properties.append(_property(cursor))
            continue
        kind = cursor.token()
        if kind is None or kind["word"] != "discrete":
            raise cursor.unexpected(kind, "`discrete`", "nodes have levels in BIF as it is read here")
        cursor.expect("[")
        number = cursor.token()
        if number is None or number["word"] is None or not re.fullmatch("[0-9]{1,9}", number["word"]):
            raise cursor.unexpected(number, "the number of levels")
        count = int(number["word"])
        cursor.expect("]")
        cursor.expect("{")
        start = cursor.at
        cursor.until("}", ",|")
        levels = split_words(cursor.text[start : cursor.at - 1], start)
        place = (start - 1, cursor.at)
        cursor.expect(";")
    if levels is None:
        raise cursor.unexpected(TOKEN.match(cursor.text, cursor.at - 1), "`type discrete [ n ] { .. };`")
    return Variable(name, count, levels, tuple(properties), place)


def _law(cursor: _Cursor) -> Law:
    cursor.expect("(")
    start = cursor.at
    heads = cursor.until(")", ",|")
    bar = next((token for token in heads if token["sign"] == "|"), None)
    if bar is None:
        pieces = split_words(cursor.text[start : cursor.at - 1], start)
    else:
        pieces = split_words(cursor.text[start : bar.start("sign")], start)
        if len(pieces) == 1:
            pieces += split_words(cursor.text[bar.end() : cursor.at - 1], bar.end())
        elif pieces:
            second = TOKEN.match(cursor.text, pieces[1].start)
            raise cursor.unexpected(second, "`|`", "a `probability` block is the law of one node, left of the bar")
    if not pieces:
        raise cursor.unexpected(TOKEN.match(cursor.text, start), "a name")
    cursor.expect("{")
    rows: list[Row] = []
    properties: list[Property] = []
    while True:
        rows += _rows(cursor)
        word = cursor.expect("}", "property", "table", "default", "(")
        if word == "}":
            return Law(pieces[0], pieces[1:], bar is not None, tuple(rows), tuple(properties))
        if word != "property":
            hint = "`(levels) p, ..;`, `table p, ..;` or `default p, ..;`"
            at = cursor.at
            raise _UnexpectedError(_error(cursor.source, "this row cannot be read", at - len(word), at, hint))
        properties.append(_property(cursor))


def _rows(cursor: _Cursor) -> Iterator[Row]:
    """Take rows as long as there are any."""
    match = _ROW.match
    sound = _NUMBERS.fullmatch
    while (row := match(cursor.text, cursor.at)) is not None:
        cursor.at = row.end()
        numbers = row["numbers"]
        try:
            if sound(numbers) is None:
                raise ValueError
            values = tuple(map(float, numbers.replace(",", " ").split()))
        except ValueError:
            raise _UnexpectedError(_no_number(cursor.source, row)) from None
        start = row.start("levels") - 1 if row["word"] is None else row.start("word")
        yield Row(row["word"] or "row", row["levels"] or "", values, start, row.end())


def _no_number(source: Source, row: re.Match[str]) -> Diagnostic:
    """Name the word of a row that is no number."""
    for word in re.finditer(r"[^\s,]+", row["numbers"]):
        try:
            if _NUMBERS.fullmatch(word[0]) is None:
                raise ValueError
            float(word[0])
        except ValueError:
            start = row.start("numbers") + word.start()
            return _error(source, f"`{word[0]}` is no number", start, start + len(word[0]))
    raise AssertionError("a row without a bad number")
