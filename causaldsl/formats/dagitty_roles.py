"""What dagitty's texts say, and their roles as questions: exposure, outcome and adjusted nodes ask for an effect.

A graph with exposures X and outcomes Y asks `P(Y | do(X))`; with adjusted nodes Z it asks too whether they are enough,
`adjustment X -> Y | Z`, which is what dagitty answers in its corner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from causaldsl.errors import CausalSyntaxError, Diagnostic, UsageError
from causaldsl.formats.losses import attributes_lost, settle
from causaldsl.graph.domain import quoted
from causaldsl.graph.expression import Variable
from causaldsl.graph.ir import CausalGraph, Edge, Node, Question
from causaldsl.graph.make import make_graph
from causaldsl.graph.parse_question import parse_question
from causaldsl.graph.question import EffectQuestion, Numeric, Probability
from causaldsl.source import Span

ROLES = {
    "exposure": ("exposure", "e", "source"),
    "outcome": ("outcome", "o", "target"),
    "adjusted": ("adjusted", "a"),
    "latent": ("latent", "l", "unobserved", "u"),
    "selected": ("selected", "s"),
}
"""What a node can be, with the words that say it."""

MAX_FINDINGS = 100
"""How many findings are said; a text is read no further than the error after them."""


@dataclass
class Found:
    """What a text says.

    Parameters
    ----------
    nodes : dict of str to Span
        Its nodes, and where each stands first.
    roles : dict of str to set of str
        The roles of each node.
    edges : dict of Edge to Span
        Its edges, and where they stand.
    lost : Counter of (str, str)
        The attributes that a graph has no place for, and what each is of.
    findings : list of Diagnostic
        What is wrong with it, in the order of the text.
    name : str
        The graph's name.
    comments : int
        How many comments it has.
    """

    nodes: dict[str, Span] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)
    edges: dict[Edge, Span] = field(default_factory=dict)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Diagnostic] = field(default_factory=list)
    name: str = ""
    comments: int = 0

    def say(self, finding: Diagnostic) -> None:
        """Note a finding; where there are too many, the errors are enough, and the warnings are in `lost` anyway."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
        elif finding.severity == "error":
            raise CausalSyntaxError([finding])

    def graph(self) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph, and what of the text it has no place for.

        Raises
        ------
        CausalSyntaxError
            If there are errors.
        GraphError
            If it is no causal graph.
        """
        if any(finding.severity == "error" for finding in self.findings):
            raise CausalSyntaxError(self.findings)
        has = {role: tuple(name for name in self.nodes if role in self.roles[name]) for role in ROLES}
        latent = frozenset(has["latent"])
        nodes = [Node(name, None, latent=name in latent, span=span) for name, span in self.nodes.items()]
        graph = settle(make_graph(nodes, self.edges, self.name, places=self.edges))
        queries, idle = questions_of(Roles(has["exposure"], has["outcome"], has["adjusted"]), graph)
        lost = [*idle, *(f"role selected of {name}" for name in has["selected"]), *attributes_lost(self.lost)]
        if self.comments:
            lost.append(f"{self.comments} comments" if self.comments > 1 else "a comment")
        return replace(graph, queries=queries, warnings=(*self.findings, *graph.warnings)), tuple(lost)


class Roles(NamedTuple):
    """Which nodes have which role, in order of declaration."""

    exposure: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    adjusted: tuple[str, ...] = ()


def questions_of(roles: Roles, graph: CausalGraph) -> tuple[tuple[Question, ...], list[str]]:
    """Return what roles ask of a graph, and the roles that ask nothing, in words.

    A graph has to have exposures and outcomes, no node both; none of them may be latent without a domain.
    """
    x, y, z = (", ".join(map(quoted, names)) for names in roles)
    both = not {*roles.exposure}.isdisjoint(roles.outcome)
    effect = _question(f"P({y} | do({x}))", graph) if x and y and not both else None
    enough = _question(f"adjustment {x} -> {y} | {z}", graph) if effect is not None and z else None
    idle = roles if effect is None else Roles(adjusted=roles.adjusted) if enough is None else Roles()
    found = tuple(question for question in (effect, enough) if question is not None)
    return found, [f"role {role} of {name}" for role, names in idle._asdict().items() for name in names]


def roles_of(graph: CausalGraph) -> tuple[Roles, tuple[Question, ...]]:
    """Return the roles that some queries of a graph come to, and these queries.

    They are the first query for an effect and the first after it about adjustment for the same effect, if the roles
    ask for exactly these, nodes in order of declaration.
    """
    for number, query in enumerate(graph.queries):
        effect = _effect(query, graph)
        if effect is None or questions_of(effect, graph)[0] != (query,):
            continue
        for other in graph.queries[number + 1 :]:
            claim = other.meaning
            if isinstance(claim, EffectQuestion) and claim.kind == "adjustment" and claim.given:
                roles = effect._replace(adjusted=_ordered(claim.given, graph))
                if questions_of(roles, graph)[0] == (query, other):
                    return roles, (query, other)
        return effect, (query,)
    return Roles(), ()


def _effect(query: Question, graph: CausalGraph) -> Roles | None:
    """Return the roles of `P(Y | do(X))`, or None where a query is something else."""
    match query.meaning:
        case Numeric(left=Probability(events=events, do=do, given=()), relation=None):
            outcomes = [event.name for event in events if isinstance(event.variable, Variable)]
            return Roles(_ordered([i.name for i in do], graph), _ordered(outcomes, graph))
    return None


def _ordered(names: Iterable[str], graph: CausalGraph) -> tuple[str, ...]:
    wanted = frozenset(names)
    return tuple(node.name for node in graph.nodes if node.name in wanted)


def _question(text: str, graph: CausalGraph) -> Question | None:
    try:
        meaning = parse_question(text, graph)
    except UsageError:
        return None
    return Question(str(meaning), None, meaning)
