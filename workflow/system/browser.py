"""Open a page in the user's browser, or a file in its program, with the desktop's own command."""

from __future__ import annotations

import os
import sys

from .commands import exists, ran

_COMMAND = "open" if sys.platform == "darwin" else "xdg-open"
_SECONDS = 60  # to open a page or a file


def is_there() -> bool:
    """Tell whether a page can be shown: not over SSH, and not without a desktop."""
    has_desktop = (
        sys.platform == "darwin" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    )
    return has_desktop and "SSH_CONNECTION" not in os.environ and exists(_COMMAND)


def show(page: str) -> None:
    """Open a page of ours that begins with ``https://``; errors are ignored, since callers also print it."""
    if page.startswith("https://"):
        ran(_COMMAND, page, seconds=_SECONDS)


def open_file(path: str) -> bool:
    """Open a file of ours. Returns whether the desktop has a program for it."""
    return ran(_COMMAND, path, seconds=_SECONDS)
