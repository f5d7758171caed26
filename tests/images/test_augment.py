import pytest
import torch

from causaldsl.images import augment
from causaldsl.images.draw import Draw

BATCH = 8


@pytest.fixture
def pictures():
    return torch.randn(BATCH, 3, 6, 6, generator=torch.Generator().manual_seed(0))


def draw():
    return Draw(torch.Generator().manual_seed(1), BATCH, slice(None))


def test_shift_moves_whole_pictures_and_repeats_the_border(pictures):
    padded = torch.nn.functional.pad(pictures, (2, 2, 2, 2), mode="replicate")
    for before, after in zip(padded, augment.shift(pictures, 2, draw()), strict=True):
        windows = [before[:, y : y + 6, x : x + 6] for y in range(5) for x in range(5)]
        assert any(torch.equal(after, window) for window in windows)


def test_shift_differs_by_picture(pictures):
    same = pictures[:1].expand(8, -1, -1, -1)
    assert len({tuple(x.flatten().tolist()) for x in augment.shift(same, 2, draw())}) > 1


def test_flip_mirrors_some(pictures):
    flipped = augment.flip(pictures, draw())
    mirrored = [torch.equal(a, b.flip(2)) for a, b in zip(flipped, pictures, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(flipped, pictures, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert any(mirrored)
    assert any(kept)


def test_smooth_by_hand():
    dot = torch.zeros(1, 1, 5, 5)
    dot[0, 0, 2, 2] = 16
    torch.testing.assert_close(augment.smooth(dot)[0, 0, 1:4, 1:4], torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]))


def test_smooth_keeps_a_plain_picture():
    torch.testing.assert_close(augment.smooth(torch.full((1, 3, 4, 4), 0.3)), torch.full((1, 3, 4, 4), 0.3))


def test_blemish_is_a_function_of_the_generator_and_lets_gradients_through(pictures):
    pictures.requires_grad_()
    once, again = augment.blemish(pictures, draw()), augment.blemish(pictures, draw())
    assert torch.equal(once, again)
    once.sum().backward()
    assert pictures.grad.sum().item() == pytest.approx(pictures.numel(), rel=1e-4)
