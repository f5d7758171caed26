"""Which data set a name, a file or a folder stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causaldsl.errors import UsageError, did_you_mean
from causaldsl.graph.domain import Image
from causaldsl.graph.ir import MechanismSpec
from causaldsl.graph.specs import parse_spec
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import DatasetPlugin
from causaldsl.plugins.recorded import recorded_options
from causaldsl.plugins.registry import load, names

TABLES = (".csv", ".tsv", ".parquet")
"""How the names of files of tables end."""
PACKED = "index.json"
"""The file that makes a folder a packed data set."""


@dataclass(frozen=True)
class Dataset:
    """A data set as it was asked for, not yet opened.

    Parameters
    ----------
    name : str
        What a run records: the same data set, from wherever it is asked for.
    plugin : DatasetPlugin
        What reads it.
    root : Path or None
        What the plugin reads.
    options : object
        How the plugin reads it.
    """

    name: str
    plugin: DatasetPlugin
    root: Path | None
    options: Any

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its label columns."""
        return self.plugin.columns(self.root, self.options)

    def check_image(self, image: Image) -> None:
        """Refuse pictures of a size that it cannot give.

        Raises
        ------
        DataError
            If it cannot.
        """
        if hasattr(self.plugin, "check_image"):
            self.plugin.check_image(image, self.options)


def dataset(text: str, root: Path | None = None, recorded: Mapping[str, Any] | None = None) -> Dataset:
    """Return what `--data` stands for: `NAME`, `NAME(option=value)`, a file of a table, or a packed data set's folder.

    Parameters
    ----------
    text : str
        As it was given.
    root : Path, optional
        Where its files are.
    recorded : mapping of str to value, optional
        All its options, as a run recorded them; they go before those of the text.

    Raises
    ------
    UsageError
        If there is neither a data set nor a file of that name, or an option does not fit.
    RunError
        If a recorded option does not fit.
    """
    path = Path(text)
    if path.suffix.lower() in TABLES:
        if not path.is_file():
            raise UsageError(f"there is no file {text}")
        return _of_path("table", path)
    if text not in names("datasets") and path.is_dir():
        if not (path / PACKED).is_file():
            hint = "`--data folder --root DIR` reads pictures beside a table; `causaldsl pack` makes packed data sets"
            raise UsageError(f"the folder {text} is no packed data set: it has no {PACKED}", hint)
        return _of_path("shards", path)
    spec = parse_spec(text) if "(" in text else MechanismSpec(text)
    if spec.kind not in names("datasets"):
        known = f"there are {', '.join(names('datasets'))}; or give a file that ends in .csv, .tsv or .parquet"
        raise UsageError(f"there is no data set `{spec.kind}`", did_you_mean(spec.kind, names("datasets")) or known)
    plugin: DatasetPlugin = load("datasets", spec.kind)
    if recorded is not None:
        return Dataset(text, plugin, root, recorded_options(plugin.options, spec.kind, recorded))
    options, findings = resolve(plugin.options, spec)
    if findings:
        raise UsageError(findings)
    return Dataset(text, plugin, root, options)


def _of_path(plugin: str, path: Path) -> Dataset:
    found: DatasetPlugin = load("datasets", plugin)
    return Dataset(str(path.resolve()), found, path, found.options())
