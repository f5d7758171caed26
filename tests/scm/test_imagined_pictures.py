import numpy as np
import pytest
import torch

import causaldsl as cd
from causaldsl.scm.imagined_pictures import completed
from causaldsl.scm.picture_node import PictureNode, painted_over

TEXT = """
binary A, B
real X
image F[1, 32, 32]
A := bernoulli(0.5)
B := bernoulli(0.2 + 0.5 * A)
X := 3 + 2 * normal(0, 1)
A, B, X -> F
F ~ r3gan(width=4, latent=4, encoder={encoder})
"""


def compiled(encoder="true"):
    model = cd.compile(cd.parse(TEXT.format(encoder=encoder)))
    image = model.image("F")
    image.encoder.location[2], image.encoder.scale[2] = 3.0, 2.0
    return model


MODEL = compiled()


def seen(n=1, seed=0):
    """Units, and pictures that differ from what the model draws by a little."""
    drawn = MODEL.sample(n, seed=seed)
    blemish = 0.05 * torch.randn(n, 1, 32, 32, generator=torch.Generator().manual_seed(seed))
    pixels = (drawn["F"] + blemish).clamp(-1, 1)
    return {name: drawn[name].tolist() for name in ("A", "B", "X")}, pixels


def test_nothing_done_leaves_the_picture_as_it_is():
    labels, pictures = seen(3)
    found = MODEL.counterfactual({**labels, "F": pictures}, do={}, n=2)
    torch.testing.assert_close(found["F"], pictures.repeat_interleave(2, 0), rtol=0, atol=1e-5)
    assert found["A"].tolist() == [a for a in labels["A"] for _ in range(2)]


@torch.no_grad()
def test_what_is_done_changes_what_the_generator_changes_for_it():
    pictures = seen()[1]
    found = MODEL.counterfactual({"A": 0, "B": 1, "X": 4.0, "F": pictures[0]}, do={"B": 0}, n=1)
    image = MODEL.image("F").eval()
    before, after = torch.tensor([[0.0, 1.0, 0.5]]), torch.tensor([[0.0, 0.0, 0.5]])
    noise = image.abduct(pictures, before)
    expected = painted_over(pictures, image(before, noise), image(after, noise))
    torch.testing.assert_close(found["F"], expected)
    assert not torch.allclose(found["F"], pictures, atol=1e-3)


def test_a_cause_that_is_downstream_of_what_is_done_moves_too():
    pictures = seen()[1]
    found = MODEL.counterfactual({"A": 0, "B": 0, "X": 3.0, "F": pictures[0]}, do={"A": 1}, n=200)
    moved = found["B"] == 1
    assert 0 < moved.sum() < 200
    first, second = found["F"][moved], found["F"][~moved]
    assert torch.allclose(first, first[:1].expand_as(first), atol=1e-6)
    assert not torch.allclose(first[0], second[0], atol=1e-3)


def test_causes_that_were_not_seen_are_read_from_the_picture():
    pictures = seen(2)[1]
    found = MODEL.counterfactual({"A": [0, 1], "F": pictures}, do={}, n=1)
    image = MODEL.image("F").eval()
    read = image.encoder.decode(image.read(pictures))
    assert found["B"].tolist() == read[:, 1].tolist()
    torch.testing.assert_close(found["X"].float(), read[:, 2])
    note = f"read from `F`, as they were not seen: B={int(read[0, 1])}, X={read[0, 2]:g}"
    assert note in found.notes
    alone = MODEL.counterfactual({"F": pictures}, do={}, n=1)
    assert len(alone["F"]) == 2


def test_bytes_are_pictures_too():
    pixels = np.random.default_rng(0).integers(0, 256, (1, 32, 32), dtype=np.uint8)
    labels = {"A": 0, "B": 1, "X": 3.0}
    found = MODEL.counterfactual({**labels, "F": pixels}, do={}, n=1)
    torch.testing.assert_close(found["F"][0], torch.from_numpy(pixels) / 127.5 - 1, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (torch.zeros(3, 32, 32), r"`F` has the shape \(1, 3, 32, 32\)"),
        (torch.full((1, 32, 32), 2.0), r"the values of `F` are not in \[-1, 1\]"),
        (torch.full((1, 32, 32), float("nan")), r"the values of `F` are not in"),
        ("face.png", "`F` is str, no picture"),
    ],
)
def test_what_is_no_picture_is_refused(picture, message):
    with pytest.raises(cd.UsageError, match=message):
        MODEL.counterfactual({"A": 0, "F": picture}, do={"B": 1}, n=1)


def test_a_model_without_an_encoder_says_so():
    with pytest.raises(cd.UsageError, match="cannot infer the noise") as caught:
        compiled("false").counterfactual({"A": 0, "F": torch.zeros(1, 32, 32)}, do={"B": 1}, n=1)
    assert "F ~ r3gan(encoder=true)" in str(caught.value)


def test_what_was_seen_is_kept_beside_what_is_read():
    units, notes = completed(MODEL, [{"A": 1, "B": 0, "X": 2.5}], {"F": seen()[1]})
    assert units == [{"A": 1, "B": 0, "X": 2.5}]
    assert notes == []


def test_what_is_said_once_is_true_of_all_pictures():
    pictures = seen(3)[1]
    found = MODEL.counterfactual({"A": 1, "B": 0, "X": 3.0, "F": pictures}, do={"B": 1}, n=1)
    assert found["A"].tolist() == [1, 1, 1]
    alone = [MODEL.counterfactual({"A": 1, "B": 0, "X": 3.0, "F": one}, do={"B": 1}, n=1)["F"] for one in pictures]
    torch.testing.assert_close(found["F"], torch.cat(alone), rtol=0, atol=1e-4)
    with pytest.raises(cd.UsageError, match="3 pictures of `F` and 2 rows of labels"):
        MODEL.counterfactual({"A": [0, 1], "F": pictures}, do={"B": 1}, n=1)


def test_it_is_said_what_ties_a_picture_to_what_was_seen():
    labels, pictures = seen()
    notes = MODEL.counterfactual({**labels, "F": pictures}, do={"B": 1}, n=1).notes
    assert notes[-1] == f"a unit keeps its noise in every world (F: {PictureNode.coupling})"
    notes = MODEL.counterfactual({**labels, "F": pictures}, do={"A": 1}, n=1).notes
    assert "B: " in notes[-1]
    assert f"F: {PictureNode.coupling}" in notes[-1]


def test_pictures_unlike_what_was_learned_are_said_to_be():
    labels, pictures = seen(2)
    assert not any("unlike" in note for note in MODEL.counterfactual({**labels, "F": pictures}, do={"B": 1}, n=1).notes)
    pictures[1] = torch.where(pictures[1] > 0, -1.0, 1.0)
    notes = MODEL.counterfactual({**labels, "F": pictures}, do={"B": 1}, n=1).notes
    assert any(note.startswith("`F`: 1 of 2 pictures are unlike those that were learned") for note in notes)
