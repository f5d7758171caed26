"""Read many bad texts: `python bench/fuzz.py --texts 100000 --seed 0 [--processes 1]`.

Each text is read, validated, its findings shown, and, if every statement can be read, laid out twice. A text fails if
anything but an error of ours is raised, a place lies outside of it, laying it out changes its meaning, its comments or
itself the second time, or checking or laying it out takes more than a second of CPU. A failure is printed with its
number and a text made small; the exit code is 1 then. `--only N` reads one text again.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import signal
import statistics
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from fuzz_texts import Maker, shrunk

from causaldsl.check.examine import examine
from causaldsl.errors import CausalSyntaxError
from causaldsl.graph.layout import lay_out
from causaldsl.source import Source
from causaldsl.syntax.scan import scan

SLOW = 1.0
"""How many seconds of CPU a text may take."""
STUCK = 60
"""After how many seconds a text is given up."""
BLOCK = 500
"""How many texts a process takes at a time."""


class Failure(NamedTuple):
    """A text that fails: its number, what is wrong, the text itself and a smaller one."""

    number: int
    problem: str
    text: str
    small: str


class Block(NamedTuple):
    """What came of some texts: the seconds of each, how many are graphs and can be laid out, and the failures."""

    seconds: list[float]
    graphs: int
    readable: int
    failures: list[Failure]


class Verdict(NamedTuple):
    """Whether a text is a graph, whether every statement can be read, and the seconds of its slowest command."""

    is_graph: bool
    is_readable: bool
    seconds: float


def judge(text: str) -> Verdict:
    """Do with a text what `check` and `fmt` do, and verify what came of it.

    Raises
    ------
    AssertionError
        If a law is broken.
    """
    source = Source.normalised("t.causal", text)
    begun = time.process_time()
    examination = examine(source)
    shown = [str(finding) for finding in examination.findings]
    checked = time.process_time() - begun
    assert all(shown)
    for finding in examination.findings:
        assert finding.span is not None, f"{finding.code} has no place"
        inside = 0 <= finding.span.start <= finding.span.end <= len(source.text)
        assert inside, f"{finding.code} lies outside of the text"
        assert finding.as_json()["line"] <= source.text.count("\n") + 1, f"{finding.code} is below the text"
    errors = any(finding.severity == "error" for finding in examination.findings)
    assert examination.graph is not None or errors, "neither a graph nor an error"
    begun = time.process_time()
    try:
        tidy = lay_out(source)  # verifies that the meaning is the same
    except CausalSyntaxError:
        assert examination.graph is None, "a graph that cannot be laid out"
        return Verdict(False, False, checked)
    seconds = max(checked, time.process_time() - begun)
    again = Source("t.causal", tidy)
    assert lay_out(again) == tidy, "laid out twice it is another text"
    assert _comments(again) == _comments(source), "a comment is lost"
    return Verdict(examination.graph is not None, True, seconds)


def _comments(source: Source) -> list[str]:
    return [source.text[comment.start : comment.end].rstrip() for comment in scan(source).comments]


def problem_of(text: str) -> tuple[str | None, Verdict]:
    """Return what is wrong with a text, or None, and the verdict on it."""
    verdict = Verdict(False, False, 0.0)
    signal.setitimer(signal.ITIMER_REAL, STUCK)
    try:
        verdict = judge(text)
    except Exception as error:  # whatever it is, it is a finding
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})", verdict
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if verdict.seconds > SLOW:
        return f"slow: {verdict.seconds:.1f} s for {len(text):,} characters", verdict
    return None, verdict


def read_block(seed: int, numbers: range) -> Block:
    """Read some texts."""
    signal.signal(signal.SIGALRM, _given_up)
    maker = Maker(seed)
    block = Block([], 0, 0, [])
    graphs = readable = 0
    for number in numbers:
        text = maker.text(number)
        problem, verdict = problem_of(text)
        block.seconds.append(verdict.seconds)
        graphs += verdict.is_graph
        readable += verdict.is_readable
        if problem is not None:
            small = shrunk(text, functools.partial(_same, problem), 300 if problem.startswith("slow") else 3_000)
            block.failures.append(Failure(number, problem, text, small))
    return block._replace(graphs=graphs, readable=readable)


def _same(problem: str, text: str) -> bool:
    """Whether a text has a problem of the same kind."""
    return (problem_of(text)[0] or "").partition(":")[0] == problem.partition(":")[0]


def _given_up(*_: object) -> None:
    raise TimeoutError(f"not done after {STUCK} s")


def blocks(seed: int, texts: int, processes: int) -> Iterator[Block]:
    """Yield what comes of all texts, block by block."""
    ranges = [range(at, min(at + BLOCK, texts)) for at in range(0, texts, BLOCK)]
    if processes == 1:
        yield from (read_block(seed, numbers) for numbers in ranges)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(read_block, [seed] * len(ranges), ranges)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="N", help="read text N again and print it")
    arguments = parser.parse_args()
    if arguments.only is not None:
        print(Maker(arguments.seed).text(arguments.only))
        print("---", problem_of(Maker(arguments.seed).text(arguments.only)))
        return
    seconds: list[float] = []
    failures: list[Failure] = []
    graphs = readable = 0
    for block in blocks(arguments.seed, arguments.texts, arguments.processes):
        seconds += block.seconds
        graphs += block.graphs
        readable += block.readable
        for failure in block.failures:
            failures.append(failure)
            print(
                f"FAILED --seed {arguments.seed} --only {failure.number}: {failure.problem}\n{failure.small!r}",
                flush=True,
            )
        if sys.stderr.isatty() or len(seconds) % 10_000 < BLOCK:
            print(f"{len(seconds):,} texts, {len(failures)} failures", file=sys.stderr, flush=True)
    print(
        f"{len(seconds):,} texts in {sum(seconds):,.0f} s of CPU: {readable:,} can be laid out, {graphs:,} are graphs, "
        f"{len(failures)} failures; median {1e3 * statistics.median(seconds):.1f} ms, slowest {max(seconds):.2f} s"
    )
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
