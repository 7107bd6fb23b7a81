"""Which build this is: what tells one bundle from the next, whatever the dates of its files say."""

from __future__ import annotations

import os

from .. import paths


def current() -> str:
    """The build of the bundle; "" in a checkout or a shell's installation, which may change at any time."""
    try:
        with open(os.path.join(paths.root(), "lib", "build"), encoding="ascii") as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ""


def mark() -> bytes:
    """The end of a page that this build has written; nothing without a build."""
    build = current()
    return f"<!-- {build} -->\n".encode("ascii") if build else b""
