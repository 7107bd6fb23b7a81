"""Tavily: credits of the plan, of the key and of pay-as-you-go, all in one answer.

``{"key": {"usage": 214, "limit": 1000 | null, …}, "account": {"current_plan": "Researcher",
"plan_usage": 361, "plan_limit": 1000 | null, "paygo_usage": 0, "paygo_limit": null | 0 | 2000, …}}``

Everything counts credits in the current month. ``null`` means no limit; a ``paygo_limit`` of 0 means that
pay-as-you-go is off. Both blocks and all fields may be missing, and no answer says when the month resets. A
key's own limit may be reached before the plan's, and also stops pay-as-you-go; otherwise pay-as-you-go begins
when the plan is used up. The endpoint allows ten requests in ten minutes. A 401 may also be about the account
of a valid key, where a new key does not help.
"""

from __future__ import annotations

from ..errors import RateLimited
from ..i18n.message import _
from ..models import Account, Credential, Quota, Role, Usage
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Form, Provider, RateLimit, shape
from ..provider.counts import allowance
from ..provider.reading import Fields, count, mapping, text
from ..provider.refusals import Table, document
from ..provider.usages import usage_of

PROVIDER = Provider(
    id="tavily",
    name="Tavily",
    is_prominent=True,
    short="Tavily",
    kind="search",
    needs=_("API key (tvly-…)"),
    shows=_("plan, key and pay-as-you-go credits"),
    keys={"": "https://app.tavily.com/home"},
    dashboard={"": "https://app.tavily.com/home"},
    shapes=(
        shape(r"tvly-dev-[\w-]{4,}", _("Tavily development key")),
        shape(r"tvly-prod-[\w-]{4,}", _("Tavily production key")),
        shape(r"tvly-[\w-]{4,}", _("Tavily key")),
    ),
    scopes={"project": _("project ID (X-Project-ID)")},
    forms={"project": Form(_("a project ID"), r"(?!tvly-)[ -~]{1,100}", "my-project")},  # no key
    interval=300,
    rate_limit=RateLimit(10, 600),
    match="tavily search web credits 搜索 联网 积分",
    variables={"TAVILY_API_KEY": ""},
    steps=(
        LOG_IN,
        _(
            "Copy a key from the list of API keys, `tvly-dev-…` or `tvly-prod-…`. Any of them shows the credits of the plan as well as its own."
        ),
    ),
)

_URL = "https://api.tavily.com/usage"
_REFUSALS: Table = {  # Tavily's own statuses
    432: (
        RateLimited,
        _(
            "{provider} says that the limit of this plan or key is reached; raise it at {keys} or wait for the next month"
        ),
    ),
    433: (
        RateLimited,
        _(
            "{provider} says that the pay-as-you-go limit is reached; raise it at {keys} or wait for the next month"
        ),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the credits of the account and of the key. Raises UsageError."""
    headers = bearer(credential.secret)
    project = account.scope.get("project", "").strip()
    if project:
        headers["X-Project-ID"] = project
    answer = await client.get(_URL, headers=headers)
    return parse(document(answer, _REFUSALS))


def parse(credits: object) -> Usage:
    """Read the document of an answer. Raises UnexpectedResponse if it has no number at all."""
    key, account = (mapping(mapping(credits).get(name)) for name in ("key", "account"))
    plan = _credits("Plan", account, "plan_usage", "plan_limit")
    own = _credits("Key", key, "usage", "limit")
    stopped = own is not None and own.limit is not None and own.remaining == 0
    paid = _credits(
        "Pay-as-you-go",
        account,
        "paygo_usage",
        "paygo_limit",
        "secondary" if stopped else "reserve",
    )
    if own and own.limit is None and plan:
        own = None  # without a limit of its own it repeats the plan's credits
    if paid and not (paid.used if paid.limit is None else paid.limit):  # off, or never used
        paid = None
    return usage_of((plan, own, paid), plan=text(account.get("current_plan")))


def _credits(
    label: str, block: Fields, used: str, limit: str, role: Role = "binding"
) -> Quota | None:
    spent, ceiling = count(block.get(used)), count(block.get(limit))
    return allowance(label, "credits", used=spent, limit=ceiling, role=role)
