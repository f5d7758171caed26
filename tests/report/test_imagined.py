"""Units imagined otherwise, against what the model answers about them."""

import numpy as np
import pytest
import torch

import causaldsl as cd
from causaldsl.report.imagined import UNITS, imagined, imagined_pictures, otherwise
from causaldsl.train.config import read_config

SHORT = read_config(settings=["labels.steps=60", "images.steps=2", "images.batch=8"])
LABELS = "binary A, B; categorical C {2..4}; real R; A -> B, R; C -> B; default binary ~ table; C ~ table; R ~ linear"


def data(n):
    rng = np.random.default_rng(0)
    a, c = rng.random(n) < 0.5, rng.integers(2, 5, n)
    return {"A": a, "C": c, "B": rng.random(n) < np.where(a, 0.8, 0.3), "R": rng.normal(a, 1.0)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return cd.fit(cd.compile(cd.parse(LABELS)), data(4000), out=tmp_path_factory.mktemp("runs") / "a", config=SHORT)


def test_each_unit_has_its_next_level_and_keeps_what_is_not_below(run):
    units = run.sample(20, seed=3)
    columns, notes = otherwise(run, units, "C", 2)
    assert columns["C"].tolist() == ((units["C"] + 1) % 3).repeat_interleave(2).tolist()
    assert columns["A"].tolist() == units["A"].repeat_interleave(2).tolist()
    assert columns["R"].tolist() == pytest.approx(units["R"].repeat_interleave(2).tolist())
    assert "keeps its noise" in notes[0]


def test_how_often_a_label_stays_is_what_the_run_answers(run):
    units = run.sample(40, seed=3)
    columns, _ = otherwise(run, units, "A", 4000)
    stays = (columns["B"].view(40, -1) == units["B"][:, None]).double().mean(1)
    for i in range(0, 40, 7):
        a, b, c = (int(units[name][i]) for name in "ABC")
        question = f"P(B[A={1 - a}]={b} | A={a}, B={b}, C={c + 2})"
        assert stays[i].item() == pytest.approx(run.ask(question).value, abs=0.03), question


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
    text = "binary A, B; A -> B; B ~ wgan"
    run = cd.fit(cd.compile(cd.parse(text)), {n: data(50)[n] for n in "AB"}, out=tmp_path / "run", config=SHORT)
    found = imagined(run)
    assert not isinstance(found, str) or found.startswith("Nothing is imagined: ")


@pytest.mark.parametrize("encoder", ["true", "false"])
def test_pictures_where_there_is_an_encoder(encoder, tmp_path):
    text = f"binary A, B; A -> B; image F[3, 32, 32]; A, B -> F; F ~ r3gan(width=4, latent=4, encoder={encoder})"
    seen = {**{n: data(40)[n] for n in "AB"}, "F": np.random.default_rng(0).integers(0, 256, (40, 3, 32, 32), np.uint8)}
    run = cd.fit(cd.compile(cd.parse(text)), seen, out=tmp_path / "run", config=SHORT)
    rows = imagined_pictures(run, "F")
    if encoder == "false":
        assert rows == []
        return
    assert [title for title, _ in rows] == ["as they are", "A otherwise", "B otherwise"]
    assert len({picture.tobytes() for _, picture in rows}) == 3
    units = run.sample(4, seed=1)
    columns, _ = otherwise(run, units, "B", 1)
    assert torch.equal(columns["B"], 1 - units["B"])
    assert columns["F"].shape == units["F"].shape
