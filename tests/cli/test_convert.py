import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from causaldsl.cli import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "celeba.causal"


def run(*args: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["convert", *map(str, args)], input=stdin)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str, name: str = "x.causal") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_endings_say_the_formats_and_what_is_lost_is_talk(write: Any, tmp_path: Path) -> None:
    out = tmp_path / "x.dot"
    result = run(write("node A, B; A -> B; query P(B)"), out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "lost: query P(B)\n")
    assert out.read_text() == 'digraph {\n  "A"\n  "B"\n  "A" -> "B"\n}\n'
    back = run(out, "-", "--to", "causal")
    assert (back.exit_code, back.stdout, back.stderr) == (0, "node A, B\n\nA -> B\n", "")


def test_standard_input_and_output(write: Any) -> None:
    result = run("-", "-", "--from", "dot", "--to", "causal", stdin="digraph { größe -> b }")
    assert (result.exit_code, result.stdout) == (0, "node größe, b\n\ngröße -> b\n")
    file = write("node A")
    for arguments in (("-", "x.causal"), (file, "-"), (file, "-", "--to", "dot", "--json")):
        assert run(*arguments, stdin="node A").exit_code == 2
    assert run("-", "-", "--from", "dot", "--to", "causal", stdin=b"\xff").exit_code == 2


def test_json(write: Any, tmp_path: Path) -> None:
    result = run(write("node A, B; latent U; A -> B; query P(B)"), tmp_path / "x.dot", "--json")
    document = json.loads(result.stdout)
    assert (document["schema"], document["lost"]) == (1, ["query P(B)"])
    assert [finding["code"] for finding in document["diagnostics"]] == ["C251"]
    assert "lost" not in result.stderr
    assert "warning[C251]" in result.stderr


def test_existing_output_stays_unless_forced(write: Any, tmp_path: Path) -> None:
    file, out = write("node A"), write("mine", "x.dot")
    assert run(file, out).exit_code == 2
    assert out.read_text() == "mine"
    assert run(file, out, "--force").exit_code == 0
    assert out.read_text().startswith("digraph")
    assert run(file, tmp_path / "no" / "x.dot").exit_code == 2


def test_nothing_is_written_of_a_broken_text(write: Any, tmp_path: Path) -> None:
    file, out = write("digraph { a -> b", "x.dot"), tmp_path / "x.causal"
    result = run(file, out)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{file}:1:17: error[C120]")
    assert not out.exists()
    assert run(write("A -> B", "b.causal"), out).exit_code == 1
    assert not out.exists()


def test_missing_files_and_unknown_formats(write: Any, tmp_path: Path) -> None:
    file = write("node A")
    assert run(tmp_path / "none.causal", "x.dot").exit_code == 2
    result = run(file, tmp_path / "x.dto")
    assert result.exit_code == 2
    assert "did you mean `.dot`?" in result.stderr
    result = run(file, tmp_path / "x", "--to", "dott")
    assert result.exit_code == 2
    assert "did you mean `dot`?" in result.stderr
    result = run(write("node A", "x.txt"), tmp_path / "y.dot")
    assert result.exit_code == 2
    assert "does not say in which format it is read\n  hint: choose one by `--from`: " in result.stderr
    assert run(tmp_path / "x.txt", tmp_path / "y.dot", "--from", "causal").exit_code == 0


def test_first_words_say_what_an_ending_does_not(write: Any, tmp_path: Path) -> None:
    assert run(write("// a comment\ndigraph G { a -> b }", "x.txt"), tmp_path / "y.causal").exit_code == 0
    assert (tmp_path / "y.causal").read_text() == "model G\n\nnode a, b\n\na -> b\n"


def test_a_model_in_several_files_is_read_whole(write: Any, tmp_path: Path) -> None:
    write("binary A", "a.causal")
    file = write('use "a.causal"; binary B; A -> B', "b.causal")
    result = run(file, "-", "--to", "causal")
    assert result.stdout == "binary A, B\n\nA -> B\n"


@pytest.mark.parametrize("text", ["digraph { a -> b }", "dag { a -> b }"])
def test_the_hint_of_check_is_a_command_that_works(
    text: str, write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(text, "my graph.causal")
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(main, ["check", file.name]).stderr
    command = said.partition("hint: `causaldsl ")[2].partition("`")[0]
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.exit_code == 0, (command, result.stderr)
    assert (tmp_path / "OUT.causal").read_text().endswith("node a, b\n\na -> b\n")


def test_no_torch_and_no_networkx() -> None:
    code = (
        "import sys; from causaldsl.cli import main\n"
        f"main(['convert', {str(EXAMPLE)!r}, '-', '--to', 'dot'], standalone_mode=False)\n"
        "assert not {'torch', 'numpy', 'networkx', 'pydot', 'pandas'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=os.environ)
