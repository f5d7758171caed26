"""What a plugin is: a small object in a torch-free module that states what it can do; only its `build` imports torch.

An entry point names an instance, in the group `causaldsl.mechanisms`, `.images`, `.datasets`, `.formats`
or `.features`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, runtime_checkable

from causaldsl.graph.domain import Domain, Image
from causaldsl.graph.expression import Equation
from causaldsl.graph.ir import CausalGraph

if TYPE_CHECKING:
    import numpy as np
    from torch import Generator, Tensor

    from causaldsl.evaluate.judge import Judge
    from causaldsl.scm.controller import Controller
    from causaldsl.scm.image import ImageModel
    from causaldsl.scm.mechanism import Mechanism


class Learner(Protocol):
    """One training procedure: it owns its optimisers, takes one step a call, and can be saved between any two steps.

    All randomness of step `t` comes from `(seed, t)`, so that a run that is resumed at `t` is the run never stopped. It
    may have a `doubtful`, a bool, the same on all ranks: while it is true, no checkpoint is taken, neither by the clock
    nor at a stop, and the last one stays where the run goes on from. A learner without it never is. It may
    have the `schedule` that it was given, with what it chose itself: a run that is resumed keeps to that, whatever the
    plugin would choose by then.
    """

    name: str
    steps: int
    batch: int

    def step(self, t: int) -> Mapping[str, float]:
        """Take step `t` (from 0) and return its losses.

        Raises
        ------
        RunError
            If it makes no sense to go on, on all ranks alike; the run stops, its last good checkpoint named.
        """
        ...

    def state(self) -> dict[str, Tensor]:
        """Return all that the next step depends on, the networks included."""
        ...

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` returned."""
        ...


@dataclass(frozen=True)
class Schedule:
    """How long and how a learner learns; from the run's config.

    Parameters
    ----------
    seed : int
        Seed of the run.
    steps, batch : int
        Number of steps and rows a step; 0 leaves the choice to the plugin.
    learning_rate : float
        0 leaves the choice to the plugin.
    accumulate : int
        Parts in which a batch is computed, one after another; the gradient is that of the whole.
    rank, ranks : int
        Which of how many processes this is. They may share a batch (`causaldsl.scm.ranks`); a learner that does not
        know how takes all of it on each, which is right and no faster.
    compile : bool
        Whether networks may be compiled by `torch.compile`.
    """

    seed: int
    steps: int = 0
    batch: int = 0
    learning_rate: float = 0.0
    accumulate: int = 1
    rank: int = 0
    ranks: int = 1
    compile: bool = False

    def filled(self, steps: int = 0, batch: int = 0, learning_rate: float = 0.0) -> Schedule:
        """Return the schedule with these where it leaves the choice."""
        return replace(
            self,
            steps=self.steps or steps,
            batch=self.batch or batch,
            learning_rate=self.learning_rate or learning_rate,
        )


@dataclass(frozen=True)
class NodeShape:
    """What a mechanism is built for.

    Parameters
    ----------
    name : str
        Its node.
    domain : Domain
        Domain of the node.
    parents : tuple of (str, Domain)
        The causes, in order.
    equation : Expression or Table, optional
        What the text knows of how the node comes about.
    """

    name: str
    domain: Domain
    parents: tuple[tuple[str, Domain], ...]
    equation: Equation | None = None


@runtime_checkable
class MechanismPlugin(Protocol):
    """A kind of mechanism: how one node comes about from its parents and its own noise."""

    options: ClassVar[type[Any]]
    """A frozen dataclass, every field with a default."""
    domains: ClassVar[frozenset[str]]
    """The kinds of domain that it can generate: `binary`, `categorical`, `real`.

    Besides, a plugin may state `latents`, how its learner learns nodes with unobserved causes (`"likelihood"`, summing
    them out with all that shares them, or another word; nodes that share a latent are learned in one way),
    `abducts`, where its noise cannot be inferred from every value: False, or the kinds of domain for which it can; and
    `parent_domains`, where it takes not all labels as causes, or pictures too (`image`). It may have a
    `check(shape, options)`, torch-free, that raises a UsageError where for another reason it cannot make a node, and a
    `settle(shape, options)`, torch-free, that returns the options with what they leave to a preset: a run records them
    so, in JSON.
    """

    def build(self, shape: NodeShape, options: Any) -> Mechanism:
        """Build the generator of one node."""
        ...

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> Learner | None:
        """Return what trains all nodes of this kind together on `rows` (node name to column, shape (n,)).

        None where there is nothing to learn. A kind that takes pictures as causes is asked twice: for the nodes that
        have none, and for those that have some; `rows` then holds the real ones too, as `Pictures`.
        """
        ...


class LabelSampler(Protocol):
    """Where an image model's labels come from while it trains: the fitted controller."""

    def observational(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows of the image's parents as seen; shape (n, width), the parents' encoding."""
        ...

    def interventional(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows, each after do() of one of the parents that is drawn at random; shape (n, width)."""
        ...


class Pictures(Protocol):
    """Pictures by row, in memory or not; an array of uint8 is one.

    A batch is asked for by its rows and copied, so that a set may be larger than memory.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, channels, height, width)."""
        ...

    def __len__(self) -> int:
        """Return n."""
        ...

    def __getitem__(self, rows: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """Return the pictures of some rows, whole numbers in any order or a slice."""
        ...


@dataclass(frozen=True)
class PictureData:
    """What an image model learns from.

    Parameters
    ----------
    pictures : Pictures, shape (n, channels, height, width)
        The real pictures.
    labels : Tensor, shape (n, width)
        The encoded values of the image's parents, a row a picture.
    sampler : LabelSampler
        Labels for the generator.
    flips : bool
        Whether a mirrored picture is as good as the picture.
    """

    pictures: Pictures
    labels: Tensor
    sampler: LabelSampler
    flips: bool = False


@runtime_checkable
class ImagePlugin(Protocol):
    """A kind of image model.

    Besides, it may have an `inverse`, with the parameters of `learner`, that returns what trains the model's encoder
    once its pictures are trained, or None: then the model `abducts`, and pictures can be evidence; and a `check` and a
    `settle`, as a mechanism may have.
    """

    options: ClassVar[type[Any]]
    parent_domains: ClassVar[frozenset[str]]
    """The kinds of domain that a cause of its pictures may have."""
    image_sizes: ClassVar[tuple[int, ...]]
    """The heights and widths that it can draw (square pictures)."""

    def build(self, shape: NodeShape, options: Any) -> ImageModel:
        """Build the networks of one image node."""
        ...

    def learner(self, model: ImageModel, data: PictureData, options: Any, schedule: Schedule) -> Learner:
        """Return what trains the model."""
        ...


Part = Literal["train", "valid", "test", "held_out", "all"]
"""Which rows of a data set: `held_out` are those that are not `train`."""


@dataclass(frozen=True)
class Data:
    """The rows of a data set.

    Parameters
    ----------
    name : str
        What the data are called.
    labels : mapping of str to ndarray, shape (n,)
        Columns by name, as the data give them: levels as numbers or text, reals as floats.
    pictures : mapping of str to Pictures, shape (n, channels, height, width)
        By image node, one picture a row.
    parts : ndarray of uint8, shape (n,), optional
        For each row 0 to learn from it, 1 to validate, 2 to test; None where all are to be learned from.
    flips : bool
        Whether a mirrored picture is as good as the picture.
    uniform : callable, optional
        `uniform(n, seed)` draws `(pictures, labels)` with labels drawn uniformly, for judges and evaluation alone;
        None where the data cannot (real data).
    notes : tuple of str
        What the reader should know (rows dropped and why).
    """

    name: str
    labels: Mapping[str, np.ndarray[Any, Any]]
    pictures: Mapping[str, Pictures] = field(default_factory=dict)
    parts: np.ndarray[Any, np.dtype[np.uint8]] | None = None
    flips: bool = False
    uniform: Callable[[int, int], tuple[np.ndarray[Any, Any], Mapping[str, np.ndarray[Any, Any]]]] | None = None
    notes: tuple[str, ...] = ()


@runtime_checkable
class DatasetPlugin(Protocol):
    """A data set; it may have a `check_image(image, options)` that raises a DataError for a size it cannot give."""

    options: ClassVar[type[Any]]
    """A frozen dataclass, every field with a default."""

    def columns(self, root: Path | None, options: Any) -> tuple[str, ...]:
        """Return the names of its label columns, cheaply and without torch."""
        ...

    def open(self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: Any) -> Data:
        """Give the named label columns, and for each image node pictures of its size.

        Pictures may stay in their files until they are asked for (`causaldsl.datasets.encoded.Encoded`).

        Raises
        ------
        DataError
            If files are missing or damaged, or a column is not there.
        """
        ...


@runtime_checkable
class FeaturesPlugin(Protocol):
    """Features of pictures, in which sets of pictures are compared: FD[name], KID[name]."""

    def build(self, image: Image, judges: Mapping[str, Judge]) -> Callable[[Tensor], Tensor]:
        """Return what reads pictures of a node.

        Parameters
        ----------
        image : Image
            The size of its pictures.
        judges : mapping of str to Judge
            The judges of the run by kind, `plain` and `robust`.

        Returns
        -------
        callable
            From pictures in [-1, 1], shape (n, channels, height, width), to their features, shape (n, d): a picture's
            are the same whatever pictures come with it, and the same each time.
        """
        ...


@runtime_checkable
class FormatPlugin(Protocol):
    """A file format of graphs; it is a `GraphReader`, a `GraphWriter`, or both.

    What a text or a graph holds and the other cannot is listed, one phrase a part, never dropped in silence: whatever
    is not in a writer's list comes back when its text is read (`causaldsl.testing.formats.assert_round_trip` checks a
    plugin of your own for that).
    """

    suffixes: ClassVar[tuple[str, ...]]
    """The endings of its files' names, in lower case with the point (`.dot`); none where only its name chooses it."""


@runtime_checkable
class GraphReader(FormatPlugin, Protocol):
    """A format that can be read."""

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph of a text, and what of the text a graph has no place for.

        Raises
        ------
        CausalSyntaxError, GraphError
            If it is no text of the format, or describes no causal graph; nothing else is raised, whatever the text.
        """
        ...


@runtime_checkable
class GraphWriter(FormatPlugin, Protocol):
    """A format that can be written."""

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Return the text of a graph, and what of the graph the format has no place for.

        The phrases are those of `causaldsl.formats.losses.losses`.

        Raises
        ------
        GraphError
            If the format cannot hold the graph at all.
        """
        ...
