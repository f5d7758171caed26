"""dagitty's language: `dag { X [exposure]; Y [outcome]; X -> Y }`.

Exposures and outcomes stand for the question `P(Y | do(X))`, adjusted nodes for `adjustment X -> Y | Z`
(`causaldsl.formats.dagitty_roles`). dagitty's graphs have no domains, mechanisms or equations. The lists that dagitty
wrote before its third version are read too (`causaldsl.formats.dagitty_old`).
"""

from __future__ import annotations

import re
from typing import ClassVar

from causaldsl.formats.dagitty_old import is_old, read_old
from causaldsl.formats.dagitty_reader import read_dag
from causaldsl.formats.dagitty_roles import roles_of
from causaldsl.formats.losses import less, losses
from causaldsl.graph.ir import CausalGraph
from causaldsl.source import Source


class DagittyFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = (".dagitty", ".dag")

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph of a text in dagitty's language, and what of the text a causal graph has no place for.

        Raises
        ------
        CausalSyntaxError
            If the text is not in the language, is no `dag` or is too large, or an edge has no direction.
        GraphError
            If it describes no causal graph.
        """
        source = Source.normalised(name, text)
        found = read_old(source) if is_old(source) else read_dag(source)
        return found.graph()

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Return the text of a graph in dagitty's language, and what of the graph dagitty cannot hold."""
        before = losses(graph, "title", "domain", "mechanism", "equation", "group")
        _, held = roles_of(less(graph, before))
        said = {f"query {question.text}" for question in held}
        queries = [phrase for phrase in losses(graph, "query") if phrase not in said]
        return write_dagitty(graph), (*before, *queries, *losses(graph, "assert"))


plugin = DagittyFormat()


def write_dagitty(graph: CausalGraph) -> str:
    """Return a graph in dagitty's language.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(write_dagitty(read_text("node X, Y; latent U; X -> Y; U -> X, Y; query P(Y | do(X))")), end="")
    dag {
      X [exposure]
      Y [outcome]
      U [latent]
      U -> X
      X -> Y
      U -> Y
    }
    """
    roles, _ = roles_of(less(graph, losses(graph, "domain")))
    has = {role: frozenset(names) for role, names in (*roles._asdict().items(), ("latent", graph.latents))}
    spelled = {node.name: _quoted(node.name) for node in graph.nodes}
    lines = [f"dag {_quoted(graph.name)} {{" if graph.name else "dag {"]
    for node in graph.nodes:
        own = [role for role, names in has.items() if node.name in names]
        lines.append(f"  {spelled[node.name]}" + (f" [{', '.join(own)}]" if own else ""))
    lines += [f"  {spelled[tail]} {sign} {spelled[head]}" for tail, head, sign in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(name: str) -> str:
    """Spell a name bare only where every reader of the language takes it so."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
