"""`causaldsl test` and what `check` says of assertions."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from causaldsl.cli import main

GOOD = "binary X, Y, Z; Z -> X, Y; X -> Y\nassert adjustment X -> Y | Z\nassert not Z _||_ Y\n"
BAD = GOOD + "assert adjustment X -> Y | {}\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str, name: str = "x.causal") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_assertions_that_hold(write: Any) -> None:
    file = write(GOOD)
    result = run("test", file)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{file}:2: holds: adjustment X -> Y | Z (given Z, no path that is not causal is open)",
        f"{file}:3: holds: not Z _||_ Y (the path Z -> Y is open)",
    ]
    assert result.stderr == "2 assertions, none failed\n"
    assert run("check", file).exit_code == 0


def test_one_that_fails(write: Any) -> None:
    good, bad = write(GOOD), write(BAD, "bad.causal")
    result = run("test", good, bad)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        f"{bad}:4: FAILS: adjustment X -> Y | {{}} (the path X <- Z -> Y is open)"
    )
    assert result.stderr == "5 assertions, 1 failed\n"
    checked = run("check", bad)
    assert checked.exit_code == 1
    assert f"{bad}:4:8: error[C330]" in checked.stderr


def test_json(write: Any) -> None:
    file = write(BAD)
    result = run("test", "--json", file)
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    assert document["assertions"][2] == {
        "file": str(file),
        "line": 4,
        "text": "adjustment X -> Y | {}",
        "holds": False,
        "reason": "the path X <- Z -> Y is open",
    }
    assert [a["holds"] for a in document["assertions"]] == [True, True, False]


def test_what_is_not_judged_fails_only_with_strict(write: Any) -> None:
    file = write("binary X, Y; X -> Y; assert P(Y=1) > 0.5")
    result = run("test", "--json", file)
    (judged,) = json.loads(result.stdout)["assertions"]
    assert (result.exit_code, judged["holds"]) == (0, None)
    assert "--run" in judged["reason"]
    assert run("test", "--strict", file).exit_code == 1
    assert run("check", file).exit_code == 0


def test_a_text_with_errors_and_a_run_that_is_none(write: Any, tmp_path: Path) -> None:
    assert run("test", write("binary X; X -> Y")).exit_code == 1
    assert run("test", tmp_path / "none.causal").exit_code == 2
    numeric = write("binary X, Y; X -> Y; assert P(Y=1) > 0.5")
    assert run("test", numeric, "--run", numeric).exit_code == 2
    assert run("test", numeric, "--run", tmp_path / "none").exit_code == 2
    assert run("test", write("binary X, Y; X -> Y"), "--run", tmp_path / "none").exit_code == 2


def test_a_run_of_another_graph(write: Any, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write("binary X, Y; Y -> X", "run/model.causal")
    result = run("test", write("binary X, Y; X -> Y; assert P(Y=1) > 0.5"), "--run", tmp_path / "run")
    assert result.exit_code == 2
    assert "another graph" in result.stderr


SIMULATOR = """binary X, Y, Z
Z := bernoulli(0.5)
X | Z := [[0.8, 0.2], [0.3, 0.7]]
Y | X, Z := [[0.9, 0.1], [0.6, 0.4], [0.5, 0.5], [0.2, 0.8]]
assert P(Y=1 | do(X=1)) == 0.65 within 1e-6
assert P(Y=1 | X=1) == P(Y=1 | do(X=1)) within 0.01
assert P(Y=1 | X=1, do(Z := 0*Z)) > 0
assert not X _||_ Y
"""


def test_a_simulator_judges_its_numbers(write: Any) -> None:
    result = run("test", "--json", write(SIMULATOR))
    assert result.exit_code == 1
    judged = json.loads(result.stdout)["assertions"]
    assert [a["holds"] for a in judged] == [True, False, True, True]
    assert judged[1]["reason"].startswith("0.733333 against 0.65")
    assert run("ask", write(SIMULATOR), "P(Y=1 | do(X=1))").stdout.startswith("P(Y=1 | do(X=1)) = 0.65")


def test_what_has_probability_zero_is_not_judged(write: Any) -> None:
    result = run("test", "--json", write("binary X, Y; X := 0; Y := X\nassert P(Y=1 | X=1) > 0.5\n"))
    assert (result.exit_code, json.loads(result.stdout)["assertions"][0]["holds"]) == (0, None)
