"""What can be reached along edges."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def reach(neighbours: Callable[[N], Iterable[N]], start: Iterable[N]) -> set[N]:
    """Return what can be reached from some nodes, they themselves included; linear in the edges walked.

    Examples
    --------
    >>> sorted(reach({1: [2], 2: [3], 3: [], 4: [1]}.__getitem__, [1]))
    [1, 2, 3]
    """
    found = set(start)
    todo = list(found)
    while todo:
        for neighbour in neighbours(todo.pop()):
            if neighbour not in found:
                found.add(neighbour)
                todo.append(neighbour)
    return found
