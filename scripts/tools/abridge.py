"""Take docstrings and comments out of Python code, which nobody reads in an installed workflow.

Every line keeps its number, so a traceback still leads to the line in the repository.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from tokenize import TokenInfo

_BEFORE_A_STATEMENT = (tokenize.ENCODING, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
_AFTER_IT = (tokenize.NEWLINE, tokenize.COMMENT)
_BLOCK = re.compile(r"^#.*(?:\n#.*)*", re.MULTILINE)
_LEGAL = re.compile(r"copyright|licen[cs]e|SPDX", re.IGNORECASE)
_NO_CODE = (tokenize.COMMENT, tokenize.NL)


def abridged(source: bytes) -> bytes:
    """Return a module in UTF-8 without its comments and without the statements that are only a text.

    What names a script's interpreter stays, and so do notices of rights, and the docstrings that click shows as
    help: those of functions whose decorator is a call. Raises SyntaxError or tokenize.TokenError.
    """
    text = source.decode("utf-8-sig")
    lines = text.split("\n")
    for token, replacement in reversed(list(_replacements(text))):
        (first, start), (last, end) = token.start, token.end
        line = lines[first - 1][:start] + replacement + lines[last - 1][end:]
        lines[first - 1 : last] = [line.rstrip(), *[""] * (last - first)]
    return "\n".join(lines).encode()


def _replacements(text: str) -> Iterator[tuple[TokenInfo, str]]:
    previous, texts = tokenize.ENCODING, dict(_texts(ast.parse(text)))
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    notices = set(_notices(text))
    for token, following in zip(tokens, tokens[1:]):
        is_statement = previous in _BEFORE_A_STATEMENT and following.type in _AFTER_IT
        if token.type == tokenize.COMMENT:
            if token.start[0] not in notices:
                yield token, ""
        elif token.type == tokenize.STRING and is_statement and token.start[0] in texts:
            yield token, texts[token.start[0]]
        if token.type not in _NO_CODE:
            previous = token.type


def _notices(text: str) -> Iterator[int]:
    """List the lines of comments that must stay."""
    if text.startswith("#!"):
        yield 1
    for block in _BLOCK.finditer(text):
        if _LEGAL.search(block.group()):
            first = text.count("\n", 0, block.start()) + 1
            yield from range(first, first + block.group().count("\n") + 1)


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """List the lines where a statement that is only a text begins, and what to put there.

    That is "" where a function or class has nothing else.
    """
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and not _is_command(node):
            texts = [statement.lineno for statement in body if _is_text(statement)]
            replacement = "" if len(texts) < len(body) else '""'
            yield from ((line, replacement) for line in texts)


def _is_command(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", ())
    is_called = any(isinstance(decorator, ast.Call) for decorator in decorators)
    return is_called and not isinstance(node, ast.ClassDef)


def _is_text(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
