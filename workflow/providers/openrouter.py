"""OpenRouter: the limit and the spend of a key, and the credits of its account.

``/key`` describes the key that asks: ``{"data": {"limit": 100 | null, "limit_remaining": 74.5 | null,
"limit_reset": "daily" | "weekly" | "monthly" | null, "usage_daily": 1.25, "usage_monthly": 25.5,
"expires_at": … | null, "is_free_tier": false, "free_model_daily_requests": {"limit": 50, "used": 12}}}``. Amounts are
in USD; days, weeks (from Monday) and months are in UTC. ``/credits`` answers ``{"data": {"total_credits": 75.5,
"total_usage": 61.2}}`` for the account; some ordinary keys may not read it (403). The smaller of the key's remaining
limit and the account's credits is binding.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from ..errors import LASTING
from ..i18n.message import _
from ..models import Account, Balance, Credential, Quota, Spend, Usage
from ..provider.answer import Answer
from ..provider.balances import lower
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.counts import allowance
from ..provider.days import month_until, next_midnight, next_monday, next_month, periods
from ..provider.notices import expiry, joined
from ..provider.reading import Fields, count, mapping, moment, number
from ..provider.refusals import document
from ..provider.usages import usage_of
from ..provider.windows import DAY, WEEK

PROVIDER = Provider(
    id="openrouter",
    name="OpenRouter",
    short="OpenRouter",
    kind="prepaid",
    needs=_("an API key (sk-or-…)"),
    shows=_("limit of the key, credits of the account, spend today and this month, free requests"),
    keys={"": "https://openrouter.ai/settings/keys"},
    dashboard={"": "https://openrouter.ai/activity"},
    shapes=(shape(r"sk-or-[\w-]{8,}", _("an OpenRouter API key")),),
    match="openrouter credits balance 余额",
    variables={"OPENROUTER_API_KEY": ""},
    letters="OR",
    steps=(
        LOG_IN,
        _("Create an API key, `sk-or-…`, and copy it while it is shown."),
        _(
            "If an ordinary key cannot read the account's credits, create a management "
            "key at <https://openrouter.ai/settings/management-keys>."
        ),
    ),
)
_API = "https://openrouter.ai/api/v1"
_RESETS = {"daily": next_midnight, "weekly": next_monday, "monthly": next_month}
_LENGTHS = {"daily": DAY, "weekly": WEEK}
IN_PART = _("the key's limit and spend cannot be read, only the account's credits")
_NO_ACCOUNT = _("only a management key can read the account's credits")


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the key's numbers and, in parallel, the account's credits. Raises UsageError."""
    headers = bearer(credential.secret)
    pages = (client.get(f"{_API}/{name}", headers=headers) for name in ("key", "credits"))
    return parse(*await asyncio.gather(*pages))


def parse(key: Answer, credits: Answer) -> Usage:
    """Read both answers; either is enough if the other one can never be read. Raises UsageError."""
    left = _credits(credits)
    try:
        fields = mapping(document(key).get("data"))
    except LASTING:
        if left is None or not left.available:  # zero if nothing was ever bought, too
            raise
        return Usage(balances=(left,), notice=IN_PART)
    if left is not None and not left.available and fields.get("is_free_tier") is True:
        left = None  # nothing was ever bought, so only free models can be used
    quotas = (_limit(fields, left, key.at), _free(fields))
    refused = credits.status == 403
    notice = joined(_NO_ACCOUNT if refused else None, expiry(moment(fields.get("expires_at"))))
    return usage_of(quotas, (left,), _spends(fields, key.at), notice=notice)


def _credits(answer: Answer) -> Balance | None:
    """Read what is left to the account; None if it can never be read. Raises UsageError."""
    try:
        data = mapping(document(answer).get("data"))
    except LASTING:
        return None
    bought, used = count(data.get("total_credits")), count(data.get("total_usage"))
    return None if bought is None or used is None else Balance(bought - used, "USD")


def _limit(fields: Fields, left: Balance | None, at: datetime) -> Quota | None:
    """Read the key's own limit, which is binding unless the account has less."""
    limit, rest = count(fields.get("limit")), number(fields.get("limit_remaining"))
    if limit is None:
        return None
    reset = _RESETS.get(str(fields.get("limit_reset")))
    resets_at = reset(at) if reset else None
    length = _LENGTHS.get(str(fields.get("limit_reset")), month_until(resets_at))
    quota = allowance("Key", "USD", limit=limit, remaining=rest, window=length, resets_at=resets_at)
    return lower(quota, left)


def _free(fields: Fields) -> Quota | None:
    """Read today's requests to free models, which are binding if nothing was bought."""
    free = mapping(fields.get("free_model_daily_requests"))
    used, limit, left = (count(free.get(name)) for name in ("used", "limit", "remaining"))
    role = "binding" if fields.get("is_free_tier") is True else "secondary"
    return allowance("Free models", "requests", used=used, limit=limit, remaining=left, window=DAY, role=role)  # fmt: skip


def _spends(fields: Fields, at: datetime) -> tuple[Spend, ...]:
    month, today, _thirty = periods(at)
    day, whole = count(fields.get("usage_daily")), count(fields.get("usage_monthly"))
    return (
        *([] if whole is None else [Spend(whole, "USD", month, at, "month")]),
        *([] if day is None else [Spend(day, "USD", today, at, "day")]),
    )
