"""From a Document to a CausalGraph: names are resolved, lists and `*` expanded, edges gathered, cycles refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from causaldsl.errors import Diagnostic
from causaldsl.graph.cycles import cycle_message, find_cycles
from causaldsl.graph.declare import Declared, declare
from causaldsl.graph.domain import Image
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Node, Option, OptionValue, Question
from causaldsl.graph.lists import Member, Scope
from causaldsl.source import Span
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Document
from causaldsl.syntax.words import NAME_CHARACTERS

LANGUAGE_VERSION = 1
MAX_EDGES = 1_000_000
"""How many edges a text may stand for."""


def lower(document: Document) -> tuple[CausalGraph | None, list[Diagnostic]]:
    """Give a document its meaning.

    Parameters
    ----------
    document : Document
        The text as it was written. Statements that could not be read are passed over; names that they mention are not
        reported as undeclared.

    Returns
    -------
    graph : CausalGraph or None
        None where there are errors.
    findings : list of Diagnostic
        Errors and warnings, in the order of the text. Warnings about what is missing from the text (an unused latent)
        are given only where there is no error.
    """
    return _Lowering(document).run()


class _Lowering:
    """One document on its way to a graph."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.declared: dict[str, Declared] = {}
        broken = [s for s in document.statements if isinstance(s, tree.Broken)]
        words = (word for s in broken for word in re.findall(f"{NAME_CHARACTERS}+", document.text(s)))
        self.scope = Scope(document.source, self.declared, excused=frozenset(words))
        self.parents: dict[str, dict[str, Span]] = {}
        self.confounded: dict[tuple[str, str], Span] = {}
        self.edge_count = 0
        self.mechanisms: dict[str, MechanismSpec] = {}
        self.defaults: dict[str, MechanismSpec] = {}
        self.queries: list[Question] = []
        self.assertions: list[Question] = []
        self.model: tree.Model | None = None
        self.warnings: list[Diagnostic] = []

    def run(self) -> tuple[CausalGraph | None, list[Diagnostic]]:
        declare(self.document, self.scope, self.declared)
        self.parents = {name: {} for name in self.declared}
        self.rank = {name: i for i, name in enumerate(self.declared)}
        self.head()
        for statement in self.document.statements:
            match statement:
                case tree.Edges():
                    self.edges(statement)
                case tree.Mechanism():
                    self.mechanism(statement)
                case tree.Default():
                    self.default(statement)
                case tree.Query(question=question):
                    self.queries.append(self.question(question))
                case tree.Assertion(question=question):
                    self.assertions.append(self.question(question))
        self.cycles()
        errors = self.scope.findings
        if errors or any(isinstance(s, tree.Broken) for s in self.document.statements):
            return None, _in_order([*errors, *self.warnings])
        self.warnings += self.missing()
        graph = self.graph()
        return graph, list(graph.warnings)

    # ---- the file itself

    def head(self) -> None:
        """Check `language` and `model`: at most one each, before all else."""
        seen: set[type] = set()
        others = False
        for statement in self.document.statements:
            if not isinstance(statement, tree.Language | tree.Model):
                others = True
                continue
            word = "language" if isinstance(statement, tree.Language) else "model"
            if type(statement) in seen:
                self.scope.error("C212", f"a second `{word}` statement", statement.start, statement.end)
            elif others:
                hint = "move it to the top"
                message = f"`{word}` stands before everything else"
                self.scope.error("C212", message, statement.start, statement.end, hint)
            seen.add(type(statement))
            if isinstance(statement, tree.Model):
                self.model = statement
            elif statement.version.value != LANGUAGE_VERSION:
                version = statement.version
                hint = f"this causaldsl reads version {LANGUAGE_VERSION}"
                message = f"unknown version of the language, {self.document.text(version)}"
                self.scope.error("C211", message, version.start, version.end, hint)

    def question(self, place: tree.Tree) -> Question:
        """Keep a question: its words, with single spaces between them and without comments."""
        text = re.sub(r'("(?:[^"\\\n]|\\.)*")|#[^\n]*', lambda m: m[1] or " ", self.document.text(place))
        return Question(re.sub(r"\s+", " ", text).strip(), self.document.span(place))

    # ---- edges

    def edges(self, statement: tree.Edges) -> None:
        """Gather the edges of one statement, every pair of neighbouring lists."""
        lists = self.scope.expand(*statement.lists)
        for i, arrow in enumerate(statement.arrows):
            left, right = lists[i], lists[i + 1]
            self.edge_count += len(left) * len(right)
            if self.edge_count > MAX_EDGES:
                if self.edge_count - len(left) * len(right) <= MAX_EDGES:
                    message = f"the text stands for more than {MAX_EDGES:,} edges"
                    self.scope.error("C213", message, statement.start, statement.end)
                return
            span = self.document.span(statement.lists[i], statement.lists[i + 1])
            if arrow.sign == "<->":
                self.confound(left, right, span)
            elif arrow.sign == "->":
                self.cause(left, right, span)
            else:
                self.cause(right, left, span)

    def cause(self, tails: list[Member], heads: list[Member], span: Span) -> None:
        """Add `tail -> head` for every pair."""
        twice: list[str] = []
        for head in heads:
            if not self.may_have_causes(head):
                continue
            parents = self.parents[head.node]
            for tail in tails:
                if tail.node == head.node:
                    self.loop(f"`{head.node}` cannot cause itself", head)
                elif tail.node in parents:
                    twice.append(f"{tail.node} -> {head.node}")
                else:
                    parents[tail.node] = span
        self.given_twice(twice, span)

    def confound(self, left: list[Member], right: list[Member], span: Span) -> None:
        """Add `a <-> b` for every pair."""
        twice: list[str] = []
        for a in left:
            for b in right:
                pair = (a.node, b.node) if self.rank[a.node] < self.rank[b.node] else (b.node, a.node)
                if a.node == b.node:
                    self.loop(f"`{a.node}` has no common cause with itself", b)
                elif pair in self.confounded:
                    twice.append(f"{a.node} <-> {b.node}")
                elif self.may_have_causes(a) and self.may_have_causes(b):
                    self.confounded[pair] = span
        self.given_twice(twice, span)

    def may_have_causes(self, member: Member) -> bool:
        """Whether a node may have parents; a latent without a domain is a root."""
        node = self.declared[member.node]
        if not node.latent or node.domain is not None:
            return True
        hint = f"with a domain, as in `latent {member.node} : binary`, it may have causes"
        message = f"the latent `{member.node}` has no domain, so nothing causes it"
        self.scope.error("C209", message, member.item.start, member.item.end, hint)
        return False

    def loop(self, message: str, member: Member) -> None:
        """Record an edge from a node to itself."""
        self.scope.error("C204", message, member.item.start, member.item.end)

    def given_twice(self, edges: list[str], span: Span) -> None:
        """Warn of edges that the text has given before."""
        if len(edges) == 1:
            self.warnings.append(Diagnostic("C250", "warning", f"the edge {edges[0]} is given twice", span))
        elif edges:
            message = f"{len(edges)} edges are given twice, {edges[0]} the first of them"
            self.warnings.append(Diagnostic("C250", "warning", message, span))

    def cycles(self) -> None:
        """Refuse cycles, each at the latest of its edges."""
        children: dict[str, list[str]] = {name: [] for name in self.declared}
        for head, parents in self.parents.items():
            for tail in parents:
                children[tail].append(head)
        for cycle in find_cycles(children):
            edges = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
            span = max((self.parents[head][tail] for tail, head in edges), key=lambda s: s.start)
            self.scope.findings.append(Diagnostic("C203", "error", cycle_message(cycle), span))

    # ---- mechanisms

    def mechanism(self, statement: tree.Mechanism) -> None:
        """Give each listed node a mechanism of its own."""
        spec = self.spec(statement.kind)
        (members,) = self.scope.expand(statement.targets)
        for member in members:
            start, end = member.item.start, member.item.end
            node = self.declared[member.node]
            if node.latent and node.domain is None:
                hint = f"with a domain, as in `latent {member.node} : binary`, it may have one"
                message = f"the latent `{member.node}` has no domain, so it has no mechanism"
                self.scope.error("C209", message, start, end, hint)
            elif member.node in self.mechanisms:
                self.scope.error("C217", f"a second mechanism of `{member.node}`", start, end)
            else:
                self.mechanisms[member.node] = spec

    def default(self, statement: tree.Default) -> None:
        """Keep the mechanism of all nodes of a domain that have none of their own."""
        if statement.domain in self.defaults:
            message = f"a second default for `{statement.domain}`"
            self.scope.error("C217", message, statement.start, statement.end)
        self.defaults[statement.domain] = self.spec(statement.kind)

    def spec(self, kind: tree.Kind) -> MechanismSpec:
        """Return a mechanism's kind and options; that they exist is for the registry of plugins to say."""
        seen: set[str] = set()
        for option in kind.options:
            if option.name.text in seen:
                message = f"the option `{option.name.text}` is given twice"
                self.scope.error("C218", message, option.start, option.end)
            seen.add(option.name.text)
        span = self.document.span
        options = tuple(Option(o.name.text, _value(o.value), span(o.name), span(o.value)) for o in kind.options)
        return MechanismSpec(kind.name.text, options, span(kind.name))

    # ---- what the graph is

    def missing(self) -> Iterable[Diagnostic]:
        """Warn of what is declared and does nothing."""
        effects = Counter(tail for parents in self.parents.values() for tail in parents)
        for name, node in self.declared.items():
            if node.latent and not effects[name]:
                yield Diagnostic("C251", "warning", f"the latent `{name}` causes nothing", node.span)
            elif node.latent and effects[name] == 1 and not self.parents[name]:
                hint = "its effect's own noise says the same"
                yield Diagnostic("C252", "warning", f"the latent `{name}` has one effect only", node.span, hint)
            elif isinstance(node.domain, Image) and not self.parents[name]:
                hint = f"`* -> {name}` lets every label cause it"
                yield Diagnostic("C254", "warning", f"the image `{name}` has no causes", node.span, hint)
        for statement in self.document.statements:
            if isinstance(statement, tree.Group) and statement.name.text not in self.scope.used_groups:
                message = f"the group `{statement.name.text}` is never used"
                yield Diagnostic("C253", "warning", message, self.document.span(statement.name))

    def graph(self) -> CausalGraph:
        """Put the graph together."""
        rank = self.rank.__getitem__
        nodes = []
        for name, node in self.declared.items():
            own = self.mechanisms.get(name)
            if own is None and node.domain is not None:
                own = self.defaults.get(node.domain.kind)
            parents = tuple(sorted(self.parents[name], key=rank))
            nodes.append(Node(name, node.domain, parents, own, node.latent, node.span))
        title = self.model.title if self.model else None
        return CausalGraph(
            nodes=tuple(nodes),
            confounded=tuple(sorted(self.confounded, key=lambda pair: (rank(pair[0]), rank(pair[1])))),
            groups=tuple(self.scope.groups.items()),
            queries=tuple(self.queries),
            assertions=tuple(self.assertions),
            name=self.model.name.text if self.model else "",
            title=title.text if title else "",
            warnings=tuple(_in_order(self.warnings)),
        )


def _value(value: tree.Value) -> OptionValue:
    """Return an option's value: `true` and `false` are truth values, other words are texts."""
    if isinstance(value, tree.Number):
        return value.value
    if isinstance(value, tree.ListValue):
        return tuple(_value(item) for item in value.items)
    if not value.quoted and value.text in ("true", "false"):
        return value.text == "true"
    return value.text


def _in_order(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(findings, key=lambda f: (f.span.start if f.span else 0, f.severity))
