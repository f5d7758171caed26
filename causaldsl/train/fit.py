"""fit: from a model and data to a run."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from causaldsl.check.identifiability import unidentified
from causaldsl.datasets.encode import encode
from causaldsl.errors import GraphError, RunError, UsageError
from causaldsl.formats.causal import write_causal
from causaldsl.plugins.datasets import dataset
from causaldsl.plugins.defaults import mechanism_of
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import Data, Learner, PictureData
from causaldsl.plugins.registry import load
from causaldsl.scm.model import CausalModel, causes_of, encode_parents
from causaldsl.train.config import Config
from causaldsl.train.data import data_of, open_data
from causaldsl.train.files import read_tensors
from causaldsl.train.labels import ControllerSampler, LabelMeter
from causaldsl.train.loop import drive
from causaldsl.train.progress import Reporter, Silent
from causaldsl.train.run import (
    CHECKPOINT,
    Run,
    load_model,
    new_run,
    open_record,
    part,
    save_checkpoint,
    save_weights,
)
from causaldsl.train.signals import StopRequest


@dataclass(frozen=True)
class _Stage:
    name: str
    build: Callable[[], Learner | None]
    measured: bool


def fit(
    model: CausalModel,
    data: Any,
    out: str | Path,
    *,
    root: str | Path | None = None,
    seed: int | None = 0,
    config: Config | None = None,
    labels_only: bool = False,
    allow_unidentified: bool = False,
    drop_missing: bool = False,
    reporter: Reporter | None = None,
) -> Run:
    """Train a copy of a model and leave a run folder.

    Parameters
    ----------
    model : CausalModel
        What `compile` returned; it stays as it is.
    data : str, Path, data frame or mapping
        See `causaldsl.train.data.open_data`.
    out : str or Path
        The run folder; must not exist, or be empty.
    root : str or Path, optional
        Folder of a data set that lies in files.
    seed : int, optional
        Of data order and noise; None draws fresh entropy. It is recorded.
    config : Config, optional
        Lengths and rates; its seed is replaced by `seed`.
    labels_only : bool
        Train the label nodes alone.
    allow_unidentified : bool
        Train although no data can answer a `query` of the graph, because of its latents; its answers carry a warning.
    drop_missing : bool
        Leave out rows in which a label is missing; else a missing value is an error.
    reporter : Reporter, optional
        Told of the progress; silent by default.

    Returns
    -------
    Run
        With the trained copy as `.model`.

    Raises
    ------
    GraphError
        If no data can answer a query of the graph.
    UsageError, DataError, RunError, Interrupted
        As their names say; the message names the place.
    """
    if not allow_unidentified and (findings := unidentified(model.graph)):
        raise GraphError(findings)
    config = replace(config or Config(), seed=secrets.randbits(31) if seed is None else seed)
    labels_only = labels_only or not model.graph.images
    root = None if root is None else Path(root)
    found = open_data(data, root, model.graph, labels_only, drop_missing)
    rows = encode(found.labels, model.graph)
    name = dataset(str(data), root).name if isinstance(data, str | Path) else found.name
    where = None if root is None else str(root.resolve())
    run = new_run(Path(out), copy.deepcopy(model), write_causal(model.graph), config, name, labels_only, where)
    run.save_record(allow_unidentified=allow_unidentified, drop_missing=drop_missing)
    return _train(run, found, rows, None, reporter or Silent())


def resume(out: str | Path, *, reporter: Reporter | None = None, device: str = "cpu") -> Run:
    """Go on with an unfinished run; the result is the run that was never stopped, bit for bit.

    Raises
    ------
    UsageError
        If there is no run, it is complete, or its data were given in memory.
    RunError
        If it is damaged.
    """
    run = open_record(Path(out), device)
    if run.complete:
        raise UsageError(f"the run {out} is complete; there is nothing to resume")
    if run.record["data"] == "in memory":
        raise UsageError(f"the data of {out} were given in memory", "train it again from Python")
    found = data_of(run, run.labels_only)
    rows = encode(found.labels, run.graph)
    checkpoint = run.folder / CHECKPOINT
    return _train(run, found, rows, checkpoint if checkpoint.exists() else None, reporter or Silent())


def _train(run: Run, data: Data, rows: Mapping[str, Tensor], checkpoint: Path | None, reporter: Reporter) -> Run:
    for note in data.notes:
        reporter.say(note)
    rows = {name: column.to(run.model.controller.device) for name, column in rows.items()}
    stages, meter = _stages(run, data, rows), LabelMeter(run.model, rows)
    start, state = 0, dict[str, Tensor]()
    if checkpoint is not None:
        tensors, about = read_tensors(checkpoint)
        load_model(run.model, part(tensors, "model/"), checkpoint)
        names = [stage.name for stage in stages]
        if about.get("stage") not in names or not about.get("step", "").isdecimal():
            raise RunError(f"{checkpoint} is damaged: it does not say where the training stands")
        stages = stages[names.index(about["stage"]) :]
        start, state = int(about["step"]), part(tensors, "learner/")
    run.model.train()
    try:
        with StopRequest() as stop:
            for stage, following in zip(stages, [*stages[1:], None], strict=True):
                learner = stage.build()
                if learner is None:
                    continue
                if start:
                    learner.load_state(state)
                measure = (lambda: {"tvd": meter.tvd()}) if stage.measured and meter.names else None
                drive(run, stage.name, learner, start, stop, reporter, measure)
                start = 0
                if following is not None:
                    save_checkpoint(run, following.name, 0, {})
    finally:
        reporter.close()
    run.model.eval()
    save_weights(run)
    measured = meter.measure()
    run.save_record(complete=True, labels=None if measured is None else asdict(measured))
    (run.folder / CHECKPOINT).unlink(missing_ok=True)
    return run


def _stages(run: Run, data: Data, rows: Mapping[str, Tensor]) -> list[_Stage]:
    """Labels by kind of mechanism, then each image."""
    model, graph, config = run.model, run.graph, run.config
    kinds: dict[str, list[str]] = {}
    for name in model.controller.nodes:
        kinds.setdefault(mechanism_of(model.controller.graph[name]).kind, []).append(name)
    stages = []
    for kind, nodes in kinds.items():

        def labels(kind: str = kind, nodes: list[str] = nodes) -> Learner | None:
            learner: Learner | None = load("mechanisms", kind).learner(
                model.controller, nodes, rows, config.schedule(config.labels)
            )
            return learner

        stages.append(_Stage(f"labels: {kind}", labels, True))
    for name in () if run.labels_only else graph.images:
        stages += _image_stages(run, name, data, rows)
    return stages


def _image_stages(run: Run, name: str, data: Data, rows: Mapping[str, Tensor]) -> list[_Stage]:
    """Return the stages of an image node: its pictures, then the encoder that finds the way back from them."""
    model, config, spec = run.model, run.config, mechanism_of(run.graph[name])
    plugin = load("images", spec.kind)
    options, _ = resolve(plugin.options, spec)

    def built(how: Callable[..., Learner | None]) -> Learner | None:
        model.image(name).encoder.prepare(causes_of(model, name, rows))
        sampler = ControllerSampler(model, name, config.seed)
        pictures = PictureData(data.pictures[name], encode_parents(model, name, rows), sampler, data.flips)
        return how(model.image(name), pictures, options, config.schedule(config.images))

    stages = [_Stage(f"images: {name}", lambda: built(plugin.learner), False)]
    if model.image(name).abducts:
        stages.append(_Stage(f"encoder: {name}", lambda: built(plugin.inverse), False))
    return stages
