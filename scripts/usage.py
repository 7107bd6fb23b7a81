#!/usr/bin/python3 -IS
"""The Script Filter behind the keyword: print the feed, whatever happens, in no time.

Only what the interpreter brings is imported here. Without a usable feed the click command
``script-filter`` renders one.
"""

import sys

sys.dont_write_bytecode = True
ROOT = __file__.rsplit("/", 2)[0]
sys.path.insert(0, ROOT)


def main() -> None:
    """Print one Script Filter answer. Never fails."""
    try:
        answer = _from_feed() or _rendered()
    except BaseException as error:  # Alfred shows nothing at all when a script fails
        answer = _last_resort(error)
    _print(answer)


def _from_feed() -> "bytes | None":
    import posix
    from time import time

    from workflow import feed

    environ = {
        name.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape")
        for name, value in posix.environ.items()
    }

    def refresh() -> bool:
        from workflow import background

        return background.start(environ)

    try:
        with open(feed.path(environ), "rb", 0) as file:
            content = file.read(feed.MAX_BYTES)
        return feed.serve(environ, time(), content, refresh)
    except (OSError, ValueError, IndexError):
        return None


def _rendered() -> bytes:
    from scripts import start

    start.prepare()
    from scripts import script_filter

    return script_filter.answer()


def _last_resort(error: BaseException) -> bytes:
    from scripts import last_resort

    return last_resort.answer(error)


def _print(answer: bytes) -> None:
    import posix

    while answer:
        answer = answer[posix.write(1, answer) :]


if __name__ == "__main__":
    main()
