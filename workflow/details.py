"""One account with every number it has: unit, window, reset, and where it all comes from."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import List, Optional, Tuple

from . import render, standing, text
from .clock import ago, countdown
from .models import Account, Quota, Snapshot
from .publish import State
from .summary import spoken
from .words import name_of, say

Fact = Tuple[str, str]  # what it is, its value (with markers)


def facts(state: State, account: Account) -> List[Fact]:
    """Everything that is known of an account, in the order it is shown."""
    snapshot, language = state.snapshots[account.id], state.settings.language
    found: List[Fact] = []
    if snapshot.failure:
        found.append((say("failure", language), text.say(snapshot.failure.message, language)))
    found += _numbers(state, snapshot)
    found += _origin(state, account, snapshot)
    return found


def _numbers(state: State, snapshot: Snapshot) -> List[Fact]:
    usage, settings = snapshot.usage, state.settings
    if usage is None:
        return []
    language = settings.language
    found = [
        (text.label(quota.label, language), quota_text(quota, state))
        for quota in standing.arranged(usage.quotas)
    ]
    for balance in usage.balances:
        said = render.balance_text(balance, settings)
        found.append((say("balance", language), said))
    found += [(say("spend", language), render.spend(spend, settings)) for spend in usage.spends]
    if usage.plan:
        found.append((say("plan", language), text.plain(usage.plan)))
    if usage.notice:
        found.append((say("notice", language), text.say(usage.notice, language)))
    return found


def quota_text(quota: Quota, state: State) -> str:
    """A quota in full: share, counts, window and reset."""
    settings, language = state.settings, state.settings.language
    said, bar = render.share(quota, settings)
    parts = [said + bar]
    if quota.unit != "%" and quota.limit is not None and quota.used is not None:
        used, limit = (
            render.amount_text(n, quota.unit, settings) for n in (quota.used, quota.limit)
        )
        parts.append(say("used_of", language, used, limit))
    if quota.window:
        parts.append(say("window", language, countdown(quota.window, language)))
    parts.append(render.reset(quota, language, after=say("has_reset", language)))
    return " · ".join(part for part in parts if part)


def _origin(state: State, account: Account, snapshot: Snapshot) -> List[Fact]:
    language, provider = state.settings.language, state.provider(account.id)
    found: List[Fact] = []
    if provider:
        found.append(
            (
                say("source", language),
                f"{provider.name} · {provider.dashboard_page(account.region)}",
            )
        )
    if account.region:
        found.append((say("region", language), name_of("region", account.region, language)))
    expiry = render.expiry(account, state.settings)
    kind = name_of("credential", account.kind, language)
    found.append((say("credential", language), " · ".join(p for p in (kind, expiry) if p)))
    fetched = _stamp(snapshot.fetched_at)
    age = ago(snapshot.fetched_at) if snapshot.fetched_at else ""
    found.append(
        (say("fetched", language), f"{fetched} · {age}" if age else say("nothing_yet", language))
    )
    return [*found, ("id", account.id)]


def markdown(state: State, account: Account, now: datetime) -> str:
    """All facts of an account as Markdown, as of now."""
    row = state.row(account)
    lines = [f"# {_escaped(row.name)}", "", f"**{row.headline}{row.bar}**", ""]
    lines += [f"- **{_escaped(name)}**: {_escaped(value)}" for name, value in facts(state, account)]
    return spoken("\n".join(lines), state.settings, now)


def _escaped(value: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in value)


def _stamp(when: Optional[datetime]) -> str:
    return when.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M UTC") if when else ""
