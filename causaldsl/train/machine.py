"""On what a run is computed."""

from __future__ import annotations

from dataclasses import dataclass

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


HERE = Machine()
"""One process, nothing compiled."""
