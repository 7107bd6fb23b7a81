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
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple, Type, Union

from ..errors import (
    BY_ITSELF,
    Blocked,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
    Words,
)
from ..models import Account, Balance, Credential, Phrase, Quota, Role, Usage, WorkBlocked
from ..provider.answer import (
    COUNTRY,
    Answer,
    latest,
    quoting,
    rejected,
    retry_at,
    status_error,
    unknown_error,
    vendor_message,
)
from ..provider.calls import bearer, together
from ..provider.contract import Client, Provider, lookalike, shape
from ..provider.notices import is_impossible, numbered
from ..provider.reading import (
    count,
    entries,
    first,
    integer,
    mapping,
    moment,
    number,
    rest,
    share,
    text,
)
from ..provider.windows import NO_LABEL, shortest_first, window_label

CODE = "sk-kimi-"
PROVIDER = Provider(
    id="kimi",
    name="KIMI (Moonshot)",
    short="KIMI",
    kind="prepaid",
    needs=Phrase(
        "an API key of platform.moonshot.ai or .cn, or a Kimi Code key (sk-kimi-…)",
        "platform.moonshot.ai 或 .cn 的 API Key，或 Kimi Code 的 Key（sk-kimi-…）",
    ),
    shows=Phrase(
        "balance with cash and vouchers; 5 hours, week, month, extra usage",
        "余额（现金与代金券）；5 小时、每周、每月、额外用量",
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
    lookalikes=(lookalike(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "kimi.com (web login)", app_id="kimi"),),
    match="kimi moonshot kimi code 月之暗面",
    variables={"KIMI_API_KEY": "", "KIMI_CODE_API_KEY": "", "MOONSHOT_API_KEY": ""},
    steps=(
        Phrase("Open {keys} and log in.", "登录 {keys}。"),
        Phrase(
            "Create an API key, `sk-…`, and copy it while it is shown. Tankful shows its balance: USD at moonshot.ai, CNY at moonshot.cn.",
            "新建 API Key（`sk-…`）并在显示时复制。Tankful 会显示余额：moonshot.ai 为美元，moonshot.cn 为人民币。",
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
_UNITS = {  # as they are spelt, in lower case and the singular
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("min", "minute"), 60),
    **dict.fromkeys(("h", "hr", "hour"), 3600),
    **dict.fromkeys(("d", "day"), _DAY),
    **dict.fromkeys(("w", "week"), _WEEK),
}
_WORDS = {
    **dict.fromkeys(("hour", "hourly"), 3600),
    **dict.fromkeys(("day", "daily"), _DAY),
    **dict.fromkeys(("week", "weekly"), _WEEK),
}
_YEAR = 366 * _DAY
_FULL = Decimal(100)
_WALLET = 100_000_000  # its amounts are millionths of a cent
_USES = {"code": "Kimi Code"}
_UNKNOWN = Phrase("it is not available", "目前不可用")
_IDLE = {
    "DISABLED": Phrase("it is switched off", "已关闭"),
    "FROZEN": Phrase("it is frozen", "已冻结"),
    "UNAVAILABLE": _UNKNOWN,
}
_LEVELS = {"INTERMEDIATE": "Allegretto", "ADVANCED": "Allegro"}  # the names all sources agree on
_REFUSED = Phrase("calls are refused until you top up", "需充值后才能继续调用")

_NO_MONEY: Words = (
    "{provider}: no money is left, so calls are refused; top up the account",
    "{provider}：余额不足，调用会被拒绝；请充值",
)
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
    "exceeded_current_quota_error": (NotAvailable, _NO_MONEY),
    "engine_overloaded_error": (
        ProviderFailed,
        (
            f"{{provider}} is overloaded; {BY_ITSELF[0]}",
            f"{{provider}} 服务繁忙；{BY_ITSELF[1]}",
        ),
    ),
}
_SAYS: Tuple[Tuple[Words, Type[UsageError], Words], ...] = (  # what a 403 says, and what it means
    (("balance|arrear|insufficient (fund|credit)", "欠费|余额"), NotAvailable, _NO_MONEY),
    (
        ("(usage|rate|request) limit|quota|billing cycle", "额度|用量上限"),
        RateLimited,
        (
            "{provider}: a limit of the plan is reached; wait for its reset, or upgrade the plan",
            "{provider}：已达到套餐用量上限；请等待重置，或升级套餐",
        ),
    ),
    ((r"\b(country|region|territory)\b", "地区"), Blocked, COUNTRY),
    (
        ("suspend|deactivat|banned|account.*(disabled|terminated)", "封禁|停用|冻结"),
        NotAvailable,
        (
            "{provider} has suspended this account; contact its support",
            "{provider} 已停用此账号；请联系其客服",
        ),
    ),
)
_NO_PLAN: Words = (
    "{provider}: the key is valid but has no Kimi Code plan; subscribe at https://www.kimi.com/code, or use another key",
    "{provider}：Key 有效但没有 Kimi Code 套餐；请到 https://www.kimi.com/code 订阅，或换用其他 Key",
)
_LAPSED: Words = (
    "{provider}: the Kimi Code plan has expired; renew it at https://www.kimi.com/code, or use another key",
    "{provider}：Kimi Code 套餐已到期；请到 https://www.kimi.com/code 续费，或换用其他 Key",
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
    403: (
        NotAvailable,
        (
            "{provider} refuses this Kimi Code key; check the membership at https://www.kimi.com/code",
            "{provider} 拒绝了此 Kimi Code Key；请到 https://www.kimi.com/code 检查会员状态",
        ),
    ),
    404: (NotAvailable, _NO_PLAN),
}
_BAD_KEY = ("invalid_authentication_error", "incorrect_api_key_error")
_MEMBER: Words = ("member|subscri|coding plan", "会员|套餐|订阅")  # signs of a missing plan
_ENDED: Words = ("expired|lapsed|has ended|renew", "到期|过期|续费")  # and of one that was there


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
    if answer.status == 403:
        return _read(answer, meaning, told=(named, vendor_message(answer) or ""))
    kind, words = meaning.get(named) or meaning.get(answer.status) or (None, None)
    if kind is CredentialRejected and named not in _BAD_KEY:
        return rejected(answer, words or CredentialRejected.default)
    if kind is not None:
        return kind(words, retry_at=retry_at(answer))
    return error or _inside(answer, told, meaning)


def _read(answer: Answer, meaning: _Meaning, told: Tuple[str, str]) -> UsageError:
    """A 403 by its type and its text; one that says nothing we know is quoted."""
    named, said = told[0], told[1].lower()
    for signs, error, words in _SAYS:
        if re.search("|".join(signs), said):
            return error(words, retry_at=retry_at(answer))
    if meaning is _CODING and (not said or re.search("|".join(_MEMBER), said)):
        return NotAvailable(_LAPSED if re.search("|".join(_ENDED), said) else _NO_PLAN)
    kind, words = meaning.get(named) or meaning[403]
    return kind(quoting(words, answer))


def _inside(answer: Answer, told: Mapping[str, Any], meaning: _Meaning) -> Optional[UsageError]:
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


def _debt(available: Decimal, cash: Optional[Decimal], unit: str) -> Optional[Phrase]:
    """That money is owed, where the balance itself does not say so."""
    if cash is None or cash >= 0 or available < 0:
        return None
    owed = _money(-cash, unit)
    return Phrase(f"cash is in debt by {owed}", f"现金欠费 {owed}")


def _money(amount: Decimal, unit: str) -> str:
    sign = {"CNY": "¥", "USD": "$"}.get(unit)
    return f"{sign}{amount:.2f}" if sign else f"{amount:.2f} {unit}"


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
    quotas, wallet = _merged(told, answer), parse_wallet(told)
    if not any(quota.used is not None for quota in quotas):
        if not quotas and wallet.balances:
            return wallet
        raise UnexpectedResponse if quotas or _unreadable(told) else NotAvailable(_NO_PLAN)
    return replace(wallet, quotas=shortest_first((*quotas, *wallet.quotas)), plan=_level(told))


def parse_wallet(told: Mapping[str, Any]) -> Usage:
    """The prepaid extra usage: what is left of it, its monthly limit, and why it does not pay."""
    wallet = mapping(first(told, "boosterWallet", "booster_wallet"))
    balance = mapping(wallet.get("balance"))
    limit = mapping(first(wallet, "monthlyChargeLimit", "monthly_charge_limit"))
    spent = mapping(first(wallet, "monthlyUsed", "monthly_used"))
    unit = _currency(told, balance, limit, spent)
    on = first(wallet, "monthlyChargeLimitEnabled", "monthly_charge_limit_enabled")
    used, cap = _price(spent), _price(limit) if on in (True, "true") else None
    left, quotas = _left(balance), _extra(used, cap or None, unit)
    if not left:
        return Usage(quotas=quotas)
    idle = _idle(wallet)
    if idle is None and any(quota.remaining == 0 for quota in quotas):
        idle = Phrase("its monthly limit is reached", "已达每月上限")
    if idle is None:
        return Usage(quotas=quotas, balances=(Balance(left, unit, role="reserve"),))
    money = _money(left, unit)
    return Usage(
        quotas=quotas,
        notice=Phrase(
            f"extra usage of {money} does not pay: {idle.en}",
            f"额外用量 {money} 未生效：{idle.zh}",
        ),
    )


def _merged(told: Mapping[str, Any], answer: Answer) -> Tuple[Quota, ...]:
    """All windows, shortest first: ``limits``, and what ``usage`` and ``usages`` add to them."""
    found = list(_limits(told, answer))
    for quota in (*_week(told, answer), *_pools(told, answer)):
        same = [other for other in found if _is_same(quota, other)]
        if all(other.used is None for other in same):
            found = [other for other in found if other not in same] + [quota]
    return shortest_first(numbered(found))


def _is_same(quota: Quota, other: Quota) -> bool:
    """Whether both are the same window, which may also have a name of its own."""
    return quota.label == other.label.rpartition(" · ")[2] != NO_LABEL


def _limits(told: Mapping[str, Any], answer: Answer) -> Iterator[Quota]:
    """The windows; those of one length and different names say their names."""
    read = (_limit(entry, answer) for entry in entries(told.get("limits")))
    found = list(dict.fromkeys(each for each in read if each is not None))
    for quota, name in found:
        same = [other for other, _ in found if other.label == quota.label]
        alone = len(same) == 1 or not name or name == quota.label
        yield quota if alone else replace(quota, label=f"{name} · {quota.label}")


def _limit(entry: Dict[str, Any], answer: Answer) -> Optional[Tuple[Quota, str]]:
    """One window, and what else it is called."""
    detail = _detail(entry)
    seconds, months = _length(entry, detail)
    name, named = _told_name(entry, detail)
    if seconds is not None:
        label = window_label(seconds)
    elif months:
        label = "Monthly" if months == 1 else f"{months} months"
    else:
        label, seconds = name or NO_LABEL, named
    quota = _meter({**entry, **detail}, label, seconds, answer)
    return (quota, "" if named else name) if quota is not None else None


def _told_name(*sources: Mapping[str, Any]) -> Tuple[str, Optional[int]]:
    told = (
        text(source.get(key), 40)
        for key in ("name", "title", "scope", "window")
        for source in sources
    )
    name = next((each for each in told if each), "")
    return _titled(name) if name else ("", None)


def _week(told: Mapping[str, Any], answer: Answer) -> Iterator[Quota]:
    """``usage``, unless it only repeats a window of ``limits``."""
    usage = mapping(told.get("usage"))
    name, named = _told_name(usage)
    label, seconds = (name, named) if named or name == "Monthly" else ("Weekly", _WEEK)
    quota = _meter(usage, label, seconds, answer)
    if quota is not None and not any(
        other == replace(quota, label=other.label, window=other.window)
        for other in _limits(told, answer)
        if other.resets_at is not None
    ):
        yield quota


def _pools(told: Mapping[str, Any], answer: Answer) -> Iterator[Quota]:
    for name, entry in list(mapping(told.get("usages")).items())[:20]:
        pool = mapping(entry)
        ratio = share(first(pool, "used_ratio", "usedRatio"))
        title, of = _pool(text(name, 40) or "")
        label, seconds = title
        if ratio is None or not label:
            continue
        used, reset = ratio * 100, _reset(pool, answer)
        if of is not None:
            yield Quota(label, "%", used, None, None, None, reset, role="part", part_of=of)
            continue
        role: Role = "secondary" if seconds is None and label != "Monthly" else "binding"
        if seconds is not None and is_impossible(seconds, reset, latest(answer)):
            label, seconds = NO_LABEL, None
        yield Quota(label, "%", used, _FULL, rest(_FULL, used), seconds, reset, role=role)


_Title = Tuple[str, Optional[int]]


def _pool(name: str) -> Tuple[_Title, Optional[str]]:
    """What a pool is called, its length, and the label of the whole that it is a part of.

    ``limit_5h`` and ``limit_month_total`` are windows, ``limit_month_code`` is a part of the latter.
    """
    lead, _, use = re.sub("^limit_", "", name.lower()).partition("_")
    whole = _titled(lead)
    if lead and (whole[1] is not None or whole[0] == "Monthly"):
        if use in ("", "total", "all"):
            return whole, None
        return (_USES.get(use) or _own_name(use), None), whole[0]
    return _titled(name), None


def _titled(name: str) -> _Title:
    """A name that tells a length is that window; any other stays as it is.

    "5h", "7-day limit", "Weekly quota", "limit_month" …
    """
    title = re.sub(r"^limit[_ ]|[_ ]+(limit|quota|usage|window)s?$", "", name.strip().lower())
    sized = re.fullmatch(r"([1-9]\d{0,2})[ _-]?([a-z]+?)s?", title, re.ASCII)
    if sized and sized[2] in _UNITS:
        seconds = int(sized[1]) * _UNITS[sized[2]]
        return window_label(seconds), seconds
    if title in _WORDS:
        return window_label(_WORDS[title]), _WORDS[title]
    if title in ("month", "monthly"):
        return "Monthly", None
    return _own_name(re.sub("^limit_", "", name, flags=re.IGNORECASE)), None


def _own_name(name: str) -> str:
    words = " ".join(re.split("[_ ]+", name)).strip()
    return words.capitalize() if words.isupper() else words[:1].upper() + words[1:]


def _detail(entry: Dict[str, Any]) -> Dict[str, Any]:
    return mapping(entry.get("detail")) or entry


def _meter(
    detail: Mapping[str, Any], label: str, window: Optional[int], answer: Answer
) -> Optional[Quota]:
    """One window; None where there is none (no limit, or a limit of 0)."""
    limit = count(detail.get("limit"))
    if not limit:
        return None
    used, left = count(detail.get("used")), count(detail.get("remaining"))
    if used is None and left is not None and left <= limit:
        used = limit - left
    if used is None and left is None:
        used = share(detail.get("used"))
    reset = _reset(detail, answer)
    if window is not None and is_impossible(window, reset, latest(answer)):
        label, window = NO_LABEL, None
    unit = "%" if limit == _FULL else "requests"
    return Quota(label, unit, used, limit, rest(limit, used), window, reset)


def _reset(detail: Mapping[str, Any], answer: Answer) -> Optional[datetime]:
    """When a window comes back, told as a moment or as the seconds until then."""
    names = ("resetTime", "resetAt", "reset_time", "reset_at", "period_end", "periodEnd")
    moments = (moment(detail.get(name)) for name in names)
    waits = (_seconds(detail.get(name)) for name in ("resetIn", "reset_in", "ttl"))
    soon = (answer.at + timedelta(seconds=wait) for wait in waits if wait is not None)
    return next((each for each in (*moments, *soon) if each is not None), None)


def _seconds(told: object) -> Optional[int]:
    """A number of seconds within a year, also as "9000s"."""
    wait = number(told[:-1] if isinstance(told, str) and told.endswith("s") else told)
    return int(wait) if wait is not None and 0 < wait <= _YEAR else None


def _length(*sources: Mapping[str, Any]) -> Tuple[Optional[int], Optional[int]]:
    """How long a window is: in seconds, or in months."""
    places = [mapping(sources[0].get("window")), *sources]
    told = (first(place, "timeUnit", "time_unit", "unit") for place in places)
    word = next((each for each in map(text, told) if each), "").lower()
    word = re.sub(r"^time_?unit_?", "", word)
    word = word[:-1] if word.endswith("s") and len(word) > 1 else word
    lengths = (integer(place.get("duration")) for place in places)
    amount = next((each for each in lengths if each is not None), None)
    if amount is None or not 0 < amount < 10_000_000:
        return None, None
    if word in ("month", "mon"):
        return None, amount if amount <= 12 else None
    seconds = amount * _UNITS.get(word, 0)
    return (seconds if 0 < seconds <= _YEAR else None), None


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


def _currency(told: Mapping[str, Any], *sources: Mapping[str, Any]) -> str:
    """The currency of the wallet; where none is told, the one that the vendor bills the region in."""
    named = (text(source.get("currency"), 8) or "" for source in sources)
    found = next((each for each in named if re.fullmatch("[A-Za-z]{3}", each)), "")
    region = text(mapping(told.get("user")).get("region")) or ""
    return found.upper() or ("CNY" if region.upper().endswith("CN") else "USD")


def _left(balance: Mapping[str, Any]) -> Optional[Decimal]:
    """What is left in the wallet; a zero is left out of the answer."""
    left = first(balance, "amountLeft", "amount_left")
    found = share(0 if left is None else left)
    return None if found is None else found / _WALLET


def _price(price: Mapping[str, Any]) -> Optional[Decimal]:
    """An amount in its currency; a zero is left out of the answer."""
    cents = first(price, "priceInCents", "price_in_cents")
    found = share(0 if cents is None else cents) if price else None
    return None if found is None else found / 100


def _extra(used: Optional[Decimal], cap: Optional[Decimal], unit: str) -> Tuple[Quota, ...]:
    """What the wallet paid this month, against the limit that the user set; nothing for nothing."""
    if used is None or not (used or cap):
        return ()
    return (Quota("Extra usage", unit, used, cap, rest(cap, used), role="secondary"),)


def _idle(wallet: Mapping[str, Any]) -> Optional[Phrase]:
    """Why the wallet pays for nothing; None where it does, or its state is not told."""
    state = (text(wallet.get("status"), 40) or "").upper().replace("STATUS_", "")
    return None if state in ("", "UNSPECIFIED", "ENABLED", "ACTIVE") else _IDLE.get(state, _UNKNOWN)
