"""Put faults into causaldsl/graph and count those that tests find: `python bench/mutation.py --sample 300 --seed 0`.

The sample is stratified by file in proportion to its lines, at least one a file. A fault is put into a copy of the
project; then the tests run that cover its line, those of tests/graph first and quick ones before slow ones, until one
fails. Which lines a test covers is measured once, with coverage.py. Tests of other rooms that take more than three
seconds are not asked, nor those beyond BUDGET seconds in all. A test that takes ten times as long as it did and half a
minute more has found the fault, too: an endless loop. hypothesis draws as it does in continuous integration, the same
examples in each run.

Every outcome is a line of JSON in FOLDER/SEED.jsonl; a second run of the command goes on where the first one stopped.
`--again` runs the survivors of the log again, against the tests as they now are; `--show` prints the log alone.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any

from mutators import Mutant, mutants, mutated

ROOT = Path(__file__).parents[1]
ROOM = "causaldsl/graph"
FIRST = ["tests/graph", ROOM]
"""Where the tests of the room are; doctests too."""
THEN = ["tests/diagnostics", "tests/check", "tests/cli", "tests/formats", "tests/syntax", "tests/testing"]
"""Tests of other rooms that need no training."""
SLOW = 3.0
"""How many seconds a test of another room may take to be asked."""
MEMORY = 8 * 2**30
"""How many bytes a faulty program may take."""


# ---- the sample


def sample(root: Path, size: int, seed: int) -> list[Mutant]:
    """Draw faults: a file has its share by its lines, and changes elsewhere in it hardly change what is drawn."""
    texts = {str(path.relative_to(root)): path.read_text("utf-8") for path in sorted((root / ROOM).rglob("*.py"))}
    strata = {file: found for file, text in texts.items() if (found := mutants(file, text))}
    shares = _shares({file: texts[file].count("\n") for file in strata}, size)
    return [m for file, found in strata.items() for m in sorted(found, key=lambda m: m.key(seed))[: shares[file]]]


def _shares(lines: dict[str, int], size: int) -> dict[str, int]:
    """Divide a number by the largest remainders, with at least one for each."""
    exact = {file: size * count / sum(lines.values()) for file, count in lines.items()}
    shares = {file: max(1, int(share)) for file, share in exact.items()}
    for file in sorted(exact, key=lambda f: int(exact[f]) - exact[f])[: max(0, size - sum(shares.values()))]:
        shares[file] += 1
    return shares


def difference(text: str, mutant: Mutant) -> str:
    """Return the lines that a fault changes."""
    before, after = mutated(text, -1).splitlines(), mutated(text, mutant.number).splitlines()
    lines = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
    return "\n".join(line[:1] + line[1:].strip() for line in lines if not line.startswith("@@"))


# ---- running tests in a process of their own


class Chosen:
    """A pytest plugin that runs the tests it is told to, in that order, and notes the first that fails."""

    def __init__(self, tests: list[str], seconds: dict[str, float], note: Callable[[str], Any]) -> None:
        self.tests = {test: at for at, test in enumerate(tests)}
        self.seconds = seconds
        self.note = note

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        import pytest

        chosen = (item for item in items if item.nodeid in self.tests)
        items[:] = sorted(chosen, key=lambda item: self.tests[item.nodeid])
        for item in items:
            limit = 30 + 10 * self.seconds[item.nodeid]
            item.add_marker(pytest.mark.timeout(limit, method="thread"), append=False)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.note(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.note(f"importing {report.nodeid}")


class Measured:
    """A pytest plugin that notes the lines of each test not known yet, and how long it takes."""

    def __init__(self, coverage: Any, known: Iterable[str]) -> None:
        self.coverage = coverage
        self.known = set(known)
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if item.nodeid not in self.known]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logfinish(self) -> None:
        self.coverage.switch_context("")


def in_child(work: Callable[[Callable[[str], Any]], int], output: Path, limit: float) -> tuple[int, list[str]]:
    """Fork, do some work, and return its exit status (-1: not done in time) and its notes."""
    notes = output.with_suffix(".notes")
    notes.write_text("")
    child = os.fork()
    if child == 0:
        status = 3
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            log = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            with notes.open("a") as file:
                status = work(lambda text: (file.write(text + "\n"), file.flush()))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return code, notes.read_text().splitlines()
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)  # the group that it made, its own children included
    os.waitpid(child, 0)
    return -1, []


def pytest_main(paths: Iterable[str], plugin: object, *options: str) -> int:
    import pytest

    flags = ["-q", "-p", "no:cacheprovider", "--tb=short", "--no-header", *options]
    return int(pytest.main([*flags, *paths], plugins=[plugin]))


# ---- which tests cover which lines


class Covered:
    """What every test takes and covers, in a file: measured for new tests, for all where a module has changed."""

    def __init__(self, path: Path, copy: Path) -> None:
        print("measuring which lines tests cover", file=sys.stderr, flush=True)
        status, _ = in_child(lambda _: _measure(path, copy), path.with_suffix(".out"), 7200)
        if status != 0:
            raise SystemExit(f"the tests fail without a fault: see {path.with_suffix('.out')}")
        known = json.loads(path.read_text())
        self.seconds: dict[str, float] = known["seconds"]
        self.lines: dict[str, dict[str, list[str]]] = known["lines"]

    def tests(self, mutant: Mutant, budget: float) -> list[str]:
        """Return the tests of a fault: those that run its lines; if importing does, all that run a line of the file."""
        by_line = self.lines.get(mutant.file, {})
        lines = by_line if mutant.lines is None else map(str, mutant.lines)
        found = set[str]().union(*(by_line.get(line, ()) for line in lines))
        order = sorted(
            (test for test in found if _is_of_room(test) or self.seconds[test] <= SLOW),
            key=lambda test: (not _is_of_room(test), Path(mutant.file).stem not in test, self.seconds[test]),
        )
        ends = accumulate(self.seconds[test] for test in order)
        return [test for test, end in zip(order, ends, strict=True) if end <= budget]


def _is_of_room(test: str) -> bool:
    return test.startswith(tuple(FIRST))


def _measure(path: Path, copy: Path) -> int:
    from coverage import Coverage

    texts = "".join(file.read_text("utf-8") for file in sorted((copy / ROOM).rglob("*.py")))
    modules = hashlib.sha256(texts.encode()).hexdigest()
    known = json.loads(path.read_text()) if path.exists() else {}
    if known.get("modules") != modules:
        known = {"modules": modules, "seconds": {}, "lines": {}}
    coverage = Coverage(data_file=None, include=[str(copy / ROOM / "*")], config_file=False)
    plugin = Measured(coverage, known["seconds"])
    coverage.start()
    status = pytest_main([*FIRST, *THEN], plugin)
    coverage.stop()
    if plugin.failed or status not in (0, 5):  # 5: no test is new
        return 1
    known["seconds"] |= plugin.seconds
    data = coverage.get_data()
    for file in data.measured_files():
        by_line = known["lines"].setdefault(str(Path(file).relative_to(copy)), {})
        for line, tests in data.contexts_by_lineno(file).items():
            by_line.setdefault(str(line), []).extend(test for test in tests if test in plugin.seconds)
    path.write_text(json.dumps(known))
    return 0


# ---- one fault at a time


def judge(mutant: Mutant, copy: Path, covered: Covered, budget: float, output: Path) -> tuple[str, str]:
    """Put a fault into the copy and run the tests: killed, killed by time-out, or survived; and by which test."""
    path = copy / mutant.file
    text = path.read_text("utf-8")
    tests = covered.tests(mutant, budget)
    path.write_text(mutated(text, mutant.number), "utf-8")
    try:
        for ours in (True, False):
            part = [test for test in tests if _is_of_room(test) is ours]
            files = list(dict.fromkeys(test.partition("::")[0] for test in part))
            if not files:
                continue

            def work(note: Callable[[str], Any], part: list[str] = part, files: list[str] = files) -> int:
                return pytest_main(files, Chosen(part, covered.seconds, note), "-x")

            status, notes = in_child(work, output, 120 + 4 * sum(covered.seconds[test] for test in part))
            if status in (0, 5):  # all pass, or there are none
                continue
            if notes:
                return "killed", notes[0]
            return ("killed by time-out", "") if status in (-1, 1) else ("killed", f"pytest breaks off: {status}")
    finally:
        path.write_text(text, "utf-8")
    return "survived", f"{len(tests)} tests"


def make_copy(folder: Path) -> Path:
    """Copy the project, without what git does not keep."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    hidden = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "runs")
    shutil.copytree(ROOT, copy, ignore=hidden)
    return copy.resolve()


# ---- the log


def summary(records: list[dict[str, Any]], seed: int) -> str:
    """The survivors, and the score by room and in total."""
    lines = []
    for record in records:
        if record["outcome"] == "survived":
            lines += [f"{record['file']}:{record['line']} in {record['function'] or 'the module'}, {record['by']}"]
            lines += [f"    {line}" for line in record["difference"].splitlines()]
    by_file: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        by_file[record["file"]][record["outcome"]] += 1
    rooms: dict[str, Counter[str]] = defaultdict(Counter)
    for file, counts in by_file.items():
        rooms[str(Path(file).parent)] += counts
    for title, table in (("file", by_file), ("room", rooms)):
        lines += [f"{title:50} faults  found  of them by time-out"]
        lines += [_row(name, counts) for name, counts in sorted(table.items())]
    lines += [_row(f"all, seed {seed}", sum(rooms.values(), Counter()))]
    return "\n".join(lines)


def _row(name: str, counts: Counter[str]) -> str:
    found = counts.total() - counts["survived"]
    return f"{name:50} {counts.total():6} {found:6} {counts['killed by time-out']:4}  {found / counts.total():.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "mutation")
    parser.add_argument("--budget", type=float, default=120, help="seconds of tests, as measured, for a fault [120]")
    parser.add_argument("--again", action="store_true", help="run the survivors of the log again")
    parser.add_argument("--show", action="store_true", help="print the log and run nothing")
    arguments = parser.parse_args()
    if "CI" not in os.environ or os.environ.get("PYTHONHASHSEED") != "0":
        os.environ |= {"CI": "1", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        os.execv(sys.executable, [sys.executable, *sys.argv])
    run(arguments)


def run(arguments: argparse.Namespace) -> None:
    folder: Path = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{arguments.seed}.jsonl"
    records = {r["key"]: r for r in map(json.loads, log.read_text().splitlines())} if log.exists() else {}
    if not arguments.show:
        copy = make_copy(folder)
        os.environ |= {"PYTHONPATH": str(copy), "XDG_CACHE_HOME": str(folder / "cache")}
        sys.path.insert(0, str(copy))
        os.chdir(copy)
        import lark
        import networkx
        import numpy
        import pytest

        del lark, networkx, numpy, pytest  # imported once, so that no child has to; hypothesis would import causaldsl
        covered = Covered(folder / "covered.json", copy)
        drawn = sample(copy, arguments.sample, arguments.seed)
        for at, mutant in enumerate(drawn):
            key = mutant.key(arguments.seed)
            known = records.get(key)
            if known is not None and not (arguments.again and known["outcome"] == "survived"):
                continue
            begun = time.monotonic()
            shown = difference((copy / mutant.file).read_text("utf-8"), mutant)
            outcome, by = judge(mutant, copy, covered, arguments.budget, folder / "output.txt")
            found = {"outcome": outcome, "by": by, "seconds": round(time.monotonic() - begun, 1), "difference": shown}
            place = {"key": key, "file": mutant.file, "line": mutant.line, "function": mutant.function}
            records[key] = place | found
            with log.open("a") as file:
                file.write(json.dumps(records[key]) + "\n")
            print(f"{at + 1}/{len(drawn)} {mutant.file}:{mutant.line} {outcome} {by}", file=sys.stderr, flush=True)
        records = {key: records[key] for mutant in drawn if (key := mutant.key(arguments.seed))}
    print(summary(list(records.values()), arguments.seed))


if __name__ == "__main__":
    main()
