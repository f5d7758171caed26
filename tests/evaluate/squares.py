"""Pictures of squares, whose causes have levels and are real; and a small run of them."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import causaldsl as cd
from causaldsl.train.config import read_config
from causaldsl.train.run import Run

CORNERS = {"top left": (4, 4), "top right": (4, 20), "below": (20, 4)}
TEXT = """
categorical corner {"top left", "top right", below}; real bright; binary light
image Square[1, 32, 32]
corner -> light
corner, bright, light -> Square
Square ~ r3gan(width=4, latent=4)
"""


def squares(n: int, seed: int) -> tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]]:
    """Draw a square in one of three corners, of some brightness, on a light or a dark ground."""
    rng = np.random.default_rng(seed)
    corner, bright, light = rng.integers(0, 3, n), rng.uniform(100, 250, n).astype(np.float32), rng.integers(0, 2, n)
    pictures = np.broadcast_to(40 * light[:, None, None, None], (n, 1, 32, 32)).astype(np.uint8)
    for i, (y, x) in enumerate(CORNERS.values()):
        pictures[corner == i, 0, y : y + 8, x : x + 8] = bright[corner == i, None, None]
    return pictures, {"corner": corner, "bright": bright, "light": light}


def run_of_squares(folder: Path, text: str = TEXT, n: int = 240) -> Run:
    """Train a little on pictures in files."""
    root = folder / "data"
    root.mkdir()
    pictures, labels = squares(n, 0)
    lines = ["file,corner,bright,light"]
    for i, picture in enumerate(pictures):
        Image.fromarray(picture[0]).save(root / f"{i}.png")
        corner = list(CORNERS)[labels["corner"][i]]
        lines.append(f"{i}.png,{corner},{labels['bright'][i]},{labels['light'][i]}")
    (root / "table.csv").write_text("\n".join(lines))
    config = read_config(settings=["labels.steps=60", "images.steps=2", "images.batch=8"])
    return cd.fit(cd.compile(cd.parse(text)), "folder", root=root, out=folder / "run", config=config)
