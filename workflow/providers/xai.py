"""xAI: prepaid credit, this cycle's spend and the limit of the invoice.

A management key belongs to a team (``/auth/management-keys/validation``: ``{"scope": "SCOPE_TEAM", "scopeId":
…}``) and reads the team's billing: ``/prepaid/balance`` answers ``{"total": {"val": "-1875"}}``, and
``/postpaid/invoice/preview`` ``{"coreInvoice": {"totalWithCorr": {"val": "0"}, "prepaidCredits": {"val":
"-5170"}, "prepaidCreditsUsed": {"val": "0"}}, "effectiveSpendingLimit": "0", "billingCycle": {"year": 2026,
"month": 10}}``. Amounts are cents as text. Credit is negative. ``prepaidCredits`` is the credit at the start of
the cycle, of which ``prepaidCreditsUsed`` is gone. The ledger may still hold what earlier cycles used ($75.00 of
$51.70), so it only stands in for the preview. A limit of 0 means prepaid only. An inference key
(``xai-…``) cannot read money; a wrong key is refused with 400.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from urllib.parse import quote

from ..errors import CredentialRejected, WrongCredential
from ..i18n.message import _
from ..models import Account, Balance, Credential, Role, Spend, Usage
from ..provider.balances import prepaid
from ..provider.calls import bearer, either
from ..provider.contract import Client, Provider, shape
from ..provider.counts import allowance
from ..provider.days import month_until, next_month, periods
from ..provider.reading import Fields, count, first, integer, mapping, number, text
from ..provider.refusals import Table, document
from ..provider.usages import usage_of

DatedFields = tuple[Fields, datetime]  # an answer, and when it came

PROVIDER = Provider(
    id="xai",
    name="xAI (Grok)",
    short="xAI",
    kind="prepaid",
    needs=_("a management key of console.x.ai"),
    shows=_("prepaid credit, spend this month and its limit"),
    keys={"": "https://console.x.ai/team/default/settings/management-keys"},
    dashboard={"": "https://console.x.ai/team/default/billing"},
    shapes=(shape(r"xai-token-[\w-]{8,}", _("an xAI management key")),),
    match="xai grok balance 余额 账单",
    variables={"XAI_MANAGEMENT_KEY": "", "XAI_MANAGEMENT_API_KEY": ""},
    letters="XA",
    steps=(
        _("Open {keys} (Settings → Management Keys) and log in."),
        _(
            "Create a management key with permission to read the billing of the team, "
            "and copy it while it is shown. An API key (`xai-…`) can call models but "
            "cannot read the balance."
        ),
    ),
)
_API = "https://management-api.x.ai"
_CENTS, _ZERO = 100, Decimal(0)
_REFUSALS: Table = {"incorrect api key": (CredentialRejected, None)}  # with status 400
_BILLING_REFUSALS: Table = {
    **_REFUSALS,
    403: (
        WrongCredential,
        _(
            "{provider}: this management key has no permission to read billing; create "
            "one with that permission at {keys}"
        ),
    ),
}
_NO_TEAM = _(
    "{provider}: this management key belongs to no team; create one in your team at {keys}"
)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the team of the key, then the team's billing. Raises UsageError."""
    headers = bearer(credential.secret)
    url = f"{_API}/auth/management-keys/validation"
    scope = document(await client.get(url, headers=headers), _REFUSALS)
    team = text(first(scope, "scopeId", "teamId"))
    if team is None or scope.get("scope") not in (None, "SCOPE_TEAM"):
        raise WrongCredential(_NO_TEAM)
    billing = f"{_API}/v1/billing/teams/{quote(team, safe='')}"
    preview, ledger = await either(
        _read(client, f"{billing}/postpaid/invoice/preview", headers),
        _read(client, f"{billing}/prepaid/balance", headers),
        is_first=True,
    )
    return parse(ledger, preview)


async def _read(client: Client, url: str, headers: Mapping[str, str]) -> DatedFields:
    answer = await client.get(url, headers=headers)
    return document(answer, _BILLING_REFUSALS), answer.at


def parse(ledger: DatedFields | None, preview: DatedFields | None) -> Usage:
    """Read both answers, one of which may be missing. Raises UnexpectedResponse without a number."""
    posted = _dollars(ledger[0].get("total")) if ledger else None
    if preview is None:
        return prepaid([None if posted is None else Balance(-posted, "USD")])
    fields, at = preview
    invoice = mapping(fields.get("coreInvoice"))
    spent, used = (_dollars(invoice.get(name)) for name in ("totalWithCorr", "prepaidCreditsUsed"))
    credit = _dollars(invoice.get("prepaidCredits"))
    posted = posted if credit is None else credit
    limit = (count(fields.get("effectiveSpendingLimit")) or _ZERO) / _CENTS
    left = None if posted is None or (limit and not posted) else -posted - abs(used or _ZERO)
    since = _cycle(fields) or periods(at)[0]
    cap = None
    if limit:
        role: Role = "reserve" if left else "binding"  # the invoice pays after the credit
        resets_at = next_month(since)
        length = month_until(resets_at)
        cap = allowance(
            "Spend limit",
            "USD",
            used=spent,
            limit=limit,
            window=length,
            resets_at=resets_at,
            role=role,
        )
    spend = None if spent is None else Spend(spent, "USD", since, at, "month")
    return usage_of((cap,), (None if left is None else Balance(left, "USD"),), (spend,))


def _dollars(value: object) -> Decimal | None:
    cents = number(mapping(value).get("val"))
    return None if cents is None else cents / _CENTS


def _cycle(fields: Fields) -> datetime | None:
    """Read the start of the billing cycle."""
    cycle = mapping(fields.get("billingCycle"))
    year, month = integer(cycle.get("year")), integer(cycle.get("month"))
    if year is None or month is None or not (2000 < year < 9000 and 0 < month < 13):
        return None
    return datetime(year, month, 1, tzinfo=timezone.utc)
