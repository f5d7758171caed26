import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from causaldsl.cli import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "celeba.causal"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str, name: str = "x.causal") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_a_fine_file() -> None:
    result = run("check", EXAMPLE)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{EXAMPLE}: ok, 10 nodes, 23 edges\n"


def test_findings_are_talk_and_exit_with_one(write: Any) -> None:
    bad, good = write("binary A, B\nA -> Bb\nB -> Cc\n", "bad.causal"), write("node A", "good.causal")
    result = run("check", bad, good)
    assert result.exit_code == 1
    assert result.stdout == f"{good}: ok, 1 node, 0 edges\n"
    assert [line.split(": ")[1] for line in result.stderr.splitlines() if ": error[" in line] == ["error[C201]"] * 2
    assert f"{bad}: 2 errors" in result.stderr


def test_warnings_pass_unless_strict(write: Any) -> None:
    file = write("latent U; node A")
    assert run("check", file).exit_code == 0
    assert "warning[C251]" in run("check", file).stderr
    strict = run("check", "--strict", file)
    assert strict.exit_code == 1
    assert "error[C251]" in strict.stderr


def test_strict_leaves_what_is_allowed(write: Any) -> None:
    assert run("check", "--strict", write("latent U; node A  # allow: C251")).exit_code == 0
    idle = run("check", "--strict", write("node A  # allow: C251"))
    assert idle.exit_code == 1
    assert "error[C460]" in idle.stderr


def test_json_is_one_document(write: Any) -> None:
    file = write(
        "binary A, B\nlatent U; node N\nA -> B; A <-> B; U -> A, N\n"
        "categorical H {x, y}; H ~ wgan\nreal R in [0, 2.5]\n"
    )
    result = run("check", "--json", file)
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    assert document["files"] == [
        {
            "file": str(file),
            "ok": True,
            "diagnostics": [],
            "nodes": [
                {"name": "A", "domain": "binary", "parents": ["U"], "mechanism": "neural"},
                {"name": "B", "domain": "binary", "parents": ["A"], "mechanism": "neural"},
                {"name": "U", "domain": None, "parents": [], "mechanism": None},
                {"name": "N", "domain": None, "parents": ["U"], "mechanism": None},
                {"name": "H", "domain": "categorical {x, y}", "parents": [], "mechanism": "wgan"},
                {"name": "R", "domain": "real in [0, 2.5]", "parents": [], "mechanism": "neural"},
            ],
            "edges": [["U", "A", "->"], ["A", "B", "->"], ["U", "N", "->"], ["A", "B", "<->"]],
            "latent": ["U"],
        }
    ]


def test_json_of_findings(write: Any) -> None:
    file = write("binary Mustache\n\tMustache -> Mustashe\n")
    result = run("check", "--json", file)
    assert result.exit_code == 1
    (report,) = json.loads(result.stdout)["files"]
    assert (report["ok"], report["nodes"], report["edges"], report["latent"]) == (False, [], [], [])
    assert report["diagnostics"] == [
        {
            "file": str(file),
            "code": "C201",
            "severity": "error",
            "message": "`Mustashe` is not declared",
            "line": 2,
            "column": 14,
            "end_line": 2,
            "end_column": 22,
            "hint": "did you mean `Mustache`?",
        }
    ]


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    result = run("check", tmp_path / "none.causal")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "none.causal cannot be read" in result.stderr


def test_columns_of_a_table(write: Any) -> None:
    table, file = write("A,Mustache\n0,1\n", "x.csv"), write("binary A, Mustahce; A -> Mustahce")
    result = run("check", file, "--data", table)
    assert result.exit_code == 1
    assert "did you mean `Mustache`?" in result.stderr
    assert run("check", file, "--data", "no-such-data").exit_code == 2


def test_check_imports_no_torch_and_no_networkx() -> None:
    code = (
        "import sys; from causaldsl.cli import main\n"
        f"main(['check', {str(EXAMPLE)!r}], standalone_mode=False)\n"
        "assert not {'torch', 'numpy', 'networkx', 'pydot', 'pandas'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
