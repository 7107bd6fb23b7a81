"""Ollama Cloud: what is left of the plan and of purchased credits.

``/api/balance`` answers, for plans with credits, ``{"included": {"balance_usd": 72.5, "allowance_usd": 100,
"period": {"from": …, "until": …}}, "purchased": {"balance_usd": 25}}``. ``balance_usd`` is what is *left* of
the allowance, which resets at ``until``. Older plans have ``{"included": {"session": {"remaining_percent":
75, "resets_at": …}, "weekly": {…}}}`` instead; the length of a session is not known. Ten requests per minute
are allowed.
"""

from __future__ import annotations

from ..errors import NotAvailable
from ..i18n.message import _
from ..models import Account, Credential, Quota, Usage
from ..provider.balances import beside
from ..provider.calls import bearer
from ..provider.contract import Client, Provider, RateLimit, shape
from ..provider.counts import allowance, percent_used
from ..provider.reading import Fields, count, mapping, moment, number, share
from ..provider.refusals import Table, document
from ..provider.usages import usage_of
from ..provider.windows import WEEK

PROVIDER = Provider(
    id="ollama",
    name="Ollama Cloud",
    short="Ollama",
    kind="plan",
    needs=_("an API key of ollama.com"),
    shows=_("what the plan includes, session and week of older plans, bought credits"),
    keys={"": "https://ollama.com/settings/keys"},
    dashboard={"": "https://ollama.com/settings"},
    shapes=(shape(r"[0-9a-fA-F]{32}\.[\w-]{24}", _("an Ollama API key"), marked=False),),
    rate_limit=RateLimit(10, 60),
    match="ollama cloud 云 余额",
    variables={"OLLAMA_API_KEY": ""},
    letters="OL",
)
_URL = "https://ollama.com/api/balance"
_REFUSALS: Table = {
    403: (
        NotAvailable,
        _("{provider} refuses this account (the key is good); see https://ollama.com/settings"),
    ),
}
_WINDOWS = {"session": "Session", "weekly": "Weekly"}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret)), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no number."""
    included = mapping(fields.get("included"))
    quotas = tuple(filter(None, (_credits(included), *_windows(included))))
    bought = beside(quotas, mapping(fields.get("purchased")).get("balance_usd"), "USD")
    return usage_of(quotas, (bought,))


def _credits(included: Fields) -> Quota | None:
    whole, left = count(included.get("allowance_usd")), number(included.get("balance_usd"))
    if whole == 0:
        return None  # no plan
    until = moment(mapping(included.get("period")).get("until"))
    return allowance("Plan", "USD", limit=whole, remaining=left, resets_at=until)


def _windows(included: Fields) -> list[Quota | None]:
    quotas = []
    for name, label in _WINDOWS.items():
        window = mapping(included.get(name))
        used = percent_used(share(window.get("remaining_percent")))
        resets_at = moment(window.get("resets_at"))
        length = WEEK if name == "weekly" else None
        quotas.append(allowance(label, "%", used_percent=used, window=length, resets_at=resets_at))
    return quotas
