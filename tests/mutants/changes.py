"""Makes the changes to try, in functions and in the constants of a module.

It leaves out code that no test of behaviour can notice, and code that does not run again after the import:

- docstrings, annotations and the type in ``cast``: they have no effect;
- the sentence in ``_("…")``: the tests of the catalogue check it, and other tests need not repeat it;
- a provider's description of itself (``PROVIDER``): texts and addresses, which the contract checks;
- decorators, defaults of parameters, fields of classes, type aliases: they run once, at the import;
- the empty text in ``x or ""`` and ``get(name, "")``: any text that is not known would do the same.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Callable

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
UNRUN = ("annotation", "returns", "decorator_list", "args", "type_params")  # fields that do not run
SENTENCES = ("_", "ngettext")
DESCRIBED = {"PROVIDER", "TYPE_CHECKING", "__all__"}

_PAIRS: tuple[tuple[type, type], ...] = (  # an operator and its replacement
    (ast.Lt, ast.LtE), (ast.LtE, ast.Lt), (ast.Gt, ast.GtE), (ast.GtE, ast.Gt),
    (ast.Eq, ast.NotEq), (ast.NotEq, ast.Eq), (ast.Is, ast.IsNot), (ast.IsNot, ast.Is),
    (ast.In, ast.NotIn), (ast.NotIn, ast.In), (ast.And, ast.Or), (ast.Or, ast.And),
    (ast.Add, ast.Sub), (ast.Sub, ast.Add), (ast.Mult, ast.Div), (ast.Div, ast.Mult),
    (ast.FloorDiv, ast.Div), (ast.Mod, ast.Div), (ast.Pow, ast.Mult),
    (ast.BitAnd, ast.BitOr), (ast.BitOr, ast.BitAnd), (ast.BitXor, ast.BitAnd),
    (ast.LShift, ast.RShift), (ast.RShift, ast.LShift),
)  # fmt: skip
_OPERATORS = dict(_PAIRS)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_SWAPS = (("min", "max"), ("any", "all"), ("lower", "upper"), ("lstrip", "rstrip"), ("find", "rfind"), ("startswith", "endswith"), ("partition", "rpartition"), ("removeprefix", "removesuffix"))  # fmt: skip
_NAMES = {**dict(_SWAPS), **{second: first for first, second in _SWAPS}}


@dataclass(frozen=True)
class Change:
    """One change. It is in the tree only until the generator goes on to the next one."""

    statement: ast.stmt
    node: ast.AST
    other: ast.AST
    is_constant: bool  # True: in a constant of the module; False: in a function

    @property
    def lines(self) -> range:
        """The lines of the statement; without its body, if it has one."""
        body = getattr(self.statement, "body", None) or getattr(self.statement, "cases", None)
        last = body[0].lineno - 1 if body else self.statement.end_lineno
        return range(self.statement.lineno, max(last or 0, self.statement.lineno) + 1)

    def __str__(self) -> str:
        line = getattr(self.node, "lineno", self.statement.lineno)
        return f"{line}: {_one_line(self.node)}  →  {_one_line(self.other)}"


def _one_line(node: ast.AST) -> str:
    head = copy.copy(node)
    for name in ("body", "orelse", "cases"):
        if isinstance(getattr(head, name, None), list):
            setattr(head, name, [ast.Expr(ast.Constant(...))] if name == "body" else [])
    return " ".join(ast.unparse(head).split())


def changes(tree: ast.Module) -> Iterator[Change]:
    """Make each change in the tree, yield it, and undo it."""
    for body, at, is_constant in _statements(tree.body, in_function=False):
        statement = body[at]
        for node, put in ((statement, _putter(body, at)), *_below(statement)):
            for other in _others(node, is_constant):
                put(ast.copy_location(other, node))
                yield Change(statement, node, other, is_constant)
                put(node)


def _statements(
    body: list[ast.stmt], in_function: bool
) -> Iterator[tuple[list[ast.stmt], int, bool]]:
    for at, statement in enumerate(body):
        if isinstance(statement, Function):
            yield from _statements(statement.body, True)
        elif isinstance(statement, ast.ClassDef):
            yield from _statements(
                [each for each in statement.body if isinstance(each, Function)], False
            )
        elif in_function:
            if not _is_text(statement):
                yield body, at, False
            for block in _blocks(statement):
                yield from _statements(block, True)
        elif _is_constant(statement):
            yield body, at, True


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for block in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield block.body


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_constant(statement: ast.stmt) -> bool:
    if (
        not isinstance(statement, (ast.Assign, ast.AnnAssign))
        or set(targets(statement)) & DESCRIBED
    ):
        return False
    return not isinstance(statement.value, ast.Subscript)  # a type alias


def targets(statement: ast.stmt) -> list[str]:
    """Return the names that an assignment binds."""
    found = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return [node.id for each in found if each for node in ast.walk(each) if isinstance(node, ast.Name)]  # fmt: skip


Put = Callable[[ast.AST], None]


def _below(node: ast.AST) -> Iterator[tuple[ast.AST, Put]]:
    """Yield every node below a node, at any depth, each with a function that replaces it."""
    for name, value in list(ast.iter_fields(node)):
        if name in UNRUN and not isinstance(node, ast.Call):
            continue
        for at, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST) and not _is_unrun(node, name, at, child):
                yield (
                    child,
                    _putter(
                        value if isinstance(value, list) else node,
                        at if isinstance(value, list) else name,
                    ),
                )
                yield from _below(child)


def _putter(holder: Any, key: int | str) -> Put:
    if isinstance(key, int):
        return lambda other: holder.__setitem__(key, other)
    return lambda other: setattr(holder, key, other)


def _is_unrun(node: ast.AST, name: str, at: int, child: ast.AST) -> bool:
    if isinstance(node, ast.Call) and name == "args":
        function = _name(node.func)
        if function == "get" and at == 1 and _is_nothing(child):
            return True
        return (function in SENTENCES and isinstance(child, ast.Constant)) or (function == "cast" and not at)  # fmt: skip
    if isinstance(node, ast.BoolOp) and at and _is_nothing(child):
        return True
    return isinstance(child, (ast.stmt, ast.ExceptHandler, ast.expr_context))


def _is_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _others(node: ast.AST, is_constant: bool) -> Iterator[ast.AST]:
    """Yield the replacements of a node."""
    if isinstance(node, ast.Constant):
        yield from _values(node.value)
    elif isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            ops = [*node.ops]
            ops[at] = _OPERATORS[type(operator)]()
            yield _with(node, ops=ops)
    elif isinstance(node, (ast.BoolOp, ast.BinOp, ast.AugAssign)) and type(node.op) in _OPERATORS:
        yield _with(node, op=_OPERATORS[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif not is_constant:
        yield from _steps(node)
    if isinstance(node, (ast.If, ast.IfExp, ast.While)) and _is_plain(node.test):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.comprehension):
        for at, test in enumerate(node.ifs):
            if _is_plain(test):
                yield _with(node, ifs=[*node.ifs[:at], ast.UnaryOp(ast.Not(), test), *node.ifs[at + 1 :]])  # fmt: skip


def _is_plain(test: ast.expr) -> bool:
    """Tell whether a condition has no operator of its own to change."""
    return not isinstance(test, (ast.Compare, ast.BoolOp, ast.UnaryOp))


def _values(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1)
    elif isinstance(value, bytes):
        yield ast.Constant(b"XX" + value)
    elif isinstance(value, str):
        yield ast.Constant(str(Decimal(value) + 1) if _NUMBER.fullmatch(value) else f"XX{value}XX")


def _steps(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the replacements of statements that change what is returned, stored, passed or left."""
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return)) and node.value is not None:
        if not isinstance(node.value, ast.Constant):
            yield _with(node, value=ast.Constant(None))
    elif isinstance(node, ast.Break):
        yield ast.Return(None)
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Call):
        yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    function = _name(node.func)
    if function in _NAMES:
        other = copy.copy(node.func)
        setattr(other, "attr" if isinstance(other, ast.Attribute) else "id", _NAMES[function])
        yield _with(node, func=other)
    for at, argument in enumerate(node.args):
        if not isinstance(argument, (ast.Constant, ast.Starred)) and not (function == "cast" and not at):  # fmt: skip
            yield _with(node, args=[*node.args[:at], ast.Constant(None), *node.args[at + 1 :]])
    for at, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _with(node, keywords=[*node.keywords[:at], *node.keywords[at + 1 :]])


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other
