"""Which format a name or a file's ending stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from causaldsl.errors import UsageError, did_you_mean
from causaldsl.plugins.protocols import FormatPlugin, GraphReader, GraphWriter
from causaldsl.plugins.registry import load, names

Way = Literal["read", "written"]


def reader(path: Path, named: str | None = None) -> GraphReader:
    """Return what reads a file.

    Parameters
    ----------
    path : Path
        The file; its ending chooses where nothing is named.
    named : str, optional
        The format's name.

    Raises
    ------
    UsageError
        If there is no such format or it only writes, or the file's ending belongs to none or to several.
    """
    found: GraphReader = _choose(path, named, "read")
    return found


def writer(path: Path, named: str | None = None) -> GraphWriter:
    """Return what writes a file; else as `reader`."""
    found: GraphWriter = _choose(path, named, "written")
    return found


def formats(way: Way) -> dict[str, FormatPlugin]:
    """Return all formats that can be read, or written, by name; one that cannot be imported is left out."""
    return {name: plugin for name in names("formats") if _goes(plugin := _loaded(name), way)}


def endings(way: Way) -> frozenset[str]:
    """Return the endings of files' names that say a format."""
    return frozenset(suffix for plugin in formats(way).values() for suffix in plugin.suffixes)


def _choose(path: Path, named: str | None, way: Way) -> Any:
    if named is not None:
        return _named(named, way)
    able = formats(way)
    option = "--from" if way == "read" else "--to"
    suffix = path.suffix.lower()
    fitting = [name for name, plugin in able.items() if suffix in plugin.suffixes]
    if len(fitting) == 1:
        return able[fitting[0]]
    if fitting:
        raise UsageError(f"`{suffix}` files are of several formats: {', '.join(fitting)}", f"choose one by `{option}`")
    hint = did_you_mean(suffix, endings(way)) if suffix else None
    hint = hint or f"choose one by `{option}`: {', '.join(able)}"
    raise UsageError(f"the name {path} does not say in which format it is {way}", hint)


def _named(name: str, way: Way) -> Any:
    if name not in names("formats"):
        able = formats(way)
        raise UsageError(f"there is no format `{name}`", did_you_mean(name, able) or f"there are: {', '.join(able)}")
    plugin = load("formats", name)
    if not _goes(plugin, way):
        raise UsageError(f"`{name}` cannot be {way}", f"these can: {', '.join(formats(way))}")
    return plugin


def _goes(plugin: object, way: Way) -> bool:
    return isinstance(plugin, GraphReader if way == "read" else GraphWriter)


def _loaded(name: str) -> Any:
    try:
        return load("formats", name)
    except UsageError:
        return None
