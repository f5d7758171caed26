"""The run's configuration: frozen, from defaults, a TOML file and `--set key=value`; unknown keys are errors."""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causaldsl.errors import UsageError, did_you_mean
from causaldsl.plugins.protocols import Schedule

if TYPE_CHECKING:
    from causaldsl.train.machine import Machine


@dataclass(frozen=True)
class Stage:
    """How long and how one stage learns; 0 leaves the choice to the plugin.

    Parameters
    ----------
    steps : int
        Optimisation steps.
    batch : int
        Rows or pictures a step.
    learning_rate : float
        Of the optimisers.
    """

    steps: int = 0
    batch: int = 0
    learning_rate: float = 0.0

    def __post_init__(self) -> None:
        if self.steps < 0 or self.batch < 0 or self.learning_rate < 0:
            raise ValueError("steps, batch and learning_rate are not negative")


@dataclass(frozen=True)
class Images(Stage):
    """How an image model learns.

    Parameters
    ----------
    accumulate : int
        Parts in which a batch is computed, one after another, in less memory; what is learned is the same.
    """

    accumulate: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.accumulate < 1:
            raise ValueError("accumulate is at least 1")


@dataclass(frozen=True)
class Config:
    """All that a run depends on besides the model's text, the data and the machine.

    Parameters
    ----------
    seed : int
        Of initial weights, data order and noise.
    labels : Stage
        Training of the label nodes.
    images : Images
        Training of the image models.
    checkpoint_seconds : float
        Time between two checkpoints.
    tensorboard : bool
        Whether the log is written for TensorBoard too.
    """

    seed: int = 0
    labels: Stage = field(default_factory=Stage)
    images: Images = field(default_factory=Images)
    checkpoint_seconds: float = 60.0
    tensorboard: bool = False

    def schedule(self, stage: Stage, machine: Machine) -> Schedule:
        """Return what a learner of this stage is told."""
        return Schedule(
            self.seed,
            stage.steps,
            stage.batch,
            stage.learning_rate,
            stage.accumulate if isinstance(stage, Images) else 1,
            machine.ranks.rank,
            machine.ranks.size,
            machine.compile,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the config as JSON holds it."""
        return asdict(self)


def read_config(path: Path | None = None, settings: Iterable[str] = ()) -> Config:
    """Return the config of a TOML file (the defaults without one) with `key=value` settings on top.

    Raises
    ------
    UsageError
        If the file is missing or no TOML, a key is unknown or a value is of the wrong type.

    Examples
    --------
    >>> read_config(settings=["images.steps=100"]).images.steps
    100
    """
    config = Config()
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"cannot read the config {path}: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} is not TOML: {error}") from None
        config = merge(config, table)
    for setting in settings:
        dotted, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: expected key=value", "for example --set images.steps=1000")
        try:
            value = tomllib.loads(f"v = {text}")["v"]
        except tomllib.TOMLDecodeError:
            value = text
        table = value
        for part in reversed(dotted.strip().split(".")):
            table = {part: table}
        config = merge(config, table)
    return config


def merge(config: Any, table: Mapping[str, Any], where: str = "") -> Any:
    """Return a config with a nested mapping laid over it; every key must exist and every value fit its type."""
    hints = typing.get_type_hints(type(config))
    known = [f.name for f in fields(config)]
    changes: dict[str, Any] = {}
    for name, value in table.items():
        label = f"{where}{name}"
        if name not in known:
            keys = [where + key for key in known]
            hint = did_you_mean(label, keys) or f"the keys are {', '.join(keys)}"
            raise UsageError(f"the config has no key `{label}`", hint)
        old = getattr(config, name)
        if is_dataclass(old):
            if not isinstance(value, Mapping):
                raise UsageError(f"config `{label}` is a section, not a value")
            changes[name] = merge(old, value, f"{label}.")
            continue
        wanted = hints[name]
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
            raise UsageError(f"config `{label}` is {wanted.__name__}, not {value!r}")
        changes[name] = value
    try:
        return replace(config, **changes)
    except ValueError as error:
        raise UsageError(f"config {where.rstrip('.') or 'file'}: {error}") from None
