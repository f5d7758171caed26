"""Judges: what they read, what they know about their errors, and how they are kept."""

from pathlib import Path

import numpy as np
import pytest
import torch

from causaldsl.datasets.decoding import load
from causaldsl.datasets.faces_drawing import draw
from causaldsl.datasets.faces_sitter import LABELS
from causaldsl.errors import DataError, RunError, UsageError
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.judge_networks import shift, smooth, wear
from causaldsl.evaluate.judges import _measure, corrected, train_judge
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import dataset
from causaldsl.resources import DEMO
from tests.evaluate.squares import squares

BINARY = dict.fromkeys(LABELS, 2)
Faces = tuple[np.ndarray, dict[str, np.ndarray]]


def drawn(n: int, seed: int) -> Faces:
    labels = np.random.default_rng(seed).integers(0, 2, (n, len(LABELS)), dtype=np.uint8)
    return draw(labels, 32, seed), dict(zip(LABELS, labels.T, strict=True))


@pytest.fixture(scope="module")
def faces() -> Faces:
    return drawn(3000, 1)


@pytest.fixture(scope="module", params=["plain", "robust"])
def judge(request: pytest.FixtureRequest, faces: Faces) -> Judge:
    return train_judge(request.param, BINARY, *faces, seed=0, epochs=3 if request.param == "plain" else 4)


def tensor(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures).float() / 127.5 - 1


def test_a_short_training_reads_faces_it_never_saw(judge: Judge) -> None:
    pictures, labels = drawn(1000, 2)
    read = judge.read(tensor(pictures))
    assert list(read) == list(judge.labels) == list(LABELS)
    right = np.array([(read[name].numpy() == column).mean() for name, column in labels.items()])
    assert right.mean() > 0.87
    assert right[[LABELS.index(name) for name in ("Male", "Eyeglasses", "Bald", "Wearing_Lipstick")]].min() > 0.93
    assert np.abs(right - judge.accuracy.numpy()).max() < 0.08, "the judge knows how well it reads"


def test_rates_add_up(judge: Judge) -> None:
    assert judge.confusion.shape == (9, 2, 2)
    assert torch.allclose(judge.confusion.sum(2), torch.ones(9, 2))
    assert (judge.balanced_accuracy - judge.accuracy).abs().max() < 0.03, "the labels are even here"
    assert judge.accuracy_worn.mean() <= judge.accuracy.mean()


def test_reading_is_the_same_in_any_batches_and_leaves_no_trace(judge: Judge) -> None:
    pictures = tensor(drawn(50, 3)[0])
    judge.train()
    before = {name: value.clone() for name, value in judge.state_dict().items()}
    whole, parts = judge.read(pictures), judge.read(pictures, batch=7)
    assert all(torch.equal(whole[name], parts[name]) for name in LABELS)
    assert judge.training
    assert all(torch.equal(before[name], value) for name, value in judge.state_dict().items())
    judge.eval()
    assert judge.read(pictures[:0])["Bald"].shape == (0,)


def test_a_judge_is_kept_and_found_again(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    judge.save(path)
    found = Judge.load(path)
    pictures = tensor(drawn(20, 4)[0])
    assert (found.kind, found.levels, found.size) == (judge.kind, judge.levels, judge.size)
    again = found.read(pictures)
    assert all(torch.equal(again[name], column) for name, column in judge.read(pictures).items())
    assert torch.equal(found.confusion, judge.confusion)
    assert [p.name for p in tmp_path.iterdir()] == ["judge.safetensors"]


def test_a_judge_that_was_saved_when_all_labels_were_binary() -> None:
    judge = Judge.load(DEMO / "judge-robust.safetensors")
    assert set(judge.levels.values()) == {2}
    assert judge.confusion.shape == (len(judge.labels), 2, 2)
    drawn_as = np.random.default_rng(5).integers(0, 2, (200, len(LABELS)), dtype=np.uint8)
    read = judge.read(tensor(draw(drawn_as, judge.size, 5)))
    assert min((read[name].numpy() == drawn_as[:, LABELS.index(name)]).mean() for name in judge.labels) > 0.9


@pytest.mark.parametrize("kind", ["plain", "robust"])
def test_a_judge_reads_levels_and_reals(kind: str, tmp_path: Path) -> None:
    levels = {"corner": 3, "bright": 0, "light": 2}
    judge = train_judge(kind, levels, *squares(600, 1), seed=0, batch=32)  # type: ignore[arg-type]
    assert (judge.labels, judge.reals) == (("corner", "light"), ("bright",))
    pictures, truth = squares(500, 2)
    read = judge.read(tensor(pictures))
    assert (read["corner"].numpy() == truth["corner"]).mean() > 0.98
    assert (read["light"].numpy() == truth["light"]).mean() > 0.98
    off = np.abs(read["bright"].numpy() - truth["bright"])
    guess = np.abs(truth["bright"] - np.median(truth["bright"])).mean()
    assert off.mean() < guess / 4
    assert judge.error[0] == pytest.approx(off.mean(), rel=0.5), "the judge knows how far it is off"
    assert judge.location[0] == pytest.approx(175, abs=10)
    assert judge.scale[0] == pytest.approx(150 / 12**0.5, rel=0.1)
    assert judge.confusion.shape == (2, 3, 3)
    assert torch.equal(judge.confusion[1, 2], torch.zeros(3)), "`light` has two levels"
    assert judge.confusion[0].sum(1).tolist() == pytest.approx([1, 1, 1])
    assert judge.balanced_accuracy.min() > 0.95
    judge.save(tmp_path / "judge")
    again = Judge.load(tmp_path / "judge")
    assert again.levels == levels
    assert all(torch.equal(a, b) for a, b in zip(again.state_dict().values(), judge.state_dict().values(), strict=True))
    assert all(torch.equal(value, read[name]) for name, value in again.read(tensor(pictures)).items())


def test_rates_of_a_head_whose_readings_are_known() -> None:
    judge = Judge("plain", {"D": 3, "A": 2, "T": 0}, 32, 1)
    assert torch.equal(judge.balanced_accuracy, torch.ones(2))
    heads = judge.heads(torch.tensor([[0.0, 2, 1, -1, 0.5], [3, 2, 1, 1, -2]]))
    assert heads["D"].argmax(1).tolist() == [1, 0]
    assert heads["A"].tolist() == [[0, -1], [0, 1]], "the odds of the second level"
    assert heads["T"].tolist() == [0.5, -2]
    pictures = np.zeros((6, 1, 32, 32), np.uint8)
    pictures[:, 0, 0, 0] = said = np.array([0, 0, 1, 2, 2, 2])
    judge.net = torch.nn.Sequential(_Says())
    truth = {"D": torch.tensor([0, 1, 1, 2, 2, 0]), "A": torch.tensor([0, 0, 0, 1, 1, 1]), "T": torch.zeros(6)}
    judge.location[0], judge.scale[0] = 1, 2
    _measure(judge, torch.from_numpy(pictures), truth, torch.Generator().manual_seed(0))
    assert judge.confusion[0].tolist() == [[0.5, 0, 0.5], [0.5, 0.5, 0], [0, 0, 1]]
    assert judge.accuracy.tolist() == pytest.approx([4 / 6, 1])
    assert judge.balanced_accuracy.tolist() == pytest.approx([2 / 3, 1])
    assert judge.error[0] == pytest.approx(np.abs(1 + 2 * said).mean())
    assert judge.spread[0] == pytest.approx((1 + 2 * said).std(ddof=1))


class _Says(torch.nn.Module):
    """Say D as the first pixel holds it, A if it is 2, T the same in standardised units."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        level = ((pictures[:, 0, 0, 0] + 1) * 127.5).round()
        rows = [-((level - i) ** 2) for i in range(3)]
        return torch.stack([*rows, level - 1.5, level], 1)


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    Judge("plain", {"A": 2}, 32).save(path)
    whole = path.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], b"\0" * 100):
        path.write_bytes(broken)
        with pytest.raises(RunError, match="holds no judge, or a damaged one"):
            Judge.load(path)
    with pytest.raises(RunError):
        Judge.load(tmp_path / "nowhere")


def test_same_seed_same_judge(faces: Faces) -> None:
    pictures, labels = faces[0][:300], {name: column[:300] for name, column in faces[1].items()}
    one, two, other = (train_judge("robust", BINARY, pictures, labels, seed=s, epochs=1) for s in (5, 5, 6))
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True))
    assert not torch.equal(next(one.parameters()), next(other.parameters()))


def test_training_leaves_the_global_generator_alone(faces: Faces) -> None:
    state = torch.get_rng_state()
    train_judge("plain", {"Bald": 2}, faces[0][:200], {"Bald": faces[1]["Bald"][:200]}, seed=0, epochs=1)
    assert torch.equal(torch.get_rng_state(), state)


def test_given_pictures_are_measured_on_and_progress_is_told(faces: Faces) -> None:
    told: list[tuple[int, int]] = []
    labels = {"Bald": faces[1]["Bald"][:256], "Male": faces[1]["Male"][:256]}
    kinds = {"Male": np.array([0, 1]), "Bald": np.array([1, 0])}
    judge = train_judge(
        "plain",
        {"Bald": 2, "Male": 2},
        faces[0][:256],
        labels,
        seed=0,
        test=(faces[0][:2], kinds),
        epochs=2,
        batch=64,
        flips=True,
        progress=lambda *steps: told.append(steps),
    )
    assert told == [(step, 8) for step in range(1, 9)]
    assert set(judge.confusion.flatten().tolist()) <= {0.0, 1.0}, "one picture of each truth"


@pytest.mark.parametrize("size", [32, 64, 96])
@pytest.mark.parametrize("kind", ["plain", "robust"])
def test_sizes(kind: str, size: int) -> None:
    judge = Judge(kind, {"A": 2, "B": 2}, size)  # type: ignore[arg-type]
    assert judge.read(torch.zeros(3, 3, size, size))["B"].shape == (3,)


def test_what_no_judge_can_be_made_of(faces: Faces) -> None:
    pictures, bald = faces[0][:100], faces[1]["Bald"][:100]
    with pytest.raises(DataError, match="`Bald` cannot be trained: none of 84 pictures has its level 1, from 0"):
        train_judge("plain", {"Bald": 2}, pictures, {"Bald": np.zeros(100)}, seed=0)
    with pytest.raises(DataError, match="`Bald` cannot be measured"):
        train_judge("plain", {"Bald": 2}, pictures, {"Bald": bald}, seed=0, test=(pictures[:2], {"Bald": np.ones(2)}))
    with pytest.raises(DataError, match="`Bald` as 100 numbers"):
        train_judge("plain", {"Bald": 2}, pictures, {"Bald": bald[:50]}, seed=0)
    with pytest.raises(DataError, match="numbers that are 0 or 1"):
        train_judge("plain", {"Bald": 2}, pictures, {"Bald": bald * 2}, seed=0)
    with pytest.raises(DataError, match="numbers that are 0 to 2"):
        train_judge("plain", {"D": 3}, pictures, {"D": np.full(100, 3)}, seed=0)
    with pytest.raises(DataError, match="finite numbers"):
        train_judge("plain", {"T": 0}, pictures, {"T": np.full(100, np.nan)}, seed=0)
    with pytest.raises(DataError, match="`T` cannot be trained: it is the same in all 84 pictures"):
        train_judge("plain", {"T": 0}, pictures, {"T": np.full(100, 0.1)}, seed=0)
    with pytest.raises(UsageError, match="there is no judge `stern`"):
        Judge("stern", {"A": 2}, 32)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="multiple of 32"):
        Judge("plain", {"A": 2}, 48)


def test_correction_inverts_the_rates() -> None:
    confusion = torch.tensor([[[0.9, 0.1], [0.2, 0.8]], [[1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]]])
    true = torch.tensor([0.3, 0.3, 0.3])
    read = true * confusion[:, 1, 1] + (1 - true) * confusion[:, 0, 1]
    assert torch.allclose(corrected(read, confusion)[:2], true[:2])
    assert corrected(read, confusion)[2] == 0.5, "such a judge tells nothing: the reading stands"
    assert corrected(0.05, confusion[0]) == 0
    assert corrected(0.95, confusion[0]) == 1
    assert corrected(torch.rand(4, 3), confusion).shape == (4, 3)


def test_wear() -> None:
    pictures = torch.rand(200, 3, 32, 32) * 2 - 1
    generator = torch.Generator().manual_seed(0)
    assert torch.allclose(smooth(torch.ones(1, 3, 8, 8)), torch.ones(1, 3, 8, 8))
    assert smooth(torch.eye(3).view(1, 1, 3, 3))[0, 0, 1, 1] == pytest.approx(1 / 3)
    moved = shift(pictures, generator, 2)
    still = [torch.equal(a[:, 2:-2, 2:-2], b[:, 2:-2, 2:-2]) for a, b in zip(moved, pictures, strict=True)]
    assert 0 < sum(still) < 30, "one in 25 stays"
    corners = {(r, c) for r in range(5) for c in range(5)}
    found = {
        (r, c)
        for a, b in zip(moved, pictures, strict=True)
        for r, c in corners
        if torch.equal(a[:, 2:-2, 2:-2], b[:, r : r + 28, c : c + 28])
    }
    assert found == corners
    worn = wear(torch.zeros(100, 3, 32, 32), generator, noise=0.1)
    assert worn.std() == pytest.approx(0.1, abs=0.002)


def test_a_judge_of_real_faces(real_data: Path) -> None:
    data, images = dataset("celeba", real_data / "celeba-9k"), {"Face": Image(3, 32, 32)}
    train, exam = (load(data, ("Male", "Smiling", "Eyeglasses"), images, part) for part in ("train", "held_out"))
    test, levels = (np.asarray(exam.pictures["Face"]), exam.labels), dict.fromkeys(train.labels, 2)
    judge = train_judge(
        "plain", levels, np.asarray(train.pictures["Face"]), train.labels, seed=0, test=test, flips=True, epochs=5
    )
    assert judge.balanced_accuracy.min() > 0.8
