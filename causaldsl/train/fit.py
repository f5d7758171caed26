"""fit: from a model and data to a run."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from causaldsl.check.identifiability import unidentified
from causaldsl.datasets.encode import encode
from causaldsl.errors import DataError, GraphError, RunError, UsageError
from causaldsl.formats.causal import write_causal
from causaldsl.images.draw import parts
from causaldsl.plugins.datasets import Dataset, dataset
from causaldsl.plugins.protocols import Data
from causaldsl.plugins.recorded import values_of
from causaldsl.scm.model import CausalModel
from causaldsl.scm.ranks import Ranks
from causaldsl.train.config import Config
from causaldsl.train.data import IN_MEMORY, data_of, mark_of, open_data, require_labels_suffice
from causaldsl.train.files import read_tensors
from causaldsl.train.labels import LabelMeter
from causaldsl.train.log import Log, see_tensorboard
from causaldsl.train.loop import drive
from causaldsl.train.machine import HERE, Machine
from causaldsl.train.probe import Probe, probe
from causaldsl.train.progress import Reporter, Silent
from causaldsl.train.run import (
    CHECKPOINT,
    INITIAL,
    Run,
    begin,
    load_learner,
    load_model,
    open_record,
    part,
    planned_run,
    save_checkpoint,
    save_weights,
    tidy,
)
from causaldsl.train.signals import StopRequest
from causaldsl.train.stages import Stage, stages_of


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
    machine: Machine = HERE,
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
    machine : Machine
        On what it is computed; where ranks train together, each of them calls this alike, with an equal seed.

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
    ranks = machine.ranks
    run, found, rows = plan(model, data, Path(out), root, config, labels_only, drop_missing, ranks)
    run.record |= {"allow_unidentified": allow_unidentified, "drop_missing": drop_missing}
    run.record["data_mark"] = mark_of(rows, found.pictures)
    ranks.lead(lambda: begin(run, write_causal(model.graph)))
    return _train(run, found, rows, None, reporter or Silent(), machine)


def plan(
    model: CausalModel,
    data: Any,
    out: Path,
    root: str | Path | None,
    config: Config,
    labels_only: bool,
    drop_missing: bool,
    ranks: Ranks,
) -> tuple[Run, Data, dict[str, Tensor]]:
    """Return the run that `fit` would begin, of which nothing is written, its data, and its label columns, encoded."""
    see_tensorboard(config)
    labels_only = labels_only or not model.graph.images
    if labels_only:
        require_labels_suffice(model.graph)
    elif config.images.batch:  # said before the labels are learned
        parts(config.images.batch, ranks.size, 0, config.images.accumulate)
    root = None if root is None else Path(root)
    asked = ranks.together(lambda: dataset(str(data), root)) if isinstance(data, str | Path) else data
    found = ranks.together(lambda: open_data(asked, root, model.graph, labels_only, drop_missing))
    rows = ranks.together(lambda: encode(found.labels, model.graph))
    name, chosen = (asked.name, values_of(asked.options)) if isinstance(asked, Dataset) else (found.name, {})
    where = None if root is None else str(root.resolve())
    return planned_run(out, copy.deepcopy(model), config, name, labels_only, where, chosen), found, rows


def resume(out: str | Path, *, reporter: Reporter | None = None, device: str = "cpu", machine: Machine = HERE) -> Run:
    """Go on with an unfinished run; the result is the run that was never stopped, bit for bit.

    Raises
    ------
    UsageError
        If there is no run, it is complete, or its data were given in memory.
    RunError
        If it is damaged.
    """
    run, found, rows, checkpoint = machine.ranks.together(lambda: unfinished(Path(out), device))
    return _train(run, found, rows, checkpoint, reporter or Silent(), machine)


def unfinished(out: Path, device: str) -> tuple[Run, Data, dict[str, Tensor], Path | None]:
    """Open an unfinished run: its model as it was before training, its data, encoded, and its checkpoint if any.

    Raises
    ------
    UsageError
        If there is no run, it is complete, or its data were given in memory.
    RunError, DataError
        If it is damaged, or its data are.
    """
    run = open_record(out, device)
    if run.complete:
        raise UsageError(f"the run {out} is complete; there is nothing to resume")
    if run.record["data"] == IN_MEMORY:
        raise UsageError(f"the data of {out} were given in memory", "train it again from Python")
    see_tensorboard(run.config)
    found = data_of(run, run.labels_only)
    rows = encode(found.labels, run.graph)
    mark = mark_of(rows, found.pictures)
    if run.record.get("data_mark", mark) != mark:
        message = f"the data of {out} are not those that it was begun with: rows or pictures have changed"
        raise DataError(message, "bring them back, or train anew with another --out")
    checkpoint, initial = run.folder / CHECKPOINT, run.folder / INITIAL
    if checkpoint.exists():
        return run, found, rows, checkpoint
    if initial.exists():  # older runs began without
        load_model(run.model, read_tensors(initial)[0], initial)
    return run, found, rows, None


def dry_run(
    model: CausalModel,
    data: Any,
    *,
    root: str | Path | None = None,
    config: Config | None = None,
    labels_only: bool = False,
    drop_missing: bool = False,
    machine: Machine = HERE,
) -> Probe:
    """Say what `fit` would take, from twenty steps of each stage; nothing is written.

    Raises
    ------
    UsageError, DataError
        As `fit` does.
    """
    ranks = machine.ranks
    run, found, rows = plan(model, data, Path(), root, config or Config(), labels_only, drop_missing, ranks)
    return _tried(run, found, rows, None, machine)


def dry_resume(out: str | Path, *, device: str = "cpu", machine: Machine = HERE) -> Probe:
    """Say what `resume` would take; nothing is written.

    Raises
    ------
    UsageError, RunError, DataError
        As `resume` does.
    """
    return _tried(*machine.ranks.together(lambda: unfinished(Path(out), device)), machine)


def _tried(run: Run, data: Data, rows: Mapping[str, Tensor], checkpoint: Path | None, machine: Machine) -> Probe:
    rows = {name: column.to(run.model.controller.device) for name, column in rows.items()}
    whole = stages_of(run, data, rows, machine)
    stages, start, state = machine.ranks.together(lambda: standing(run, checkpoint, whole))
    return probe(run, stages, start, state, machine.ranks)


def _train(
    run: Run, data: Data, rows: Mapping[str, Tensor], checkpoint: Path | None, reporter: Reporter, machine: Machine
) -> Run:
    ranks = machine.ranks
    if not ranks.leads:
        reporter = Silent()
    for note in data.notes:
        reporter.say(note)
    rows = {name: column.to(run.model.controller.device) for name, column in rows.items()}
    whole, meter = stages_of(run, data, rows, machine), LabelMeter(run.model, rows)
    stages, start, state = ranks.together(lambda: standing(run, checkpoint, whole))
    ranks.lead(lambda: tidy(run, {stage.name for stage in stages[1:]}, stages[0].name, start))
    log = ranks.together(lambda: Log(run) if ranks.leads else None)
    run.model.train()
    try:
        with StopRequest() as stop:
            for stage, following in zip(stages, [*stages[1:], None], strict=True):
                ranks.follow(run.model.state_dict().values())
                learner = ranks.together(stage.build)
                if learner is None:
                    continue
                ranks.lead(lambda: run.save_record())
                if start:
                    load_learner(learner, state, run.folder)
                measure = (lambda: {"tvd": meter.tvd()}) if stage.measured and meter.tabled else None
                drive(run, stage.name, learner, start, stop, reporter, log, measure, ranks)
                start = 0
                if following is not None:
                    ranks.lead(lambda name=following.name: save_checkpoint(run, name, 0, {}))  # type: ignore[misc]
    finally:
        reporter.close()
        if log is not None:
            log.close()
    run.model.eval()
    ranks.lead(lambda: _finish(run, meter))
    return run


def _finish(run: Run, meter: LabelMeter) -> None:
    """Write the trained model, and that it is one."""
    save_weights(run)
    measured = meter.measure()
    run.save_record(complete=True, labels=None if measured is None else asdict(measured))
    for path in (run.folder / INITIAL, run.folder / CHECKPOINT):
        path.unlink(missing_ok=True)


def standing(
    run: Run, checkpoint: Path | None, stages: Sequence[Stage]
) -> tuple[Sequence[Stage], int, dict[str, Tensor]]:
    """Load a checkpoint into the model; return the stages that are left, the first one's step and its learner's state.

    Raises
    ------
    RunError
        If it is damaged.
    """
    if checkpoint is None:
        return stages, 0, {}
    tensors, about = read_tensors(checkpoint)
    load_model(run.model, part(tensors, "model/"), checkpoint)
    names = [stage.name for stage in stages]
    if about.get("stage") not in names or not about.get("step", "").isdecimal():
        raise RunError(f"{checkpoint} is damaged: it does not say where the training stands")
    return stages[names.index(about["stage"]) :], int(about["step"]), part(tensors, "learner/")
