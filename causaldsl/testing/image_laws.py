"""The laws of image models: each a function of a case that raises an AssertionError where the model breaks it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import torch
from safetensors.torch import load, save
from torch import Generator, Tensor

from causaldsl.testing.image_cases import BATCH, DRAWN, STEPS, Case
from causaldsl.testing.learning import step


@torch.no_grad()
def noise_is_apart(case: Case) -> None:
    """Noise comes from its generator alone, and the picture from causes and noise alone."""
    before = torch.get_rng_state()
    noise, again = (case.model.noise(DRAWN, Generator().manual_seed(1)) for _ in range(2))
    assert noise.dim() == 2, f"noise has the shape (n, width), not {tuple(noise.shape)}"
    assert len(noise) == DRAWN, "noise has a row a picture"
    assert torch.equal(noise, again), "equal generators draw equal noise"
    assert not torch.equal(noise[0], noise[1]), "each picture has noise of its own"
    labels = case.labels(DRAWN)
    kept = labels.clone(), noise.clone()
    pictures, repeated = case.model(labels, noise), case.model(labels, noise)
    assert torch.equal(pictures, repeated), "equal causes and noise make equal pictures"
    assert torch.equal(labels, kept[0]), "the causes' values are left as they are"
    assert torch.equal(noise, kept[1]), "the noise is left as it is"
    assert torch.equal(torch.get_rng_state(), before), "randomness comes from the generator that is passed"


def pictures_are_of_the_domain(case: Case) -> None:
    """Pictures have the node's shape, are float32 and lie in [-1, 1]."""
    pictures = case.drawn()
    shape = (DRAWN, *case.picture)
    assert pictures.shape == shape, f"pictures have the shape {shape}, not {tuple(pictures.shape)}"
    assert pictures.dtype == torch.float32, f"pictures are float32, not {pictures.dtype}"
    assert bool(pictures.isfinite().all()), "pictures are finite"
    assert bool((pictures.abs() <= 1).all()), "pictures lie in [-1, 1]"


@torch.no_grad()
def pictures_are_apart(case: Case) -> None:
    """Each picture depends on its own causes and noise, not on what is drawn beside it."""
    labels, noise = case.labels(DRAWN), case.model.noise(DRAWN, Generator().manual_seed(1))
    order = torch.arange(DRAWN).flip(0)[: DRAWN // 2]
    _same(case.model(labels[order], noise[order]), case.drawn()[order], "a picture is its own, in any company")


def weights_come_back(case: Case) -> None:
    """Weights, saved and loaded into another of the kind, make it the same model; and so does a copy."""
    other = case.built(seed=1).eval()
    other.load_state_dict(load(save({k: v.contiguous().clone() for k, v in case.model.state_dict().items()})))
    for twin in (other, copy.deepcopy(case.model)):
        _same(
            case.drawn(twin), case.drawn(), "the weights are all that two of one shape and the same options differ in"
        )


def learning_goes_on(case: Case) -> None:
    """Learning that is saved between two steps and loaded into another goes on bit by bit as if never stopped."""
    straight, model = case.learner()
    assert straight.name, "a learner has a name"
    assert straight.steps == STEPS, "a learner takes the steps of its schedule"
    assert straight.batch == BATCH, "a learner sees the pictures a step of its schedule"
    before, half = case.drawn(copy.deepcopy(model).eval()), STEPS // 2
    saved: Mapping[str, Tensor] = {}
    kept: Mapping[str, Tensor] = {}
    for t in range(STEPS):
        if t == half:
            saved = straight.state()
            kept = load(save({k: v.contiguous().clone() for k, v in saved.items()}))
        step(straight, t, t)
    changed = [name for name, tensor in saved.items() if not torch.equal(tensor, kept[name])]
    assert not changed, f"`state` returns copies, which later steps leave as they are: `{changed[0]}`"
    assert not torch.equal(case.drawn(model.eval()), before), "learning changes what the model draws"
    resumed, again = case.learner(seed=7)
    resumed.load_state(kept)
    for t in range(half, STEPS):
        step(resumed, t, 100 + t)
    ends = again.state_dict()
    for name, tensor in model.state_dict().items():
        assert bool(tensor.isfinite().all()), f"after learning `{name}` is finite"
        assert torch.equal(tensor, ends[name]), f"`{name}` is the same bit by bit, stopped or not"


def _same(found: Tensor, expected: Tensor, law: str) -> None:
    assert found.shape == expected.shape, f"{law}: shapes {tuple(found.shape)} and {tuple(expected.shape)}"
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-4), law


LAWS: tuple[Callable[[Case], None], ...] = (
    noise_is_apart,
    pictures_are_of_the_domain,
    pictures_are_apart,
    weights_come_back,
    learning_goes_on,
)
