"""What may be written at the cursor, in a statement that mostly cannot be read yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from causaldsl.graph.domain import in_quotes
from causaldsl.lsp import vocabulary
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.kinds import Door, kind_help, kinds
from causaldsl.lsp.moment import moment
from causaldsl.lsp.names import Declared
from causaldsl.lsp.offers import Item, Offers, codes, words
from causaldsl.syntax import tree
from causaldsl.syntax.words import ALLOW, is_bare

MOST = 200
"""How many things are offered at once."""


@dataclass(frozen=True)
class Completions:
    """What may be written, the likeliest first, and the stretch of the text that it replaces.

    Parameters
    ----------
    start, end : int
        The stretch.
    items : tuple of Item
        At most `MOST`.
    cut : bool
        Whether there are more, so that it is to be asked again once more is written.
    """

    start: int
    end: int
    items: tuple[Item, ...]
    cut: bool = False


def complete(analysis: Analysis, offset: int) -> Completions:
    """Return what may be written at an offset.

    Examples
    --------
    >>> from causaldsl.source import Source
    >>> found = complete(Analysis(Source("<text>", "binary Young, Bald; Young -> ")), 29)
    >>> [item.label for item in found.items]
    ['Young', 'Bald', '*']
    """
    at = moment(analysis.source, offset)
    items: Iterable[Item]
    if at.comment is not None:
        items = codes() if ALLOW.fullmatch(at.comment) else ()
    elif at.word is not None and at.word.kind == "number":
        items = ()
    else:
        items = _Writer(analysis, at).items()
    found = list({(item.label, item.kind): item for item in items}.values())
    if len(found) <= MOST:
        return Completions(at.start, at.end, tuple(found))
    written = analysis.source.text[at.start : offset].strip('"').casefold()
    found = sorted((i for i in found if _may_become(i.label, written)), key=lambda i: _distance(i.label, written))
    return Completions(at.start, at.end, tuple(found[:MOST]), True)


def _may_become(label: str, written: str) -> bool:
    """Whether the letters that are written stand in a label, in this order."""
    letters = iter(label.casefold())
    return all(letter in letters for letter in written)


def _distance(label: str, written: str) -> int:
    """Return how little a label looks like what is written."""
    folded = label.casefold()
    return 0 if folded.startswith(written) else 1 if written in folded else 2


@dataclass(frozen=True)
class _Writer(Offers):
    """Chooses from the offers what may be written at a moment."""

    def items(self) -> Iterator[Item]:
        """Yield what may come next, by the kind of statement that it seems to become."""
        at = self.at
        if not at.before:
            if not at.in_quotes:
                yield from words(vocabulary.STATEMENTS)
            yield from self.names()
        elif at.keyword in ("language", "model"):
            return
        elif at.keyword == "use":
            yield from self.files(".causal")
        elif at.keyword == "group":
            if at.sign("=") is not None and at.wants_operand:
                yield from (item for item in self.names(star=True) if item.label != at.before[1].name)
        elif at.keyword == "default":
            yield from self.default()
        elif at.keyword in ("query", "assert"):
            yield from self.question()
        elif at.keyword:
            yield from self.declaration()
        elif at.sign("~") is not None:
            yield from self.mechanism(*self.doors())
        elif at.sign(":=") is not None:
            yield from self.equation()
        elif at.wants_operand:
            yield from self.names(star=True)

    # ---- statements

    def declaration(self) -> Iterator[Item]:
        """Yield what a declaration goes on with: names that are used and not declared, or words of the domain."""
        at = self.at
        if at.opened:
            return
        if at.last == ":" and at.keyword == "latent":
            yield from (item for item in words(vocabulary.DOMAINS) if item.label != "image")
        elif not at.wants_operand:
            takes_interval = at.keyword == "real" or at.last == "real"
            if takes_interval and not any(token.text == "in" for token in at.before):
                yield Item("in", "keyword", "an interval: `in [0, 1]`", "in")
        elif at.sign(":") is None:
            for name in self.analysis.index.undeclared():
                yield Item(name, "node", "not declared yet", self.spelled(name))

    def default(self) -> Iterator[Item]:
        """Yield domains, then mechanisms."""
        if len(self.at.before) == 1:
            yield from words(vocabulary.DOMAINS)
        elif self.at.sign("~") is not None:
            domain = self.at.before[1].text
            yield from self.mechanism("images" if domain == "image" else "mechanisms", domain)

    def doors(self) -> tuple[Door | None, str | None]:
        """Return which mechanisms the nodes left of `~` may have: of which door, and for which domain."""
        relations = self.analysis.relations
        names = [token.name for token in self.at.before[: self.at.sign("~")] if token.name]
        members = [member for name in names for member in relations.groups.get(name, (name,))]
        domains = {domain for name in members if (domain := _domain(self.analysis.index.declared.get(name)))}
        if len(domains) == 1:
            (domain,) = domains
            return ("images" if domain == "image" else "mechanisms"), domain
        return (None if "image" in domains or not domains else "mechanisms"), None

    def mechanism(self, door: Door | None, domain: str | None) -> Iterator[Item]:
        """Yield kinds right of `~`, and in its brackets options and their values."""
        at = self.at
        right = at.before[(at.sign("~") or 0) + 1 :]
        doors: tuple[Door, ...] = ("mechanisms", "images") if door is None else (door,)
        if not right:
            for name in (name for d in doors for name in kinds(d, domain)):
                said = kind_help(name, doors)
                yield Item(name, "mechanism", said.text if said else "", name if is_bare(name) else in_quotes(name))
            return
        if right[0].name is None or at.bracket[0] != "(":
            return
        said = kind_help(right[0].name, doors)
        options = said.options if said else ()
        if at.last in ("(", ","):
            given = {a.name for a, b in pairwise(right) if b.text == "="}
            for option in options:
                if option.name not in given:
                    detail = f"{option.type}, {option.default}: {option.text}".removesuffix(": ")
                    yield Item(option.name, "option", detail, f"{option.name}=")
        elif at.last == "=":
            for option in options:
                if option.name == at.before[-2].name:
                    choices = option.choices or ((option.default,) if option.default else ())
                    yield from (Item(choice, "value", f"of `{option.name}`", choice) for choice in choices)

    def equation(self) -> Iterator[Item]:
        """Yield what an expression may hold."""
        at = self.at
        sign = at.sign(":=") or 0
        if at.bracket[0] == "[":
            return
        if at.bracket[1] is not None and at.bracket[1].text == "table":
            yield from self.files(".csv")
            return
        target = at.before[0].name if sign == 1 else None
        yield from self.expression(target, sign + 1)

    def expression(self, target: str | None, begin: int) -> Iterator[Item]:
        """Yield names, functions and laws, or the levels that stand beside; `begin` is where the expression begins."""
        at = self.at
        if not at.wants_operand:
            if not at.in_quotes:
                yield Item("and", "keyword", "both hold", "and")
                yield Item("or", "keyword", "one of them holds", "or")
            return
        if at.last in ("==", "!=") and len(at.before) > 1:
            yield from self.levels(at.before[-2])
        elif target is not None and (len(at.before) == begin or self._in_where()):
            yield from self.levels(target)
        yield from self.names(images=False, groups=False)
        if not at.in_quotes:
            yield from self.functions({**vocabulary.FUNCTIONS, **vocabulary.LAWS})
            yield Item("not", "keyword", "denies", "not")
            if len(at.before) == begin:
                yield Item("table", "function", vocabulary.TABLE, "table")

    def _in_where(self) -> bool:
        bracket, before = self.at.bracket
        return bracket == "(" and before is not None and before.text == "where" and self.at.last == ","

    # ---- questions

    def question(self) -> Iterator[Item]:
        """Yield what a question begins with, and what stands in its brackets."""
        at = self.at
        said = [token.text for token in at.before[1:]]
        bracket, opener = at.bracket
        called = opener.text if opener is not None else ""
        if said in ([], ["not"]):
            if not at.in_quotes:
                yield from (i for i in words(vocabulary.QUESTIONS) if i.label != "not" or not said)
            yield from self.names(star=True)
        elif said[-1] == "identifiable":
            yield Item("P", "keyword", vocabulary.QUESTIONS["P"], "P")
        elif bracket:
            yield from self.in_brackets(bracket, called)
        elif at.wants_operand:
            if not at.in_quotes and not {"_||_", "->"} & set(said):
                yield from (i for i in words(vocabulary.QUESTIONS) if i.label in ("P", "E"))
            yield from self.names(star=True)
        elif {"==", "!="} & set(said) and "within" not in said and not at.in_quotes:
            yield Item("within", "keyword", vocabulary.WITHIN, "within")

    def in_brackets(self, bracket: str, called: str) -> Iterator[Item]:
        """Yield what stands in `P(..)`, `E[..]`, `do(..)`, `Y[..]` and in the brackets of expressions."""
        at = self.at
        since = [token.text for token in at.inside]
        if at.last in ("=", "!=", "==") and len(at.before) > 1:
            yield from self.levels(at.before[-2])
            if bracket == "[":
                yield from self.names(images=False, groups=False)
        elif called == "do" and ":=" in since:
            sign = len(at.before) - since[::-1].index(":=")
            yield from self.expression(at.before[sign - 2].name, sign)
        elif called == "E" and "|" not in since:
            if at.wants_operand:
                yield from self.names(images=False, groups=False)
                yield from self.functions(vocabulary.FUNCTIONS) if not at.in_quotes else ()
        elif at.wants_operand:
            if called in ("P", "E") and "|" in since and not at.in_quotes:
                yield Item("do", "keyword", vocabulary.DO, "do")
            yield from self.names(star=called == "P")


def _domain(declared: Declared | None) -> str | None:
    """Return the kind of a node's domain."""
    match declared.domain if declared is not None else None:
        case tree.BinaryDomain():
            return "binary"
        case tree.Levels() | tree.Range():
            return "categorical"
        case tree.Interval():
            return "real"
        case tree.Shape():
            return "image"
    return None
