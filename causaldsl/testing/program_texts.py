"""Programs: texts of every statement of the language, valid whatever is drawn, and as disorderly as people write.

A program is drawn as statements in tidy spelling; a few edits then break lines where that is allowed, add space and
comments, and write signs as Unicode has them. It shrinks to few, plain and tidy statements.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from causaldsl.graph.domain import Binary, Categorical, Domain, Image, Real, quoted
from causaldsl.syntax.words import RESERVED
from causaldsl.testing.program_parts import Author, Variable

PLAIN_NAMES = ("A", "B", "C", "X", "Y", "Z")
ODD_NAMES = (
    "P", "E", "do", "in", "größe", "5_o_Clock", "12", "1e5", "political inequality", 'say "no"', "back\\slash",
    "semi; {colon", "_", *sorted(RESERVED),
)  # fmt: skip
"""Names that need quotes, or look like words and signs of the language."""

_NAMES = st.sampled_from(PLAIN_NAMES) | st.sampled_from(ODD_NAMES)
_DOMAINS: tuple[Domain | None, ...] = (
    Binary(), None, Categorical(("a", "b")), Categorical(("dark blond", "3", "real")), Real(), Real(0, 10),
    Real(-1.5), Categorical(("-1", "0", "1"), is_range=True), Image(3, 8, 8),
)  # fmt: skip
_KINDS = (
    "neural", "neural(hidden=32)", "wgan(layers=3, on=true)", '"of mine"(on="true")', "k()",
    'flow(a=-0.5, kind="two words", sizes=[1, [b, 2]])',
)  # fmt: skip
_HEADS = ((), ("language 1",), ("model m",), ("language 1", 'model m "a title; {"'))
_COMMENTS = ("#", "# a comment", '#"; {')

_WORD = re.compile(
    r'"(?:[^"\\]|\\.)*"|_\|\|_|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?!\w)|\w+|<->|->|<-|:=|==|!=|<=|>=|\.\.|\s+|.'
)
_GOES_ON = (",", "->", "<-", "<->", ":=", "=", "~", "|", "_||_", *"+-/^<>", "<=", ">=", "==", "!=", "and", "or")
_UNICODE = {"->": "→", "<-": "←", "<->": "↔", "_||_": "⫫", "<=": "≤", ">=": "≥", "!=": "≠"}


@st.composite
def programs(draw: st.DrawFn, max_nodes: int = 6) -> str:
    """Draw a valid program: a text that is read as a graph, perhaps with warnings.

    Parameters
    ----------
    draw : callable
        Given by hypothesis.
    max_nodes : int
        How many nodes at most.

    Examples
    --------
    >>> from hypothesis import given
    >>> from causaldsl.graph.read import read_text
    >>> @given(programs())
    ... def test_nodes(text):
    ...     assert len(read_text(text).nodes) >= 1
    """
    declarations, others = draw(_statements(max_nodes))
    head = draw(st.sampled_from(_HEADS))
    body = draw(st.permutations([*declarations, *others]))
    return draw(_written([*head, *body]))


@st.composite
def folders(draw: st.DrawFn, max_nodes: int = 6) -> Mapping[str, str]:
    """Draw a valid program in several files, by their names: `main.causal` uses the others.

    Parameters
    ----------
    draw : callable
        Given by hypothesis.
    max_nodes : int
        How many nodes at most.
    """
    declarations, others = draw(_statements(max_nodes))
    cut = draw(st.integers(0, len(declarations)))
    main = ['use "labels.causal"', 'use "parts/more.causal"', *others]
    table = 'binary Tabled\nTabled | Tossed := table("toss.csv")\nbinary Tossed'
    return {
        "main.causal": draw(_written([*draw(st.sampled_from(_HEADS)), *draw(st.permutations(main))])),
        "labels.causal": draw(_written(declarations[:cut])),
        "parts/more.causal": draw(_written(['use "../labels.causal"', *declarations[cut:], *table.splitlines()])),
        "parts/toss.csv": "Tossed,0,1\n1,0.25,0.75\n0,1,0\n",
    }


# ---- statements


@st.composite
def _statements(draw: st.DrawFn, max_nodes: int) -> tuple[list[str], list[str]]:
    """Draw the declarations of some nodes, and the other statements about them."""
    chosen = draw(st.lists(_NAMES, min_size=1, max_size=max_nodes + 1, unique=True))
    nodes = [draw(_variables(name)) for name in chosen[:max_nodes]]
    nodes.sort(key=lambda node: node.is_picture)  # causes stand before effects; pictures cause no label
    author = Author(draw, nodes)
    others: list[str] = []
    known: set[Variable] = set()
    for i, node in enumerate(nodes):
        if not node.is_bare_latent and not node.is_picture and author.rarely():
            others.append(_equation(node, Author(draw, nodes[:i])))
            known.add(node)
    if len(nodes) > 1:
        others += [_edges(author, known) for _ in range(draw(st.integers(0, 3)))]
    if nodes[-1].is_picture and author.rarely(2):
        others.append(f"* -> {nodes[-1].spelled}")
    learned = [node.spelled for node in nodes if not node.is_bare_latent and node not in known]
    if learned and author.rarely(3):
        others.append(f"{', '.join(learned)} ~ {author.one_of(*_KINDS)}")
    elif learned and len(chosen) > max_nodes:
        group = quoted(chosen[max_nodes])
        others += [f"group {group} = {', '.join(learned)}", f"{group} ~ {author.one_of(*_KINDS)}"]
    if author.rarely():
        others.append(f"default {author.one_of('binary', 'categorical', 'real', 'image')} ~ {author.one_of(*_KINDS)}")
    for word in draw(st.lists(st.sampled_from(("query", "assert")), max_size=3)):
        others.append(f"{word} {author.question(word == 'assert')}")
    return _declarations(author), others


@st.composite
def _variables(draw: st.DrawFn, name: str) -> Variable:
    domain = draw(st.sampled_from(_DOMAINS))
    return Variable(name, domain, not isinstance(domain, Image) and draw(st.integers(0, 4)) == 4)


def _declarations(author: Author) -> list[str]:
    """Declare all nodes, sometimes neighbours of one kind together."""
    together: list[list[Variable]] = []
    for node in author.nodes:
        last = together[-1][-1] if together else None
        if last is not None and (last.domain, last.latent) == (node.domain, node.latent) and author.rarely(2):
            together[-1].append(node)
        else:
            together.append([node])
    return [_declaration(nodes) for nodes in together]


def _declaration(nodes: Sequence[Variable]) -> str:
    names = ", ".join(node.spelled for node in nodes)
    domain = nodes[0].domain
    if nodes[0].latent:
        return f"latent {names}" + (f" : {domain}" if domain else "")
    keyword, _, rest = ("node" if domain is None else str(domain)).partition(" ")
    return f"{keyword} {names}{'' if keyword == 'image' else ' '}{rest}".rstrip()


def _equation(node: Variable, author: Author) -> str:
    """Write an equation of a node by those that the author knows, or a table."""
    if not isinstance(node.domain, Binary | Categorical) or not author.rarely(3):
        return f"{node.spelled} := {author.right_side(node)}"
    causes = [n for n in author.nodes if isinstance(n.domain, Binary | Categorical)][: author.draw(st.integers(0, 2))]
    bar = f" | {', '.join(cause.spelled for cause in causes)}" if causes else ""
    last = len(node.domain.levels) - 1
    row = f"[{', '.join(['0.25'] * last + [str(1 - 0.25 * last)])}]"
    rows = math.prod(len(cause.domain.levels) for cause in causes if isinstance(cause.domain, Binary | Categorical))
    return f"{node.spelled}{bar} := [{', '.join([row] * rows)}]"


def _edges(author: Author, known: set[Variable]) -> str:
    """Write a chain of lists, each arrow from nodes before to nodes after; those of `known` have no `<->`."""
    nodes, draw = author.nodes, author.draw
    some = st.sets(st.integers(0, len(nodes) - 1), min_size=1, max_size=2)
    here = sorted(draw(some))
    text = _list([nodes[i] for i in here], author)
    arrows = 0
    for _ in range(draw(st.integers(1, 3))):
        there = sorted(draw(some) - set(here))
        ends = [nodes[i] for i in (*here, *there)]
        signs = []
        if here[-1:] < there[:1] and not any(nodes[i].is_bare_latent for i in there):
            signs.append("->")
        if there and there[-1] < here[0] and not any(nodes[i].is_bare_latent for i in here):
            signs.append("<-")
        if there and not any(node.is_bare_latent or node in known for node in ends):
            signs.append("<->")
        if signs:
            text += f" {author.one_of(*signs)} {_list([nodes[i] for i in there], author)}"
            here = there
            arrows += 1
    return text if arrows else "{} -> {}"


def _list(nodes: Sequence[Variable], author: Author) -> str:
    text = ", ".join(node.spelled for node in nodes)
    return author.one_of(text, f"{{{text}}}", f"{{{text},}}")


# ---- how they are written


@st.composite
def _written(draw: st.DrawFn, statements: Sequence[str]) -> str:
    """Draw a layout of statements."""
    ends = st.sampled_from(("\n", "; ", "\n\n\n", ";\n", *(f"  {comment}\n" for comment in _COMMENTS), "\n# between\n"))
    text = draw(st.sampled_from(("", "\n", "# first\n")))
    for statement in statements:
        text += draw(_loosened(statement)) + draw(ends)
    return draw(st.sampled_from((text, text.rstrip(), text.replace("\n", "\r\n"), "\ufeff" + text)))


@st.composite
def _loosened(draw: st.DrawFn, statement: str) -> str:
    """Draw a statement with a few other signs, more or less space, comments and line ends between its words."""
    words = _WORD.findall(statement)
    for _ in range(draw(st.sampled_from((0, 0, 1, 4)))):
        i = draw(st.integers(0, len(words) - 1))
        if words[i] in _UNICODE:
            words[i] = _UNICODE[words[i]]
        elif i > 0 and not words[i].isspace() and not words[i - 1].isspace():
            words.insert(i, draw(st.sampled_from((" ", "\t", "\u00a0"))))
        elif i > 0 and words[i].isspace():
            words[i] = draw(_gaps(words[:i]))
    return "".join(words)


@st.composite
def _gaps(draw: st.DrawFn, before: Sequence[str]) -> str:
    """Draw the space between two words; a line may end there inside brackets and after what asks for more."""
    space = st.sampled_from((" ", "   ", "\t", "\u00a0"))
    depth = sum(word in "([{" for word in before) - sum(word in ")]}" for word in before)
    if depth > 0 or before[-1] in _GOES_ON or before[-1] in _UNICODE.values():
        line = st.builds("{}{}\n{}".format, st.sampled_from((" ", "")), st.sampled_from(("", *_COMMENTS)), space)
        return draw(space | line)
    return draw(space)
