"""What other builds left in the cache folder: compiled code, and snapshots of another layout."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Iterator

from . import paths

UNUSED = 7 * 86400  # seconds; a build in use touches its folders more often


def sweep(cache: str) -> None:
    """Delete from the cache folder what no build has touched for long.

    The snapshots of our own layout stay, however old. What cannot be deleted does no harm.
    """
    until = time.time() - UNUSED
    with suppress(OSError):
        for path in _of_builds(cache):
            if _touched(path) < until:
                import shutil  # there is rarely something to delete

                shutil.rmtree(path, ignore_errors=True)


def _of_builds(cache: str) -> Iterator[str]:
    bytecode = os.path.join(cache, "bytecode")
    yield from (os.path.join(bytecode, name) for name in os.listdir(bytecode))
    for name in os.listdir(cache):
        if name.startswith("snapshots-") and name != paths.SNAPSHOTS:
            yield os.path.join(cache, name)


def _touched(folder: str) -> float:
    """When something came into the folder or left it, as a database's log does at every use."""
    return os.lstat(folder).st_mtime
