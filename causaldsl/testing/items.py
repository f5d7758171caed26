"""What pytest collects of a causal file: a test for each assertion; one that fails where the text has errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from causaldsl.check.assertions import failure
from causaldsl.errors import CausalError
from causaldsl.evaluate.assertions import Assertions
from causaldsl.graph.ir import Question
from causaldsl.graph.read import read_file


class CausalFile(pytest.File):
    """A causal file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield its assertions, or the errors that keep it from being read."""
        file = os.path.relpath(self.path)
        try:
            graph = read_file(file)
        except CausalError as error:
            yield Unread.from_parent(self, name="is read", error=error)
            return
        run = self.config.getoption("--causal-run")
        assertions = Assertions(graph, run, file, "`--causal-run DIR` judges it on a trained run")
        for assertion in graph.assertions:
            name = f"assert[{assertion.text}]"
            yield AssertionItem.from_parent(self, name=name, assertions=assertions, assertion=assertion)


class CausalItem(pytest.Item):
    """Something in a causal file that holds or does not."""

    line = 0
    """Where it stands, counted from 0."""

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the file, the line and the name."""
        return self.path, self.line, self.name

    def skip(self, reason: str) -> NoReturn:
        """Leave the item, and say in its own line why."""
        skipped = pytest.skip.Exception(reason)
        skipped._use_item_location = True
        raise skipped

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show findings as the command line does; anything else as pytest does."""
        if isinstance(excinfo.value, CausalError | NotHoldingError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class NotHoldingError(AssertionError):
    """An assertion does not hold."""


class AssertionItem(CausalItem):
    """An assertion.

    Parameters
    ----------
    assertions : Assertions
        Those of its file.
    assertion : Question
        The assertion itself.
    """

    def __init__(self, *, assertions: Assertions, assertion: Question, **more: Any) -> None:
        super().__init__(**more)
        self.assertions = assertions
        self.assertion = assertion
        if assertion.span is not None:
            self.line = assertion.span.begin.line - 1

    def runtest(self) -> None:
        """Judge it; what cannot be judged is skipped."""
        try:
            judgement = self.assertions.judge(self.assertion)
        except ModuleNotFoundError as error:
            if error.name != "torch":
                raise
            self.skip("it is about numbers, and torch is not installed")
        self.user_properties.append(("reason", judgement.reason))
        if judgement.holds is None:
            self.skip(judgement.reason)
        if not judgement.holds:
            raise NotHoldingError(str(failure(self.assertions.graph, judgement)))


class Unread(CausalItem):
    """A text with errors.

    Parameters
    ----------
    error : CausalError
        Its findings.
    """

    def __init__(self, *, error: CausalError, **more: Any) -> None:
        super().__init__(**more)
        self.error = error
        if (span := error.diagnostics[0].span) is not None:
            self.line = span.begin.line - 1

    def runtest(self) -> None:
        """Fail with all findings."""
        raise self.error
