"""The stages of a training: labels by kind of mechanism, then those that read pictures, each image and its encoder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from causaldsl.graph.domain import Image
from causaldsl.plugins.defaults import mechanism_of
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import Data, Learner, PictureData, Schedule
from causaldsl.plugins.registry import load
from causaldsl.train import config
from causaldsl.train.labels import ControllerSampler
from causaldsl.train.machine import Machine
from causaldsl.train.run import Run


@dataclass(frozen=True)
class Stage:
    """One stage.

    Parameters
    ----------
    name : str
        In the log and in checkpoints.
    build : callable
        Returns its learner, once the stages before are done; None where there is nothing to learn.
    measured : bool
        Whether it changes the law of the labels.
    """

    name: str
    build: Callable[[], Learner | None]
    measured: bool


def stages_of(run: Run, data: Data, rows: Mapping[str, Tensor], machine: Machine) -> list[Stage]:
    """Return the stages of a run.

    Parameters
    ----------
    run : Run
        What is trained, and how.
    data : Data
        Holds the pictures.
    rows : mapping of str to Tensor, shape (n,)
        The label columns.
    machine : Machine
        On which it is trained.
    """
    controller = run.model.controller
    kinds: dict[str, list[str]] = {}
    readers: dict[str, list[str]] = {}
    for name in controller.nodes:
        if name not in controller.pictures:
            reads = any(isinstance(domain, Image) for _, domain in controller[name].shape.parents)
            (readers if reads else kinds).setdefault(mechanism_of(controller.graph[name]).kind, []).append(name)
    labels = [_labels(run, rows, "labels", k, nodes, machine) for k, nodes in kinds.items()]
    if not run.labels_only:
        seen = {**rows, **data.pictures}
        labels += [_labels(run, seen, "readers", k, nodes, machine) for k, nodes in readers.items()]
    names = () if run.labels_only else [name for name in run.graph.order if name in run.graph.images]
    return [*labels, *(stage for name in names for stage in _images(run, name, data, rows, machine))]


def _labels(run: Run, rows: Mapping[str, Any], what: str, kind: str, nodes: list[str], machine: Machine) -> Stage:
    name = f"{what}: {kind}"

    def build() -> Learner | None:
        schedule = _schedule(run, name, run.config.labels, machine)
        return _settled(run, name, load("mechanisms", kind).learner(run.model.controller, nodes, rows, schedule))

    return Stage(name, build, what == "labels")


def _schedule(run: Run, name: str, stage: config.Stage, machine: Machine) -> Schedule:
    """Return the schedule of a stage; what the config leaves open is as it was when the stage began."""
    return run.config.schedule(stage, machine).filled(**run.record.get("schedules", {}).get(name, {}))


def _settled(run: Run, name: str, learner: Learner | None) -> Learner | None:
    """Note in the record what a learner chose where its schedule left it the choice, as far as it says."""
    schedule: Schedule | None = getattr(learner, "schedule", None)
    if schedule is not None:
        chosen = {key: getattr(schedule, key) for key in ("steps", "batch", "learning_rate")}
        run.record.setdefault("schedules", {})[name] = chosen
    return learner


def _images(run: Run, name: str, data: Data, rows: Mapping[str, Tensor], machine: Machine) -> list[Stage]:
    """Return the stages of an image node: its pictures, then the encoder that finds the way back from them."""
    model, stage, spec = run.model, f"images: {name}", mechanism_of(run.model.controller.graph[name])
    plugin, image = load("images", spec.kind), model.image(name)
    options, _ = resolve(plugin.options, spec)

    def learner(how: Callable[..., Learner | None]) -> Learner | None:
        image.encoder.prepare(image.causes_in(rows))
        sampler = ControllerSampler(model, name, run.config.seed)
        pictures = PictureData(data.pictures[name], image.encoded(rows), sampler, data.flips)
        schedule = _schedule(run, stage, run.config.images, machine)
        return how(image, pictures, options, schedule)

    stages = [Stage(stage, lambda: _settled(run, stage, learner(plugin.learner)), False)]
    if image.abducts and hasattr(plugin, "inverse"):  # it goes by the schedule of the pictures
        stages.append(Stage(f"encoder: {name}", lambda: learner(plugin.inverse), False))
    return stages
