"""Titled rows, and the page of a small run."""

import json
import re
import shutil

import numpy as np
import pytest
import torch

import causaldsl as cd
from causaldsl.errors import RunError, UsageError
from causaldsl.evaluate.evaluation import FORMAT, RESULTS, evaluate
from causaldsl.measure.interval import Measured, wilson
from causaldsl.report.asked import answered
from causaldsl.report.asked import judged as judged_by
from causaldsl.report.marginals import Beside, Marginal
from causaldsl.report.page import MOST_PAIRS, MOST_SWEPT, write_report
from causaldsl.report.sheets import titled_rows
from causaldsl.report.weak import weak_spots
from causaldsl.resources import DEMO
from causaldsl.scm.pictures import sheet
from causaldsl.train.config import read_config
from tests.evaluate.squares import run_of_squares

SHORT = read_config(settings=["labels.steps=60", "images.steps=2", "images.batch=8"])
PICTURES = "binary A, B\nimage Face[3, 32, 32]\nA -> B\nA, B -> Face\nFace ~ r3gan(width=4, latent=4)\n"


@pytest.fixture
def judged(tmp_path):
    """A run with an evaluation written by hand."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, 64)
    data = {"A": a, "B": a ^ (rng.random(64) < 0.2), "Face": rng.integers(0, 256, (64, 3, 32, 32), dtype=np.uint8)}
    run = cd.fit(cd.compile(cd.parse(PICTURES)), data, out=tmp_path / "run", config=SHORT)
    figures = {"A": 0.95, "B": 0.8}
    exact = {("A", "do"): 0.6, ("A", "given"): 0.6, ("B", "do"): 0.5, ("B", "given"): 0.9}
    rows = []
    for (name, kind), p in exact.items():
        shares = {"A": 1.0, "B": p} if name == "A" else {"A": p, "B": 1.0}
        spans = {label: [max(0, share - 0.01), min(1, share + 0.01)] for label, share in shares.items()}
        row = {"label": name, "level": 1, "kind": kind, "exact": shares, "raw": shares, "read": shares, "n": 5000}
        whole = {"value": 0.875, "interval": [0.87, 0.88], "n": 5000}
        rows.append({**row, "intervals": spans, "effective": figures, "whole": whole})
    about = {"accuracy": figures, "accuracy_worn": figures, "balanced_accuracy": figures, "n": 100}
    figure = {"value": 0.5, "interval": [0.4, 0.6], "n": 5000}
    spans = {label: wilson(share, 5000) for label, share in figures.items()}
    effectiveness = {"mean": 0.875, "interval": [0.87, 0.88], "labels": figures, "intervals": spans, "n": 5000}
    likeness = {name: {**figure, "floor": 0.7} for name in ("fd", "kid", "precision", "recall", "density", "coverage")}
    document = {
        "schema": 1,
        "format": FORMAT,
        "n": 5000,
        "image": "Face",
        "effectiveness": {**effectiveness, "by_judge": {"robust": figures}},
        "errors": {},
        "rows": rows,
        "judges": {"robust": {**about, "intervals": spans}},
        "rare": [{"labels": {"A": 1, "B": 0}, "rows": 3, **figure}],
        "features": {"robust": {"dimensions": 384, **likeness}},
        "diversity": [{"label": "A", "level": 1, "features": "robust", **figure}],
        "imagined": {"n": 30, "held_out": True, "features": "random", "causes": [IMAGINED]},
        "notes": [],
    }
    (run.folder / RESULTS).write_text(json.dumps(document))
    return run


IMAGINED = {
    "cause": "A",
    "read": {"value": 0.7, "interval": [0.5, 0.85], "n": 30},
    "others": {"value": 0.9, "interval": [0.8, 0.95], "n": 30, "before": 0.95},
    "minimality": {"value": 0.2, "interval": [0.15, 0.25], "n": 30},
    "anew": None,
}


def test_titled_rows_keep_their_pictures():
    row = sheet(-torch.ones(2, 3, 8, 8), scale=1)
    page = titled_rows([[("do(A=1)", row), ("given A=1", row)]])
    assert page.width > row.width
    assert page.height == 12 + 2 * row.height + 12


def test_the_page_is_self_contained_and_byte_stable(judged, tmp_path):
    write_report(judged, tmp_path / "a.html")
    write_report(judged, tmp_path / "b.html")
    page = (tmp_path / "a.html").read_text()
    assert page == (tmp_path / "b.html").read_text()
    assert not re.findall(r'\b(?:src|href)="(?!data:|#)', page)
    assert not re.findall(r"https?://(?!www\.w3\.org)", page)
    for piece in ("do(A=1)", "given A=1", "87.5 %", "labels: neural", "images: Face", "TVD of the labels"):
        assert piece in page
    for piece in (
        "A=1, B=0",
        "FD[robust]",
        "given A=1",
        "one label changed: B=1",
        "still in",
        "A unit keeps its noise",
    ):
        assert piece in page, "rare combinations, likeness, diversity, sweeps and what is imagined"
    assert '<td class="weak">0.800</td>' in page, "what is misread is red"
    assert set(re.findall(r'<a href="#(\w+)"', page)) == set(re.findall(r'<h2 id="(\w+)"', page))
    assert "the run learned from arrays in memory, which are not kept" in page
    assert not re.search(r"[> ]nan\b", page)
    assert page.index("<h3>B</h3>") < page.index("<h3>A</h3>"), "the pair that differs most comes first"
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_an_unfinished_run_has_no_page(judged, tmp_path):
    judged.record["complete"] = False
    with pytest.raises(RunError, match="unfinished"):
        write_report(judged, tmp_path / "a.html")


def test_a_run_of_labels_has_a_page_too(tmp_path):
    data = {"A": np.array([0, 1, 1, 0]), "B": np.array([0, 1, 0, 1])}
    run = cd.fit(cd.compile(cd.parse("binary A, B; A -> B")), data, out=tmp_path / "run", config=SHORT)
    write_report(run, tmp_path / "a.html")
    assert "Doing and seeing" not in (tmp_path / "a.html").read_text()
    assert not (tmp_path / "a.png").exists()
    with pytest.raises(UsageError, match="no trained pictures"):
        evaluate(run)


ASKING = """
binary A, B; A -> B; A, B ~ table
query P(B=1 | do(A=1))
query A _||_ B
query P(B[A=0]=1 | A=1, B=1)
assert P(B=1 | do(A=1)) == 0.75 within 0.01
assert A _||_ B
"""


def test_questions_are_answered_and_assertions_judged(tmp_path):
    data = {"A": np.array([0, 1, 1, 0, 1, 1] * 50), "B": np.array([0, 1, 0, 1, 1, 1] * 50)}
    run = cd.fit(cd.compile(cd.parse(ASKING)), data, out=tmp_path / "run")
    number, separation, imagined = answered(run)
    assert float(number.lines[0]) == pytest.approx(0.75, abs=0.01)
    assert separation.lines == ("false: the path A -> B is open",)
    assert [line.split(":")[0] for line in imagined.lines[1:]] == ["assumed", "without that", "(exact)"]
    assert [(said.text, said.holds) for said in judged_by(run)] == [
        ("P(B=1 | do(A=1)) == 0.75 within 0.01", True),
        ("A _||_ B", False),
    ]
    write_report(run, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    assert "The assertion A _||_ B does not hold: the path A -&gt; B is open." in page
    assert '<td class="weak">fails</td>' in page


def test_what_is_rare_or_off_or_misread_is_a_weak_spot(judged):
    half = Measured.share(0.5, 10_000)
    beside = Beside(
        (
            Marginal("P(A=1)", half, 0.5, 99, True),
            Marginal("P(B=1)", half, 0.4, 5000, False),
            Marginal("E[C]", half, 0.5, None, True),
        ),
        ("B: thin.",),
    )
    evaluation = {**json.loads((judged.folder / RESULTS).read_text()), "notes": ["half of it"]}
    spots = list(weak_spots(judged, evaluation, beside, []))
    assert [spot.split()[0] for spot in spots] == ["P(A=1)", "P(B=1)", "B:", "Not", "B", "The", "A", "Of"]
    assert "80.0 %" in spots[4]
    assert spots[6] == "A is read as set in only 70.0 % of the real pictures imagined otherwise."
    assert spots[7] == "Of 1 rare combinations, 1 are read in fewer than 90 % of the pictures; A=1, B=0 in 50.0 %."


def test_an_unidentified_question_is_a_weak_spot(tmp_path):
    bow = cd.parse("binary X, Y; X -> Y; X <-> Y; query P(Y=1 | do(X=1))")
    data = {"X": np.array([0, 1, 1, 0] * 8), "Y": np.array([0, 1, 0, 1] * 8)}
    run = cd.fit(cd.compile(bow), data, out=tmp_path / "run", config=SHORT, allow_unidentified=True)
    (spot,) = weak_spots(run, None, Beside(), [])
    assert "not identifiable" in spot
    assert any("warning" in line for line in answered(run)[0].lines)


def test_a_share_is_red_where_the_law_lies_outside_of_what_is_read(judged, tmp_path):
    document = json.loads((judged.folder / RESULTS).read_text())
    (row,) = (row for row in document["rows"] if (row["label"], row["kind"]) == ("B", "do"))
    row["exact"] = {**row["exact"], "A": 0.52}
    (judged.folder / RESULTS).write_text(json.dumps(document))
    write_report(judged, tmp_path / "a.html")
    (red,) = re.findall(r'<td class="weak">([^<]*)<small>([^<]*)</small>', (tmp_path / "a.html").read_text())
    assert red == ("50.0", "49.0 to 51.0")


def test_a_picture_of_real_causes_alone_has_a_page(tmp_path):
    text = "real bright; image Square[1, 32, 32]; bright -> Square; Square ~ r3gan(width=4, latent=4)"
    run = run_of_squares(tmp_path, text, 60)
    found = evaluate(run, n=20)
    assert found["effectiveness"]["mean"] is None
    assert found["rows"] == []
    assert list(found["errors"]) == ["bright"]
    write_report(run, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    assert len(re.findall("one label changed: bright=", page)) == 3
    assert "Does the picture show what was asked for?" in page
    assert set(re.findall(r'<a href="#(\w+)"', page)) == set(re.findall(r'<h2 id="(\w+)"', page))
    assert not (tmp_path / "a.png").exists()


def test_without_judges_the_rows_show_the_law(tmp_path):
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, 64)
    data = {"A": a, "B": a ^ (rng.random(64) < 0.2), "Face": rng.integers(0, 256, (64, 3, 32, 32), dtype=np.uint8)}
    run = cd.fit(cd.compile(cd.parse(PICTURES)), data, out=tmp_path / "run", config=SHORT)
    write_report(run, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    assert "given, by the law" in page
    assert "given, read" not in page
    assert (tmp_path / "a.png").exists()


def test_the_page_of_the_run_that_travels_is_whole_and_small(tmp_path):
    shutil.copytree(DEMO, tmp_path / "run")
    write_report(cd.open_run(tmp_path / "run"), tmp_path / "a.html")
    content = (tmp_path / "a.html").read_bytes()
    assert len(content) < 3_000_000
    for piece in ("do(Bald=1)", "Male=0, Bald=1", "KID[plain]", "one label changed: Bald=1", "units: Bald otherwise"):
        assert piece in content.decode()


def test_a_page_of_many_labels_shows_the_telling_ones(tmp_path):
    names = [f"L{i}" for i in range(MOST_PAIRS + 2)]
    text = f"binary {', '.join(names)}; L0 -> L1; image Face[3, 32, 32]; * -> Face; Face ~ r3gan(width=4, latent=4)"
    rng = np.random.default_rng(0)
    data = {name: rng.integers(0, 2, 40) for name in names} | {"Face": rng.integers(0, 256, (40, 3, 32, 32), np.uint8)}
    data["L1"] = data["L0"] ^ (rng.random(40) < 0.1)
    run = cd.fit(cd.compile(cd.parse(text)), data, out=tmp_path / "run", config=SHORT)
    write_report(run, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    assert len(re.findall(r'alt="10 pictures, do\(', page)) == MOST_PAIRS
    assert len(re.findall("<td class=.do.>do, by the law", page)) == len(names), "all have their figures"
    assert 'alt="10 pictures, do(L1=1)"' in page
    assert f"the {MOST_PAIRS} labels in which doing and seeing differ most" in page
    assert len(re.findall('alt="one label changed', page)) == MOST_SWEPT
