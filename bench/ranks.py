"""How far two gloo ranks are from one process, and one process from itself shaken: `python bench/ranks.py`.

Tiny image models (tests/pairs.py), 10 steps in float32 for some seeds, with their activations and without kinks; 50
steps in float64. Printed is the worst entry of all weights, the running figures of batch normalisation included.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.pairs import BEGAN, GAN, Case, learner, setting

KINDS = {
    "r3gan": Case("r3gan", 10, torch.float32),
    "causalgan": Case("causalgan", 10, torch.float32, options=GAN),
    "causalgan, joint": Case("causalgan", 10, torch.float32, options={**GAN, "minibatch": 0, "labeler": "joint"}),
    "causalbegan": Case("causalbegan", 10, torch.float32, options=BEGAN),
}
SHAKE = 1e-7


def cases(seeds):
    """Yield a name, a case and a seed each."""
    for kind, case in KINDS.items():
        yield f"{kind}, float64", replace(case, dtype=torch.float64, steps=50), 3
        for seed in seeds:
            yield f"{kind}, float32", case, seed
            yield f"{kind}, float32, smooth", replace(case, smooth=True), seed


def weights(case, seed, rank=0, ranks=1, shake=0.0):
    """Return the weights that are trained, from initial ones that are shaken by a share of themselves."""
    with setting(case):
        taught = learner(case, rank, ranks, seed=seed)
        draw = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for player in taught.players.values() if shake else ():
                for weight in player.network.parameters():
                    weight.mul_(1 + shake * (2 * torch.rand(weight.shape, generator=draw) - 1))
        for t in range(case.steps):
            taught.step(t)
        return {k: v for k, v in taught.state().items() if not k.startswith("adam.")}


def furthest(a, b):
    return max((a[k].double() - b[k].double()).abs().max().item() for k in a)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--rank", type=int)
    parser.add_argument("--folder", type=Path)
    said = parser.parse_args()
    torch.set_num_threads(1)
    seeds = range(3, 3 + said.seeds)
    if said.rank is not None:
        store = f"file://{said.folder / 'store'}"
        dist.init_process_group("gloo", init_method=store, rank=said.rank, world_size=2)
        for name, case, seed in cases(seeds):
            found = weights(case, seed, said.rank, 2)
            if said.rank == 0:
                save_file(found, said.folder / f"{name} {seed}")
        return dist.destroy_process_group()
    with tempfile.TemporaryDirectory() as folder:
        pair = [sys.executable, __file__, "--seeds", str(said.seeds), "--folder", folder, "--rank"]
        both = [subprocess.Popen([*pair, str(rank)]) for rank in (0, 1)]
        codes = [process.wait() for process in both]
        if any(codes):
            sys.exit("a rank failed")
        rows = {}
        for name, case, seed in cases(seeds):
            alone = weights(case, seed)
            apart = furthest(load_file(Path(folder) / f"{name} {seed}"), alone)
            rows.setdefault(name, []).append((apart, furthest(weights(case, seed, shake=SHAKE), alone)))
    print(
        f"| model | seeds | two ranks: worst | within 1e-5 | shaken by {SHAKE:g}: worst | within 1e-5 |\n"
        + "|---" * 6
        + "|"
    )
    for name, found in rows.items():
        shown = " | ".join(f"{max(far):.1e} | {sum(f < 1e-5 for f in far)}" for far in zip(*found, strict=True))
        print(f"| {name} | {len(found)} | {shown} |")
    return None


if __name__ == "__main__":
    main()
