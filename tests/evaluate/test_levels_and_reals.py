"""A whole evaluation of a picture whose causes have levels and are real."""

import json

import pytest
from click.testing import CliRunner

from causaldsl.cli import main
from causaldsl.evaluate.comparison import figures
from causaldsl.evaluate.evaluation import FORMAT, KINDS, RESULTS, evaluate, judge_path
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.tables import tables
from causaldsl.report.page import write_report
from causaldsl.train.files import write_json
from tests.evaluate.squares import CORNERS, run_of_squares


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_of_squares(tmp_path_factory.mktemp("squares"))


@pytest.fixture(scope="module")
def found(run):
    return evaluate(run, n=60)


def test_every_cause_is_read(run, found):
    assert found["notes"] == []
    assert set(found["effectiveness"]["labels"]) == {"corner", "light"}
    error = found["errors"]["bright"]
    assert error["value"] == max(error["by_judge"].values())
    assert error["interval"][0] < error["value"] < error["interval"][1]
    assert error["guess"] == pytest.approx(37.5, rel=0.5), "of a uniform law of width 150"
    for kind in KINDS:
        about = found["judges"][kind]
        assert about["n"] == 40
        assert about["balanced_accuracy"]["corner"] > 0.9
        assert about["errors"]["bright"]["value"] < 15
    assert json.loads((run.folder / RESULTS).read_text()) == json.loads(json.dumps(found))
    assert evaluate(run) == json.loads(json.dumps(found)), "it is kept"


def test_rows_and_tables_call_levels_by_name(found):
    about = [(row["label"], row["level"]) for row in found["rows"] if row["kind"] == "do"]
    assert about == [*(("corner", corner) for corner in CORNERS), ("light", 1)]
    assert list(found["rows"][0]["read"]) == [*(f"corner={corner}" for corner in CORNERS), "light"]
    assert {one["level"] for one in found["diversity"] if one["label"] == "corner"} == set(CORNERS)
    shown = tables(found)
    assert [row[0] for row in shown["labels"].rows] == ["corner", "light"]
    (row,) = shown["errors"].rows
    assert row[0] == "bright"
    assert len(row) == len(shown["errors"].header) == 8
    assert shown["rows"].rows[0][0] == "do(corner=top left)"
    assert figures(found)["bright read off by"].value == found["errors"]["bright"]["value"]


def test_what_a_user_sees(run, found, tmp_path):
    done = CliRunner().invoke(main, ["evaluate", str(run.folder)])
    assert done.exit_code == 0, done.output
    assert "mean absolute error in the cause's own units; of the judges the greater counts" in done.stdout
    write_report(run, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    for piece in ("<h3>corner=below</h3>", "<h3>light</h3>", "given corner=top right", "<th>read off by</th>"):
        assert piece in page
    assert f"bright is read off by {found['errors']['bright']['value']:.3g} on average; guessing" in page


def test_judges_that_do_not_read_every_cause_are_trained_anew(run, found):
    Judge("plain", {"light": 2}, 32, 1).save(judge_path(run, "plain"))
    write_json(run.folder / RESULTS, {**found, "format": FORMAT - 1})
    said = []
    again = evaluate(run, said.append, n=60)
    assert [line for line in said if "training" in line] == ["training the plain judge on 240 pictures"]
    assert again["judges"] == found["judges"], "the same seed"
