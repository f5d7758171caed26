"""Sheets: one label changed and all else kept."""

import numpy as np
import torch

from causaldsl.evaluate.real import Real as RealPictures
from causaldsl.graph.domain import Binary, Real
from causaldsl.report.sheets import titled_rows
from causaldsl.report.sweeps import _levels, diversity_sheet, sweeps
from causaldsl.scm.pictures import sheet
from tests.evaluate import plates


def test_a_sweep_changes_one_label_alone():
    model = plates.model()
    seen = []
    draw = model.draw
    model.draw = lambda image, values, generator: (
        seen.append((values, generator.get_state())) or draw(image, values, generator)
    )
    groups = sweeps(model, "F", 5, 3)
    assert [[title for title, _ in rows] for rows in groups] == [["A=0", "A=1"], ["B=0", "B=1"]]
    (first, noise), (second, same), (third, _), _ = seen
    assert torch.equal(noise, same)
    assert first["A"].tolist() == [0] * 5
    assert second["A"].tolist() == [1] * 5
    assert torch.equal(first["B"], second["B"]), "what the label causes is kept too"
    assert third["B"].tolist() == [0] * 5
    assert groups[0][1][1].tobytes() == sheet(draw("F", second, torch.Generator()), columns=5).tobytes()


def test_diversity_has_real_ones_below():
    model = plates.model()
    labels = {"A": torch.tensor([0, 1, 1, 0]), "B": torch.zeros(4, dtype=torch.int64)}
    one = RealPictures(np.zeros((4, 1, 32, 32), np.uint8), labels, ("A", "B"))
    none = RealPictures(np.zeros((0, 1, 32, 32), np.uint8), {name: labels[name][:0] for name in "AB"}, ("A", "B"))
    both, alone = (diversity_sheet(model, "F", real, 3, 0) for real in (one, none))
    row = sheet(torch.zeros(3, 1, 32, 32), columns=3)
    assert both.height == alone.height + row.height, "nobody has B"
    assert alone.height == titled_rows([[("", row)], [("", row)]]).height


def test_a_real_label_is_swept_over_its_quantiles():
    found = _levels(Real(), torch.arange(101.0))
    assert found == {"5": 5.0, "50": 50.0, "95": 95.0}
    assert _levels(Binary(), torch.zeros(3)) == {"0": 0, "1": 1}


def test_levels_of_any_name_are_drawn_where_they_are_asked_for(monkeypatch):
    model = plates.mixed_model()
    asked = []
    sample = model.sample
    monkeypatch.setattr(
        model, "sample", lambda n, given, seed: asked.append(given) or sample(n, given=given, seed=seed)
    )
    columns = {"D": torch.tensor([0, 1, 2]), "A": torch.tensor([0, 1, 1]), "T": torch.zeros(3)}
    real = RealPictures(np.zeros((3, 1, 32, 32), np.uint8), columns, ("D", "A", "T"))
    assert diversity_sheet(model, "F", real, 3, 0) is not None
    assert asked == [{"D": "x"}, {"D": "y"}, {"D": "z"}, {"A": 1}]


def test_without_levels_there_is_no_sheet(monkeypatch):
    monkeypatch.setattr("causaldsl.report.sweeps.levelled", lambda *_: [])
    assert diversity_sheet(plates.model(), "F", RealPictures(np.zeros((0, 1, 32, 32)), {}, ()), 3, 0) is None


def test_labels_for_which_there_is_no_room_are_passed_over():
    model = plates.mixed_model()  # of three levels, of two, and of three quantiles
    assert [len(rows) for rows in sweeps(model, "F", 2, 0, most=8)] == [3, 2, 3]
    assert [len(rows) for rows in sweeps(model, "F", 2, 0, most=6)] == [3, 2]
    assert [len(rows) for rows in sweeps(model, "F", 2, 0, most=2)] == [2]
