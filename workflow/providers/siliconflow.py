"""SiliconFlow 硅基流动: prepaid money, in CNY at siliconflow.cn and in USD at siliconflow.com.

``/v1/user/info`` answers ``{"code": 20000, "status": true, "data": {"balance": "0.88", "chargeBalance":
"88.00", "totalBalance": "88.88", "status": "normal", …}}``. ``balance`` is only the gift, the total may be
below zero, and there is no currency. Name and e-mail address in the answer are not read. Each site refuses
keys of the other with a 401 whose body is a JSON string.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.answer import Answer, unknown_error
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, regional, shape
from ..provider.reading import Fields, mapping, short
from ..provider.refusals import document

PROVIDER = Provider(
    id="siliconflow",
    name="SiliconFlow (硅基流动)",
    short="SiliconFlow",
    kind="prepaid",
    needs=_("an API key of siliconflow.com or siliconflow.cn (sk-…)"),
    shows=_("balance and what of it is a gift"),
    keys={
        "intl": "https://cloud.siliconflow.com/account/ak",
        "cn": "https://cloud.siliconflow.cn/account/ak",
    },
    dashboard={
        "intl": "https://cloud.siliconflow.com/expensebill",
        "cn": "https://cloud.siliconflow.cn/expensebill",
    },
    shapes=(shape(r"sk-[a-z]{48}", _("a SiliconFlow API key"), sure=False),),
    regions=("intl", "cn"),
    match="siliconflow siliconcloud 硅基流动 balance 余额",
    aliases=("siliconcloud",),
    variables={"SILICONFLOW_API_KEY": "", "SILICON_API_KEY": ""},
    letters="SF",
    steps=(
        LOG_IN,
        _("Create an API key, `sk-…`, and copy it while it is shown."),
        _(
            "siliconflow.com and siliconflow.cn are separate accounts: a key works at its own site only."
        ),
    ),
)
_SITES = {
    "intl": ("https://api.siliconflow.com/v1/user/info", "USD"),
    "cn": ("https://api.siliconflow.cn/v1/user/info", "CNY"),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the account of the key. Raises UsageError."""
    url, unit = regional(_SITES, account.region)
    answer = await client.get(url, headers=bearer(credential.secret))
    return parse(_data(answer), unit)


def _data(answer: Answer) -> Fields:
    fields = document(answer)
    if fields.get("status") is False or fields.get("code") not in (None, 20000):
        raise unknown_error(answer, fields.get("code"))
    return mapping(fields.get("data"))


def parse(data: Fields, unit: str) -> Usage:
    """Read the account. Raises UnexpectedResponse if it has no amount."""
    total = balance(data.get("totalBalance"), unit, granted=data.get("balance"), is_gift=True)
    state = short(data.get("status"))
    odd = (
        _("the account's state is “{state}”", state=state) if state and state != "normal" else None
    )
    return prepaid([total], notice=odd)
