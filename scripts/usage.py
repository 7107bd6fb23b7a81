#!/usr/bin/python3 -IS
"""The Script Filter behind the keyword: print the feed, whatever happens, in no time.

Only what the interpreter brings is imported here. Without a usable feed the click command
``script-filter`` renders one. Python 3.6 must be able to read this file, so that a Python that is too old
can be told.
"""

import posix
import sys
from time import time

sys.dont_write_bytecode = True
ROOT = __file__.rsplit("/", 2)[0]
sys.path.insert(0, ROOT)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    """Print one Script Filter answer. Never fails."""
    try:
        _check_python()
        answer = _from_feed() or _rendered()
    except BaseException as error:  # Alfred shows nothing at all when a script fails
        from scripts import fallback

        answer = fallback.answer(error)
    while answer:
        answer = answer[posix.write(1, answer) :]


def _check_python() -> None:
    if sys.version_info < (3, 9):  # noqa: UP036  (the system's Python, not ours)
        import os

        # before 3.9 the path of a script may be relative
        sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        from scripts import bootstrap

        raise bootstrap.OldPython


def _from_feed() -> "bytes | None":
    """The feed as of now.

    ``exec`` and not ``import``, which compiles through ``compile()``: its first call makes a class of
    every node that a syntax tree can have, and that costs a tenth of the whole keystroke.
    """
    ours: dict[str, Any] = {}
    for name in ("paths", "feed"):
        with open(f"{ROOT}/workflow/{name}.py", "rb", 0) as file:
            exec(file.read(), ours)  # noqa: S102
    encoding = sys.getfilesystemencoding()
    environ = {
        name.decode(encoding, "surrogateescape"): value.decode(encoding, "surrogateescape")
        for name, value in posix.environ.items()
    }

    def refresh() -> bool:
        from workflow.refresh import background

        return background.start(environ)

    try:
        content = _read(f"{ours['cache'](environ)}/{ours['NAME']}", ours["MAX_BYTES"])
        book = ours["stamp"](ours["data"](environ))
        return ours["serve"](environ, time(), content, book, refresh)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return None


def _read(path: str, limit: int) -> bytes:
    """A file; of a pipe, which would keep us waiting, what is there. Raises OSError."""
    descriptor = posix.open(path, posix.O_RDONLY | posix.O_NONBLOCK)
    return posix.read(descriptor, min(posix.fstat(descriptor).st_size, limit))


def _rendered() -> bytes:
    from scripts import bootstrap

    bootstrap.prepare()
    from scripts.alfred import render

    return render.answer()


if __name__ == "__main__":
    main()
    posix._exit(0)  # all is said; the interpreter would tidy up for longer than this took
