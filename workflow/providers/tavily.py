"""Tavily: credits of the plan, of the key and of pay-as-you-go, all in one answer.

``{"key": {"usage": 214, "limit": 1000 | null, …}, "account": {"current_plan": "Researcher",
"plan_usage": 361, "plan_limit": 1000 | null, "paygo_usage": 0, "paygo_limit": null | 0 | 2000, …}}``

Everything counts credits in the current month. ``null`` means no limit, a ``paygo_limit`` of 0 means
that pay-as-you-go is off, either block and any field may be missing, and no answer says when the
month resets. A key's own limit can bind before the plan's does, and stops what is paid as you go too;
else pay-as-you-go begins when the plan is used up. The endpoint itself allows ten requests in ten
minutes. A 401 may also speak of the account behind a good key, which no new key can mend.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ..errors import CredentialRejected, RateLimited, UnexpectedResponse
from ..i18n.message import _
from ..models import Account, Credential, Quota, Role, Usage
from ..provider.answer import Answer
from ..provider.calls import bearer
from ..provider.contract import Client, Provider, shape
from ..provider.counts import allowance
from ..provider.reading import count, mapping, text
from ..provider.refusals import Table, refusal

PROVIDER = Provider(
    id="tavily",
    name="Tavily",
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
    interval=300,
    match="tavily search web credits 搜索 联网 积分",
    variables={"TAVILY_API_KEY": ""},
    steps=(
        _("Open {keys} and log in."),
        _(
            "Copy a key from the list of API keys, `tvly-dev-…` or `tvly-prod-…`. Any of them shows the credits of the plan as well as its own."
        ),
    ),
)

_URL = "https://api.tavily.com/usage"
_REFUSALS: Table = {  # statuses of Tavily's own
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
    """Ask for the credits of the account and of the key. Raises UsageError."""
    headers = bearer(credential.secret)
    project = account.scope.get("project", "").strip()
    if project:
        headers["X-Project-ID"] = project
    return parse(_document(await client.get(_URL, headers=headers)))


def parse(document: object) -> Usage:
    """Read the answer. Raises UnexpectedResponse when it tells no number at all."""
    key = mapping(mapping(document).get("key"))
    account = mapping(mapping(document).get("account"))
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
    if own and own.limit is None and plan:  # the same credits, seen from the key
        own = None
    if paid and not (paid.used if paid.limit is None else paid.limit):  # off, or never touched
        paid = None
    quotas = tuple(quota for quota in (plan, own, paid) if quota)
    if not quotas:
        raise UnexpectedResponse
    return Usage(
        quotas=quotas,
        plan=text(account.get("current_plan")),
    )


def _credits(
    label: str, block: Mapping[str, Any], used: str, limit: str, role: Role = "binding"
) -> Optional[Quota]:
    spent, ceiling = count(block.get(used)), count(block.get(limit))
    return allowance(label, "credits", used=spent, limit=ceiling, role=role)


def _document(answer: Answer) -> Any:
    error = refusal(answer, _REFUSALS, answer.status, rejected=CredentialRejected.default)
    if error is not None:
        raise error
    return answer.json()
