"""Files that survive a crash and are nobody else's business: atomic writes, locks, 0600, 0700."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import Iterator, Optional

_POLL = 0.05  # seconds between two looks at a lock that somebody else holds


def folder(path: str) -> str:
    """Make a folder that only its owner can read, and return it."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    if os.stat(path).st_mode & 0o077:
        os.chmod(path, 0o700)
    return path


def read(path: str, limit: int = 16 * 1024 * 1024) -> Optional[bytes]:
    """The content of a file of ours, or None when there is none. Raises OSError otherwise."""
    try:
        with open(path, "rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        return None


def write(path: str, content: bytes) -> None:
    """Replace a file in one step: a reader sees the old or the new, whole."""
    folder(os.path.dirname(path))
    draft = f"{path}.{os.getpid()}.{time.monotonic_ns()}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def keep(path: str, content: bytes, why: str) -> None:
    """Keep what a file held before it changes its form, as ``name.why.json``; the first copy stays."""
    aside = f"{path[: -len('.json')]}.{why}.json"
    if not os.path.exists(aside):
        write(aside, content)


@contextmanager
def lock(path: str, patience: Optional[float] = None, *, shared: bool = False) -> Iterator[bool]:
    """Hold the lock of this name between processes; the operating system frees it at a crash.

    Args:
        path: the lock file; it stays.
        patience: seconds to wait for another holder; None waits for ever.
        shared: others may hold it at the same time, if they share it too.

    Yields whether the lock is held.
    """
    folder(os.path.dirname(path))
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _taken(descriptor, patience, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, patience: Optional[float], mode: int) -> bool:
    if patience is None:
        fcntl.flock(descriptor, mode)
        return True
    until = time.monotonic() + patience
    while True:
        with suppress(OSError):
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(_POLL)
