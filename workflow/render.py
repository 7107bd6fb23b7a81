"""Account and snapshot as a row: pure, with every moving value as a marker of clock.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Dict, List, Optional, Tuple

from . import standing, text
from .clock import mark
from .models import Account, Balance, Quota, Snapshot, Spend, Usage
from .provider import Provider
from .script_filter import Item, Modifier
from .settings import Settings
from .words import say

GAP = "   "  # between the name and the number of a title
SIDE_LANES = 3  # that find room in a subtitle
HIDDEN = "•••"


@dataclass(frozen=True)
class Row:
    """One account as every face shows it; texts carry markers."""

    account: Account
    name: str  # "GLM · Work"
    headline: str  # "41% left"
    bar: str  # "▰▰▰▰▱▱▱▱▱▱", or "" without a share
    details: Tuple[str, ...]  # what a subtitle is joined from, the age last
    level: str  # "plenty", "low", "critical", "error", "unknown"

    @property
    def title(self) -> str:
        """Name, number and bar in one line."""
        return f"{self.name}{GAP}{' '.join(part for part in (self.headline, self.bar) if part)}"

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
    if account.label.casefold().startswith(short.casefold()):
        return account.label
    return f"{short} · {account.label}"


def item(row: Row, provider: Optional[Provider], snapshot: Snapshot, settings: Settings) -> Item:
    """One account as a row of the Script Filter."""
    account = row.account
    return Item(
        title=row.title,
        subtitle=row.subtitle,
        arg=account.id,
        uid=account.id,
        icon=f"icons/{account.provider}-{row.level}.png" if provider else "icons/icon.png",
        match=_match(row, provider, snapshot, settings),
        mods=_mods(row, settings.language),
        copy=row.line,
        large=f"{row.title}\n{row.subtitle}",
        quicklook=provider.dashboard_page(account.region) if provider else None,
        variables={"action": "details", "account": account.id},
    )


def _mods(row: Row, language: str) -> Dict[str, Modifier]:
    account = row.account
    keys = {"cmd": "refresh", "alt": "copy", "ctrl": "manage"}
    mods = {
        key: Modifier(
            say(f"mod_{action}", language, row.name), {"action": action, "account": account.id}
        )
        for key, action in keys.items()
    }
    if account.kind != "api_key":
        sentence = "mod_exchange" if account.kind == "session" else "mod_token"
        mods["cmd+alt"] = Modifier(
            say(sentence, language), {"action": "exchange", "account": account.id}
        )
    return mods


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
    words.append(mark("f", stale.timestamp(), "stale 过期") if stale else "stale 过期")
    return " ".join(word for word in words if word)


def _headline(snapshot: Snapshot, settings: Settings) -> Tuple[str, str]:
    usage, failure, language = snapshot.usage, snapshot.failure, settings.language
    if failure is not None and (usage is None or failure.kind in standing.NEEDS_USER):
        return f"⚠ {say(f'kind_{failure.kind}', language)}", ""
    if usage is None:
        return say("nothing_yet", language), ""
    quota = standing.headline(usage.quotas)
    if quota is not None and (quota.unlimited or standing.left_percent(quota) is not None):
        said, bar = share(quota, settings)
        return _until_reset(quota, said, say("has_reset", language)), _until_reset(quota, bar, "")
    if usage.balances:
        return _money(usage.balances[0].available, usage.balances[0].unit, settings), ""
    if usage.spends:
        return spend(usage.spends[0], settings), ""
    if quota is not None:
        return _until_reset(quota, share(quota, settings)[0], say("has_reset", language)), ""
    return say("no_number", language), ""


def share(quota: Quota, settings: Settings) -> Tuple[str, str]:
    """A quota in words ("41% left") and as a bar; the bar is "" without a share."""
    language, sure = settings.language, "~" if quota.estimated else ""
    left, used = standing.left_percent(quota), quota.used_percent
    if quota.unlimited:
        return say("unlimited", language), ""
    if left is not None and used is not None:
        shown = left if settings.show == "left" else used
        return say(settings.show, language, sure + text.share(shown)), text.bar(shown)
    if quota.remaining is not None:
        return say("left", language, sure + text.amount(quota.remaining, quota.unit, language)), ""
    if quota.used is not None:
        return say("used", language, sure + text.amount(quota.used, quota.unit, language)), ""
    return say("no_number", language), ""


def spend(spent: Spend, settings: Settings) -> str:
    """A spend with its period: "$1.31 this month"."""
    said = _money(spent.amount, spent.unit, settings)
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
            parts.append(say("retry", language, mark("i", failure.retry_at.timestamp())))
    if usage is not None:
        parts += _numbers(usage, settings)
        parts += [text.say(usage.notice, language), usage.plan or ""]
    parts.append(expiry(account, settings))
    if snapshot.fetched_at is not None:
        parts.append(mark("a", snapshot.fetched_at.timestamp()))
    elif failure is None:
        parts.append(say("never_asked", language))
    return parts


def _numbers(usage: Usage, settings: Settings) -> List[str]:
    quotas = standing.arranged(usage.quotas)
    main = [quota for quota in quotas if not quota.side]
    shared = [quota for quota in main if _has_share(quota)]
    parts = [_window(quota, settings) for quota in shared]
    if shared and shared[0].resets_at is not None:
        parts.append(
            ("~" if shared[0].estimated else "") + mark("r", shared[0].resets_at.timestamp())
        )
    for i, balance in enumerate(usage.balances):
        parts.append(_balance(balance, settings, headline=not shared and i == 0))
    first = 0 if shared or usage.balances else 1
    parts += [spend(spent, settings) for spent in usage.spends[first:]]
    rest = [quota for quota in main if not _has_share(quota)]
    side = [quota for quota in quotas if quota.side]
    return parts + [_window(quota, settings) for quota in (*rest, *side[:SIDE_LANES])]


def _has_share(quota: Quota) -> bool:
    return quota.unlimited or quota.used_percent is not None


def _window(quota: Quota, settings: Settings) -> str:
    """A quota in a few letters: "Week 41%", "Plan 639/1,000 credits"."""
    language, sure = settings.language, "~" if quota.estimated else ""
    label = text.short_label(quota.label, language)
    left, used = standing.left_percent(quota), quota.used_percent
    if quota.unlimited:
        return f"{label} ∞"
    if left is not None and used is not None and quota.unit == "%":
        said = text.share(left if settings.show == "left" else used)
    elif left is not None and quota.limit is not None:
        said = _of(quota, settings)
    else:
        amount = quota.used if quota.remaining is None else quota.remaining
        if amount is None:
            return label
        said = _amount(amount, quota, settings)
        if quota.remaining is not None:
            said = say("left", language, said)
    shown = f"{label} {sure}{said}"
    return _until_reset(quota, shown, f"{label} {say('has_reset', language)}")


def _amount(number: Decimal, quota: Quota, settings: Settings) -> str:
    """A number with its unit, unless the label has said it."""
    if quota.unit in quota.label.casefold():
        return text.count(number)
    return text.amount(number, quota.unit, settings.language)


def _of(quota: Quota, settings: Settings) -> str:
    shown = quota.remaining if settings.show == "left" else quota.used
    if text.is_currency(quota.unit):
        parts = [_money(n or Decimal(0), quota.unit, settings) for n in (shown, quota.limit)]
        return "/".join(parts)
    numbers = [text.count(n or Decimal(0)) for n in (shown, quota.limit)]
    return f"{'/'.join(numbers)} {text.unit(quota.unit, settings.language)}"


def balance_text(balance: Balance, settings: Settings) -> str:
    """A balance in full: what is available, and what of it is cash and voucher."""
    said = _money(balance.available, balance.unit, settings)
    parts = _balance(balance, settings, headline=True)
    return f"{said} ({parts})" if parts else said


def _balance(balance: Balance, settings: Settings, headline: bool) -> str:
    if balance.granted and balance.granted >= balance.available:
        return say("voucher", settings.language, _money(balance.granted, balance.unit, settings))
    if balance.granted:
        cash = _money(balance.available - balance.granted, balance.unit, settings)
        return say("cash", settings.language, cash, _money(balance.granted, balance.unit, settings))
    return "" if headline else _money(balance.available, balance.unit, settings)


def _money(amount: Decimal, unit: str, settings: Settings) -> str:
    said = text.amount(amount, unit, settings.language)
    if settings.privacy and text.is_currency(unit):
        return "".join(c for c in said if not (c.isdigit() or c in ".,")) + HIDDEN
    return said


def expiry(account: Account, settings: Settings) -> str:
    """When a token or session ends, with a warning from a day before; "" for keys."""
    if account.expires_at is None:
        return ""
    language, end = settings.language, account.expires_at.timestamp()
    what = say("session" if account.kind == "session" else "token", language)
    warning = mark("f", (account.expires_at - timedelta(days=1)).timestamp(), "⚠ ")
    countdown = mark("i", end, say("has_expired", language))
    ends = mark("u", end, say("expires", language))
    return warning + (
        f"{what}{countdown}{ends}" if language == "zh" else f"{what} {ends}{countdown}"
    )


def _until_reset(quota: Quota, before: str, after: str) -> str:
    """Numbers that are known to be wrong once the reset has passed."""
    if quota.resets_at is None:
        return before
    moment = quota.resets_at.timestamp()
    return mark("u", moment, before) + (mark("f", moment, after) if after else "")
