"""Fit three-node graphs, right and wrong, to data of three-node graphs: `python bench/synthetic.py [--only flow]`.

The synthetic study of the CausalGAN paper on corrected data (`synthetic_laws.py`): line, collider and complete data,
fitted by graphs of the same three shapes. `histogram` counts each node given its causes in ten bins an axis; `flow` and
`wgan` are compiled from causal texts and fitted by `fit`; `FC3`, `FC5`, `FC10` are plain networks of so many layers of
tanh that know no graph, trained as `wgan` is. One thread. A line a fit: seconds of CPU, the TVD of a 10x10x10 histogram
of 50,000 draws to that of 50,000 rows of data, that of 50,000 other rows (the floor), and how many times the floor.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor, nn

import causaldsl as cd
from causaldsl.measure.tvd import factorised, tvd
from causaldsl.mechanisms.wgan_critic import Critics, distances, penalties
from causaldsl.train.config import read_config

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_laws import NAMES, SHAPES, Array, cells, law

ROWS, DRAWS, FLOORS = 200_000, 50_000, 5
WIDTH, BATCH, CRITIC, CRITIC_STEPS, RATE = 10, 256, 64, 3, 3e-3
"""Of the adversaries: width of the generators' layers (the paper's), rows a step, width of the critic's two layers."""
WGAN = f"wgan(noise=1, hidden={WIDTH}, layers=3, critic_hidden={CRITIC}, critic_steps={CRITIC_STEPS})"
BLIND = {"FC3": 3, "FC5": 5, "FC10": 10}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["histogram", "flow", "wgan", "blind"], nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--right", action="store_true", help="the data's own graph alone")
    parser.add_argument("--flow-steps", type=int, default=0, help="0: the default of `flow`")
    parser.add_argument("--gan-steps", type=int, default=10_000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'data':10}{'seed':>5}  {'model':20}{'seconds':>8}{'TVD':>8}{'floor':>8}{'ratio':>7}")
    ratios: dict[tuple[str, str], list[float]] = {}
    for data in SHAPES:
        for seed in range(arguments.seeds):
            draw, rng = law(data, seed), np.random.default_rng(seed)
            rows, truth = draw(ROWS, rng), cells(draw(DRAWS, rng))
            floor = float(np.mean([tvd(cells(draw(DRAWS, rng)), truth) for _ in range(FLOORS)]))
            for model, fit in models(data, arguments):
                start = time.process_time()
                drawn = fit(rows, seed)
                seconds = time.process_time() - start
                distance = tvd(drawn, truth)
                ratios.setdefault((data, model), []).append(distance / floor)
                print(
                    f"{data:10}{seed:>5}  {model:20}{seconds:8.1f}{distance:8.4f}{floor:8.4f}{distance / floor:7.2f}",
                    flush=True,
                )
    print(f"\n{'data':10}{'model':20}{'mean ratio':>11}{'largest':>9}")
    for (data, model), found in ratios.items():
        print(f"{data:10}{model:20}{np.mean(found):11.2f}{max(found):9.2f}")


def models(data: str, arguments: argparse.Namespace) -> Iterator[tuple[str, Callable[[Array, int], Array]]]:
    """Yield what is fitted to data of a shape: its name, and what turns rows and a seed into the cells of its draws."""
    asked = arguments.only or ("histogram", "flow", "wgan", "blind")
    steps, gan_steps = arguments.flow_steps, arguments.gan_steps
    for graph in (data,) if arguments.right else SHAPES:
        if "histogram" in asked:
            yield f"histogram {graph}", lambda rows, seed, graph=graph: counted(graph, rows, seed)
        if "flow" in asked:
            yield f"flow {graph}", lambda rows, seed, graph=graph: fitted(graph, "flow", steps, 0, rows, seed)
        if "wgan" in asked:
            yield f"wgan {graph}", lambda rows, seed, graph=graph: fitted(graph, WGAN, gan_steps, BATCH, rows, seed)
    for name, layers in BLIND.items() if "blind" in asked else ():
        yield name, lambda rows, seed, layers=layers: blind(layers, gan_steps, rows, seed)


def counted(graph: str, rows: Array, seed: int) -> Array:
    """Return the cells of draws from the histogram that the graph factorises."""
    parents = [[NAMES.index(cause) for cause in SHAPES[graph][name]] for name in NAMES]
    found = factorised(cells(rows), parents)
    drawn = np.random.default_rng(seed).multinomial(DRAWS, found.ravel() / found.sum())
    return drawn.reshape(found.shape) / DRAWS


def fitted(graph: str, kind: str, steps: int, batch: int, rows: Array, seed: int) -> Array:
    """Return the cells of draws from a graph that is compiled from its text and fitted."""
    model = cd.compile(cd.parse(text(graph, kind)), seed=seed)
    config = read_config(settings=[f"labels.steps={steps}", f"labels.batch={batch}"])
    columns = {name: rows[:, i] for i, name in enumerate(NAMES)}
    with tempfile.TemporaryDirectory() as folder:
        run = cd.fit(model, columns, Path(folder) / "run", seed=seed, config=config)
    drawn = run.sample(DRAWS, seed=seed)
    return cells(np.column_stack([drawn[name].numpy() for name in NAMES]))


def text(graph: str, kind: str) -> str:
    """Return a shape as a causal text.

    >>> print(text("line", "flow"), end="")
    real X1, X2, X3 in [0, 1]
    X1 -> X2
    X2 -> X3
    default real ~ flow
    """
    edges = [f"{', '.join(causes)} -> {name}" for name, causes in SHAPES[graph].items() if causes]
    return "\n".join([f"real {', '.join(NAMES)} in [0, 1]", *edges, f"default real ~ {kind}"]) + "\n"


def blind(layers: int, steps: int, rows: Array, seed: int) -> Array:
    """Return the cells of draws from a plain network that makes all three variables of three uniforms."""
    torch.manual_seed(seed)
    generator = Generator().manual_seed(seed)
    sizes = [len(NAMES), *[WIDTH] * layers]
    body = [m for a, b in pairwise(sizes) for m in (nn.Linear(a, b), nn.Tanh())]
    network = nn.Sequential(*body, nn.Linear(WIDTH, len(NAMES)), nn.Sigmoid())
    critic = Critics([range(len(NAMES))], len(NAMES), CRITIC, 2, bounded=False)
    real = torch.as_tensor(rows, dtype=torch.float32)
    location, scale = real.mean(0), real.std(0)
    adam = [torch.optim.Adam(n.parameters(), lr=RATE, betas=(0.5, 0.9), fused=True) for n in (network, critic)]

    def made(n: int) -> Tensor:
        drawn: Tensor = network(torch.rand(n, len(NAMES), generator=generator) * 2 - 1)
        return drawn

    for t in range(steps):
        for each in adam:
            each.param_groups[0]["lr"] = RATE * max(1 - t / steps, 1e-3)
        for _ in range(CRITIC_STEPS):
            seen = (real[torch.randint(len(real), (BATCH,), generator=generator)] - location) / scale
            fake = ((made(BATCH) - location) / scale).detach()
            penalty = penalties(critic, seen, fake, True, generator)
            adam[1].zero_grad()
            (10 * penalty - distances(critic, seen, fake)).sum().backward()
            adam[1].step()
        critic.requires_grad_(False)
        score = critic((made(BATCH) - location) / scale).mean()
        adam[0].zero_grad()
        (-score).backward()
        adam[0].step()
        critic.requires_grad_(True)
    with torch.no_grad():
        return cells(made(DRAWS).double().numpy())


if __name__ == "__main__":
    main()
