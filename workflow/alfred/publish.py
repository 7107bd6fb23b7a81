"""Accounts, snapshots and settings as one Script Filter answer, and as the feed.

Whoever changed something calls ``publish``; the next keystroke shows it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from typing import Callable, Optional, Tuple

from .. import __version__, feed, paths
from .. import settings as preferences
from ..display import times
from ..errors import Mistake
from ..models import utc_now
from ..refresh import background
from ..state import state as states
from ..state.state import State
from ..storage import files, json_codec
from ..system import network
from . import account_list
from . import items as alfred_items

PATIENCE = 2.0  # seconds to wait for another writer of the feed
STUCK = 10.0  # seconds after which that one does not count any more


def publish(now: Callable[[], datetime] = utc_now) -> Tuple[State, bytes]:
    """Render the answer and leave it as the feed; what is shown, and the answer. Raises Mistake."""
    preferences.load()  # what changed in Alfred's configuration is written before the stamp
    with suppress(OSError), files.lock(f"{feed.path(os.environ)}.lock", PATIENCE) as alone:
        return _published(now, alone)
    state = states.read(now=now)  # an answer without a feed is slower, not wrong
    return state, rendered(state)


def _published(now: Callable[[], datetime], alone: bool) -> Tuple[State, bytes]:
    """What is shown, and the answer, left as the feed.

    The stamp is older than what is read after it, so a change meanwhile is seen at the next keystroke.
    """
    stamp = feed.stamp(paths.data(os.environ))
    state = states.read(now=now)
    answer = rendered(state)
    if not state.settings.one_call:
        with suppress(OSError):
            _leave(_feed(state, answer, stamp, now()) if alone or _is_stuck() else None)
    return state, answer


def _is_stuck() -> bool:
    """Whether who holds the lock has been at it far too long: a suspended process has nothing to say."""
    found = files.held_by(f"{feed.path(os.environ)}.lock")
    return found is not None and found[1] > STUCK


def _leave(content: Optional[bytes]) -> None:
    """Write the feed; without one, leave none: whoever holds the lock may have read what is old."""
    if content is not None:
        files.write(feed.path(os.environ), content, lasting=False)
        return
    with suppress(FileNotFoundError):
        os.unlink(feed.path(os.environ))


def shown(answer: bytes, state: State, now: datetime) -> bytes:
    """A rendered answer with its moving values said as of now.

    A refresh that is due is started, and ``rerun`` asks for its result.
    """
    settings = state.settings
    words = times.words(settings.language, settings.hours24)
    said = feed.fill(answer, now.timestamp(), words)
    return feed.again(said) if keep_warm(state, now) else said


def rendered(state: State) -> bytes:
    """The Script Filter answer, with markers."""
    return json_codec.dumps(alfred_items.answer(tuple(account_list.items(state))))


def _feed(state: State, answer: bytes, stamp: str, now: datetime) -> bytes:
    settings = state.settings
    made = (feed.locale(os.environ), settings.seen, __version__, stamp)
    words = times.words(settings.language, settings.hours24)
    return feed.written(now.timestamp(), state.due_at().timestamp(), made, words, answer)


def keep_warm(state: State, now: datetime) -> bool:
    """Start the background refresh if an account is due; say whether one is under way."""
    return state.due_at() <= now and _may_ask() and background.start(os.environ)


def _may_ask() -> bool:
    """Whether a refresh would ask anybody; a stand-in may be refused."""
    with suppress(Mistake):
        network.loopback(os.environ)
        return True
    return False
