"""The pack: one file with every list that is served, each in the form of the feed.

The first line has the layout and the size of the head in bytes. Then comes a line for each list, separated by
tabs: its key, its offset behind the head, its length, and a word for what it was made of; then an empty line
and the lists. Like feed.py this file runs at each call of the launcher, outside of any package, so it imports
next to nothing.
"""

import posix
import sys
from time import time

LISTS = "lists"
FIT = "fit"  # not a list but the data for one, see fit_answer.py
PACKED = b"tankful-lists-2"
LARGEST = 256 * 1024 * 1024  # bytes of the whole file
LONGEST = 64 * 1024 * 1024  # bytes of one list
_FIRST = 64 * 1024  # bytes; enough for the head of a few hundred accounts
OF_ACCOUNT = ("details", "manage", "replace", "account_region")
OF_PROVIDER = ("ways", "guide")
OF_ALL = ("add", "extras", "alerts")
TABLE, REPORT = "table", "report"  # keys of the answers for a shell
LINE, LINE_JSON = "prompt", "prompt.json"  # likewise
RECENT = 600  # seconds for which a report counts as current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Callable, Optional


def key(environ: "Mapping[str, str]") -> str:
    """Return the key of the list named by these variables; "" if it is not served."""
    of = environ.get
    action = of("action") or "extras"
    if action == "token":
        action = "replace"
    if action in OF_ACCOUNT:
        return f"{action} {of('account', '')} {keyword(environ) if action == 'manage' else ''}"
    if action in OF_PROVIDER:
        return f"{action} {of('provider', '')}"
    if action == "summary":
        return f"summary {of('private', '')}"
    return action if action in (*OF_ALL, FIT) else ""


def keyword(environ: "Mapping[str, str]") -> str:
    """Return the keyword of the list of accounts."""
    return environ.get("keyword") or "usage"


def read(path: str, name: str) -> bytes:
    """Return a list in the form of a feed, for ``feed.serve``; b"" if it is not in the pack.

    Raises OSError, and ValueError if the pack is damaged.
    """
    descriptor = posix.open(path, posix.O_RDONLY | posix.O_NONBLOCK)
    head = posix.read(descriptor, _FIRST)
    layout, size = head[: head.index(b"\n")].split(b"\t")
    if layout != PACKED:
        raise ValueError(layout)
    if int(size) > _FIRST:
        head += posix.pread(descriptor, int(size) - _FIRST, _FIRST)
    begin = head.find(b"\n%b\t" % name.encode("utf-8", "replace"), 0, int(size))
    if not name or begin < 0:
        return b""
    _, offset, length, _ = head[begin + 1 : head.index(b"\n", begin + 1)].split(b"\t")
    if int(length) > LONGEST:
        raise ValueError(length)
    return posix.pread(descriptor, int(length), int(size) + int(offset))


def listed(
    ours: "dict[str, Any]",
    run: "Callable[[str], object]",
    environ: "Mapping[str, str]",
    data: str,
    cache: str,
) -> "Optional[bytes]":
    """Return the list named by these variables, as of now; None if it is not served.

    Args:
        ours: the names that feed.py and the files run from here define.
        run: runs a file of the workflow by its name.
        environ: the variables of this call.
        data: the folder of accounts.json and settings.json.
        cache: the folder of the pack.

    Raises OSError, and ValueError for a damaged pack.
    """
    content = read(f"{cache}/{LISTS}", key(environ))
    book = ours["stamp"](data)
    answer: Optional[bytes] = ours["serve"](environ, time(), content, book, lambda: False)
    if not answer or environ.get("action") != FIT:
        return answer
    run("state/fit")
    run("alfred/fit_answer")
    typed = " ".join(sys.argv[2:])
    return ours["fitting"](answer, typed, time(), ours["verdicts"])  # type: ignore[no-any-return]
