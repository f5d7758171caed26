"""From a Document to a CausalGraph: names are resolved, lists and `*` expanded, edges gathered, cycles refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from causaldsl.errors import Diagnostic
from causaldsl.graph.allow import allow
from causaldsl.graph.declare import Declared, declare
from causaldsl.graph.domain import Image
from causaldsl.graph.edges import EdgeBook
from causaldsl.graph.equations import EquationBook
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Node, Question
from causaldsl.graph.lists import Scope
from causaldsl.graph.question_types import Asker
from causaldsl.graph.soft import cycles_of
from causaldsl.graph.specs import spec_of
from causaldsl.graph.use import Folder, Gathered
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Document, Statement
from causaldsl.syntax.words import NAME_CHARACTERS

LANGUAGE_VERSION = 1


def lower(gathered: Gathered, folder: Folder | None = None) -> tuple[CausalGraph | None, list[Diagnostic]]:
    """Give a document its meaning.

    Parameters
    ----------
    gathered : Gathered
        The text as it was written, and all that it uses. Statements that could not be read are passed over; names that
        they mention are not reported as undeclared.
    folder : Folder, optional
        Where the files of tables lie; None for a text that is no file.

    Returns
    -------
    graph : CausalGraph or None
        None where there are errors.
    findings : list of Diagnostic
        Errors and warnings, in the order of the text; those about used files, in the texts' order, after the others.
        Warnings about what is missing from the text (an unused latent) are given only where there is no error.
    """
    return Lowering(gathered, folder).run()


class Lowering:
    """One text and all that it uses, on their way to a graph: after `run`, what could be made of it, errors or not.

    Parameters
    ----------
    gathered : Gathered
        The text, and all that it uses.
    folder : Folder or None
        Where the files of tables lie.
    """

    def __init__(self, gathered: Gathered, folder: Folder | None) -> None:
        self.gathered = gathered
        self.document = gathered.documents[0]
        self.own = self.document.statements
        self.nodes: dict[str, Declared] = {}
        shared = Scope(self.document.source, self.nodes, excused=frozenset(_words_of_broken(gathered.documents)))
        self.scopes = [shared.of(document.source) for document in gathered.documents]
        self.scope = self.scopes[0]
        self.scope.findings += gathered.findings
        declare(gathered, self.scopes, self.nodes)
        self.edges = EdgeBook(self.nodes)
        self.equations = EquationBook(self.nodes, self.edges, folder)
        self.mechanisms: dict[str, MechanismSpec] = {}
        self.defaults: dict[str, MechanismSpec] = {}
        self.queries: list[Question] = []
        self.assertions: list[Question] = []
        self.model: tree.Model | None = None

    def run(self) -> tuple[CausalGraph | None, list[Diagnostic]]:
        """Return the graph, and all findings."""
        for document, scope in zip(self.gathered.documents, self.scopes, strict=True):
            self.head(document, scope)
        for number, statement in self.gathered.statements:
            scope = self.scopes[number]
            if isinstance(statement, tree.Edges):
                self.edges.add(statement, scope)
            elif isinstance(statement, tree.Equation):
                self.equations.add(statement, scope)
            elif number == 0:
                self.own_statement(statement)
        errors = self.scope.findings
        errors += self.equations.conflicts({name: spec.span for name, spec in self.mechanisms.items()})
        errors += self.edges.cycles()
        broken = any(isinstance(s, tree.Broken) for d in self.gathered.documents for s in d.statements)
        if errors or broken:
            return None, self.in_order(allow(self.gathered.documents, [*errors, *self.scope.warnings], False))
        found = [*self.scope.warnings, *self.equations.unused(), *self.missing()]
        warnings = self.in_order(allow(self.gathered.documents, found, True))
        graph = self.graph(tuple(warnings))
        meanings = [q.meaning for q in (*graph.queries, *graph.assertions) if q.meaning is not None]
        if cyclic := [finding for meaning in meanings for finding in cycles_of(meaning, graph)]:
            return None, self.in_order([*cyclic, *warnings])
        return graph, warnings

    def own_statement(self, statement: Statement) -> None:
        """Take a statement of the text itself; used files give only nodes, groups, edges and equations."""
        match statement:
            case tree.Mechanism():
                self.mechanism(statement)
            case tree.Default():
                self.default(statement)
            case tree.Query(question=question):
                self.queries += self.question(question, claimed=False)
            case tree.Assertion(question=question):
                self.assertions += self.question(question, claimed=True)

    # ---- the file itself

    def head(self, document: Document, scope: Scope) -> None:
        """Check `language` and `model`: at most one each, before all else."""
        seen: set[type] = set()
        others = False
        for statement in document.statements:
            if not isinstance(statement, tree.Language | tree.Model):
                others = True
                continue
            word = "language" if isinstance(statement, tree.Language) else "model"
            if type(statement) in seen:
                scope.error("C212", f"a second `{word}` statement", statement)
            elif others:
                scope.error("C212", f"`{word}` stands before everything else", statement, "move it to the top")
            seen.add(type(statement))
            if isinstance(statement, tree.Language):
                version = statement.version
                if version.value != LANGUAGE_VERSION:
                    message = f"unknown version of the language, {document.text(version)}"
                    scope.error("C211", message, version, f"this causaldsl reads version {LANGUAGE_VERSION}")
            elif document is self.document:
                self.model = statement

    def question(self, written: tree.QuestionTree, claimed: bool) -> list[Question]:
        """Return a question with its meaning, in a list; nothing where there are findings about it."""
        meaning = Asker(self.scope, self.nodes).question(written, claimed)
        return [] if meaning is None else [Question(str(meaning), self.document.span(written), meaning)]

    # ---- mechanisms

    def mechanism(self, statement: tree.Mechanism) -> None:
        """Give each listed node a mechanism of its own."""
        spec = self.spec(statement.kind)
        (members,) = self.scope.expand(statement.targets)
        for member in members:
            node = self.nodes[member.node]
            if node.latent and node.domain is None:
                hint = f"with a domain, as in `latent {member.node} : binary`, it may have one"
                message = f"the latent `{member.node}` has no domain, so it has no mechanism"
                self.scope.error("C209", message, member.item, hint)
            elif member.node in self.mechanisms:
                self.scope.error("C217", f"a second mechanism of `{member.node}`", member.item)
            else:
                self.mechanisms[member.node] = spec

    def default(self, statement: tree.Default) -> None:
        """Keep the mechanism of all nodes of a domain that have none of their own."""
        if statement.domain in self.defaults:
            self.scope.error("C217", f"a second default for `{statement.domain}`", statement)
        self.defaults[statement.domain] = self.spec(statement.kind)

    def spec(self, kind: tree.Kind) -> MechanismSpec:
        """Return a mechanism's kind and options."""
        spec, findings = spec_of(kind, self.document.source)
        self.scope.findings += findings
        return spec

    # ---- what the graph is

    def missing(self) -> Iterator[Diagnostic]:
        """Warn of what is declared and does nothing."""
        parents = self.edges.parents
        effects = Counter(tail for tails in parents.values() for tail in tails)
        for name, node in self.nodes.items():
            if node.latent and not effects[name]:
                yield Diagnostic("C251", "warning", f"the latent `{name}` causes nothing", node.span)
            elif node.latent and effects[name] == 1 and not parents[name]:
                hint = "its effect's own noise says the same"
                yield Diagnostic("C252", "warning", f"the latent `{name}` has one effect only", node.span, hint)
            elif isinstance(node.domain, Image) and not parents[name]:
                hint = f"`* -> {name}` lets every label cause it"
                yield Diagnostic("C254", "warning", f"the image `{name}` has no causes", node.span, hint)
        for statement in self.own:
            if isinstance(statement, tree.Group) and statement.name.text not in self.scope.used_groups:
                message = f"the group `{statement.name.text}` is never used"
                yield Diagnostic("C253", "warning", message, self.document.span(statement.name))

    def graph(self, warnings: tuple[Diagnostic, ...]) -> CausalGraph:
        """Put the graph together."""
        rank = self.edges.rank.__getitem__
        nodes = []
        for name, node in self.nodes.items():
            equation = self.equations.equations.get(name)
            own = self.mechanisms.get(name)
            if own is None and equation is None and node.domain is not None:
                own = self.defaults.get(node.domain.kind)
            parents = tuple(sorted(self.edges.parents[name], key=rank))
            nodes.append(Node(name, node.domain, parents, own, node.latent, node.span, equation))
        title = self.model.title if self.model else None
        return CausalGraph(
            nodes=tuple(nodes),
            confounded=tuple(sorted(self.edges.confounded, key=lambda pair: (rank(pair[0]), rank(pair[1])))),
            groups=tuple(self.scope.groups.items()),
            queries=tuple(self.queries),
            assertions=tuple(self.assertions),
            name=self.model.name.text if self.model else "",
            title=title.text if title else "",
            warnings=warnings,
        )

    def in_order(self, findings: list[Diagnostic]) -> list[Diagnostic]:
        """Sort findings by their file and their place in it."""
        rank = {id(document.source): i for i, document in enumerate(self.gathered.documents)}
        keys = {id(f): (rank[id(f.span.source)], f.span.start) for f in findings if f.span is not None}
        return sorted(findings, key=lambda f: keys[id(f)])


def _words_of_broken(documents: list[Document]) -> Iterator[str]:
    """Yield the words of the statements that could not be read: they may declare names."""
    for document in documents:
        for statement in document.statements:
            if isinstance(statement, tree.Broken):
                yield from re.findall(f"{NAME_CHARACTERS}+", document.text(statement))
