"""The list that Alfred shows: where to work now, every account, and how to add one."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from typing import Callable, TypeVar

from .. import settings as preferences
from ..display import forecasts, names, quotas
from ..display.part import Part, joined
from ..display.row import arranged, fitted, row_of
from ..display.times import ago
from ..errors import Mistake
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account, utc_now
from ..provider import discovery
from ..state import ranking
from ..state.state import State
from ..system import network
from . import account_row
from .items import Item, searchable
from .menu import act, all_hidden, choice

_T = TypeVar("_T")
_OTHER = _("{account} ({left})")
NEXT_BEST = 3  # accounts named in the first row
_STAND_IN = _(
    "TANKFUL_LOOPBACK is set: the numbers come from a test server, not from the "
    "providers; unset it for real use"
)
_MENDED = _("↩ Show {file} in Finder: repair it and rename it to settings.json, or delete it")
DETOUR = "detour"  # the uid of the row about the test server


def items(state: State, now: datetime | None = None) -> list[Item]:
    """Return the rows of the list; without accounts, one that says how to begin."""
    return _rows(state, now or utc_now(), lambda account: account_row.item_of(state, account))


def written(state: State, write: Callable[[Item], str]) -> list[str]:
    """Return the rows as JSON; each account's is written once."""

    def row(account: Account) -> str:
        return state.piece(
            account, "row", lambda known: write(account_row.item_of(state, known.account))
        )

    rows = _rows(state, utc_now(), row)
    return [each if isinstance(each, str) else write(each) for each in rows]


def _rows(state: State, now: datetime, of_account: Callable[[Account], _T]) -> list[Item | _T]:
    best: list[Item] = []
    with suppress(Exception):  # without a recommendation, the accounts are still shown
        best = _best_row(state, now)
    return [
        *_damaged_row(state.book.damaged),
        *_settings_row(),
        *_detour_row(),
        *best,
        *(of_account(account) for account in arranged(state) if not account.hidden),
        *([all_hidden()] if state.book.is_all_hidden else []),
        _add_row(bool(state.book.accounts)),
        *([_more_row()] if state.book.accounts else []),
    ]


def _damaged_row(kept: str | None) -> list[Item]:
    if not kept:
        return []
    how = _(
        "↩ Show {file} in Finder: repair it and rename it to accounts.json, or add "
        "the accounts again"
    )
    item = Item(
        title=say(_("accounts.json was damaged; a copy is kept")),
        subtitle=say(how, file=os.path.basename(kept)),
        icon="icons/warning.png",
        arg=kept,
        variables=act("reveal"),
    )
    return [item]


def _settings_row() -> list[Item]:
    """Return the row about settings that do not apply, as settings.json was damaged or cannot be read."""
    complaint, kept = preferences.complaint(), preferences.DOCUMENT.set_aside()
    if complaint is None:
        return []
    sentence, file = say(complaint), os.path.basename(kept or "")
    title = names.first_clause(sentence)
    if kept is None or file not in sentence:  # it cannot be read, or is a newer Tankful's
        how = names.after_first_clause(sentence)
        return [Item(title, how, icon="icons/warning.png", valid=False)]
    how = say(_MENDED, file=file)
    return [Item(title, how, kept, icon="icons/warning.png", variables=act("reveal"))]


def _detour_row() -> list[Item]:
    """Return the row that says that a test server is asked, or why none is; no row in real use."""
    try:
        address = network.loopback(os.environ)
        if not address:
            return []
        title = say(_("Everything goes to {address}"), address=address)
        how = say(_STAND_IN)
    except Mistake as error:
        title, how = say(_("Tankful asks no provider")), say(Message(*error.message))
    return [Item(title=title, subtitle=how, uid=DETOUR, icon="icons/warning.png", valid=False)]


def _best_row(state: State, now: datetime) -> list[Item]:
    """Return the row that says where to work now; none with fewer than two accounts to choose from."""
    settings = state.settings
    if not settings.best or sum(not account.hidden for account in state.book.accounts) < 2:
        return []
    places = ranking.ranked(state.everything, now)
    if not places:
        return []
    best, *others = (row_of(state, place.account) for place in places[:NEXT_BEST])
    snapshot, place = state.snapshots[best.account.id], places[0]
    parts = [Part(best.headline + forecasts.lost(place.pace) + quotas.reset(place.quota, " · "))]
    if others:
        named = [say(_OTHER, account=each.name, left=each.headline) for each in others]
        text = say(_("then {accounts}"), accounts=say(_(", ")).join(named))
        parts.append(Part(text, 1, short=say(_("then {accounts}"), accounts=named[0])))
    if snapshot.fetched_at:
        parts.append(Part(ago(snapshot.fetched_at)))
    return [
        Item(
            title=say(_("Work here now: {account}"), account=best.name),
            subtitle=joined(fitted(parts)),
            arg=best.account.id,
            uid="best",
            icon="icons/best.png",
            match=searchable(f"best work now 现在 {best.name}"),
            copy=best.copied,
            large=f"{best.title}\n{joined(best.parts)}",
            quicklook=account_row.dashboard(best, state.providers.get(best.account.provider)),
            mods=account_row.mods(best, snapshot),
            variables=act("details", account=best.account.id),
        )
    ]


def _first_choice() -> str:
    """Say how many providers there are, and name the best known."""
    known = discovery.everything().values()
    names = say(_(", ")).join(about.short for about in known if about.is_prominent)
    return say(
        _("{count} providers: {names} … · in a shell: tankful add"), count=len(known), names=names
    )


def _more_row() -> Item:
    """Return the row that leads to the menu for all accounts, which also has its own keyword."""
    return Item(
        title=say(_("More…")),
        subtitle=say(
            _("↩ Refresh all, summary, settings, diagnostics, guide · or the keyword with a colon")
        ),
        arg="extras",
        uid="more",
        icon="icons/settings.png",
        match="more extras 更多",
        variables=act("extras"),
    )


def _add_row(has_some: bool) -> Item:
    """Return the row to add an account, which is the only one of an empty list."""
    return Item(
        title=say(_("Add account…")) if has_some else say(_("Add your first account")),
        subtitle=choice() if has_some else _first_choice(),
        arg="add",
        uid="add",
        icon="icons/add.png",
        match="add new account 添加 新 账号",
        variables=act("add"),
    )
