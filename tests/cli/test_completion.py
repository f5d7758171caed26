"""What the shell offers, asked as each shell asks it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class
from click.testing import CliRunner

from causaldsl.catalogue import entries
from causaldsl.cli import COMMANDS, main
from causaldsl.cli.completion import SHELLS
from causaldsl.plugins.registry import names

LAWN = str(Path(__file__).parents[2] / "examples" / "lawn.causal")


def offered(arguments, incomplete="", shell="bash"):
    complete = get_completion_class(shell)(main, {}, "causaldsl", "_CAUSALDSL_COMPLETE")
    return [(item.type, item.value) for item in complete.get_completions(arguments, incomplete)]


def plain(arguments, incomplete=""):
    return [value for kind, value in offered(arguments, incomplete) if kind == "plain"]


def test_commands_and_options():
    assert plain([], "co") == ["compare", "compile", "completion", "convert"]
    assert set(plain([])) == set(COMMANDS)
    assert plain(["check"], "--str") == ["--strict"]


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", LAWN], ["fmt"], ["show"], ["compile"], ["ask"], ["test"], ["test", LAWN, "--run"], ["sample"],
     ["convert"], ["convert", LAWN], ["train"], ["compare"], ["report"], ["evaluate"], ["serve"],
     ["show", LAWN, "--out"], ["train", LAWN, "--config"], ["sample", LAWN, "--out"], ["check", LAWN, "--root"]],
    ids=" ".join,
)  # fmt: skip
def test_where_a_file_is_wanted_the_shell_completes_files(arguments):
    assert offered(arguments, "exa") == [("file", "exa")]


def test_formats_data_sets_codes_and_config_keys():
    assert plain(["convert", LAWN, "-", "--to"]) == list(names("formats"))
    assert plain(["convert", LAWN, "x", "--from"], "da") == ["dagitty"]
    for command in (["train", LAWN], ["check", LAWN], ["compare", LAWN]):
        assert offered([*command, "--data"], "fac") == [("file", "fac"), ("plain", "faces")]
    assert plain(["explain"], "C20") == [code for code in entries() if code.startswith("C20")]
    stage = ["images.steps=", "images.batch=", "images.learning_rate=", "images.accumulate="]
    assert plain(["train", LAWN, "--set"], "images.") == stage
    assert plain(["quickstart", "--preset"]) == ["smoke", "standard"]


def test_nodes_of_the_file_that_was_named(tmp_path):
    for command in ("sample", "show"):
        for option in ("--do", "--given"):
            assert plain([command, LAWN, option]) == ["Cloudy", "Rain", "Sprinkler", "Wet"]
    assert plain(["sample", LAWN, "--do", "Rain=1", "--given"], "W") == ["Wet"]
    broken = tmp_path / "broken.causal"
    broken.write_text("binary A B")
    for source in ([str(broken)], [str(tmp_path)], [str(tmp_path / "none.causal")], []):
        assert plain(["sample", *source, "--do"]) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(shell):
    result = CliRunner().invoke(main, ["completion", shell, "--json"])
    document = json.loads(result.stdout)
    assert (document["schema"], document["shell"]) == (1, shell)
    assert f"_CAUSALDSL_COMPLETE={shell}_complete" in document["script"]
    assert CliRunner().invoke(main, ["completion", shell]).stdout == document["script"] + "\n"


ASKING = {
    "bash": (
        "COMP_WORDS=(causaldsl conv); COMP_CWORD=1; _causaldsl_completion causaldsl; echo ${COMPREPLY[@]}",
        "convert",
    ),
    "fish": ("complete --do-complete 'causaldsl conv'", "convert"),
    "zsh": (None, None),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_in_the_shell_itself(shell, tmp_path):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"needs {shell}")
    (tmp_path / "causaldsl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m causaldsl "$@"\n')
    (tmp_path / "causaldsl").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    question, answer = ASKING[shell]
    if question is None:  # zsh completes at a prompt alone; that the script is zsh is what can be asked
        done = subprocess.run(
            [program, "-n"], input=script, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return
    whole = f"{script}\n{question}\n"
    done = subprocess.run([program], input=whole, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split()[:1] == [answer], done.stderr
