"""Manners that all commands share: help with an example, quiet and verbose, colours, faults without tracebacks."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from causaldsl.cli import COMMANDS, main
from causaldsl.cli.manners import Polite, polite
from causaldsl.cli.talk import colour, painted, say, understood

ROOT = Path(__file__).parents[2]
LAWN = ROOT / "examples" / "lawn.causal"


def call(*arguments, **how):
    return CliRunner().invoke(main, [str(a) for a in arguments], **how)


def program(*arguments, **how):
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **how}
    return subprocess.Popen([sys.executable, "-m", "causaldsl", *map(str, arguments)], **how)


def command(name):
    found = main.get_command(click.Context(main), name)
    assert isinstance(found, Polite)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example(name):
    example = command(name).example
    assert shlex.split(example)[:2] == ["causaldsl", name]
    assert call(name, "--help").stdout.endswith(f"\nExample:\n  {example}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_little_or_much(name):
    flags = {flag for parameter in command(name).params for flag in parameter.opts}
    assert {"--quiet", "-q", "--verbose", "-v"} <= flags
    assert name in ("demo", "lsp", "serve") or "--json" in flags


def test_a_word_that_is_no_command_gets_a_hint():
    result = call("chek", LAWN)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean `check`?" in result.stderr


def test_quiet_and_verbose_stand_before_or_after_the_command():
    for before, after in (["-v"], []), ([], ["--verbose"]):
        result = call(*before, "check", LAWN, *after)
        assert re.fullmatch(r"check: \d+\.\d\d s\n", result.stderr)
    both = call("-q", "check", LAWN, "-v")
    assert both.exit_code == 2
    assert "contradict" in both.stderr


def test_quiet_says_results_and_errors_alone(tmp_path):
    assert "1 failed" in call("test", _file(tmp_path, "node A, B; A -> B; assert A _||_ B")).stderr
    quiet = call("test", _file(tmp_path, "node A, B; A -> B; assert A _||_ B"), "-q")
    assert (quiet.exit_code, quiet.stderr) == (1, "")
    assert "FAILS" in quiet.stdout
    assert "cannot be read" in call("-q", "check", tmp_path / "none.causal").stderr


def test_with_json_an_error_is_a_document_too(tmp_path):
    for arguments, code, message in (
        (["check", tmp_path / "none.causal"], "C700", "cannot be read"),
        (["ask", LAWN, "P(Rian)"], "C201", "`Rian` is not declared"),
        (["ask", LAWN], "C700", "Missing argument 'QUESTION'"),
    ):
        result = call(*arguments, "--json")
        assert result.exit_code == 2
        document = json.loads(result.stdout)
        assert document["schema"] == 1
        (finding,) = document["diagnostics"]
        assert finding["code"] == code
        assert message in finding["message"]
        assert message in result.stderr


def test_colours_are_for_terminals():
    text = "x.causal:1:2: error[C203]: a cycle\n  A -> A\n  ^^^^\n  hint: break it\nwarning[C251]: unused"
    assert click.unstyle(painted(text)) == text
    assert [line for line in painted(text).split("\n") if "\x1b" not in line] == ["  A -> A"]
    assert "\x1b" not in call("check", "none.causal").stderr
    forced = call("check", "none.causal", env={"FORCE_COLOR": "1", "NO_COLOR": None, "TERM": None})
    assert "\x1b[31m" in forced.stderr
    assert click.unstyle(forced.stderr) == call("check", "none.causal").stderr
    assert "\x1b" not in call("check", "none.causal", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stderr
    assert "\x1b" not in call("explain", "C203", env={"NO_COLOR": "1"}, color=True).stdout
    assert colour({"NO_COLOR": "", "FORCE_COLOR": ""}) is None
    assert colour({"TERM": "dumb", "FORCE_COLOR": "1"}) is False


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudoterminal")
def test_on_a_terminal_an_error_is_red_unless_no_color():
    import pty

    for extra, red in ({}, True), ({"NO_COLOR": "1"}, False):
        parent, child = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        environment |= {"TERM": "xterm", **extra}
        process = program("check", "none.causal", stdout=child, stderr=child, env=environment)
        os.close(child)
        assert process.wait(60) == 2
        assert (b"\x1b[31m" in os.read(parent, 10_000)) is red
        os.close(parent)


@pytest.mark.parametrize(
    ("fault", "code", "message", "exit_code"),
    [
        (KeyError("Rain"), "C770", "a fault of causaldsl, not of yours: KeyError: 'Rain' (test_manners.py:", 3),
        (AssertionError(), "C770", "not of yours: AssertionError (", 3),
        (MemoryError(), "C771", "the memory is full", 3),
        (UnicodeEncodeError("ascii", "a ± b", 2, 3, "no"), "C772", "writes ascii, which has no `±`", 2),
        (PermissionError(13, "Permission denied", "x.csv"), "C773", "x.csv: permission denied", 3),
        (RecursionError("maximum recursion depth exceeded"), "C770", "RecursionError", 3),
    ],
)
def test_no_fault_ends_in_a_traceback(monkeypatch, fault, code, message, exit_code):
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    def check(as_json):
        raise fault

    monkeypatch.setattr(main, "get_command", lambda *_: polite(check))
    result = call("check")
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert f"error[{code}]" in result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback (most recent call last)" in call("check", "--verbose").stderr
    assert json.loads(call("check", "--json").stdout)["diagnostics"][0]["code"] == code


def test_faults_of_ours_stay_as_they_are():
    error = understood(PermissionError(13, "Permission denied"))
    assert understood(error) is error


def test_warnings_of_libraries_are_a_line(monkeypatch):
    @click.command()
    def check():
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("long\n  and wide", UserWarning, stacklevel=1)
        say("a note")

    monkeypatch.setattr(main, "get_command", lambda *_: polite(check))
    assert call("check").stderr == "warning: long and wide\na note\n"
    assert call("check", "-q").stderr == ""


def test_ctrl_c_says_a_word(monkeypatch):
    @click.command()
    def check():
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "get_command", lambda *_: polite(check))
    result = call("check")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_in_a_process():
    code = (
        "import sys, causaldsl.cli.fmt as fmt; from causaldsl.cli import main\n"
        "read = fmt.stdin_text\n"
        "def announced():\n"
        "    print('reading', flush=True)\n"
        "    return read()\n"
        "fmt.stdin_text = announced\n"
        "main(['fmt', '-'])"
    )
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout.readline() == "reading\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "interrupted\n")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["explain"], ["--help"], ["check", LAWN, "--json"]])
def test_a_full_disk_behind_standard_output_is_said(arguments):
    with Path("/dev/full").open("w") as full:
        process = program(*arguments, stdout=full)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert said == "error[C850]: standard output cannot be written: no space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs /dev/full")
def test_a_full_disk_behind_out_is_said(tmp_path):
    for name, arguments in (
        ("x.csv", ["sample", LAWN, "-n", 5, "--out"]),
        ("x.svg", ["show", LAWN, "--out"]),
        ("x.dot", ["convert", LAWN]),
    ):
        (tmp_path / name).symlink_to("/dev/full")
        result = call(*arguments, tmp_path / name)
        assert result.exit_code == 3
        assert "no space left on device" in result.stderr
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe that breaks")
def test_a_reader_that_leaves_stops_nothing(tmp_path):
    failing = _file(tmp_path, "node A, B; A -> B; assert A _||_ B\n" * 1)
    for arguments, code in ((["explain"], 0), (["test", failing], 1), (["check", LAWN], 0)):
        reading, writing = os.pipe()
        os.close(reading)
        process = program(*arguments, stdout=writing)
        os.close(writing)
        _, said = process.communicate(timeout=60)
        assert process.returncode == code
        assert "Broken pipe" not in said
        assert "Traceback" not in said


def test_a_letter_that_the_terminal_lacks(tmp_path):
    file = _file(tmp_path, "node Ω")
    process = program("show", file, env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert "error[C772]" in said
    assert "PYTHONUTF8=1" in said


@pytest.mark.skipif(os.name == "nt", reason="needs /dev/null")
def test_devices_and_folders_as_output(tmp_path):
    assert call("convert", LAWN, "/dev/null", "--to", "dot").exit_code == 0
    assert Path("/dev/null").is_char_device()
    (tmp_path / "d.dot").mkdir()
    result = call("convert", LAWN, tmp_path / "d.dot", "--force")
    assert result.exit_code == 2
    assert "is a folder" in result.stderr


def _file(folder, text):
    (folder / "x.causal").write_text(text, encoding="utf-8")
    return folder / "x.causal"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_command_with_a_word(number, monkeypatch):
    monkeypatch.setattr("causaldsl.cli.show.read_file", lambda *_, **__: signal.raise_signal(number))
    monkeypatch.setattr(
        signal, "getsignal", lambda _: signal.SIG_DFL
    )  # pytest may run below something that has its own
    done = call("show", LAWN)
    assert (done.exit_code, done.stderr) == (130, "interrupted\n")
