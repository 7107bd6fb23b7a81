"""Makes the packages importable when a launcher runs a script by itself, before any other import.

The shebang is ``-IS``: nothing of the user's environment and no site-packages. The installed workflow
carries its packages in ``lib``; a checkout borrows those of the interpreter. A Python that is too old is
told so from here: 3.7 and 3.8 by every script, 3.6 by usage.py alone, since the others begin with what it
cannot read. So this file and ``last_resort`` are written for 3.6.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENDORED = os.path.join(ROOT, "lib")
BORROWED = ("click", "diskcache", "httpx", "keyring", "rich")
OLDEST = (3, 9)
SCRIPT_FILTERS = ("menu.py", "script_filter.py")
RUN_SCRIPTS = ("act.py", "take_in.py")
CHECKOUT = "checkout"  # the build of a folder that scripts/bundle has not made


class Unready(SystemExit):
    """Headroom cannot run here; ``words`` say what to do. Where nobody catches it, one line on stderr."""

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
        self.words = (
            f"the package {name} is missing in this checkout; run scripts/demo once (for Raycast and .venv/bin/headroom), or install what scripts/bundle builds (for Alfred)",
            f"此源码目录缺少组件 {name}；Raycast 与 .venv/bin/headroom 请先运行一次 scripts/demo，Alfred 请安装 scripts/bundle 生成的工作流",
        )


def prepare() -> None:
    """Extend ``sys.path``. Compiled code goes to our cache, never into the installed folder.

    Ends the script where Headroom cannot run, after one row or one line that says why.
    """
    if sys.version_info < OLDEST:
        _refuse(OldPython())
    if os.path.isdir(VENDORED):
        sys.path.insert(1, VENDORED)
    else:
        _borrow()
    if sys.flags.isolated:
        sys.dont_write_bytecode = True  # until it is known where to
        from workflow import paths

        _keep_compiled(paths.cache(os.environ))


def _keep_compiled(cache: str) -> None:
    """Keep compiled code by build: Python tells two sources apart by time and size only.

    Where it cannot be kept, what the interpreter brings compiled is at least not hidden from it.
    """
    build = _build()
    folder = os.path.join(cache, "bytecode", build)
    is_new = not os.path.isdir(folder)
    try:
        for place in (cache, os.path.dirname(folder), folder) if is_new else ():
            os.makedirs(place, 0o700, exist_ok=True)
    except OSError:
        return
    if os.access(folder, os.W_OK):
        sys.pycache_prefix = folder
        sys.dont_write_bytecode = False
    if is_new and build != CHECKOUT:
        from workflow import leftovers

        leftovers.sweep(cache, keep=(build, CHECKOUT))


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


def _refuse(why: Unready) -> None:
    from scripts import last_resort

    name = os.path.basename(sys.argv[0])
    if name in SCRIPT_FILTERS:
        sys.stdout.buffer.write(last_resort.answer(why))
        raise SystemExit(0)
    if name in RUN_SCRIPTS:  # a notification says it
        from workflow import run_script

        told = run_script.answer(last_resort.told(why.words))
        sys.stdout.buffer.write(told.encode("utf-8", "replace"))
        raise SystemExit(0)
    why.code = f"headroom: {last_resort.told(why.words)}"
    raise why
