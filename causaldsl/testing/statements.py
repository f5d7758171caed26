"""What every kind of plugin states of itself: frozen options with defaults, in a module that imports no torch."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from functools import cache
from typing import Any


def check_options(options: Any) -> None:
    """Check that options are a frozen dataclass, each with a default.

    Raises
    ------
    AssertionError
        If they are not.
    """
    assert dataclasses.is_dataclass(options), "`options` is a dataclass"
    defaults: Any = options
    assert defaults.__dataclass_params__.frozen, "the options are frozen"
    lacking = [f.name for f in dataclasses.fields(options) if f.default is f.default_factory is dataclasses.MISSING]
    assert not lacking, f"every option has a default: {', '.join(lacking)}"
    assert defaults() == defaults(), "two times the default options are equal"
    hash(defaults())


def check_light(plugin: object) -> None:
    """Check that a plugin's module can be imported without torch.

    Raises
    ------
    AssertionError
        If it cannot.
    """
    module = type(plugin).__module__
    assert not (found := _what_importing_it_does(module)), f"`{module}` can be imported without torch: {found}"


@cache
def _what_importing_it_does(module: str) -> str:
    """Return what is wrong with importing a module in a Python of its own, which shall not import torch."""
    code = f"import sys, {module}; sys.exit('torch' in sys.modules and 'it imports torch')"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    return done.stderr[-500:].strip() if done.returncode else ""
