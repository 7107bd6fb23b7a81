"""Start the refresh in the background: detached, one at a time.

The keystroke imports this only when a refresh is due. The child has its own session and no standard
streams, so that a launcher neither waits for it nor stops it.
"""

from __future__ import annotations

import fcntl
import posix
import sys
import time

from .. import paths
from ..storage import holder

LOCK = "refresh.lock"
PAUSE = 5.0  # seconds after a start during which there is no other start
GRACE = 3.0  # seconds that a start may take until it holds the lock
LONGEST = 90.0  # seconds that a refresh may last, including its dialogs
JUST_NOW = 0.5  # seconds; less than a launcher waits before it asks again

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Callable


def lock_path(environ: Mapping[str, str]) -> str:
    """Return the path of the lock that a refresh holds."""
    return f"{paths.cache(environ)}/{LOCK}"


def is_running(environ: Mapping[str, str]) -> bool:
    """Tell whether a refresh is running."""
    return _runner(environ) is not None


def is_stuck(environ: Mapping[str, str]) -> bool:
    """Tell whether a refresh has been running for longer than it may: its process is suspended."""
    runner = _runner(environ)
    return runner is not None and runner[1] > LONGEST


def _runner(environ: Mapping[str, str]) -> tuple[int, float] | None:
    """Return the process that refreshes and for how many seconds; (0, 0.0) if it has not said so yet."""
    try:
        flags = posix.O_RDWR | posix.O_CLOEXEC | posix.O_NONBLOCK
        descriptor = posix.open(lock_path(environ), flags)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return holder.of(descriptor) or (0, 0.0)
    finally:
        posix.close(descriptor)
    return None


def start(environ: Mapping[str, str]) -> bool:
    """Start a refresh unless one is running. Returns whether new numbers are on their way.

    A recent start counts, so that a refresh that cannot even begin is not started with every keystroke.
    So does a refresh that has just written the feed, which the caller read too early. A refresh that has
    lasted too long does not count: it will not end.
    """
    running = _runner(environ)
    if running:
        return running[1] <= LONGEST
    stamp = f"{paths.cache(environ)}/refresh.started"
    since = _age(stamp)
    if 0 <= since < PAUSE:
        return since < GRACE or 0 <= _age(f"{paths.cache(environ)}/feed") < JUST_NOW
    try:
        flags = posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC | posix.O_CLOEXEC | posix.O_NONBLOCK
        posix.close(posix.open(stamp, flags, 0o600))
        _detach(
            [*interpreter(), f"{paths.root()}/scripts/tankful.py", "refresh", "--background"],
            environ,
        )
    except OSError:
        return False
    return True


def _age(path: str) -> float:
    try:
        return time.time() - posix.stat(path).st_mtime
    except OSError:
        return PAUSE


def interpreter() -> list[str]:
    """Return the command that runs Python with the flags of this process."""
    set_here = (
        ("I", sys.flags.isolated),
        ("S", sys.flags.no_site),
        ("E", sys.flags.ignore_environment and not sys.flags.isolated),  # pipx's
    )
    flags = "".join(letter for letter, is_set in set_here if is_set)
    return [sys.executable, *([f"-{flags}"] if flags else [])]


def _detach(command: list[str], environ: Mapping[str, str]) -> None:
    aside(lambda: posix.execve(command[0], command, dict(environ)))


def aside(work: Callable[[], object]) -> None:
    """Do some work in a detached process that nobody waits for. Raises OSError."""
    if posix.fork():
        return
    try:  # in the child: never return into the caller's code
        posix.setsid()
        if posix.fork():
            posix._exit(0)
        null = posix.open("/dev/null", posix.O_RDWR)
        for stream in (0, 1, 2):
            posix.dup2(null, stream)
        work()
    finally:
        posix._exit(127)
