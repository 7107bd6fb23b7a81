"""A row of accounts as an Item of the Script Filter: what its keys do, and what finds it."""

from __future__ import annotations

import os
from typing import Dict, NamedTuple, Optional

from .. import paths
from ..display.row import Row
from ..display.times import coming, switch
from ..i18n import catalog
from ..i18n.alfred_messages import say as tell
from ..i18n.messages import say
from ..models import Snapshot
from ..provider.contract import Provider
from ..settings import Settings
from ..state import status as statuses
from .items import Item, Modifier


def item(row: Row, provider: Optional[Provider], snapshot: Snapshot, settings: Settings) -> Item:
    """One account as a row of the Script Filter."""
    account = row.account
    remedy = _remedy(row, provider, snapshot)
    todo = tell(f"remedy_{remedy.word}", settings.language) if remedy.word else ""
    return Item(
        title=row.title,
        subtitle=row.subtitle(todo),
        arg=remedy.arg or account.id,
        uid=account.id,
        icon=icon(account.provider, row.level),
        match=_match(row, provider, snapshot, settings),
        mods=mods(row, snapshot, settings.language),
        copy=row.copied,
        large=f"{row.title}\n{' · '.join(row.details)}",
        quicklook=dashboard(row, provider),
        variables={"action": remedy.action, "account": account.id},
    )


def icon(provider: str, level: str) -> str:
    """The picture of a provider at a level, relative to the workflow; the plainest there is."""
    drawn = (f"icons/{provider}-{level}.png", f"icons/{provider}.png")
    there = (path for path in drawn if os.path.exists(os.path.join(paths.root(), path)))
    return next(there, "icons/icon.png")


def dashboard(row: Row, provider: Optional[Provider]) -> Optional[str]:
    """The page with the provider's own numbers."""
    return provider.dashboard_page(row.account.region) if provider else None


class _Remedy(NamedTuple):
    """What ↩ does: show details, or on an error row what helps."""

    action: str
    word: str = ""  # "" where the subtitle needs not say it
    arg: str = ""


_REMEDIES = {
    "no_credential": _Remedy("replace", "replace"),
    "credential_rejected": _Remedy("replace", "replace"),
    "wrong_credential": _Remedy("replace", "replace"),
    "credential_expired": _Remedy("replace", "replace"),
    "rate_limited": _Remedy("details", "details"),
    "blocked": _Remedy("refresh", "refresh"),
    "unreachable": _Remedy("refresh", "refresh"),
    "provider_failed": _Remedy("refresh", "refresh"),
    "store_locked": _Remedy("refresh", "unlock"),
    "unexpected_response": _Remedy("diagnostics", "diagnostics"),
}


def _remedy(row: Row, provider: Optional[Provider], snapshot: Snapshot) -> _Remedy:
    """What ↩ does. A session that has expired could not be exchanged: only a new cookie helps."""
    failure, account = snapshot.failure, row.account
    if failure is None:
        return _Remedy("details") if snapshot.usage else _Remedy("refresh", "ask")
    if failure.kind == "not_available" and provider:
        return _Remedy("open", "open", provider.dashboard_page(account.region))
    if failure.kind == "credential_expired" and account.kind == "access_token":
        return _Remedy("token", "token")
    return _REMEDIES.get(failure.kind, _Remedy("details", "details"))


def mods(row: Row, snapshot: Snapshot, language: str) -> Dict[str, Modifier]:
    """What an account's row does while modifier keys are held."""
    account = row.account

    def mod(action: str, subtitle: str, arg: str) -> Modifier:
        return Modifier(subtitle, {"action": action, "account": account.id}, arg)

    if account.kind == "session":
        trade = mod("exchange", say("mod_exchange", language), account.id)
    elif account.kind == "access_token":
        trade = mod("token", say("mod_token", language), account.id)
    else:
        trade = Modifier(say("mod_no_exchange", language), valid=False)
    return {
        "cmd": mod("refresh", _asks(row, snapshot, language), account.id),
        "alt": mod("copy", say("mod_copy", language), row.copied),
        "ctrl": mod("manage", say("mod_manage", language), account.id),
        "cmd+alt": trade,
    }


def _asks(row: Row, snapshot: Snapshot, language: str) -> str:
    """What ⌘↩ does, also while the provider wants to be left alone."""
    now = say("mod_refresh", language, row.name)
    failure = snapshot.failure
    if failure is None or failure.retry_at is None:
        return now
    return coming(failure.retry_at, tell("held", language, "{}", "{}"), now)


def _match(row: Row, provider: Optional[Provider], snapshot: Snapshot, settings: Settings) -> str:
    usage, failure = snapshot.usage, snapshot.failure
    words = [row.name, row.account.id, row.account.region]
    words += [provider.name, provider.match] if provider else []
    if usage is not None:
        words += [usage.plan or "", *(balance.unit for balance in usage.balances)]
        words += [spend.unit for spend in usage.spends]
        status = statuses.status(row.account, snapshot, settings)
        words += ["low", "不足"] if status.is_low else []
        words += ["blocked", "无法使用"] if status.is_blocked else []
    if failure is not None:
        words += ["error", "fail", "错误", failure.kind]
    stale = statuses.stale_at(snapshot, settings)
    ends = switch(stale, "", " stale 过期") if stale else " stale 过期"
    return " ".join(catalog.plain(word) for word in words if word) + ends
