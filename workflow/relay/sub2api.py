"""Sub2API: the quota of a key, the plan of its group, or the wallet of its owner, in USD.

The answer of ``/v1/usage`` depends on the mode: ``quota`` with ``rate_limits`` (a key with a limit),
``subscription`` with use and limit of day, week and month (0 or null means no limit), or ``balance`` (a
wallet); older builds have only ``remaining``, which is -1 for a plan without limits. The ``remaining`` of a
subscription is the least of its windows, and is not read if they are there. 403 ``subscription_error``, or an
answer of a plan without any number, means that the plan has run out; the key is good, as it is with 403
``{"code": "ACCESS_DENIED"}``, which stands only for an IP address that the key excludes. A key that has expired
still answers ``"isValid": true``, with ``"status": "expired"`` and ``expires_at``.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ..errors import (
    Blocked,
    CredentialExpired,
    CredentialRejected,
    NotAvailable,
    UnexpectedResponse,
)
from ..i18n.message import Message, _
from ..models import Quota, Usage
from ..provider.balances import balance
from ..provider.calls import bearer
from ..provider.contract import Client
from ..provider.counts import allowance
from ..provider.notices import dated, expiry
from ..provider.reading import (
    Fields,
    count,
    currency,
    entries,
    first,
    mapping,
    moment,
    number,
    short,
)
from ..provider.refusals import Table, document
from ..provider.usages import usage_of
from ..provider.windows import DAY, HOUR, WEEK, numbered, shortest_first, window_label
from .new_api import EXPIRED

_PLAN_ENDS: Message = _("the plan ends on {day}")
_NO_PLAN: Message = _("{provider}: the key is good, but its plan has run out; renew it at {keys}")
_ADDRESS: Message = _(
    "{provider}: this key is not allowed from this IP address; use an allowed network, or change the IP list of the key at {keys}"
)
_TABLE: Table = {
    "subscription_error": (NotAvailable, _NO_PLAN),
    "access_denied": (Blocked, _ADDRESS),
}
_WINDOWS = {"5h": 5 * HOUR, "1d": DAY, "7d": WEEK}
_PERIODS = (("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly"))
_ENDLESS = -1  # what is left of a plan without limits


async def fetch(client: Client, base: str, secret: str) -> Usage:
    """Fetch the usage. Raises UsageError."""
    answer = await client.get(f"{base}/v1/usage", headers=bearer(secret))
    return parse(document(answer, _TABLE), answer.at)


def parse(fields: Fields, at: datetime) -> Usage:
    """Read the answer, which came at ``at``. Raises UsageError."""
    key_ends = moment(fields.get("expires_at"))
    if fields.get("status") == "expired" or (key_ends is not None and key_ends <= at):
        raise CredentialExpired(EXPIRED)
    if fields.get("isValid") is False:
        raise CredentialRejected
    unit = currency(fields.get("unit")) or "USD"
    plan = mapping(fields.get("subscription"))
    quotas = (*_own(fields, unit), *(_of_plan(plan, unit) or _endless(fields, unit)))
    wallet = None
    if not quotas:
        wallet = balance(first(fields, "balance", "remaining"), unit)
        if wallet is None:
            raise NotAvailable(_NO_PLAN) if _has_lapsed(fields) else UnexpectedResponse
    ends = moment(plan.get("expires_at"))
    return usage_of(
        numbered(shortest_first(quotas)),
        (wallet,),
        plan=short(fields.get("planName")),
        notice=dated(_PLAN_ENDS, ends) if ends else expiry(key_ends),
    )


def _endless(fields: Fields, unit: str) -> list[Quota]:
    """Make the quota of an older build's plan without limits; none for a wallet."""
    if _is_wallet(fields) or number(fields.get("remaining")) != _ENDLESS:
        return []
    return [Quota("Plan", unit, None, None, None, unlimited=True)]


def _has_lapsed(fields: Fields) -> bool:
    """Tell whether a valid key belongs to a plan of which the answer has nothing."""
    is_plan = fields.get("mode") == "unrestricted" and not _is_wallet(fields)
    return is_plan and fields.get("isValid") is True and "subscription" not in fields


def _is_wallet(fields: Fields) -> bool:
    return "balance" in fields or fields.get("planName") == "钱包余额"  # in every language


def _own(fields: Fields, unit: str) -> list[Quota]:
    """Read the limits of the key and of its windows."""
    whole = mapping(fields.get("quota"))
    quotas = [_quota("Key", unit, whole)] if count(whole.get("limit")) else []
    for entry in entries(fields.get("rate_limits")):
        seconds = _WINDOWS.get(str(entry.get("window")))
        if count(entry.get("limit")):
            resets_at = moment(entry.get("reset_at"))
            quotas.append(
                _quota(window_label(seconds), unit, entry, window=seconds, resets_at=resets_at)
            )
    return [each for each in quotas if each is not None]


def _quota(label: str, unit: str, fields: Fields, **more: Any) -> Quota | None:
    used, limit, left = (count(fields.get(name)) for name in ("used", "limit", "remaining"))
    return allowance(label, unit, used=used, limit=limit, remaining=left, **more)


def _of_plan(plan: Fields, unit: str) -> list[Quota]:
    """Read day, week and month of the group's plan; if it has no limits, the use of the month."""
    used = {name: count(plan.get(f"{name}_usage_usd")) for name, _label in _PERIODS}
    quotas: list[Quota | None] = []
    for name, label in _PERIODS:
        limit = count(plan.get(f"{name}_limit_usd"))
        if limit and used[name] is not None:
            quotas.append(allowance(label, unit, used=used[name], limit=limit))
    if not quotas and used["monthly"] is not None:
        month: Decimal = used["monthly"]
        quotas.append(Quota("Monthly", unit, month, None, None, unlimited=True))
    return [each for each in quotas if each is not None]
