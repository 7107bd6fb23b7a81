"""Start the refresh behind the scenes: detached, one at a time.

The keystroke path imports this only when a refresh is due. The child is a session of its own with
nothing on its standard streams, so that a launcher neither waits for it nor stops it.
"""

from __future__ import annotations

import fcntl
import posix
import sys
import time

from .. import paths
from ..storage import holder

LOCK = "refresh.lock"
PAUSE = 5.0  # seconds after a start in which no other one is made
GRACE = 3.0  # seconds that a start may take until the lock is held
LONGEST = 90.0  # seconds that a refresh may last, its dialogs included
JUST_NOW = 0.5  # seconds, less than a launcher waits before it asks again

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Mapping, Optional, Tuple


def lock_path(environ: Mapping[str, str]) -> str:
    """The lock that whoever refreshes holds."""
    return f"{paths.cache(environ)}/{LOCK}"


def is_running(environ: Mapping[str, str]) -> bool:
    """Whether somebody refreshes just now."""
    return _runner(environ) is not None


def is_stuck(environ: Mapping[str, str]) -> bool:
    """Whether somebody has been refreshing for longer than a refresh may last: a suspended process."""
    found = _runner(environ)
    return found is not None and found[1] > LONGEST


def _runner(environ: Mapping[str, str]) -> Optional[Tuple[int, float]]:
    """Who refreshes, and for how many seconds; nobody in particular who does not say."""
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
    """Start a refresh unless one runs; say whether one is under way.

    A start that was made a moment ago counts as under way, so that a refresh that cannot even
    begin is not started with every keystroke. So does one that has just written the feed, which the
    caller has read too early. One that has lasted too long does not: nothing comes of it.
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


def interpreter() -> List[str]:
    """The command that runs Python as it runs now."""
    flags = "".join(
        letter for letter, on in (("I", sys.flags.isolated), ("S", sys.flags.no_site)) if on
    )
    return [sys.executable, *([f"-{flags}"] if flags else [])]


def _detach(command: List[str], environ: Mapping[str, str]) -> None:
    if posix.fork():
        return
    try:  # in the child: never return into the caller's code
        posix.setsid()
        if posix.fork():
            posix._exit(0)
        null = posix.open("/dev/null", posix.O_RDWR)
        for stream in (0, 1, 2):
            posix.dup2(null, stream)
        posix.execve(command[0], command, dict(environ))
    finally:
        posix._exit(127)
