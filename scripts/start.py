"""Makes the packages importable when a launcher runs a script by itself, before any other import.

The shebang is ``-IS``: nothing of the user's environment and no site-packages. The installed workflow
carries its packages in ``lib``; a checkout borrows those of the interpreter. Python 3.6 must be able to
read this file and ``last_resort``, so that a Python that is too old can be told.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENDORED = os.path.join(ROOT, "lib")
BORROWED = ("click", "diskcache", "httpx", "keyring", "rich")
OLDEST = (3, 9)
SCRIPT_FILTERS = ("menu.py", "script_filter.py")


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

        sys.pycache_prefix = os.path.join(paths.cache(os.environ), "bytecode")
        sys.dont_write_bytecode = False


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

    if os.path.basename(sys.argv[0]) in SCRIPT_FILTERS:
        sys.stdout.buffer.write(last_resort.answer(why))
        raise SystemExit(0)
    why.code = f"headroom: {last_resort.told(why.words)}"
    raise why
