#!/usr/bin/python3 -IS
"""The Script Filter behind the keyword: print the feed as fast as possible, whatever happens.

With the argument ``menu`` it prints the submenu that the variable ``action`` names. Only modules built into
the interpreter are imported here. If there is no usable feed or list, one is rendered. Python 3.6 must be able
to parse this file, so that a Python that is too old can be reported.
"""

import posix
import sys
from _frozen_importlib_external import SourceFileLoader
from time import time

sys.dont_write_bytecode = True
ROOT = __file__.rsplit("/", 2)[0]
sys.path.insert(0, ROOT)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Optional


def main() -> None:
    """Print one Script Filter answer. Never fails."""
    try:
        _check_python()
        menu = sys.argv[1:2] == ["menu"]
        answer = _served(menu)
        if not answer:
            from scripts.alfred import unserved

            answer = unserved.answer(menu, _served)
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


def _served(menu: bool) -> "Optional[bytes]":
    """Return the feed, or a list of the pack, as of now; None if it cannot be used."""
    ours: dict[str, Any] = {}
    encoding = sys.getfilesystemencoding()
    environ = {
        name.decode(encoding, "surrogateescape"): value.decode(encoding, "surrogateescape")
        for name, value in posix.environ.items()
    }

    def run(name: str) -> None:
        exec(_code(name, compiled), ours)  # noqa: S102

    def refresh() -> bool:
        from workflow.refresh import background

        return background.start(environ)

    try:
        likely = environ.get(
            "alfred_workflow_cache", ""
        )  # paths.py knows, and may lie there compiled
        compiled = _keeps_compiled(likely)
        run("paths")
        cache = ours["cache"](environ)
        if cache != likely:
            compiled = _keeps_compiled(cache)
        run("feed")
        if menu:
            run("alfred/pack")
            return ours["listed"](ours, run, environ, cache)  # type: ignore[no-any-return]
        content = ours["look"](cache)
        book = ours["stamp"](ours["data"](environ))
        return ours["serve"](environ, time(), content, book, refresh)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return None


def _keeps_compiled(cache: str) -> bool:
    """Use the folder of compiled code, see bootstrap.py, unless others could write to it. Returns whether it does."""
    try:
        with open(f"{ROOT}/lib/build", "rb", 0) as file:
            build = file.read().decode()
    except OSError:
        build = "checkout"
    folder = f"{cache}/bytecode/{build}"
    try:
        for place in (cache, f"{cache}/bytecode", folder):
            status = posix.stat(place)
            if status.st_uid != posix.geteuid() or status.st_mode & 0o022:
                return False
    except OSError:
        return False
    sys.pycache_prefix = folder
    sys.dont_write_bytecode = False
    return True


def _code(name: str, compiled: bool) -> "CodeType | bytes":
    """Return a module's compiled code, or else its source: compiling for an import would first make a class for
    every kind of node in a syntax tree, which takes a tenth of the whole keystroke.
    """
    path = f"{ROOT}/workflow/{name}.py"
    if compiled:
        try:
            return SourceFileLoader(name, path).get_code(name) or b""
        except (EOFError, ImportError, TypeError, ValueError):  # the compiled code is damaged
            pass
    with open(path, "rb", 0) as file:
        return file.read()


if __name__ == "__main__":
    main()
    posix._exit(0)  # skip the interpreter's clean-up, which would take longer than the answer
