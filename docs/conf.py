"""The site: `make docs` builds it into docs/_build; a warning is an error."""

from importlib.metadata import version as version_of

project = "causaldsl"
author = "the founders of causaldsl"
version = release = version_of("causaldsl")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinxcontrib.bibtex"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "causaldsl"

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # blocks in languages without a lexer, and wrong texts
bibtex_bibfiles = ["references.bib"]

autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
