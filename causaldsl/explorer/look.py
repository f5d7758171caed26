"""What a viewer sees of a state: the graph, two strips of pictures, the law of every label in both worlds."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from causaldsl.evaluate.judge import Judge
from causaldsl.explorer.state import State
from causaldsl.graph.domain import Discrete, Real, Value, quoted
from causaldsl.graph.question import Intervention
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.answers import NumberAnswer
from causaldsl.scm.model import CausalModel
from causaldsl.scm.open_names import levels_shown
from causaldsl.scm.pictures import to_bytes

READ = 200
"""Pictures a world that a judge reads."""
DRAWS = 4_000
"""Units for the law of a node that has no table."""


class Explorer:
    """A model that is looked at.

    Parameters
    ----------
    model : CausalModel
        All its mechanisms known or trained.
    title : str
        What the page calls it.
    judge : Judge, optional
        Reads labels in pictures; None where there is none.
    pictures : bool
        Whether the image nodes are trained.
    """

    def __init__(self, model: CausalModel, title: str, judge: Judge | None = None, pictures: bool = True) -> None:
        self.model = model.eval()
        self.title = title
        self.judge = judge
        self.image = model.graph.images[0] if pictures and model.graph.images else None

    def about(self) -> dict[str, Any]:
        """Describe the model: its nodes with their domains, causes first."""
        graph = self.model.graph
        drawn = self.model.sample(DRAWS, pictures=False)
        nodes: list[dict[str, Any]] = []
        for name in graph.order:
            node: dict[str, Any] = {"name": name, "spelled": quoted(name)}
            domain = domain_of(graph[name])
            if name in graph.images:
                node |= {"kind": "image"}
            elif name in graph.latents:
                node |= {"kind": "latent"}
            elif isinstance(domain, Discrete):
                node |= {"kind": "discrete", "levels": levels_shown(domain)}
            elif isinstance(domain, Real):
                column = drawn[name].double()
                low, high = (float(column.quantile(q)) for q in (0.005, 0.995))
                node |= {"kind": "real", "low": max(low, domain.low), "high": min(high, domain.high)}
            nodes.append(node)
        return {
            "schema": 1,
            "title": self.title,
            "nodes": nodes,
            "image": self.image,
            "read": self.judge is not None and self.image is not None,
        }

    def look(self, state: State) -> dict[str, Any]:
        """Answer a state: `svg`, `worlds` (two, each with `name`, `pictures` and `law`), and `question`.

        Raises
        ------
        RunError
            If what is seen has probability zero.
        """
        worlds = []
        for name, do, given in self._worlds(state):
            pictures: list[str] = []
            notes: Sequence[str] = ()
            if self.image is not None:
                drawn = self.model.sample(state.n, do, given, state.seed)
                pictures, notes = _addresses(drawn[self.image]), drawn.notes
            law = {node: self._law(node, do, given) for node in self._asked(state)}
            worlds.append({"name": name, "pictures": pictures, "law": law, "notes": list(notes)})
        graph = self.model.graph
        return {
            "schema": 1,
            "svg": graph.draw(state.done, state.beside).svg(),
            "worlds": worlds,
            "condition": ", ".join([f"do({', '.join(state.do)})"] * bool(state.do) + [*state.given]),
        }

    def read(self, state: State) -> dict[str, Any]:
        """Let the judge read pictures of both worlds: for each binary label the share that it sees."""
        found: list[dict[str, float]] = []
        if self.judge is not None and self.image is not None:
            for _, do, given in self._worlds(state):
                pictures = self.model.sample(READ, do, given, state.seed)[self.image]
                with torch.no_grad():
                    share = (self.judge(pictures) > 0).double().mean(0)
                found.append(dict(zip(self.judge.names, share.tolist(), strict=True)))
        return {"schema": 1, "n": READ, "worlds": found}

    def _worlds(self, state: State) -> list[tuple[str, Mapping[str, Value], Mapping[str, Value]]]:
        done = [f"do({', '.join(state.do)})"] if state.do else []
        beside = [f"given {', '.join(state.given)}"] if state.given else []
        given = [f"given {', '.join((*state.do, *state.given))}"] if state.values else []
        return [
            (", ".join(done + beside) or "as it is", state.done, state.beside),
            (", ".join(given) or "as it is", {}, state.seen),
        ]

    def _asked(self, state: State) -> list[str]:
        graph = self.model.graph
        return [name for name in graph.columns if name not in graph.latents and name not in state.seen]

    def _law(self, node: str, do: Mapping[str, Value], given: Mapping[str, Value]) -> dict[str, Any]:
        """Return the law of one node: `p` of each level, or `mean` and `sd`, and the method."""
        domain = domain_of(self.model.graph[node])
        if isinstance(domain, Discrete):
            condition = [f"do({', '.join(map(_spelled, do.items()))})"] * bool(do) + [*map(_spelled, given.items())]
            asked = f"P({quoted(node)}{' | ' * bool(condition)}{', '.join(condition)})"
            found = self.model.ask(asked, draws=DRAWS, allow_unidentified=True)
            assert isinstance(found, NumberAnswer)
            law = {"p": [row.p for row in found.table], "method": found.method}
            return law if found.warning is None else {**law, "warning": found.warning}
        column = self.model.sample(DRAWS, do, given, pictures=False)[node].double()
        return {"mean": float(column.mean()), "sd": float(column.std()), "method": f"sampled({DRAWS})"}


def _spelled(assignment: tuple[str, Value]) -> str:
    return str(Intervention(*assignment))


def _addresses(pictures: Tensor) -> list[str]:
    """Return pictures as data addresses, a PNG each."""
    found = []
    for picture in to_bytes(pictures):
        array = picture.permute(1, 2, 0).numpy()
        buffer = io.BytesIO()
        Image.fromarray(array if array.shape[2] == 3 else array[..., 0]).save(buffer, "PNG")
        found.append("data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode())
    return found
