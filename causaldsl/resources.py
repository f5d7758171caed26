"""What travels with the package: grammar/, examples/ and docs/errors.md of the repository, and a trained run."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

DEMO = Path(__file__).parent / "demo"
"""The folder of a run, as `causaldsl train` leaves one; bench/ship.py made it."""


def resource(folder: str, name: str) -> Traversable:
    """Return a shipped file: inside the installed package, or in the checkout that the package runs from."""
    inside = files("causaldsl").joinpath(folder, name)
    return inside if inside.is_file() else Path(__file__).parents[1] / folder / name
