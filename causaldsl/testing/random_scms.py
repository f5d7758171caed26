"""Hypothesis strategies of structural causal models: random graphs on which every mechanism is known.

They are graphs as a text would give them; `cd.compile(graph)` makes a simulator of one. Numbers are short, so that a
counterexample can be read, and shrink towards fair coins and slopes of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from math import prod
from typing import Literal

from hypothesis import strategies as st

from causaldsl.graph.domain import Binary, Categorical, Domain, Real
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.read import read_text
from causaldsl.testing.random_graphs import graphs

Kind = Literal["discrete", "linear", "mixed"]

_DOMAINS: dict[Kind, tuple[Domain, ...]] = {
    "discrete": (Binary(), Categorical(("a", "b", "c")), Categorical(("-1", "0", "1"), is_range=True)),
    "linear": (Real(),),
    "mixed": (Binary(), Real()),
}
_LATENT: dict[Kind, tuple[Domain | None, ...]] = {"discrete": (Binary(),), "linear": (None,), "mixed": (Binary(), None)}
_SIGNS, _SLOPES = ("", "-"), ("", "0.5*", "2*")
_SPREADS = ("1", "0.5", "2")


@st.composite
def scms(
    draw: st.DrawFn,
    max_nodes: int = 4,
    *,
    min_nodes: int = 1,
    kind: Kind = "discrete",
    latents: bool = True,
) -> CausalGraph:
    """Draw a graph whose mechanisms are all known, and of which every combination of values can come about.

    Parameters
    ----------
    draw : callable
        Given by hypothesis.
    max_nodes, min_nodes : int
        How many observed nodes, 20 at most.
    kind : {"discrete", "linear", "mixed"}
        Binary and categorical nodes with tables, or equations in the logistic function; real nodes, linear in their
        causes with Gaussian noise; or binary and real nodes that cause each other.
    latents : bool
        Whether there may be latents.

    Examples
    --------
    >>> from hypothesis import given
    >>> import causaldsl as cd
    >>> @given(scms())
    ... def test_probabilities_add_up(graph):
    ...     table = cd.compile(graph).ask(f"P({graph.columns[0]})").table
    ...     assert abs(sum(row.p for row in table) - 1) < 1e-6
    """
    kinds = st.sampled_from(_DOMAINS[kind])
    graph = draw(graphs(max_nodes, min_nodes=min_nodes, domains=kinds, latents=latents, confounded=False))
    nodes = [replace(node, domain=draw(st.sampled_from(_LATENT[kind]))) if node.latent else node for node in graph]
    by_name = {node.name: node for node in nodes}
    lines = [_declared(node) for node in nodes]
    for node in nodes:
        if node.domain is not None:
            lines.append(draw(_mechanism(node, [by_name[cause] for cause in node.parents])))
    return read_text("\n".join(lines), "<model>")


def _declared(node: Node) -> str:
    if node.latent:
        return f"latent {node.name}" + (f" : {node.domain}" if node.domain is not None else "")
    keyword, _, rest = str(node.domain).partition(" ")
    return f"{keyword} {node.name} {rest}".rstrip()


@st.composite
def _mechanism(draw: st.DrawFn, node: Node, causes: Sequence[Node]) -> str:
    """Draw a node's equation, or its table."""
    written_out = draw(st.booleans())
    discrete = [len(d.levels) for n in (node, *causes) if isinstance(d := n.domain, Binary | Categorical)]
    if isinstance(node.domain, Real):
        noise = f"normal(0, {draw(st.sampled_from(_SPREADS))})"
        return f"{node.name} := {draw(_sum(causes))} + {noise}" if causes else f"{node.name} := {noise}"
    can_be_tabled = len(discrete) == len(causes) + 1
    numeric = all(not isinstance(n.domain, Categorical) or n.domain.is_range for n in causes)
    if isinstance(node.domain, Binary) and causes and numeric and (not can_be_tabled or written_out):
        return f"{node.name} := bernoulli(sigmoid({draw(_sum(causes))}))"
    rows = draw(st.lists(_row(discrete[0]), min_size=prod(discrete[1:]), max_size=prod(discrete[1:])))
    given = f" | {', '.join(n.name for n in causes)}" if causes else ""
    return f"{node.name}{given} := [{', '.join(rows)}]"


@st.composite
def _sum(draw: st.DrawFn, causes: Sequence[Node]) -> str:
    """Draw a linear combination of causes; with two draws a cause, no equation is simpler than a table of two rows."""
    signs, slopes = st.sampled_from(_SIGNS), st.sampled_from(_SLOPES)
    terms = [draw(signs) + draw(slopes) + cause.name for cause in causes]
    return " + ".join(terms).replace("+ -", "- ")


def _row(levels: int) -> st.SearchStrategy[str]:
    """Rows of a table: tenths, none of them zero, the most even ones first."""
    return st.sampled_from(_rows(levels))


@cache
def _rows(levels: int) -> tuple[str, ...]:
    found = [(*head, 10 - sum(head)) for head in product(range(1, 10), repeat=levels - 1) if sum(head) < 10]
    found.sort(key=lambda row: max(row) - min(row))
    return tuple("[" + ", ".join(f"0.{tenths}" for tenths in row) + "]" for row in found)
