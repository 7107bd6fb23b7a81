"""Identify the build, which tells one bundle from the next regardless of file dates."""

from __future__ import annotations

import os

from .. import paths


def current() -> str:
    """Read the build of the bundle; "" in a checkout or a wheel, which may change at any time."""
    try:
        with open(os.path.join(paths.root(), "lib", "build"), encoding="ascii") as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ""


def mark() -> bytes:
    """Return the comment that ends each page written by this build; b"" without a build."""
    build = current()
    return f"<!-- {build} -->\n".encode("ascii") if build else b""
