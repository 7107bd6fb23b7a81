"""Copy and paste with the system's own program; the text goes through a pipe, never as an argument."""

from __future__ import annotations

import os
import subprocess

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


def copy(text: str) -> None:
    """Put a text on the clipboard. Raises Mistake if there is no clipboard."""
    command = _first(_WRITERS)
    try:
        subprocess.run(
            command,
            input=text.encode(),
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise _unusable() from None


def paste() -> str:
    """Read the clipboard. Raises Mistake if there is none."""
    try:
        done = subprocess.run(
            _first(_READERS),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise _unusable() from None
    return done.stdout[:_MAX_BYTES].decode("utf-8", "replace")


def _first(commands: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    command = next((command for command in commands if exists(command[0])), None)
    if command is None:
        raise _unusable()
    return command


def _environment() -> dict[str, str]:
    """Ask pbcopy and pbpaste for UTF-8: they take the encoding of LC_ALL or LC_CTYPE."""
    environment = {**os.environ, "LC_CTYPE": "UTF-8"}
    if not environment.get("LC_ALL", "").upper().endswith(("UTF-8", "UTF8")):
        environment.pop("LC_ALL", None)
    return environment


def _unusable() -> Mistake:
    return Mistake(
        _(
            "the clipboard cannot be used (pbcopy, wl-copy, xclip or xsel); leave out --copy to print instead"
        )
    )
