"""The feed: the finished Script Filter answer on disk, written once, served in microseconds.

Line one is tab-separated and says what the feed was rendered with: layout, checksum of all that follows,
epoch when it was made, epoch when a refresh is due, offset of local time from UTC when it was made, locale,
Alfred's configuration as last seen, our version, stamp of accounts.json and settings.json. Line two has the
formats of moments, see times.py. Then come five parts separated by END, see moving.py:

1. epochs, ascending: until when each moving value is valid as it was rendered
2. the values until then, each followed by SIGN
3. the values from then on, each followed by SIGN: a kind and its argument
4. texts that contain values by their index in these lists, SIGN index SIGN; each text followed by OR
5. the JSON, which contains those texts by their index

Kinds: ``u`` the text that follows · ``a`` how long ago an epoch was · ``t`` the clock time of an epoch ·
``c`` epoch OR before OR after: the text ``before`` until the epoch, ``after`` from then on. In ``before``,
{span} and {time} become the countdown to and the clock time of that epoch, or of another one that the text
begins with; a space ends it · ``n`` the search words of NEAR until an epoch. SIGN, OR and END are control
characters, which foreign text never keeps (``catalog.plain``) and which JSON leaves as they are.

The keystroke path runs this file and paths.py outside of any package, see keystroke.py, so both import next
to nothing and are kept short.
"""

import posix
import sys
from time import localtime

LAYOUT = "tankful-feed-10"
NAME, LOOKED = "feed", "looked"  # LOOKED is empty; its time is that of the last look at the list
RERUN = b"0.7"  # seconds until Alfred asks again while a refresh runs
MAX_BYTES = 64 * 1024 * 1024
PIECE = 8 * 1024  # bytes that the checksum takes at once
AHEAD = 60  # seconds that a clock may be off; a feed from further in the future is not served
DAY = 86400  # seconds that a feed may be served without a refresh
NEAR = (  # seconds to a reset, and the search words that a row has from then on
    (3600, b" reset<1h reset1h"),
    (7200, b" reset<2h reset2h"),
    (18000, b" reset<5h reset5h"),
    (DAY, b" reset<1d reset1d"),
)
SIGN, OR, END = b"\xc2\x91", b"\xc2\x92", b"\xc2\x90"
SETTINGS = (  # TANKFUL_… variables, valid for one call
    "LANGUAGE SHOW INTERVAL LOW PRIVACY CLOCK ORDER BEST SUMMARY PACE_MARK EDGE HISTORY"
    " ALERT_LIMITS ALERT_MONEY ALERT_RESETS QUIET"
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from time import struct_time
    from typing import Callable, Optional


def path(environ: "Mapping[str, str]") -> str:
    """Return the path of the feed."""
    from . import paths

    return f"{paths.cache(environ)}/{NAME}"


def look(cache: str) -> bytes:
    """Read the feed in this folder, and touch LOOKED if it exists.

    Never blocks, not even on a pipe. Raises OSError.
    """
    try:  # noqa: SIM105  (contextlib would have to be imported)
        posix.utime(f"{cache}/{LOOKED}")
    except OSError:
        pass
    descriptor = posix.open(f"{cache}/{NAME}", posix.O_RDONLY | posix.O_NONBLOCK)
    return posix.read(descriptor, min(posix.fstat(descriptor).st_size, MAX_BYTES))


def signature(environ: "Mapping[str, str]") -> str:
    """Return Alfred's configuration in these variables as one line; "" outside Alfred."""
    pairs = [
        f"{name}={' '.join(environ[name].split())}"
        for name in sorted(environ)
        if name[:8] == "tankful_"
    ]
    return ";".join(pairs).encode("utf-8", "replace").decode()


def locale(environ: "Mapping[str, str]") -> str:
    """Return what rows depend on besides the settings: language, clock, and the stand-in's address.

    On macOS language and clock are not in the environment.
    """
    get = environ.get
    aside = get("TANKFUL_LOOPBACK", "")
    if sys.platform == "darwin":
        return aside
    names = [get("LC_ALL") or get(n) or get("LANG", "") for n in ("LC_MESSAGES", "LC_TIME")]
    return " ".join([*names, aside] if aside else names).encode("utf-8", "replace").decode()


def stamp(folder: str) -> str:
    """Identify the current accounts.json and settings.json of this folder, whoever wrote them."""
    stamps = ""
    for name in ("accounts", "settings"):
        try:
            file = posix.stat(f"{folder}/{name}.json")
            stamps += f"{file.st_ino}.{file.st_mtime_ns} "
        except (OSError, ValueError):
            stamps += "- "
    return stamps[:-1]


def checksum(content: "bytes | memoryview") -> bytes:
    """Return a checksum that reveals a damaged feed; importing zlib would cost more."""
    pieces = range(0, len(content), PIECE)
    numbers = [hash(int.from_bytes(content[at : at + PIECE], "big")) for at in pieces]
    return str(hash((len(content), *numbers))).encode()


def serve(
    environ: "Mapping[str, str]",
    now: float,
    content: bytes,
    book: str,
    refresh: "Callable[[], bool]",
) -> "Optional[bytes]":
    """Return the answer to print, or None if this feed cannot be served.

    Args:
        environ: the variables of this call.
        now: epoch seconds.
        content: the feed, read whole.
        book: the stamp of accounts.json and settings.json.
        refresh: called if a refresh is due; starts one unless one runs, and returns whether one runs.
    """
    end = content.find(b"\n")
    layout, _, rest = content[:end].partition(b"\t")
    summed, _, rest = rest.partition(b"\t")
    fields = rest.decode("utf-8", "replace").split("\t")
    whole = memoryview(content)[end - len(rest) :]  # avoids a copy of half a megabyte
    if layout != LAYOUT.encode() or len(fields) != 7 or summed != checksum(whole):
        return None
    made, due, zone, spoken, seen, version, stamped = fields
    if stamped != book or int(made) - now > AHEAD or int(due) - now > DAY + AHEAD:
        return None
    if zone != str(localtime(int(made)).tm_gmtoff):
        return None
    if environ.get("alfred_workflow_version", "") not in ("", version):
        return None
    if spoken != " ".join(locale(environ).split()) or signature(environ) not in ("", seen):
        return None
    if any(environ.get(f"TANKFUL_{name}") for name in SETTINGS.split()):
        return None
    start = content.index(b"\n", end + 1)
    formats = content[end + 1 : start].split(b"\t")
    answer = fill(content, max(now, int(made)), formats)
    return again(answer) if now >= int(due) and refresh() else answer


def again(answer: bytes) -> bytes:
    """Return the answer with a request to Alfred to run the script again soon."""
    return b'{"rerun":%b,%b' % (RERUN, answer[1:])


def fill(content: bytes, now: float, formats: "list[bytes]") -> bytes:
    """Return the JSON of a feed with every moving value as of ``now``.

    Args:
        content: the five parts in UTF-8; lines before them are ignored.
        now: epoch seconds, not before the feed was made.
        formats: the formats of moments.
    """
    head, before, later, texts, rest = content.split(END, 4)
    passed = 0
    for epoch in head[head.rfind(b"\n") + 1 :].split():
        if int(epoch) > now:
            break
        passed += 1
    today = localtime(now)
    values = [say(value, now, today, formats) for value in later.split(SIGN, passed)[:passed]]
    values += before.split(SIGN)[passed:]
    return _put(rest, _put(texts, values).split(OR))


def _put(text: bytes, values: "list[bytes]") -> bytes:
    parts = text.split(SIGN)
    parts[1::2] = map(values.__getitem__, map(int, parts[1::2]))
    return b"".join(parts)


def say(value: bytes, now: float, today: "struct_time", formats: "list[bytes]") -> bytes:
    """Format a moving value as of ``now``, which is ``today`` in the local zone."""
    kind, value = value[:1], value[1:]
    if kind == b"u":
        return value
    if kind == b"a":
        return age(now - int(value), formats)
    if kind == b"t":
        return clock_time(int(value), now, today, formats)
    if kind == b"n":
        left = int(value) - now
        return b"".join([text for seconds, text in NEAR if 0 < left <= seconds])
    epoch, before, after = value.split(OR)
    if now >= int(epoch):
        return after
    other, _, before = before.partition(b" ")
    moment = int(other or epoch)
    if b"{span}" in before:
        before = before.replace(b"{span}", countdown(moment - now, formats))
    if b"{time}" in before:
        before = before.replace(b"{time}", clock_time(moment, now, today, formats))
    return before


def age(seconds: float, formats: "list[bytes]") -> bytes:
    """Format an age: "just now", "2m ago", "3h ago", "5d ago"; "unknown" if it is negative."""
    if seconds < 0:
        return formats[34]
    minutes = int(seconds // 60)
    if minutes < 1:
        return formats[0]
    hours = minutes // 60
    form = 1 if hours < 1 else 2 if hours < 24 else 3
    return formats[form] % {b"minutes": minutes, b"hours": hours, b"days": hours // 24}


def countdown(seconds: float, formats: "list[bytes]") -> bytes:
    """Format the two largest units, minutes rounded up: "2d 4h", "3h 20m", "12m"."""
    hours, minutes = divmod(int(-(-seconds // 60)) or 1, 60)
    days, hours = divmod(hours, 24)
    form = 7 + (hours > 0) if days else 5 + (minutes > 0) if hours else 4
    return formats[form] % {b"days": days, b"hours": hours, b"minutes": minutes}


def clock_time(moment: float, now: float, today: "struct_time", formats: "list[bytes]") -> bytes:
    """Format a clock time in the local zone, with the weekday within a week, else with the date."""
    at = localtime(moment)
    form = 9
    if at[:3] != today[:3]:
        form = 10 if abs(moment - now) < 6 * DAY else 11 + (at[0] != today[0])
    return formats[form] % {
        b"hour": at[3],
        b"hour12": at[3] % 12 or 12,
        b"minute": at[4],
        b"half": formats[13 + at[3] // 12],
        b"weekday": formats[15 + at[6]],
        b"day": at[2],
        b"month": formats[21 + at[1]],
        b"year": at[0],
    }
