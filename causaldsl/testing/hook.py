"""What hypothesis is told when it starts, if causaldsl is installed: how a graph is drawn, and how it is shown."""

from __future__ import annotations

from contextlib import suppress
from textwrap import indent
from typing import Any


def register() -> None:
    """Let `from_type(CausalGraph)` draw from `graphs()`, and a counterexample be shown as the text of its graph."""
    from hypothesis import strategies as st

    from causaldsl.graph.ir import CausalGraph

    def drawn(_: type[CausalGraph]) -> st.SearchStrategy[CausalGraph]:
        from causaldsl.testing import graphs

        return graphs()

    st.register_type_strategy(CausalGraph, drawn)
    with suppress(ImportError):  # without it the graph's fields are shown
        from hypothesis.vendor.pretty import for_type_by_name

        for_type_by_name(CausalGraph.__module__, CausalGraph.__name__, _show)


def _show(graph: Any, printer: Any, cycle: bool) -> None:  # noqa: ARG001 - hypothesis' signature
    """Print a graph as Python that makes it."""
    from causaldsl.formats.causal import write_causal

    margin = " " * getattr(printer, "indentation", 0)
    text = indent(write_causal(graph).rstrip(), margin + "    ").replace("\\", "\\\\").replace('"""', '\\"""')
    printer.text(f'causaldsl.parse("""\n{text}\n{margin}""")')
