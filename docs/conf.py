"""The site: `make docs` builds it into docs/_build; a warning is an error."""

import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import notebooks

project = "causaldsl"
author = "the founders of causaldsl"
version = release = version_of("causaldsl")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinxcontrib.bibtex"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext", ".ipynb": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "causaldsl"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # blocks in languages without a lexer, and wrong texts
bibtex_bibfiles = ["references.bib"]

default_role = "code"  # `x` in a docstring
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False


def cite(*event: Any) -> None:
    """Let `[1]_` of a docstring lead to the list of references, by the key in its `.. [1] Authors, title (key)`."""
    lines = event[-1]
    text = "\n".join(lines)
    entries = re.compile(r"^\.\. \[(\d+)\] .*?\((\w+)\)\.\n?(?=\.\. \[|\n|\Z)", re.MULTILINE | re.DOTALL)
    for number, key in entries.findall(text):
        text = text.replace(f"[{number}]_", f":cite:`{key}`")
    text = entries.sub("", text)
    lines[:] = re.sub(r"^References\n-+\n\s*(?=^\S|\Z)", "", text, flags=re.MULTILINE).split("\n")


def setup(app: Any) -> None:
    """Read the references before napoleon reads the sections, and notebooks as pages."""
    app.connect("autodoc-process-docstring", cite, priority=100)
    app.connect("source-read", notebooks.read)
