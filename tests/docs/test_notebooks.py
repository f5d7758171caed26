"""The notebooks of the site do what they show."""

import importlib.util
import json
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

specification = importlib.util.spec_from_file_location("notebooks", DOCS / "notebooks.py")
notebooks = importlib.util.module_from_spec(specification)
specification.loader.exec_module(notebooks)
PATHS = sorted(notebooks.FOLDER.glob("*.ipynb"))


def test_there_are_two():
    assert [path.name for path in PATHS] == ["do-above-given.ipynb", "three-rungs.ipynb"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_what_a_notebook_shows_is_what_happens(path: Path):
    kept = json.loads(path.read_text(encoding="utf-8"))
    found = notebooks.executed(path)
    assert notebooks.said(found) == notebooks.said(kept), "python docs/notebooks.py"
    assert notebooks.said(kept)
    kinds = [[sorted(o.get("data", {})) for o in cell.get("outputs", [])] for cell in kept["cells"]]
    assert kinds == [[sorted(o.get("data", {})) for o in cell.get("outputs", [])] for cell in found["cells"]]


def test_a_cell_that_fails_is_an_error(tmp_path: Path):
    cell = {"cell_type": "code", "source": ["1 / 0"], "metadata": {}, "outputs": []}
    (tmp_path / "wrong.ipynb").write_text(json.dumps({"cells": [cell]}))
    with pytest.raises(ZeroDivisionError):
        notebooks.executed(tmp_path / "wrong.ipynb")


def test_a_notebook_is_a_page_with_its_outputs():
    page = notebooks.as_markdown(json.loads((notebooks.FOLDER / "three-rungs.ipynb").read_text(encoding="utf-8")))
    assert page.startswith("# The three rungs")
    assert "```causal\n%%causal lawn\n" in page
    assert "```text\nP(Rain=1 | Sprinkler=1) = 0.3\n" in page
    assert page.count("<svg") == 4
