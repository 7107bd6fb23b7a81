"""Small executables that come before the real ones in PATH."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path


def write_shim(file: Path, command: Sequence[str], handing_on: Sequence[str] = ()) -> None:
    """Make *file* an executable that executes *command* followed by its own arguments.

    The values of the environment variables *handing_on* come between the two.
    """
    words = " ".join([*map(shlex.quote, command), *(f'"${{{name}-}}"' for name in handing_on)])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    file.chmod(0o755)


def python_shim(folder: Path, python: str) -> Path:
    """Make a folder with *python* as `python3`, for inline scripts that look it up in PATH."""
    write_shim(folder / "python3", [python])
    return folder
