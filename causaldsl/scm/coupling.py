"""What ties the worlds of a counterfactual together, and no data can tell."""

from __future__ import annotations

from collections.abc import Iterable

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
    return _said(controller, twice)


def coupling_of(controller: Controller, do: Iterable[str]) -> str:
    """Say the same of all that is downstream of an intervention."""
    downstream = controller.graph.descendants(do) - set(do)
    return _said(controller, tuple(name for name in controller.nodes if name in downstream))


def _said(controller: Controller, twice: tuple[str, ...]) -> str:
    if not twice:
        return "nothing: no node that comes about by chance is imagined twice"
    by_coupling: dict[str, list[str]] = {}
    for name in twice:
        by_coupling.setdefault(controller[name].coupling, []).append(name)
    said = "; ".join(f"{', '.join(names)}: {coupling}" for coupling, names in by_coupling.items())
    return f"a unit keeps its noise in every world ({said})"
