"""The names in a statement that are nodes or groups: not its levels, functions, mechanisms, options and texts.

Whether a word is a level depends on what it stands beside: `grey` in `Hair == grey`, where `Hair` has such a level, and
in `Hair := where(Old, grey, black)`. The walk is a stack, so that no expression is too deep for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from causaldsl.syntax import tree
from causaldsl.syntax.tree import Expr, Name, Tree

Levels = frozenset[str]
"""The named levels of a node; empty for a node that has none."""

_NONE: Levels = frozenset()
_Work = tuple[Tree, Levels]
"""A tree, and the levels that it may be one of because its value goes to a node with these."""


def mentioned(statement: tree.Statement, levels: Mapping[str, Levels]) -> Iterator[tuple[Name, bool]]:
    """Yield the nodes and groups that a statement names, in the order of the text, and whether it declares them.

    Parameters
    ----------
    statement : Statement
        As written.
    levels : mapping of str to frozenset of str
        The levels of the nodes that have named ones.

    Examples
    --------
    >>> from causaldsl.source import Source
    >>> from causaldsl.syntax.parser import parse
    >>> (statement,) = parse(Source("<text>", "query P(A=grey | do(B=1))"))[0].statements
    >>> [name.text for name, _ in mentioned(statement, {})]
    ['A', 'B']
    """
    if isinstance(statement, tree.Declaration):
        yield from ((name, True) for name in statement.names)
        return
    if isinstance(statement, tree.Group):
        yield statement.name, True
    todo = [*reversed(list(_parts_of_statement(statement, levels)))]
    while todo:
        part, goal = todo.pop()
        if isinstance(part, Name):
            if part.text not in goal:
                yield part, False
        else:
            todo += reversed(list(_parts(part, goal, levels)))


def _parts_of_statement(statement: tree.Statement, levels: Mapping[str, Levels]) -> Iterator[_Work]:
    match statement:
        case tree.Group(members=members):
            yield members, _NONE
        case tree.Edges(lists=lists):
            yield from _all(*lists)
        case tree.Mechanism(targets=targets):
            yield targets, _NONE
        case tree.Equation(target=target, given=given, body=body):
            yield from _all(target, given)
            if not isinstance(body, tree.Table) and not _is_file(body):
                (item,) = target.items if len(target.items) == 1 else (None,)
                yield body, levels.get(item.text, _NONE) if isinstance(item, Name) else _NONE
        case tree.Query(question=question) | tree.Assertion(question=question):
            yield question, _NONE


def _is_file(body: Expr) -> bool:
    return isinstance(body, tree.Call) and body.function.text == "table" and not body.function.quoted


def _all(*trees: Tree | None) -> Iterator[_Work]:
    return ((part, _NONE) for part in trees if part is not None)


def _parts(part: Tree, goal: Levels, levels: Mapping[str, Levels]) -> Iterable[_Work]:
    """Return what a tree consists of, in the order of the text, without what is no node."""
    match part:
        case tree.Nodes(items=items) | tree.Braced(items=items):
            return _all(*items)
        case tree.Chain(first=first, rest=rest):
            return _all(first, *(operand for _, operand in rest))
        case tree.Prefix(operand=operand):
            return _all(operand)
        case tree.Power(base=base, exponent=exponent):
            return _all(base, exponent)
        case tree.Compare(left=left, right=right):
            return _compared(left, right, levels)
        case tree.Call(function=function, arguments=arguments):
            passes = function.text == "where"
            return ((argument, goal if passes and i else _NONE) for i, argument in enumerate(arguments))
        case _:
            return _parts_of_question(part, levels)


def _compared(left: Expr, right: Expr, levels: Mapping[str, Levels]) -> Iterator[_Work]:
    """Return both sides of a comparison; beside a value of a node, a word that is one of its levels is that level."""
    of_left, of_right = _levels_of(left, levels), _levels_of(right, levels)
    yield left, _NONE if of_left else of_right
    yield right, of_left


def _levels_of(side: Expr, levels: Mapping[str, Levels]) -> Levels:
    """Return the levels of a side whose value is a node's."""
    while isinstance(side, tree.Call) and side.function.text == "where" and len(side.arguments) == 3:
        side = side.arguments[1]
    if isinstance(side, tree.Counterfactual):
        side = side.name
    return levels.get(side.text, _NONE) if isinstance(side, Name) else _NONE


def _parts_of_question(part: Tree, levels: Mapping[str, Levels]) -> Iterable[_Work]:
    match part:
        case tree.Denied(claim=claim):
            return _all(claim)
        case tree.Separation(left=left, right=right, given=given):
            return _all(left, right, given)
        case tree.EffectQuestion(causes=causes, effects=effects, given=given):
            return _all(causes, effects, given)
        case tree.Identifiable(probability=probability):
            return _all(probability)
        case tree.Numeric(left=left, right=right):
            return _all(left, right)
        case tree.Probability(events=events, conditions=conditions):
            return _all(*events, *conditions)
        case tree.Expectation(body=body, conditions=conditions):
            return _all(body, *conditions)
        case tree.Event(variable=variable):
            return _all(variable)
        case tree.Do(interventions=interventions):
            return _all(*interventions)
        case tree.Intervention(name=name, law=law):
            return [(name, _NONE), *([] if law is None else [(law, levels.get(name.text, _NONE))])]
        case tree.Counterfactual(name=name, settings=settings):
            return _all(name, *settings)
        case tree.Setting(name=name, value=value):
            return _all(name, value if isinstance(value, tree.Counterfactual) else None)
    return ()
