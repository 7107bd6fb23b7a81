"""Bocha 博查: prepaid money, in CNY.

``/v1/fund/remaining`` answers ``{"code": "200", "success": true, "data": {"remaining": 2.8}}``. The code is a
text or a number, and a refusal may come with HTTP 200 and another code, which then is the status. 403 is said
of an empty balance.
"""

from __future__ import annotations

from ..errors import NotAvailable
from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.answer import vendor_message
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.reading import Fields, integer, mapping
from ..provider.refusals import Table, document, refusal
from ..records import replace

PROVIDER = Provider(
    id="bocha",
    name="Bocha (博查)",
    short="Bocha",
    kind="search",
    needs=_("an API key of open.bocha.cn (sk-…)"),
    shows=_("balance"),
    keys={"": "https://open.bocha.cn/api-keys"},
    dashboard={"": "https://open.bocha.cn"},
    shapes=(shape(r"sk-[0-9a-f]{32}", _("a Bocha API key"), sure=False),),
    match="bocha 博查 search 搜索 联网 余额",
    variables={"BOCHA_API_KEY": "", "BOCHAAI_API_KEY": ""},
    hosts={"bochaai.com": ""},
    letters="BC",
    steps=(LOG_IN, _("Create an API key, `sk-…`, and copy it while it is shown.")),
)
_URL = "https://api.bocha.cn/v1/fund/remaining"
_SUCCESS = 200
_STATUSES = range(401, 600)  # that say more than an unknown code
_REFUSALS: Table = {
    "enough money": (
        NotAvailable,
        _("{provider}: the balance is empty, so calls are refused; top up the account"),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    answer = await client.get(_URL, headers=bearer(credential.secret))
    code = integer(mapping(answer.document()).get("code"))
    is_refused = code not in (None, _SUCCESS)
    if code is not None and code in _STATUSES and answer.status == _SUCCESS:
        answer = replace(answer, status=code)
    message = (vendor_message(answer) or "").lower() if is_refused else ""
    error = refusal(answer, _REFUSALS, message=message, unknown=code if is_refused else None)
    if error is not None:
        raise error
    return parse(document(answer))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    return prepaid([balance(mapping(fields.get("data")).get("remaining"), "CNY")])
