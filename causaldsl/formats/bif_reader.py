"""From the blocks of a BIF text to a graph: names are resolved, levels become domains, and rows become tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from causaldsl.errors import CausalSyntaxError, Diagnostic, GraphError, did_you_mean
from causaldsl.formats.attributes import Statements, counted, domain_of, mechanism_of
from causaldsl.formats.bif_scan import scan_bif
from causaldsl.formats.bif_tables import LawError, Tables
from causaldsl.formats.bif_tree import Law, Network, Property, Variable, Words
from causaldsl.graph.declare import MAX_LEVELS
from causaldsl.graph.domain import Binary, Categorical, Discrete
from causaldsl.graph.expression import Table
from causaldsl.graph.ir import CausalGraph, Edge, MechanismSpec, Node
from causaldsl.graph.make import can_be_written, make_graph
from causaldsl.source import Source, Span

MAX_CHARACTERS = 100_000_000
"""How long a text may be."""


def read_bif(text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
    """Return the graph of a BIF text, and what of the text it has no place for.

    Parameters
    ----------
    text : str
        The text.
    name : str
        What it is called in messages.

    Raises
    ------
    CausalSyntaxError
        If the text is not in BIF, or is too large.
    GraphError
        If it describes no causal graph, or a law that is none.
    """
    source = Source.normalised(name, text)
    if len(source.text) > MAX_CHARACTERS:
        message = f"the text has {len(source.text):,} characters; {MAX_CHARACTERS:,} are the most that is read of BIF"
        raise CausalSyntaxError([Diagnostic("C132", "error", message, source.span(0, 0))])
    network = scan_bif(source)
    if network.findings:
        raise CausalSyntaxError(sorted(network.findings, key=lambda f: f.span.start if f.span else 0))
    return _Reader(network).graph()


def domain_of_levels(levels: Sequence[str]) -> Discrete:
    """Return what a node with these levels is, if nothing more is said of it.

    Examples
    --------
    >>> [str(domain_of_levels(levels)) for levels in (("0", "1"), ("1", "2", "3"), ("yes", "no"))]
    ['binary', 'categorical {1..3}', 'categorical {yes, no}']
    """
    found = tuple(levels)
    if found == Binary.levels:
        return Binary()
    return Categorical(found, is_range=_rises_by_one(found))


def _rises_by_one(levels: tuple[str, ...]) -> bool:
    try:
        first = int(levels[0])
    except ValueError:
        return False
    return levels == tuple(map(str, range(first, first + len(levels))))


@dataclass
class _Known:
    """What is known of a variable so far."""

    domain: Discrete
    place: Span
    latent: bool = False
    mechanism: MechanismSpec | None = None
    has_law: bool = False
    table: Table | None = None


class _Reader:
    """One text on its way to a graph."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.source = network.source
        self.nodes: dict[str, _Known] = {}
        self.edges: dict[Edge, Span] = {}
        self.lost: Counter[str] = Counter()
        self.findings: list[Diagnostic] = []
        self.statements = Statements(network.source.name)
        self.tables = Tables(network.source)
        self.unclear: set[str] = set()

    def graph(self) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph, and what is lost; or raise all findings."""
        title = "".join(self.of_network())
        for variable in self.network.variables:
            self.variable(variable)
        for law in self.network.laws:
            self.law(law)
        if self.findings:
            raise GraphError(sorted(self.findings, key=lambda f: f.span.start if f.span else 0))
        nodes = [
            Node(name, known.domain, (), known.mechanism, known.latent, known.place, known.table)
            for name, known in self.nodes.items()
        ]
        graph, missed = self.statements.add_to(make_graph(nodes, self.edges, self.network.name, title, self.edges))
        return graph, counted([*self.lost.elements(), *missed])

    def error(self, code: str, message: str, start: int, end: int, hint: str | None = None) -> None:
        """Note an error at a place."""
        self.findings.append(Diagnostic(code, "error", message, self.source.span(start, end), hint))

    # ---- variables

    def variable(self, variable: Variable) -> None:
        """Take one variable."""
        name = variable.name
        if name.text in self.nodes:
            self.error("C202", f"`{name.text}` is declared twice", name.start, name.end)
            return
        levels = self.levels(variable)
        if levels is None:
            self.unclear.add(name.text)
            levels = Binary.levels
        self.nodes[name.text] = known = _Known(domain_of_levels(levels), self.source.span(name.start, name.end))
        self.tables.levels[name.text] = {level: i for i, level in enumerate(levels)}
        for said in variable.properties:
            if not self.of_variable(said, name.text, known):
                self.lost[f"property {said.name} of a variable"] += 1

    def levels(self, variable: Variable) -> tuple[str, ...] | None:
        """Return the levels that a variable is declared with, or None and a finding."""
        name, count = variable.name.text, variable.count
        levels = tuple(piece.text for piece in variable.levels)
        words = tuple(word for piece in variable.levels for word in piece.texts)
        if len(levels) != count == len(words):
            levels = words
        if len(levels) != count:
            self.error("C130", f"`{name}` has {len(levels)} levels listed, not {count}", *variable.place)
        elif len(set(levels)) < count:
            twice = next(level for level, n in Counter(levels).items() if n > 1)
            self.error("C206", f"`{name}` has the level `{twice}` twice", *variable.place)
        elif not 2 <= count <= MAX_LEVELS:
            hint = "a node with one level is a constant: leave it out" if count < 2 else None
            message = f"`{name}` has {count:,} level{'s' * (count != 1)}; a node has 2 to {MAX_LEVELS:,}"
            self.error("C206", message, *variable.place, hint)
        elif not all(map(can_be_written, levels)):
            self.error("C219", f"a level of `{name}` holds a control character", *variable.place)
        else:
            return levels
        return None

    def of_variable(self, said: Property, name: str, known: _Known) -> bool:
        """Take a property of a variable that this project writes; false if it is another's, or says what cannot be."""
        match said.name:
            case "domain":
                domain = domain_of(said.value)
                if not isinstance(domain, Binary | Categorical) or domain.levels != known.domain.levels:
                    return False
                known.domain = domain
            case "latent" if said.value == "true":
                known.latent = True
            case "mechanism":
                known.mechanism = mechanism_of(said.value)
                return known.mechanism is not None
            case "equation":
                self.statements.equation(name, said.value, "property equation of a variable")
            case _:
                return False
        return True

    def of_network(self) -> Iterator[str]:
        """Take the network's properties; yields its title."""
        for said in self.network.properties:
            what = f"property {said.name} of the network"
            if said.name == "title":
                yield said.value
            elif not self.statements.of_graph(said.name, said.value, what):
                self.lost[what] += 1

    # ---- laws

    def law(self, law: Law) -> None:
        """Take one law."""
        names = self.names(law)
        if names is None:
            return
        name, *parents = names
        known = self.nodes[name]
        if known.has_law:
            self.error("C131", f"a second law of `{name}`", law.child.start, law.child.end)
            return
        known.has_law = True
        place = self.source.span(law.child.start, law.given[-1].end if law.given else law.child.end)
        self.edges |= {(parent, name, "->"): place for parent in parents}
        for said in law.properties:
            self.lost[f"property {said.name} of a law"] += 1
        if law.rows and self.unclear.isdisjoint(names):
            try:
                known.table, rounded = self.tables.table(law.rows, name, parents)
            except LawError as error:
                self.findings.append(error.finding)
                return
            if rounded:
                rows = "a row" if rounded == 1 else f"{rounded:,} rows"
                self.lost[f"{rows} of {name} as written, with a sum other than 1 by rounding: divided by it"] += 1
            if known.mechanism is not None:
                known.mechanism = None
                self.lost["property mechanism of a variable"] += 1

    def names(self, law: Law) -> list[str] | None:
        """Return the node of a law and its parents, or None and findings."""
        found: list[str] = []
        fine = True
        pieces = [law.child, *law.given]
        if not law.barred:
            pieces = [piece for whole in pieces for piece in self.apart(whole)]
        elif len(law.given) == 1:
            pieces = [law.child, *self.apart(law.given[0])]
        for piece in pieces:
            if piece.text not in self.nodes:
                hint = did_you_mean(piece.text, self.nodes)
                self.error("C201", f"`{piece.text}` is not declared", piece.start, piece.end, hint)
                fine = False
            elif piece.text in found:
                itself = piece.text == found[0]
                message = f"`{piece.text}` " + ("cannot cause itself" if itself else "is named twice")
                self.error("C204" if itself else "C131", message, piece.start, piece.end)
                fine = False
            found.append(piece.text)
        return found if fine else None

    def apart(self, piece: Words) -> tuple[Words, ...]:
        """Return the names in a piece without commas: one, if it is one as a whole."""
        if piece.text in self.nodes or len(piece.texts) == 1:
            return (piece,)
        return tuple(Words((word,), piece.start, piece.end) for word in piece.texts)
