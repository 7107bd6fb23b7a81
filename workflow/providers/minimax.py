"""MiniMax: what is left of a token plan (5 hours, week, video …), credits, pay-as-you-go balance.

``GET /v1/token_plan/remains`` -> ``{"model_remains": [row, …], "base_resp": {"status_code": 0}}``. Everything
may be inside ``data``, be quoted or be camelCase. See minimax/lanes.py for the rows.

``GET /account/query_balance`` (``sk-api-`` keys) -> ``{"available_amount": "23.71", …}`` without a currency: USD at
the international host, CNY in China. Errors come inside HTTP 200. 1004 means an unknown key, a wrong region or a path
that the gateway does not serve, never a balance of zero. 2057 means a valid key without a plan of its own (seen for
pay-as-you-go keys), 2062 a valid key whose account has no plan.

If there is a plan, the balance and the credits are reserves. A debt stops pay-as-you-go; no document says that it
stops a plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from ..errors import (
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
)
from ..i18n.message import Message, _
from ..minimax import lanes
from ..minimax.lanes import Row
from ..models import Account, Balance, Credential, Usage, WorkBlocked
from ..provider.answer import Answer
from ..provider.calls import bearer, either
from ..provider.contract import LOG_IN, Client, Provider, lookalike, shape
from ..provider.notices import debt, joined
from ..provider.reading import count, entries, first, integer, mapping, number, snake, text
from ..provider.refusals import Table, clearer, refusal
from ..records import replace

PROVIDER = Provider(
    id="minimax",
    name="MiniMax",
    is_prominent=True,
    short="MiniMax",
    kind="plan",
    needs=_("API key (sk-cp-… or sk-api-…)"),
    shows=_("5 hours, week, video, boosts, balance, credits"),
    keys={
        "intl": "https://platform.minimax.io/user-center/basic-information/interface-key",
        "cn": "https://platform.minimaxi.com/user-center/basic-information/interface-key",
    },
    dashboard={
        "intl": "https://platform.minimax.io/user-center/payment/token-plan",
        "cn": "https://platform.minimaxi.com/user-center/payment/token-plan",
    },
    shapes=(
        shape(r"sk-cp-[\w-]{4,}", _("MiniMax plan key")),
        shape(r"sk-api-[\w-]{4,}", _("MiniMax pay-as-you-go key")),
        shape(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", _("older MiniMax key"), sure=False),
        shape(r"sk-[A-Za-z0-9]{20,}", _("older MiniMax key"), sure=False),
    ),
    regions=("intl", "cn"),
    match="minimax hailuo token plan coding plan 稀宇 海螺 套餐",
    aliases=("稀宇", "海螺", "hailuo"),
    variables={"MINIMAX_API_KEY": "", "MINIMAX_CN_API_KEY": "cn"},
    lookalikes=(lookalike(r"mmo[ar]t_[\w-]{4,}", "MiniMax Code (sign-in token)"),),
    hosts={"minimax.chat": "cn", "minimax.cn": "cn"},
    steps=(
        LOG_IN,
        _(
            "With a Token Plan (Coding Plan): **Billing → Token Plan**, copy the Subscription Key, `sk-cp-…`. It shows the windows of the plan and its credits."
        ),
        _(
            "Paying as you go: **API Keys → Create new secret key**, copy it, `sk-api-…`. It shows the balance, and the plan where there is one."
        ),
        _("Older keys (`eyJ…`, plain `sk-…`) work too."),
    ),
)

_HOSTS = {"intl": "https://api.minimax.io", "cn": "https://api.minimaxi.com"}
_CURRENCIES = {"intl": "USD", "cn": "CNY"}
_PLAN_PATH = "/v1/token_plan/remains"
_OLDER_PATH = "/v1/api/openplatform/coding_plan/remains"
_BALANCE_PATH = "/account/query_balance"

_TITLES = ("current_subscribe_title", "plan_name", "plan", "combo_title", "current_plan_title")
_TITLE_PREFIX = re.compile(r"(minimax\W*)?((coding|token)\s*plan\W*)?", re.IGNORECASE)
_PLANS: Mapping[str, Mapping[int | None, str]] = {  # by prompts in five hours, if there is no name
    "intl": {1500: "Starter", 4500: "Plus", 15000: "Max", 30000: "Ultra-HS"},
    "cn": {600: "Starter", 1500: "Plus", 4500: "Max"},
}

_REJECTED: Message = _(
    "{provider} does not accept this key; it may belong to the other region (international or China); check that, or copy it again from {keys}"
)
_NO_PLAN: Message = _(
    "{provider}: the key is valid but has no active Token Plan; subscribe, or use a pay-as-you-go key (sk-api-…)"
)
_NO_DATA: Message = _(
    "{provider}: the key is valid but there is no quota data for it; check its plan at {keys}"
)
_NO_MONEY: Message = _(
    "{provider}: the key is valid but the balance of its account is empty; top "
    "up, or subscribe to a plan"
)
_NOT_IN_PLAN: Message = _(
    "{provider}: the key is valid but its plan does not include this; check the plan at {keys}"
)
_NO_PLAN_KEY: Message = _(
    "{provider}: the key is valid but is not a plan key; use the Subscription "
    "Key (sk-cp-…) from {keys}, or the pay-as-you-go key (sk-api-…)"
)
_SPENT: Message = _("{provider} says that the limit of this plan is reached; wait for the reset")
_OWED = _("money is owed, pay it to continue")
_WITHOUT_PLAN = _("no active Token Plan")

_TIMEOUT_OR_KEY = 1001  # documented as a timeout, but also seen as "invalid api key"
_REFUSALS: Table = {
    **dict.fromkeys(("key", 1004, 1007, 2049), (CredentialRejected, _REJECTED)),
    **dict.fromkeys((1000, 1001, 1013, 1024, 1033), (ProviderFailed, None)),
    **dict.fromkeys((1002, 1039), (RateLimited, None)),
    **dict.fromkeys((1028, 1030, 2056), (RateLimited, _SPENT)),
    1008: (NotAvailable, _NO_MONEY),
    2057: (NotAvailable, _NO_PLAN_KEY),
    2061: (NotAvailable, _NOT_IN_PLAN),
    2062: (NotAvailable, _NO_PLAN),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch from the host of the account's region only. Raises UsageError."""
    region = account.region if account.region in _HOSTS else "intl"
    if credential.secret.startswith("sk-api-"):
        return await _money_and_plan(client, region, credential)
    return await _plan(client, region, credential)


async def _money_and_plan(client: Client, region: str, credential: Credential) -> Usage:
    calls = (ask(client, region, credential) for ask in (_ask_balance, _ask_plan))
    try:
        money, plan = await either(*calls)
    except NotAvailable as error:
        if error.message in (_NO_PLAN, _NO_PLAN_KEY):  # both advise to use a key of this kind
            raise NotAvailable(_NO_DATA) from None
        raise
    return _together(money, plan) if money and plan else cast("Usage", money or plan)


async def _plan(client: Client, region: str, credential: Credential) -> Usage:
    answer = await _ask(client, region, _PLAN_PATH, credential)
    document = _document(answer)
    try:
        return parse_plan(_checked(document, answer), answer.at, region)
    except UsageError as error:
        code = _code(document)[0]
        if answer.status not in (404, 405) and code != 1004 and (code or answer.status != 200):
            raise
        failed = error
    try:
        return await _ask_plan(client, region, credential, _OLDER_PATH)
    except UsageError as error:
        raise clearer(failed, error) from None


async def _ask(client: Client, region: str, path: str, credential: Credential) -> Answer:
    return await client.get(_HOSTS[region] + path, headers=bearer(credential.secret))


async def _ask_balance(client: Client, region: str, credential: Credential) -> Usage:
    answer = await _ask(client, region, _BALANCE_PATH, credential)
    return parse_balance(_checked(_document(answer), answer), region)


async def _ask_plan(
    client: Client, region: str, credential: Credential, path: str = _PLAN_PATH
) -> Usage:
    answer = await _ask(client, region, path, credential)
    return parse_plan(_checked(_document(answer), answer), answer.at, region, path == _OLDER_PATH)


def _together(money: Usage, plan: Usage) -> Usage:
    """Join money and plan of one account; with a plan, the money is a reserve."""
    credit = _as_reserve(plan.balances)
    if not plan.quotas:
        return replace(money, balances=money.balances + credit)
    debts = (debt(balance.available, balance.unit) for balance in money.balances)
    notice = joined(*debts, money.notice, plan.notice)
    return replace(plan, balances=_as_reserve(money.balances) + credit, notice=notice)


def _as_reserve(balances: tuple[Balance, ...]) -> tuple[Balance, ...]:
    return tuple(replace(balance, role="reserve") for balance in balances)


def _document(answer: Answer) -> Row:
    return mapping(snake(answer.document()))


def _code(document: Row) -> tuple[int, str]:
    """Return the error code and its message (lower case) from any of their places; 0 without one."""
    data = mapping(document.get("data"))
    blocks = (
        block for outer in (document, data) for block in (outer, mapping(outer.get("base_resp")))
    )
    for place in blocks:
        code = integer(place.get("status_code"))
        if code:
            return code, str(place.get("status_msg")).lower()
    return 0, ""


def _checked(document: Row, answer: Answer) -> Row:
    """Read the fields of a successful answer. Raises the UsageError of its code or its status."""
    merged = {**document, **mapping(document.get("data"))}
    code, message = _code(document)
    unknown = None if code == 2062 and _credits(merged) else code or None
    signs = message if code == _TIMEOUT_OR_KEY else ""
    error = refusal(answer, _REFUSALS, unknown, message=signs, unknown=unknown, rejected=_REJECTED)
    if error is not None:
        raise error
    if not document:
        raise UnexpectedResponse
    return merged


def parse_balance(fields: Row, region: str) -> Usage:
    """Read the pay-as-you-go balance. Raises UnexpectedResponse without one."""
    available = number(fields.get("available_amount"))
    if available is None:
        raise UnexpectedResponse
    unit, owed = _CURRENCIES[region], count(fields.get("owed_amount"))
    if owed and available <= 0:
        available = min(available, -owed)
    blocked = WorkBlocked("payment", _OWED) if available < 0 else None
    unpaid = debt(-owed, unit) if owed and not blocked else None
    credit = number(fields.get("credit_balance"))
    credit_line = _("credit balance {credit}", credit=str(credit)) if credit else None
    alert = number(fields.get("balance_alert_threshold"))
    alert_is_on = fields.get("balance_alert_switch") in (True, "true", "1")
    balance = Balance(
        available,
        unit,
        granted=count(fields.get("voucher_balance")),
        low=alert_is_on and alert is not None and available < alert,
    )
    return Usage(balances=(balance,), notice=joined(unpaid, credit_line), blocked=blocked)


def parse_plan(fields: Row, at: datetime, region: str, proven: bool = False) -> Usage:
    """Read the rows of a plan. Raises NotAvailable without any, UnexpectedResponse for nonsense.

    Args:
        fields: those of a successful answer, in snake_case.
        at: when it came, aware UTC.
        region: "intl" or "cn"; their plans have different sizes.
        proven: the answer is from a path whose bare counts are known to be what remains.
    """
    rows = entries(fields.get("model_remains"))
    present = lanes.within_plan(rows)
    main = lanes.headline(present)
    quotas = lanes.quotas(present, main, at, proven)
    credit = _as_reserve(_credits(fields)) if quotas else _credits(fields)
    if not credit and not any(quota.unlimited or quota.used is not None for quota in quotas):
        is_empty = not present and fields.get("model_remains", ...) in (None, rows)
        raise NotAvailable(_NO_DATA) if is_empty else UnexpectedResponse()
    notice = _boosts(main) if rows else _WITHOUT_PLAN
    return Usage(quotas, credit, plan=_title(fields, main, region), notice=notice)


def _boosts(main: Row) -> Message | None:
    factors = {}
    for lane in ("interval", "weekly"):
        name = f"{lane}_boost_permille"
        permille = number(first(main, name, f"current_{name}", name[:-1]))
        unlimited = integer(main.get(f"current_{lane}_status")) == lanes.UNLIMITED
        if permille and 1000 < permille <= 100_000 and not unlimited:
            factors[lane] = f"×{(permille / 1000).normalize():f}"
    if not factors:
        return None
    if len(factors) == 2:
        return _("quota boosted: 5 hours {interval}, weekly {weekly}", **factors)
    if "weekly" in factors:
        return _("quota boosted: weekly {weekly}", **factors)
    return _("quota boosted: 5 hours {interval}", **factors)


def _title(fields: Row, main: Row, region: str) -> str | None:
    card = mapping(fields.get("current_combo_card"))
    for title in (*(text(fields.get(name)) for name in _TITLES), text(card.get("title"))):
        if title:
            return _TITLE_PREFIX.sub("", title, count=1).strip() or title
    if not lanes.is_text(main):
        return None
    return _PLANS[region].get(integer(main.get("current_interval_total_count")))


def _credits(fields: Row) -> tuple[Balance, ...]:
    amount = number(first(fields, "points_balance", "credit_balance"))
    return (Balance(amount, "credits"),) if amount else ()
