"""Pictures a second from their files and from packed shards: `OMP_NUM_THREADS=1 python bench/datasets.py [DIR]`.

Without DIR, 2,000 drawn portraits as JPEG files of CelebA's size, 178 by 218 pixels, in a `folder`; with DIR, CelebA's
pictures there. All at 64 by 64: decoded, cropped and resized one by one (the first 2,000); packed by one process; read
from the shards in batches of 64 rows at random, as training reads them. CPU seconds of one thread, the best of three.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image

from causaldsl.datasets.faces import sample_labels
from causaldsl.datasets.faces_drawing import draw
from causaldsl.datasets.faces_sitter import LABELS
from causaldsl.datasets.pack import pack
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset, dataset

N = 2_000
BATCH = 64
IMAGES = {"Face": Image(3, 64, 64)}


def portraits(folder: Path) -> Dataset:
    """Draw faces and save them as CelebA's pictures are saved."""
    labels = sample_labels(N, np.random.default_rng(0))
    for i, pixels in enumerate(draw(labels, 64, 0).transpose(0, 2, 3, 1)):
        PIL.Image.fromarray(pixels).resize((178, 218)).save(folder / f"{i:06d}.jpg", quality=90)
    rows = [f"{i:06d}.jpg,{label}" for i, label in enumerate(labels[:, 0])]
    (folder / "labels.csv").write_text("\n".join([f"file,{LABELS[0]}", *rows]))
    return dataset("folder", folder)


def best(work: Callable[[], int]) -> float:
    """Return pictures a CPU second."""
    rates = []
    for _ in range(3):
        begun = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - begun))
    return max(rates)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "files", Path(place) / "packed"
        folder.mkdir()
        source = dataset("celeba", Path(sys.argv[1])) if len(sys.argv) > 1 else portraits(folder)
        columns = source.columns[:1]
        files = source.plugin.open(source.root, columns, IMAGES, source.options).pictures["Face"]
        count = min(N, len(files))
        print(f"decoded from files: {best(lambda: len(files[:count])):,.0f} pictures/s")
        packing = best(lambda: pack(source, columns, IMAGES, out, workers=1, force=True).index.rows)
        print(f"packed by one process: {packing:,.0f} pictures/s")
        packed = dataset(str(out))
        shards = packed.plugin.open(packed.root, columns, IMAGES, packed.options).pictures["Face"]
        rng = np.random.default_rng(0)
        batches = [rng.integers(0, len(shards), BATCH) for _ in range(2_000)]
        print(f"read from shards: {best(lambda: sum(len(shards[rows]) for rows in batches)):,.0f} pictures/s")


if __name__ == "__main__":
    main()
