"""Which data set a name or a file stands for."""

from __future__ import annotations

from pathlib import Path

from causaldsl.errors import UsageError, did_you_mean
from causaldsl.plugins.protocols import DatasetPlugin
from causaldsl.plugins.registry import load, names

TABLES = (".csv", ".parquet")


def dataset(name: str, root: Path | None = None) -> tuple[DatasetPlugin, Path | None]:
    """Return the plugin behind `--data NAME` or `--data X.csv`, and the root it is to read.

    Raises
    ------
    UsageError
        If there is neither a data set nor a file of that name.
    """
    path = Path(name)
    if path.suffix.lower() in TABLES:
        if not path.is_file():
            raise UsageError(f"there is no file {name}")
        return load("datasets", "table"), path
    if name not in names("datasets"):
        hint = did_you_mean(name, names("datasets"))
        raise UsageError(
            f"there is no data set `{name}`",
            hint or f"there are {', '.join(names('datasets'))}; or give a file that ends in .csv or .parquet",
        )
    return load("datasets", name), root
