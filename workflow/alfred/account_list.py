"""The list that Alfred shows: where to work now, every account, and how to add one."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from typing import List, Optional

from ..display import quotas
from ..display.row import Part, Row, fitted, row_of, rows_of
from ..display.times import ago
from ..errors import Mistake
from ..i18n.alfred_messages import say as tell
from ..i18n.catalog import say as in_language
from ..i18n.message import Message
from ..i18n.messages import say
from ..models import utc_now
from ..provider import discovery
from ..state import ranking
from ..state.state import State
from ..system import network
from . import account_row
from .items import Item

NEXT_BEST = 3  # accounts that the first row names
DETOUR = "detour"  # the row that says where everything goes instead


def items(state: State, now: Optional[datetime] = None) -> List[Item]:
    """The rows of the list; one that says how to begin when there is none."""
    language = state.settings.language
    found: List[Item] = []
    if state.book.damaged:
        found.append(
            Item(
                title=say("damaged", language),
                subtitle=say("damaged_how", language, os.path.basename(state.book.damaged)),
                icon="icons/warning.png",
                arg=state.book.damaged,
                variables={"action": "reveal"},
            )
        )
    found += _detour_row(language)
    with suppress(
        Exception
    ):  # who cannot be told is not recommended, and the others have their rows
        found += _best_row(state, now or utc_now())
    found += [_item(state, each) for each in rows_of(state) if not each.account.hidden]
    return [*found, _add_row(bool(state.book.accounts), language)]


def _item(state: State, row: Row) -> Item:
    """One account as a row of a launcher."""
    provider = state.provider(row.account.id)
    return state.tell(
        row.account, lambda told: account_row.item(row, provider, told, state.settings)
    )


def _detour_row(language: str) -> List[Item]:
    """That everything goes to a stand-in, or why nothing goes anywhere; no row in real use."""
    try:
        address = network.loopback(os.environ)
        if not address:
            return []
        title, how = say("detour", language, address), say("detour_how", language)
    except Mistake as error:
        title, how = say("asks_nobody", language), in_language(Message(*error.message), language)
    return [Item(title=title, subtitle=how, uid=DETOUR, icon="icons/warning.png", valid=False)]


def _best_row(state: State, now: datetime) -> List[Item]:
    """Where to work now, in one line; nothing with fewer than two accounts to choose from."""
    settings, language = state.settings, state.settings.language
    if not settings.best or sum(not account.hidden for account in state.book.accounts) < 2:
        return []
    places = ranking.ranked(state.book.accounts, state.snapshots, settings, now)
    if not places:
        return []
    best, *others = (row_of(state, place.account) for place in places[:NEXT_BEST])
    snapshot, quota = state.snapshots[best.account.id], places[0].quota
    parts = [Part(best.headline + (quotas.reset(quota, language, lead=" · ") if quota else ""))]
    for number, other in enumerate(others):
        said = f"{other.name} {other.headline}"
        parts.append(Part(said if number else tell("best_then", language, said), number + 1))
    if snapshot.fetched_at:
        parts.append(Part(ago(snapshot.fetched_at)))
    return [
        Item(
            title=tell("best", language, best.name),
            subtitle=" · ".join(part.text for part in fitted(parts)),
            arg=best.account.id,
            uid="best",
            icon="icons/best.png",
            match=f"best work now 现在 {best.name}",
            copy=best.copied,
            large=f"{best.title}\n{' · '.join(best.details)}",
            quicklook=account_row.dashboard(best, state.provider(best.account.id)),
            mods=account_row.mods(best, snapshot, language),
            variables={"action": "details", "account": best.account.id},
        )
    ]


def _choice(language: str) -> str:
    return tell("add_how", language, len(discovery.names()))


def _first_choice(language: str) -> str:
    """Name the providers that there are."""
    known = [about.short for about in discovery.everything().values()]
    names = say("list_between", language).join(known)
    return say("add_first_how", language, count=len(known), names=names)


def _add_row(has_some: bool, language: str) -> Item:
    """The last row of the list, and the only one of an empty list."""
    return Item(
        title=tell("add", language) if has_some else say("add_first", language),
        subtitle=_choice(language) if has_some else _first_choice(language),
        arg="add",
        uid="add",
        icon="icons/add.png",
        match="add new account 添加 新 账号",
        variables={"action": "add"},
    )
