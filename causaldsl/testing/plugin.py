"""The pytest plugin: `pytest lawn.causal` makes a test of each `assert` of the file.

It is loaded whenever pytest starts, so it imports nothing; `causaldsl.testing.items` comes with the first causal file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from causaldsl.testing.items import CausalFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--causal-run` and `causal_files`."""
    parser.getgroup("causaldsl").addoption(
        "--causal-run",
        metavar="DIR",
        help="A trained run: it judges what the assertions of its graph's file say about numbers.",
    )
    parser.addini(
        "causal_files",
        "Collect the .causal files of folders too, not only those that are named.",
        type="bool",
        default=False,
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CausalFile | None:
    """Collect a causal file that was asked for."""
    if file_path.suffix != ".causal":
        return None
    if not (parent.session.isinitpath(file_path) or parent.config.getini("causal_files")):
        return None
    from causaldsl.testing.items import CausalFile

    return CausalFile.from_parent(parent, path=file_path)
