"""Laws given as numbers: `Y | X, Z := [[.., ..], ..]`, in the text or in a CSV file beside it."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from itertools import product

from causaldsl.errors import UsageError, did_you_mean
from causaldsl.graph.domain import Binary, Categorical, Discrete
from causaldsl.graph.expression import Table
from causaldsl.graph.lists import Member, Place, Scope, flat
from causaldsl.graph.sorts import Declaration
from causaldsl.graph.use import Folder, read_utf8
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Name

TOLERANCE = 1e-6
"""How far from 1 a row may sum."""
MAX_CELLS = 10_000_000
"""How many numbers a table may have."""


def table_of(
    equation: tree.Equation, target: Member, scope: Scope, nodes: Mapping[str, Declaration], folder: Folder | None
) -> Table | None:
    """Return the table of an equation, or None and findings.

    Parameters
    ----------
    equation : Equation
        Its body is a table, or a call of `table`.
    target : Member
        The node on its left.
    scope, nodes
        The names and the nodes.
    folder : Folder or None
        Where files lie.
    """
    _, given = scope.expand(equation.target, equation.given)
    domains = [_discrete(member, scope, nodes) for member in (target, *given)]
    seen: set[str] = {target.node}
    fine = True
    for member in given:
        if member.node in seen:
            what = "cannot cause itself" if member.node == target.node else "is named twice"
            scope.error("C204" if member.node == target.node else "C449", f"`{member.node}` {what}", member.item)
            fine = False
        seen.add(member.node)
    levels = [domain.levels for domain in domains if domain is not None]
    words = () if equation.given is None else flat(equation.given)
    unknown = [w for w in words if isinstance(w, Name) and w.text not in scope.nodes and w.text not in scope.groups]
    if not fine or unknown or len(levels) < len(domains):
        return None
    own, *causes = levels
    if math.prod(map(len, causes)) * len(own) > MAX_CELLS:
        scope.error("C449", f"the table has more than {MAX_CELLS:,} numbers", equation)
        return None
    names = tuple(member.node for member in given)
    if isinstance(equation.body, tree.Table):
        places: Sequence[Place] = [scope.span(row[0], row[-1]) for row in equation.body.rows]
        rows: list[list[float]] = [[float(n.value) for n in row] for row in equation.body.rows]
    else:
        found = _from_file(equation, names, causes, own, scope, folder)
        if found is None:
            return None
        rows, places = found, [equation.body] * len(found)
    return Table(names, tuple(map(tuple, rows))) if _sums(rows, places, equation, causes, own, scope) else None


def _discrete(member: Member, scope: Scope, nodes: Mapping[str, Declaration]) -> Discrete | None:
    """Return a node's domain where it has levels; a finding where not."""
    domain = nodes[member.node].domain
    if isinstance(domain, Binary | Categorical):
        return domain
    what = "its domain is not stated" if domain is None else f"it is {domain}"
    scope.error("C449", f"a table is about levels, and `{member.node}` has none: {what}", member.item)
    return None


def _sums(
    rows: list[list[float]],
    places: Sequence[Place],
    equation: tree.Equation,
    causes: list[tuple[str, ...]],
    own: tuple[str, ...],
    scope: Scope,
) -> bool:
    """Whether the rows are laws, one a combination of the causes' levels; findings where not."""
    needed = math.prod(map(len, causes))
    if len(rows) != needed:
        hint = "a row for each combination of the causes' levels, the last cause fastest"
        message = f"the table has {len(rows)} rows and needs {needed}"
        scope.error("C449", message, equation.body, hint)
        return False
    fine = True
    for row, place, combination in zip(rows, places, product(*causes), strict=True):
        where = f"the row for {', '.join(combination)}" if combination else "the row"
        if len(row) != len(own):
            numbers = f"{len(row)} number{'s' * (len(row) != 1)}"
            scope.error("C449", f"{where} has {numbers}, and the node {len(own)} levels", place)
        elif not all(0 <= p <= 1 + TOLERANCE for p in row):
            scope.error("C449", f"{where} has a number that is no probability", place)
        elif not abs(math.fsum(row) - 1) <= TOLERANCE:
            scope.error("C449", f"{where} sums to {math.fsum(row):.9g}, not to 1", place)
        else:
            continue
        fine = False
        if isinstance(equation.body, tree.Call):
            break  # all rows of a file have one place in the text
    return fine


def _from_file(
    equation: tree.Equation,
    names: tuple[str, ...],
    causes: list[tuple[str, ...]],
    own: tuple[str, ...],
    scope: Scope,
    folder: Folder | None,
) -> list[list[float]] | None:
    """Return the rows of a CSV file in the order of the combinations, or None and a finding.

    A header names the causes, in the order written, and then the node's levels; each line has the causes' levels and
    then the probabilities, and lines may come in any order. Without causes the header is the levels alone.
    """
    call = equation.body
    assert isinstance(call, tree.Call)
    place = call.arguments[0] if call.arguments else call
    if len(call.arguments) != 1 or not isinstance(place, Name) or not place.quoted:
        scope.error("C450", "`table` takes the name of one file, in quotes", call, '`table("y.csv")`')
        return None
    if folder is None:
        scope.error("C233", "a text that is no file cannot use files", place, "read it from a file")
        return None
    try:
        path, name = folder.find(place.text, scope.source.name)
        lines = list(csv.reader(read_utf8(path, name).removeprefix("\ufeff").splitlines()))
    except (UsageError, csv.Error) as problem:
        message = problem.diagnostics[0].message if isinstance(problem, UsageError) else f"{place.text}: {problem}"
        scope.error("C450", message, place)
        return None
    header = [*names, *own]
    cells = [[cell.strip() for cell in line] for line in lines if line]
    if not cells or cells[0] != header:
        found = ", ".join(cells[0]) if cells else "an empty file"
        scope.error("C450", f"{name} begins with {found}", place, f"its header is: {','.join(header)}")
        return None
    return _ordered(cells[1:], causes, len(own), name, place, scope)


def _ordered(
    lines: list[list[str]], causes: list[tuple[str, ...]], width: int, name: str, place: Place, scope: Scope
) -> list[list[float]] | None:
    """Return the lines of a file as rows in the order of the combinations of the causes' levels."""
    rows: dict[tuple[str, ...], list[float]] = {}
    for i, line in enumerate(lines, start=2):
        levels = tuple(line[: len(causes)])
        for level, known in zip(levels, causes, strict=False):
            if level not in known:
                message = f"line {i} of {name} has an unknown level, `{level}`"
                scope.error("C450", message, place, did_you_mean(level, known))
                return None
        try:
            row = [float(cell) for cell in line[len(causes) :]]
        except ValueError as problem:
            scope.error("C450", f"line {i} of {name}: {problem}", place)
            return None
        if len(line) != len(causes) + width:
            scope.error("C450", f"line {i} of {name} has {len(line)} cells, not {len(causes) + width}", place)
            return None
        if levels in rows:
            scope.error("C450", f"line {i} of {name} is about levels that another line is about", place)
            return None
        rows[levels] = row
    missing = next((c for c in product(*causes) if c not in rows), None)
    if missing is not None:
        scope.error("C450", f"{name} has no line for {', '.join(missing) or 'the node'}", place)
        return None
    return [rows[combination] for combination in product(*causes)]
