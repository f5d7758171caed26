"""What ties the worlds of a counterfactual together, and no data can tell."""

from __future__ import annotations

from causaldsl.scm.asked import Asked
from causaldsl.scm.controller import Controller
from causaldsl.scm.tabled import Worlds


def assumption_of(controller: Controller, asked: Asked) -> str:
    """Say how the noise of each node that has to be imagined twice couples its values.

    Rung 3 is not identified by data alone: two models that agree on all that can be seen and done may disagree on what
    would have been. The answer is that of the model's own couplings.
    """
    worlds = Worlds(controller, asked)
    twice = worlds.network.repeated(worlds.key(v) for v in asked.variables())
    if not twice:
        return "nothing: no node that comes about by chance is imagined twice"
    by_coupling: dict[str, list[str]] = {}
    for name in twice:
        by_coupling.setdefault(controller[name].coupling, []).append(name)
    said = "; ".join(f"{', '.join(names)}: {coupling}" for coupling, names in by_coupling.items())
    return f"a unit keeps its noise in every world ({said})"
