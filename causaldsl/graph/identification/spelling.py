r"""Estimands as text and as LaTeX.

Both are spelled from the leaves to the root, each part with how tightly it binds: a factor stands for itself, a sum
reaches as far to the right as it can, and a ratio is put in parentheses where it is multiplied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from causaldsl.graph.expression import Expression, fold, spelled_value
from causaldsl.graph.identification.estimand import (
    Among,
    Cases,
    Estimand,
    Factor,
    Fixed,
    Product,
    Ratio,
    Sum,
    Symbol,
    Term,
    fold_once,
)

LONGEST = 5_000
"""The most parts that a text shows; where parts are shared there can be far more than anyone reads."""

_Spelled = tuple[str, Literal["whole", "product", "sum", "ratio"]]


def size(root: Estimand) -> int:
    """Return how many parts the text of an estimand has, shared ones counted as often as they would be written."""
    return fold_once(root, lambda _, parts: 1 + sum(parts))


def text(root: Estimand) -> str:
    """Return an estimand as readable text.

    Examples
    --------
    >>> x, y = Symbol("X"), Symbol("Y")
    >>> text(Ratio(Factor((x, y)), Sum((y,), Factor((x, y)))))
    'P(X, Y) / (sum_{Y} P(X, Y))'
    """
    if (parts := size(root)) > LONGEST:
        return f"an estimand of {parts} parts, too long for a text"
    return fold(root, _text)[0]


def latex(root: Estimand) -> str:
    r"""Return an estimand in LaTeX.

    Examples
    --------
    >>> y = Symbol("Y")
    >>> latex(Sum((y,), Product((Factor((y,)), Factor((Symbol("blood_pressure", 1),), (y,))))))
    "\\sum_{Y} P(Y) \\, P(\\mathit{blood\\_pressure}' \\mid Y)"
    """
    if (parts := size(root)) > LONGEST:
        return rf"\text{{an estimand of {parts} parts}}"
    return fold(root, _latex)[0]


def _text(node: Expression, parts: Sequence[_Spelled]) -> _Spelled:
    match node:
        case Factor():
            return _factor(node, str, "do", " | "), "whole"
        case Sum(over=over):
            body, kind = parts[0]
            return f"sum_{{{', '.join(map(str, over))}}} {f'({body})' if kind == 'ratio' else body}", "sum"
        case Product(factors=()):
            return "1", "whole"
        case Product():
            return " ".join(_factors(parts)), "product"
        case Cases():
            name, values = str(node.symbol), [spelled_value(at.value) for at in node.values]
            rows = [f"{name}={value}: {part}" for value, (part, _) in zip(values, parts, strict=True)]
            return f"{{{'; '.join(rows)}}}", "whole"
        case Ratio():
            return " / ".join(part if kind == "whole" else f"({part})" for part, kind in parts), "ratio"
        case _:
            return "0", "whole"


def _latex(node: Expression, parts: Sequence[_Spelled]) -> _Spelled:
    match node:
        case Factor():
            return _factor(node, _latex_term, r"\operatorname{do}", r" \mid "), "whole"
        case Sum(over=over):
            return rf"\sum_{{{', '.join(map(_latex_term, over))}}} {parts[0][0]}", "sum"
        case Product(factors=()):
            return "1", "whole"
        case Product():
            return r" \, ".join(_factors(parts)), "product"
        case Cases():
            name, values = _latex_term(node.symbol), [_latex_value(at.value) for at in node.values]
            rows = [rf"{part} & {name}={value}" for value, (part, _) in zip(values, parts, strict=True)]
            return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", "whole"
        case Ratio():
            return rf"\frac{{{parts[0][0]}}}{{{parts[1][0]}}}", "whole"
        case _:
            return "0", "whole"


def _factor(factor: Factor, spell: Callable[[Term], str], do: str, bar: str) -> str:
    done = [f"{do}({', '.join(map(spell, factor.do))})"] if factor.do else []
    right = ", ".join([*done, *map(spell, factor.given)])
    return f"P({', '.join(map(spell, factor.of))}{bar if right else ''}{right})"


def _factors(parts: Sequence[_Spelled]) -> list[str]:
    """Spell the factors of a product: ratios in parentheses, and sums unless they come last."""
    last = len(parts) - 1
    return [
        f"({spelled})" if kind == "ratio" or (kind == "sum" and i < last) else spelled
        for i, (spelled, kind) in enumerate(parts)
    ]


_ESCAPED = {c: rf"\{c}" for c in "_#%&${}"} | {"\\": r"\backslash{}", "^": r"\hat{}", "~": r"\sim{}", " ": r"\ "}


def _latex_name(name: str) -> str:
    if match := re.fullmatch(r"([A-Za-z])(\d+)", name):
        return f"{match[1]}_{{{match[2]}}}"
    escaped = "".join(_ESCAPED.get(c, c) for c in name)
    return escaped if len(name) == 1 else rf"\mathit{{{escaped}}}"


_LATEX_RELATIONS = {"!=": r"\neq", "<=": r"\leq", ">=": r"\geq"}


def _latex_term(term: Symbol | Fixed | Among) -> str:
    match term:
        case Symbol(node=node, primes=primes):
            return _latex_name(node) + "'" * primes
        case Fixed(node=node, value=value):
            return f"{_latex_name(node)}={_latex_value(value)}"
        case Among(symbol=symbol, conditions=conditions):
            name = _latex_term(symbol)
            return ", ".join(f"{name} {_LATEX_RELATIONS.get(r, r)} {_latex_value(v)}" for r, v in conditions)


def _latex_value(value: int | float | str) -> str:
    return _latex_name(value) if isinstance(value, str) else str(value)
