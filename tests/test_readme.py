"""What README shows is what happens."""

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

import causaldsl as cd
from causaldsl.cli import COMMANDS, main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.S).group(1)


def test_the_text_is_the_example():
    shown = cd.parse(block("causal"))
    example = cd.load(Path(__file__).parents[1] / "examples" / "faces.causal")
    assert shown.edges == example.edges
    assert shown.nodes == example.nodes


def test_the_message_is_the_one_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = ["binary Young, Male, Bald, Mustache", "", "", "", "", "Young, Male -> Bald, Mustahce"]
    Path("faces.causal").write_text("\n".join(lines))
    said = CliRunner().invoke(main, ["check", "faces.causal"]).stderr
    assert block("console").split("\n", 1)[1].strip() in said


def test_the_answers_are_those_shown(monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[1])
    blocks = re.findall(r"```console\n(.*?)```", README, re.S)[1:]
    shown = [part.split("\n", 1) for block in blocks for part in block.removeprefix("$ ").split("\n$ ")]
    assert len(shown) >= 6
    for command, answer in shown:
        assert CliRunner().invoke(main, shlex.split(command)[1:]).stdout.strip() == answer.strip()


def test_the_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block("python"), "README.md", "exec"), {})
    assert (tmp_path / "runs" / "lawn" / "run.json").exists()


def test_the_commands_exist():
    used = set(re.findall(r"^causaldsl (\w+)", README, re.M))
    assert used <= set(COMMANDS)
