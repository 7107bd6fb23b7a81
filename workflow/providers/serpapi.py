"""SerpApi: the searches of the month, and extra ones that were bought.

``/account.json`` answers ``{"plan_name": "Big Data Plan", "plan_renewal_date": "2026-11-17" | null,
"searches_per_month": 30000, "plan_searches_left": 5958, "extra_credits": 0, "account_status": "Active", …}``;
the request is free. Traps: the key is accepted in the URL only. The answer contains the key and an e-mail
address, which are not read. A 429 means the hourly limit, or an empty account.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.contract import LOG_IN, Client, Provider, vague
from ..provider.counts import allowance
from ..provider.reading import Fields, count, moment, short
from ..provider.refusals import document
from ..provider.usages import usage_of

PROVIDER = Provider(
    id="serpapi",
    name="SerpApi",
    short="SerpApi",
    kind="search",
    needs=_("the private API key"),
    shows=_("searches of the month, extra credits, renewal"),
    keys={"": "https://serpapi.com/manage-api-key"},
    dashboard={"": "https://serpapi.com/dashboard"},
    shapes=(vague(r"[0-9a-f]{64}", _("possibly a SerpApi key")),),
    match="serpapi google search 搜索 次数",
    variables={"SERPAPI_API_KEY": "", "SERPAPI_KEY": "", "SERP_API_KEY": ""},
    letters="SA",
    steps=(
        LOG_IN,
        _(
            "Copy the private API key. SerpApi takes it in the address of a request only: a proxy that reads your HTTPS traffic may log it; Tankful does not."
        ),
    ),
)
_URL = "https://serpapi.com/account.json"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the account. Raises UsageError."""
    query = {"api_key": credential.secret}
    return parse(document(await client.get(_URL, headers={}, params=query)))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no searches."""
    limit, left = count(fields.get("searches_per_month")), count(fields.get("plan_searches_left"))
    renewal = short(fields.get("plan_renewal_date"))
    resets_at = moment(f"{renewal}T00:00:00Z") if renewal else None  # the vendor gives a day
    plan = allowance("Plan", "searches", limit=limit, remaining=left, resets_at=resets_at)
    extra = count(fields.get("extra_credits")) or None
    more = allowance("Extra searches", "searches", remaining=extra, role="reserve")
    state = short(fields.get("account_status"))
    odd = (
        _("the account's state is “{state}”", state=state) if state and state != "Active" else None
    )
    return usage_of((plan, more), plan=short(fields.get("plan_name")), notice=odd)
