"""The pytest plugin: what it collects, what it says, and that nobody else notices it."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import causaldsl as cd
from causaldsl.train.run import save_weights
from tests.runs import begun

pytest_plugins = ["pytester"]

LAWN = """binary Rain, Sprinkler, Wet
Rain := bernoulli(0.3)
Sprinkler | Rain := [[0.5, 0.5], [0.9, 0.1]]
Wet | Rain, Sprinkler := [[1, 0], [0.1, 0.9], [0.2, 0.8], [0.01, 0.99]]
assert not Rain _||_ Sprinkler
assert P(Wet=1 | do(Sprinkler=1)) == 0.927 within 1e-6
"""
LEARNED = "binary A, B\nA -> B\nassert ancestor A -> B\nassert P(B=1) >= 0\n"


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Pytester forgets what is imported under it, and torch cannot be imported twice."""
    import_module("causaldsl.testing.items")
    import_module("hypothesis")
    cd.compile(cd.parse(LAWN)).ask("P(Wet=1)")


@pytest.fixture
def write(pytester: pytest.Pytester):
    def write(**texts: str) -> None:
        for name, text in texts.items():
            pytester.makefile(".causal", **{name: text})

    return write


def test_each_assertion_is_a_test(pytester, write):
    write(lawn=LAWN)
    result = pytester.runpytest("-v", "lawn.causal")
    result.stdout.fnmatch_lines_random(
        [
            "lawn.causal::assert[[]not Rain _||_ Sprinkler[]] PASSED *",
            "lawn.causal::assert[[]P(Wet=1 | do(Sprinkler=1)) == 0.927 within 1e-06[]] PASSED *",
        ]
    )
    result.assert_outcomes(passed=2)


def test_one_can_be_chosen(pytester, write):
    write(lawn=LAWN + "assert P(Wet=1 | do(Sprinkler=1)) > 2\n")
    pytester.runpytest("lawn.causal::assert[not Rain _||_ Sprinkler]").assert_outcomes(passed=1)
    pytester.runpytest("lawn.causal", "-k", "0.927").assert_outcomes(passed=1)


def test_a_failure_has_a_place_a_reason_and_a_way_out(pytester, write):
    write(lawn=LAWN + "assert Rain _||_ Wet | Sprinkler\nassert P(Rain=1) > 0.5\nassert ancestor Wet -> Rain\n")
    result = pytester.runpytest("lawn.causal")
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(
        [
            "lawn.causal:7:8: error*`Rain _||_ Wet | Sprinkler` does not hold: the path Rain -> Wet is open",
            "  assert Rain _||_ Wet | Sprinkler",
            "         ^^^^^^^^^^^^^^^^^^^^^^^^^",
            "lawn.causal:8:8: error*`P(Rain=1) > 0.5` does not hold: 0.3 against 0.5, a difference of -0.2",
            "lawn.causal:9:8: error*",
            "  hint: `ancestor Rain -> Wet` holds",
            "FAILED lawn.causal::assert[[]Rain _||_ Wet | Sprinkler[]]*",
        ]
    )
    assert "items.py" not in result.stdout.str(), "a traceback of ours is nobody's business"


def test_the_reason_is_kept_where_it_holds_too(pytester, write):
    write(lawn=LAWN)
    items, _ = pytester.inline_genitems("lawn.causal")
    assert [item.location[:2] for item in items] == [("lawn.causal", 4), ("lawn.causal", 5)]
    items[0].runtest()
    assert items[0].user_properties == [("reason", "the path Rain -> Sprinkler is open")]


def test_a_text_with_errors_is_one_failing_test(pytester, write):
    write(bad="binary A\nA -> B\nassert A _||_ C\n", syntax="binary A -> B\n")
    result = pytester.runpytest("-v", "bad.causal", "syntax.causal")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["bad.causal::is read FAILED *", "bad.causal:2:6: error[[]C201[]]*", "bad.causal:3:15: error[[]C201[]]*"]
    )
    result.stdout.fnmatch_lines(["syntax.causal:1:10: error*"])


def test_what_has_to_be_learned_is_skipped_and_a_run_judges_it(pytester, write):
    write(learned=LEARNED, other="binary A, B; B -> A; assert P(B=1) >= 0")
    result = pytester.runpytest("learned.causal", "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*learned.causal:4: it is about numbers: `--causal-run DIR` judges it*"])
    save_weights(begun("run", cd.compile(cd.parse(LEARNED)), LEARNED, labels_only=True))
    pytester.runpytest("learned.causal", "--causal-run", "run").assert_outcomes(passed=2)
    for file, run, said in (
        ("other.causal", "run", "*was trained on another graph than other.causal*"),
        ("other.causal", "nowhere", "*nowhere is no run*"),
    ):
        result = pytester.runpytest(file, "--causal-run", run)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines([said])


def test_what_no_number_answers_is_skipped(pytester, write):
    write(zero="binary X, Y; X := 0; Y := X\nassert P(Y=1 | X=1) > 0.5\n")
    result = pytester.runpytest("zero.causal", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*zero.causal:2: X=1 has probability zero"])


def test_files_that_nobody_asked_for_are_left_alone(pytester, write):
    write(lawn=LAWN, bad="binary A -> B")
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.runpytest(".").assert_outcomes(passed=1)
    pytester.makeini("[pytest]\ncausal_files = true\n")
    pytester.runpytest().assert_outcomes(passed=3, failed=1)


def test_a_file_may_use_others_wherever_pytest_starts(pytester, write):
    folder = pytester.mkdir("graphs")
    (folder / "labels.causal").write_text("binary A, B\nA -> B\n")
    (folder / "main.causal").write_text('use "labels.causal"\nassert ancestor A -> B\nassert B _||_ A\n')
    result = pytester.runpytest("graphs/main.causal")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["graphs/main.causal:3:8: *"])


PROBE = """
import sys
import pytest

class Loaded:
    def pytest_unconfigure(self):
        assert "causaldsl.testing.plugin" in sys.modules, "the entry point is installed"
        heavy = {"torch", "hypothesis", "networkx", "lark", "numpy", "causaldsl.graph"} & set(sys.modules)
        print("loaded:", sorted(heavy))

# hypothesis has a plugin of its own, which loads parts of it
sys.exit(pytest.main(["-p", "no:hypothesispytest", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[Loaded()]))
"""


def probed(*args: str, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", before + PROBE, *args], capture_output=True, text=True, check=False)


def test_pytest_starts_as_light_as_before(pytester):
    pytester.makepyfile("def test_it(): pass")
    result = probed("-q")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "loaded: []" in result.stdout


def test_without_torch_the_graph_is_judged_all_the_same(pytester, write):
    write(lawn=LAWN)
    result = probed("lawn.causal", "-rs", before="import sys; sys.modules['torch'] = None\n")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed, 1 skipped" in result.stdout
    assert "lawn.causal:6: it is about numbers, and torch is not installed" in result.stdout


def test_the_names_of_the_room_come_when_they_are_asked_for():
    code = (
        "import sys, causaldsl.testing as t\n"
        "assert not {'hypothesis', 'torch'} & set(sys.modules)\n"
        "assert list(t.__all__) == sorted(t.__all__) and set(t.__all__) <= set(dir(t))\n"
        "t.graphs; assert 'torch' not in sys.modules\n"
        "sys.modules['hypothesis'] = None; del sys.modules['causaldsl.testing.random_graphs']\n"
        "try: t.graphs\n"
        "except ImportError as e: print(e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path.cwd())
    assert done.stdout.strip() == "`graphs` needs hypothesis: pip install 'causaldsl[testing]'", done.stderr
