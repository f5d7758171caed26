"""Where questions about numbers are answered: by a run, or by a file that is a simulator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_file
from causaldsl.plugins.defaults import learned

RUN_TEXT = "model.causal"
"""The graph's text in the folder of a run."""


if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel
    from causaldsl.train.run import Run


def graph_of(source: str) -> CausalGraph:
    """Return the graph of a file or of a run's folder.

    Raises
    ------
    UsageError
        If there is neither.
    CausalSyntaxError, GraphError
        If its text is no causal graph.
    """
    folder = Path(source)
    if folder.is_dir():
        if not (folder / RUN_TEXT).is_file():
            raise UsageError(f"{source} is no run", "a run is the folder that `causaldsl train` writes")
        return read_file(folder / RUN_TEXT)
    return read_file(source)


def model_of(source: str, graph: CausalGraph) -> Run | CausalModel:
    """Return what has the numbers of a source: a run, or the model of a file whose mechanisms are all known.

    Raises
    ------
    UsageError
        If the file leaves a mechanism open.
    """
    if Path(source).is_dir():
        from causaldsl.train.run import open_run

        return open_run(Path(source))
    if unknown := learned(graph):
        raise UsageError(
            f"{source} says not how `{unknown[0]}` comes about, so it has no numbers",
            f"train it and ask the run, or write its equation, `{unknown[0]} := ..`",
        )
    from causaldsl.scm.build import compile_graph

    return compile_graph(graph)
