"""An account's row as an Item of the Script Filter: the actions of its keys, and its search terms."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple, cast

from .. import paths
from ..display.names import FAILURES, called
from ..display.numbers import is_currency
from ..display.part import joined
from ..display.quotas import until_reset
from ..display.row import Row, row_of
from ..display.times import coming, near, switch
from ..i18n.catalog import plain, say
from ..i18n.message import Message, _
from ..models import Account, Quota, Snapshot
from ..provider.contract import Provider
from ..state.state import AccountState, State
from ..state.status import left_percent
from .items import Item, Modifier, searchable
from .menu import REFRESH, Action, act

SHARES = (50, 20, 10, 5)  # percent left; a row below one is found by "<20%"


def item(row: Row, known: AccountState) -> Item:
    """Return an account's row; it is cached, since two lists show the same one."""
    before = known.rendered.get("item")
    if not (isinstance(before, tuple) and before[0] is row):
        before = known.rendered["item"] = (row, _item(row, known))
    return cast("Item", before[1])


def item_of(state: State, account: Account) -> Item:
    """Return the row of one of the accounts."""
    row = row_of(state, account)
    return state.render(account, lambda known: item(row, known))


def _item(row: Row, known: AccountState) -> Item:
    account, provider, snapshot = known.account, known.provider, known.snapshot
    does = remedy(row, provider, snapshot)
    return Item(
        title=row.title,
        subtitle=row.subtitle(say(does.sentence)),
        arg=does.arg or account.id,
        uid=account.id,
        icon=icon(account.provider, row.level),
        match=_match(row, known),
        mods={**mods(row, snapshot), **_remind(known)},
        copy=row.copied,
        large="\n".join(filter(None, (row.title, joined(row.parts)))),
        quicklook=dashboard(row, provider),
        variables=act(does.action, account=account.id),
    )


def icon(provider: str, level: str) -> str:
    """Return the path of a provider's icon at a level, relative to the workflow, or of the nearest one drawn."""
    drawn = _drawn(paths.root())
    named = (name for name in (f"{provider}-{level}.png", f"{provider}.png") if name in drawn)
    return f"icons/{next(named, 'icon.png')}"


@functools.lru_cache(maxsize=2)
def _drawn(root: str) -> frozenset[str]:
    with suppress(OSError):
        return frozenset(os.listdir(os.path.join(root, "icons")))
    return frozenset()


def dashboard(row: Row, provider: Provider | None) -> str | None:
    """Return the page with the provider's own numbers."""
    return provider.page_of(row.account) if provider else None


class Remedy(NamedTuple):
    """The action of ↩: showing details, or on an error row what helps."""

    action: Action
    sentence: Message | None = None  # None if the subtitle need not mention it
    arg: str = ""


_REPLACE = Remedy("replace", _("↩ Replace the credential"))
_AGAIN = Remedy("refresh", _("↩ Try again now"))
_DETAILS = Remedy("details", _("↩ Details"))
_REMEDIES: Mapping[str, Remedy] = {
    "no_credential": _REPLACE,
    "credential_rejected": _REPLACE,
    "wrong_credential": _REPLACE,
    "credential_expired": _REPLACE,
    "blocked": _AGAIN,
    "unreachable": _AGAIN,
    "provider_failed": _AGAIN,
    "store_locked": Remedy("refresh", _("↩ Ask the keychain again")),
    "unexpected_response": Remedy("copy_report", _("↩ Copy a diagnostic report")),
}


def remedy(row: Row, provider: Provider | None, snapshot: Snapshot) -> Remedy:
    """Choose the action of ↩. An expired session could not be exchanged, so only a new cookie helps."""
    failure, account = snapshot.failure, row.account
    if failure is None:
        return Remedy("details") if snapshot.usage else Remedy("refresh", _("↩ Refresh now"))
    if account.kind == "none":
        return _AGAIN  # the message says what to do in the other program first
    if failure.kind == "not_available" and provider:
        page = provider.page_of(account)
        return Remedy("open", _("↩ Open the provider's page"), page)
    if failure.kind == "credential_expired" and account.kind == "access_token":
        return Remedy("token", _("↩ Copy a new token"))
    return _REMEDIES.get(failure.kind, _DETAILS)


def mods(row: Row, snapshot: Snapshot) -> dict[str, Modifier]:
    """Return the actions of an account's row while modifier keys are held."""
    account = row.account

    def mod(action: Action, subtitle: str, arg: str) -> Modifier:
        return Modifier(subtitle, act(action, account=account.id), arg)

    if account.kind == "session":
        trade = mod("exchange", say(_("⌘⌥↩ Re-exchange the session for a new token")), account.id)
    elif account.kind == "access_token":
        trade = mod("token", say(_("⌘⌥↩ Show how to copy a new token (method A)")), account.id)
    else:
        trade = Modifier(say(_("⌘⌥↩ ChatGPT only")), valid=False)
    manage = _("⌃↩ Manage: rename, replace the credential, remove")
    if account.kind == "none":
        manage = _("⌃↩ Manage: rename, arrange, remove")
    return {
        "cmd": mod("refresh", _refresh_text(row, snapshot), account.id),
        "alt": mod("copy", say(_("⌥↩ Copy this account's summary")), row.copied),
        "ctrl": mod("manage", say(manage), account.id),
        "cmd+alt": trade,
    }


def _remind(known: AccountState) -> dict[str, Modifier]:
    """Return the action of ⌃⌥↩ for an account whose low quota will reset."""
    how = reset(known, "⌃⌥")
    of_account = act("remind", account=known.account.id)
    return {"ctrl+alt": Modifier(how, of_account, known.account.id)} if how else {}


def reset(known: AccountState, keys: str = "") -> str:
    """Offer a reminder at the reset of an account's low quota, with the countdown; "" if it has none."""
    quota = known.status.headline
    if quota is None or quota.resets_at is None or not known.status.is_low:
        return ""
    sentence = say(_("{keys}↩ Remind me at the reset, in {span} ({time})"), keys=keys)
    return coming(quota.resets_at, sentence, say(_("has reset")))


def _refresh_text(row: Row, snapshot: Snapshot) -> str:
    """Say what ⌘↩ does, also while the provider must not be asked."""
    now = say(REFRESH, account=row.name)
    failure = snapshot.failure
    if failure is None or failure.retry_at is None:
        return now
    return coming(failure.retry_at, say(_("⌘↩ Paused, next try in {span} ({time})")), now)


def _match(row: Row, known: AccountState) -> str:
    provider, status = known.provider, known.status
    usage, failure = known.snapshot.usage, known.snapshot.failure
    terms = [row.name, row.account.region]
    terms += [provider.name, provider.match] if provider else []
    if usage is not None:
        terms += [usage.plan or "", *(balance.unit for balance in usage.balances)]
        terms += [spend.unit for spend in usage.spends]
        terms += [each.unit for each in usage.quotas if is_currency(each.unit)]
        terms += ["low", "不足"] if status.is_low else []
        terms += ["blocked", "无法使用"] if status.is_blocked else []
    if failure is not None:
        terms += ["error", "fail", "错误", failure.kind, called(FAILURES, failure.kind)]
    ends = " stale 过期"
    if status.stale_at is not None:
        ends = switch(status.stale_at, "", ends)
    known_by = searchable(" ".join(plain(term) for term in dict.fromkeys(terms) if term))
    return f"{known_by} {plain(row.account.id)}" + _moving(status.headline) + ends


def _moving(quota: Quota | None) -> str:
    """Return the search terms of the headline that hold until its reset: how little is left, how soon it resets."""
    if quota is None:
        return ""
    left = left_percent(quota)
    under = [each for each in SHARES if left is not None and left < each]
    shares = "".join(f" <{each}% under{each}" for each in under)
    if quota.resets_at is None:
        return shares
    return (until_reset(quota, shares) if shares else "") + near(quota.resets_at)
