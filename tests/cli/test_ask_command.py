import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from causaldsl.cli import main


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.causal"
    path.write_text("binary X, Y, A, B; X <- A -> B -> Y; X -> Y\n", encoding="utf-8")
    return path


def document(*args: str | Path) -> dict[str, Any]:
    result = run("ask", "--json", *args)
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    assert found.pop("schema") == 1
    return found


def test_yes_and_no_are_both_fine(file: Path) -> None:
    result = run("ask", file, "X _||_ B | A")
    assert (result.exit_code, result.stdout) == (0, "true: every path between them is blocked\n")
    result = run("ask", file, "X _||_ B")
    assert (result.exit_code, result.stdout) == (0, "false: the path X <- A -> B is open\n")


def test_json(file: Path) -> None:
    assert document(file, "X _||_ B") == {
        "question": "X _||_ B",
        "answer": False,
        "reason": "the path X <- A -> B is open",
    }
    assert document(file, "adjustment X->Y") == {
        "question": "adjustment X -> Y",
        "sets": [["B"], ["A"]],
        "truncated": False,
    }


def test_a_list_that_was_cut(file: Path) -> None:
    result = run("ask", "--limit", "1", file, "adjustment X -> Y")
    assert (result.exit_code, result.stdout) == (0, "{B}\n...\n")
    assert "--limit" in result.stderr
    assert json.loads(run("ask", "--json", "--limit", "1", file, "adjustment X -> Y").stdout)["truncated"] is True


def test_what_cannot_be_asked(file: Path, tmp_path: Path) -> None:
    for question, said in (("X _||_ Z", "`Z` is not declared"), ("X ->", "error["), ("P(Y=1)", "no numbers")):
        result = run("ask", file, question)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr
    assert run("ask", tmp_path / "none.causal", "X _||_ Y").exit_code == 2
    no_run = run("ask", tmp_path, "X _||_ Y")
    assert no_run.exit_code == 2
    assert "is no run" in no_run.stderr


def test_the_folder_of_a_run_answers_for_its_graph(file: Path, tmp_path: Path) -> None:
    file.rename(tmp_path / "model.causal")
    assert run("ask", tmp_path, "ancestor A -> Y").stdout == "true: A -> X -> Y\n"


def test_graphs_are_asked_without_torch_and_networkx(file: Path) -> None:
    code = (
        "import sys; from causaldsl.cli import main\n"
        f"for q in ('X _||_ Y', 'adjustment X -> Y', 'ancestor A -> Y'):\n"
        f"    main(['ask', {str(file)!r}, q], standalone_mode=False)\n"
        "heavy = {'torch', 'numpy', 'networkx', 'pandas', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, sorted(heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
