"""On what a run is computed."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from causaldsl.scm.ranks import ALONE, Ranks


@dataclass(frozen=True)
class Machine:
    """On what a run is computed; what it comes to does not depend on it, but for rounding.

    Parameters
    ----------
    ranks : Ranks
        Which of how many processes this is.
    compile : bool
        Whether networks are compiled.
    """

    ranks: Ranks = ALONE
    compile: bool = False


def can_compile() -> str | None:
    """Try to compile something small; return what is in the way, None if nothing is."""
    try:
        torch.compile(lambda x: x + 1)(torch.zeros(2))
    except Exception as error:  # whatever is missing: a compiler, headers, a place to write
        return str(error).strip().splitlines()[0]
    return None


HERE = Machine()
"""One process, nothing compiled."""
