"""Take docstrings and comments out of Python code, which nobody reads in an installed workflow.

Every line keeps its number, so a traceback still leads to the line in the repository.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

_TOKEN = re.compile(  # a comment or a text; Python's own tokenizer takes ten times as long
    rb"""#[^\n]*"""
    rb'''|"{3}[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*"{3}|"[^\\"]*(?:\\.[^\\"]*)*"'''
    rb"""|'{3}[^\\']*(?:(?:\\.|'(?!''))[^\\']*)*'{3}|'[^\\']*(?:\\.[^\\']*)*'""",
    re.DOTALL,
)
_BLANK = b" \t\f\r"
_END = re.compile(rb"[ \t\f\r]*(?=#|\n|\Z)")
_LINE = re.compile(rb"^", re.MULTILINE)
_BLOCK = re.compile(rb"^#.*(?:\n#.*)*", re.MULTILINE)
_LEGAL = re.compile(rb"copyright|licen[cs]e|SPDX", re.IGNORECASE)
_INNER = ("body", "orelse", "finalbody", "handlers", "cases")


def abridged(source: bytes) -> bytes:
    """Return a module in UTF-8 without its comments and without the statements that are only a text.

    What names a script's interpreter stays, and so do notices of rights, and the docstrings that click shows as
    help: those of functions whose decorator is a call. It is for the syntax of 3.9, where no text in an f-string
    has the quotes around it. Raises SyntaxError.
    """
    text = source.decode("utf-8-sig")
    return b"".join(_pieces(text.encode(), ast.parse(text)))


def _pieces(code: bytes, tree: ast.Module) -> Iterator[bytes]:
    texts, notices = _texts(code, tree), set(_notices(code))
    done = seen = 0
    for token in _TOKEN.finditer(code):
        begin, end = token.span()
        if code.startswith(b"#", begin):
            if begin not in notices:
                yield code[done:begin].rstrip(_BLANK)
                done = end
        elif end in texts:
            start, replacement = texts[end]
            rest = _END.match(code, end)
            if rest and begin - start <= len("rb") and _is_first(code[seen:start], not seen):
                before = code[done:start]
                yield before + replacement if replacement else before.rstrip(_BLANK)
                yield b"\n" * token.group().count(b"\n")
                done = rest.end()
        seen = end
    yield code[done:]


def _is_first(between: bytes, is_start: bool) -> bool:
    """Tell whether a statement begins its line, from what is between it and the token before or the start."""
    head, newline, indent = between.rpartition(b"\n")
    is_continued = head.rstrip(b"\r").endswith(b"\\")
    return bool(newline or is_start) and not indent.strip() and not is_continued


def _notices(code: bytes) -> Iterator[int]:
    """List where comments begin that must stay."""
    if code.startswith(b"#!"):
        yield 0
    for block in _BLOCK.finditer(code):
        if _LEGAL.search(block.group()):
            yield from (line.start() for line in _LINE.finditer(code, *block.span()))


def _texts(code: bytes, tree: ast.Module) -> dict[int, tuple[int, bytes]]:
    """Find where the statements end that are only a text: where each begins, and what to put there.

    That is b"" where a function or class has nothing else.
    """
    lines = [0, *(line.start() for line in _LINE.finditer(code))]
    places = {}
    nodes: list[Any] = [tree]
    for node in nodes:
        for name in _INNER:
            nodes += getattr(node, name, ())
        body = [] if _is_command(node) else getattr(node, "body", [])
        texts = list(filter(_is_text, body))
        replacement = b"" if len(texts) < len(body) else b'""'
        for text in texts:
            end = lines[text.end_lineno] + text.end_col_offset
            places[end] = lines[text.lineno] + text.col_offset, replacement
    return places


def _is_command(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", ())
    is_called = any(isinstance(decorator, ast.Call) for decorator in decorators)
    return is_called and not isinstance(node, ast.ClassDef)


def _is_text(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
