"""KIMI by Moonshot: the balance of the open platform, or the windows of a Kimi Code plan.

A plain ``sk-`` key belongs to platform.moonshot.ai (USD) or platform.moonshot.cn (CNY), looks alike
at both and works only at home. ``/v1/users/me/balance`` answers ``{"code": 0, "data":
{"available_balance": 63.9, "voucher_balance": 15, "cash_balance": 48.9}}``. Traps: cash may be below
zero (debt), and then what is available is the voucher alone; at 0 or less calls are refused; HTTP
200 with another code is an error whose zeros are no balance. ``/v1/users/me`` (optional,
undocumented) names the tier.

A ``sk-kimi-`` key belongs to Kimi Code, one host for both regions, whose ``/usages`` answers
``{"usage": {"limit": "100", "used": "31", "remaining": "69", "resetTime": …}, "limits": [{"window":
{"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"}, "detail": {…}}]}``. Traps: ``usage`` is the week,
numbers are strings, a zero is left out (so ``used`` may have to be limit - remaining), a limit of
100 means percent, older plans count requests. The unit is spelt in several ways, a window may only
have a name, and a reset may be told as the seconds until then. Newer plans add ``"usages":
{"limit_5h": {"used_ratio": 0.4, "reset_time": …}, "limit_7d": …, "limit_month_total": …,
"limit_month_code": …}``; these were seen at zero while the detailed window had use, so they only fill
what the other two leave open. ``limit_month_code`` is the share of the month that Kimi Code took: a
part of ``limit_month_total``, no window. ``totalQuota`` and ``parallel`` are no windows.

``boosterWallet`` is prepaid extra usage, which pays once a window is used up: ``{"status":
"STATUS_ENABLED", "balance": {"amount": …, "amountLeft": …}, "monthlyChargeLimit": {"currency": "USD",
"priceInCents": …}, "monthlyUsed": …}``, amounts in millionths of a cent, a zero left out. The status
may also be disabled, frozen or unavailable: then it pays for nothing.

A 403 has many reasons, and only its text tells them apart.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Mapping, Optional, Tuple, Type

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
from ..provider.calls import bearer, together
from ..provider.contract import Client, Provider, lookalike, shape
from ..provider.notices import owed
from ..provider.reading import count, integer, mapping, number, text
from ..provider.refusals import Table
from ..provider.windows import shortest_first

CODE = "sk-kimi-"
PROVIDER = Provider(
    id="kimi",
    name="KIMI (Moonshot)",
    short="KIMI",
    kind="prepaid",
    needs=_("an API key of platform.moonshot.ai or .cn, or a Kimi Code key (sk-kimi-…)"),
    shows=_("balance with cash and vouchers; 5 hours, week, month, extra usage"),
    keys={
        "intl": "https://platform.moonshot.ai/console/api-keys",
        "cn": "https://platform.moonshot.cn/console/api-keys",
    },
    dashboard={
        "intl": "https://platform.moonshot.ai/console/account",
        "cn": "https://platform.moonshot.cn/console/account",
        "": "https://www.kimi.com/code/console",  # Kimi Code has no regions
    },
    shapes=(
        shape(
            r"sk-kimi-[A-Za-z0-9_-]{8,}", _("a Kimi Code key"), region="intl"
        ),  # one host for both
        shape(
            r"sk-(?!\w*T3BlbkFJ)[A-Za-z0-9]{40,64}",
            _("an API key of the Moonshot platform"),
            sure=False,
        ),
    ),
    regions=("intl", "cn"),
    lookalikes=(lookalike(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "kimi.com (web login)", app_id="kimi"),),
    match="kimi moonshot kimi code 月之暗面",
    variables={"KIMI_API_KEY": "", "KIMI_CODE_API_KEY": "", "MOONSHOT_API_KEY": ""},
    steps=(
        _("Open {keys} and log in."),
        _(
            "Create an API key, `sk-…`, and copy it while it is shown. Tankful shows its balance: USD at moonshot.ai, CNY at moonshot.cn."
        ),
        _(
            "With a Kimi Code membership: make the key, `sk-kimi-…`, at <https://www.kimi.com/code/console>. It shows the 5-hour and weekly windows."
        ),
    ),
)
_PLATFORM = {
    "intl": ("https://api.moonshot.ai/v1/users/me", "USD"),
    "cn": ("https://api.moonshot.cn/v1/users/me", "CNY"),
}
_USAGES = "https://api.kimi.com/coding/v1/usages"
_LEVELS = {"INTERMEDIATE": "Allegretto", "ADVANCED": "Allegro"}  # the names all sources agree on
_REFUSED = _("calls are refused until you top up")

_NO_MONEY: Message = _("{provider}: no money is left, so calls are refused; top up the account")
_OPEN: Table = {
    401: (
        CredentialRejected,
        _(
            "{provider} does not accept this key; keys of moonshot.ai and moonshot.cn look alike, so it may belong to the other site: check the region, or make a new one at {keys}"
        ),
    ),
    403: (
        CredentialRejected,
        _("{provider}: this key may not read the balance; make one that may at {keys}"),
    ),
    "exceeded_current_quota_error": (NotAvailable, _NO_MONEY),
    "engine_overloaded_error": (
        ProviderFailed,
        _("{provider} is overloaded; {by_itself}", by_itself=BY_ITSELF),
    ),
}
_SAYS: Tuple[
    Tuple[Tuple[str, str], Type[UsageError], Message], ...
] = (  # what a 403 says, and what it means
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
_ENDED = ("expired|lapsed|has ended|renew", "到期|过期|续费")  # and of one that was there


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask for the balance, or for the windows of a Kimi Code key. Raises UsageError."""
    headers = bearer(credential.secret)
    if credential.secret.startswith(CODE):
        return parse_code(await client.get(_USAGES, headers=headers))
    url, unit = _PLATFORM.get(account.region, _PLATFORM["intl"])
    balance = _balance(client, f"{url}/balance", headers, unit)
    usage, (tier,) = await together(balance, partial(_tier, client, url, headers))
    return replace(usage, plan=tier)


async def _balance(client: Client, url: str, headers: Mapping[str, str], unit: str) -> Usage:
    return parse_balance(await client.get(url, headers=headers), unit)


async def _tier(client: Client, url: str, headers: Mapping[str, str]) -> Optional[str]:
    answer = await client.get(url, headers=headers)
    return None if refusal(answer, _OPEN) else parse_tier(answer.document())


def refusal(answer: Answer, meaning: Table) -> Optional[UsageError]:
    """What an answer refuses, inside HTTP 200 or by its status; None for a success."""
    error = status_error(answer)
    if isinstance(error, Blocked):
        return error
    told = mapping(answer.document())
    named = text(mapping(told.get("error")).get("type")) or ""
    if answer.status == 403:
        return _read(answer, meaning, told=(named, vendor_message(answer) or ""))
    if answer.status == 401 and named not in (*meaning, *_BAD_KEY):
        return rejected(answer, meaning[401][1] or CredentialRejected.default)
    error = refusals.refusal(answer, meaning, named, answer.status)
    return error or _inside(answer, told, meaning)


def _read(answer: Answer, meaning: Table, told: Tuple[str, str]) -> UsageError:
    """A 403 by its type and its text; one that says nothing we know is quoted."""
    named, said = told[0], told[1].lower()
    for signs, error, words in _SAYS:
        if re.search("|".join(signs), said):
            return error(words, retry_at=retry_at(answer))
    if meaning is _CODING and (not said or re.search("|".join(_MEMBER), said)):
        return NotAvailable(_LAPSED if re.search("|".join(_ENDED), said) else _NO_PLAN)
    kind, own = meaning.get(named) or meaning[403]
    return kind(quoting(own or kind.default, answer))


def _inside(answer: Answer, told: Mapping[str, Any], meaning: Table) -> Optional[UsageError]:
    """The error inside an HTTP 200; its code is read as the status that it would have been."""
    code = integer(told.get("code"))
    if code is not None and 400 <= code < 600:
        return refusal(replace(answer, status=code), meaning)
    names = (text(told.get(name)) or "" for name in ("code", "scode", "error", "message"))
    if any("unauthorized" in name.lower() for name in names):
        return refusal(replace(answer, status=401), meaning)
    if told.get("code") is not None and code != 0:
        return unknown_error(answer, told["code"])
    return unknown_error(answer) if told.get("status") is False else None


def parse_balance(answer: Answer, unit: str) -> Usage:
    """The balance of the open platform. Raises UsageError."""
    error = refusal(answer, _OPEN)
    if error is not None:
        raise error
    data = mapping(mapping(answer.json()).get("data"))
    available = number(data.get("available_balance"))
    voucher, cash = count(data.get("voucher_balance")), number(data.get("cash_balance"))
    if available is None and voucher is not None and cash is not None:
        available = voucher + max(cash, Decimal(0))
    if available is None:
        raise unknown_error(answer)
    return Usage(
        balances=(Balance(available, unit, granted=voucher),),
        notice=_debt(available, cash, unit),
        blocked=WorkBlocked("payment", _REFUSED) if available <= 0 else None,
    )


def _debt(available: Decimal, cash: Optional[Decimal], unit: str) -> Optional[Message]:
    """That money is owed, where the balance itself does not say so."""
    if cash is None or cash >= 0 or available < 0:
        return None
    return owed(-cash, unit)


def parse_tier(told: object) -> Optional[str]:
    """The tier as words: ``enterprise-tier-1`` is Enterprise Tier 1; None for any other group."""
    data = mapping(mapping(told).get("data"))
    group = (text(data.get("user_group_id"), 40) or "").lower()
    if not re.fullmatch(r"([a-z]+[-_ ])?tier[-_ ]?\d+", group, re.ASCII):
        return None
    return " ".join(word.capitalize() for word in re.findall(r"[a-z]+|\d+", group))


def parse_code(answer: Answer) -> Usage:
    """The windows of a Kimi Code plan, and the wallet behind them. Raises UsageError."""
    error = refusal(answer, _CODING)
    if error is not None:
        raise error
    told = mapping(answer.json())
    if not any(isinstance(told.get(name), (dict, list)) for name in ("usage", "limits", "usages")):
        raise unknown_error(answer)
    quotas, wallet = windows.merged(told, answer), wallets.parse(told)
    if not any(quota.used is not None for quota in quotas):
        if not quotas and wallet.balances:
            return wallet
        raise (
            UnexpectedResponse if quotas or windows.is_unreadable(told) else NotAvailable(_NO_PLAN)
        )
    return replace(wallet, quotas=shortest_first((*quotas, *wallet.quotas)), plan=_level(told))


def _level(told: Mapping[str, Any]) -> Optional[str]:
    membership = mapping(mapping(told.get("user")).get("membership"))
    word = (text(membership.get("level"), 40) or "").replace("LEVEL_", "")
    if word in ("", "UNSPECIFIED"):
        return None
    return _LEVELS.get(word) or word.replace("_", " ").title()
