"""Firecrawl: the credits of a team.

``/v2/team/credit-usage`` answers ``{"success": true, "data": {"remainingCredits": 412, "planCredits": 500,
"billingPeriodEnd": … | null}}``, v1 the same in ``snake_case``. All keys of a team share one number. With packs or
coupons more may be left than the plan has; then there is no percentage, only what is left. It may be below zero.
"""

from __future__ import annotations

from ..errors import UnexpectedResponse
from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.counts import allowance
from ..provider.reading import Fields, count, mapping, moment, number, snake
from ..provider.refusals import document

PROVIDER = Provider(
    id="firecrawl",
    name="Firecrawl",
    short="Firecrawl",
    kind="search",
    needs=_("an API key (fc-…)"),
    shows=_("credits of the team and their reset"),
    keys={"": "https://www.firecrawl.dev/app/api-keys"},
    dashboard={"": "https://www.firecrawl.dev/app/usage"},
    shapes=(shape(r"fc-[\w-]{16,}", _("a Firecrawl API key")),),
    match="firecrawl crawl scrape search 爬虫 抓取 积分",
    variables={"FIRECRAWL_API_KEY": ""},
    letters="FC",
    steps=(LOG_IN, _("Create an API key, `fc-…`, or copy an existing one.")),
)
_URL = "https://api.firecrawl.dev/v2/team/credit-usage"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the credits. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret))))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no credits."""
    data = mapping(snake(fields.get("data")))
    left, limit = number(data.get("remaining_credits")), count(data.get("plan_credits"))
    if left is not None and limit is not None and left > limit:
        limit = None
    resets_at = moment(data.get("billing_period_end"))
    plan = allowance("Plan", "credits", limit=limit, remaining=left, resets_at=resets_at)
    if plan is None or left is None:
        raise UnexpectedResponse
    return Usage((plan,))
