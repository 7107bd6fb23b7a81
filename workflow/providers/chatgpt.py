"""ChatGPT (Subscription): usage windows, credits, feature allowances, plan and its renewal.

``wham/usage`` has the main numbers; everything may be null or missing::

    {"plan_type": "plus", "rate_limit": {"allowed": true, "limit_reached": false,
       "primary_window": {"used_percent": 14, "limit_window_seconds": 18000,
         "reset_after_seconds": 9120, "reset_at": 1791199920}, "secondary_window": null},
     "additional_rate_limits": [{"limit_name": "…", "rate_limit": {…}}], "code_review_rate_limit": {…},
     "credits": {"has_credits": true, "unlimited": false, "balance": "250.5"},
     "spend_control": {"reached": false, "individual_limit": {"limit": "2000", "used": "815.25"}},
     "rate_limit_reached_type": {"type": "…"}, "model_usage": {"<slug>": {"available": false}}}

Traps: a window is told by its length, never by its place (weekly-only plans put the week first); a
window without ``used_percent`` is unknown, not empty; ``limit_reached`` is another fact than 100 %,
and credits may let work go on; ``account_id`` may be "" or the id of the user; of features
(``conversation/init``) only what is left is told, no total; free accounts have ``will_renew: false``;
``accounts/check`` lists every workspace, and another workspace's plan says nothing of ours. These are
ChatGPT's own pages, not a public API: what cannot be read is left out, never made up.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import (
    Any,
    Awaitable,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Tuple,
    Type,
)

from .. import jwt
from ..errors import (
    Blocked,
    CredentialExpired,
    CredentialRejected,
    NotAvailable,
    UnexpectedResponse,
    UsageError,
    Words,
    WrongCredential,
)
from ..models import Account, Balance, Credential, Phrase, Quota, Usage, utc_now
from ..payload import (
    Answer,
    count,
    entries,
    first,
    integer,
    is_challenge,
    mapping,
    moment,
    number,
    rest,
    sequence,
    status_error,
    text,
)
from ..provider import Client, Provider, bearer, optional, shape, together
from ..terms import dated, joined, renewal, window_label

_HOST = "https://chatgpt.com"
_API = f"{_HOST}/backend-api"
_WHOAMI = "https://auth.openai.com/api/accounts/v1/user-auth-credential/whoami"
_PERSONAL = "at-"  # what a Codex access token begins with
_SESSION_COOKIE = r"(?s:.*)__Secure-(?:next-auth|authjs)\.session-token(?s:.*)"

PROVIDER = Provider(
    id="chatgpt",
    name="ChatGPT (Subscription)",
    short="ChatGPT",
    needs=Phrase(
        "access token or session cookie of chatgpt.com",
        "chatgpt.com 的 accessToken 或会话 Cookie",
    ),
    keys={"": f"{_HOST}/"},
    dashboard={"": f"{_HOST}/codex/settings/usage"},
    shapes=(
        shape(
            r'\{(?s:.*)"accessToken"(?s:.*)\}',
            "ChatGPT session (JSON)",
            "ChatGPT 会话 JSON",
            kind="access_token",
        ),
        shape(_SESSION_COOKIE, "ChatGPT session cookie", "ChatGPT 会话 Cookie", kind="session"),
        shape(
            r"eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+",
            "ChatGPT session token",
            "ChatGPT 会话 token",
            kind="session",
        ),
        shape(
            r"at-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{32,}",
            "Codex access token (at-…)",
            "Codex 访问令牌（at-…）",
            kind="access_token",
        ),
        shape(
            r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
            "possibly a ChatGPT access token",
            "可能是 ChatGPT accessToken",
            kind="access_token",
            sure=False,
        ),
    ),
    scopes={"workspace": Phrase("workspace (account ID)", "工作区（账号 ID）")},
    interval=300,
    match="openai chatgpt codex subscription plus pro team 订阅 会员",
    variables={"CODEX_ACCESS_TOKEN": ""},
    steps=(
        Phrase(
            "Log in at {keys} in your browser and stay on that page.",
            "在浏览器登录 {keys} 并停留在该页面。",
        ),
        Phrase(
            "Method A: open DevTools → **Console** and run the console command; it copies the answer with your `accessToken`.",
            "方法 A：打开 DevTools → **Console（控制台）**，执行控制台命令，会复制含 `accessToken` 的结果。",
        ),
        Phrase(
            "Or method B: DevTools → **Application** or **Storage** → Cookies, copy `__Secure-next-auth.session-token`. Headroom then renews the token by itself.",
            "或方法 B：DevTools → **Application / Storage** → Cookies，复制 `__Secure-next-auth.session-token`。之后 Headroom 会自动换取令牌。",
        ),
        Phrase(
            "Paste it into Headroom. An `sk-…` key is not a ChatGPT login: add that as OpenAI API (Token).",
            "粘贴到 Headroom。`sk-…` 不是 ChatGPT 登录凭证，请用 OpenAI API (Token) 添加。",
        ),
    ),
)

_PLACES = (
    ("primary_window", 18000),
    ("secondary_window", 604800),
)  # usual lengths, if none is told
_FULL = Decimal(100)
_TEN_YEARS = 10 * 365 * 86400
_RESETS = ("reset_at", "resets_at", "available_at", "reset_after", "resets_after")
_LEFT = ("remaining", "remaining_count")
_USED = ("used", "used_count", "usage")
_LIMIT = ("limit", "total", "max", "max_count")
_NAMES = ("limit_name", "feature_name", "model_slug", "name", "label", "metered_feature")
_MOST = 40  # entries of one list that are read
_DEPTH = 4  # levels at which an allowance may lie

_FEATURES = {
    "deep_research": "Deep research",
    "deep_research_standard": "Deep research (standard)",
    "odyssey": "Agent",
    "agent_mode": "Agent",
    "image_gen": "Images",
    "file_upload": "File uploads",
    "paste_text_to_file": "Paste to file",
}
_PLANS = {
    "prolite": "Pro Lite",
    "self_serve_business_usage_based": "Business",
    "enterprise_cbp_usage_based": "Enterprise",
    "free_workspace": "Free",
    "education": "Edu",
    "k12": "K-12",
}
_READ: Mapping[str, Tuple[str, ...]] = {  # blocks with a reader of their own
    "usage": (
        "rate_limit",
        "additional_rate_limits",
        "credits",
        "spend_control",
        "individual_limit",
        "rate_limit_reset_credits",
        "model_usage",
        "promo",
    ),
    "init": ("banner_info", "blocked_features", "model_limits", "limits_progress"),
    "node": (
        "account",
        "entitlement",
        "last_active_subscription",
        "features",
        "eligible_promo_campaigns",
        "eligible_offers",
    ),
}

_NO_NUMBER = Phrase("ChatGPT exposes no number for this plan", "ChatGPT 未公开此套餐的额度数字")
_REACHED = Phrase("limit reached", "已达用量上限")
_CREDITS_WORK = Phrase("limit reached, credits keep working", "已达用量上限，可继续使用积分")
_DEPLETED = {
    "workspace_owner_credits_depleted": Phrase(
        "workspace credits are used up: add credits", "工作区积分已用完：请充值"
    ),
    "workspace_member_credits_depleted": Phrase(
        "workspace credits are used up: ask the workspace owner",
        "工作区积分已用完：请联系工作区所有者",
    ),
    "workspace_owner_usage_limit_reached": Phrase(
        "workspace usage limit reached: raise it in its settings",
        "已达工作区用量上限：请在工作区设置中提高",
    ),
    "workspace_member_usage_limit_reached": Phrase(
        "workspace usage limit reached: ask the workspace owner",
        "已达工作区用量上限：请联系工作区所有者",
    ),
}
_CAP_REACHED = Phrase(
    "credit limit reached: ask the workspace owner", "已达积分上限：请联系工作区所有者"
)
_OVERDUE = Phrase("payment overdue", "付款逾期")
_DEACTIVATED = Phrase("this workspace is deactivated", "此工作区已停用")
_AGAIN_EN = "run the console command again (guide, method A) or store a session cookie (method B)"
_AGAIN_ZH = "请重新执行控制台命令（指南方法 A），或改存会话 Cookie（方法 B）"
_EXPIRED: Words = (
    f"{{provider}}: the access token has expired; {_AGAIN_EN}",
    f"{{provider}}：accessToken 已过期；{_AGAIN_ZH}",
)
_REJECTED: Words = (
    f"{{provider}} does not accept this access token; {_AGAIN_EN}",
    f"{{provider}} 不接受此 accessToken；{_AGAIN_ZH}",
)
_REVOKED: Words = (
    "{provider} does not accept this Codex access token; make a new one at https://chatgpt.com/admin/access-tokens",
    "{provider} 不接受此 Codex 访问令牌；请到 https://chatgpt.com/admin/access-tokens 新建",
)
_CUT: Words = (
    "{provider} cannot read this access token, part of it may be missing; copy it whole from {keys}",
    "{provider} 无法识别此 accessToken，可能没有复制完整；请到 {keys} 重新完整复制",
)
_LOGGED_OUT: Words = (
    f"{{provider}}: this login was logged out or its password changed; sign in, then {_AGAIN_EN}",
    f"{{provider}}：此登录已退出或密码已更改；重新登录后{_AGAIN_ZH}",
)
_BANNED: Words = (
    "{provider}: OpenAI has deactivated this account; read its e-mail about it, or remove the account here",
    "{provider}：此账号已被 OpenAI 停用；请查看相关邮件，或在此移除账号",
)
_UNPAID: Words = (
    "{provider}: this workspace is no longer paid; renew it, or choose another workspace",
    "{provider}：此工作区已停止付费；请续费，或改选其他工作区",
)
_GATED: Words = (
    "{provider} shows no usage to this account (the login is fine); check plan and workspace at chatgpt.com",
    "{provider} 不向此账号显示用量（登录有效）；请到 chatgpt.com 查看套餐和工作区",
)
_API_KEY: Words = (
    "{provider}: this is an API key, not a ChatGPT login; add it as OpenAI API (Token), or copy the access token from {keys}",
    "{provider}：这是 API Key，不是 ChatGPT 登录凭证；请改用 OpenAI API (Token) 添加，或到 {keys} 复制 accessToken",
)
_INIT = dict.fromkeys(("gizmo_id", "requested_default_model", "conversation_id"))
_REFUSALS: Mapping[str, Tuple[Type[UsageError], Words]] = {
    "token_expired": (CredentialExpired, _EXPIRED),
    "token_invalidated": (CredentialRejected, _LOGGED_OUT),
    "token_revoked": (CredentialRejected, _LOGGED_OUT),
    "account_deactivated": (CredentialRejected, _BANNED),
    "deactivated_workspace": (NotAvailable, _UNPAID),
}


@dataclass(frozen=True)
class Told:
    """The documents of one round; {} stands for what did not come."""

    at: datetime
    usage: Mapping[str, Any]
    workspace: Optional[str] = None
    plan: Optional[str] = None  # as the token says, for this workspace
    accounts: Mapping[str, Any] = field(default_factory=dict)
    init: Mapping[str, Any] = field(default_factory=dict)
    resets: Mapping[str, Any] = field(default_factory=dict)
    subscription: Mapping[str, Any] = field(default_factory=dict)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask all pages at once, and for free resets when there may be any.

    Raises UsageError, for an expired token before anything is sent.
    """
    token = credential.secret
    _check(token)
    own = _workspace(jwt.account_id(token))
    workspace = _workspace(account.scope.get("workspace")) or own
    if workspace is None:
        workspace = (await scope_of(client, credential)).get("workspace")
    headers = _headers(account, token, workspace)
    extras = _extras(client, headers, workspace)
    (answer, usage, resets), found = await together(_main(client, headers), *extras.values())
    told = Told(
        answer.at,
        usage or {},
        workspace,
        jwt.plan(token) if workspace == own else None,
        resets=resets,
        **{name: mapping(document) for name, document in zip(extras, found)},
    )
    if usage is None and not _node(told) and not text(told.subscription.get("plan_type")):
        raise _refusal(answer)
    return parse(told)


async def scope_of(client: Client, credential: Credential) -> Dict[str, str]:
    """The workspace of a Codex access token, which does not tell it itself; {} for any other.

    Raises CredentialRejected. Where the page does not answer, the usage is asked without it.
    """
    if not credential.secret.startswith(_PERSONAL):
        return {}
    answer = await optional(client.get(_WHOAMI, headers=bearer(credential.secret)))
    if answer is None or is_challenge(answer):
        return {}
    if answer.status == 401:
        raise CredentialRejected(_REVOKED)
    workspace = _workspace(mapping(answer.document()).get("chatgpt_account_id"))
    return {"workspace": workspace} if workspace else {}


def _check(token: str) -> None:
    if token.startswith("sk-"):
        raise WrongCredential(_API_KEY)
    expiry = jwt.expiry(token)
    if expiry is not None and expiry <= utc_now():
        raise CredentialExpired(_EXPIRED)


def _headers(account: Account, token: str, workspace: Optional[str]) -> Dict[str, str]:
    device = uuid.uuid5(uuid.NAMESPACE_URL, f"{_HOST}/{account.id}")
    headers = {
        **bearer(token),
        "Referer": f"{_HOST}/",
        "oai-language": "en-US",
        "oai-device-id": str(device),
    }
    return {**headers, "ChatGPT-Account-Id": workspace} if workspace else headers


async def _main(
    client: Client, headers: Mapping[str, str]
) -> Tuple[Answer, Optional[Dict[str, Any]], Dict[str, Any]]:
    """The main page as it came and as it reads, and the free resets."""
    answer = await client.get(f"{_API}/wham/usage", headers=headers)
    usage, resets = _usage(answer), None
    if _embedded_resets(usage or {}) != 0:
        beta = {**headers, "OpenAI-Beta": "codex-1"}
        resets = await optional(_page(client.get, "wham/rate-limit-reset-credits", headers=beta))
    return answer, usage, mapping(resets)


def _extras(
    client: Client, headers: Mapping[str, str], workspace: Optional[str]
) -> Dict[str, Callable[[], Awaitable[Any]]]:
    """What makes the calls that may fail."""
    local = utc_now().astimezone().utcoffset() or timedelta()
    zone = {"timezone_offset_min": -int(local.total_seconds() // 60)}  # behind UTC, as browsers say
    origin = {**headers, "Origin": _HOST}
    get, post = partial(_page, client.get), partial(_page, client.post)
    calls: Dict[str, Callable[[], Awaitable[Any]]] = {
        "accounts": partial(get, "accounts/check/v4-2023-04-27", headers=headers, params=zone),
        "init": partial(post, "conversation/init", headers=origin, json={**_INIT, **zone}),
    }
    if workspace:
        named = {"account_id": workspace}
        calls["subscription"] = partial(get, "subscriptions", headers=headers, params=named)
    return calls


async def _page(ask: Callable[..., Awaitable[Answer]], path: str, **how: Any) -> Any:
    answer = await ask(f"{_API}/{path}", **how)
    return answer.json()


def _usage(answer: Answer) -> Optional[Dict[str, Any]]:
    """The main document; None when only this page is closed to the account. Raises UsageError."""
    error = status_error(answer)
    if isinstance(error, Blocked):
        raise error
    if answer.status in (403, 404) and _code(answer) not in _REFUSALS:
        return None
    if error or _code(answer) in _REFUSALS:
        raise _refusal(answer)
    document = mapping(answer.document())
    if not any(name in document for name in ("plan_type", *_READ["usage"])):
        raise UnexpectedResponse
    return document


def _refusal(answer: Answer) -> UsageError:
    code = _code(answer)
    if code in _REFUSALS:
        kind, words = _REFUSALS[code]
        return kind(words)
    if answer.status == 401:
        return CredentialRejected(_CUT if b"ould not parse" in answer.body else _REJECTED)
    if answer.status == 403:
        return NotAvailable(_GATED)
    return status_error(answer) or UnexpectedResponse()


def _code(answer: Answer) -> str:
    document = mapping(answer.document())
    places = (mapping(document.get("error")), mapping(document.get("detail")), document)
    return next(filter(None, (text(place.get("code")) for place in places)), "")


def _workspace(value: object) -> Optional[str]:
    """The value if it can be the id of a workspace; the id of a user cannot."""
    told = value.strip() if isinstance(value, str) else ""
    return told if re.fullmatch(r"(?!user-)[A-Za-z0-9_-]{1,64}", told) else None


def parse(told: Told) -> Usage:
    """Read the answers of one round."""
    usage, node = told.usage, _node(told)
    spare = _credits_work(usage)
    main = _lane(usage.get("rate_limit"), told.at, spare=spare) + _credits(usage, told.at)
    side = _side(told, node)
    balances = _balances(usage, alone=not main)
    parts = [
        *_limit_notices(usage, spare=spare),
        *_plan_notices(node, told),
        *_feature_notices(told.init),
        *_reset_notices(told),
    ]
    if not (main or side or balances):
        parts.append((30, _NO_NUMBER))
    quotas = _distinct([*main, *side, *_free_resets(told)])
    parts.sort(key=lambda part: part[0])
    notice = joined(*(phrase for _, phrase in parts))
    return Usage(quotas, balances, plan=_plan(told, node), notice=notice)


def _side(told: Told, node: Mapping[str, Any]) -> List[Quota]:
    sources = {"usage": told.usage, "init": told.init, "node": node}
    others = (_allowances(source, _READ[kind], told.at) for kind, source in sources.items())
    return [
        *_lanes(told.usage, told.at),
        *_models(told),
        *_features(told),
        *chain.from_iterable(others),
    ]


def _distinct(quotas: Iterable[Quota]) -> Tuple[Quota, ...]:
    found: Dict[str, Quota] = {}
    for quota in quotas:
        found.setdefault(quota.label, quota)
    return tuple(found.values())


# ---- what an entry counts, and until when


class Counts(NamedTuple):
    """What is counted of an allowance, in agreement; use or rest is told."""

    used: Optional[Decimal]
    limit: Optional[Decimal]
    left: Optional[Decimal]


_NONE_LEFT = Counts(None, None, Decimal(0))


def _counts(entry: Mapping[str, Any]) -> Optional[Counts]:
    """What an entry counts; None when neither use nor rest is told."""
    used, left = count(first(entry, *_USED)), count(first(entry, *_LEFT))
    limit = count(first(entry, *_LIMIT))
    if limit is not None and left is not None and left > limit:
        limit = None  # no total of this rest
    if left is None:
        left = rest(limit, used)
    elif limit is not None and rest(limit, used) != left:
        used = limit - left
    return None if left is None and used is None else Counts(used, limit, left)


def _allowance(
    label: str, counts: Counts, entry: Mapping[str, Any], at: datetime, unit: str = "uses"
) -> Quota:
    reset = _reset(entry, at)
    return Quota(label, unit, *counts, resets_at=reset, role="secondary", alert=counts.left == 0)


def _reset(entry: Mapping[str, Any], at: datetime) -> Optional[datetime]:
    """When an entry starts anew: a time, else seconds from ``at``."""
    told = [entry.get(name) for name in _RESETS]
    times = (moment(value) for value in told if not _soon(value))
    waits = map(_soon, (entry.get("reset_after_seconds"), *told))
    return next(filter(None, chain(times, (at + wait for wait in waits if wait))), None)


def _soon(value: object) -> Optional[timedelta]:
    """A number that is too small for a time of ours: it counts the seconds until then."""
    wait = number(value)
    return timedelta(seconds=float(wait)) if wait is not None and 0 < wait < _TEN_YEARS else None


def _name(entry: Mapping[str, Any]) -> Optional[str]:
    return next(filter(None, (_named(entry.get(key)) for key in _NAMES)), None)


def _named(value: object) -> Optional[str]:
    """The words for a name of ChatGPT's; unknown ones stay, made readable."""
    name = text(value, 40)
    if name is None or name in _FEATURES:
        return name and _FEATURES[name]
    plain = name.replace("_", " ").strip()
    return (plain.capitalize() if re.fullmatch(r"[a-z ]+", plain) else plain) or None


# ---- windows


def _lane(limit: object, at: datetime, name: str = "", *, spare: bool = False) -> List[Quota]:
    """The windows of one rate limit, the shortest first."""
    rate = mapping(limit)
    blocked = _blocked(rate) and not spare
    found = []
    for place, usual in _PLACES:
        window = mapping(rate.get(place))
        used = count(window.get("used_percent"))
        if used is None:
            continue
        seconds = _seconds(window.get("limit_window_seconds"))
        label = window_label(seconds or usual)
        quota = Quota(
            f"{name} · {label}" if name else label,
            "%",
            used,
            _FULL,
            rest(_FULL, used),
            seconds,
            _reset(window, at),
            role="secondary" if name else "binding",
            alert=blocked and used >= _FULL,
        )
        found.append((seconds or usual, quota))
    return [quota for _, quota in sorted(found, key=lambda pair: pair[0])]


def _blocked(rate: Mapping[str, Any]) -> bool:
    return rate.get("limit_reached") is True or rate.get("allowed") is False


def _seconds(value: object) -> Optional[int]:
    found = integer(value)
    return found if found is not None and 0 < found <= _TEN_YEARS else None


def _lanes(usage: Mapping[str, Any], at: datetime) -> Iterator[Quota]:
    """Rate limits beside the main one: code review and whatever else has windows, special models."""
    for key, value in list(usage.items())[:_MOST]:
        name = _named(key.replace("_rate_limit", ""))
        if key != "rate_limit" and name and _is_lane(value):
            lane = _lane(value, at, name)
            yield from lane if len(lane) > 1 else (replace(quota, label=name) for quota in lane)
    for entry in entries(usage.get("additional_rate_limits"))[:_MOST]:
        yield from _lane(entry.get("rate_limit"), at, _name(entry) or "Other")


def _is_lane(value: object) -> bool:
    return any(place in mapping(value) for place, _ in _PLACES)


# ---- credits and free resets


def _credits_work(usage: Mapping[str, Any]) -> bool:
    """Whether credits let work go on after a limit was reached."""
    credits = mapping(usage.get("credits"))
    rate = mapping(usage.get("rate_limit"))
    if credits.get("overage_limit_reached") is True or rate.get("allowed") is False:
        return False
    balance = number(credits.get("balance"))
    if credits.get("unlimited") is True:
        return True
    return balance > 0 if balance is not None else credits.get("has_credits") is True


def _credits(usage: Mapping[str, Any], at: datetime) -> List[Quota]:
    """The member's own credit limit, and credits without end."""
    found = []
    control = mapping(usage.get("spend_control"))
    places = (control, mapping(usage.get("rate_limit")), usage)
    limits = (mapping(place.get("individual_limit")) for place in places)
    cap = _cap(next((limit for limit in limits if limit), {}), at, control.get("reached") is True)
    if cap:
        found.append(cap)
    if mapping(usage.get("credits")).get("unlimited") is True:
        found.append(Quota("Credits", "credits", None, None, None, unlimited=True))
    return found


def _cap(told: Mapping[str, Any], at: datetime, reached: bool) -> Optional[Quota]:
    percent = count(told.get("used_percent"))
    if percent is None:
        percent = rest(_FULL, count(told.get("remaining_percent")))
    unit, counts = "credits", _counts(told)
    if percent is not None and not _agree(counts, percent):
        unit, counts = "%", Counts(percent, _FULL, rest(_FULL, percent))
    if counts is None:
        return None
    return Quota("Credit limit", unit, *counts, resets_at=_reset(told, at), alert=reached)


def _agree(counts: Optional[Counts], percent: Decimal) -> bool:
    """Whether the counts say what the rounded percentage says."""
    if counts is None or counts.used is None or counts.limit is None:
        return False
    return counts.limit == 0 or abs(counts.used * 100 / counts.limit - percent) <= 1


def _balances(usage: Mapping[str, Any], *, alone: bool) -> Tuple[Balance, ...]:
    """Prepaid credits; none left is worth a word only where nothing else counts."""
    credits = mapping(usage.get("credits"))
    available = number(credits.get("balance"))
    if available is None or credits.get("unlimited") is True:
        return ()
    if available == 0 and not (alone and _reached_type(usage) in _DEPLETED):
        return ()
    return (Balance(available, "credits", low=available <= 0),)


def _reached_type(usage: Mapping[str, Any]) -> str:
    told = usage.get("rate_limit_reached_type")
    return text(mapping(told).get("type") if isinstance(told, dict) else told) or ""


def _free_resets(told: Told) -> Tuple[Quota, ...]:
    """Resets of the windows that may be had for nothing."""
    left = count(told.resets.get("available_count"))
    if left is None:
        left = _embedded_resets(told.usage)
    if left is None and told.resets.get("credits"):
        left = Decimal(len(_lapses(told)))
    return (Quota("Free resets", "resets", None, None, left, role="secondary"),) if left else ()


def _embedded_resets(usage: Mapping[str, Any]) -> Optional[Decimal]:
    """How many free resets the main document speaks of."""
    return count(mapping(usage.get("rate_limit_reset_credits")).get("available_count"))


def _lapses(told: Told) -> List[Optional[datetime]]:
    """When the free resets that still count lapse."""
    valid = [e for e in entries(told.resets.get("credits")) if e.get("status") == "available"]
    ends = [moment(entry.get("expires_at")) for entry in valid]
    return [end for end in ends if end is None or end > told.at]


# ---- models, features and other allowances


def _models(told: Told) -> Iterator[Quota]:
    """Models that cannot be used now."""
    for slug, entry in list(mapping(told.usage.get("model_usage")).items())[:_MOST]:
        label = text(slug, 40)
        if label and mapping(entry).get("available") is False:
            yield _allowance(label, _NONE_LEFT, mapping(entry), told.at)
    for entry in entries(told.init.get("model_limits"))[:_MOST]:
        label = text(entry.get("model_slug"), 40)
        if label:
            yield _allowance(label, _counts(entry) or _NONE_LEFT, entry, told.at)


def _features(told: Told) -> Iterator[Quota]:
    """What is left of deep research, agent, images …, and what is blocked until a time."""
    progress = told.init.get("limits_progress")
    if isinstance(progress, dict):
        progress = [{"feature_name": key, **mapping(value)} for key, value in progress.items()]
    blocked = _blocked_features(told.init)
    for entry in entries(progress)[:_MOST]:
        name, counts = _name(entry), _counts(entry)
        if name and counts:
            quota = _allowance(name, counts, entry, told.at)
            yield replace(quota, alert=quota.alert or name in blocked)
    for name, block in blocked.items():
        if _reset(block, told.at):
            yield _allowance(name, _NONE_LEFT, block, told.at)


def _blocked_features(init: Mapping[str, Any]) -> Dict[str, Mapping[str, Any]]:
    """By name; an entry is a name, ``{"name"}`` or ``{"feature_name"}``."""
    found: Dict[str, Mapping[str, Any]] = {}
    for told in sequence(init.get("blocked_features"))[:_MOST]:
        entry = told if isinstance(told, dict) else {"name": told}
        name = _name(entry)
        if name:
            found.setdefault(name, entry)
    return found


def _allowances(source: Mapping[str, Any], known: Tuple[str, ...], at: datetime) -> Iterator[Quota]:
    """Message and token allowances, and any other that has a limit, wherever they lie."""
    layer: List[Tuple[Tuple[str, ...], Any]] = [
        ((key,), value) for key, value in source.items() if key not in known and not _is_lane(value)
    ]
    for _ in range(_DEPTH):
        below = []
        for path, value in layer[:_MOST]:
            quota = _other(path, mapping(value), at)
            if quota:
                yield quota
            elif isinstance(value, dict):
                below += [((*path, key), child) for key, child in value.items()]
            else:
                below += [((*path, _name(child) or ""), child) for child in entries(value)]
        layer = below


def _other(path: Tuple[str, ...], entry: Mapping[str, Any], at: datetime) -> Optional[Quota]:
    """An allowance by the names on the way to it; None for anything without a limit."""
    counts = _counts(entry)
    names = [name for name in map(_named, path[-2:]) if name]
    if counts is None or counts.limit is None or not names:
        return None
    words = " ".join((*path, text(entry.get("unit")) or "")).lower()
    unit = next((f"{unit}s" for unit in ("token", "message", "credit") if unit in words), "uses")
    return _allowance(" · ".join(names), counts, entry, at, unit)


# ---- the plan


def _node(told: Told) -> Dict[str, Any]:
    """The account of ``accounts/check`` that is ours; {} when it is not there."""
    nodes = {
        str(key): node
        for key, node in mapping(told.accounts.get("accounts")).items()
        if isinstance(node, dict)
    }
    by_id = {
        text(mapping(n.get("account")).get("account_id")) or key: n for key, n in nodes.items()
    }
    wanted = told.workspace or _workspace(told.usage.get("account_id"))
    if wanted:
        return by_id.get(wanted, {})
    if "default" in nodes:
        return nodes["default"]
    order = [i for i in sequence(told.accounts.get("account_ordering")) if isinstance(i, str)]
    ordered = [by_id[i] for i in order if i in by_id]
    every: List[Dict[str, Any]] = [*ordered, *by_id.values(), {}]
    return next((n for n in every if _alive(n)), every[0])


def _alive(node: Mapping[str, Any]) -> bool:
    if mapping(node.get("account")).get("is_deactivated") is True:
        return False
    return mapping(node.get("entitlement")).get("has_active_subscription") is True


def _plan(told: Told, node: Mapping[str, Any]) -> Optional[str]:
    places = (
        mapping(node.get("account")).get("plan_type"),
        mapping(node.get("entitlement")).get("subscription_plan"),
        told.subscription.get("plan_type"),
        told.usage.get("plan_type"),
        told.plan,
    )
    return next(filter(None, map(_plan_name, places)), None)


def _plan_name(value: object) -> Optional[str]:
    name = (text(value, 40) or "").lower()
    name = re.sub(r"^chatgpt|plan$", "", name).strip("_ ")
    if name in ("", "unknown"):
        return None
    return _PLANS.get(name) or name.replace("_", " ").title()


# ---- notices


_Part = Tuple[int, Phrase]  # the smaller, the more urgent


def _limit_notices(usage: Mapping[str, Any], *, spare: bool) -> Iterator[_Part]:
    kind = _reached_type(usage)
    if kind in _DEPLETED:
        yield 10, _DEPLETED[kind]
    elif kind or _blocked(mapping(usage.get("rate_limit"))):
        yield (50, _CREDITS_WORK) if spare else (10, _REACHED)
    if mapping(usage.get("spend_control")).get("reached") is True:
        yield 11, _CAP_REACHED


def _feature_notices(init: Mapping[str, Any]) -> Iterator[_Part]:
    banner = text(mapping(init.get("banner_info")).get("title"), 120)
    if banner:
        yield 15, Phrase.quoted(banner)
    model, meant = text(init.get("default_model_slug"), 40), init.get("intended_default_model_slug")
    if model and text(meant, 40) and text(meant, 40) != model:
        yield 40, Phrase(f"answers come from {model}", f"当前由 {model} 回答")
    blocked = text(", ".join(_blocked_features(init)), 100)
    if blocked:
        yield 45, Phrase(f"blocked: {blocked}", f"不可用：{blocked}")


def _reset_notices(told: Told) -> Iterator[_Part]:
    end = min((end for end in _lapses(told) if end), default=None)
    if end and end - told.at < timedelta(days=3):
        yield 48, dated("a free reset lapses on {}", "一次免费重置将于{}失效", end)


def _plan_notices(node: Mapping[str, Any], told: Told) -> Iterator[_Part]:
    account, right = mapping(node.get("account")), mapping(node.get("entitlement"))
    if account.get("is_deactivated") is True:
        yield 0, _DEACTIVATED
    for place in (right, told.subscription):
        if place.get("is_delinquent") is True:
            grace = moment(place.get("grace_period_end_timestamp"))
            until = "payment overdue, grace until {}", "付款逾期，宽限期至{}"
            yield 1, dated(*until, grace) if grace else _OVERDUE
            break
    yield from _renewal(node, right, told)
    discount = mapping(right.get("discount"))
    free = moment(discount.get("discount_expires_at"))
    percentage = discount.get("discount_type") == "percentage"
    if percentage and number(discount.get("amount")) == 100 and free and free > told.at:
        yield 60, dated("free until {}", "免费至{}", free)
    name = text(account.get("name"), 40)
    if account.get("structure") == "workspace" and name:
        yield 80, Phrase(f"workspace {name}", f"工作区 {name}")
    used, seats = (
        integer(told.subscription.get(f"seats_{word}")) for word in ("in_use", "entitled")
    )
    if used is not None and seats is not None and seats > 1:
        yield 90, Phrase(f"{used} of {seats} seats in use", f"已用席位 {used}/{seats}")


def _renewal(node: Mapping[str, Any], right: Mapping[str, Any], told: Told) -> Iterator[_Part]:
    """When a paid plan changes, ends or renews; nothing for a free one."""
    if right.get("has_active_subscription") is False:
        return
    change = mapping(right.get("scheduled_plan_change"))
    day, plan = moment(change.get("changes_at")), _plan_name(change.get("plan_type"))
    if day and plan:
        yield 20, dated(f"becomes {plan} on {{}}", f"{{}}起变更为 {plan}", day)
        return
    renews = mapping(node.get("last_active_subscription")).get("will_renew")
    renews = told.subscription.get("will_renew") if renews is None else renews
    until, paid = told.subscription.get("active_until"), right.get("expires_at")
    end = moment(first({**right, "until": until}, "cancels_at", "expires_at", "until"))
    again = moment(right.get("renews_at")) or moment(until) or moment(paid)
    if renews is False or (renews is None and right.get("cancels_at")):
        if end:
            gone = dated("ended on {}", "已于{}结束", end)
            yield 20, gone if end <= told.at else renewal(end, renews=False)
    elif again and again > told.at:
        sure = renews is True or right.get("renews_at")
        paid_until = dated("paid until {}", "有效期至{}", again)
        yield 70, renewal(again, renews=True) if sure else paid_until
