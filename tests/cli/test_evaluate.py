"""`evaluate`: tables, one document, sheets, and two runs side by side."""

import json
import re

import pytest
from click.testing import CliRunner
from PIL import Image

from causaldsl.cli import main
from causaldsl.evaluate.evaluation import RESULTS
from tests.evaluate.runs import small_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("runs") / "a")


def call(*arguments):
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def test_tables_say_what_the_document_says(run):
    done = call(run.folder, "-n", 40)
    assert done.exit_code == 0, done.output
    found = json.loads(call(run.folder, "--json").stdout)
    assert found == json.loads((run.folder / RESULTS).read_text())
    lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
    table = {line[0]: line for line in lines}
    figures = found["effectiveness"]
    assert table["Mustache"][1] == f"{figures['labels']['Mustache']:.3f}"
    assert f"mean {figures['mean']:.3f} (" in done.stdout
    assert len(table["do(Male=1)"]) == len(table["row"]) == 8
    (woman,) = (c for c in found["rare"] if c["labels"] == {"Male": 0, "Mustache": 1})
    assert table["Male=0, Mustache=1"][1:3] == [str(woman["rows"]), f"{woman['value']:.3f}"]
    fd = found["features"]["robust"]["fd"]
    assert table["FD[robust]"][1::2] == [f"{fd['value']:.4g}", f"{fd['floor']:.4g}"]
    assert table["FD[robust]"][-1] == "40"
    assert table["given Male=1"][1] == f"{found['diversity'][0]['value']:.2f}", "diversity is the last table"


def test_sheets_hold_a_row_a_level_and_are_not_replaced(run, tmp_path):
    folder = tmp_path / "sheets"
    assert call(run.folder, "-n", 40, "--sheets", folder).exit_code == 0
    for name in ("sweep.png", "diversity.png"):
        with Image.open(folder / name) as sheet:
            assert sheet.height > 4 * 96
            assert sheet.width > 10 * 96
    again = call(run.folder, "-n", 40, "--sheets", folder)
    assert again.exit_code == 2
    assert "--force replaces it" in again.stderr
    assert call(run.folder, "-n", 40, "--sheets", folder, "--force").exit_code == 0


def test_two_runs(run, tmp_path):
    other = small_run(tmp_path / "b", 1)
    done = call(run.folder, "--against", other.folder, "-n", 20, "--features", "random")
    assert done.exit_code == 0, done.output
    assert re.search(r"^FD\[random\] +[\d.]+ +[\d.]+ +[+-][\d.]+ +[+-][\d.]+ to [+-][\d.]+$", done.stdout, re.MULTILINE)
    said = call(run.folder, "--against", other.folder, "-n", 20, "--features", "random", "--json")
    assert json.loads(said.stdout)["against"]["run"] == str(other.folder)


def test_what_does_not_exist(run, tmp_path):
    wrong = call(run.folder, "--features", "randon")
    assert wrong.exit_code == 2
    assert "did you mean `random`?" in wrong.stderr
    assert call(run.folder, "--against", tmp_path / "nowhere").exit_code == 2
    assert call(run.folder, "-n", 3).exit_code == 2
