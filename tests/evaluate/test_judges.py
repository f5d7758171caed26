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
from causaldsl.evaluate.judges import corrected, train_judge
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import dataset

Faces = tuple[np.ndarray, dict[str, np.ndarray]]


def drawn(n: int, seed: int) -> Faces:
    labels = np.random.default_rng(seed).integers(0, 2, (n, len(LABELS)), dtype=np.uint8)
    return draw(labels, 32, seed), dict(zip(LABELS, labels.T, strict=True))


@pytest.fixture(scope="module")
def faces() -> Faces:
    return drawn(3000, 1)


@pytest.fixture(scope="module", params=["plain", "robust"])
def judge(request: pytest.FixtureRequest, faces: Faces) -> Judge:
    return train_judge(request.param, *faces, seed=0, epochs=3 if request.param == "plain" else 4)


def tensor(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures).float() / 127.5 - 1


def test_a_short_training_reads_faces_it_never_saw(judge: Judge) -> None:
    pictures, labels = drawn(1000, 2)
    read = judge.read(tensor(pictures))
    assert read.shape == (1000, 9)
    assert 0 <= read.min() <= read.max() <= 1
    right = ((read > 0.5).numpy() == np.stack([*labels.values()], 1)).mean(0)
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
    assert torch.allclose(whole, parts, atol=1e-5)
    assert judge.training
    assert all(torch.equal(before[name], value) for name, value in judge.state_dict().items())
    judge.eval()
    assert judge.read(pictures[:0]).shape == (0, 9)


def test_a_judge_is_kept_and_found_again(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    judge.save(path)
    found = Judge.load(path)
    pictures = tensor(drawn(20, 4)[0])
    assert (found.kind, found.names, found.size) == (judge.kind, judge.names, judge.size)
    assert torch.equal(found.read(pictures), judge.read(pictures))
    assert torch.equal(found.confusion, judge.confusion)
    assert [p.name for p in tmp_path.iterdir()] == ["judge.safetensors"]


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    Judge("plain", ("A",), 32).save(path)
    whole = path.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], b"\0" * 100):
        path.write_bytes(broken)
        with pytest.raises(RunError, match="holds no judge, or a damaged one"):
            Judge.load(path)
    with pytest.raises(RunError):
        Judge.load(tmp_path / "nowhere")


def test_same_seed_same_judge(faces: Faces) -> None:
    pictures, labels = faces[0][:300], {name: column[:300] for name, column in faces[1].items()}
    one, two, other = (train_judge("robust", pictures, labels, seed=s, epochs=1) for s in (5, 5, 6))
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True))
    assert not torch.equal(next(one.parameters()), next(other.parameters()))


def test_training_leaves_the_global_generator_alone(faces: Faces) -> None:
    state = torch.get_rng_state()
    train_judge("plain", faces[0][:200], {"Bald": faces[1]["Bald"][:200]}, seed=0, epochs=1)
    assert torch.equal(torch.get_rng_state(), state)


def test_given_pictures_are_measured_on_and_progress_is_told(faces: Faces) -> None:
    told: list[tuple[int, int]] = []
    labels = {"Bald": faces[1]["Bald"][:256], "Male": faces[1]["Male"][:256]}
    kinds = {"Male": np.array([0, 1]), "Bald": np.array([1, 0])}
    judge = train_judge(
        "plain",
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
    judge = Judge(kind, ("A", "B"), size)  # type: ignore[arg-type]
    assert judge.read(torch.zeros(3, 3, size, size)).shape == (3, 2)


def test_what_no_judge_can_be_made_of(faces: Faces) -> None:
    pictures, bald = faces[0][:100], faces[1]["Bald"][:100]
    with pytest.raises(DataError, match="`Bald` cannot be trained: the label is the same in all"):
        train_judge("plain", pictures, {"Bald": np.zeros(100)}, seed=0)
    with pytest.raises(DataError, match="`Bald` cannot be measured"):
        train_judge("plain", pictures, {"Bald": bald}, seed=0, test=(pictures[:2], {"Bald": np.ones(2)}))
    with pytest.raises(DataError, match="the label `Bald` as 100 numbers"):
        train_judge("plain", pictures, {"Bald": bald[:50]}, seed=0)
    with pytest.raises(DataError, match="numbers that are 0 or 1"):
        train_judge("plain", pictures, {"Bald": bald * 2}, seed=0)
    with pytest.raises(UsageError, match="there is no judge `stern`"):
        Judge("stern", ("A",), 32)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="multiple of 32"):
        Judge("plain", ("A",), 48)


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
    test = np.asarray(exam.pictures["Face"]), exam.labels
    judge = train_judge(
        "plain", np.asarray(train.pictures["Face"]), train.labels, seed=0, test=test, flips=True, epochs=5
    )
    assert judge.balanced_accuracy.min() > 0.8
