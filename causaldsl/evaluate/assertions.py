"""Judge the assertions of a graph file, those about numbers too: on the file itself, or on a trained run."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from causaldsl.check.assertions import Judgement, judge_one
from causaldsl.errors import RunError, UsageError
from causaldsl.graph.ir import CausalGraph, Question
from causaldsl.graph.question import numeric
from causaldsl.graph.read import read_file
from causaldsl.plugins.defaults import learned

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel
    from causaldsl.train.run import Run


class Assertions:
    """The assertions of a graph file. What answers for its numbers is made when they are first asked for.

    Parameters
    ----------
    graph : CausalGraph
        What the file means.
    run : str or Path, optional
        The folder of a trained run of the same graph. A graph whose mechanisms are all known answers for itself.
    file : str
        Its name, for messages.
    way_out : str
        What to do about numbers that are still to be learned, for messages.
    """

    def __init__(
        self,
        graph: CausalGraph,
        run: str | Path | None = None,
        file: str = "the text",
        way_out: str = "a trained run can judge it",
    ) -> None:
        self.graph = graph
        self.run = run
        self.file = file
        self.way_out = way_out

    def check_run(self) -> None:
        """See to it that the run is one of this graph, whether or not any assertion needs it.

        Raises
        ------
        UsageError
            If it is not.
        """
        if self.run is not None:
            _check_run(self.graph, Path(self.run), self.file)

    def judge(self, assertion: Question) -> Judgement:
        """Judge one of the graph's assertions; what neither the graph nor its numbers can tell is not judged.

        Raises
        ------
        UsageError
            If the run is none, or one of another graph.
        RunError, GraphError
            If the run is damaged, or the graph cannot be compiled.
        """
        judgement = judge_one(self.graph, assertion)
        if numeric(assertion.meaning) is None:
            return judgement
        if self.run is None and learned(self.graph):
            return replace(judgement, reason=f"it is about numbers: {self.way_out}")
        numbers = self.numbers
        try:
            answer = numbers.ask(assertion.text)
        except (RunError, UsageError) as error:
            return replace(judgement, reason=error.diagnostics[0].message)
        said = answer.as_json()
        doubt = f"; {said['warning']}" if "warning" in said else ""
        return replace(judgement, holds=said["answer"], reason=said["reason"] + doubt)

    @cached_property
    def numbers(self) -> Run | CausalModel:
        """The run, or the graph compiled."""
        if self.run is not None:
            return _run_of(self.graph, Path(self.run), self.file)
        from causaldsl.scm.build import compile_graph

        return compile_graph(self.graph)


def _run_of(graph: CausalGraph, folder: Path, file: str) -> Run:
    """Open a run, once it is sure that it is one of this graph."""
    from causaldsl.train.run import open_run

    _check_run(graph, folder, file)
    return open_run(folder)


def _check_run(graph: CausalGraph, folder: Path, file: str) -> None:
    from causaldsl.train.run import TEXT

    if not (folder / TEXT).is_file():
        raise UsageError(f"{folder} is no run", "a run is the folder that `causaldsl train` writes")
    trained = read_file(folder / TEXT)
    if (trained.nodes, trained.confounded) != (graph.nodes, graph.confounded):
        raise UsageError(f"{folder} was trained on another graph than {file}", f"its graph is {folder / TEXT}")
