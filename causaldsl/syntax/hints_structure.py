"""Hints about lines, names, declarations and edges, for those who come from another language."""

from __future__ import annotations

import re

from causaldsl.syntax.mistake import WORD, Hint, Mistake
from causaldsl.syntax.words import RESERVED, STATEMENTS

_CONTINUE = frozenset({
    "RIGHT", "LEFT", "BOTH", "_INDEPENDENT", "_ASSIGN", "IS", "_TILDE", "GIVEN", "_COMMA", "PLUS", "MINUS", "SLASH",
    "POWER", "EQUAL", "UNEQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL",
})  # fmt: skip
_DECLARATIONS = ("node", "binary", "categorical", "real", "image", "latent")
_ARROW_SIGNS = frozenset("-<>=~")
_DIGITS = re.compile("[0-9]+")
_OF_PYTHON = re.compile(r"\{\s*'[^'\n]*'\s*:")


def _comment(m: Mistake) -> str | None:
    if m.text.startswith(("//", "/*", "%", "--")) or (m.found == "/" and m.after.startswith(("/", "*"))):
        return "a comment begins with `#`"
    return None


def _quotes(m: Mistake) -> str | None:
    if m.found in ("'", "`"):
        return f'quotes are double ones: `"{m.next}"`' if m.next else 'quotes are double ones: `"`'
    return None


def _dictionary(m: Mistake) -> str | None:
    if m.found == "'" and _OF_PYTHON.match(m.text):
        return "edges are written with arrows: `A -> B, C`"
    of_edges = m.found == ":" and (m.text.startswith("{") or m.after.startswith(("[", "{")))
    if of_edges or (m.found == "=" and m.after.startswith("{") and m.keyword not in STATEMENTS):
        return "edges are written with arrows: `A -> B, C`"
    return None


def _beginning(m: Mistake) -> str | None:
    if not m.before and m.kind in _CONTINUE and not m.asks:
        return f"a line goes on if it ends with `{m.found}`, not if the next one begins so"
    return None


def _alone(m: Mistake) -> str | None:
    if m.kind == "$END" and not m.asks and WORD.fullmatch(m.before) and m.keyword not in STATEMENTS:
        return "a name alone says nothing; a line goes on if it ends with a comma, an arrow or an operator"
    return None


def _trailing_comma(m: Mistake) -> str | None:
    if m.found in (")", "]") and m.before.endswith(","):
        return "drop the comma: one may trail in braces only"
    return None


def _declaration(m: Mistake) -> str | None:
    """Speak of what follows the names of a declaration."""
    if m.keyword not in _DECLARATIONS:
        return None
    name = m.last if m.last and m.last != m.keyword else "A"
    match m.found:
        case "=" if m.keyword == "categorical" and m.after.startswith("{"):
            return f"levels stand in braces, without `=`: `categorical {name} {{x, y}}`"
        case "=" | ":=":
            return "declare the node first; its equation `A := ..` is a statement of its own"
        case "~":
            return "declare the node first; its mechanism `A ~ ..` is a statement of its own"
        case "->" | "<-" | "<->" if m.last != m.keyword:
            return f"declare the nodes first; `{m.last} {m.found} {m.next or 'B'}` is a statement of its own"
        case "binary" | "real" | "categorical" if m.keyword == "latent":
            return f"a latent's domain stands after a colon: `latent {name} : {m.found}`"
        case "{" if m.keyword != "categorical":
            latent = "latent A : " if m.keyword == "latent" else ""
            return f"named levels belong to `{latent}categorical{'' if latent else f' {name}'} {{x, y}}`"
        case "in":
            return f"an interval belongs to `real {name} in [0, 1]`"
        case "(" if name == "in":
            return "an interval is closed: `in [0, 10]`"
        case "[" if m.keyword != "image":
            return f"a shape belongs to `image {name}[3, 64, 64]`"
        case "," if m.before.endswith(("}", "]")) or m.keyword == "latent":
            return "the domain ends the statement; what has another one is declared in a statement of its own"
        case "..":
            return "a range is of whole numbers: `{0..9}`"
    if m.keyword == "image" and (m.found == "]" or "_COMMA" not in m.expected) and m.last:
        return "an image's shape is `[channels, height, width]`"
    if m.keyword == "categorical" and m.kind == "$END" and m.last != m.keyword:
        return f"its levels come last: `categorical {name} {{x, y}}`"
    return None


def _keyword_as_name(m: Mistake) -> str | None:
    if m.before == "default" and m.found == "~":
        return "say for which domain: `default binary ~ ..`"
    if m.before == m.keyword in STATEMENTS and m.kind in ("RIGHT", "LEFT", "BOTH", "_TILDE", "_ASSIGN", "_COMMA"):
        return f'`{m.keyword}` is a word of the language; as a node\'s name it is `"{m.keyword}"`'
    return None


def _arrow(m: Mistake) -> str | None:
    """Speak of what looks like an arrow."""
    if m.asks or ":=" in m.before or m.opens in ("(", "["):
        return None
    run = _run(m)
    if run in ("", "->", "<-", "<->"):
        return None
    if run in ("<", ">", "<<", ">>"):
        return "an arrow is written `A -> B`"
    if run.startswith("<") and run.endswith(">"):
        return "an unobserved common cause is written `<->`"
    if run.endswith(">"):
        return "an arrow is written `->`"
    if run.startswith("<"):
        return "an arrow is written `<-`"
    if len(run) > 1 and set(run) == {"-"}:
        return "an edge has a direction: `A -> B`, or `A <-> B` for an unobserved common cause"
    return None


def _run(m: Mistake) -> str:
    """Return the signs that stand together around the word that does not fit, if they could be meant as an arrow."""
    if not m.found or not set(m.found) <= _ARROW_SIGNS:
        return ""
    start, end = m.at, m.at + len(m.found)
    while start and m.text[start - 1] in _ARROW_SIGNS:
        start -= 1
    while end < len(m.text) and m.text[end] in _ARROW_SIGNS:
        end += 1
    return m.text[start:end]


def _list(m: Mistake) -> str | None:
    """Speak of other ways to write a list of nodes."""
    if m.asks or ":=" in m.text or "~" in m.text:
        return None
    if m.found in ("&", "+", "and", "or") and m.last:
        return f"a list is written with commas: `{m.last}, {m.next or 'B'}`"
    if not m.before and m.found in ("(", "["):
        return "a list is written `A, B` or `{A, B}`"
    return None


def _sign_in_name(m: Mistake) -> str | None:
    if m.found in ("-", ".") and not m.asks and m.last and ":=" not in m.before and not _DIGITS.match(m.after):
        quoted = f'a name with a `{m.found}` in it needs quotes: `"{m.last}{m.found}{m.next}"`'
        return f"an arrow is written `->`; {quoted}" if m.found == "-" else quoted
    return None


def _number(m: Mistake) -> str | None:
    if m.kind == "NUMBER" and not m.before.endswith(("=", "(", "[")) and not m.asks:
        return f'a name that reads as a number stands in quotes: `"{m.found}"`'
    return None


def _missing_comma(m: Mistake) -> str | None:
    if m.kind not in ("NAME", "TEXT", "LBRACE") or "_COMMA" not in m.expected:
        return None
    if m.before.endswith('"'):
        last = m.before[m.before.rfind('"', 0, -1) :]
    else:
        last = "}" if m.before.endswith("}") else m.last
    return f"is a comma missing? `{last}, {m.found}`" if last and not {last, m.found} & RESERVED else None


FIRST: tuple[Hint, ...] = (_comment, _dictionary, _quotes, _declaration, _keyword_as_name)
"""Those that know a mistake whatever else is wrong."""
LAST: tuple[Hint, ...] = (
    _arrow, _list, _sign_in_name, _number, _trailing_comma, _beginning, _alone, _missing_comma,
)  # fmt: skip
"""Those that speak where nobody else knew the mistake."""
