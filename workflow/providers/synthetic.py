"""Synthetic: the windows of the plan, and the searches of the hour.

``/v2/quotas`` answers ``{"plan": "Pro", "rollingFiveHourLimit": {"remaining": 500, "max": 750, "limited": false,
"nextTickAt": …}, "weeklyTokenLimit": {"percentRemaining": 64.2, "maxCredits": "$60.00", "remainingCredits":
"$38.52", "nextRegenAt": …}, "search": {"hourly": {"limit": 250, "requests": 20, "renewsAt": …}}}``, sometimes inside
``data``. A tick gives back only a part of a window, so it is not read as a reset. Older plans count requests in
``subscription``, which stays 0 in newer ones.
"""

from __future__ import annotations

from decimal import Decimal

from ..i18n.message import _
from ..models import Account, Credential, Quota, Usage
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.counts import allowance, percent_used
from ..provider.provenance import moved
from ..provider.reading import Fields, count, mapping, moment, number, share, short
from ..provider.refusals import document
from ..provider.usages import usage_of
from ..provider.windows import HOUR, WEEK

PROVIDER = Provider(
    id="synthetic",
    name="Synthetic",
    short="Synthetic",
    kind="plan",
    needs=_("an API key (syn_…)"),
    shows=_("5 hours, week, searches"),
    keys={"": "https://synthetic.new/user-settings/api"},
    dashboard={"": "https://synthetic.new/billing"},
    shapes=(shape(r"syn_[\w-]{8,}", _("a Synthetic API key")),),
    match="synthetic 套餐",
    variables={"SYNTHETIC_API_KEY": ""},
    letters="SY",
    steps=(LOG_IN, _("Create an API key, `syn_…`, and copy it while it is shown.")),
)
_URL = "https://api.synthetic.new/v2/quotas"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the quotas. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret))))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no window."""
    fields = mapping(fields.get("data")) or fields
    rolling, weekly = _rolling(fields), _weekly(fields)
    main = (rolling, weekly) if rolling or weekly else (_requests(fields),)
    return usage_of((*main, _searches(fields)), plan=short(fields.get("plan")))


def _rolling(fields: Fields) -> Quota | None:
    window = mapping(fields.get("rollingFiveHourLimit"))
    limit, left = count(window.get("max")), number(window.get("remaining"))
    spent = window.get("limited") is True
    return allowance("5 hours", "requests", limit=limit, remaining=left, window=5 * HOUR, alert=spent)  # fmt: skip


def _weekly(fields: Fields) -> Quota | None:
    window = mapping(fields.get("weeklyTokenLimit"))
    limit, rest = _dollars(window.get("maxCredits")), _dollars(window.get("remainingCredits"))
    percent = percent_used(share(window.get("percentRemaining")))
    used = None if limit is None or rest is None or rest > limit else limit - rest
    return allowance("Weekly", "USD", used=used, limit=limit, used_percent=percent, window=WEEK)


def _dollars(value: object) -> Decimal | None:
    if isinstance(value, str):
        value = moved(value.lstrip("$").replace(",", ""), value)
    return count(value)


def _requests(fields: Fields) -> Quota | None:
    block = mapping(fields.get("subscription"))
    used, limit = count(block.get("requests")), count(block.get("limit"))
    return allowance("Plan", "requests", used=used, limit=limit, resets_at=moment(block.get("renewsAt")))  # fmt: skip


def _searches(fields: Fields) -> Quota | None:
    hourly = mapping(mapping(fields.get("search")).get("hourly"))
    used, limit = count(hourly.get("requests")), count(hourly.get("limit"))
    resets_at = moment(hourly.get("renewsAt"))
    return allowance(
        "Web search",
        "requests",
        used=used,
        limit=limit,
        window=HOUR,
        resets_at=resets_at,
        role="secondary",
    )
