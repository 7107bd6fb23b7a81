"""KIMI by Moonshot: the balance of the open platform, or the windows of a Kimi Code plan.

A plain ``sk-`` key belongs to platform.moonshot.ai (USD) or platform.moonshot.cn (CNY). Keys of both sites look alike
and work only at their own site. ``/v1/users/me/balance`` answers ``{"code": 0, "data": {"available_balance": 63.9,
"voucher_balance": 15, "cash_balance": 48.9}}``. Traps: cash may be below zero (debt), and then only the voucher is
available. At 0 or less, calls are refused. HTTP 200 with another code is an error, and its zeros are not a balance.
``/v1/users/me`` (optional, undocumented) has the tier.

An ``sk-kimi-`` key belongs to Kimi Code, which has one host for both regions. Its ``/usages`` answers ``{"usage":
{"limit": "100", "used": "31", "remaining": "69", "resetTime": …}, "limits": [{"window": {"duration": 300, "timeUnit":
"TIME_UNIT_MINUTE"}, "detail": {…}}]}``. Traps: ``usage`` is the week. Numbers are strings. Zeros are omitted, so
``used`` may have to be limit - remaining. A limit of 100 means percent; older plans count requests. The unit has
several spellings, a window may have only a name, and a reset may be the seconds until then.

Newer plans add ``"usages": {"limit_5h": {"used_ratio": 0.4, "reset_time": …}, "limit_7d": …, "limit_month_total": …,
"limit_month_code": …}``. These were seen at zero while the detailed window had use, so they only add windows that the
other two do not have. ``limit_month_code`` is Kimi Code's share of the month: a part of ``limit_month_total``, not a
window. ``totalQuota`` and ``parallel`` are not windows either.

``boosterWallet`` is prepaid extra usage, which pays once a window is used up: ``{"status": "STATUS_ENABLED",
"balance": {"amount": …, "amountLeft": …}, "monthlyChargeLimit": {"currency": "USD", "priceInCents": …},
"monthlyUsed": …}``, with amounts in millionths of a cent, and zeros omitted. If the status is disabled, frozen or
unavailable, it does not pay.

A 403 has many reasons, which only its text distinguishes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from ..errors import (
    BY_ITSELF,
    Blocked,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
)
from ..i18n.message import Message, _
from ..kimi import wallet as wallets
from ..kimi import windows
from ..models import Account, Balance, Credential, Usage, WorkBlocked
from ..provider import refusals
from ..provider.answer import (
    COUNTRY,
    Answer,
    quoting,
    rejected,
    retry_at,
    status_error,
    unknown_error,
    vendor_message,
)
from ..provider.balances import REFUSED
from ..provider.calls import bearer, together
from ..provider.contract import LOG_IN, Client, Provider, lookalike, regional, shape
from ..provider.notices import debt
from ..provider.reading import Fields, count, integer, mapping, number, short, snake, text
from ..provider.refusals import Table
from ..provider.windows import shortest_first
from ..records import replace

CODE = "sk-kimi-"
PROVIDER = Provider(
    id="kimi",
    name="KIMI (Moonshot)",
    is_prominent=True,
    short="KIMI",
    kind="prepaid",
    needs=_("an API key of platform.moonshot.ai or .cn, or a Kimi Code key (sk-kimi-…)"),
    shows=_("balance with cash and vouchers; 5 hours, week, month, extra usage"),
    keys={
        "intl": "https://platform.moonshot.ai/console/api-keys",
        "cn": "https://platform.moonshot.cn/console/api-keys",
        "code": "https://www.kimi.com/code/console",
    },
    dashboard={
        "intl": "https://platform.moonshot.ai/console/account",
        "cn": "https://platform.moonshot.cn/console/account",
        "code": "https://www.kimi.com/code/console",
    },
    shapes=(
        # Kimi Code has one host and no regions
        shape(r"sk-kimi-[A-Za-z0-9_-]{8,}", _("a Kimi Code key"), region="code"),
        shape(
            r"sk-(?!\w*T3BlbkFJ)[A-Za-z0-9]{40,64}",
            _("an API key of the Moonshot platform"),
            sure=False,
        ),
    ),
    regions=("intl", "cn"),
    lookalikes=(lookalike(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "kimi.com (web login)", app_id="kimi"),),
    beside=("/v1/users/me",),
    match="kimi moonshot kimi code 月之暗面 balance 余额",
    aliases=("月之暗面",),
    variables={"KIMI_API_KEY": "", "KIMI_CODE_API_KEY": "", "MOONSHOT_API_KEY": ""},
    steps=(
        LOG_IN,
        _(
            "Create an API key, `sk-…`, and copy it while it is shown. Tankful shows its balance: USD at moonshot.ai, CNY at moonshot.cn."
        ),
        _(
            "With a Kimi Code membership: create the key, `sk-kimi-…`, at "
            "<https://www.kimi.com/code/console>. It shows the 5-hour and weekly windows."
        ),
    ),
)
_PLATFORM = {
    "intl": ("https://api.moonshot.ai/v1/users/me", "USD"),
    "cn": ("https://api.moonshot.cn/v1/users/me", "CNY"),
}
_USAGES = "https://api.kimi.com/coding/v1/usages"
_LEVELS = {"INTERMEDIATE": "Allegretto", "ADVANCED": "Allegro"}  # names on which all sources agree

_NO_MONEY: Message = _("{provider}: the balance is empty, so calls are refused; top up the account")
_OPEN: Table = {
    401: (
        CredentialRejected,
        _(
            "{provider} does not accept this key; keys of moonshot.ai and moonshot.cn look alike, so it may belong to the other site; check the region, or make a new one at {keys}"
        ),
    ),
    403: (
        CredentialRejected,
        _(
            "{provider}: this key has no permission to read the balance; create one with "
            "that permission at {keys}"
        ),
    ),
    "exceeded_current_quota_error": (NotAvailable, _NO_MONEY),
    "engine_overloaded_error": (
        ProviderFailed,
        _("{provider} is overloaded; {by_itself}", by_itself=BY_ITSELF),
    ),
}
_FORBIDDEN: tuple[tuple[tuple[str, str], type[UsageError], Message], ...] = (  # 403 by message
    (("balance|arrear|insufficient (fund|credit)", "欠费|余额"), NotAvailable, _NO_MONEY),
    (
        ("(usage|rate|request) limit|quota|billing cycle", "额度|用量上限"),
        RateLimited,
        _("{provider}: a limit of the plan is reached; wait for its reset, or upgrade the plan"),
    ),
    ((r"\b(country|region|territory)\b", "地区"), Blocked, COUNTRY),
    (
        ("suspend|deactivat|banned|account.*(disabled|terminated)", "封禁|停用|冻结"),
        NotAvailable,
        _("{provider} has suspended this account; contact its support"),
    ),
)
_NO_PLAN: Message = _(
    "{provider}: the key is valid but has no Kimi Code plan; subscribe at https://www.kimi.com/code, or use another key"
)
_LAPSED: Message = _(
    "{provider}: the Kimi Code plan has expired; renew it at https://www.kimi.com/code, or use another key"
)
_CODING: Table = {
    **_OPEN,
    401: (
        CredentialRejected,
        _(
            "{provider} does not accept this Kimi Code key; make a new one at https://www.kimi.com/code/console"
        ),
    ),
    403: (
        NotAvailable,
        _(
            "{provider} refuses this Kimi Code key; check the membership at https://www.kimi.com/code"
        ),
    ),
    404: (NotAvailable, _NO_PLAN),
}
_BAD_KEY = ("invalid_authentication_error", "incorrect_api_key_error")
_MEMBER = ("member|subscri|coding plan", "会员|套餐|订阅")  # signs of a missing plan
_ENDED = ("expired|lapsed|has ended|renew", "到期|过期|续费")  # signs of an expired plan


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance, or the windows of a Kimi Code key. Raises UsageError."""
    headers = bearer(credential.secret)
    if credential.secret.startswith(CODE):
        return parse_code(await client.get(_USAGES, headers=headers))
    url, unit = regional(_PLATFORM, account.region)
    balance = _balance(client, f"{url}/balance", headers, unit)
    usage, (tier,) = await together(balance, partial(_tier, client, url, headers))
    return replace(usage, plan=tier)


async def _balance(client: Client, url: str, headers: Mapping[str, str], unit: str) -> Usage:
    return parse_balance(await client.get(url, headers=headers), unit)


async def _tier(client: Client, url: str, headers: Mapping[str, str]) -> str | None:
    answer = await client.get(url, headers=headers)
    return None if refusal(answer, _OPEN) else parse_tier(answer.document())


def refusal(answer: Answer, table: Table) -> UsageError | None:
    """Find the error of an answer, inside HTTP 200 or by its status; None for a success."""
    error = status_error(answer)
    if isinstance(error, Blocked):
        return error
    document = mapping(answer.document())
    error_type = text(mapping(document.get("error")).get("type")) or ""
    if answer.status == 403:
        return _forbidden(answer, table, error_type)
    if answer.status == 401 and error_type not in (*table, *_BAD_KEY):
        return rejected(answer, table[401][1] or CredentialRejected.default)
    error = refusals.refusal(answer, table, error_type, answer.status)
    return error or _inside(answer, document, table)


def _forbidden(answer: Answer, table: Table, error_type: str) -> UsageError:
    """Return the error of a 403 by its message and type; an unknown message is quoted."""
    message = (vendor_message(answer) or "").lower()
    for patterns, error, reason in _FORBIDDEN:
        if _says(message, patterns):
            return error(reason, retry_at=retry_at(answer))
    if table is _CODING and (not message or _says(message, _MEMBER)):
        return NotAvailable(_LAPSED if _says(message, _ENDED) else _NO_PLAN)
    kind, sentence = table.get(error_type) or table[403]
    return kind(quoting(sentence or kind.default, answer))


def _says(message: str, signs: tuple[str, ...]) -> bool:
    return any(re.search(sign, message) for sign in signs)


def _inside(answer: Answer, document: Fields, table: Table) -> UsageError | None:
    """Return the error inside an HTTP 200; its code is used like an HTTP status."""
    code = integer(document.get("code"))
    if code is not None and 400 <= code < 600:
        return refusal(replace(answer, status=code), table)
    texts = (text(document.get(name)) or "" for name in ("code", "scode", "error", "message"))
    if any("unauthorized" in each.lower() for each in texts):
        return refusal(replace(answer, status=401), table)
    if document.get("code") is not None and code != 0:
        return unknown_error(answer, document["code"])
    return unknown_error(answer) if document.get("status") is False else None


def _document(answer: Answer, table: Table) -> Fields:
    """Parse the JSON object of a successful answer. Raises UsageError for any other."""
    error = refusal(answer, table)
    if error is not None:
        raise error
    return mapping(answer.json())


def parse_balance(answer: Answer, unit: str) -> Usage:
    """Read the balance of the open platform. Raises UsageError.

    Args:
        unit: the currency of the region, an ISO 4217 code.
    """
    data = mapping(_document(answer, _OPEN).get("data"))
    available = number(data.get("available_balance"))
    voucher, cash = count(data.get("voucher_balance")), number(data.get("cash_balance"))
    if available is None and voucher is not None and cash is not None:
        available = voucher + max(cash, Decimal(0))
    if available is None:
        raise unknown_error(answer)
    return Usage(
        balances=(Balance(available, unit, granted=voucher),),
        notice=debt(cash, unit) if available >= 0 else None,  # else the balance shows the debt
        blocked=WorkBlocked("payment", REFUSED) if available <= 0 else None,
    )


def parse_tier(document: object) -> str | None:
    """Read the tier, such as Enterprise Tier 1 from ``enterprise-tier-1``; None for other groups."""
    data = mapping(mapping(document).get("data"))
    group = (short(data.get("user_group_id")) or "").lower()
    if not re.fullmatch(r"([a-z]+[-_ ])?tier[-_ ]?\d+", group, re.ASCII):
        return None
    return " ".join(word.capitalize() for word in re.findall(r"[a-z]+|\d+", group))


def parse_code(answer: Answer) -> Usage:
    """Read the windows and the wallet of a Kimi Code plan. Raises UsageError."""
    document = mapping(snake(_document(answer, _CODING)))
    if not any(
        isinstance(document.get(name), (dict, list)) for name in ("usage", "limits", "usages")
    ):
        raise unknown_error(answer)
    quotas, wallet = windows.merged(document, answer), wallets.parse(document)
    if not any(quota.used is not None for quota in quotas):
        if not quotas and wallet.balances:
            return wallet
        raise (
            UnexpectedResponse
            if quotas or windows.is_unreadable(document)
            else NotAvailable(_NO_PLAN)
        )
    return replace(wallet, quotas=shortest_first((*quotas, *wallet.quotas)), plan=_level(document))


def _level(document: Fields) -> str | None:
    membership = mapping(mapping(document.get("user")).get("membership"))
    level = (short(membership.get("level")) or "").replace("LEVEL_", "")
    if level in ("", "UNSPECIFIED"):
        return None
    return _LEVELS.get(level) or level.replace("_", " ").title()
