"""Files that survive a crash and are private to their owner: atomic writes, locks, modes 0600 and 0700."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from .. import paths
from ..errors import Mistake
from ..i18n.message import Message, _
from . import holder

LARGEST = 16 * 1024 * 1024  # bytes of a file of ours
WAIT = 50.0  # seconds to wait for a lock that is held briefly; several waiters take longer
REFUSED = (  # errors of locks and folders on a disk that is full, read-only or not ours
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    *(errno.ENOTDIR, errno.EISDIR, errno.EIO),
)
_POLL = 0.05  # seconds between two tries to take a lock
_LOOK = 1.0  # seconds between two checks whether its holder is suspended
_FOREIGN = "it belongs to another user"
_SHARED = "anyone can write to it"
_NO_FILE = "it is no file"
_REASONS = {  # our own reasons, besides the system's
    _FOREIGN: _("it belongs to another user"),
    _SHARED: _("anyone can write to it"),
    _NO_FILE: _("it is not a file"),
}
_BY_NUMBER: Mapping[int, Message] = {  # the system's messages; the English ones are its own
    errno.ENOSPC: _("No space left on device"),
    errno.EDQUOT: _("Disk quota exceeded"),
    errno.EROFS: _("Read-only file system"),
    errno.EACCES: _("Permission denied"),
    errno.EPERM: _("Operation not permitted"),
    errno.ENOENT: _("No such file or directory"),
    errno.EISDIR: _("Is a directory"),
    errno.ENOTDIR: _("Not a directory"),
    errno.EFBIG: _("File too large"),
    errno.EIO: _("Input/output error"),
}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
HOLDING = _("holding {file}")


def in_data(name: str) -> str:
    """Return the path of a file in the data folder. Raises paths.Unplaced."""
    return os.path.join(paths.data(os.environ), name)


def in_cache(name: str) -> str:
    """Return the path of a file in the cache folder. Raises paths.Unplaced."""
    return os.path.join(paths.cache(os.environ), name)


def folder(path: str) -> str:
    """Make a folder that only its owner can read, and return its path.

    An existing folder is closed to others only if it is empty or has one of our names: a folder that the
    user chose may be shared on purpose. Raises OSError if it cannot be made, belongs to another user, or is
    writable by all, like /tmp.
    """
    with suppress(FileExistsError):
        os.makedirs(path, 0o700)
    mode = _mode(path)
    if mode & 0o077 and _is_ours(path):
        os.chmod(path, 0o700)
    elif mode & stat.S_IWOTH:
        raise PermissionError(errno.EPERM, _SHARED, path)
    return path


def check(path: str) -> None:
    """Raise OSError if others could replace our files in this folder."""
    with suppress(FileNotFoundError):
        if _mode(path) & stat.S_IWOTH and not _is_ours(path):
            raise PermissionError(errno.EPERM, _SHARED, path)


def _mode(path: str) -> int:
    """Return the mode of a folder. Raises OSError if it is not a folder, another user's, or sticky like /tmp."""
    stat_result = os.stat(path)
    if not stat.S_ISDIR(stat_result.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    if stat_result.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, _FOREIGN, path)
    if stat_result.st_mode & stat.S_ISVTX:
        raise PermissionError(errno.EPERM, _SHARED, path)
    return stat_result.st_mode


def _is_ours(path: str) -> bool:
    name = os.path.basename(os.path.normpath(path))
    return name in paths.NAMES or not os.listdir(path)


def read(path: str, limit: int = LARGEST) -> bytes | None:
    """Return the content of a file of ours; None if there is none.

    Raises OSError if it cannot be read, is larger than the limit, or is not a file: reading a pipe would hang.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(_checked(descriptor, path), "rb", buffering=0) as file:
        if os.fstat(descriptor).st_size > limit:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
        return file.read()


def _checked(descriptor: int, path: str) -> int:
    """Return the descriptor if it is a file's; otherwise close it and raise OSError."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, _NO_FILE, path)


def check_database(path: str) -> None:
    """Raise OSError if this SQLite database, or a file beside it, is a pipe or a device: SQLite would hang."""
    for name in (path, f"{path}-wal", f"{path}-shm", f"{path}-journal"):
        if os.path.exists(name) and not os.path.isfile(name):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)


def write(path: str, content: bytes, *, lasting: bool = True) -> None:
    """Replace a file atomically: a reader sees all of the old or all of the new. A link is followed.

    Args:
        path: the file.
        content: its new content.
        lasting: survive a power cut; that takes time, and is not worth it for files that can be made again.
    """
    folder(os.path.dirname(path))
    replace(path, content, lasting=lasting)


def replace(path: str, content: bytes, *, lasting: bool = True, mode: int = 0o600) -> None:
    """Replace a file atomically, in any folder, with this mode; see ``write``."""
    path = os.path.realpath(path)
    draft = f"{path}.{os.getpid()}.{time.monotonic_ns()}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if mode != 0o600:
                os.fchmod(file.fileno(), mode)  # regardless of the user's umask
            if lasting:
                _sync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
    if lasting:
        _sync_folder(os.path.dirname(path))


def _sync(descriptor: int) -> None:
    """Wait until a file is on the disk. On macOS fsync leaves it in the drive's cache."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        with suppress(OSError):  # not every file system supports it
            fcntl.fcntl(descriptor, full)
            return
    os.fsync(descriptor)


def _sync_folder(path: str) -> None:
    """Wait until a new name is on the disk. Errors are ignored, since the file itself is written."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _sync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def lock(path: str, patience: float | None = None, *, shared: bool = False) -> Iterator[bool]:
    """Hold a lock between processes; the operating system frees it after a crash.

    Args:
        path: the lock file; it stays, and says which process holds it.
        patience: seconds to wait for another holder; None waits ``WAIT`` and then raises Mistake.
        shared: others may hold the lock at the same time if they share it too.

    Yields whether the lock is held. Raises OSError if there can be no lock file. With ``patience`` None,
    raises Mistake, which names the holder, if it does not release the lock in time or is suspended.
    """
    folder(os.path.dirname(path))
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = _checked(os.open(path, flags, 0o600), path)
    try:
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        taken = _take(descriptor, patience or 0.0, mode)
        if not taken and patience is None:
            taken = _take_or_give_up(descriptor, mode)
            if not taken:
                raise Mistake(_held_message(holder.of(descriptor), _doing(path)))
        if taken and not shared:
            with suppress(OSError):  # on a full disk the holder stays unknown
                holder.note(descriptor)
        try:
            yield taken
        finally:
            if taken and not shared:
                with suppress(OSError):
                    holder.forget(descriptor)
    finally:
        os.close(descriptor)


def _take_or_give_up(descriptor: int, mode: int) -> bool:
    """Take a lock within ``WAIT`` seconds; give up as soon as its holder is suspended."""
    until = time.monotonic() + WAIT
    while not _is_suspended(descriptor):
        left = until - time.monotonic()
        if _take(descriptor, min(left, _LOOK), mode):
            return True
        if left <= _LOOK:
            return False
    return False


def _is_suspended(descriptor: int) -> bool:
    held = holder.of(descriptor)
    return held is not None and holder.is_suspended(held[0])


def _take(descriptor: int, patience: float, mode: int) -> bool:
    until = time.monotonic() + patience
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(_POLL)


def held_by(path: str) -> tuple[int, float] | None:
    """Return the process that holds this lock, and for how many seconds; None if unknown."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return holder.of(descriptor)
        finally:
            os.close(descriptor)
    return None


def is_stuck(path: str, longest: float) -> bool:
    """Tell whether waiting for a lock is pointless: its holder is suspended, or has had it for too long.

    Args:
        path: the lock file.
        longest: seconds for which it may be held.
    """
    held = held_by(path)
    return held is not None and (held[1] >= longest or holder.is_suspended(held[0]))


def stuck_message(path: str, doing: Message = HOLDING) -> Message:
    """Return the message about a lock that is not released: its holder, and what to do."""
    return _held_message(held_by(path), _doing(path, doing))


def _doing(path: str, doing: Message = HOLDING) -> Message:
    return doing.filled(file=os.path.basename(path))


def _held_message(held: tuple[int, float] | None, doing: Message) -> Message:
    if held is None:
        return _(
            "another process is {doing} and does not finish; stop it, then try again", doing=doing
        )
    pid, seconds = held
    span = _("{seconds} s", seconds=round(seconds))
    if seconds >= 120:
        span = _("{minutes} min", minutes=round(seconds / 60))
    process = _("process {pid} has been {doing} for {span}", pid=pid, doing=doing, span=span)
    if holder.is_suspended(pid):
        return _(
            "{process} and is suspended; resume it (fg) or stop it (kill -9 {pid}), then try again",
            process=process,
            pid=pid,
        )
    return _(
        "{process} and does not finish; stop it (kill {pid}), then try again",
        process=process,
        pid=pid,
    )


def unusable(error: OSError, path: str = "") -> Message:
    """Return the message about a file that cannot be used.

    Only our own files are named, since a foreign name may contain anything.

    Args:
        error: the reason.
        path: the file, if the error does not name it.
    """
    name, why = error.filename or path, reason(error)
    if isinstance(name, str) and _is_below_ours(name):
        return _(
            "{file} cannot be used ({why}); check its permissions and the disk", file=name, why=why
        )
    if error.errno in _FULL:
        return _("nothing can be written ({why}); make room and try again", why=why)
    return _("a file cannot be used ({why}); check its permissions and the disk", why=why)


def reason(error: OSError) -> Message:
    """Say why a file cannot be used."""
    text = error.strerror or type(error).__name__
    return _REASONS.get(text) or _BY_NUMBER.get(error.errno or 0) or Message.quoted(text)


def _is_below_ours(path: str) -> bool:
    environ = os.environ
    config = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    ours = (paths.data(environ), paths.cache(environ), paths.root(), config)
    return any(path == each or path.startswith(f"{each.rstrip('/')}/") for each in ours)
