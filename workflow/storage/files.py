"""Files that survive a crash and are nobody else's business: atomic writes, locks, 0600, 0700."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import Iterator, Optional

from .. import paths
from ..errors import Mistake
from ..i18n.message import Message, _
from . import holder

LARGEST = 16 * 1024 * 1024  # bytes of a file of ours
WAIT = 50.0  # seconds for a lock whose holder has little to do; whoever waits in turn waits longer
REFUSED = (  # what a lock or a folder answers on a disk that is full, read-only or not ours
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    *(errno.ENOTDIR, errno.EISDIR, errno.EIO),
)
_POLL = 0.05  # seconds between two looks at a lock that somebody else holds
_FOREIGN = "it belongs to somebody else"
_SHARED = "everybody may write to it"
_NO_FILE = "it is no file"
_REASONS = {  # ours, among what the system says
    _FOREIGN: _("it belongs to somebody else"),
    _SHARED: _("everybody may write to it"),
    _NO_FILE: _("it is no file"),
}
HOLDING = _("holding {file}")


def folder(path: str) -> str:
    """Make a folder that only its owner can read, and return it.

    Of those that are there already only an empty one and one with our name are closed to others: a
    folder that the user named may be shared on purpose. Raises OSError for one that cannot be made, is
    somebody else's, or is everybody's like /tmp.
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
    """Raises OSError for a folder in which others could put something in place of what is ours."""
    with suppress(FileNotFoundError):
        if _mode(path) & stat.S_IWOTH and not _is_ours(path):
            raise PermissionError(errno.EPERM, _SHARED, path)


def _mode(path: str) -> int:
    """The permissions of a folder. Raises OSError for one that is no folder, or nobody's alone."""
    found = os.stat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    if found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, _FOREIGN, path)
    if found.st_mode & stat.S_ISVTX:
        raise PermissionError(errno.EPERM, _SHARED, path)
    return found.st_mode


def _is_ours(path: str) -> bool:
    name = os.path.basename(os.path.normpath(path))
    return name in paths.NAMES or not os.listdir(path)


def read(path: str, limit: int = LARGEST) -> Optional[bytes]:
    """The content of a file of ours, or None when there is none.

    Raises OSError for what cannot be read, is larger than the limit, or is no file: a pipe would keep
    the reader waiting.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(_checked(descriptor, path), "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return content


def _checked(descriptor: int, path: str) -> int:
    """The descriptor of a file; of anything else it is closed. Raises OSError."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, _NO_FILE, path)


def write(path: str, content: bytes, *, lasting: bool = True) -> None:
    """Replace a file in one step: a reader sees the old or the new, whole. A link is followed.

    Args:
        path: the file.
        content: all of it.
        lasting: it is there after a power cut too; not worth its time for what can be made again.
    """
    folder(os.path.dirname(path))
    path = os.path.realpath(path)
    draft = f"{path}.{os.getpid()}.{time.monotonic_ns()}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
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
    """Wait until it is on the disk. macOS's fsync leaves it in the memory of the drive."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        with suppress(OSError):  # not every file system can
            fcntl.fcntl(descriptor, full)
            return
    os.fsync(descriptor)


def _sync_folder(path: str) -> None:
    """Wait until a new name is on the disk too; the file itself is there, so a failure is none."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _sync(descriptor)
        finally:
            os.close(descriptor)


def keep(path: str, content: bytes, why: str) -> None:
    """Keep what a file held before it changes its form, as ``name.why.json``; the first copy stays."""
    aside = f"{path[: -len('.json')]}.{why}.json"
    if not os.path.exists(aside):
        write(aside, content)


@contextmanager
def lock(path: str, patience: Optional[float] = None, *, shared: bool = False) -> Iterator[bool]:
    """Hold the lock of this name between processes; the operating system frees it at a crash.

    Args:
        path: the lock file; it stays, and says who holds it.
        patience: seconds to wait for another holder; None waits ``WAIT`` and insists on it.
        shared: others may hold it at the same time, if they share it too.

    Yields whether the lock is held. Raises OSError where there can be no lock file, and Mistake, which
    names the holder, when an insisting wait was in vain; a suspended process is not waited for.
    """
    folder(os.path.dirname(path))
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = _checked(os.open(path, flags, 0o600), path)
    try:
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        taken = _taken(descriptor, patience or 0.0, mode)
        if not taken and patience is None:
            taken = not _is_suspended(descriptor) and _taken(descriptor, WAIT, mode)
            if not taken:
                raise Mistake(_kept_by(holder.of(descriptor), _naming(path)))
        if taken and not shared:
            with suppress(OSError):  # on a full disk nobody is told
                holder.note(descriptor)
        try:
            yield taken
        finally:
            if taken and not shared:
                with suppress(OSError):
                    holder.forget(descriptor)
    finally:
        os.close(descriptor)


def _is_suspended(descriptor: int) -> bool:
    found = holder.of(descriptor)
    return found is not None and holder.is_suspended(found[0])


def _taken(descriptor: int, patience: float, mode: int) -> bool:
    until = time.monotonic() + patience
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(_POLL)


def held_by(path: str) -> Optional[tuple[int, float]]:
    """The process that holds this lock, and for how many seconds; None when nobody says so."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return holder.of(descriptor)
        finally:
            os.close(descriptor)
    return None


def comes_to_nothing(path: str, longest: float) -> bool:
    """Whether it is in vain to wait for who holds this lock: suspended, or at it for too long.

    Args:
        path: the lock file.
        longest: seconds that it may be held.
    """
    found = held_by(path)
    return found is not None and (found[1] >= longest or holder.is_suspended(found[0]))


def kept(path: str, doing: Message = HOLDING) -> Message:
    """What to say of a lock that its holder does not give up: who that is, and what to do."""
    return _kept_by(held_by(path), _naming(path, doing))


def _naming(path: str, doing: Message = HOLDING) -> Message:
    return doing.filled(file=os.path.basename(path))


def _kept_by(found: Optional[tuple[int, float]], doing: Message) -> Message:
    if found is None:
        return _("another process is {doing} and does not end; end it, then try again", doing=doing)
    pid, seconds = found
    span = _("{seconds} s", seconds=round(seconds))
    if seconds >= 120:
        span = _("{minutes} min", minutes=round(seconds / 60))
    process = _("process {pid} has been {doing} for {span}", pid=pid, doing=doing, span=span)
    if holder.is_suspended(pid):
        return _(
            "{process} and is suspended; let it go on (fg) or end it (kill -9 {pid}), then try again",
            process=process,
            pid=pid,
        )
    return _(
        "{process} and does not end; end it (kill {pid}), then try again", process=process, pid=pid
    )


def unusable(error: OSError, path: str = "") -> Message:
    """What to say of a file that cannot be used.

    Only a file of ours is named, for a foreign name may hold anything.

    Args:
        error: why not.
        path: the file, where the error names none.
    """
    told = error.filename or path
    said = error.strerror or type(error).__name__
    why = _REASONS.get(said) or Message.quoted(said)
    if isinstance(told, str) and _is_below_ours(told):
        return _(
            "{file} cannot be used ({why}); check its permissions and the disk", file=told, why=why
        )
    return _("a file cannot be used ({why}); check its permissions and the disk", why=why)


def _is_below_ours(path: str) -> bool:
    environ = os.environ
    config = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    ours = (paths.data(environ), paths.cache(environ), paths.root(), config)
    return any(path == each or path.startswith(f"{each.rstrip('/')}/") for each in ours)
