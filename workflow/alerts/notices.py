"""The text of a notification, kept in a file while the launcher passes on its number only."""

from __future__ import annotations

import os

from .. import paths
from ..storage import files

NAME = "notice"
ICON = os.path.join(paths.root(), "icons/icon.png")


def leave(text: str) -> str:
    """Keep the text and return the number by which it can be taken. Raises OSError."""
    number = os.urandom(8).hex()
    files.write(_path(), f"{number}\n{text}".encode(), lasting=False)
    return number


def take(number: str) -> str:
    """Return the text with this number and delete it; "" for any other number. Raises OSError."""
    kept, _, text = (files.read(_path()) or b"").decode("utf-8", "replace").partition("\n")
    if not number or kept != number:
        return ""
    os.unlink(_path())
    return text


def _path() -> str:
    return os.path.join(paths.cache(os.environ), NAME)
