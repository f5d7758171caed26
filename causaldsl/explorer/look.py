"""What a viewer sees of a state: the graph, two strips of pictures, the law of every label in both worlds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, TypeVar

from torch import Tensor

from causaldsl.errors import UsageError
from causaldsl.evaluate.judge import Judge
from causaldsl.explorer.state import State
from causaldsl.explorer.upload import picture_of
from causaldsl.graph.domain import Discrete, Image, Real, quoted
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.answers import NumberAnswer
from causaldsl.scm.model import CausalModel
from causaldsl.scm.open_names import levels_shown
from causaldsl.scm.pictures import png, tiles
from causaldsl.scm.sampling import Sample

T = TypeVar("T")

READ = 25
"""Pictures a world that a judge reads at a time: few, so that a viewer who goes on waits for few."""
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
        return {
            "schema": 1,
            "title": self.title,
            "nodes": [{"name": name, "spelled": quoted(name), **self._kind(name)} for name in graph.order],
            "image": self.image,
            "read": self.judge is not None and self.image is not None,
            "imagines": self.image is not None and self.model.image(self.image).abducts,
        }

    def look(self, state: State) -> dict[str, Any]:
        """Answer a state: `svg`, `worlds` (two, each with `name`, `pictures`, `law` and `notes`), and `condition`.

        Raises
        ------
        RunError
            If what is seen has probability zero.
        """
        return {
            "schema": 1,
            "svg": self.model.graph.draw(state.done, state.beside).svg(),
            "worlds": [asdict(view) for view in _of_both(state, self._view)],
            "condition": state.condition,
        }

    def read(self, state: State) -> dict[str, Any]:
        """Let the judge read a few pictures of both worlds.

        Returns
        -------
        dict
            `n` : pictures a world; `worlds` : for each cause of the picture that the judge reads the share of pictures
            in which it sees each level, `p`, or the mean of a real one, `mean`.
        """
        judged = self.judge is not None and self.image is not None
        return {"schema": 1, "n": READ, "worlds": _of_both(state, self._reading) if judged else []}

    def imagine(self, state: State, content: bytes) -> dict[str, Any]:
        """Show an uploaded picture, and what it would have been had been done what the state does.

        Returns
        -------
        dict
            `before`, `after` : data addresses; `name`, what was done; `notes`, what was read in it and is assumed.

        Raises
        ------
        UsageError
            If the model cannot infer the noise of a picture.
        DataError
            If the upload is no picture.
        RunError
            If what is read in it, or seen beside it, has probability zero.
        """
        if self.image is None:
            raise UsageError("this model has no trained pictures")
        domain = self.model.graph[self.image].domain
        assert isinstance(domain, Image)
        shown = picture_of(content, domain)
        found = self.model.counterfactual({**state.beside, self.image: shown}, state.done, n=1, seed=state.seed)
        before, after = (png(tiles(pictures)[0]) for pictures in (shown[None], found[self.image]))
        return {
            "schema": 1,
            "name": state.doing or "nothing done",
            "before": before,
            "after": after,
            "notes": list(found.notes),
        }

    def _view(self, state: State) -> View:
        """See the world of a state."""
        pictures: list[str] = []
        notes: Sequence[str] = ()
        if self.image is not None:
            drawn = self.model.sample(state.n, state.done, state.beside, state.seed)
            pictures, notes = [png(tile) for tile in tiles(drawn[self.image])], drawn.notes
        return View(state.name, pictures, self._laws(state), list(notes))

    def _laws(self, state: State) -> dict[str, dict[str, Any]]:
        """Return the law of each label that is open: `p` of its levels, or `mean` and `sd`; and the method."""
        graph = self.model.graph
        asked = [name for name in graph.columns if name not in graph.latents and name not in state.seen]
        real = {name for name in asked if not isinstance(domain_of(graph[name]), Discrete)}
        drawn = self.model.sample(DRAWS, state.done, state.beside, pictures=False) if real else {}
        return {name: _moments(drawn[name]) if name in real else self._table(name, state) for name in asked}

    def _table(self, name: str, state: State) -> dict[str, Any]:
        question = f"P({quoted(name)}{' | ' * bool(state.condition)}{state.condition})"
        found = self.model.ask(question, draws=DRAWS, allow_unidentified=True)
        assert isinstance(found, NumberAnswer)
        law = {"p": [row.p for row in found.table], "method": found.method}
        return law if found.warning is None else {**law, "warning": found.warning}

    def _reading(self, state: State) -> dict[str, dict[str, Any]]:
        """Return what the judge sees in pictures of one world."""
        assert self.judge is not None
        assert self.image is not None
        pictures = self.model.sample(READ, state.done, state.beside, state.seed)[self.image]
        levels, read = self.judge.levels, self.judge.read(pictures)
        return {
            name: {"p": (column.bincount(minlength=levels[name]) / READ).tolist()}
            if levels[name]
            else {"mean": float(column.mean())}
            for name, column in read.items()
        }

    def _kind(self, name: str) -> dict[str, Any]:
        """Say what a node is: its levels, or where most of a real one lies."""
        graph = self.model.graph
        domain = domain_of(graph[name])
        if name in graph.images:
            return {"kind": "image"}
        if name in graph.latents:
            return {"kind": "latent"}
        if isinstance(domain, Discrete):
            return {"kind": "discrete", "levels": levels_shown(domain)}
        assert isinstance(domain, Real)
        low, high = (float(self._as_it_is[name].double().quantile(q)) for q in (0.005, 0.995))
        return {"kind": "real", "low": max(low, domain.low), "high": min(high, domain.high)}

    @cached_property
    def _as_it_is(self) -> Sample:
        return self.model.sample(DRAWS, pictures=False)


@dataclass(frozen=True)
class View:
    """What is to be seen of one world.

    Parameters
    ----------
    name : str
        What was done and seen in it.
    pictures : list of str
        Data addresses.
    law : dict
        By label.
    notes : list of str
        What is to be known of the draws.
    """

    name: str
    pictures: list[str]
    law: dict[str, dict[str, Any]]
    notes: list[str]


def _of_both(state: State, work: Callable[[State], T]) -> list[T]:
    """Work on the world of a state, and on that in which all of it is seen; where nothing is set they are one."""
    first = work(state)
    return [first, work(state.all_seen) if state.do else first]


def _moments(column: Tensor) -> dict[str, Any]:
    values = column.double()
    return {"mean": float(values.mean()), "sd": float(values.std()), "method": f"sampled({DRAWS})"}
