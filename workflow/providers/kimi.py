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
100 means percent, older plans count requests. Newer plans add ``"usages": {"limit_5h":
{"used_ratio": 0.4, "reset_time": …}, "limit_7d": …, "limit_month_total": …}``; these were seen at
zero while the detailed window had use, so they only fill what the other two leave open.
``totalQuota`` and ``parallel`` are no windows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple, Type, Union

from ..errors import (
    Blocked,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    UnexpectedResponse,
    UsageError,
    Words,
)
from ..models import Account, Balance, Credential, Phrase, Quota, Role, Usage
from ..payload import (
    Answer,
    count,
    entries,
    first,
    integer,
    mapping,
    moment,
    number,
    rest,
    retry_at,
    status_error,
    text,
)
from ..provider import Client, Provider, bearer, shape, together
from ..terms import dated, joined, shortest_first, window_label

CODE = "sk-kimi-"
PROVIDER = Provider(
    id="kimi",
    name="KIMI (Moonshot)",
    short="KIMI",
    needs=Phrase(
        "an API key of platform.moonshot.ai or .cn, or a Kimi Code key (sk-kimi-…)",
        "platform.moonshot.ai 或 .cn 的 API Key，或 Kimi Code 的 Key（sk-kimi-…）",
    ),
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
            r"sk-kimi-[A-Za-z0-9_-]{8,}", "a Kimi Code key", "Kimi Code Key", region="intl"
        ),  # one host for both
        shape(
            r"sk-(?!\w*T3BlbkFJ)[A-Za-z0-9]{40,64}",
            "an API key of the Moonshot platform",
            "Moonshot 开放平台 API Key",
            sure=False,
        ),
    ),
    regions=("intl", "cn"),
    match="kimi moonshot kimi code 月之暗面",
    variables={"KIMI_API_KEY": "", "KIMI_CODE_API_KEY": "", "MOONSHOT_API_KEY": ""},
    steps=(
        Phrase("Open {keys} and log in.", "登录 {keys}。"),
        Phrase(
            "Create an API key, `sk-…`, and copy it while it is shown. Headroom shows its balance: USD at moonshot.ai, CNY at moonshot.cn.",
            "新建 API Key（`sk-…`）并在显示时复制。Headroom 会显示余额：moonshot.ai 为美元，moonshot.cn 为人民币。",
        ),
        Phrase(
            "With a Kimi Code membership: make the key, `sk-kimi-…`, at <https://www.kimi.com/code/console>. It shows the 5-hour and weekly windows.",
            "Kimi Code 会员：在 <https://www.kimi.com/code/console> 新建 Key（`sk-kimi-…`），可显示 5 小时和每周用量。",
        ),
    ),
)
_PLATFORM = {
    "intl": ("https://api.moonshot.ai/v1/users/me", "USD"),
    "cn": ("https://api.moonshot.cn/v1/users/me", "CNY"),
}
_USAGES = "https://api.kimi.com/coding/v1/usages"
_DAY, _WEEK = 86400, 7 * 86400
_UNITS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": _DAY}
_FULL = Decimal(100)
_LETTERS = {"h": 3600, "d": _DAY, "w": _WEEK}
_LEVELS = {"INTERMEDIATE": "Allegretto", "ADVANCED": "Allegro"}  # the names all sources agree on
_REFUSED = Phrase("calls are refused until you top up", "充值之前调用会被拒绝")
_LONG = {"Weekly": "每周", "Monthly": "每月"}

_Meaning = Mapping[Union[int, str], Tuple[Type[UsageError], Words]]
_OPEN: _Meaning = {
    401: (
        CredentialRejected,
        (
            "{provider} does not accept this key; keys of moonshot.ai and moonshot.cn look alike, so it may belong to the other site: check the region, or make a new one at {keys}",
            "{provider} 不接受此 Key；moonshot.ai 与 moonshot.cn 的 Key 外形相同，它可能属于另一站点：请检查地区，或到 {keys} 新建",
        ),
    ),
    403: (
        CredentialRejected,
        (
            "{provider}: this key may not read the balance; make one that may at {keys}",
            "{provider}：此 Key 无权读取余额；请到 {keys} 新建有权限的 Key",
        ),
    ),
    "exceeded_current_quota_error": (
        NotAvailable,
        (
            "{provider}: no money is left, so calls are refused; top up the account",
            "{provider}：余额不足，调用会被拒绝；请充值",
        ),
    ),
    "engine_overloaded_error": (
        ProviderFailed,
        (
            "{provider} is overloaded; Headroom tries again by itself",
            "{provider} 服务繁忙；稍后会自动重试",
        ),
    ),
}
_NO_PLAN: Words = (
    "{provider}: the key is valid but has no Kimi Code plan; subscribe at https://www.kimi.com/code, or use another key",
    "{provider}：Key 有效但没有 Kimi Code 套餐；请到 https://www.kimi.com/code 订阅，或移除此账号",
)
_CODING: _Meaning = {
    **_OPEN,
    401: (
        CredentialRejected,
        (
            "{provider} does not accept this Kimi Code key; make a new one at https://www.kimi.com/code/console",
            "{provider} 不接受此 Kimi Code Key；请到 https://www.kimi.com/code/console 新建",
        ),
    ),
    403: (NotAvailable, _NO_PLAN),
    404: (NotAvailable, _NO_PLAN),
}


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


def refusal(answer: Answer, meaning: _Meaning) -> Optional[UsageError]:
    """What an answer refuses, inside HTTP 200 or by its status; None for a success."""
    error = status_error(answer)
    if isinstance(error, Blocked):
        return error
    told = mapping(answer.document())
    named = text(mapping(told.get("error")).get("type")) or ""
    kind, words = meaning.get(named) or meaning.get(answer.status) or (None, None)
    if kind is not None:
        return kind(words, retry_at=retry_at(answer))
    return error or _inside(answer, told, meaning)


def _inside(answer: Answer, told: Mapping[str, Any], meaning: _Meaning) -> Optional[UsageError]:
    """The error inside an HTTP 200; its code is read as the status that it would have been."""
    code = integer(told.get("code"))
    if code is not None and 400 <= code < 600:
        return refusal(replace(answer, status=code), meaning)
    names = (text(told.get(name)) or "" for name in ("code", "scode", "error", "message"))
    if any("unauthorized" in name.lower() for name in names):
        return refusal(replace(answer, status=401), meaning)
    if told.get("status") is False or (told.get("code") is not None and code != 0):
        return UnexpectedResponse()
    return None


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
        raise UnexpectedResponse
    return Usage(
        balances=(Balance(available, unit, granted=voucher),),
        notice=_warning(available, cash, unit),
    )


def _warning(available: Decimal, cash: Optional[Decimal], unit: str) -> Optional[Phrase]:
    debt = None
    if cash is not None and cash < 0:
        owed = f"{'¥' if unit == 'CNY' else '$'}{-cash:.2f}"
        debt = Phrase(f"cash is in debt by {owed}", f"现金欠费 {owed}")
    return joined(debt, _REFUSED if available <= 0 else None)


def parse_tier(told: object) -> Optional[str]:
    """The tier as words: ``enterprise-tier-1`` is Enterprise Tier 1; None for any other group."""
    data = mapping(mapping(told).get("data"))
    group = (text(data.get("user_group_id"), 40) or "").lower()
    if not re.fullmatch(r"([a-z]+[-_ ])?tier[-_ ]?\d+", group, re.ASCII):
        return None
    return " ".join(word.capitalize() for word in re.findall(r"[a-z]+|\d+", group))


def parse_code(answer: Answer) -> Usage:
    """The windows of a Kimi Code plan. Raises UsageError."""
    error = refusal(answer, _CODING)
    if error is not None:
        raise error
    told = mapping(answer.json())
    if not any(isinstance(told.get(name), (dict, list)) for name in ("usage", "limits", "usages")):
        raise UnexpectedResponse
    quotas = _merged(told)
    if any(quota.used is not None for quota in quotas):
        return Usage(quotas=quotas, plan=_level(told), notice=_spent(quotas))
    raise UnexpectedResponse if quotas or _unreadable(told) else NotAvailable(_NO_PLAN)


def _merged(told: Mapping[str, Any]) -> Tuple[Quota, ...]:
    """All windows, shortest first: ``limits``, and what ``usage`` and ``usages`` add to them."""
    found = list(_limits(told))
    for quota in (*_week(told), *_pools(told)):
        same = [other for other in found if other.label == quota.label]
        if all(other.used is None for other in same):
            found = [other for other in found if other not in same] + [quota]
    return shortest_first(found)


def _limits(told: Mapping[str, Any]) -> Iterator[Quota]:
    for entry in entries(told.get("limits")):
        seconds = _length(mapping(entry.get("window")) or entry)
        quota = _meter(_detail(entry), window_label(seconds), seconds)
        if quota is not None:
            yield quota


def _week(told: Mapping[str, Any]) -> Iterator[Quota]:
    """``usage``, unless it only repeats a window of ``limits``."""
    quota = _meter(mapping(told.get("usage")), "Weekly", _WEEK)
    if quota is not None and not any(
        other == replace(quota, label=other.label, window=other.window)
        for other in _limits(told)
        if other.resets_at is not None
    ):
        yield quota


def _pools(told: Mapping[str, Any]) -> Iterator[Quota]:
    for name, entry in list(mapping(told.get("usages")).items())[:20]:
        pool = mapping(entry)
        ratio = count(first(pool, "used_ratio", "usedRatio"))
        label, seconds = _titled(name)
        if ratio is None or not label:
            continue
        used = ratio * 100
        role: Role = "secondary" if seconds is None and label != "Monthly" else "binding"
        left = rest(_FULL, used)
        yield Quota(label, "%", used, _FULL, left, seconds, _reset(pool), role=role)


def _titled(name: str) -> Tuple[str, Optional[int]]:
    """``limit_5h`` is 5 hours; any other pool keeps its own name."""
    title = (text(name, 40) or "").lower()
    sized = re.fullmatch(r"limit_([1-9]\d{0,2})([hdw])", title, re.ASCII)
    if sized:
        seconds = int(sized[1]) * _LETTERS[sized[2]]
        return window_label(seconds), seconds
    if title == "limit_month_total":
        return "Monthly", None
    words = re.sub(r"^limit_|[_ ]+", " ", title).strip().replace("month ", "monthly ")
    return words[:1].upper() + words[1:], None


def _detail(entry: Dict[str, Any]) -> Dict[str, Any]:
    return mapping(entry.get("detail")) or entry


def _meter(detail: Mapping[str, Any], label: str, window: Optional[int]) -> Optional[Quota]:
    """One window; None where there is none (no limit, or a limit of 0)."""
    limit = count(detail.get("limit"))
    if not limit:
        return None
    used, left = count(detail.get("used")), count(detail.get("remaining"))
    if used is None and left is not None and left <= limit:
        used = limit - left
    unit = "%" if limit == _FULL else "requests"
    return Quota(label, unit, used, limit, rest(limit, used), window, _reset(detail))


def _reset(detail: Mapping[str, Any]) -> Optional[datetime]:
    names = ("resetTime", "resetAt", "reset_time", "reset_at")
    return moment(first(detail, *names))


def _length(window: Mapping[str, Any]) -> Optional[int]:
    named = text(first(window, "timeUnit", "time_unit")) or ""
    size = _UNITS.get(named[len("TIME_UNIT_") :]) if named.startswith("TIME_UNIT_") else None
    amount = integer(window.get("duration"))
    if size is None or amount is None or not 0 < amount < 10_000_000:
        return None
    return size * amount


def _unreadable(told: Mapping[str, Any]) -> bool:
    """Whether a limit is told that is no number: then nothing is known, not even that none is there."""
    details = [mapping(told.get("usage"))]
    details += [_detail(entry) for entry in entries(told.get("limits"))]
    limits = [detail.get("limit") for detail in details if detail.get("limit") is not None]
    return bool(told.get("usages")) or any(count(limit) is None for limit in limits)


def _level(told: Mapping[str, Any]) -> Optional[str]:
    membership = mapping(mapping(told.get("user")).get("membership"))
    word = (text(membership.get("level"), 40) or "").replace("LEVEL_", "")
    if word in ("", "UNSPECIFIED"):
        return None
    return _LEVELS.get(word) or word.replace("_", " ").title()


def _spent(quotas: Tuple[Quota, ...]) -> Optional[Phrase]:
    """That a long window is used up, which a short one with room would hide."""
    for quota in reversed(quotas):
        spent = quota.remaining == 0 and quota.resets_at is not None
        if spent and quota.label in _LONG and quota.resets_at:
            return dated(
                f"{quota.label.lower()} quota is used up: blocked until {{}}",
                f"{_LONG[quota.label]}额度已用完：{{}}前无法使用",
                quota.resets_at,
            )
    return None
