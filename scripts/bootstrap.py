"""Make the packages importable before any other import, if a launcher runs a script directly.

The shebang has ``-IS``: no environment variables of Python and no site-packages. The installed workflow has
its packages in ``lib``; a checkout uses those of the interpreter. A Python that is too old is reported from
here: 3.7 and 3.8 by every script, 3.6 only by usage.py, since it cannot parse the others. So this file and
``fallback`` are written for 3.6.
"""

import atexit
import errno
import gc
import os
import sys
from time import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENDORED = os.path.join(ROOT, "lib")
BORROWED = ("click", "diskcache", "httpx", "keyring", "mistune", "rich")
OLDEST = (3, 9)
RUN_SCRIPTS = ("action.py", "add_account.py")
CHECKOUT = "checkout"  # the build's name if scripts/bundle has not made this folder
MANY_OBJECTS = 100000  # allocations before the garbage collector runs
HOUR = 3600  # seconds; how often a build in use touches its folder


class Unready(SystemExit):
    """Tankful cannot run here; ``messages`` say what to do. Uncaught, it is one line on stderr."""

    messages = ("", "")  # English and 简体中文


class OldPython(Unready):
    """This Python is too old; ``messages`` say what to install."""

    messages = (
        "/usr/bin/python3 is older than Python 3.9; update Apple's Command Line Tools: xcode-select --install, or System Settings › General › Software Update",
        "/usr/bin/python3 的版本低于 3.9；请更新 Apple 命令行开发者工具：xcode-select --install，或系统设置 › 通用 › 软件更新",
    )


class NoPackage(Unready):
    """This Python lacks a package that a checkout needs; ``messages`` say how to get it."""

    def __init__(self, name: str) -> None:
        from scripts import fallback

        self.messages = fallback.missing(name)


def hurry() -> None:
    """Almost switch off the search for reference cycles, which takes a sixth of a refresh's time.

    A command makes next to no cycles, and the system takes back all memory at its end.
    """
    gc.set_threshold(MANY_OBJECTS)
    atexit.register(gc.freeze)


def prepare() -> None:
    """Extend ``sys.path``, and send compiled code to our cache, never into the installed folder.

    Raises Unready if Tankful cannot run; a script that a launcher runs says why and exits.
    """
    if sys.version_info < OLDEST:
        _refuse(OldPython())
    hurry()
    if os.path.isdir(VENDORED):
        sys.path.insert(1, VENDORED)
    else:
        _use_site_packages()
    if sys.flags.isolated:
        sys.dont_write_bytecode = True  # until the folder is known
        from workflow import paths

        try:
            cache = paths.cache(os.environ)
        except paths.Unplaced:
            return  # reported by the code that needs the folder
        keep_compiled(cache)


def keep_compiled(cache: str) -> None:
    """Keep compiled code in a folder per build, since Python compares sources only by time and size.

    Python runs what it finds there, so nobody else may write to it. If the folder cannot be used, the prefix
    is not set either, which would hide the interpreter's own compiled code.
    """
    bytecode = os.path.join(cache, "bytecode")
    folder = os.path.join(bytecode, _build())
    try:
        if _is_open_to_others(cache):
            os.chmod(cache, 0o700)
        for place in (bytecode, folder):
            if _is_open_to_others(place):
                _recreate(place)
        if not os.access(folder, os.W_OK):
            return
        sys.pycache_prefix = folder
        sys.dont_write_bytecode = False
        if not 0 <= time() - os.stat(folder).st_mtime < HOUR:  # below 0: the clock had run ahead
            os.utime(folder)
            from workflow.storage import cleanup

            cleanup.sweep(cache)
    except OSError:
        return


def _is_open_to_others(folder: str) -> bool:
    """Tell whether others can write to a folder of ours; create it if it is missing.

    Raises OSError if it belongs to another user.
    """
    os.makedirs(folder, 0o700, exist_ok=True)
    status = os.lstat(folder)
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "somebody else's", folder)
    if status.st_mode & 0o1000:  # like /tmp
        raise PermissionError(errno.EPERM, "everybody's", folder)
    return bool(status.st_mode & 0o022)


def _recreate(folder: str) -> None:
    """Empty a folder that others could write to. Raises OSError."""
    import shutil

    shutil.rmtree(folder)
    os.mkdir(folder, 0o700)


def _build() -> str:
    try:
        with open(os.path.join(VENDORED, "build"), encoding="ascii") as file:
            return file.read()
    except OSError:
        return CHECKOUT


def _use_site_packages() -> None:
    if sys.flags.no_site:
        import site

        site.main()
    from importlib.machinery import PathFinder  # importlib.util takes much longer to load

    for name in BORROWED:
        if PathFinder.find_spec(name) is None:
            _refuse(NoPackage(name))


def _refuse(why: Unready) -> None:
    from scripts import fallback

    name = os.path.basename(sys.argv[0])
    if name in RUN_SCRIPTS:  # Alfred shows the answer as a notification
        from workflow.alfred import run_script

        answer = run_script.answer(fallback.translate(why.messages))
        sys.stdout.buffer.write(answer.encode("utf-8", "replace"))
        raise SystemExit(0)
    prefix = "" if os.environ.get("TANKFUL_LAUNCHER") else "tankful: "
    why.code = prefix + fallback.translate(why.messages)
    raise why
