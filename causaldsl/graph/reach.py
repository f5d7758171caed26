"""What can be reached along edges."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence, Set
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


def directed_path(
    neighbours: Sequence[Iterable[int]], start: int, ends: Set[int], avoid: Set[int] = frozenset()
) -> list[int]:
    """Return a shortest way along edges from a node to one of some others, around nodes to avoid; empty if none.

    Examples
    --------
    >>> directed_path([[1, 2], [3], [3], []], 0, {3})
    [0, 1, 3]
    """
    came: dict[int, int | None] = {start: None}
    todo = deque([start])
    while todo:
        node = todo.popleft()
        if node in ends:
            path = [node]
            while (before := came[path[-1]]) is not None:
                path.append(before)
            return path[::-1]
        for neighbour in neighbours[node]:
            if neighbour not in came and neighbour not in avoid:
                came[neighbour] = node
                todo.append(neighbour)
    return []
