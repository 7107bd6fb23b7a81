"""The limits that Claude Code passes to its status line: read, and merged with earlier ones. Pure.

Claude Code runs the command of its setting ``statusLine`` at every change, with a JSON object on standard input
(https://code.claude.com/docs/en/statusline). For plans, after the first answer of a session, it has ``"rate_limits":
{"five_hour": {"used_percentage": 23.5, "resets_at": 1791198000}, "seven_day": {…}}``, the times in epoch seconds.
Every session repeats the last numbers that it got, so those of an idle session may be old.

Claude Code waits for that command, so like feed.py this imports next to nothing: json alone would double its time.
"""

NAME = "claude-limits.json"  # in the cache folder
_LATE = 600  # seconds after which another session's lower number is accepted
_SAME = 120  # seconds by which two sessions may differ about the reset of one window
_MOST = 8  # windows
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_YEAR = 366 * 86400  # seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Window = tuple[float, int]  # percent used, and the epoch of its reset


class Kept:
    """The stored limits: epoch seconds when and session from which they came, windows by Claude Code's names."""

    __slots__ = ("at", "session", "windows")

    def __init__(self, at: int, session: str, windows: "dict[str, Window]") -> None:
        self.at, self.session, self.windows = at, session, windows


class _Plain:
    """The options of json's scanner, as json's own decoder sets them."""

    strict = False
    object_hook = object_pairs_hook = None
    parse_float, parse_int = float, int

    @staticmethod
    def parse_constant(name: str) -> None:
        """Read NaN and Infinity as null."""


def parse(content: bytes) -> "Any":
    """Read JSON. Raises ValueError, RecursionError or StopIteration for anything else."""
    try:
        from _json import make_scanner
    except ImportError:  # not CPython
        import json

        return json.loads(content)
    value, _end = make_scanner(_Plain())(  # type: ignore[arg-type]
        content.decode("utf-8", "replace").strip(), 0
    )
    return value


def handed(document: "Any", now: float) -> Kept:
    """Read the limits from Claude Code's document; windows that are over are left out.

    Args:
        document: the parsed JSON.
        now: epoch seconds.
    """
    fields = document if isinstance(document, dict) else {}
    limits, session = fields.get("rate_limits"), fields.get("session_id")
    pairs = list(limits.items())[:_MOST] if isinstance(limits, dict) else []
    windows = {name: _window(window, now) for name, window in pairs if _is_name(name)}
    known = {name: window for name, window in windows.items() if window}
    return Kept(int(now), session[:64] if isinstance(session, str) else "", known)


def _window(document: "Any", now: float) -> "Window | None":
    fields = document if isinstance(document, dict) else {}
    used, reset = fields.get("used_percentage"), fields.get("resets_at")
    if used is None or reset is None or not (_is_number(used) and _is_number(reset)):
        return None
    if not (0 <= used < 1000 and now < reset < now + _YEAR):
        return None
    return float(used), int(reset)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_name(name: str) -> bool:
    return 0 < len(name) <= 40 and not set(name) - _NAME


def unpacked(content: bytes, now: float) -> "Kept | None":
    """Parse the stored limits; None if there are none, or they are damaged or from the future."""
    try:
        document = parse(content)
        windows = {
            str(name): (float(used), int(reset))
            for name, (used, reset) in document["windows"].items()
        }
        kept = Kept(int(document["at"]), str(document["session"]), windows)
    except Exception:  # not written by us
        return None
    return kept if kept.at <= now + _SAME else None


def packed(kept: Kept) -> bytes:
    """Format limits as JSON for storage."""
    windows = ",".join(
        f'"{name}":[{used!r},{reset}]' for name, (used, reset) in kept.windows.items()
    )
    session = "".join(c for c in kept.session if c.isalnum() or c in "-_")
    return f'{{"at":{kept.at},"session":"{session}","windows":{{{windows}}}}}\n'.encode()


def merged(before: "Kept | None", new: Kept) -> Kept:
    """Merge the stored limits with new ones.

    A lower number from another session is ignored for _LATE seconds, as that session is probably idle.
    """
    if before is None or not new.windows:
        return before or new
    is_other = before.session != new.session and new.at - before.at < _LATE
    windows = dict(new.windows)
    for name, window in before.windows.items():
        other = windows.get(name)
        if other is None:
            if window[1] > new.at:
                windows[name] = window
        elif is_other and abs(window[1] - other[1]) <= _SAME and window[0] > other[0]:
            windows[name] = window
    if is_other and windows == before.windows:
        return before
    return Kept(new.at, new.session, windows)
