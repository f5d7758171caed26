"""What the doctor finds, on this machine and on broken ones."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest
from click.testing import CliRunner

from causaldsl.cli import checkup, main
from causaldsl.cli.checkup import Package, PluginReport
from causaldsl.plugins import registry


def call(*arguments, **how):
    return CliRunner().invoke(main, ["doctor", *arguments], **how)


def test_here_nothing_is_broken():
    result = call()
    assert (result.exit_code, result.stderr) == (0, "nothing is broken\n")
    first = {line.split()[0] for line in result.stdout.splitlines() if not line.startswith(" ")}
    assert {"causaldsl", "python", "cores", "devices", "packages", "[lsp]", *registry.GROUPS} <= first
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_json_names_everything():
    found = json.loads(call("--json").stdout)
    assert (found["schema"], found["diagnostics"]) == (1, [])
    assert found["devices"][0] == "cpu"
    assert found["threads"] >= 1
    assert found["cores"] >= 1
    assert {p["name"] for p in found["packages"] if p["extra"] is None} >= {"click", "lark", "torch"}
    assert {p["extra"] for p in found["packages"]} >= {None, "lsp", "notebook", "testing"}
    named = {(p["group"], p["name"]) for p in found["plugins"]}
    assert named == {(group, name) for group in registry.GROUPS for name in registry.names(group)}
    assert all(p["broken"] is None for p in found["plugins"])


def test_a_broken_plugin_of_another_package_is_named(tmp_path):
    about = tmp_path / "cursed-0.3.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: cursed\nVersion: 0.3\n")
    (about / "entry_points.txt").write_text(
        "[causaldsl.mechanisms]\nneural = cursed:plugin\nhex = cursed_too:plugin\n[causaldsl.formats]\nrunes = cursed\n"
    )
    (tmp_path / "cursed.py").write_text("plugin = object()\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "causaldsl", "doctor", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    findings = json.loads(done.stdout)["diagnostics"]
    assert [f["code"] for f in findings] == ["C781", "C781", "C781", "C782"]
    said = "\n".join(f["message"] for f in findings)
    assert (
        "the mechanism plugin `hex` (cursed_too:plugin), which cursed 0.3 brings, is broken: it cannot be imported"
        in said
    )
    assert "No module named 'cursed_too'" in said
    assert (
        "`neural` (cursed:plugin), which cursed 0.3 brings, is broken: it has no `build`, `domains`, `learner`" in said
    )
    assert "the format plugin `runes`" in said
    assert "2 mechanisms are called `neural`" in said
    assert findings[0]["hint"] == "pip install --upgrade cursed, or pip uninstall cursed"
    for finding in findings:
        assert finding["message"] in done.stderr


@dataclass(frozen=True)
class Picky:
    size: int = 0

    def __post_init__(self):
        raise ValueError("size is at least 1")


class Reader:
    suffixes: ClassVar = (".x",)
    options: ClassVar = Picky

    def read(self, text, name):
        """Read."""


class Lines(Reader):
    options: ClassVar = 3


class Suffixes:
    suffixes: ClassVar = (".x",)


PLUGINS = {"reader": Reader(), "lines": Lines(), "suffixes": Suffixes(), "kind": Reader}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("reader", "its options have not all a default that is allowed: ValueError: size is at least 1"),
        ("lines", "its `options` are no dataclass"),
        ("suffixes", "it has no `read`"),
        ("kind", "is a class, and an instance is wanted"),
    ],
)
def test_what_makes_a_plugin_unfit(monkeypatch, name, reason):
    monkeypatch.setattr(EntryPoint, "load", lambda self: PLUGINS[self.name])
    entry = EntryPoint(name, "x:y", "causaldsl.formats")
    (report,) = checkup.plugins(lambda group: [entry] if group == "formats" else [])
    assert reason in report.broken
    (finding,) = checkup.plugin_findings([report])
    assert finding.code == "C781"
    assert reason in finding.message


def test_names_that_hide_each_other():
    one = PluginReport("formats", "dot", "a:plugin", "a 1")
    assert list(checkup.plugin_findings([one, one])) == []
    (finding,) = checkup.plugin_findings([one, replace(one, module="b:plugin", package="b 2")])
    assert (finding.code, finding.message) == ("C782", "2 formats are called `dot`: a 1 and b 2; one hides the other")
    assert list(checkup.plugin_findings([one, replace(one, group="datasets", module="b:plugin")])) == []


@pytest.mark.parametrize(
    ("package", "message"),
    [
        (Package("lark", ">=1.3,<2", None), "lark is not installed"),
        (Package("lark", ">=1.3,<2", "1.2.2"), "lark 1.2.2 is installed, and >=1.3,<2 is needed"),
        (Package("lark", ">=1.3,<2", "2.0"), "lark 2.0 is installed, and >=1.3,<2 is needed"),
        (Package("pillow", ">=10", "11.0"), "pillow 11.0 cannot be imported: ImportError: libjpeg.so.8: cannot open"),
        (Package("pygls", ">=2", "1.3", "lsp"), "pygls 1.3 is installed, and >=2 is needed"),
    ],
)
def test_what_is_missing_old_or_broken(package, message):
    def imported(name):
        assert name == "PIL"
        raise ImportError("libjpeg.so.8: cannot open")

    (finding,) = checkup.package_findings([package], imported)
    assert (finding.code, finding.severity, finding.message) == ("C780", "error", message)
    assert package.name in finding.hint


def test_an_extra_that_is_absent_is_no_finding():
    absent, new = Package("pygls", ">=2", None, "lsp"), Package("torch", ">=2.6", "2.13.0+cpu")
    assert list(checkup.package_findings([absent, new], lambda name: None)) == []


def test_a_folder_that_is_not_installed():
    (finding,) = checkup.package_findings([])
    assert "is not installed" in finding.message


def test_files_that_are_missing(monkeypatch):
    monkeypatch.setattr(checkup, "SHIPPED", (("docs", "errors.md"), ("grammar", "nothing.lark")))
    (finding,) = checkup.file_findings()
    assert (finding.code, finding.message) == ("C783", "grammar/nothing.lark, which causaldsl brings along, is missing")


def test_a_trial_that_fails(monkeypatch):
    assert list(checkup.trial_findings()) == []
    for text, reason in (
        ("binary A, B\nA := bernoulli(0.5)\nB := A\n", "P(B=1) is .75, and 0.5 came out"),
        ("binary A B", "CausalSyntaxError: "),
    ):
        monkeypatch.setattr(checkup, "TRIAL", text)
        (finding,) = checkup.trial_findings()
        assert finding.code == "C784"
        assert reason in finding.message
