"""`test`: judge the assertions of graph files, those about numbers on a simulator or on a trained run."""

from __future__ import annotations

from collections.abc import Iterator

import click

from causaldsl.check.assertions import Judgement
from causaldsl.cli.completion import FILE
from causaldsl.cli.output import json_option, print_json
from causaldsl.cli.talk import say
from causaldsl.evaluate.assertions import Assertions
from causaldsl.graph.read import read_file


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option(
    "--run", metavar="RUN", type=FILE, help="A trained run of the same graph: it judges what is about numbers."
)
@click.option("--strict", is_flag=True, help="Count assertions that could not be judged as failed.")
@json_option
def test(files: tuple[str, ...], run: str | None, strict: bool, as_json: bool) -> None:
    """Judge the assertions of graph files; exit code 1 if one does not hold.

    What is about numbers is judged on the file itself, where all its mechanisms are known, or on a trained run.

    Example: causaldsl test examples/lawn.causal
    """
    judged = [(file, judgement) for file in files for judgement in _judged(file, run)]
    failed = [j for _, j in judged if j.holds is False or (strict and j.holds is None)]
    if as_json:
        print_json({"assertions": [_as_json(file, judgement) for file, judgement in judged]})
    else:
        for file, judgement in judged:
            _say(file, judgement)
    count = f"{len(judged)} assertion{'' if len(judged) == 1 else 's'}"
    say(f"{count}, {len(failed)} failed" if failed else f"{count}, none failed")
    if failed:
        raise SystemExit(1)


def _judged(file: str, run: str | None) -> Iterator[Judgement]:
    """Yield a file's judgements, those about numbers too."""
    graph = read_file(file)
    assertions = Assertions(graph, run, file, "`--run` judges it on a trained run")
    assertions.check_run()
    return map(assertions.judge, graph.assertions)


def _line(judgement: Judgement) -> int | None:
    span = judgement.assertion.span
    return None if span is None else span.begin.line


def _as_json(file: str, judgement: Judgement) -> dict[str, object]:
    return {
        "file": file,
        "line": _line(judgement),
        "text": judgement.assertion.text,
        "holds": judgement.holds,
        "reason": judgement.reason,
    }


def _say(file: str, judgement: Judgement) -> None:
    """Print one judgement on a line."""
    word = {True: "holds", False: "FAILS", None: "not judged"}[judgement.holds]
    click.echo(f"{file}:{_line(judgement)}: {word}: {judgement.assertion.text} ({judgement.reason})")
