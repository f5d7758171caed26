"""Jupyter and IPython: a causal text in a cell of its own.

    %load_ext causaldsl.notebook

    %%causal lawn
    binary Rain, Sprinkler, Wet
    Rain, Sprinkler -> Wet

The second cell binds the graph to `lawn` and shows its drawing. Findings are shown with their places; after an error
nothing is bound, and a notebook that is run from top to bottom stops there. Graphs and samples show themselves in any
cell, without this extension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%%causal`, and a listing for graphs where no picture can be shown; `%load_ext` calls this."""
    from causaldsl.graph.drawing.listing import listing
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.notebook.magic import CausalMagic

    if shell.display_formatter is not None:
        plain = shell.display_formatter.formatters["text/plain"]
        plain.for_type(CausalGraph, lambda graph, printer, _: printer.text(listing(graph).rstrip()))
    shell.magics_manager.register_function(CausalMagic(shell).causal, "cell", "causal")
