"""Plugins by entry point. Nothing is imported until it is named."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from causaldsl.errors import UsageError, did_you_mean

Group = Literal["mechanisms", "images", "datasets", "formats", "features"]
GROUPS: tuple[Group, ...] = ("mechanisms", "images", "datasets", "formats", "features")


@cache
def _entries(group: Group) -> dict[str, EntryPoint]:
    return {e.name: e for e in sorted(entry_points(group=f"causaldsl.{group}"), key=lambda e: e.name)}


def names(group: Group) -> tuple[str, ...]:
    """Return the names of a group's plugins, sorted; imports none of them."""
    return tuple(_entries(group))


@cache
def load(group: Group, name: str) -> Any:
    """Import one plugin and return its object.

    Raises
    ------
    UsageError
        If there is no such plugin, or it cannot be imported.
    """
    try:
        entry = _entries(group)[name]
    except KeyError:
        hint = did_you_mean(name, names(group)) or f"there are: {', '.join(names(group)) or 'none'}"
        raise UsageError(f"there is no {group[:-1]} plugin `{name}`", hint) from None
    try:
        return entry.load()
    except Exception as error:
        raise UsageError(f"the plugin `{name}` ({entry.value}) cannot be imported: {error}") from error
