"""dagitty's language read into a causal graph: in one pass, without recursion, every finding with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from causaldsl.errors import CausalSyntaxError, Diagnostic, did_you_mean
from causaldsl.formats.dagitty_roles import MAX_FINDINGS, ROLES, Found
from causaldsl.formats.dagitty_scan import ARROWS, Scanner, Word
from causaldsl.graph.edges import MAX_EDGES
from causaldsl.source import Source, Span

MAX_CHARACTERS = 20_000_000
"""How long a text may be."""
MAX_NESTING = 200
"""How deep braces may nest."""

_ROLE = {word: role for role, words in ROLES.items() for word in words}
_OTHER_GRAPHS = {
    "mag": ("an arrow of a maximal ancestral graph says ancestor, not cause", None),
    "pag": ("a partial ancestral graph stands for many causal graphs", None),
    "graph": ("a `graph` says nothing about causes", None),
    "digraph": ("this is the DOT language", "`--from dot` reads it"),
}


def read_dag(source: Source) -> Found:
    """Return what a text in dagitty's language says.

    Raises
    ------
    CausalSyntaxError
        If the text is not in the language, is no `dag` or is too large, or an edge has no direction.
    """
    if len(source.text) > MAX_CHARACTERS:
        message = f"the text has {len(source.text):,} characters; {MAX_CHARACTERS:,} are the most that is read"
        raise CausalSyntaxError([_too_large(message, source.span(0, 0))])
    reader = _Reader(source)
    try:
        reader.read()
    except CausalSyntaxError as error:
        raise CausalSyntaxError([*reader.found.findings, *error.diagnostics]) from None
    reader.found.comments = reader.scanner.comments
    return reader.found


@dataclass
class _Frame:
    """What is known inside one pair of braces.

    Parameters
    ----------
    nodes : dict of str to None
        All nodes in it so far.
    left : list of str or None
        The nodes that an arrow would start from; None at the start of a statement.
    arrow : Word or None
        An arrow that waits for its other end.
    begin : int
        Where it begins.
    last : {"", "node", "group", "edge"}
        What a bracket would belong to.
    start, end : int
        Where `left` stands.
    alone : (str, int) or None
        A name right before `left` on the same line that says nothing, and where it begins.
    """

    begin: int
    nodes: dict[str, None] = field(default_factory=dict)
    left: list[str] | None = None
    arrow: Word | None = None
    last: Literal["", "node", "group", "edge"] = ""
    start: int = 0
    end: int = 0
    alone: tuple[str, int] | None = None


class _Reader:
    """Gathers nodes, edges, roles and findings."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scanner = Scanner(source)
        self.found = Found()
        self.count = 0
        self.suspects: dict[str, Span] = {}

    def read(self) -> None:
        """Read the whole text."""
        self.header()
        stack = [_Frame(0)]
        while stack:
            frame = stack[-1]
            word = self.scanner.next()
            if word.kind in ("name", "quoted"):
                self.node(frame, word)
            elif word.kind == "arrow":
                self.arrow(frame, word)
            elif word.text == "{":
                stack.append(_Frame(word.start))
                if len(stack) > MAX_NESTING:
                    span = self.source.span(word.start, word.end)
                    raise CausalSyntaxError([_too_large(f"braces nest deeper than {MAX_NESTING}", span)])
            elif word.text == "}":
                self.stop(frame, word)
                stack.pop()
                if stack:
                    self.operand(stack[-1], list(frame.nodes), "group", frame.begin, word.end)
            elif word.text == "[":
                self.attributes(frame, word)
            elif word.text == ";" or (word.text == "," and len(stack) > 1):
                self.stop(frame, word)
            else:
                raise self.unexpected(frame, word)
        if (rest := self.scanner.next()).kind != "end":
            raise self.scanner.error("the graph ends before this", rest)
        self.unquoted()

    def header(self) -> None:
        """Read `dag NAME {`."""
        kind = self.scanner.next()
        if kind.text in _OTHER_GRAPHS:
            message, hint = _OTHER_GRAPHS[kind.text]
            hint = hint or "write the causal graph that is meant, as `dag { .. }`"
            span = self.source.span(kind.start, kind.end)
            raise CausalSyntaxError([Diagnostic("C126", "error", message, span, hint)])
        if kind.text not in ("dag", "pdag"):
            raise self.scanner.error("a graph begins with `dag {`", kind, did_you_mean(kind.text, ("dag",)))
        word = self.scanner.next()
        if word.kind in ("name", "quoted"):
            self.found.name, word = word.text, self.scanner.next()
        if word.text != "{":
            raise self.scanner.error("expected `{`", word)

    def node(self, frame: _Frame, word: Word) -> None:
        """Read a node, or an attribute of the graph: `bb="0,0,1,1"`."""
        if word.kind == "name" and frame.arrow is None and self.scanner.equals():
            self.scanner.value()
            self.found.lost[word.text, "the graph"] += 1
            return
        if word.text not in self.found.nodes:
            self.found.nodes[word.text] = self.source.span(word.start, word.end)
            self.found.roles[word.text] = set()
        alone = None
        if frame.last == "node" and frame.left and self.source.text[frame.end : word.start].isspace():
            alone = None if "\n" in self.source.text[frame.end : word.start] else (frame.left[0], frame.start)
        self.operand(frame, [word.text], "node", word.start, word.end)
        frame.alone = alone

    def operand(self, frame: _Frame, nodes: list[str], what: Literal["node", "group"], start: int, end: int) -> None:
        """Take the next nodes of a statement: the other end of an arrow, or the start of a new statement."""
        frame.nodes.update(dict.fromkeys(nodes))
        frame.last = what
        if frame.arrow is not None and frame.left is not None:
            frame.last = "edge"
            span = self.source.span(frame.start, end)
            self.count += len(frame.left) * len(nodes)
            if self.count > MAX_EDGES:
                raise CausalSyntaxError([_too_large(f"the text stands for more than {MAX_EDGES:,} edges", span)])
            for a in frame.left:
                for b in nodes:
                    edge = (b, a, "->") if frame.arrow.text == "<-" else (a, b, frame.arrow.text)
                    self.found.edges.setdefault(edge, span)
        frame.left, frame.arrow, frame.start, frame.end = nodes, None, start, end

    def arrow(self, frame: _Frame, word: Word) -> None:
        """Take an arrow, or say that it is none of a causal graph."""
        if frame.left is None or frame.arrow is not None:
            raise self.unexpected(frame, word)
        if frame.alone is not None:
            self.suspects.setdefault(frame.alone[0], self.source.span(frame.alone[1], frame.end))
        if word.text in ARROWS:
            frame.arrow, frame.alone = word, None
            return
        hint = "a causal edge is `->`, `<-`, or `<->` for an unobserved common cause"
        if word.text == "-" and word.start == frame.end and frame.last != "group":
            whole = self.scanner.hyphenated(frame.start)
            if len(whole) > word.end - frame.start:
                hint = f'a name with a `-` in it stands in quotes: `"{whole}"`'
        message = f"`{word.text}` is no edge of a causal graph"
        self.found.say(Diagnostic("C125", "error", message, self.source.span(word.start, word.end), hint))
        frame.left, frame.last = [], "edge"

    def stop(self, frame: _Frame, word: Word) -> None:
        """End a statement."""
        if frame.arrow is not None:
            raise self.unexpected(frame, word)
        frame.left, frame.last, frame.alone = None, "", None

    def unquoted(self) -> None:
        """Warn of names that stand alone before an edge and have none: `a b -> c`, meant as `"a b" -> c`."""
        joined = {end for tail, head, _ in self.found.edges for end in (tail, head)}
        for name, span in self.suspects.items():
            if name not in joined and not self.found.roles[name]:
                message = f"`{name}` is a node of its own here, without edges"
                hint = f'a name with a space in it stands in quotes: `"{span.text}"`'
                self.found.say(Diagnostic("C135", "warning", message, span, hint))

    def attributes(self, frame: _Frame, bracket: Word) -> None:
        """Read `[exposure, pos="0,1"]` after a node or an edge."""
        if frame.arrow is not None or frame.last in ("", "group"):
            raise self.scanner.error("attributes belong to one node or to an edge", bracket)
        while (word := self.scanner.next()).kind != "sign" or word.text != "]":
            if word.kind == "sign" and word.text in (",", ";"):
                continue
            if word.kind not in ("name", "quoted"):
                raise self.scanner.error("expected an attribute or `]`", word)
            valued = self.scanner.equals()
            if valued:
                self.scanner.value()
            if frame.last == "node" and frame.left:
                self.attribute(frame.left[0], word, valued)
                continue
            self.found.lost[word.text, "an edge"] += 1
            if word.text in _ROLE and not valued:
                hint = f"a node's role is a statement of its own: `a [{word.text}]`"
                self.warn(f"`{word.text}` stands after an edge, so it is no node's role; it is not kept", word, hint)

    def attribute(self, node: str, word: Word, valued: bool) -> None:
        """Take an attribute of a node."""
        role = None if valued else _ROLE.get(word.text)
        if role is not None:
            self.found.roles[node].add(role)
            return
        self.found.lost[word.text, "a node"] += 1
        if word.text in _ROLE:
            self.warn(f"the role `{word.text}` takes no value; it is not kept", word, f"write `[{word.text}]`")
        elif not valued:
            self.warn(f"there is no role `{word.text}`; it is not kept", word)

    def warn(self, message: str, word: Word, hint: str | None = None) -> None:
        """Say that an attribute is probably not what its author means."""
        if len(self.found.findings) >= MAX_FINDINGS:
            return
        hint = hint or did_you_mean(word.text, _ROLE) or f"the roles are {', '.join(ROLES)}"
        self.found.say(Diagnostic("C127", "warning", message, self.source.span(word.start, word.end), hint))

    def unexpected(self, frame: _Frame, word: Word) -> CausalSyntaxError:
        """Return the error that a word does not fit here."""
        if word.kind == "end":
            return self.scanner.error("the graph does not end: expected `}`", word)
        if frame.arrow is not None:
            return self.scanner.error(f"unexpected `{word.text}`: an arrow leads to a node or to `{{..}}`", word)
        hint = "nodes that share an edge stand in braces: `{a b} -> c`" if word.text == "," else None
        if word.kind == "strange":
            hint = 'a name of other signs than letters, digits, `_` and `.` stands in quotes: `"a-b"`'
        return self.scanner.error(f"unexpected `{word.text}`", word, hint)


def _too_large(message: str, span: Span) -> Diagnostic:
    return Diagnostic("C124", "error", message, span)
