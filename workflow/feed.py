"""The feed: the finished Script Filter answer on disk, written once, served in microseconds.

Line one says what it was rendered with, tab-separated: layout, epoch when a refresh is due, language,
24 h clock, Alfred's configuration as last seen, locale. The rest is JSON whose moving values are the
markers of clock.py. Serving reads one file, fills the markers and prints. The keystroke path imports
this: ``sys``, ``time`` and ``posix`` (part of the interpreter) are all it may use.
"""

from __future__ import annotations

import sys

from . import clock, paths

LAYOUT = "headroom-feed-2"
NAME = "feed"
RERUN = "0.7"  # seconds until Alfred asks again while a refresh runs
MAX_BYTES = 64 * 1024 * 1024
_NEVER_CHANGES = ("HEADROOM_HOME", "HEADROOM_LOOPBACK")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Mapping, Optional


def path(environ: Mapping[str, str]) -> str:
    """Where the feed is."""
    return f"{paths.cache(environ)}/{NAME}"


def signature(environ: Mapping[str, str]) -> str:
    """Alfred's configuration in these variables, as one line; "" outside Alfred."""
    told = sorted(name for name in environ if name.startswith("headroom_"))
    return ";".join([f"{name}={' '.join(environ[name].split())}" for name in told])


def locale(environ: Mapping[str, str]) -> str:
    """What the texts' language may depend on besides the settings; "" on macOS, which has its own."""
    if sys.platform == "darwin":
        return ""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return environ[name]
    return ""


def is_one_call(environ: Mapping[str, str]) -> bool:
    """Whether a HEADROOM_ variable asks for something that the shared feed does not show."""
    return any(
        name.startswith("HEADROOM_") and name not in _NEVER_CHANGES and environ[name]
        for name in environ
    )


def header(due: float, language: str, hours24: bool, seen: str, spoken: str) -> bytes:
    """Line one of a feed."""
    fields = (LAYOUT, str(int(due)), language, "24" if hours24 else "12", seen, spoken)
    return ("\t".join([" ".join(field.split()) for field in fields]) + "\n").encode()


def body(rendered: bytes) -> bytes:
    """A rendered answer as it stands in the feed: its markers are bare, not escaped."""
    return rendered.replace(b"\\u0011", b"\x11").replace(b"\\u0012", b"\x12")


def serve(
    environ: Mapping[str, str],
    now: float,
    content: bytes,
    refresh: Callable[[], bool],
) -> Optional[bytes]:
    """The answer to print, or None when this feed is of no use.

    Args:
        environ: the variables of this call.
        now: epoch seconds.
        content: the feed, read whole.
        refresh: called when a refresh is due; starts one unless one runs, and says whether one does.
    """
    first, _, rest = content.partition(b"\n")
    fields = first.decode().split("\t")
    if len(fields) != 6 or fields[0] != LAYOUT or rest[:1] != b"{" or rest[-1:] != b"}":
        return None
    _, due, language, hours, seen, spoken = fields
    told = signature(environ)
    if (told and told != seen) or spoken != locale(environ) or is_one_call(environ):
        return None
    said = clock.fill(rest.decode(), now, language, hours == "24")
    if now >= int(due) and refresh():
        said = again(said)
    return said.encode()


def again(said: str) -> str:
    """The answer with the wish to be asked again soon."""
    return f'{{"rerun":{RERUN},{said[1:]}'
