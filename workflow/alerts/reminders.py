"""Remind the user of a reset: a row in our history, which also sees an early reset, and one that rings."""

from __future__ import annotations

from datetime import datetime
from zlib import crc32

from ..display import privacy
from ..history import recording, series
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Quota
from ..settings import Settings
from ..state.state import AccountState
from ..storage import files
from ..system import browser
from ..system import reminders as system
from . import calendar, ledger, messages, rules

NAME = "reminder.ics"


def limited(known: AccountState, now: datetime) -> Quota | None:
    """Return the quota that is low or used up and resets after ``now``; None if there is none."""
    quota = known.status.headline
    if quota is None or quota.resets_at is None or quota.resets_at <= now:
        return None
    return quota if known.status.is_low else None


def make(known: AccountState, quota: Quota, settings: Settings, now: datetime) -> Message:
    """Make a reminder for the reset of a quota, and return what was done.

    A history that cannot be written matters only if nothing else can ring. Raises OSError, sqlite3.Error and
    database.Newer.
    """
    due = quota.resets_at or now
    unnoted: Exception | None = None
    sample = rules.sample_of(quota, int((known.snapshot.fetched_at or now).timestamp()))
    try:
        key = series.of_quota(known.account.id, quota)
        ledger.ask(key, sample, quota.window, int(now.timestamp()))
    except recording.UNWRITABLE as error:
        unnoted = error
    name = privacy.title(known.account, known.short, settings)
    what = say(_("{account}: {what}"), account=name, what=messages.has_reset(quota.label))
    if system.remind(what, due.astimezone()):
        return _("Added to Reminders: {what}", what=what)
    path = file()
    uid = f"{known.account.id}-{crc32(quota.label.encode()):08x}-{int(due.timestamp())}"
    files.write(path, calendar.event(uid, what, due, now), lasting=False)
    if browser.open_file(path):
        return _("Save the calendar event that was opened: {what}", what=what)
    if unnoted is not None:
        raise unnoted
    return _("Tankful will notify you at the first refresh after the reset: {what}", what=what)


def file() -> str:
    """Return the path of the calendar file."""
    return files.in_cache(NAME)
