"""Parses the files of the project, each once for all tests of a process."""

from __future__ import annotations

import ast
import functools
from pathlib import Path


@functools.cache
def tree(path: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def walked(path: Path) -> tuple[ast.AST, ...]:
    """Parse a file, and return what it is made of in the order of ``ast.walk``."""
    return tuple(ast.walk(tree(path)))
