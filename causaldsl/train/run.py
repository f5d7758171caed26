"""Run: the folder that a training leaves, from which everything can be rebuilt.

model.causal            the canonical text
run.json                config, data, every option, versions, state of the training, results
log.jsonl               losses and measures, a line each
weights.safetensors     the trained model, keyed by node
initial.safetensors     the model that an unfinished training began with
checkpoint.safetensors  where an unfinished training stands
"""

from __future__ import annotations

import json
import platform
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import causaldsl
from causaldsl.errors import CausalError, RunError, UsageError
from causaldsl.files import is_draft
from causaldsl.graph.domain import Value
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Query
from causaldsl.graph.read import read_file
from causaldsl.plugins.protocols import Learner
from causaldsl.plugins.recorded import mechanisms_of
from causaldsl.scm.answers import ClaimAnswer, NumberAnswer
from causaldsl.scm.build import compile_graph
from causaldsl.scm.model import CausalModel
from causaldsl.scm.sampling import Sample
from causaldsl.train.config import Config, merge
from causaldsl.train.files import read_json, read_tensors, write_bytes, write_json, write_tensors

FORMAT = 1
TEXT, RECORD, LOG = "model.causal", "run.json", "log.jsonl"
WEIGHTS, INITIAL, CHECKPOINT = "weights.safetensors", "initial.safetensors", "checkpoint.safetensors"


class Run:
    """A training's folder, opened.

    Parameters
    ----------
    folder : Path
        Where it lies.
    record : dict
        The content of run.json.
    model : CausalModel
        The model, trained as far as the run is.
    """

    def __init__(self, folder: Path, record: dict[str, Any], model: CausalModel) -> None:
        self.folder = folder
        self.record = record
        self.model = model

    @property
    def graph(self) -> CausalGraph:
        """The graph of the model."""
        return self.model.graph

    @property
    def config(self) -> Config:
        """The resolved configuration."""
        config = merge(Config(), self.record["config"])
        assert isinstance(config, Config)
        return config

    @property
    def complete(self) -> bool:
        """Whether the training came to its end."""
        return bool(self.record["complete"])

    @property
    def labels_only(self) -> bool:
        """Whether the image nodes were left untrained."""
        return bool(self.record["labels_only"])

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, {'complete' if self.complete else 'unfinished'})"

    def sample(
        self,
        n: int,
        do: Mapping[str, Value] | None = None,
        given: Mapping[str, Value] | None = None,
        seed: int | None = 0,
    ) -> Sample:
        """Draw `n` units; see `CausalModel.sample`. Pictures come where the run trained them."""
        return self.model.sample(n, do, given, seed, pictures=not self.labels_only)

    def ask(
        self, question: str | Query, *, draws: int | None = None, seed: int = 0, allow_unidentified: bool = False
    ) -> NumberAnswer | ClaimAnswer:
        """Answer a question about numbers; see `CausalModel.ask`.

        A run that was trained with `allow_unidentified` answers what is not identifiable, with a warning.
        """
        allowed = allow_unidentified or bool(self.record.get("allow_unidentified"))
        return self.model.ask(question, draws=draws, seed=seed, allow_unidentified=allowed)

    def counterfactual(
        self, evidence: Mapping[str, Any], do: Mapping[str, Value], n: int = 1000, seed: int | None = 0
    ) -> Sample:
        """Draw what units would have been; see `CausalModel.counterfactual`."""
        return self.model.counterfactual(evidence, do, n, seed)

    def log(self) -> list[dict[str, Any]]:
        """Return the training's log, a dict a line."""
        path = self.folder / LOG
        if not path.exists():
            return []
        found = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:  # the last line of a run that was killed
                continue
        return found

    def save_record(self, **changes: Any) -> None:
        """Change entries of run.json."""
        self.record.update(changes)
        write_json(self.folder / RECORD, self.record)


def planned_run(
    folder: Path,
    model: CausalModel,
    config: Config,
    data: str,
    labels_only: bool,
    root: str | None,
    data_options: Mapping[str, Any] | None = None,
) -> Run:
    """Return a run of which nothing is written."""
    record: dict[str, Any] = {
        "schema": 1,
        "format": FORMAT,
        "complete": False,
        "labels_only": labels_only,
        "data": data,
        "data_options": dict(data_options or {}),
        "root": root,
        "mechanisms": mechanisms_of(model.controller.graph),
        "config": config.as_dict(),
        "versions": {
            "causaldsl": causaldsl.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        "stages": {},
        "seconds": 0.0,
    }
    return Run(folder, record, model)


def begin(run: Run, text: str) -> None:
    """Write the first files of a run; the record comes last, and is what makes its folder a run.

    Raises
    ------
    UsageError
        If the folder exists and is not empty.
    RunError
        If it cannot be written.
    """
    folder = run.folder
    if folder.exists() and (not folder.is_dir() or not all(map(_is_rest, folder.iterdir()))):
        raise UsageError(f"{folder} exists", "choose another --out; or go on with an unfinished run by --resume")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot make {folder}: {error.strerror}") from None
    write_bytes(folder / TEXT, text.encode())
    write_tensors(folder / INITIAL, run.model.state_dict())
    write_json(folder / RECORD, run.record)


def _is_rest(path: Path) -> bool:
    """Whether a file of a folder without a record is what remains of a training that was killed as it began."""
    return path.name in (TEXT, INITIAL) or is_draft(path)


def last_good(run: Run) -> str:
    """Say where the last good checkpoint of a training is that cannot go on."""
    checkpoint = run.folder / CHECKPOINT
    return f"the last good checkpoint is {checkpoint}" if checkpoint.exists() else "there is no checkpoint yet"


def tidy(run: Run, ahead: Collection[str], stage: str, step: int) -> None:
    """Clear away what a killed training left: drafts of files, and what its log says of steps that will come again.

    Parameters
    ----------
    run : Run
        Is gone on with before step `step` of `stage`.
    ahead : collection of str
        The stages after that one.
    stage, step : str, int
        Where it stands.
    """
    for path in filter(is_draft, run.folder.iterdir()):
        path.unlink(missing_ok=True)
    kept = [e for e in run.log() if e["stage"] not in ahead and (e["stage"] != stage or e["step"] < step)]
    if (run.folder / LOG).exists():
        write_bytes(run.folder / LOG, "".join(json.dumps(entry) + "\n" for entry in kept).encode())


def open_run(path: str | Path, device: str = "cpu") -> Run:
    """Open a run folder.

    Raises
    ------
    UsageError
        If there is no run at the path.
    RunError
        If it is damaged, unfinished before its first checkpoint, of a newer format, or has options that are no more.
    """
    run = open_record(Path(path), device)
    weights = run.folder / WEIGHTS
    if weights.exists():
        load_model(run.model, read_tensors(weights)[0], weights)
    elif (run.folder / CHECKPOINT).exists():
        tensors, _ = read_tensors(run.folder / CHECKPOINT)
        load_model(run.model, part(tensors, "model/"), run.folder / CHECKPOINT)
    else:
        raise RunError(f"the run {run.folder} has no weights yet", "go on with `causaldsl train --resume`")
    run.model.eval()
    return run


def open_record(folder: Path, device: str = "cpu") -> Run:
    """Open a run folder without its weights: the model has those that its text and seed give it."""
    if not (folder / RECORD).is_file():
        if not folder.exists():
            raise UsageError(f"{folder} is no run: there is no such file or folder")
        raise UsageError(f"{folder} is no run: it has no {RECORD}")
    record = read_json(folder / RECORD)
    if record.get("format", 0) > FORMAT:
        raise RunError(
            f"{folder} has run format {record['format']}; this causaldsl reads up to {FORMAT}", "upgrade causaldsl"
        )
    missing = {"complete", "labels_only", "data", "root", "config", "stages", "seconds"} - record.keys()
    if missing:
        raise RunError(f"{folder / RECORD} is damaged: it has no {', '.join(sorted(missing))}")
    try:
        graph = read_file(folder / TEXT)
        seed = merge(Config(), record["config"]).seed
        model = compile_graph(graph, seed, record.get("mechanisms"))
    except RunError:
        raise
    except CausalError as error:
        raise RunError(f"the run {folder} is damaged: {error}") from None
    return Run(folder, record, model.to(device))


def load_model(model: CausalModel, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Put saved weights into a model; each must be there and fit."""
    try:
        model.load_state_dict(dict(tensors))
    except RuntimeError as error:
        raise RunError(f"{path} does not fit the model: {str(error).splitlines()[-1].strip()}") from None


def load_learner(learner: Learner, state: Mapping[str, Tensor], folder: Path) -> None:
    """Put a learner back to where a checkpoint says that it stood; each network must be there and fit."""
    try:
        learner.load_state(state)
    except KeyError as error:
        problem = f"it lacks {error.args[0]}"
    except RuntimeError as error:
        problem = str(error).splitlines()[-1].strip()
    else:
        return
    hint = "another version of causaldsl began this run: go on with that one, or train anew"
    raise RunError(f"{folder / CHECKPOINT} does not fit what trains {learner.name}: {problem}", hint)


def part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the entries under a prefix, without it."""
    return {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}


def save_checkpoint(run: Run, stage: str, step: int, state: Mapping[str, Tensor]) -> None:
    """Write where the training stands: before step `step` of `stage`."""
    tensors = {f"model/{k}": t for k, t in run.model.state_dict().items()}
    tensors |= {f"learner/{k}": t for k, t in state.items()}
    write_tensors(run.folder / CHECKPOINT, tensors, {"stage": stage, "step": str(step)})


def save_weights(run: Run) -> None:
    """Write the trained model."""
    write_tensors(run.folder / WEIGHTS, run.model.state_dict())
