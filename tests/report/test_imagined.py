"""Units imagined otherwise, against what the model answers about them."""

import numpy as np
import pytest
import torch

import causaldsl as cd
from causaldsl.errors import RunError
from causaldsl.evaluate.otherwise import otherwise
from causaldsl.report.imagined import UNITS, imagined, imagined_pictures
from causaldsl.report.page import write_report
from causaldsl.train.config import read_config
from tests.evaluate.units import data, small_labels

SHORT = read_config(settings=["labels.steps=60", "images.steps=2", "images.batch=8"])
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 3, 32, 32), np.uint8)
UNTOLD = "the noise of `R` cannot be inferred from its value, so it cannot be conditioned on."


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return small_labels(tmp_path_factory.mktemp("runs") / "a")


def test_the_label_that_changes_most_is_shown(run):
    found = imagined(run)
    assert (found.label, found.effects) == ("A", ("B", "R"))
    assert len(found.units) == len(found.cells) == UNITS
    assert found.units[0].split("=")[0] == "A"
    assert "still in" in found.cells[0][0]
    assert "±" in found.cells[0][1]


def test_where_nothing_changes_anything_there_is_nothing(tmp_path):
    run = cd.fit(
        cd.compile(cd.parse("binary A, B")), {n: data(50)[n] for n in "AB"}, out=tmp_path / "run", config=SHORT
    )
    assert imagined(run) is None


def test_what_cannot_be_traced_back_is_a_sentence(tmp_path):
    text = "binary A; real R; A -> R; R ~ wgan"
    run = cd.fit(cd.compile(cd.parse(text)), {n: data(50)[n] for n in "AR"}, out=tmp_path / "run", config=SHORT)
    assert imagined(run) == f"Nothing is imagined: {UNTOLD}"


def test_pictures_that_cannot_be_imagined_are_a_sentence_on_the_page(tmp_path):
    text = "binary A; real R; image F[3, 32, 32]; A, R -> F; R ~ wgan; F ~ r3gan(width=4, latent=4, encoder=true)"
    run = cd.fit(cd.compile(cd.parse(text)), {**{n: data(40)[n] for n in "AR"}, "F": PIXELS}, tmp_path, config=SHORT)
    rows, said = imagined_pictures(run, "F")
    assert [title for title, _ in rows] == ["as they are"]
    assert said == f"No picture is imagined with A otherwise: {UNTOLD}"
    write_report(run, tmp_path / "page.html")
    assert f"<p>{said}</p>" in (tmp_path / "page.html").read_text()


def test_rows_drawn_before_one_fails_are_kept(tmp_path, monkeypatch):
    text = "binary A, B; image F[3, 32, 32]; A, B -> F; F ~ r3gan(width=4, latent=4, encoder=true)"
    run = cd.fit(cd.compile(cd.parse(text)), {**{n: data(40)[n] for n in "AB"}, "F": PIXELS}, tmp_path, config=SHORT)

    def failing(run, units, name, n):
        if name == "B":
            raise RunError("B is stuck")
        return otherwise(run, units, name, n)

    monkeypatch.setattr("causaldsl.report.imagined.otherwise", failing)
    rows, said = imagined_pictures(run, "F")
    assert [title for title, _ in rows] == ["as they are", "A otherwise"]
    assert said == "No picture is imagined with B otherwise: B is stuck."


@pytest.mark.parametrize("encoder", ["true", "false"])
def test_pictures_where_there_is_an_encoder(encoder, tmp_path):
    text = f"binary A, B; A -> B; image F[3, 32, 32]; A, B -> F; F ~ r3gan(width=4, latent=4, encoder={encoder})"
    seen = {**{n: data(40)[n] for n in "AB"}, "F": PIXELS}
    run = cd.fit(cd.compile(cd.parse(text)), seen, out=tmp_path / "run", config=SHORT)
    rows, said = imagined_pictures(run, "F")
    assert said is None
    if encoder == "false":
        assert rows == []
        return
    assert [title for title, _ in rows] == ["as they are", "A otherwise", "B otherwise"]
    assert len({picture.tobytes() for _, picture in rows}) == 3
    units = run.sample(4, seed=1)
    columns, _ = otherwise(run, units, "B", 1)
    assert torch.equal(columns["B"], 1 - units["B"])
    assert columns["F"].shape == units["F"].shape
