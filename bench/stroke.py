"""How far the measures of a stroke are from Morpho-MNIST's columns: `OMP_NUM_THREADS=1 python bench/stroke.py DIR`.

DIR holds the files of Morpho-MNIST. All its pictures are read at 32 by 32 pixels.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from causaldsl.datasets.decoding import load
from causaldsl.graph.domain import Image
from causaldsl.measure import stroke
from causaldsl.plugins.datasets import dataset


def main() -> None:
    data = dataset("morphomnist", Path(sys.argv[1]))
    found = load(data, ("thickness", "intensity"), {"Picture": Image(1, 32, 32)}, "all")
    pictures = np.asarray(found.pictures["Picture"])
    for name, measure in (("thickness", stroke.thickness), ("intensity", stroke.intensity)):
        begun = time.process_time()
        read = measure(pictures)
        seconds, error = time.process_time() - begun, read - found.labels[name]
        half, most, nearly = np.quantile(np.abs(error), (0.5, 0.9, 0.99))
        print(f"{name}: mean absolute error {np.abs(error).mean():.3f}, mean error {error.mean():+.3f};")
        print(f"  half below {half:.3f}, 90 % {most:.3f}, 99 % {nearly:.3f}, largest {np.abs(error).max():.2f};")
        print(
            f"  correlation {np.corrcoef(read, found.labels[name])[0, 1]:.4f}; {1e3 * seconds / len(read):.2f} ms each"
        )


if __name__ == "__main__":
    main()
