"""The clipboard, through the system's own program; text goes by pipe, never as an argument."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Dict, Optional, Tuple

from ..errors import Mistake
from ..i18n.message import _

_WRITERS: Tuple[Tuple[str, ...], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
)
_READERS: Tuple[Tuple[str, ...], ...] = (
    ("pbpaste",),
    ("wl-paste", "--no-newline"),
    ("xclip", "-selection", "clipboard", "-o"),
    ("xsel", "--clipboard", "--output"),
)
_SECONDS = 5.0
_LARGEST = 1024 * 1024  # bytes that are ever read


def copy(text: str) -> None:
    """Put a text on the clipboard. Raises Mistake when there is none."""
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
        raise _trouble() from None


def paste() -> str:
    """What is on the clipboard. Raises Mistake when it cannot be read."""
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
        raise _trouble() from None
    return done.stdout[:_LARGEST].decode("utf-8", "replace")


def _first(commands: Tuple[Tuple[str, ...], ...]) -> Tuple[str, ...]:
    found = next((command for command in commands if shutil.which(command[0])), None)
    if found is None:
        raise _trouble()
    return found


def _environment() -> Dict[str, str]:
    """pbcopy and pbpaste work in the encoding of LC_CTYPE, unless LC_ALL names another."""
    environment = {**os.environ, "LC_CTYPE": "UTF-8"}
    if not environment.get("LC_ALL", "").upper().endswith(("UTF-8", "UTF8")):
        environment.pop("LC_ALL", None)
    return environment


def _trouble(why: Optional[Exception] = None) -> Mistake:
    return Mistake(
        _(
            "the clipboard cannot be used (pbcopy, wl-copy, xclip or xsel); leave out --copy to print instead"
        )
    )
