"""A tiny packed data set, and a graph that learns from it in a second."""

from pathlib import Path

import numpy as np

from causaldsl.datasets.pack import pack
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset
from causaldsl.plugins.protocols import Data

TEXT = """binary A, B
image Face[3, 32, 32]
A -> B
A, B -> Face
Face ~ r3gan(width=4, latent=4, precision="float32")
"""
BATCH = ("--set", "images.batch=8")


class Noise:
    """Random pictures of two labels."""

    options = type("Options", (), {})

    def columns(self, root, options):
        return ("A", "B")

    def open(self, root, columns, images, options):
        rng = np.random.default_rng(0)
        a = rng.integers(0, 2, 64)
        labels = {"A": a, "B": a ^ (rng.random(64) < 0.2)}
        return Data("noise", labels, {"Face": rng.integers(0, 256, (64, 3, 32, 32), dtype=np.uint8)})


def write(folder: Path) -> list[str]:
    """Write graph and data; return the arguments of a `train` that learns from them."""
    (folder / "graph.causal").write_text(TEXT, encoding="utf-8")
    data = Dataset("noise", Noise(), None, Noise.options())
    pack(data, ("A", "B"), {"Face": Image(3, 32, 32)}, folder / "data", workers=1)
    return ["train", str(folder / "graph.causal"), "--data", str(folder / "data"), *BATCH]
