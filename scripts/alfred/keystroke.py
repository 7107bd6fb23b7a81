"""The answer to a keystroke: the feed, or a list of the pack. If there is no usable one, it is rendered.

usage.py runs this outside of any package. Only modules built into the interpreter are imported here. Python 3.6
must be able to parse this file, see usage.py.
"""

import posix
import sys
from time import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, Optional


def answer(
    likely: str, trust: "Callable[[str], None]", code: "Callable[[str], CodeType | bytes]"
) -> bytes:
    """Return a Script Filter answer.

    Args:
        likely: the folder of the cache if no variable names another one.
        trust: uses the compiled code in a cache.
        code: returns the code of one of our files.
    """
    if sys.version_info < (3, 9):  # noqa: UP036  (the system's Python, not ours)
        from scripts import bootstrap

        raise bootstrap.OldPython

    def serve(menu: bool) -> "Optional[bytes]":
        return _served(menu, likely, trust, code)

    menu = sys.argv[1:2] == ["menu"]
    served = serve(menu)
    if served:
        return served
    from scripts.alfred import unserved

    return unserved.answer(menu, serve)


def _served(
    menu: bool,
    likely: str,
    trust: "Callable[[str], None]",
    code: "Callable[[str], CodeType | bytes]",
) -> "Optional[bytes]":
    """Return the feed, or a list of the pack, as of now; None if it cannot be used."""
    ours: dict[str, Any] = {}
    encoding = sys.getfilesystemencoding()
    environ = {
        name.decode(encoding, "surrogateescape"): value.decode(encoding, "surrogateescape")
        for name, value in posix.environ.items()
    }

    def run(name: str) -> None:
        exec(code(f"workflow/{name}"), ours)  # noqa: S102

    def refresh() -> bool:
        from workflow.refresh import background

        return background.start(environ)

    try:
        data, cache = environ.get("alfred_workflow_data", ""), likely
        if environ.get("TANKFUL_HOME") or data[:1] != "/" or cache[:1] != "/":
            run("paths")  # else Alfred names both folders, and a file less is opened
            data, cache = ours["data"](environ), ours["cache"](environ)
            if cache != likely:
                trust(cache)
        run("feed")
        if menu:
            run("alfred/pack")
            return ours["listed"](ours, run, environ, data, cache)  # type: ignore[no-any-return]
        content = ours["look"](cache)
        book = ours["stamp"](data)
        return ours["serve"](environ, time(), content, book, refresh)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return None
