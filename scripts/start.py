"""Makes the packages importable when a launcher runs a script by itself, before any other import.

The shebang is ``-IS``: nothing of the user's environment and no site-packages. The installed workflow
carries its packages in ``lib``; a checkout borrows those of the interpreter. Python 3.6 must be able to
read this file and ``last_resort``, so that a Python that is too old can be told.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENDORED = os.path.join(ROOT, "lib")
OLDEST = (3, 9)
SCRIPT_FILTERS = ("menu.py", "script_filter.py")


class OldPython(Exception):
    """This Python cannot run Headroom; ``words`` say what to install."""

    words = (
        "/usr/bin/python3 is older than Python 3.9; update Apple's Command Line Tools: xcode-select --install, or System Settings › General › Software Update",
        "/usr/bin/python3 低于 3.9；请更新 Apple 命令行工具：xcode-select --install，或系统设置 › 通用 › 软件更新",
    )


def prepare() -> None:
    """Extend ``sys.path``. Compiled code goes to our cache, never into the installed folder."""
    if sys.version_info < OLDEST:
        _refuse()
    if os.path.isdir(VENDORED):
        sys.path.insert(1, VENDORED)
    elif sys.flags.no_site:
        import site

        site.main()
    if sys.flags.isolated:
        sys.dont_write_bytecode = True  # until it is known where to
        from workflow import paths

        sys.pycache_prefix = os.path.join(paths.cache(os.environ), "bytecode")
        sys.dont_write_bytecode = False


def _refuse() -> None:
    if os.path.basename(sys.argv[0]) in SCRIPT_FILTERS:
        from scripts import last_resort

        sys.stdout.buffer.write(last_resort.answer(OldPython()))
        raise SystemExit(0)
    raise SystemExit("headroom: " + OldPython.words[0])
