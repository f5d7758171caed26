"""Evidence that cannot be: which part of it has probability zero."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from causaldsl.errors import RunError
from causaldsl.graph.domain import Categorical, Discrete, Image, quoted
from causaldsl.graph.ir import CausalGraph
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.world import World

T = TypeVar("T")


def smallest(parts: Sequence[T], impossible: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return a part of what is impossible together of which nothing can be left out, by few tries.

    Parameters
    ----------
    parts : sequence
        Causes first; together they are impossible.
    impossible : callable
        Tells of some of the parts; with more of them it is no less so.

    Returns
    -------
    list
        In the order of `parts`; the last is the first that is impossible after those before it.

    Examples
    --------
    >>> smallest("abcdef", lambda some: "b" in some and "d" in some)
    ['b', 'd']
    """
    needed: list[T] = []
    while not impossible(needed):
        count = bisect_left(range(len(parts)), True, key=lambda n: impossible([*parts[:n], *needed]))
        needed = [parts[count - 1], *needed]
        parts = parts[: count - 1]
    return needed


def infeasible(whole: Sequence[str], part: Sequence[str], world: World, hint: str) -> RunError:
    """Return the error that says of evidence which part has probability zero.

    Parameters
    ----------
    whole, part : sequences of str
        All that was seen, and the smallest part of it that cannot be, causes first, as the language spells it.
    world : World
        Where it was seen.
    hint : str
        What to do, or where it was said.
    """
    *before, last = part
    where = f" where {', '.join(before)}" if before else ""
    before_it = f"the evidence {', '.join(whole)}: " if len(whole) > 1 else "the evidence " if whole else ""
    return RunError(f"{before_it}{last} has probability zero{where}{_under(world)}", hint)


def spelled(graph: CausalGraph, values: Mapping[str, Any]) -> list[str]:
    """Spell values, levels' indices or real numbers, as the language does; a picture is its node."""
    found = []
    for name, value in values.items():
        domain = domain_of(graph[name])
        if isinstance(domain, Image):
            found.append(quoted(name))
            continue
        level = domain.levels[int(value)] if isinstance(domain, Discrete) else f"{value:g}"
        named = isinstance(domain, Categorical) and not domain.is_range
        found.append(f"{quoted(name)}={quoted(level) if named else level}")
    return found


def _under(world: World) -> str:
    laws = [f"{quoted(name)} := {law.expression}" for name, law in world.laws.items()]
    done = [*spelled(world.graph, world.values), *laws]
    return f" under do({', '.join(done)})" if done else ""
