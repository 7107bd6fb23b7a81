"""Copy and paste with the system's own program; the text goes through a pipe, never as an argument."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import Any

from ..errors import Mistake
from ..i18n.message import _
from .commands import exists

_WRITERS: tuple[tuple[str, ...], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
)
_READERS: tuple[tuple[str, ...], ...] = (
    ("pbpaste",),
    ("wl-paste", "--no-newline"),
    ("xclip", "-selection", "clipboard", "-o"),
    ("xsel", "--clipboard", "--output"),
)
_SECONDS = 5.0
_MAX_BYTES = 1024 * 1024  # of pasted text
_UNUSABLE = _(
    "the clipboard cannot be used (pbcopy, wl-copy, xclip or xsel); leave out --copy to print instead"
)


def copy(text: str) -> None:
    """Put a text on the clipboard. Raises Mistake if there is no clipboard."""
    nobody = subprocess.DEVNULL  # xclip and xsel stay, and would hold a pipe
    _run(_WRITERS, input=text.encode(), stdout=nobody, stderr=nobody)


def paste() -> str:
    """Read the clipboard. Raises Mistake if there is none."""
    output = _run(_READERS, stdin=subprocess.DEVNULL, capture_output=True)
    return output[:_MAX_BYTES].decode("utf-8", "replace")


def _run(commands: tuple[tuple[str, ...], ...], **streams: Any) -> bytes:
    """Run the first of these commands that is there, and return its output. Raises Mistake."""
    command = next((each for each in commands if exists(each[0])), None)
    with suppress(OSError, subprocess.SubprocessError):
        if command is not None:
            how = {**streams, "env": _environment(), "timeout": _SECONDS, "check": True}
            done: subprocess.CompletedProcess[bytes] = subprocess.run(command, **how)
            return done.stdout or b""
    raise Mistake(_UNUSABLE)


def _environment() -> dict[str, str]:
    """Ask pbcopy and pbpaste for UTF-8: they take the encoding of LC_ALL or LC_CTYPE."""
    environment = {**os.environ, "LC_CTYPE": "UTF-8"}
    if not environment.get("LC_ALL", "").upper().endswith(("UTF-8", "UTF8")):
        environment.pop("LC_ALL", None)
    return environment
