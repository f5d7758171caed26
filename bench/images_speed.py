"""How fast image models train, beside plain PyTorch and beside their own arithmetic: `python bench/images_speed.py`.

    OMP_NUM_THREADS=1 python bench/images_speed.py --size 32 --width 32

Two tables. The first: steps of `causalgan` as published, six of the generator for one of critic and labelers, beside a
straightforward PyTorch program of the same networks, losses, widths and batch (bench/causalgan_port.py). The second: a
step of `r3gan`, the mean over a cycle of its lazy penalties, beside the time that the arithmetic of its networks, their
gradients and penalties would take at the rate of its own convolutions, which are timed layer by layer, forwards and
backwards. CPU seconds of one thread; programs take turns, round by round, and medians are compared.
FLOPs are counted by torch.utils.flop_counter: two a multiplication with its addition, convolutions and matrices alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import nullcontext
from statistics import median

import numpy as np
import torch
from causalgan_port import Port
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from causaldsl.graph.domain import Binary, Image
from causaldsl.images.precision import multiplies_bfloat16
from causaldsl.plugins.protocols import Learner, NodeShape, PictureData, Schedule
from causaldsl.plugins.registry import load

LABELS = 9
PICTURES = 4096
PEERS = ("port", "causaldsl float32", "causaldsl bfloat16")


class Coins:
    """Labels by fair coins, from a pool as a controller's are."""

    def __init__(self) -> None:
        self.pool = torch.randint(0, 2, (2**16, LABELS)).float()

    def observational(self, n: int, generator: torch.Generator) -> Tensor:
        return self.pool[torch.randint(len(self.pool), (n,), generator=generator)]

    interventional = observational


def learner(kind: str, size: int, batch: int, **options: object) -> Learner:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (PICTURES, 3, size, size), dtype=np.uint8)
    labels = torch.from_numpy(rng.integers(0, 2, (PICTURES, LABELS)))
    plugin = load("images", kind)
    chosen = plugin.options(**options)
    shape = NodeShape("Face", Image(3, size, size), tuple((f"L{i}", Binary()) for i in range(LABELS)))
    return plugin.learner(
        plugin.build(shape, chosen), PictureData(pixels, labels, Coins()), chosen, Schedule(0, batch=batch)
    )


class Nowhere(nullcontext[None]):
    """In place of the counter's tracker of modules, whose hooks do not bear a gradient of a gradient."""

    parents = frozenset({"Global"})


def flops(act: Callable[[], object]) -> float:
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = Nowhere()
    with counter:
        act()
    return float(counter.get_total_flops())


def seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def convolution_rate(model: nn.Module, act: Callable[[], object], half: bool) -> float:
    """Return the FLOPs a second of the convolutions of networks, by their inputs in a step: forwards and backwards."""
    seen: list[tuple[nn.Module, Tensor]] = []
    hooks = [
        m.register_forward_hook(lambda m, x, _: seen.append((m, x[0].detach())))
        for m in model.modules()
        if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)
    ]
    act()
    for hook in hooks:
        hook.remove()
    work = spent = 0.0
    for layer, inputs in seen:
        inputs = inputs.float().contiguous(memory_format=torch.channels_last).requires_grad_()

        def both(layer: nn.Module = layer, inputs: Tensor = inputs) -> None:
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                found = layer(inputs)
            layer.zero_grad()
            found.backward(torch.ones_like(found))

        both()
        work += flops(both)
        spent += median(seconds(both) for _ in range(3))
    return work / spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    size, width, batch, rounds = arguments.size, arguments.width, arguments.batch, arguments.rounds
    half = multiplies_bfloat16(torch.device("cpu"))
    print(f"{size} px, width {width}, batch {batch}, {rounds} rounds; bfloat16 is multiplied: {half}\n")

    both = {p: learner("causalgan", size, batch, width=width, precision=p) for p in ("float32", "bfloat16")}
    acts = dict(zip(PEERS, (Port(size, width, batch, LABELS), both["float32"], both["bfloat16"]), strict=True))
    work = {name: flops(lambda one=one: one.step(0)) for name, one in acts.items()}
    for one in acts.values():
        one.step(1)
    spent: dict[str, list[float]] = {name: [] for name in acts}
    for t in range(rounds):
        for name, one in acts.items():
            spent[name].append(seconds(lambda one=one, t=t: one.step(2 + t)))
    first = median(spent["port"])
    print("| causalgan | GFLOP a step | CPU s a step | real images/s | GFLOP/s | times the port |")
    print("|---|---|---|---|---|---|")
    for name, times in spent.items():
        t = median(times)
        print(
            f"| {name} | {work[name] / 1e9:.1f} | {t:.3f} | {batch / t:.1f} | {work[name] / t / 1e9:.1f} "
            f"| {first / t:.2f} ({min(times):.3f} to {max(times):.3f} s) |",
            flush=True,
        )

    print("\n| r3gan | GFLOP a step | GFLOP/s of its convolutions | s at that rate | CPU s a step | times |")
    print("|---|---|---|---|---|---|")
    for precision in ("float32", "bfloat16"):
        one = learner("r3gan", size, batch, width=width, precision=precision)
        cycle = one.options.lazy
        networks = nn.ModuleList(one.networks.values())

        def turn(one: Learner = one, cycle: int = cycle) -> None:
            for t in range(cycle):
                one.step(t)

        turn()
        rate = convolution_rate(networks, lambda one=one: one.step(1), precision == "bfloat16")
        need, taken = flops(turn) / cycle, median(seconds(turn) for _ in range(rounds)) / cycle
        print(
            f"| {precision} | {need / 1e9:.2f} | {rate / 1e9:.1f} | {need / rate:.4f} | {taken:.4f} "
            f"| {taken * rate / need:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
