"""Cycles of a directed graph, found without recursion in linear time."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping

_SHOWN = 10


def find_cycles(children: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return one cycle of every strongly connected component that has one, the shortest through its first node.

    Parameters
    ----------
    children : mapping of str to collection of str
        For every node what its arrows point to.

    Returns
    -------
    list of list of str
        Each cycle as its nodes along the arrows, the first one not repeated.

    Examples
    --------
    >>> find_cycles({"A": ["B"], "B": ["C", "A"], "C": []})
    [['A', 'B']]
    """
    component = _components(children)
    cycles: list[list[str]] = []
    done: set[int] = set()
    for node in children:
        if component[node] in done:
            continue
        done.add(component[node])
        if (cycle := _shortest(node, children, component)) is not None:
            cycles.append(cycle)
    return cycles


def cycle_message(cycle: list[str]) -> str:
    """Say that there is a cycle, and show it; a long one is cut short.

    Examples
    --------
    >>> cycle_message(["A", "B"])
    'the graph has a cycle: A -> B -> A'
    """
    shown = [*cycle, cycle[0]]
    if len(shown) > _SHOWN:
        shown = [*shown[: _SHOWN - 2], f"... ({len(cycle)} nodes)", shown[-1]]
    return f"the graph has a cycle: {' -> '.join(shown)}"


def _components(children: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Return the number of each node's strongly connected component (Tarjan's algorithm, with a stack of our own)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    stack: list[str] = []
    for root in children:
        if root in index:
            continue
        work = [(root, iter(children[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, rest = work[-1]
            for child in rest:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    work.append((child, iter(children[child])))
                    break
                if child not in component:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    member = ""
                    while member != node:
                        member = stack.pop()
                        component[member] = index[node]
    return component


def _shortest(start: str, children: Mapping[str, Collection[str]], component: Mapping[str, int]) -> list[str] | None:
    """Return a shortest cycle through `start`, by breadth-first search within its component."""
    before: dict[str, str] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for child in children[node]:
            if child == start:
                cycle = [node]
                while cycle[-1] != start:
                    cycle.append(before[cycle[-1]])
                return cycle[::-1]
            if child not in before and component[child] == component[start]:
                before[child] = node
                queue.append(child)
    return None
