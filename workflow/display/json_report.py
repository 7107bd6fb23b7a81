"""The output for programs: ``tankful list --json``, schema tankful.usage.v1."""

from __future__ import annotations

import math
from collections.abc import Container
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Union

from ..i18n import catalog
from ..storage import json_codec
from . import changes, privacy, quotas

if TYPE_CHECKING:
    from ..forecast.pace import Pace
    from ..history.since import Since
    from ..models import Account, Balance, Failure, Quota, Spend, WorkBlocked
    from ..provider.sources import Sources
    from ..settings import Settings
    from ..state.state import AccountState, State

SCHEMA = "tankful.usage.v1"
_REGIONS = ("intl", "cn")
Number = Union[int, float, None]


def report(state: State, now: datetime) -> dict[str, Any]:
    """Return all accounts as JSON values: numbers as numbers, times ISO 8601 UTC with Z, null for unknown."""
    accounts = [
        state.render(account, lambda known: _account(known, state.settings, now))
        for account in state.book.accounts
    ]
    return _report(accounts, now)


def _report(accounts: list[Any], now: datetime) -> dict[str, Any]:
    return {"schema": SCHEMA, "generated_at": _time(now), "accounts": accounts}


def account(
    state: State, account: Account, now: datetime, *, explained: bool = False
) -> dict[str, Any]:
    """Return one account as in ``report``; ``explained`` adds where its numbers came from."""

    def as_values(known: AccountState) -> dict[str, Any]:
        of_account = _account(known, state.settings, now)
        if explained and known.snapshot.usage:
            from ..provider import sources  # imported late: most reports do not need it

            of_account["explanation"] = _explanation(sources.read(known.snapshot.usage))
        return of_account

    return _report([state.render(account, as_values)], now)


def _explanation(origins: Sources) -> dict[str, Any]:
    """Return the source of each number, unused fields and new ones; values are text as the provider sent it."""
    return {
        "numbers": [
            {**each._asdict(), "fields": [field._asdict() for field in each.fields]}
            for each in origins.numbers
        ],
        "ignored": [field._asdict() for field in origins.ignored],
        "new": [field._asdict() for field in origins.new],
        "disagreeing": [[field._asdict() for field in case] for case in origins.disagreeing],
    }


def printed(state: State, now: datetime, only: Container[str] | None = None) -> bytes:
    """Return the report as JSON; with ``only``, for the accounts with these ids."""

    def write(known: AccountState) -> str:
        return json_codec.indented(_account(known, state.settings, now), depth=2)

    chosen = [each for each in state.book.accounts if only is None or each.id in only]
    pieces = [state.piece(account, "report", write) for account in chosen]
    written = _report(list(map(json_codec.Written, pieces)), now)
    return f"{json_codec.indented(written)}\n".encode()


def _account(known: AccountState, settings: Settings, now: datetime) -> dict[str, Any]:
    account, snapshot, status = known.account, known.snapshot, known.status
    usage = snapshot.usage
    complete = settings.but(privacy=False)
    return {
        "id": account.id,
        "provider": account.provider,
        "label": account.label,
        "region": account.region if account.region in _REGIONS else None,
        "scope": dict(account.scope),
        "level": status.level,
        "reason": quotas.reason(status, snapshot, complete) or None,
        "blocked": _blocked(usage.blocked) if usage and usage.blocked else None,
        "plan": usage.plan if usage else None,
        "quotas": [_quota(quota, known) for quota in status.quotas],
        "balances": [_balance(balance, known) for balance in usage.balances] if usage else [],
        "spends": [_spend(spend) for spend in usage.spends] if usage else [],
        "notice": privacy.notice(usage, complete) or None if usage else None,
        "fetched_at": _time(snapshot.fetched_at),
        "stale": status.is_stale(now),
        "credential": {"kind": account.kind, "expires_at": _time(account.expires_at)},
        "failure": _failure(snapshot.failure) if snapshot.failure else None,
    }


def _blocked(blocked: WorkBlocked) -> dict[str, Any]:
    return {
        "kind": blocked.kind,
        "reason": catalog.say(blocked.reason),
        "until": _time(blocked.until),
    }


def _quota(quota: Quota, known: AccountState) -> dict[str, Any]:
    pace = known.outlook.pace(quota)
    percent = quota.used_percent
    return {
        "label": quota.label,
        "role": quota.role,
        "part_of": quota.part_of,
        "unit": quota.unit,
        "used": number(quota.used),
        "limit": None if quota.unlimited else number(quota.limit),
        "remaining": number(quota.remaining),
        "used_percent": None if percent is None else _finite(round(float(percent), 4)),
        "unlimited": quota.unlimited,
        "estimated": quota.estimated,
        "window_seconds": None if quota.window is None else number(Decimal(quota.window)),
        "resets_at": _time(quota.resets_at),
        "pace": _pace(pace) if pace else None,
        "since_last_look": _since(changes.of_quota(known, quota)),
    }


def _since(change: Since | None) -> dict[str, Any] | None:
    """Return a change of what is left, in points or as an amount."""
    if change is None:
        return None
    visit = datetime.fromtimestamp(change.visit, timezone.utc)
    return {"from": _time(visit), "change": number(round(change.change, 6))}


def _pace(pace: Pace) -> dict[str, Any]:
    return {
        "verdict": pace.verdict,
        "why": pace.why,
        "expected_percent": _rounded(pace.expected),
        "ahead_points": _rounded(pace.ahead),
        "projected_percent": _rounded(pace.projected),
        "percent_per_hour": _rounded(pace.rate),
        "runs_out_at": _time(pace.runs_out_at),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else _finite(round(share, 4))


def _balance(balance: Balance, known: AccountState) -> dict[str, Any]:
    runway = known.outlook.runway(balance)
    return {
        "available": number(balance.available),
        "unit": balance.unit,
        "granted": number(balance.granted),
        "role": balance.role,
        "runway_days": 0 if runway and runway.verdict == "empty" else runway and runway.days,
        "runway_days_max": runway and runway.days_max,
        "runway_hours": runway and runway.hours,
        "why": runway and runway.why,
        "since_last_look": _since(changes.of_balance(known, balance)),
    }


def _spend(spend: Spend) -> dict[str, Any]:
    return {
        "amount": number(spend.amount),
        "unit": spend.unit,
        "since": _time(spend.since),
        "until": _time(spend.until),
        "period": spend.period,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "kind": failure.kind,
        "message": catalog.say(failure.message),
        "at": _time(failure.at),
        "retry_at": _time(failure.retry_at),
    }


def number(value: Decimal | None) -> Number:
    """Return a JSON number, whole ones without a fraction; None if it is too large for a float."""
    if value is None:
        return None
    if value == value.to_integral() and abs(value) < 2**53:
        return int(value)
    return _finite(float(value))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _time(when: datetime | None) -> str | None:
    if when is None:
        return None
    return when.astimezone(timezone.utc).isoformat(timespec="seconds")[:-6] + "Z"
