"""OpenAI API (Token): what an organization spent, its tokens and requests, and its spend limit.

An Admin key (``sk-admin-…``) reads pages of UTC days, the costs being the main numbers::

    {"object": "page", "has_more": true, "next_page": "…", "data": [
      {"object": "bucket", "start_time": 1791158400, "end_time": 1791244800,
       "results": [{"amount": {"value": 2.31, "currency": "usd"}}]}]}

Traps: ``value`` is a number or a decimal string of 30 and more digits, and below zero for a credit;
a day without results is a day without costs; one day may continue on the next page; today's
bucket is partial, and costs lag by minutes to hours. The costs are asked by line, so that images and
audio, which few use, are counted only where something was billed for them. ``input_tokens`` include the cached ones.
``threshold_amount`` of the spend limit and ``total_usage`` of legacy billing are cents. ``error``
is an object or a plain string, echoes part of the key, and a 401 with "Missing scopes" is a good
key that lacks a permission. No endpoint tells the prepaid balance.

Ordinary keys (``sk-proj-…``, ``sk-svcacct-…``, ``sk-…``) see no money: the legacy billing pages,
made for browser sessions, are tried, and otherwise the user is told to make an Admin key.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import (
    Any,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)
from urllib.parse import quote

from ..errors import Blocked, CredentialRejected, NotAvailable, UnexpectedResponse, WrongCredential
from ..models import Account, Balance, Credential, Period, Phrase, Quota, Spend, Usage, utc_now
from ..payload import Answer, count, entries, first, integer, mapping, moment, number, rest, text
from ..provider import Client, Provider, bearer, optional, shape, together
from ..terms import dated

Pages = Sequence[Mapping[str, Any]]

_HOST = "https://api.openai.com/v1"
_DAYS = {"bucket_width": "1d", "limit": 31}  # a month, or 30 days, on one page
_MOST_PAGES = 20
_LARGEST = Decimal(10) ** 12  # no amount is that large; sums stay exact to ten places
_ZERO = Decimal(0)
_BILLING = "https://platform.openai.com/settings/organization/billing"

PROVIDER = Provider(
    id="openai",
    name="OpenAI API (Token)",
    short="OpenAI",
    needs=Phrase(
        "Admin key (sk-admin-…) of an organization owner", "组织所有者的 Admin key（sk-admin-…）"
    ),
    keys={"": "https://platform.openai.com/settings/organization/admin-keys"},
    dashboard={"": "https://platform.openai.com/usage"},
    shapes=(
        shape(r"sk-admin-[\w-]{8,}", "OpenAI Admin key", "OpenAI Admin key"),
        shape(r"sk-proj-[\w-]{8,}", "OpenAI project key", "OpenAI 项目密钥"),
        shape(r"sk-svcacct-[\w-]{8,}", "OpenAI service account key", "OpenAI 服务账号密钥"),
        shape(r"sk-None-[\w-]{8,}", "OpenAI user key", "OpenAI 用户密钥"),
        shape(r"sk-[\w-]*T3BlbkFJ[\w-]*", "OpenAI user key", "OpenAI 用户密钥"),
        shape(
            r"sk-(?!ant-|or-|kimi-|cp-|api-|admin-|proj-|svcacct-|None-)[\w-]{16,}",
            "possibly an OpenAI user key",
            "可能是 OpenAI 用户密钥",
            sure=False,
        ),
    ),
    scopes={
        "project": Phrase(
            "project id (proj_…): its costs and usage only", "项目 ID（proj_…）：只统计该项目"
        ),
        "organization": Phrase("organization id (org-…)", "组织 ID（org-…）"),
    },
    match="openai api token platform gpt admin billing 账单 花费 用量 接口",
    variables={
        "OPENAI_API_KEY": "",
        "OPENAI_ADMIN_KEY": "",
        "OPENAI_ADMIN_API_KEY": "",
        "CODEX_API_KEY": "",
    },
    steps=(
        Phrase(
            "Open {keys} (Settings → Organization → Admin keys) and log in as an **owner of the organization**. Nobody else may make Admin keys; ask an owner if you are none.",
            "打开 {keys}（Settings → Organization → Admin keys），以**组织所有者**身份登录。只有所有者能创建 Admin key；如果你不是，请向所有者索取。",
        ),
        Phrase(
            "Create an Admin key. Read-only is enough; a restricted one must be allowed to read usage (`api.usage.read`).",
            "新建 Admin key。只读权限即可；若自定义权限，必须包含读取用量（`api.usage.read`）。",
        ),
        Phrase(
            "Copy it at once, `sk-admin-…`: it is shown only this time.",
            "立即复制 `sk-admin-…`：它只显示这一次。",
        ),
        Phrase(
            "An ordinary API key (`sk-proj-…`, `sk-svcacct-…`, `sk-…`) can call models but is shown no spend and no token usage.",
            "普通 API Key（`sk-proj-…`、`sk-svcacct-…`、`sk-…`）可以调用模型，但 OpenAI 不向它提供账单花费和 token 用量。",
        ),
    ),
)

_ADMIN_ONLY = (
    "{provider}: this key works, but spend is shown to Admin keys (sk-admin-…) only; make one at {keys}",
    "{provider}：此密钥可用，但只有 Admin key（sk-admin-…）能查看花费；请到 {keys} 新建",
)
_NO_SCOPE = (
    "{provider}: this key may not read costs (api.usage.read); make an Admin key that may at {keys}",
    "{provider}：此密钥无权读取花费（api.usage.read）；请到 {keys} 新建有此权限的 Admin key",
)
_NO_CREDIT = (
    f"{{provider}}: no credit is left or a limit is reached; add credit or raise it at {_BILLING}",
    f"{{provider}}：余额已用完或达到上限；请到 {_BILLING} 充值或提高上限",
)
_DEACTIVATED = (
    "{provider}: the account of this key is deactivated; ask OpenAI's support, or use another account's key from {keys}",
    "{provider}：此密钥所属账号已停用；请联系 OpenAI 客服，或到 {keys} 换用其他账号的密钥",
)
_ADDRESS = (
    "{provider}: the organization does not allow this IP address (the key may be fine); use an allowed network or extend its allow-list",
    "{provider}：组织不允许当前 IP 地址（密钥可能没有问题）；请换用允许的网络，或修改 IP 白名单",
)
_NO_MEMBER = (
    "{provider}: the owner of this key belongs to no organization any more; ask to be invited, then make a key at {keys}",
    "{provider}：此密钥的所有者已不属于任何组织；请先获得邀请，再到 {keys} 新建密钥",
)
_OTHER_ORGANIZATION = (
    "{provider}: this key belongs to another organization than the one set for this account; correct it, or make a key there at {keys}",
    "{provider}：此密钥不属于为此账号设置的组织；请更正组织，或到 {keys} 为该组织新建密钥",
)
_LIMIT_REACHED = (
    "spend limit reached: OpenAI refuses requests until it is raised or the month ends ({})",
    "已达花费上限：提高上限或本月结束（{}）之前，OpenAI 会拒绝请求",
)
_REFUSALS = (  # what code, type or message say -> what it means; the texts themselves go nowhere
    ("insufficient_quota", NotAvailable, _NO_CREDIT),
    ("account_deactivated", CredentialRejected, _DEACTIVATED),
    ("ip_not_authorized", Blocked, _ADDRESS),
    ("member of an organization", CredentialRejected, _NO_MEMBER),
    ("mismatched_organization", WrongCredential, _OTHER_ORGANIZATION),
    ("invalid_organization", WrongCredential, _OTHER_ORGANIZATION),
    ("missing scopes", WrongCredential, _NO_SCOPE),
    ("insufficient permissions", WrongCredential, _NO_SCOPE),
)


class Counter(NamedTuple):
    """One usage endpoint, and what of it is counted."""

    name: str
    tokens: Tuple[str, ...] = ()  # fields that add up to its tokens
    own: Optional[Tuple[str, str]] = None  # label and unit of a row of its own; unit = field
    billed: Tuple[str, ...] = ()  # asked only where a line of the costs has one of these words


COUNTERS = (
    Counter("completions", ("input_tokens", "output_tokens")),
    Counter("embeddings", ("input_tokens",)),
    Counter("images", own=("Images", "images"), billed=("image", "dall-e")),
    Counter("audio_speeches", own=("Speech", "characters"), billed=("tts", "speech")),
    Counter(
        "audio_transcriptions", own=("Transcription", "seconds"), billed=("whisper", "transcri")
    ),
)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask for costs, usage and the spend limit, or tell what an ordinary key lacks."""
    headers = bearer(credential.secret)
    if account.scope.get("organization"):
        headers["OpenAI-Organization"] = account.scope["organization"]
    if not credential.secret.startswith("sk-admin-"):
        return await _ordinary(client, headers)
    return await _admin(client, headers, account.scope.get("project") or "")


async def _admin(client: Client, headers: Mapping[str, str], project: str) -> Usage:
    month, _, thirty = periods(utc_now())
    home = f"{_HOST}/organization"
    spot = f"{home}/projects/{quote(project, safe='')}" if project else home
    query = {**_DAYS, "project_ids": project} if project else _DAYS

    async def days(path: str, since: datetime, **more: str) -> Tuple[Pages, datetime]:
        asked = {"start_time": int(since.timestamp()), **query, **more}
        return await _pages(client, f"{home}/{path}", headers, asked)

    async def counted(counter: Counter) -> Any:
        return await optional(days(f"usage/{counter.name}", month))

    always = [counter for counter in COUNTERS if not counter.billed]
    (costs, at), (limit, *told) = await together(
        days("costs", min(month, thirty), group_by="line_item"),
        partial(_object, client, f"{spot}/spend_limit", headers),
        *(partial(counted, counter) for counter in always),
    )
    billed = [counter for counter in COUNTERS if _is_billed(counter, costs)]
    told += await asyncio.gather(*map(counted, billed))
    usage = {each.name: found and found[0] for each, found in zip([*always, *billed], told)}
    return parse(costs, usage, limit, at)


def _is_billed(counter: Counter, costs: Pages) -> bool:
    """Whether a line of the costs names what this endpoint counts."""
    return any(
        word in (text(result.get("line_item")) or "").lower()
        for page in costs
        for bucket in entries(page.get("data"))
        for result in entries(bucket.get("results"))
        for word in counter.billed
    )


async def _ordinary(client: Client, headers: Mapping[str, str]) -> Usage:
    now = utc_now()
    days = {"start_date": f"{now:%Y-%m}-01", "end_date": str((now + timedelta(days=1)).date())}
    billing = f"{_HOST}/dashboard/billing"
    at, (grants, subscription, spent) = await together(
        _checked(client, headers),
        partial(_object, client, f"{billing}/credit_grants", headers),
        partial(_object, client, f"{billing}/subscription", headers),
        partial(_object, client, f"{billing}/usage", headers, days),
    )
    usage = parse_legacy(grants, subscription, spent, at)
    if not (usage.quotas or usage.balances or usage.spends):
        raise WrongCredential(_ADMIN_ONLY)
    return usage


async def _object(
    client: Client, url: str, headers: Mapping[str, str], query: Optional[Mapping[str, Any]] = None
) -> Dict[str, Any]:
    return read(await client.get(url, headers=headers, params=query))


async def _checked(client: Client, headers: Mapping[str, str]) -> datetime:
    """When the key was found valid: it lists models, or is only not allowed to."""
    answer = await client.get(f"{_HOST}/models", headers=headers)
    if "missing scopes" not in _said(answer) and not isinstance(read(answer).get("data"), list):
        raise UnexpectedResponse
    return answer.at


async def _pages(
    client: Client, url: str, headers: Mapping[str, str], query: Mapping[str, Any]
) -> Tuple[Pages, datetime]:
    """All pages of a list of days, and when the first one arrived."""
    answer = await client.get(url, headers=headers, params=query)
    pages, at, cursors = [read(answer)], answer.at, [""]
    while pages[-1].get("has_more"):
        cursor = pages[-1].get("next_page")
        if not cursor and _reaches(pages[-1], at):
            break  # days come in order, so none is missing
        if not isinstance(cursor, str) or cursor in cursors or len(pages) == _MOST_PAGES:
            raise UnexpectedResponse
        cursors.append(cursor)
        answer = await client.get(url, headers=headers, params={**query, "page": cursor})
        pages.append(read(answer))
    return pages, at


def _reaches(page: Mapping[str, Any], at: datetime) -> bool:
    """Whether a page ends with the day of ``at``."""
    starts = [integer(bucket.get("start_time")) for bucket in entries(page.get("data"))]
    return bool(starts) and (starts[-1] or 0) >= periods(at)[1].timestamp()


def read(answer: Answer) -> Dict[str, Any]:
    """The object in an answer. Raises the UsageError that its error or status stands for."""
    said = _said(answer)
    for sign, kind, words in _REFUSALS:
        if sign in said:
            raise kind(words)
    found = answer.json()
    if not isinstance(found, dict):
        raise UnexpectedResponse
    return found


def _said(answer: Answer) -> str:
    """Code, type and message of an error, in lower case, to search; never to be shown."""
    if answer.status >= 500:
        return ""
    error = mapping(answer.document()).get("error")
    told = [mapping(error).get(name) for name in ("code", "type", "message")] + [error]
    return "\n".join(part for part in told if isinstance(part, str)).lower()


def periods(now: datetime) -> Tuple[datetime, datetime, datetime]:
    """Where this month, today and the last 30 days (today and 29 before) begin, in UTC."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today.replace(day=1), today, today - timedelta(days=29)


def next_month(now: datetime) -> datetime:
    """When the month of ``now`` ends, in UTC."""
    return (periods(now)[0] + timedelta(days=32)).replace(day=1)


def parse(costs: Pages, usage: Mapping[str, Optional[Pages]], limit: object, at: datetime) -> Usage:
    """Read the answers for an Admin key; raises UnexpectedResponse when the costs are odd."""
    spends = parse_costs(costs, at)
    quotas = parse_limit(limit, spends, at)
    reached = any(quota.alert for quota in quotas)
    notice = dated(*_LIMIT_REACHED, next_month(at)) if reached else None
    return Usage(quotas=quotas + parse_usage(usage, at), spends=spends, notice=notice)


def parse_costs(pages: Pages, at: datetime) -> Tuple[Spend, ...]:
    """Spends of this month, today and the last 30 days, for each currency."""
    names: Tuple[Period, ...] = ("month", "day", "30 days")
    sums = [(name, since, _costs(pages, since, at)) for name, since in zip(names, periods(at))]
    units = dict.fromkeys(unit for *_, costs in sums for unit in costs) or {"USD": None}
    return tuple(
        Spend(round(costs.get(unit, _ZERO), 10), unit, since, at, name)
        for unit in units
        for name, since, costs in sums
    )


def _costs(pages: Pages, since: datetime, until: datetime) -> Dict[str, Decimal]:
    found: Dict[str, Decimal] = {}
    for result in _results(pages, since, until):
        amount = mapping(result.get("amount"))
        value, unit = _money(amount.get("value")), _currency(amount.get("currency"))
        if value is None or unit is None:
            raise UnexpectedResponse
        found[unit] = found.get(unit, _ZERO) + value
    return found


def _results(pages: Pages, since: datetime, until: datetime) -> Iterator[Dict[str, Any]]:
    """The results of the days in a period. Raises UnexpectedResponse for anything but days."""
    for page in pages:
        days = _objects(page.get("data"))
        if not days and "has_more" not in page:
            raise UnexpectedResponse
        for day in days:
            start = integer(day.get("start_time"))
            results = _objects(first(day, "results", "result"))
            if start is None:
                raise UnexpectedResponse
            if since.timestamp() <= start < until.timestamp():
                yield from results


def _objects(value: object) -> List[Dict[str, Any]]:
    found = entries(value)
    if not isinstance(value, list) or len(found) != len(value):
        raise UnexpectedResponse
    return found


def _money(value: object) -> Optional[Decimal]:
    """An amount, also as a string with an exponent ("0E-6176" is a zero of theirs)."""
    found = number(value)
    if found is None and isinstance(value, str) and len(value) <= 100 and "e" in value.lower():
        try:
            found = Decimal(value)
        except InvalidOperation:
            return None
    return found if found is not None and found.is_finite() and abs(found) < _LARGEST else None


def _currency(value: object) -> Optional[str]:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    return None


def parse_limit(found: object, spends: Sequence[Spend], at: datetime) -> Tuple[Quota, ...]:
    """The spend limit, when one is set. ``spends`` begin with this month's in each currency."""
    told = mapping(found)
    cents, unit = count(told.get("threshold_amount")), _currency(told.get("currency"))
    if cents is None or unit is None:
        return ()
    limit, used, resets_at = cents / 100, None, None
    if told.get("interval") == "month":
        used = next((spend.amount for spend in spends if spend.unit == unit), None)
        resets_at = next_month(at)
    alert = mapping(told.get("enforcement")).get("status") == "enforcing"
    left = rest(limit, used)
    return (Quota("Spend limit", unit, used, limit, left, resets_at=resets_at, alert=alert),)


def parse_usage(usage: Mapping[str, Optional[Pages]], at: datetime) -> Tuple[Quota, ...]:
    """Tokens and requests of this month, then what is counted in other units.

    ``usage`` has what was asked, None where no answer came. Without completions the sums are not
    told; without one of the others they are marked as estimated, since they are too small.
    """
    sums, own = {}, []
    for each in COUNTERS:
        pages = usage.get(each.name)
        if pages is None:
            continue
        with suppress(UnexpectedResponse):
            tokens, asked = total(pages, at, *each.tokens), total(pages, at, "num_model_requests")
            sums[each.name] = tokens, asked
            if each.own and total(pages, at, each.own[1]):
                label, unit = each.own
                own.append(Quota(label, unit, total(pages, at, unit), None, None, role="secondary"))
    if "completions" not in sums:
        return tuple(own)
    ours = len(sums) < len(usage)
    added = [sum(column, _ZERO) for column in zip(*sums.values())]
    tokens_and_requests = (
        Quota(unit.capitalize(), unit, used, None, None, estimated=ours)
        for unit, used in zip(("tokens", "requests"), added)
    )
    return (*tokens_and_requests, *own)


def total(pages: Pages, at: datetime, *fields: str) -> Decimal:
    """What the fields of one kind of usage add up to this month; missing ones are unexpected."""
    found = _ZERO
    for result in _results(pages, periods(at)[0], at):
        for name in fields:
            counted = count(result.get(name))
            if counted is None:
                raise UnexpectedResponse
            found += counted
    return found


def parse_legacy(grants: object, subscription: object, spent: object, at: datetime) -> Usage:
    """What the legacy billing pages tell, if anything; each of them may be missing."""
    left, given = (number(mapping(grants).get(n)) for n in ("total_available", "total_granted"))
    cents = count(mapping(spent).get("total_usage"))
    used = None if cents is None else cents / 100
    limit = count(mapping(subscription).get("hard_limit_usd"))
    end, left_of_month = _expiry(grants, at), rest(limit, used)
    monthly = Quota(
        "Monthly", "USD", used, limit, left_of_month, resets_at=next_month(at), estimated=True
    )
    return Usage(
        quotas=(monthly,) if limit else (),
        balances=(Balance(left, "USD"),) if left is not None and (left or given) else (),
        spends=() if used is None else (Spend(used, "USD", periods(at)[0], at, "month"),),
        plan=text(mapping(mapping(subscription).get("plan")).get("title")),
        notice=dated("credit expires on {}", "额度将于{}到期", end) if end else None,
    )


def _expiry(grants: object, at: datetime) -> Optional[datetime]:
    """When the first credit with something left expires."""
    ends = []
    for grant in entries(mapping(mapping(grants).get("grants")).get("data")):
        end, given, used = (grant.get(n) for n in ("expires_at", "grant_amount", "used_amount"))
        when, size, gone = moment(end), number(given), number(used)
        if when and when > at and size is not None and gone is not None and size > gone:
            ends.append(when)
    return min(ends, default=None)
