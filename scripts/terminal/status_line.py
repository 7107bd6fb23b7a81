"""Answer ``tankful statusline``, which Claude Code waits for: without click, and without error messages."""

from __future__ import annotations

import os
import sys

from workflow import paths
from workflow.claude import status_line

COMPLETING = "_TANKFUL_COMPLETE"  # set by a shell that asks for completions
_LONGEST = 1024 * 1024  # bytes read from standard input


def answered() -> bool:
    """Store what Claude Code passes on standard input, and print the line. Returns whether it was called so."""
    if COMPLETING in os.environ or os.isatty(0):
        return False
    try:
        folders = paths.cache(os.environ), paths.data(os.environ)
        line = status_line.take(os.environ, sys.stdin.buffer.read(_LONGEST), *folders)
        os.write(1, f"{line}\n".encode() if line else b"")
    except Exception:  # noqa: S110  # a status line that says nothing is better than one that complains
        pass
    return True
