"""Delete leftovers: compiled code and snapshots of other builds, drafts of writers that were killed."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from .. import paths

UNUSED = 7 * 86400  # seconds; a build in use touches its folders more often
DRAFT = 3600  # seconds; writing a file never takes this long
AHEAD = 60  # seconds by which a clock may be off
_DRAFT = re.compile(r".+\.[0-9]+\.[0-9]+\.new\Z")


def sweep(cache: str) -> None:
    """Delete from the cache folder what no build has used for a long time.

    The snapshots of our own layout stay, however old they are. Errors are ignored.
    """
    now = time.time()
    with suppress(OSError):
        for path in _of_builds(cache):
            touched = os.lstat(path).st_mtime  # a database's log comes and goes at every use
            if touched > now + AHEAD:
                os.utime(path)  # the clock had run ahead: count from now
            elif touched < now - UNUSED:
                import shutil  # imported late: there is rarely something to delete

                shutil.rmtree(path, ignore_errors=True)


def sweep_drafts(environ: Mapping[str, str]) -> None:
    """Delete the drafts of files whose writers were killed. Errors are ignored."""
    now = time.time()
    for folder in {paths.data(environ), paths.cache(environ)}:
        with suppress(OSError):
            for name in os.listdir(folder):
                if _DRAFT.match(name):
                    _sweep_draft(os.path.join(folder, name), now)


def _sweep_draft(path: str, now: float) -> None:
    with suppress(OSError):
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode) and not -AHEAD <= now - status.st_mtime <= DRAFT:
            os.unlink(path)


def _of_builds(cache: str) -> Iterator[str]:
    bytecode = os.path.join(cache, "bytecode")
    yield from (os.path.join(bytecode, name) for name in os.listdir(bytecode))
    for name in os.listdir(cache):
        if name.startswith("snapshots-") and name != paths.SNAPSHOTS:
            yield os.path.join(cache, name)
