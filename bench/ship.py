"""Make a copy of a run that can travel with the package: `python bench/ship.py RUN OUT`.

    python bench/ship.py runs/faces64 causaldsl/demo

The copy is a run as any other, so `causaldsl ask`, `sample`, `report` and `serve` take it. It holds the text, the
record, the log and the weights, and the evaluation and the judges if RUN has them (`causaldsl evaluate RUN` makes
both). Large tensors are kept as float16, half as many bytes; loading casts them back. Tables and rates stay as they
are. Nothing else in RUN is taken, and only runs of `faces` are: its pictures are drawn, of nobody.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor

from causaldsl.evaluate.evaluation import KINDS, RESULTS, judge_path
from causaldsl.train.files import read_tensors, write_bytes, write_json, write_tensors
from causaldsl.train.run import LOG, RECORD, TEXT, WEIGHTS, open_run

LARGE = 1_000
"""Numbers from which on a tensor is kept as float16."""
MOST = 6_000_000
"""Bytes of weights that a package may carry."""


def ship(source: Path, out: Path) -> None:
    """Write the copy."""
    run = open_run(source)
    if not run.complete:
        sys.exit(f"{source} is unfinished")
    if run.record["data"].split("(")[0] != "faces" or run.record["root"] is not None:
        sys.exit(f"{source} was trained on {run.record['data']}: only runs of `faces` are shipped")
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / RECORD, run.record)
    for name in (TEXT, LOG, RESULTS):
        if (source / name).exists():
            write_bytes(out / name, (source / name).read_bytes())
    for path in (source / WEIGHTS, *(judge_path(run, kind) for kind in KINDS)):
        if path.exists():
            tensors, about = read_tensors(path)
            write_tensors(out / path.name, {name: halved(tensor) for name, tensor in tensors.items()}, about)


def halved(tensor: Tensor) -> Tensor:
    return tensor.half() if tensor.dtype == torch.float32 and tensor.numel() > LARGE else tensor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    ship(arguments.run, arguments.out)
    size = (arguments.out / WEIGHTS).stat().st_size
    print(f"{arguments.out / WEIGHTS}: {size:,} bytes")
    if size > MOST:
        sys.exit(f"more than {MOST:,}")


if __name__ == "__main__":
    main()
