"""The questions and assertions of a run's text, answered and judged."""

from __future__ import annotations

from dataclasses import dataclass

from causaldsl.errors import CausalError
from causaldsl.evaluate.assertions import Assertions
from causaldsl.graph.question import numeric
from causaldsl.train.run import Run


@dataclass(frozen=True)
class Said:
    """A question of the text and what the run says.

    Parameters
    ----------
    text : str
        The question.
    lines : tuple of str
        The answer, a line each: the number or verdict, then assumptions, bounds and warnings.
    holds : bool or None
        Of an assertion: whether it holds, None where it could not be judged. None for a question.
    """

    text: str
    lines: tuple[str, ...]
    holds: bool | None = None


def answered(run: Run) -> list[Said]:
    """Answer each `query` of the text; one that cannot be answered says why."""
    found = []
    for query in run.graph.queries:
        asked = run if numeric(query.meaning) else run.graph
        try:
            said = str(asked.ask(query.text))
        except CausalError as error:
            said = error.diagnostics[0].message
        lines = [line.strip() for line in said.removeprefix(f"{query.text} = ").splitlines()]
        found.append(Said(query.text, tuple(line for line in lines if line != query.text)))
    return found


def judged(run: Run) -> list[Said]:
    """Judge each `assert` of the text on the run."""
    judge = Assertions(run.graph, run.folder).judge
    return [Said(j.assertion.text, (j.reason,), j.holds) for j in map(judge, run.graph.assertions)]
