"""Where questions about numbers are answered: by a run, or by a file that is a simulator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from causaldsl.errors import UsageError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Denied, Numeric, Query
from causaldsl.graph.read import read_file
from causaldsl.plugins.defaults import learned

RUN_TEXT = "model.causal"
"""The graph's text in the folder of a run."""


class NumericAnswer(Protocol):
    """What a model answers; `str()` says it, and it is true if it is a comparison that holds."""

    def as_json(self) -> dict[str, Any]:
        """Render as `causaldsl ask --json` prints it."""
        ...


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


def is_numeric(question: Query | None) -> bool:
    """Tell whether a question is about numbers."""
    return isinstance(question.claim if isinstance(question, Denied) else question, Numeric)


def numbers(source: str, graph: CausalGraph) -> Callable[[str], NumericAnswer]:
    """Return what answers questions about the numbers of a run, or of a file whose mechanisms are all known.

    Raises
    ------
    UsageError
        If the file leaves a mechanism open.
    """
    if Path(source).is_dir():
        from causaldsl.train.run import open_run

        return _ask(open_run(Path(source)))
    if unknown := learned(graph):
        raise UsageError(
            f"{source} says not how `{unknown[0]}` comes about, so it has no numbers",
            f"train it and ask the run, or write its equation, `{unknown[0]} := ..`",
        )
    from causaldsl.scm.build import compile_graph

    return _ask(compile_graph(graph))


def _ask(model: Any) -> Callable[[str], NumericAnswer]:
    if not hasattr(model, "ask"):
        raise UsageError("numbers are not answered yet")
    ask: Callable[[str], NumericAnswer] = model.ask
    return ask
