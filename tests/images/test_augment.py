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


def kept(size):
    """Return what is kept of a wave of four periods a picture, and of the noise of a mean over quarters."""
    wave = torch.sin(torch.arange(size) * 8 * torch.pi / size).expand(256, 1, size, size)
    seen = augment.blemish(wave, Draw(torch.Generator().manual_seed(0), 256, slice(None)))
    still = augment.blemish(torch.zeros(256, 1, size, size), Draw(torch.Generator().manual_seed(0), 256, slice(None)))
    heights = seen.sub(still)[:, 0, size // 2].abs().amax(1)
    return heights.amin().item(), torch.nn.functional.adaptive_avg_pool2d(still, 2).std().item()


def test_blemish_hides_as_much_of_a_picture_of_any_size():
    (small, noise), (large, more), (huge, most) = map(kept, (32, 64, 128))
    assert small == pytest.approx(0.854, abs=0.02), "cos(pi / 8) squared"
    assert large == pytest.approx(small, abs=0.02)
    assert huge == pytest.approx(small, abs=0.02)
    assert noise == pytest.approx(0.1 / 16, rel=0.1)
    assert more == pytest.approx(noise, rel=0.1)
    assert most == pytest.approx(noise, rel=0.1)


def test_blemish_at_32_pixels_smooths_once():
    pictures = torch.randn(BATCH, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    step, again = draw(), draw()
    shifted = augment.shift(pictures, 2, step)
    seen = torch.where(step.uniform(1, 1, 1) < 0.5, augment.smooth(shifted), shifted) + 0.1 * step.normal(3, 32, 32)
    assert torch.equal(augment.blemish(pictures, again), seen)
