"""Render the list as a Script Filter answer, and store it as the feed.

After any change call ``publish``, so that the next keystroke shows it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from time import localtime
from typing import Callable

from .. import __version__, feed, paths
from .. import settings as preferences
from ..display import times
from ..errors import Mistake
from ..history import visits
from ..i18n.catalog import speaking
from ..models import utc_now
from ..refresh import background
from ..state import state as states
from ..state.state import State
from ..storage import files
from ..system import network
from . import account_list, items, pack, pieces

PATIENCE = 2.0  # seconds to wait for another writer of the feed
Header = Callable[[bytes], bytes]  # makes a feed of an answer: adds the header for feed.serve
OPEN = 60  # seconds after a look during which the list may still be open
STUCK = 10.0  # seconds after which another writer is ignored


def publish(now: Callable[[], datetime] = utc_now) -> tuple[State, bytes]:
    """Render the answer and store the feed and the other lists. Returns the state and the answer. Raises Mistake."""
    state, answer, header = _shown(now)
    _leave_rest(state, answer, header)
    return state, answer


def feed_first() -> tuple[State, bytes]:
    """Do the same as ``publish``, but write the other lists in the background. Raises Mistake."""
    state, answer, header = _shown(utc_now)
    with suppress(OSError):
        background.aside(lambda: _leave_rest(state, answer, header))
    return state, answer


def _leave_rest(state: State, answer: bytes, header: Header | None) -> None:
    if header:  # the feed was written
        _serve(state, header, header(answer))
    if not state.settings.one_call:
        from ..trend import pages

        with speaking(state.settings.translation):
            pages.renew(state)


def preview(now: Callable[[], datetime] = utc_now) -> None:
    """Write only the feed while a refresh goes on; the refresh publishes the rest at its end.

    Nothing is written unless the list may be open, which Alfred then asks for every few seconds. Raises Mistake.
    """
    if now().timestamp() - visits.looked() < OPEN:
        _shown(now)


def _shown(now: Callable[[], datetime]) -> tuple[State, bytes, Header | None]:
    """Write the feed, and return the same as ``_published``. Raises Mistake."""
    preferences.load()  # writes changes of Alfred's configuration, which must precede the stamp
    try:
        with files.lock(f"{feed.path(os.environ)}.lock", PATIENCE) as alone:
            return _published(now, alone)
    except OSError:
        state = states.read(now=now)  # an answer without a feed is slower, not wrong
        return state, rendered(state), None


def _published(now: Callable[[], datetime], alone: bool) -> tuple[State, bytes, Header | None]:
    """Write the feed. Returns the state, the answer, and the maker of its header; None if no feed was written.

    The stamp is taken before the state is read, so a change meanwhile is noticed at the next keystroke.
    """
    stamp = feed.stamp(paths.data(os.environ))
    state = states.read(now=now)
    answer = rendered(state)
    if state.settings.one_call:
        return state, answer, None
    header = _header(state, stamp, now())
    with suppress(OSError):
        _leave(header(answer) if alone or _is_stuck(f"{feed.path(os.environ)}.lock") else None)
    return state, answer, header if alone else None


def _serve(state: State, header: Header, content: bytes) -> None:
    """Write the other lists, unless another process has written a newer feed and will write them."""
    from . import served  # imported late: it loads every list

    with suppress(OSError), files.lock(f"{served.path()}.lock", PATIENCE) as alone:
        if not alone:
            served.remove()
        elif files.read(feed.path(os.environ)) == content:
            served.leave(state, header)


def is_under_way() -> bool:
    """Tell whether another process is writing the feed or the other lists."""
    cache = paths.cache(os.environ)
    locks = (f"{cache}/{feed.NAME}.lock", f"{cache}/{pack.LISTS}.lock")
    return any(files.held_by(lock) and not _is_stuck(lock) for lock in locks)


def _is_stuck(lock: str) -> bool:
    """Tell whether the lock has been held for far too long, as by a suspended process."""
    holder = files.held_by(lock)
    return holder is not None and holder[1] > STUCK


def _leave(content: bytes | None) -> None:
    """Write the feed; None deletes it, since the holder of the lock may write what it read before the change."""
    if content is not None:
        files.write(feed.path(os.environ), content, lasting=False)
        return
    with suppress(FileNotFoundError):
        os.unlink(feed.path(os.environ))


def shown(answer: bytes, state: State, now: datetime) -> bytes:
    """Return a rendered answer with its moving values filled in as of now.

    If a refresh is due, start it, and let ``rerun`` ask for its result.
    """
    with speaking(state.settings.translation):
        filled = feed.fill(answer, now.timestamp(), times.formats())
    return feed.again(filled) if keep_warm(state, now) else filled


def rendered(state: State) -> bytes:
    """Return the Script Filter answer with its moving values compacted, see moving.py."""
    with speaking(state.settings.translation):
        moment = times.moment_of(state)
        pieces.recall(state)
        rows = account_list.written(state, items.writer_of(state).row)
        return moment.packed(items.whole(rows))


def _header(state: State, stamp: str, now: datetime) -> Header:
    made = (feed.locale(os.environ), state.settings.seen, __version__, stamp)
    with speaking(state.settings.translation):
        formats = times.formats()
    due = state.due_at().timestamp()
    return header(now.timestamp(), due, made, formats)


def header(now: float, due: float, made: tuple[str, str, str, str], formats: list[bytes]) -> Header:
    """Return a function that makes a feed of an answer, in the form that ``feed.serve`` reads.

    Args:
        now: epoch seconds.
        due: when a refresh is due, in epoch seconds; a feed is valid for a day at most.
        made: the locale, Alfred's configuration, the version and the stamp with which it was made.
        formats: the formats of times, see times.py.
    """
    zone = str(localtime(int(now)).tm_gmtoff)
    fields = (str(int(now)), str(int(min(due, now + feed.DAY))), zone, *made)
    layout = feed.LAYOUT.encode()
    begin = "\t".join([" ".join(field.split()) for field in fields]).encode()
    begin += b"\n" + b"\t".join(formats) + b"\n"

    def headed(answer: bytes) -> bytes:
        content = begin + answer
        return b"\t".join((layout, feed.checksum(content), content))

    return headed


def keep_warm(state: State, now: datetime) -> bool:
    """Start the background refresh if an account is due. Returns whether one is under way."""
    return state.due_at() <= now and _may_ask() and background.start(os.environ)


def _may_ask() -> bool:
    """Tell whether a refresh may ask; the address of a test server may be refused."""
    with suppress(Mistake):
        network.loopback(os.environ)
        return True
    return False
