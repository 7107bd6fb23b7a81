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
    files.write(files.in_cache(NAME), f"{number}\n{text}".encode(), lasting=False)
    return number


def take(number: str) -> str:
    """Return the text with this number and delete it; "" for any other number. Raises OSError."""
    content = files.read(files.in_cache(NAME)) or b""
    kept, _, text = content.decode("utf-8", "replace").partition("\n")
    if not number or kept != number:
        return ""
    os.unlink(files.in_cache(NAME))
    return text
