"""Stores the limits that Claude Code passes to its status line, and makes the line.

Many copies run at once, and Claude Code waits for each: see limits.py.
"""

import posix
from time import localtime, sleep, strftime, time

from . import limits

SHORT = {"five_hour": "5h", "seven_day": "7d"}
LOW = 20  # percent left, at or below which the time of the reset is shown
_DAY = 86400  # seconds
_FRESH = 60  # seconds for which the same numbers are not written again
_ATTEMPTS, _PAUSE = 10, 0.002  # to lock the file, and seconds between two of them
_LONGEST = 1024 * 1024  # bytes of a file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def path(cache: str) -> str:
    """Return the path of the stored limits."""
    return f"{cache}/{limits.NAME}"


def kept(cache: str, now: float) -> "limits.Kept | None":
    """Load the stored limits; None if there are none."""
    return limits.unpacked(_content(path(cache)), now)


def take(environ: "Mapping[str, str]", content: bytes, cache: str, data: str) -> str:
    """Store the limits in Claude Code's input, and return the line.

    Args:
        environ: the variables of this call.
        content: Claude Code's input.
        cache: the cache folder.
        data: the folder of settings.json.
    """
    now = time()
    before = kept(cache, now)
    try:
        document = limits.parse(content)
    except (ValueError, StopIteration, RecursionError):
        document = None
    handed = limits.handed(document, now)
    known = limits.merged(before, handed)
    if known is not before and known.windows and not _is_written(before, known):
        place = path(cache)
        try:
            lock = _lock(place)
            try:  # another copy may have written meanwhile
                known = limits.merged(kept(cache, now), handed)
                _write(place, limits.packed(known), cache)
            finally:
                if lock is not None:
                    posix.close(lock)
        except OSError:  # a full disk; the line is printed anyway
            pass
    show = environ.get("TANKFUL_SHOW", "").lower()
    if show not in ("left", "used"):
        show = str(_setting(data, "show")).lower()
    return line(known, now, shows_used=show == "used")


def line(known: "limits.Kept", now: float, *, shows_used: bool) -> str:
    """Format the windows: "5h 77% · 7d 59%", with the time of the reset if little is left; "" for none."""
    parts = []
    for name, (used, reset) in known.windows.items():
        left = 100.0 if reset <= now else max(100 - used, 0.0)
        label = SHORT.get(name) or name.replace("seven_day_", "7d ").replace("_", " ")
        when = ""
        if left <= LOW:
            when = strftime(" ↻%H:%M" if reset - now < _DAY else " ↻%m-%d", localtime(reset))
        parts.append(f"{label} {_share(left, shows_used)}{when}")
    return " · ".join(parts)


def _share(left: float, shows_used: bool) -> str:
    """Round as the lists do: the percentage left half up; the one used is 100 minus that."""
    share = 100 - left if shows_used else left
    if 0 < share < 1:
        return "<1%"
    if 99 < share < 100:
        return ">99%"
    rounded = int(left + 0.5)
    return f"{100 - rounded if shows_used else rounded}%"


def _is_written(before: "limits.Kept | None", known: "limits.Kept") -> bool:
    return before is not None and before.windows == known.windows and known.at - before.at < _FRESH


def _setting(data: str, name: str) -> "Any":
    try:
        return limits.parse(_content(f"{data}/settings.json"))["settings"][name]
    except Exception:  # other commands report damaged settings
        return None


def _content(place: str) -> bytes:
    """Read a small file; b"" if there is none."""
    try:
        descriptor = posix.open(place, posix.O_RDONLY | posix.O_NONBLOCK)
    except OSError:
        return b""
    try:
        return posix.read(descriptor, _LONGEST)
    except OSError:
        return b""
    finally:
        posix.close(descriptor)


def _lock(place: str) -> "int | None":
    """Lock the file against the other copies that are about to replace it, for a moment at most.

    Returns a descriptor, which is to be closed; None if there is no file, or another copy keeps it. Raises
    OSError.
    """
    for _attempt in range(_ATTEMPTS):
        try:
            descriptor = posix.open(place, posix.O_RDWR | posix.O_NONBLOCK | posix.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            posix.lockf(descriptor, posix.F_TLOCK, 0)
            if posix.fstat(descriptor).st_ino == posix.stat(place).st_ino:
                return descriptor  # else it has been replaced meanwhile
        except OSError:
            sleep(_PAUSE)
        posix.close(descriptor)
    return None


def _write(place: str, content: bytes, cache: str) -> None:
    """Write a file atomically, also beside other copies of this process. Raises OSError."""
    draft = f"{place}.{posix.getpid()}.0.new"  # storage.cleanup recognises this name
    flags = posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC | posix.O_NOFOLLOW
    try:
        descriptor = posix.open(draft, flags, 0o600)
    except FileNotFoundError:
        import os

        os.makedirs(cache, 0o700, exist_ok=True)
        descriptor = posix.open(draft, flags, 0o600)
    try:
        posix.write(descriptor, content)
    finally:
        posix.close(descriptor)
    posix.rename(draft, place)
