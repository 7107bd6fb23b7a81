"""NanoGPT: prepaid money, and the quotas of a subscription if there is one.

``/api/check-balance`` answers a POST with ``{"usd_balance": "7.25", "nano_balance": "0.0"}``, and
``/api/subscription/v1/usage`` ``{"active": true, "limits": {"daily": 5000, "monthly": 60000},
"enforceDailyLimit": true, "daily": {"used": 5, "remaining": 4995, "percentUsed": 0.001, "resetAt": …},
"monthly": {…}, "state": "active" | "grace" | "inactive", …}``: counts are uses, times are in milliseconds.
Newer plans count the input tokens of a day and a week (``dailyInputTokens``, ``weeklyInputTokens``) and the
images of a day (``dailyImages``); null is no limit. The balance pays for what the plan does
not cover; a plan is shown without it if only its page fails.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UnexpectedResponse
from ..i18n.message import _
from ..models import Account, Credential, Quota, Role, Usage
from ..provider.balances import beside
from ..provider.calls import either, keyed
from ..provider.contract import UUID, Client, Provider, shape, vague
from ..provider.counts import allowance
from ..provider.days import month_until
from ..provider.reading import Fields, count, mapping, moment
from ..provider.refusals import document
from ..provider.usages import usage_of
from ..provider.windows import DAY, WEEK, numbered

PROVIDER = Provider(
    id="nanogpt",
    name="NanoGPT",
    short="NanoGPT",
    kind="prepaid",
    needs=_("an API key of nano-gpt.com"),
    shows=_("balance, day and month of a subscription"),
    keys={"": "https://nano-gpt.com/api"},
    dashboard={"": "https://nano-gpt.com/balance"},
    shapes=(
        shape(r"sk-nano-[\w-]{16,}", _("a NanoGPT API key")),
        vague(UUID, _("possibly a NanoGPT API key")),
    ),
    match="nanogpt nano-gpt nano gpt balance 余额 套餐",
    variables={"NANOGPT_API_KEY": "", "NANO_GPT_API_KEY": ""},
    letters="NG",
)
_API = "https://nano-gpt.com/api"
_WINDOWS = {
    "daily": ("Daily", "uses"),
    "dailyInputTokens": ("Daily", "tokens"),
    "weeklyInputTokens": ("Weekly", "tokens"),
    "monthly": ("Monthly", "uses"),
    "dailyImages": ("Images", "images"),
}
_LENGTHS = {"Daily": DAY, "Weekly": WEEK, "Images": DAY}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the subscription and, in parallel, the balance; either is enough. Raises UsageError."""
    headers = keyed("x-api-key", credential.secret)
    plan, fields = await either(_plan(client, headers), _money(client, headers), is_first=True)
    return parse(fields or {}, plan or {})


async def _money(client: Client, headers: Mapping[str, str]) -> Fields:
    return document(await client.post(f"{_API}/check-balance", headers=headers, json={}))


async def _plan(client: Client, headers: Mapping[str, str]) -> Fields:
    """Fetch the subscription. Raises UsageError, also for one that says nothing, without the balance."""
    plan = document(await client.get(f"{_API}/subscription/v1/usage", headers=headers))
    if not _quotas(plan) and not _is_late(plan):
        raise UnexpectedResponse
    return plan


def parse(fields: Fields, plan: Fields) -> Usage:
    """Read the answers; either may be missing. Raises UnexpectedResponse without an amount and a quota."""
    quotas = _quotas(plan)
    left = beside(quotas, fields.get("usd_balance"), "USD")
    overdue = _("the payment is overdue") if _is_late(plan) else None
    return usage_of(quotas, (left,), notice=overdue)


def _is_late(plan: Fields) -> bool:
    return plan.get("state") == "grace"


def _quotas(plan: Fields) -> tuple[Quota, ...]:
    """Read the windows of the subscription; none unless it is active."""
    if plan.get("active") is not True:
        return ()
    limits, quotas = mapping(plan.get("limits")), []
    for name, (label, unit) in _WINDOWS.items():
        window = mapping(plan.get(name))
        is_loose = name == "daily" and plan.get("enforceDailyLimit") is False
        is_loose = is_loose or name == "dailyImages"
        resets_at = moment(window.get("resetAt"))
        role: Role = "secondary" if is_loose else "binding"
        quotas.append(
            allowance(
                label,
                unit,
                used=count(window.get("used")),
                limit=count(limits.get(name)),
                remaining=count(window.get("remaining")),
                window=_LENGTHS.get(label, month_until(resets_at)),
                resets_at=resets_at,
                role=role,
            )
        )
    return tuple(numbered(filter(None, quotas)))
