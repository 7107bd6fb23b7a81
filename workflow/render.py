"""Account and snapshot as a row: pure, with every moving value as a marker of clock.py."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Dict, List, NamedTuple, Optional, Tuple

from . import paths, standing, text
from .clock import ago, coming, switch
from .menu_words import say as tell
from .models import Account, Balance, Quota, Snapshot, Spend, Usage
from .provider import Provider
from .script_filter import Item, Modifier
from .settings import Settings
from .words import name_of, say

GAP = "   "  # between the name and the number of a title
SIDE_LANES = 3  # that find room in a subtitle
HIDDEN = "•••"


@dataclass(frozen=True)
class Row:
    """One account as every face shows it; texts carry markers."""

    account: Account
    name: str  # "GLM · Work"
    headline: str  # "41% left"
    bar: str  # " ▰▰▰▰▱▱▱▱▱▱", or "" without a share
    details: Tuple[str, ...]  # what a subtitle is joined from, the age last
    level: str  # "plenty", "low", "critical", "error", "unknown"

    @property
    def title(self) -> str:
        """Name, number and bar in one line."""
        return f"{self.name}{GAP}{self.headline}{self.bar}"

    @property
    def subtitle(self) -> str:
        """The details in one line."""
        return " · ".join(self.details)

    @property
    def line(self) -> str:
        """All of it in one line, to copy."""
        return f"{self.name}: {' · '.join((self.headline, *self.details))}"


def row(
    account: Account, provider: Optional[Provider], snapshot: Snapshot, settings: Settings
) -> Row:
    """One account as every face shows it."""
    short = provider.short if provider else account.provider
    share, bar = _headline(snapshot, settings)
    return Row(
        account=account,
        name=name(account, short, settings),
        headline=share,
        bar=bar,
        details=tuple(part for part in _details(account, snapshot, settings) if part),
        level=standing.level(account, snapshot, settings),
    )


def name(account: Account, short: str, settings: Settings) -> str:
    """What an account is called: "GLM · Work", or just its label when that says as much."""
    if settings.privacy:
        return f"{short} · {HIDDEN}"
    label = text.plain(account.label)
    return label if label.casefold().startswith(short.casefold()) else f"{short} · {label}"


def item(row: Row, provider: Optional[Provider], snapshot: Snapshot, settings: Settings) -> Item:
    """One account as a row of the Script Filter."""
    account = row.account
    remedy = _remedy(row, provider, snapshot)
    todo = (tell(f"remedy_{remedy.word}", settings.language),) if remedy.word else ()
    return Item(
        title=row.title,
        subtitle=" · ".join((*todo, row.subtitle)),
        arg=remedy.arg or account.id,
        uid=account.id,
        icon=icon(account.provider, row.level),
        match=_match(row, provider, snapshot, settings),
        mods=_mods(row, snapshot, settings.language),
        copy=row.line,
        large=f"{row.title}\n{row.subtitle}",
        quicklook=provider.dashboard_page(account.region) if provider else None,
        variables={"action": remedy.action, "account": account.id},
    )


def icon(provider: str, level: str) -> str:
    """The picture of a provider at a level, relative to the workflow; the plainest there is."""
    drawn = (f"icons/{provider}-{level}.png", f"icons/{provider}.png")
    there = (path for path in drawn if os.path.exists(os.path.join(paths.root(), path)))
    return next(there, "icons/icon.png")


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
    """What ↩ does. A row that still shows good numbers leads to its details."""
    failure, account = snapshot.failure, row.account
    if failure is None or row.level != "error":
        return _Remedy("details")
    if failure.kind == "not_available" and provider:
        return _Remedy("open", "open", provider.dashboard_page(account.region))
    if failure.kind == "credential_expired" and account.kind == "session":
        return _Remedy("exchange", "exchange")
    if failure.kind == "credential_expired" and account.kind == "access_token":
        return _Remedy("token", "token")
    return _REMEDIES.get(failure.kind, _Remedy("details", "details"))


def _mods(row: Row, snapshot: Snapshot, language: str) -> Dict[str, Modifier]:
    account = row.account

    def mod(action: str, subtitle: str, arg: str) -> Modifier:
        return Modifier(subtitle, {"action": action, "account": account.id}, arg)

    mods = {
        "cmd": mod("refresh", _asks(row, snapshot, language), account.id),
        "alt": mod("copy", say("mod_copy", language), row.line),
        "ctrl": mod("manage", say("mod_manage", language), account.id),
    }
    if account.kind == "session":
        mods["cmd+alt"] = mod("exchange", say("mod_exchange", language), account.id)
    elif account.kind == "access_token":
        mods["cmd+alt"] = mod("token", say("mod_token", language), account.id)
    return mods


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
        if standing.is_low(row.account, usage, settings):
            words += ["low", "不足"]
    if failure is not None:
        words += ["error", "fail", "错误", failure.kind]
    stale = standing.stale_at(snapshot, settings)
    ends = switch(stale, "", " stale 过期") if stale else " stale 过期"
    return " ".join(text.plain(word) for word in words if word) + ends


def _headline(snapshot: Snapshot, settings: Settings) -> Tuple[str, str]:
    usage, failure, language = snapshot.usage, snapshot.failure, settings.language
    if failure is not None and (usage is None or failure.kind in standing.NEEDS_USER):
        return f"⚠ {name_of('kind', failure.kind, language)}", ""
    if usage is None:
        return say("nothing_yet", language), ""
    quota = standing.headline(usage.quotas)
    if quota is not None and (quota.unlimited or standing.left_percent(quota) is not None):
        said, bar = share(quota, settings)
        return _until_reset(quota, said, say("has_reset", language)), _until_reset(quota, bar)
    if usage.balances:
        return amount_text(usage.balances[0].available, usage.balances[0].unit, settings), ""
    if usage.spends:
        return spend(usage.spends[0], settings), ""
    if quota is not None:
        return _until_reset(quota, share(quota, settings)[0], say("has_reset", language)), ""
    return say("no_number", language), ""


def share(quota: Quota, settings: Settings) -> Tuple[str, str]:
    """A quota in words ("41% left") and as a bar (" ▰▰▰▰▱▱▱▱▱▱"), which is "" without a share."""
    language, sure = settings.language, _sure(quota)
    left, used = standing.left_percent(quota), quota.used_percent
    if quota.unlimited:
        return say("unlimited", language), ""
    if left is not None and used is not None:
        shown = left if settings.show == "left" else used
        return say(settings.show, language, sure + text.share(shown)), f" {text.bar(shown)}"
    if quota.remaining is not None:
        return say("left", language, sure + amount_text(quota.remaining, quota.unit, settings)), ""
    if quota.used is not None:
        return say("used", language, sure + amount_text(quota.used, quota.unit, settings)), ""
    return say("no_number", language), ""


def spend(spent: Spend, settings: Settings) -> str:
    """A spend with its period: "$1.31 this month"."""
    said = amount_text(spent.amount, spent.unit, settings)
    if spent.since.date() == spent.until.date():
        return say("today", settings.language, said)
    if spent.since.day == 1 and spent.since.month == spent.until.month:
        return say("this_month", settings.language, said)
    return say("days", settings.language, said, (spent.until - spent.since).days + 1)


def _details(account: Account, snapshot: Snapshot, settings: Settings) -> List[str]:
    usage, failure, language = snapshot.usage, snapshot.failure, settings.language
    parts: List[str] = []
    if failure is not None:
        parts.append(f"⚠ {text.say(failure.message, language)}")
        if failure.retry_at:
            parts.append(_moment("retry", failure.retry_at, "retry_now", language))
    if usage is not None:
        parts += _numbers(usage, settings)
        parts += [text.say(usage.notice, language), text.plain(usage.plan or "")]
    parts.append(expiry(account, settings))
    if snapshot.fetched_at is not None:
        parts.append(ago(snapshot.fetched_at))
    elif failure is None:
        parts.append(say("never_asked", language))
    return parts


def _numbers(usage: Usage, settings: Settings) -> List[str]:
    quotas = standing.arranged(usage.quotas)
    main = [quota for quota in quotas if not quota.side]
    shared = [quota for quota in main if _has_share(quota)]
    parts = [_window(quota, settings) for quota in shared]
    if shared:
        parts[-1] += reset(shared[0], settings.language, lead=" · ")
    for i, balance in enumerate(usage.balances):
        parts.append(_balance(balance, settings, headline=not shared and i == 0))
    first = 0 if shared or usage.balances else 1
    parts += [spend(spent, settings) for spent in usage.spends[first:]]
    rest = [quota for quota in main if not _has_share(quota)]
    side = [quota for quota in quotas if quota.side]
    side.sort(key=lambda quota: (not quota.alert, not _has_share(quota)))
    return parts + [_window(quota, settings) for quota in (*rest, *side[:SIDE_LANES])]


def _has_share(quota: Quota) -> bool:
    return quota.unlimited or quota.used_percent is not None


def _window(quota: Quota, settings: Settings) -> str:
    """A quota in a few letters: "Week 41%", "Plan 639/1,000 credits left"."""
    language, sure = settings.language, _sure(quota)
    label = text.short_label(quota.label, language)
    left, used = standing.left_percent(quota), quota.used_percent
    if quota.unlimited:
        return f"{label} ∞"
    if left is not None and used is not None and quota.unit == "%":
        said = sure + text.share(left if settings.show == "left" else used)
    elif left is not None and quota.limit is not None:
        said = _of(quota, settings)
    else:
        amount = quota.used if quota.remaining is None else quota.remaining
        if amount is None:
            return label
        said = sure + _amount(amount, quota, settings)
        if quota.remaining is not None:
            said = say("left", language, said)
    shown = f"{label} {said}"
    return _until_reset(quota, shown, f"{label} {say('has_reset', language)}")


def _amount(number: Decimal, quota: Quota, settings: Settings) -> str:
    """A number with its unit, unless the label has said it."""
    if quota.unit in quota.label.casefold():
        return text.count(number)
    return amount_text(number, quota.unit, settings)


def _of(quota: Quota, settings: Settings) -> str:
    shown = quota.remaining if settings.show == "left" else quota.used
    if text.is_currency(quota.unit):
        parts = [amount_text(n or Decimal(0), quota.unit, settings) for n in (shown, quota.limit)]
        return say(settings.show, settings.language, _sure(quota) + "/".join(parts))
    numbers = "/".join(text.count(n or Decimal(0)) for n in (shown, quota.limit))
    said = f"{_sure(quota)}{numbers} {text.unit(quota.unit, settings.language)}"
    return say(settings.show, settings.language, said)


def balance_text(balance: Balance, settings: Settings) -> str:
    """A balance in full: what is available, and what of it is cash and voucher."""
    said = amount_text(balance.available, balance.unit, settings)
    parts = _balance(balance, settings, headline=True)
    return f"{said} ({parts})" if parts else said


def _balance(balance: Balance, settings: Settings, headline: bool) -> str:
    if balance.granted and balance.granted >= balance.available:
        return say(
            "voucher", settings.language, amount_text(balance.granted, balance.unit, settings)
        )
    if balance.granted:
        cash = amount_text(balance.available - balance.granted, balance.unit, settings)
        return say(
            "cash", settings.language, cash, amount_text(balance.granted, balance.unit, settings)
        )
    return "" if headline else amount_text(balance.available, balance.unit, settings)


def amount_text(amount: Decimal, unit: str, settings: Settings) -> str:
    """A number with its unit; what it says of money is nobody else's business."""
    said = text.amount(amount, unit, settings.language)
    if settings.privacy and text.is_currency(unit):
        return "".join(c for c in said if not (c.isdigit() or c in "<., ")) + HIDDEN
    return said


def expiry(account: Account, settings: Settings) -> str:
    """When a token or session ends, with a warning from a day before; "" for keys."""
    if account.expires_at is None:
        return ""
    what = "session" if account.kind == "session" else "token"
    ends = _moment(f"{what}_expires", account.expires_at, f"{what}_expired", settings.language)
    return switch(account.expires_at - timedelta(days=1), "", "⚠ ") + ends


def reset(quota: Quota, language: str, lead: str = "", after: str = "") -> str:
    """When an allowance comes back, and what is said when it has; "" when nobody knows."""
    if quota.resets_at is None:
        return ""
    return coming(quota.resets_at, lead + _sure(quota) + say("resets", language, "{}", "{}"), after)


def _moment(before: str, at: datetime, after: str, language: str) -> str:
    """A sentence with countdown and clock time, and the one that is said when the moment is past."""
    return coming(at, say(before, language, "{}", "{}"), say(after, language))


def _sure(quota: Quota) -> str:
    return "~" if quota.estimated else ""


def _until_reset(quota: Quota, before: str, after: str = "") -> str:
    """Numbers that are known to be wrong once the reset has passed."""
    return before if quota.resets_at is None else switch(quota.resets_at, before, after)
