"""Who holds a lock and since when, as the holder writes it into the lock file.

The moment is of the monotonic clock, which all processes share and nobody sets: a wall clock that is put
ahead or back makes no holder old or young. The keystroke path imports this only when a refresh is due.
"""

import posix
import time

LONGEST = 64  # bytes; a file that has more to say is not ours to write to

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Tuple


def note(descriptor: int) -> None:
    """Write into a lock that was just taken who holds it. A file with other content is left alone."""
    told = posix.pread(descriptor, LONGEST, 0)
    if told and _parsed(told) is None:
        return
    posix.ftruncate(descriptor, 0)
    posix.pwrite(descriptor, b"%d %d\n" % (posix.getpid(), int(time.monotonic())), 0)


def forget(descriptor: int) -> None:
    """Take the note back before the lock is given up."""
    if _parsed(posix.pread(descriptor, LONGEST, 0)):
        posix.ftruncate(descriptor, 0)


def of(descriptor: int) -> "Optional[Tuple[int, float]]":
    """The process that holds an open lock, and for how many seconds; None when it does not say."""
    found = _parsed(posix.pread(descriptor, LONGEST, 0))
    if found is None:
        return None
    pid, since = found
    return pid, max(0.0, time.monotonic() - since)


def is_suspended(pid: int) -> bool:
    """Whether a process was stopped (Ctrl-Z) and waits to go on."""
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


def _parsed(told: bytes) -> "Optional[Tuple[int, int]]":
    parts = told.split()
    if len(parts) != 2 or len(told) >= LONGEST or not (parts[0].isdigit() and parts[1].isdigit()):
        return None
    return int(parts[0]), int(parts[1])
