"""Open a page in the user's browser, or a file in its program, with the desktop's own command."""

from __future__ import annotations

import os
import subprocess
import sys

from .commands import exists, ran

_COMMAND = "open" if sys.platform == "darwin" else "xdg-open"
_SECONDS = 60  # to open a file


def is_there() -> bool:
    """Tell whether a page can be shown: not over SSH, and not without a desktop."""
    has_desktop = (
        sys.platform == "darwin" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    )
    return has_desktop and "SSH_CONNECTION" not in os.environ and exists(_COMMAND)


def show(page: str) -> None:
    """Open a page; errors are ignored, since callers also print its address.

    Args:
        page: an address from our own code; it must begin with ``https://``.
    """
    if page.startswith("https://"):
        subprocess.run([_COMMAND, page], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def open_file(path: str) -> bool:
    """Open a file of ours. Returns whether the desktop has a program for it."""
    return ran(_COMMAND, path, seconds=_SECONDS)
