"""The files of the trend pages: written when an account's details are opened, renewed while they are in use."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from .. import paths
from .. import settings as preferences
from ..display import privacy
from ..history import reading
from ..models import Account
from ..storage import accounts, files

if TYPE_CHECKING:
    from ..state.state import State
    from .trend import Trend

LOOKED = 14 * 86400  # seconds after which an unused page is deleted
_BEFORE, _AFTER = "trend-", ".html"


def path(account_id: str) -> str:
    """Return the path of the page of an account."""
    return files.in_cache(f"{_BEFORE}{account_id}{_AFTER}")


def of_account(state: State, account: Account, days: int | None = None) -> list[Trend]:
    """Return an account's trends from the history, as of when the state was read."""
    from . import trend as trends  # imported late: a refresh seldom has a page to renew

    now = state.now
    since = int(now.timestamp()) - (days or trends.DAYS) * trends.DAY
    samples = reading.read(account.id, since, int(now.timestamp()))
    spans = reading.spans(account.id, since)
    return trends.trends(state.of(account), samples, now, days, state.settings.interval, spans)


def html(state: State, account: Account, days: int | None = None) -> str:
    """Return the page of an account; without ``days``, as Quick Look shows it."""
    from . import page as pages

    shown, name = of_account(state, account, days), _name(state, account)
    return pages.page(name, state.of(account), shown, state.settings, state.now)


def _name(state: State, account: Account) -> str:
    return privacy.name(account, state.of(account).short, state.settings)


def look(state: State, account: Account) -> str:
    """Write the page of an account and return its path; "" if it has no history or cannot be written."""
    if not _has_history(state, account):
        return ""
    target = path(account.id)
    with suppress(OSError):
        files.write(target, html(state, account).encode(), lasting=False)
        os.utime(target, (time.time(), time.time()))
        return target
    return ""


def there(state: State, account: Account) -> str:
    """Return the path of an existing page; "" without history. Raises LookupError if ``look`` must write it."""
    if not _has_history(state, account):
        return ""
    target = path(account.id)
    if not os.path.exists(target):
        raise LookupError(target)
    return target


def _has_history(state: State, account: Account) -> bool:
    return account.id in state.history.accounts


def renew(state: State) -> None:
    """Rewrite the pages whose account has newer numbers or another name, or all after a change of the settings,
    which may hide names and amounts; delete unused ones.
    """
    folder = paths.cache(os.environ)
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(_BEFORE) and name.endswith(_AFTER):
                with suppress(OSError):
                    _renew(state, name[len(_BEFORE) : -len(_AFTER)])


def _renew(state: State, account_id: str) -> None:
    target, account = path(account_id), state.book.get(account_id)
    status = os.stat(target)
    if account is None or time.time() - status.st_atime > LOOKED:
        os.unlink(target)
        return
    if _is_outdated(state, account, target, status.st_mtime):
        files.write(target, html(state, account).encode(), lasting=False)
        os.utime(target, (status.st_atime, time.time()))


def _is_outdated(state: State, account: Account, target: str, written: float) -> bool:
    """Tell whether a page that was written at this time shows what is out of date. Raises OSError."""
    fetched_at = state.of(account).snapshot.fetched_at
    if fetched_at is not None and fetched_at.timestamp() > written:
        return True
    if _is_newer(preferences.path(), written):
        return True
    return _is_newer(accounts.path(), written) and not _is_called(target, _name(state, account))


def _is_newer(path: str, written: float) -> bool:
    return os.path.exists(path) and os.stat(path).st_mtime > written


def _is_called(target: str, name: str) -> bool:
    """Tell whether a page has this name in its title. Raises OSError."""
    from html import escape

    return escape(name) in (files.read(target) or b"").decode("utf-8", "replace")
