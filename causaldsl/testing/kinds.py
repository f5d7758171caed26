"""How a kind of plugin is held to laws: built for the nodes that its `check` lets pass, and tried law by law."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from causaldsl.errors import UsageError
from causaldsl.plugins.protocols import NodeShape


class OfNode(Protocol):
    """A plugin, and a node that it is built for."""

    @property
    def shape(self) -> NodeShape:
        """The node."""
        ...


C = TypeVar("C", bound=OfNode)


def passing(plugin: object, options: Any, shapes: Iterable[NodeShape]) -> list[NodeShape]:
    """Return the nodes that a plugin's `check` lets pass.

    Raises
    ------
    AssertionError
        If it refuses all of them.
    """
    found = [shape for shape in shapes if not _refuses(plugin, options, shape)]
    assert found, "its `check` refuses all nodes that it was tried on; name others as `shapes`"
    return found


def check_laws(cases: Sequence[C], laws: Sequence[Callable[[C], None]], named: Callable[[NodeShape], str]) -> None:
    """Try every law on every case.

    Raises
    ------
    AssertionError
        If a case does not keep to a law: what `named` calls its node, its causes, and the law.
    """
    for case, law in itertools.product(cases, laws):
        try:
            law(case)
        except AssertionError as error:
            parents = ", ".join(str(domain) for _, domain in case.shape.parents)
            raise AssertionError(f"{named(case.shape)}{f' of {parents}' if parents else ''}: {error}") from error


def _refuses(plugin: object, options: Any, shape: NodeShape) -> bool:
    if hasattr(plugin, "check"):
        try:
            plugin.check(shape, options)
        except UsageError:
            return True
    return False
