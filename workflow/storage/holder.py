"""The process that holds a lock and since when, as it writes into the lock file.

The time is that of the monotonic clock, which all processes share: setting the wall clock does not change
a holder's age. The keystroke imports this only when a refresh is due.
"""

import posix
import time

LONGEST = 64  # bytes; a longer file is not ours to write to

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def note(descriptor: int) -> None:
    """Write this process into a lock that it has just taken. A file with other content is left alone."""
    content = posix.pread(descriptor, LONGEST, 0)
    if content and _parsed(content) is None:
        return
    posix.ftruncate(descriptor, 0)
    posix.pwrite(descriptor, b"%d %d\n" % (posix.getpid(), int(time.monotonic())), 0)


def forget(descriptor: int) -> None:
    """Erase the note before the lock is released."""
    if _parsed(posix.pread(descriptor, LONGEST, 0)):
        posix.ftruncate(descriptor, 0)


def of(descriptor: int) -> "Optional[tuple[int, float]]":
    """Return the process that holds an open lock, and for how many seconds; None if it has not written that."""
    noted = _parsed(posix.pread(descriptor, LONGEST, 0))
    if noted is None:
        return None
    pid, since = noted
    return pid, max(0.0, time.monotonic() - since)


def is_suspended(pid: int) -> bool:
    """Tell whether a process is stopped (Ctrl-Z)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read(512).rpartition(b") ")[2][:1] in (b"T", b"t")
    except OSError:
        return _ps(pid).startswith("T")


def _ps(pid: int) -> str:
    import subprocess

    command = ["/bin/ps", "-o", "state=", "-p", str(pid)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _parsed(content: bytes) -> "Optional[tuple[int, int]]":
    parts = content.split()
    if (
        len(parts) != 2
        or len(content) >= LONGEST
        or not (parts[0].isdigit() and parts[1].isdigit())
    ):
        return None
    return int(parts[0]), int(parts[1])
