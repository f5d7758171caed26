"""Small faults, one at a time: what `bench/mutation.py` puts into a module.

Not touched, since no test of behaviour can see a difference: docstrings, annotations, type aliases, what only type
checkers read (`TYPE_CHECKING`, `cast("..", x)`), `assert` statements and `zip(strict=..)` (they restate what holds
already), `slots=` and `maxsize=` (memory alone). The texts of messages are touched: golden tests hold them.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

COMPARED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMPUTED = {
    ast.Add: ast.Sub,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.MatMult: ast.Add,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLED = {
    "any": "all",
    "min": "max",
    "ceil": "floor",
    "union": "intersection",
    "difference": "union",
    "symmetric_difference": "union",
    "issubset": "issuperset",
    "add": "discard",
    "update": "difference_update",
    "startswith": "endswith",
    "lstrip": "rstrip",
    "lower": "upper",
    "removeprefix": "removesuffix",
    "permutations": "combinations",
}
CALLED |= {after: before for before, after in CALLED.items() if after != "union"} | {"popleft": "pop"}


class Mutant(NamedTuple):
    """A fault: its number in the module, its line, the lines that run it (None: importing does), what it changes."""

    file: str
    number: int
    line: int
    lines: range | None
    function: str
    before: str
    after: str
    nth: int

    def key(self, seed: int) -> str:
        """Return what its place in a sample depends on: the fault, and neither the line nor the rest of the file."""
        text = f"{seed}\n{self.file}\n{self.function}\n{self.before}\n{self.after}\n{self.nth}"
        return hashlib.sha256(text.encode()).hexdigest()


class Place(NamedTuple):
    """A field of a node that may be replaced, and what is around it."""

    parent: ast.AST
    field: str
    index: int | None
    lines: range | None
    function: str

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(file: str, text: str) -> list[Mutant]:
    """All faults that can be put into a module."""
    found: list[Mutant] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for number, (place, node, after) in enumerate(_changes(ast.parse(text))):
        what = (place.function, ast.unparse(node), ast.unparse(after))
        found.append(Mutant(file, number, node.lineno, place.lines, *what, nth=seen[what]))
        seen[what] += 1
    return found


def mutated(text: str, number: int) -> str:
    """Return a module with one fault, laid out as `ast.unparse` does."""
    tree = ast.parse(text)
    for at, (place, _, after) in enumerate(_changes(tree)):
        if at == number:
            place.put(after)
            break
    return ast.unparse(tree)


def _changes(tree: ast.Module) -> Iterator[tuple[Place, Any, ast.AST]]:
    """Yield every node that can be replaced, with its place and what replaces it, in an order of its own."""
    todo: list[tuple[Place, ast.AST]] = [
        (Place(tree, "body", i, None, ""), statement) for i, statement in reversed(list(enumerate(tree.body)))
    ]
    while todo:
        place, node = todo.pop()
        if _is_silent(place, node):
            continue
        if isinstance(node, ast.stmt) and place.lines is not None:
            place = place._replace(lines=_header(node))
        yield from ((place, node, after) for after in _replacements(node))
        if place.field in ("test", "ifs") and not _is_negated_anyway(node):
            yield place, node, ast.UnaryOp(ast.Not(), node)
        for field, value in reversed(list(ast.iter_fields(node))):
            inside = _inside(place, node, field)
            if isinstance(value, ast.AST):
                todo.append((inside, value))
            elif isinstance(value, list):
                todo += [(inside._replace(index=i), v) for i, v in _backwards(value)]


def _inside(place: Place, node: ast.AST, field: str) -> Place:
    """Return the place of a field: what stands in the body of a function runs when that is called."""
    inside = place._replace(parent=node, field=field, index=None)
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and field == "body":
        name = f"{place.function}.{node.name}".lstrip(".")
        return inside._replace(function=name, lines=range(0) if isinstance(node, ast.FunctionDef) else place.lines)
    return inside


def _header(statement: ast.stmt) -> range:
    """Return the lines of a statement without those of the statements in it."""
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, max(end, statement.lineno) + 1)


def _is_silent(place: Place, node: ast.AST) -> bool:
    """Whether nothing in a node can change what a caller sees."""
    match node:
        case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.keyword(arg="strict" | "slots" | "maxsize"):
            return True
        case ast.Constant() if isinstance(place.parent, ast.Call) and place.index == 0:
            return isinstance(place.parent.func, ast.Name) and place.parent.func.id in ("cast", "TypeVar", "NewType")
    return place.field in ("annotation", "returns") or _is_type(node)


def _is_type(node: ast.AST) -> bool:
    """Whether an expression is a type: `A | None`, `frozenset[str]`, `Callable[[X], Y]`."""
    match node:
        case ast.BinOp(op=ast.BitOr()):
            return _is_type(node.left) or _is_type(node.right)
        case ast.Subscript(value=ast.Name(id=name)):
            return name in ("list", "dict", "set", "frozenset", "tuple", "type") or (
                name[0].isupper() and len(name) > 1
            )
        case ast.Name(id=name):
            return name in ("str", "int", "float", "bool") or (name[0].isupper() and not name.isupper())
        case ast.Attribute(attr=name):
            return name[0].isupper() and not name.isupper()
    return False


def _is_negated_anyway(condition: ast.AST) -> bool:
    """Whether another fault already is the opposite of a condition."""
    match condition:
        case ast.Compare(ops=[_]) | ast.UnaryOp(op=ast.Not()) | ast.Constant():
            return True
    return False


def _replacements(node: Any) -> Iterator[ast.AST]:
    """Yield what a node may be replaced by."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=right):
            for i, op in enumerate(ops):
                yield ast.Compare(left, [*ops[:i], COMPARED[type(op)](), *ops[i + 1 :]], right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield ast.BinOp(left, ast.Add(), right) if _is_number(left) or _is_number(right) else left
        case ast.BinOp(left=left, op=op, right=right):
            yield ast.BinOp(left, COMPUTED[type(op)](), right)
        case ast.AugAssign(target=target, op=op, value=value):
            change = {ast.Sub: ast.Add, ast.BitOr: ast.Sub, ast.BitAnd: ast.Sub}.get(type(op)) or COMPUTED[type(op)]
            yield ast.AugAssign(target, change(), value)
            yield ast.Pass()
        case ast.Constant(value=value) if value is not None and value is not ...:
            yield from map(ast.Constant, _other_values(value))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Lambda(args=args, body=body) if not _is_none(body):
            yield ast.Lambda(args, ast.Constant(None))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Expr() | ast.Raise() | ast.Delete() | ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Call(func=ast.Name(id="sorted")):
            yield ast.Subscript(node, ast.Slice(None, None, ast.Constant(-1)))
        case ast.Call(func=ast.Name(id="reversed"), args=[arg]):
            yield ast.Call(ast.Name("iter"), [arg], [])
        case ast.Call(func=ast.Name(id=name) as func, args=args, keywords=keywords) if name in CALLED:
            yield ast.Call(ast.Name(CALLED[func.id]), args, keywords)
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=keywords) if name in CALLED:
            yield ast.Call(ast.Attribute(value, CALLED[name]), args, keywords)


def _other_values(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"XX{value}"


def _is_number(node: ast.AST) -> bool:
    """Whether an operand is a number for certain, so that it is no set from which another is taken away."""
    match node:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id="len" | "sum" | "max" | "min" | "abs" | "float" | "int")):
            return True
        case ast.BinOp(left=left, right=right):
            return _is_number(left) or _is_number(right)
    return False


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _backwards(nodes: list[Any]) -> list[tuple[int, ast.AST]]:
    return [(i, node) for i, node in reversed(list(enumerate(nodes))) if isinstance(node, ast.AST)]
