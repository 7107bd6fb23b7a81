"""Applies a change to modules that are imported already, so that no test has to import them again."""

from __future__ import annotations

import ast
import gc
import sys
import types
from collections import defaultdict
from collections.abc import Iterator

from tests.mutants.changes import Change, targets

Functions = dict[tuple[str, int], list[types.FunctionType]]  # by name and first line


def live_functions(file: str) -> Functions:
    """Return the functions of a file, including decorated ones, by name and first line."""
    gc.unfreeze()
    functions: Functions = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, types.FunctionType) and each.__code__.co_filename == file:
            functions[each.__code__.co_name, each.__code__.co_firstlineno].append(each)
    return functions


def put(change: Change, tree: ast.Module, file: str, functions: Functions) -> bool:
    """Apply a change: replace the code of live functions, or the value of a constant.

    Returns False if the module cannot be imported with the change.
    """
    ast.fix_missing_locations(tree)
    if change.is_constant:
        return _put_constant(change.statement, file)
    for code in _codes(compile(tree, file, "exec")):
        for function in functions.get((code.co_name, code.co_firstlineno), ()):
            if code.co_freevars == function.__code__.co_freevars:
                function.__code__ = code
    return True


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _codes(each)


def _put_constant(statement: ast.stmt, file: str) -> bool:
    module = next(m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file)
    names = dict(vars(module))
    code = compile(ast.Module([statement], []), file, "exec", annotations.compiler_flag)
    try:
        exec(code, names)  # noqa: S102 - our own code
    except Exception:
        return False
    for name in targets(statement):
        old = vars(module)[name]
        for each in list(sys.modules.values()):
            if each is module or (not name.startswith("_") and _has(each, name, old)):
                setattr(each, name, names[name])
    return True


def _has(module: types.ModuleType, name: str, value: object) -> bool:
    return getattr(module, "__dict__", {}).get(name) is value
