"""Makes the packages importable when a launcher runs a script by itself, before any other import.

The shebang is ``-IS``: nothing of the user's environment and no site-packages. The installed workflow
carries its packages in ``lib``; a checkout borrows those of the interpreter. A Python that is too old is
told so from here: 3.7 and 3.8 by every script, 3.6 by usage.py alone, since the others begin with what it
cannot read. So this file and ``fallback`` are written for 3.6.
"""

import errno
import os
import sys
from time import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENDORED = os.path.join(ROOT, "lib")
BORROWED = ("click", "diskcache", "httpx", "keyring", "mistune", "rich")
OLDEST = (3, 9)
SCRIPT_FILTERS = ("menu.py",)
RUN_SCRIPTS = ("action.py", "add_account.py")
CHECKOUT = "checkout"  # the build of a folder that scripts/bundle has not made
HOUR = 3600  # seconds; how often a build in use shows that it is


class Unready(SystemExit):
    """Tankful cannot run here; ``words`` say what to do. Where nobody catches it, one line on stderr."""

    words = ("", "")


class OldPython(Unready):
    """This Python is too old; ``words`` say what to install."""

    words = (
        "/usr/bin/python3 is older than Python 3.9; update Apple's Command Line Tools: xcode-select --install, or System Settings › General › Software Update",
        "/usr/bin/python3 低于 3.9；请更新 Apple 命令行工具：xcode-select --install，或系统设置 › 通用 › 软件更新",
    )


class NoPackage(Unready):
    """This Python cannot find a package that a checkout borrows; ``words`` say how to get it."""

    def __init__(self, name: str) -> None:
        from scripts import fallback

        self.words = fallback.missing(name)


def prepare() -> None:
    """Extend ``sys.path``. Compiled code goes to our cache, never into the installed folder.

    Ends the script where Tankful cannot run, after one row or one line that says why. What a Script
    Filter imports afterwards may be damaged: a row says that too.
    """
    if _name() in SCRIPT_FILTERS:
        sys.excepthook = _in_a_row
    if sys.version_info < OLDEST:
        _refuse(OldPython())
    if os.path.isdir(VENDORED):
        sys.path.insert(1, VENDORED)
    else:
        _borrow()
    if sys.flags.isolated:
        sys.dont_write_bytecode = True  # until it is known where to
        from workflow import paths

        try:
            cache = paths.cache(os.environ)
        except paths.Unplaced:
            return  # whoever needs the folder says so
        _keep_compiled(cache)


def _keep_compiled(cache: str) -> None:
    """Keep compiled code by build: Python tells two sources apart by time and size only.

    Python runs what it finds there, so nobody else may write to it. Where it cannot be kept, what the
    interpreter brings compiled is at least not hidden from it.
    """
    bytecode = os.path.join(cache, "bytecode")
    folder = os.path.join(bytecode, _build())
    try:
        if _is_open(cache):
            os.chmod(cache, 0o700)
        for place in (bytecode, folder):
            if _is_open(place):
                _empty(place)
        if not os.access(folder, os.W_OK):
            return
        sys.pycache_prefix = folder
        sys.dont_write_bytecode = False
        if not 0 <= time() - os.stat(folder).st_mtime < HOUR:  # or by a clock that ran ahead
            os.utime(folder)
            from workflow.storage import cleanup

            cleanup.sweep(cache)
    except OSError:
        return


def _is_open(folder: str) -> bool:
    """Whether others can write to a folder of ours; it is made if it is not there.

    Raises OSError for one that is somebody else's.
    """
    os.makedirs(folder, 0o700, exist_ok=True)
    found = os.lstat(folder)
    if found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "somebody else's", folder)
    if found.st_mode & 0o1000:  # like /tmp
        raise PermissionError(errno.EPERM, "everybody's", folder)
    return bool(found.st_mode & 0o022)


def _empty(folder: str) -> None:
    """Begin anew a folder that others may have put something into. Raises OSError."""
    import shutil

    shutil.rmtree(folder)
    os.mkdir(folder, 0o700)


def _build() -> str:
    try:
        with open(os.path.join(VENDORED, "build"), encoding="ascii") as file:
            return file.read()
    except OSError:
        return CHECKOUT


def _borrow() -> None:
    if sys.flags.no_site:
        import site

        site.main()
    from importlib.machinery import PathFinder  # importlib.util takes much longer to load

    for name in BORROWED:
        if PathFinder.find_spec(name) is None:
            _refuse(NoPackage(name))


def _name() -> str:
    return os.path.basename(sys.argv[0])


def _in_a_row(kind: object, error: BaseException, trace: object) -> None:
    from scripts import fallback

    sys.stdout.buffer.write(fallback.answer(error))
    sys.stdout.flush()
    os._exit(0)  # a script that fails has no answer


def _refuse(why: Unready) -> None:
    from scripts import fallback

    name = _name()
    if name in SCRIPT_FILTERS:
        sys.stdout.buffer.write(fallback.answer(why))
        raise SystemExit(0)
    if name in RUN_SCRIPTS:  # a notification says it
        from workflow.alfred import run_script

        told = run_script.answer(fallback.told(why.words))
        sys.stdout.buffer.write(told.encode("utf-8", "replace"))
        raise SystemExit(0)
    why.code = f"tankful: {fallback.told(why.words)}"
    raise why
