"""One account with every number it has: unit, window, reset, where it all comes from, what was not told."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, List, Tuple

from . import figures, standing, text
from .clock import ago, countdown, day_and_time
from .models import Account, Quota, Snapshot, Usage
from .publish import State
from .row import discreet, notice
from .settings import Settings
from .summary import spoken
from .words import name_of, say

Fact = Tuple[str, str]  # what it is, its value (with markers)


def facts(state: State, account: Account, now: datetime) -> List[Fact]:
    """Everything that is known of an account, in the order it is shown; ``now`` is aware UTC."""
    return state.tell(account, lambda snapshot: _facts(state, account, snapshot, now))


def _facts(state: State, account: Account, snapshot: Snapshot, now: datetime) -> List[Fact]:
    settings = state.settings
    found = _failure(snapshot, settings, now) + _state(account, snapshot, settings)
    if snapshot.usage is not None:
        found += _numbers(snapshot.usage, settings)
    found += _origin(state, account, snapshot, now)
    return found + _identity(state, account)


def _failure(snapshot: Snapshot, settings: Settings, now: datetime) -> List[Fact]:
    failure, language = snapshot.failure, settings.language
    if failure is None:
        return []
    told = discreet(text.say(failure.message, language), settings)
    at = f"{_clock(failure.at, settings, now)} · {ago(failure.at)}"
    found = [(say("failure", language), told), (say("failed_at", language), at)]
    if failure.retry_at:
        retry = figures.moment("retry", failure.retry_at, "retry_now", language)
        found.append((say("next_try", language), retry))
    return found


def _state(account: Account, snapshot: Snapshot, settings: Settings) -> List[Fact]:
    """Why the level is not plenty; a failure has said so already."""
    status = standing.status(account, snapshot, settings)
    if snapshot.usage is None or status.cause is None or status.cause.name == "failed":
        return []
    return [(say("state", settings.language), figures.reason(status, snapshot, settings))]


def _numbers(usage: Usage, settings: Settings) -> List[Fact]:
    language = settings.language
    found = [
        (text.label(quota.label, language), quota_text(quota, settings))
        for quota in standing.arranged(usage.quotas)
    ]
    for balance in usage.balances:
        found.append((say("balance", language), figures.balance_in_full(balance, settings)))
    for spend in usage.spends:
        said = f"{figures.spend(spend, settings)} · {figures.period(spend)}"
        found.append((say("spend", language), said))
    if usage.plan:
        found.append((say("plan", language), discreet(usage.plan, settings)))
    if notice(usage, settings):
        found.append((say("notice", language), notice(usage, settings)))
    untold = " · ".join(_untold(usage.quotas, language))
    return [*found, (say("untold", language), untold)] if untold else found


def quota_text(quota: Quota, settings: Settings) -> str:
    """A quota in full: share, counts, window and reset."""
    language = settings.language
    if quota.role == "part":
        return figures.until_reset(quota, figures.part(quota, settings), say("has_reset", language))
    said, bar = figures.share(quota, settings)
    parts = [figures.until_reset(quota, said + bar, say("has_reset", language))]
    counted = quota.used if quota.remaining is None else quota.remaining
    if quota.unit != "%" and quota.limit is not None and quota.used is not None:
        parts.append(figures.used_of(quota.used, quota.limit, quota.unit, settings))
    elif quota.unit != "%" and counted is not None:
        word = "used" if quota.remaining is None else "left"
        parts = [say(word, language, figures.exactly(counted, quota.unit, settings))]
    if quota.window:
        parts.append(say("window", language, countdown(quota.window, language)))
    return " · ".join(parts) + figures.reset(quota, language, lead=" · ")


def _untold(quotas: Iterable[Quota], language: str) -> Iterable[str]:
    """What the provider does not say of its main allowances."""
    for quota in quotas:
        if quota.unlimited or quota.role != "binding":
            continue
        missing = [
            say(f"no_{what}", language)
            for what, told in (("limit", quota.limit), ("reset", quota.resets_at))
            if told is None
        ]
        if missing:
            yield f"{text.label(quota.label, language)}: {say('and', language).join(missing)}"


def _origin(state: State, account: Account, snapshot: Snapshot, now: datetime) -> List[Fact]:
    """Where it comes from: who was asked, where, when, with which credential."""
    settings, provider = state.settings, state.provider(account.id)
    language = settings.language
    found: List[Fact] = []
    if provider:
        page = f"{provider.name} · {provider.dashboard_page(account.region)}"
        found.append((say("source", language), page))
    for endpoint in snapshot.usage.endpoints if snapshot.usage else ():
        found.append((say("endpoint", language), text.plain(endpoint)))
    kind = name_of("credential", account.kind, language)
    expiry = figures.expiry(account, settings)
    found.append((say("credential", language), " · ".join(p for p in (kind, expiry) if p)))
    fetched = say("age_unknown" if snapshot.usage else "nothing_yet", language)
    if snapshot.fetched_at:
        fetched = f"{_clock(snapshot.fetched_at, settings, now)} · {ago(snapshot.fetched_at)}"
    return [*found, (say("fetched", language), fetched)]


def _identity(state: State, account: Account) -> List[Fact]:
    """What tells this account from others: region, team or project, id."""
    settings, provider = state.settings, state.provider(account.id)
    language = settings.language
    found: List[Fact] = []
    if account.region:
        found.append((say("region", language), name_of("region", account.region, language)))
    for scope, value in account.scope.items():
        called = provider.scopes.get(scope) if provider else None
        shown = figures.HIDDEN if settings.privacy else text.plain(value)
        name = text.say(called, language).partition("（")[0].partition(" (")[0]
        found.append((name or text.plain(scope), shown))
    return [*found, (say("id", language), account.id)]


def markdown(state: State, account: Account, now: datetime) -> str:
    """All facts of an account as Markdown, as of now."""
    row = state.row(account)
    lines = [f"# {text.escaped(row.name)}", "", f"**{row.headline}{row.bar}**", ""]
    told = facts(state, account, now)
    lines += [f"- **{text.escaped(name)}**: {text.escaped(value)}" for name, value in told]
    return spoken("\n".join(lines), state.settings, now)


def _clock(at: datetime, settings: Settings, now: datetime) -> str:
    """A moment in the user's zone."""
    return day_and_time(at.timestamp(), now.timestamp(), settings.language, settings.hours24)
