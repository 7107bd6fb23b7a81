"""Makes the packages importable when a launcher runs a script by itself, before any other import.

The shebang is ``-IS``: nothing of the user's environment and no site-packages. The installed workflow
carries its packages in ``lib``; a checkout borrows those of the interpreter.
"""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENDORED = os.path.join(ROOT, "lib")


def prepare() -> None:
    """Extend ``sys.path``. Compiled code goes to our cache, never into the installed folder."""
    if os.path.isdir(VENDORED):
        sys.path.insert(1, VENDORED)
    elif sys.flags.no_site:
        import site

        site.main()
    if sys.flags.isolated:
        from workflow import paths

        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.path.join(paths.cache(os.environ), "bytecode")
