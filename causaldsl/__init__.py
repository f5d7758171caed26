"""causaldsl: causal graphs as text, compiled to generative models that know seeing from doing.

import causaldsl as cd
graph = cd.parse("binary Rain, Wet; Rain -> Wet")
run = cd.fit(cd.compile(graph), "lawn.csv", out="runs/lawn")
run.sample(1000, do={"Rain": 1})
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from causaldsl.errors import (
    CausalError,
    CausalSyntaxError,
    DataError,
    Diagnostic,
    GraphError,
    Interrupted,
    RunError,
    UsageError,
)

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.graph.read import read_file as load
    from causaldsl.graph.read import read_text as parse
    from causaldsl.scm.build import compile_graph as compile  # noqa: A004 - the façade's own word
    from causaldsl.scm.model import CausalModel
    from causaldsl.train.fit import fit
    from causaldsl.train.run import Run, open_run

__version__ = "0.1.0"

__all__ = [
    "CausalError",
    "CausalGraph",
    "CausalModel",
    "CausalSyntaxError",
    "DataError",
    "Diagnostic",
    "GraphError",
    "Interrupted",
    "Run",
    "RunError",
    "UsageError",
    "compile",
    "fit",
    "load",
    "open_run",
    "parse",
]

_LAZY = {
    "CausalGraph": ("causaldsl.graph.ir", "CausalGraph"),
    "CausalModel": ("causaldsl.scm.model", "CausalModel"),
    "Run": ("causaldsl.train.run", "Run"),
    "compile": ("causaldsl.scm.build", "compile_graph"),
    "fit": ("causaldsl.train.fit", "fit"),
    "load": ("causaldsl.graph.read", "read_file"),
    "open_run": ("causaldsl.train.run", "open_run"),
    "parse": ("causaldsl.graph.read", "read_text"),
}


def __getattr__(name: str) -> Any:
    """Import the parts on first use: the graph half without torch, the torch half when it is named."""
    if name not in _LAZY:
        raise AttributeError(f"module 'causaldsl' has no attribute {name!r}")
    module, attribute = _LAZY[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
