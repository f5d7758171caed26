"""The mechanisms that there are, and their options, as their plugins describe them."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Any, Literal

from causaldsl.errors import UsageError
from causaldsl.plugins import registry
from causaldsl.plugins.defaults import KNOWN

Door = Literal["mechanisms", "images"]

_PARAMETER = re.compile(r"^(\w+(?:, \w+)*) : (.*)\n((?:    .*\n?|\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class OptionHelp:
    """One option of a mechanism.

    Parameters
    ----------
    name, type, default, text : str
        As they are shown; `text` is what the plugin says of it, perhaps nothing.
    choices : tuple of str
        The words that it may be, where they are few.
    """

    name: str
    type: str
    default: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class KindHelp:
    """One kind of mechanism.

    Parameters
    ----------
    name : str
        Its name.
    text : str
        What the plugin says of it, perhaps nothing.
    options : tuple of OptionHelp
        Its options.
    """

    name: str
    text: str
    options: tuple[OptionHelp, ...]


def kinds(door: Door, domain: str | None = None) -> Iterator[str]:
    """Yield the kinds of mechanism for labels or for images, without those that cannot make nodes of a domain."""
    for name in registry.names(door):
        if name == KNOWN.kind:
            continue
        plugin = _plugin(name, (door,))
        makes = getattr(plugin, "domains", None)
        if makes is None or domain is None or domain in makes:
            yield name


def kind_help(name: str, doors: Iterable[Door] = ("mechanisms", "images")) -> KindHelp | None:
    """Return what there is to say of a kind of mechanism, or None where there is no such kind.

    Examples
    --------
    >>> [option.name for option in kind_help("neural").options]
    ['hidden', 'layers']
    """
    plugin = _plugin(name, doors)
    if plugin is None:
        return None
    said = inspect.cleandoc(getattr(inspect.getmodule(type(plugin)), "__doc__", "") or "")
    said = " ".join(said.partition("\n\n")[0].split()).removeprefix(f"`{name}`: ")
    return KindHelp(name, said, tuple(_options(plugin.options)))


def _plugin(name: str, doors: Iterable[Door]) -> Any:
    for door in doors:
        if name in registry.names(door) and name != KNOWN.kind:
            try:
                return registry.load(door, name)
            except UsageError:
                return None
    return None


def _options(options: type[Any]) -> Iterator[OptionHelp]:
    documented: dict[str, str] = {}
    for cls in reversed(options.__mro__):
        for names, _, text in _PARAMETER.findall(inspect.cleandoc(vars(cls).get("__doc__") or "") + "\n"):
            documented.update(dict.fromkeys(names.split(", "), " ".join(text.split())))
    hints = typing.get_type_hints(options)
    for field in fields(options):
        hint = hints[field.name]
        choices: tuple[Any, ...] = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
        if hint is bool:
            choices = ("true", "false")
        default = "" if field.default is MISSING else str(field.default)
        default = default.lower() if hint is bool else default
        shown = " | ".join(map(str, choices)) or getattr(hint, "__name__", str(hint))
        yield OptionHelp(field.name, shown, default, documented.get(field.name, ""), tuple(map(str, choices)))
