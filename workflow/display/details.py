"""One account with every number it has: unit, window, reset, where it all comes from, what was not told."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, List, Tuple

from ..i18n import catalog
from ..i18n.messages import name_of, say
from ..models import Account, Quota, Snapshot, Usage
from ..settings import Settings
from ..state import status as statuses
from ..state.state import State
from . import numbers, quotas
from .privacy import discreet, notice
from .row import row_of
from .summary import spoken
from .times import ago, countdown, day_and_time

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
    told = discreet(catalog.say(failure.message, language), settings)
    at = f"{_clock(failure.at, settings, now)} · {ago(failure.at)}"
    found = [(say("failure", language), told), (say("failed_at", language), at)]
    if failure.retry_at:
        retry = quotas.moment("retry", failure.retry_at, "retry_now", language)
        found.append((say("next_try", language), retry))
    return found


def _state(account: Account, snapshot: Snapshot, settings: Settings) -> List[Fact]:
    """Why the level is not plenty; a failure has said so already."""
    status = statuses.status(account, snapshot, settings)
    if snapshot.usage is None or status.cause is None or status.cause.name == "failed":
        return []
    return [(say("state", settings.language), quotas.reason(status, snapshot, settings))]


def _numbers(usage: Usage, settings: Settings) -> List[Fact]:
    language = settings.language
    found = [
        (numbers.label(quota.label, language), quota_text(quota, settings))
        for quota in statuses.arranged(usage.quotas)
    ]
    for balance in usage.balances:
        found.append((say("balance", language), quotas.balance_in_full(balance, settings)))
    for spend in usage.spends:
        said = f"{quotas.spend(spend, settings)} · {quotas.period(spend)}"
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
        return quotas.until_reset(quota, quotas.part(quota, settings), say("has_reset", language))
    said, bar = quotas.share(quota, settings)
    parts = [quotas.until_reset(quota, said + bar, say("has_reset", language))]
    counted = quota.used if quota.remaining is None else quota.remaining
    if quota.unit != "%" and quota.limit is not None and quota.used is not None:
        parts.append(quotas.used_of(quota.used, quota.limit, quota.unit, settings))
    elif quota.unit != "%" and counted is not None:
        word = "used" if quota.remaining is None else "left"
        parts = [say(word, language, quotas.exactly(counted, quota.unit, settings))]
    if quota.window:
        parts.append(say("window", language, countdown(quota.window, language)))
    return " · ".join(parts) + quotas.reset(quota, language, lead=" · ")


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
            yield f"{numbers.label(quota.label, language)}: {say('and', language).join(missing)}"


def _origin(state: State, account: Account, snapshot: Snapshot, now: datetime) -> List[Fact]:
    """Where it comes from: who was asked, where, when, with which credential."""
    settings, provider = state.settings, state.provider(account.id)
    language = settings.language
    found: List[Fact] = []
    if provider:
        page = f"{provider.name} · {provider.dashboard_page(account.region)}"
        found.append((say("source", language), page))
    for endpoint in snapshot.usage.endpoints if snapshot.usage else ():
        found.append((say("endpoint", language), catalog.plain(endpoint)))
    kind = name_of("credential", account.kind, language)
    expiry = quotas.expiry(account, settings)
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
        shown = quotas.HIDDEN if settings.privacy else catalog.plain(value)
        name = catalog.say(called, language).partition("（")[0].partition(" (")[0]
        found.append((name or catalog.plain(scope), shown))
    return [*found, (say("id", language), account.id)]


def markdown(state: State, account: Account, now: datetime) -> str:
    """All facts of an account as Markdown, as of now."""
    row = row_of(state, account)
    lines = [f"# {numbers.escaped(row.name)}", "", f"**{row.headline}{row.bar}**", ""]
    told = facts(state, account, now)
    lines += [f"- **{numbers.escaped(name)}**: {numbers.escaped(value)}" for name, value in told]
    return spoken("\n".join(lines), state.settings, now)


def _clock(at: datetime, settings: Settings, now: datetime) -> str:
    """A moment in the user's zone."""
    return day_and_time(at.timestamp(), now.timestamp(), settings.language, settings.hours24)
