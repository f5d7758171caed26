"""Train image models on `faces` for so many minutes each, judge their pictures: `python bench/images.py --out DIR`.

    OMP_NUM_THREADS=1 python bench/images.py --out DIR --minutes 20
    OMP_NUM_THREADS=1 python bench/images.py --out DIR --minutes 20 --models 'causalgan(width=32, anti_labeler=false)'

Minutes are of CPU time of one thread, so that other jobs do not count: a probe of a few steps says how many fit. Each
model has a run folder in DIR, with its log and its checkpoint: the same command goes on where it was stopped, and only
judges what is trained. One table at the end, a sheet of pictures a model (DIR/MODEL.png), DIR/results.json.

Effectiveness: 5,000 pictures of uniformly drawn labels, read by two judges that never saw a generated picture, the
lower of the two. FD[robust]: those pictures against 5,000 real ones of uniform labels, in the features of the robust
judge; below them FD of as many real ones. Diversity: mean distance of two pictures in which a label is 1, by real
ones' in the data; given as the mean over labels and for Bald, 2 % of the data.
"""

from __future__ import annotations

import argparse
import json
import re
from functools import partial
from pathlib import Path

import torch
from judged import judged, judges, picture, portraits, real_portraits, seconds, steps_in, trained

from causaldsl.evaluate.likeness import looks
from causaldsl.graph.domain import Image
from causaldsl.measure.frechet import frechet
from causaldsl.plugins.options import resolve
from causaldsl.plugins.registry import load
from causaldsl.scm.pictures import from_bytes

MODELS = ("r3gan(width=32)", "causalgan(width=32)", "causalbegan(width=32)")
PICTURES = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20, help="of CPU time a model (default: %(default)s)")
    parser.add_argument("--models", nargs="+", default=MODELS, metavar="MECHANISM")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    size, seed = arguments.size, arguments.seed
    data = portraits(size)
    runs = {}
    for spec in arguments.models:
        folder = arguments.out / re.sub(r"\W+", "-", f"{spec} {arguments.minutes:g}min {size}px").strip("-")
        steps = partial(steps_in, spec, size, arguments.minutes, data, seed)
        runs[spec] = trained(spec, folder, steps, size, seed)
    both = judges(arguments.out, data, seed)
    assert data.uniform is not None
    (look,) = looks(["robust"], Image(3, size, size), both).values()
    seen, more = (from_bytes(data.uniform(PICTURES, seed + k)[0]) for k in (2, 3))
    real = real_portraits(data)
    header = (
        "| model | steps | CPU min | real images/s | generated/s | mean | least label | FD[robust] | diversity | Bald |"
    )
    print(header, "|---" * 10 + "|", sep="\n")
    results = {}
    for spec, run in runs.items():
        found = judged(run, both, look, real, seen, PICTURES, seed)
        least, apart = min(found.labels, key=found.labels.__getitem__), found.diversity
        steps, batch = (run.record["stages"]["images: Face"][key] for key in ("steps", "batch"))
        options = resolve(load("images", spec.split("(")[0]).options, run.graph["Face"].mechanism)[0]
        spent = seconds(run)
        rate, turns = steps * batch / spent, getattr(options, "generator_steps", 1)
        mean = sum(apart.values()) / len(apart)
        print(
            f"| `{spec}` | {steps:,} | {spent / 60:.1f} | {rate:,.0f} | {rate * turns:,.0f} | {found.mean:.3f} "
            f"| {found.labels[least]:.3f} {least} | {found.distance:.1f} | {mean:.2f} | {apart['Bald']:.2f} |",
            flush=True,
        )
        picture(run, run.folder.with_suffix(".png"))
        results[spec] = {
            "steps": steps, "seconds": spent, "images_per_second": rate, "mean": found.mean, "labels": found.labels,
            "frechet": found.distance, "diversity": apart,
        }  # fmt: skip
    print(f"| *real pictures* | | | | | | | {frechet(look(more), look(seen)).value:.1f} | 1 | 1 |")
    (arguments.out / "results.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
