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
    """Register `%%causal`; `%load_ext causaldsl.notebook` calls this."""
    from causaldsl.notebook.magic import CausalMagic

    shell.magics_manager.register_function(CausalMagic(shell).causal, "cell", "causal")
