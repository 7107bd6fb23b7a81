#!/usr/bin/python3 -IS
"""The Script Filter behind the keyword: print the answer as fast as possible, whatever happens.

With the argument ``menu`` it prints the submenu that the variable ``action`` names. This file is compiled at
every keystroke, so it is short: what the answer is, alfred/keystroke.py says, which is compiled once. Python 3.6
must be able to parse both, so that a Python that is too old can be reported.
"""

import posix
import sys
from _frozen_importlib_external import SourceFileLoader

ROOT = __file__[: -len("/scripts/usage.py")] or "."  # before Python 3.9 it can be relative
sys.path.insert(0, ROOT)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType


def main() -> None:
    """Print one Script Filter answer. Never fails."""
    try:
        name = posix.environ.get(b"alfred_workflow_cache", b"")
        cache = name.decode(sys.getfilesystemencoding(), "surrogateescape")
        trust(cache)  # paths.py says where it is, and may lie there compiled
        keystroke = {}  # type: ignore[var-annotated]
        exec(code("scripts/alfred/keystroke"), keystroke)  # noqa: S102
        answer = keystroke["answer"](cache, trust, code)
    except BaseException as error:  # Alfred shows nothing at all when a script fails
        from scripts import fallback

        answer = fallback.answer(error)
    while answer:
        answer = answer[posix.write(1, answer) :]


def trust(cache: str) -> None:
    """Use the folder of compiled code in this cache, see bootstrap.py, unless others could write to it."""
    sys.dont_write_bytecode = True
    bytecode = cache + "/bytecode"
    try:
        with open(ROOT + "/lib/build", "rb", 0) as file:
            folder = bytecode + "/" + file.read().decode()
    except OSError:
        folder = bytecode + "/checkout"
    try:
        for place in cache, bytecode, folder:
            status = posix.stat(place)
            if status.st_mode & 0o022 or status.st_uid != posix.geteuid():
                return
    except OSError:
        return
    sys.pycache_prefix = folder
    sys.dont_write_bytecode = False


def code(name: str) -> "CodeType | bytes":
    """Return a file's compiled code, or else its source: compiling for an import would first make a class for
    every kind of node in a syntax tree, which takes a tenth of the whole keystroke.
    """
    path = ROOT + "/" + name + ".py"
    if not sys.dont_write_bytecode:
        try:
            return SourceFileLoader(name, path).get_code(name) or b""
        except (EOFError, ImportError, TypeError, ValueError):  # the compiled code is damaged
            pass
    with open(path, "rb", 0) as file:
        return file.read()


if __name__ == "__main__":
    main()
    posix._exit(0)  # skip the interpreter's clean-up, which would take longer than the answer
