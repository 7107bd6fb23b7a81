"""After a refresh: judge the accounts that were asked, note the alerts, and show them in one line.

A failure here only costs the message: no refresh fails or prints anything because of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Callable

from .. import settings as preferences
from ..i18n.catalog import speaking
from ..models import Snapshot
from ..settings import Settings
from ..state import state as states
from ..system import notifications
from . import ledger, messages, notices, quiet, rules

TITLE = "Tankful"


def speak(
    before: Mapping[str, Snapshot],
    asked: Iterable[str],
    now: datetime,
    post: Callable[[str], object] | None = None,
) -> None:
    """Notify the user of what is new in the answers of these accounts, once.

    Args:
        before: the snapshot of every account before they were asked, by id.
        asked: the ids of the accounts that were asked.
        post: shows the line; the default is a notification.
    """
    with suppress(Exception):  # a defect of ours must not break a refresh
        settings = preferences.load()
        if rules.any_wanted(settings) or ledger.is_asked():
            text = _text(before, frozenset(asked), settings, now)
            if text:
                (post or _post)(text)


def _text(
    before: Mapping[str, Snapshot], asked: frozenset[str], settings: Settings, now: datetime
) -> str:
    """Return the line to show, "" for none; its alerts are noted as sent."""
    state = states.read(settings, now=lambda: now)
    known = [state.of(account) for account in state.book.accounts if account.id in asked]
    last = {
        name: int(snapshot.fetched_at.timestamp())
        for name, snapshot in before.items()
        if snapshot.fetched_at is not None
    }
    is_quiet = quiet.is_quiet(settings.quiet, now.astimezone())
    moment = ledger.Moment(int(now.timestamp()), is_quiet, settings)
    events = ledger.note([rules.judge(each, settings, now) for each in known], last, moment)
    with speaking(settings.translation):
        return messages.text(events, state, now)


def _post(text: str) -> None:
    """Post a notification through the launcher if it runs us, else through the desktop."""
    if notifications.by_alfred(os.environ, lambda: notices.leave(text)):
        return
    notifications.post(TITLE, text, icon=notices.ICON)
