"""Train image models on `faces` until the robust judge reads .85 as asked: `python bench/until.py --out DIR`.

One model after another in one run, on one thread, with its own defaults: `r3gan`, then `causalgan` as published, which
is given up after `--times` as long. Every few seconds of CPU time 2,000 pictures of uniformly drawn labels are read by
the robust judge, which never saw a generated picture; reading them does not count as time.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from judged import judges, learner_of, portraits

from causaldsl.datasets.faces import LABELS
from causaldsl.evaluate.readings import hits

MODELS = ("r3gan", "causalgan", "causalgan(width=32)")
ENOUGH = 0.85
PICTURES = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="where the judges are kept")
    parser.add_argument("--models", nargs="+", default=MODELS, metavar="MECHANISM")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--times", type=float, default=10, help="of the first model's time (default: %(default)s)")
    parser.add_argument("--every", type=float, default=5, help="CPU seconds between two looks, at least")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    data = portraits(arguments.size)
    *_, judge = judges(arguments.out, data, 0)
    limit, first = float("inf"), None
    print("| model | steps | CPU s | effectiveness | times the first |\n|---|---|---|---|---|")
    for spec in arguments.models:
        model, learner = learner_of(spec, arguments.size, data, arguments.seed)
        spent = looked = read = 0.0
        step = 0
        while spent < limit and read < ENOUGH and step < learner.steps:
            begun = time.process_time()
            learner.step(step)
            step, spent = step + 1, spent + time.process_time() - begun
            if spent - looked >= max(arguments.every, spent / 20):
                looked = spent
                generator = torch.Generator().manual_seed(arguments.seed)
                asked = {name: torch.randint(2, (PICTURES,), generator=generator) for name in LABELS}
                drawn = model.eval().draw("Face", asked, generator)
                model.train()
                right = hits(judge.read(drawn), asked)
                read = float(torch.stack(list(right.values())).double().mean())
        if first is None:
            first, limit = spent, arguments.times * spent
        least = "" if read >= ENOUGH else "over "
        print(f"| `{spec}` | {step:,} | {least}{spent:.0f} | {read:.3f} | {least}{spent / first:.1f} |", flush=True)


if __name__ == "__main__":
    main()
