"""Tiny image models, trained by one process or by a pair: `python -m tests.pairs RANK FOLDER` is one of a pair."""

import contextlib
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
import torch.distributed as dist
from safetensors.torch import save_file
from torch.nn import functional as F

from causaldsl.graph.domain import Binary, Image
from causaldsl.plugins.protocols import NodeShape, PictureData, Schedule
from causaldsl.plugins.registry import load

SHAPE = NodeShape("Face", Image(3, 32, 32), (("A", Binary()), ("B", Binary())))


@dataclass(frozen=True)
class Case:
    """A kind of model, how it is trained, and for how many steps; `smooth` takes the kinks out of activations."""

    kind: str
    steps: int
    dtype: torch.dtype = torch.float64
    accumulate: int = 1
    smooth: bool = False
    options: dict[str, Any] = field(default_factory=dict)


TINY = {"latent": 4, "width": 4, "precision": "float32"}
GAN, BEGAN = {"minibatch": 3, "generator_steps": 2}, {"code": 8}
CASES = {
    "r3gan": Case("r3gan", 50),
    "r3gan, float32": Case("r3gan", 10, torch.float32),
    "r3gan, float32, smooth": Case("r3gan", 10, torch.float32, smooth=True),
    "r3gan, in parts": Case("r3gan", 10, accumulate=2),
    "r3gan, all shifted": Case("r3gan", 3, options={"augment": "all", "conditioning": "labelers"}),
    "causalgan": Case("causalgan", 50, options={**GAN, "generator_steps": 1}),
    "causalgan, float32, smooth": Case("causalgan", 10, torch.float32, smooth=True, options={**GAN, "minibatch": 0}),
    "causalgan, joint": Case("causalgan", 3, options={**GAN, "minibatch": 0, "labeler": "joint"}),
    "causalbegan": Case("causalbegan", 50, options=BEGAN),
    "causalbegan, float32": Case("causalbegan", 10, torch.float32, options=BEGAN),
    "causalbegan, in parts": Case("causalbegan", 5, accumulate=2, options={**BEGAN, "labeler": "code"}),
}


class Coins:
    """Labels by fair coins."""

    def observational(self, n, generator):
        return torch.randint(0, 2, (n, 2), generator=generator).to(torch.get_default_dtype())

    interventional = observational


def learner(case, rank=0, ranks=1, **schedule):
    """Build the learner of a case; the default dtype is the case's."""
    plugin = load("images", case.kind)
    options = replace(plugin.options(), **TINY, **case.options)
    torch.manual_seed(0)
    model = plugin.build(SHAPE, options).train()
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (40, 3, 32, 32), dtype=np.uint8)
    data = PictureData(pixels, torch.from_numpy(draw.integers(0, 2, (40, 2))), Coins(), flips=True)
    schedule = {"seed": 3, "batch": 8, "steps": 100, "accumulate": case.accumulate} | schedule
    return plugin.learner(model, data, options, Schedule(rank=rank, ranks=ranks, **schedule))


@contextlib.contextmanager
def setting(case):
    """Have the case's number format, and its activations without kinks if it is smooth."""
    torch.set_default_dtype(case.dtype)
    smoothed = {"relu": F.silu, "leaky_relu": lambda features, _: F.silu(features)}
    try:
        with mock.patch.multiple(F, **smoothed) if case.smooth else contextlib.nullcontext():
            yield
    finally:
        torch.set_default_dtype(torch.float32)


def trained(case, rank=0, ranks=1, **schedule):
    """Return the state of a case's learner after its steps, and the losses of the last."""
    with setting(case):
        taught = learner(case, rank, ranks, **schedule)
        for t in range(case.steps):
            losses = taught.step(t)
        return taught.state() | {f"loss.{k}": torch.tensor(v) for k, v in losses.items()}


def main(rank, folder):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder / 'store'}", rank=rank, world_size=2)
    for name, case in CASES.items():
        save_file(trained(case, rank, 2), folder / f"{name} {rank}")
    dist.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
