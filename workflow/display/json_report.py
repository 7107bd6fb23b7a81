"""The machine-readable answer: ``tankful list --json``, schema tankful.usage.v1."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Dict, Optional, Union

from ..i18n import catalog
from ..models import Account, Balance, Failure, Quota, Snapshot, Spend, WorkBlocked
from ..settings import Settings
from ..state import status as statuses
from ..state.state import State
from . import quotas

SCHEMA = "tankful.usage.v1"
Number = Union[int, float, None]


def report(state: State, now: datetime) -> Dict[str, Any]:
    """All accounts as JSON values: numbers as numbers, times ISO 8601 UTC with Z, null unknown."""
    return {
        "schema": SCHEMA,
        "generated_at": _time(now),
        "accounts": [_told(state, account, now) for account in state.book.accounts],
    }


def _told(state: State, account: Account, now: datetime) -> Dict[str, Any]:
    """One account; a defect in telling one is its own failure and nobody else's."""
    return state.tell(account, lambda known: _account(account, known, state.settings, now))


def _account(
    account: Account, snapshot: Snapshot, settings: Settings, now: datetime
) -> Dict[str, Any]:
    usage = snapshot.usage
    known = snapshot.fetched_at is not None
    status = statuses.status(account, snapshot, settings)
    complete = replace(settings, privacy=False)
    return {
        "id": account.id,
        "provider": account.provider,
        "label": account.label,
        "region": account.region or None,
        "scope": dict(account.scope),
        "level": status.level,
        "reason": quotas.reason(status, snapshot, complete) or None,
        "blocked": _blocked(usage.blocked, settings) if usage and usage.blocked else None,
        "plan": usage.plan if usage else None,
        "quotas": [_quota(q) for q in statuses.arranged(usage.quotas)] if usage else [],
        "balances": [_balance(balance) for balance in usage.balances] if usage else [],
        "spends": [_spend(spend) for spend in usage.spends] if usage else [],
        "notice": catalog.say(usage.notice, settings.language) or None if usage else None,
        "fetched_at": _time(snapshot.fetched_at),
        "stale": statuses.is_stale(snapshot, settings, now) if known else True,
        "credential": {"kind": account.kind, "expires_at": _time(account.expires_at)},
        "failure": _failure(snapshot.failure, settings) if snapshot.failure else None,
    }


def _blocked(blocked: WorkBlocked, settings: Settings) -> Dict[str, Any]:
    return {
        "kind": blocked.kind,
        "reason": catalog.say(blocked.reason, settings.language),
        "until": _time(blocked.until),
    }


def _quota(quota: Quota) -> Dict[str, Any]:
    percent = quota.used_percent
    return {
        "label": quota.label,
        "role": quota.role,
        "part_of": quota.part_of,
        "unit": quota.unit,
        "used": number(quota.used),
        "limit": None if quota.unlimited else number(quota.limit),
        "remaining": number(quota.remaining),
        "used_percent": None if percent is None else round(float(percent), 4),
        "unlimited": quota.unlimited,
        "estimated": quota.estimated,
        "window_seconds": quota.window,
        "resets_at": _time(quota.resets_at),
    }


def _balance(balance: Balance) -> Dict[str, Any]:
    return {
        "available": number(balance.available),
        "unit": balance.unit,
        "granted": number(balance.granted),
        "role": balance.role,
    }


def _spend(spend: Spend) -> Dict[str, Any]:
    return {
        "amount": number(spend.amount),
        "unit": spend.unit,
        "since": _time(spend.since),
        "until": _time(spend.until),
        "period": spend.period,
    }


def _failure(failure: Failure, settings: Settings) -> Dict[str, Any]:
    return {
        "kind": failure.kind,
        "message": catalog.say(failure.message, settings.language),
        "at": _time(failure.at),
        "retry_at": _time(failure.retry_at),
    }


def number(value: Optional[Decimal]) -> Number:
    """A JSON number: whole ones without a fraction."""
    if value is None:
        return None
    return int(value) if value == value.to_integral() and abs(value) < 2**53 else float(value)


def _time(when: Optional[datetime]) -> Optional[str]:
    if when is None:
        return None
    return when.astimezone(timezone.utc).replace(microsecond=0).isoformat()[:-6] + "Z"
