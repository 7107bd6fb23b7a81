"""The feed: the finished Script Filter answer on disk, written once, served in microseconds.

Line one says what it was rendered with, tab-separated: layout, checksum of all that follows, epoch when
it was made and when a refresh is due, locale, Alfred's configuration as last seen, our version, the stamp
of accounts.json and settings.json. Line two has the words for moments, see times.py. The rest is JSON in which every moving
value is a marker:

    SIGN kind epoch OR before OR after SIGN

kinds: ``a`` how long ago that was · ``u`` the one text until the epoch, the other from then on · ``c``
likewise, with countdown and clock time put into the first. The signs are control characters, which no
foreign text keeps (``catalog.plain``) and JSON writes as they are.

The keystroke path compiles and runs this and paths.py anew each time, outside of any package, so both
import next to nothing and say things shortly.
"""

import posix
import sys
from time import localtime

LAYOUT = "tankful-feed-6"
NAME = "feed"
RERUN = b"0.7"  # seconds until Alfred asks again while a refresh runs
MAX_BYTES = 64 * 1024 * 1024
AHEAD = 60  # seconds that a clock may be off; a feed made further ahead of now is of no use
DAY = 86400  # seconds; no feed is served for longer without a refresh
SIGN, OR = "\x91", "\x92"
SETTINGS = (
    "LANGUAGE SHOW INTERVAL LOW PRIVACY CLOCK ORDER BEST SUMMARY EDGE"  # TANKFUL_…, for one call
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List, Mapping, Optional, Tuple


def path(environ: "Mapping[str, str]") -> str:
    """Where the feed is."""
    from . import paths

    return f"{paths.cache(environ)}/{NAME}"


def signature(environ: "Mapping[str, str]") -> str:
    """Alfred's configuration in these variables, as one line; "" outside Alfred."""
    told = [
        f"{name}={' '.join(environ[name].split())}"
        for name in sorted(environ)
        if name[:8] == "tankful_"
    ]
    return ";".join(told).encode("utf-8", "replace").decode()


def locale(environ: "Mapping[str, str]") -> str:
    """What the rows depend on besides the settings: language and clock, and where everything is asked.

    macOS has its own language and clock.
    """
    told = environ.get
    aside = told("TANKFUL_LOOPBACK", "")
    if sys.platform == "darwin":
        return aside
    names = [told("LC_ALL") or told(n) or told("LANG", "") for n in ("LC_MESSAGES", "LC_TIME")]
    return " ".join([*names, aside] if aside else names).encode("utf-8", "replace").decode()


def stamp(folder: str) -> str:
    """Which accounts.json and settings.json lie in this folder, whoever wrote them."""
    told = ""
    for name in ("accounts", "settings"):
        try:
            found = posix.stat(f"{folder}/{name}.json")
            told += f"{found.st_ino}.{found.st_mtime_ns} "
        except (OSError, ValueError):
            told += "- "
    return told[:-1]


def checksum(told: bytes) -> bytes:
    """Tells a damaged feed from a whole one; importing zlib for it would cost more."""
    return str(hash(int.from_bytes(told, "big"))).encode()


def written(
    now: float,
    due: float,
    made: "Tuple[str, str, str, str]",
    words: "List[str]",
    answer: bytes,
) -> bytes:
    """A feed, from the rendered answer and what it was made with: locale, configuration, version, stamp."""
    fields = (str(int(now)), str(int(min(due, now + DAY))), *made)
    told = "\t".join([" ".join(field.split()) for field in fields]).encode()
    told += b"\n" + "\t".join(words).encode() + b"\n" + answer
    return b"\t".join((LAYOUT.encode(), checksum(told), told))


def serve(
    environ: "Mapping[str, str]",
    now: float,
    content: bytes,
    book: str,
    refresh: "Callable[[], bool]",
) -> "Optional[bytes]":
    """The answer to print, or None when this feed is of no use.

    Args:
        environ: the variables of this call.
        now: epoch seconds.
        content: the feed, read whole.
        book: the stamp of accounts.json and settings.json.
        refresh: called when a refresh is due; starts one unless one runs, and says whether one does.
    """
    layout, _, rest = content.partition(b"\t")
    summed, _, rest = rest.partition(b"\t")
    first, _, below = rest.partition(b"\n")
    fields = first.decode("utf-8", "replace").split("\t")
    if layout != LAYOUT.encode() or summed != checksum(rest) or len(fields) != 6:
        return None
    made, due, spoken, seen, version, stamped = fields
    if stamped != book or int(made) - now > AHEAD or int(due) - now > DAY + AHEAD:
        return None
    if environ.get("alfred_workflow_version", "") not in ("", version):
        return None
    if spoken != " ".join(locale(environ).split()) or signature(environ) not in ("", seen):
        return None
    if any(environ.get(f"TANKFUL_{name}") for name in SETTINGS.split()):
        return None
    words, _, answer = below.partition(b"\n")
    said = fill(answer, now, words.decode().split("\t"))
    return again(said) if now >= int(due) and refresh() else said


def again(said: bytes) -> bytes:
    """The answer with the wish to be asked again soon."""
    return b'{"rerun":%b,%b' % (RERUN, said[1:])


def fill(text: bytes, now: float, words: "List[str]") -> bytes:
    """The UTF-8 text with every marker said as of ``now`` (epoch seconds)."""
    parts = text.split(b"\xc2\x91")
    markers = parts[1::2]
    said = {marker: _said(marker, now, words) for marker in set(markers)}
    parts[1::2] = [said[marker] for marker in markers]
    return b"".join(parts)


def _said(marker: bytes, now: float, words: "List[str]") -> bytes:
    epoch, before, after = marker[1:].split(b"\xc2\x92")
    moment = int(epoch)
    if marker[:1] == b"a":
        return age(now - moment, words).encode()
    if now >= moment:
        return after
    if marker[:1] == b"u":
        return before
    left, when = countdown(moment - now, words), clock_time(moment, now, words)
    return before.decode().format(left, when).encode()


def age(seconds: float, words: "List[str]") -> str:
    """How long ago: "just now", "2m ago", "3h ago", "5d ago"; unknown for a moment that is ahead."""
    if seconds < 0:
        return words[34]
    minutes = int(seconds // 60)
    if minutes < 1:
        return words[0]
    if minutes < 60:
        return words[1].format(minutes)
    return words[2].format(minutes // 60) if minutes < 1440 else words[3].format(minutes // 1440)


def countdown(seconds: float, words: "List[str]") -> str:
    """The two largest units, minutes rounded up: "2d 4h", "3h 20m", "12m"."""
    minutes = int(-(-seconds // 60)) or 1
    if minutes < 60:
        return words[4].format(minutes)
    form, (large, small) = 5, divmod(minutes, 60)
    if large >= 24:
        form, (large, small) = 7, divmod(large, 24)
    return words[form + (small > 0)].format(large, small)


def clock_time(moment: float, now: float, words: "List[str]") -> str:
    """Clock time, with the weekday within a week and the date beyond, in the local zone."""
    at, today = localtime(moment), localtime(now)
    year, month, day, hour, minute, _, weekday = at[:7]
    form = 9
    if at[:3] != today[:3]:
        form = 10 if abs(moment - now) < 6 * 86400 else 11 + (year != today[0])
    half, name, called = words[13 + hour // 12], words[15 + weekday], words[21 + month]
    return words[form].format(hour, hour % 12 or 12, minute, half, name, day, called, year)
