"""AIHubMix: prepaid money of the account, or what an ordinary key may still spend.

A system access token (``fd…``, sent bare) reads ``/api/user/self``: ``{"success": true, "data": {"quota":
5000000, "used_quota": 1250000, …}}``. ``quota`` is what is left, in 1/500000 USD; a name beside it is not
read. An API key (``sk-…``) reads ``/dashboard/billing/remain``: ``{"total_usage": 4.2}``, which is what is
left, in USD; it is below zero if the key has no limit of its own. A refusal may come in HTTP 200, with
``"success": false`` or ``"error"``.
"""

from __future__ import annotations

from ..errors import CredentialRejected
from ..i18n.message import _
from ..models import Account, Credential, Quota, Usage
from ..provider.answer import Answer, quoting
from ..provider.balances import balance, prepaid
from ..provider.calls import bare, bearer
from ..provider.contract import LOG_IN, Client, Provider, vague
from ..provider.reading import Fields, mapping, number
from ..provider.refusals import document

PROVIDER = Provider(
    id="aihubmix",
    name="AIHubMix",
    short="AIHubMix",
    kind="prepaid",
    needs=_("a system access token (fd…), or an API key (sk-…)"),
    shows=_("balance of the account, or what the key may still spend"),
    keys={"": "https://aihubmix.com/setting"},
    dashboard={"": "https://aihubmix.com/statistics"},
    shapes=(
        vague(r"fd[0-9A-Za-z]{20,62}", _("possibly an AIHubMix access token")),
        vague(r"sk-[A-Za-z0-9]{48}", _("an AIHubMix API key")),
    ),
    match="aihubmix hub balance 余额",
    variables={"AIHUBMIX_ACCESS_KEY": "", "AIHUBMIX_TOKEN": "", "AIHUBMIX_API_KEY": ""},
    letters="AH",
    steps=(
        LOG_IN,
        _(
            "Generate a system access token, `fd…`, and copy it. An API key (`sk-…`) "
            "shows only what it may spend itself."
        ),
    ),
)
_HOST = "https://aihubmix.com"
_PER = 500_000


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance of the account, or what an API key may spend. Raises UsageError."""
    secret = credential.secret
    if secret.startswith("sk-"):
        url = f"{_HOST}/dashboard/billing/remain"
        return parse_key(_read(await client.get(url, headers=bearer(secret))))
    answer = await client.get(f"{_HOST}/api/user/self", headers=bare(secret))
    return parse(mapping(_read(answer).get("data")))


def _read(answer: Answer) -> Fields:
    fields = mapping(answer.document())
    if answer.status == 200 and (fields.get("success") is False or fields.get("error")):
        raise CredentialRejected(quoting(CredentialRejected.default, answer))
    return document(answer)


def parse(data: Fields) -> Usage:
    """Read the account. Raises UnexpectedResponse if it has no amount."""
    return prepaid([balance(data.get("quota"), "USD", per=_PER)])


def parse_key(fields: Fields) -> Usage:
    """Read what an API key may spend. Raises UnexpectedResponse if it has no amount."""
    left = number(fields.get("total_usage"))
    if left is not None and left < 0:
        return Usage((Quota("Key", "USD", None, None, None, unlimited=True),))
    return prepaid([balance(fields.get("total_usage"), "USD")])
