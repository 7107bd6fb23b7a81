"""ChatGPT (Subscription): usage windows, credits, feature allowances, plan and its renewal.

``wham/usage`` has the main numbers; everything may be null or missing::

    {"plan_type": "plus", "rate_limit": {"allowed": true, "limit_reached": false,
       "primary_window": {"used_percent": 14, "limit_window_seconds": 18000,
         "reset_after_seconds": 9120, "reset_at": 1791199920}, "secondary_window": null},
     "additional_rate_limits": [{"limit_name": "…", "rate_limit": {…}}], "code_review_rate_limit": {…},
     "credits": {"has_credits": true, "unlimited": false, "balance": "250.5"},
     "spend_control": {"reached": false, "individual_limit": {"limit": "2000", "used": "815.25"}},
     "rate_limit_reached_type": {"type": "…"}, "model_usage": {"<slug>": {"available": false}}}

Traps: a window is told by its length, never by its place (weekly-only plans put the week first) or
its name (more than two may come); one without ``used_percent`` is unknown, not empty;
``limit_reached`` is another fact than 100 % (chatgpt_credits.py); ``account_id`` may be "" or the id of the user; of features
(``conversation/init``) only what is left is told, no total; free accounts have ``will_renew: false``;
``accounts/check`` lists every workspace, and another workspace's plan says nothing of ours. These are
ChatGPT's own pages, not a public API: what cannot be read is left out, never made up.
"""

from __future__ import annotations

import asyncio
import re
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
    Optional,
    Tuple,
    Type,
)

from ..chatgpt import browser, credits
from ..chatgpt import token as tokens
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
from ..models import Account, Credential, Phrase, Quota, Usage, utc_now
from ..provider.contract import (
    Client,
    Form,
    Provider,
    Remembering,
    bearer,
    optional,
    shape,
    together,
)
from ..provider.notices import dated, joined, renewal, window_label
from ..provider.reading import (
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
    forms={
        "workspace": Form(
            Phrase("an account ID", "账号 ID"),
            re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
            "0a1b2c3d-1111-4222-8333-444455556666",
        )
    },
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
            "Or method B: DevTools → **Application** or **Storage** → Cookies, copy `__Secure-next-auth.session-token`. Tankful then renews the token by itself.",
            "或方法 B：DevTools → **Application / Storage** → Cookies，复制 `__Secure-next-auth.session-token`。之后 Tankful 会自动换取令牌。",
        ),
        Phrase(
            "Business, Enterprise: a Codex access token (`at-…`) of <https://chatgpt.com/admin/access-tokens> works too.",
            "Business、Enterprise 也可用 <https://chatgpt.com/admin/access-tokens> 的 Codex 访问令牌（`at-…`）。",
        ),
        Phrase(
            "Paste it into Tankful. An `sk-…` key is not a ChatGPT login: add that as OpenAI API (Token).",
            "粘贴到 Tankful。`sk-…` 不是 ChatGPT 登录凭证，请用 OpenAI API (Token) 添加。",
        ),
    ),
)

_PLACES = {"primary_window": 18000, "secondary_window": 604800}  # usual lengths, if none is told
_NAMES = ("limit_name", "feature_name", "model_slug", "name", "label", "metered_feature")
_OF_THE_PLAN = ("accounts", "subscription")  # pages that are asked once a day
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
_UNCOUNTED = Phrase("credits are there, their amount is not told", "有可用积分，但未提供数额")
_CREDITS_WORK = Phrase("limit reached, credits keep working", "已达用量上限，可继续使用积分")
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
    balance: Mapping[str, Any] = field(default_factory=dict)
    subscription: Mapping[str, Any] = field(default_factory=dict)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask all pages at once, and for free resets when there may be any.

    Raises UsageError, for an expired token before anything is sent.
    """
    token = credential.secret
    _check(credential)
    own = _workspace(tokens.account_id(token))
    workspace = _workspace(account.scope.get("workspace")) or own
    if workspace is None:
        workspace = (await scope_of(client, credential)).get("workspace")
    headers = _headers(token, workspace)
    paged = {**headers, **_as_browser(account, credential)}
    extras = _extras(client, paged, workspace)
    kept = _Kept(client, workspace)
    due = {name: call for name, call in extras.items() if name not in kept.pages}
    main = _main(client, headers, paged, workspace)
    try:
        (answer, usage, more), found = await together(main, *due.values())
    except CredentialRejected as error:
        if token.startswith(_PERSONAL) and error.words in (_REJECTED, _CUT):
            raise CredentialRejected(_REVOKED) from None
        raise
    pages = {**kept.pages, **dict(zip(due, found))}
    if kept.is_outdated(usage):
        pages.update({name: await optional(extras[name]()) for name in kept.pages})
    kept.keep(usage, pages)
    told = Told(
        answer.at,
        usage or {},
        workspace,
        tokens.plan(token) if workspace == own else None,
        **more,
        **{name: mapping(document) for name, document in pages.items()},
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


def _check(credential: Credential) -> None:
    if credential.secret.startswith("sk-"):
        raise WrongCredential(_API_KEY)
    if credential.kind == "session":
        return  # just exchanged, or judged by who keeps it: ours may be the clock that is wrong
    expiry = tokens.expiry(credential.secret)
    if expiry is not None and expiry <= utc_now():
        raise CredentialExpired(_EXPIRED)


def _headers(token: str, workspace: Optional[str]) -> Dict[str, str]:
    """What ``wham/*`` is asked with; programs name themselves there, as OpenAI wants them to."""
    headers = {**bearer(token), "originator": "tankful"}
    return {**headers, "ChatGPT-Account-Id": workspace} if workspace else headers


def _as_browser(account: Account, credential: Credential) -> Dict[str, str]:
    """What the pages of a browser are asked with besides."""
    device = browser.device(credential.cookie, account.id)
    return {**browser.page_headers(), "oai-language": "en-US", "oai-device-id": device}


class _Kept:
    """The pages of the plan as they were told today: they are watched, and change rarely.

    They are asked again after a day, and when the plan is another one.
    """

    def __init__(self, client: Client, workspace: Optional[str]) -> None:
        self._all = client.pages if isinstance(client, Remembering) else {}
        self._keys = {name: f"{name} {workspace or ''}" for name in (*_OF_THE_PLAN, "plan")}
        self.pages = {
            name: self._all[self._keys[name]]
            for name in _OF_THE_PLAN
            if self._keys[name] in self._all
        }

    def is_outdated(self, usage: Optional[Mapping[str, Any]]) -> bool:
        """Whether the main page tells of another plan than when these were kept."""
        return bool(self.pages) and self._all.get(self._keys["plan"]) != _plan_type(usage)

    def keep(self, usage: Optional[Mapping[str, Any]], pages: Mapping[str, Any]) -> None:
        """Remember these pages, also that one of them did not come."""
        self._all[self._keys["plan"]] = _plan_type(usage)
        self._all.update({self._keys[n]: pages[n] for n in _OF_THE_PLAN if n in pages})


def _plan_type(usage: Optional[Mapping[str, Any]]) -> Optional[str]:
    return text(mapping(usage).get("plan_type"))


async def _main(
    client: Client,
    headers: Mapping[str, str],
    paged: Mapping[str, str],
    workspace: Optional[str],
) -> Tuple[Answer, Optional[Dict[str, Any]], Dict[str, Dict[str, Any]]]:
    """The main page as it came and as it reads, and the pages that it makes worth asking."""
    answer = await client.get(f"{_API}/wham/usage", headers=headers)
    usage = _usage(answer)
    pages = _further(usage or {}, headers, paged, workspace)
    calls = (_page(client.get, path, headers=sent) for path, sent in pages.values())
    found = await asyncio.gather(*map(optional, calls))
    return answer, usage, dict(zip(pages, map(mapping, found)))


def _further(
    usage: Mapping[str, Any],
    headers: Mapping[str, str],
    paged: Mapping[str, str],
    workspace: Optional[str],
) -> Dict[str, Tuple[str, Mapping[str, str]]]:
    """Free resets when there may be any, and the credits that the main page does not count."""
    pages: Dict[str, Tuple[str, Mapping[str, str]]] = {}
    if _embedded_resets(usage) != 0:
        pages["resets"] = "wham/rate-limit-reset-credits", {**headers, "OpenAI-Beta": "codex-1"}
    owner = workspace or _workspace(usage.get("account_id"))
    if owner and credits.is_untold(usage):
        pages["balance"] = f"accounts/{owner}/remaining_balance", paged
    return pages


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
    left = credits.amount(usage, told.balance)
    spare = credits.pay_on(usage, left)
    windows = _lane(usage.get("rate_limit"), told.at, spare=spare)
    caps = credits.limits(usage, told.at)
    main = [*windows, *caps, *credits.uncounted(usage, windows, left)]
    quotas = _distinct([*main, *_side(told, node), *_free_resets(told)])
    balances = credits.balances(usage, windows, main, left)
    blocked = credits.blocked(usage, node, told.subscription, windows, left, told.at)
    parts = [
        *_credit_notices(told, windows, left, spare=spare),
        *_plan_notices(node, told),
        *_feature_notices(told),
        *_reset_notices(told),
    ]
    if not (quotas or balances or blocked or credits.is_untold(usage)):
        parts.append((30, _NO_NUMBER))
    parts.sort(key=lambda part: part[0])
    notice = joined(*(phrase for _, phrase in parts))
    return Usage(quotas, balances, plan=_plan(told, node), notice=notice, blocked=blocked)


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


# ---- what an entry counts, and under which name


def _allowance(
    label: str, counts: credits.Counts, entry: Mapping[str, Any], at: datetime, unit: str = "uses"
) -> Quota:
    reset = credits.reset(entry, at)
    return Quota(label, unit, *counts, resets_at=reset, role="secondary", alert=counts.left == 0)


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
    """The windows of one rate limit, whatever their names, the shortest first."""
    rate = mapping(limit)
    refused = credits.is_refused(rate) and not spare
    found: Dict[str, Tuple[int, Quota]] = {}
    for place, window in _windows(rate):
        used = credits.percent(window)
        if used is None:
            continue
        seconds, usual = _seconds(window.get("limit_window_seconds")), _PLACES.get(place)
        own = _named(place[: -len("_window")]) or "Other"
        label = window_label(seconds or usual) if seconds or usual else own
        quota = Quota(
            f"{own} · {label}" if label in found else label,
            "%",
            used,
            credits.FULL,
            rest(credits.FULL, used),
            seconds,
            credits.reset(window, at),
            role="secondary" if name else "binding",
            alert=refused and used >= credits.FULL,
        )
        found[quota.label] = seconds or usual or credits.TEN_YEARS, quota
    ordered = [quota for _, quota in sorted(found.values(), key=lambda pair: pair[0])]
    return [replace(q, label=f"{name} · {q.label}") for q in ordered] if name else ordered


def _windows(rate: Mapping[str, Any]) -> List[Tuple[str, Dict[str, Any]]]:
    found = [(key, mapping(value)) for key, value in rate.items() if key.endswith("_window")]
    return found[: credits.MOST]


def _seconds(value: object) -> Optional[int]:
    found = integer(value)
    return found if found is not None and 0 < found <= credits.TEN_YEARS else None


def _lanes(usage: Mapping[str, Any], at: datetime) -> Iterator[Quota]:
    """Rate limits beside the main one: code review and whatever else has windows, special models."""
    for name, limit, is_listed in _side_limits(usage):
        lane = _lane(limit, at, name)
        short = len(lane) == 1 and not is_listed
        yield from (replace(quota, label=name) for quota in lane) if short else lane


def _side_limits(usage: Mapping[str, Any]) -> Iterator[Tuple[str, Mapping[str, Any], bool]]:
    """Name and limit of each lane, and whether it is one of a list; no two names are the same."""
    found: List[Tuple[str, Any, bool]] = []
    for key, value in list(usage.items())[: credits.MOST]:
        name = _named(key.replace("_rate_limit", ""))
        if key != "rate_limit" and name and _is_lane(value):
            found.append((name, value, False))
    for entry in entries(usage.get("additional_rate_limits"))[: credits.MOST]:
        if _is_lane(entry.get("rate_limit")):
            found.append((_name(entry) or "Other", entry.get("rate_limit"), True))
    seen: Dict[str, int] = {}
    for name, value, is_listed in found:
        seen[name] = seen.get(name, 0) + 1
        number = f" {seen[name]}" if seen[name] > 1 else ""
        yield f"{name}{number}", mapping(value), is_listed


def _refused_lanes(usage: Mapping[str, Any]) -> Iterator[str]:
    """The lanes that let nothing through although no window of theirs is used up."""
    for name, limit, _ in _side_limits(usage):
        shares = [credits.percent(window) for _, window in _windows(limit)]
        if credits.is_refused(limit) and max(filter(None, shares), default=0) < credits.FULL:
            yield name


def _is_lane(value: object) -> bool:
    return any(key.endswith("_window") for key in mapping(value))


# ---- free resets


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
    for slug, entry in list(mapping(told.usage.get("model_usage")).items())[: credits.MOST]:
        label = text(slug, 40)
        if label and mapping(entry).get("available") is False:
            yield _allowance(label, credits.NONE_LEFT, mapping(entry), told.at)
    for entry in entries(told.init.get("model_limits"))[: credits.MOST]:
        label = text(entry.get("model_slug"), 40)
        if label:
            yield _allowance(label, credits.counts(entry) or credits.NONE_LEFT, entry, told.at)


def _features(told: Told) -> Iterator[Quota]:
    """What is left of deep research, agent, images …, and what is blocked until a time."""
    progress = told.init.get("limits_progress")
    if isinstance(progress, dict):
        progress = [{"feature_name": key, **mapping(value)} for key, value in progress.items()]
    blocked = _blocked_features(told.init)
    for entry in entries(progress)[: credits.MOST]:
        name, counts = _name(entry), credits.counts(entry)
        if name and counts:
            quota = _allowance(name, counts, entry, told.at)
            yield replace(quota, alert=quota.alert or name in blocked)
    for name, block in blocked.items():
        if credits.reset(block, told.at):
            yield _allowance(name, credits.NONE_LEFT, block, told.at)


def _blocked_features(init: Mapping[str, Any]) -> Dict[str, Mapping[str, Any]]:
    """By name; an entry is a name, ``{"name"}`` or ``{"feature_name"}``."""
    found: Dict[str, Mapping[str, Any]] = {}
    for told in sequence(init.get("blocked_features"))[: credits.MOST]:
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
        for path, value in layer[: credits.MOST]:
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
    counts = credits.counts(entry)
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
    return min(every, key=_rank)


def _rank(node: Mapping[str, Any]) -> int:
    """How unlikely it is that an account is the one in use: paid, open, or closed."""
    if mapping(node.get("account")).get("is_deactivated") is True:
        return 2
    return mapping(node.get("entitlement")).get("has_active_subscription") is not True


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


def _credit_notices(
    told: Told, windows: List[Quota], left: Optional[Decimal], *, spare: bool
) -> Iterator[_Part]:
    """Where credits come in without a window that says so, what is not told, when they expire."""
    usage, end = told.usage, credits.lapse(told.balance, told.at)
    reached = credits.reached_type(usage) or credits.is_refused(mapping(usage.get("rate_limit")))
    if reached and spare and not credits.spent(windows):
        yield 50, _CREDITS_WORK
    if left is None and credits.is_untold(usage):
        yield 55, _UNCOUNTED
    if left and end:
        yield 75, dated("credits expire from {} on", "积分自{}起陆续到期", end)
    for group in credits.groups(usage):
        yield 85, group


def _feature_notices(told: Told) -> Iterator[_Part]:
    init = told.init
    banner = text(mapping(init.get("banner_info")).get("title"), 120)
    if banner:
        yield 15, Phrase.quoted(banner)
    model, meant = text(init.get("default_model_slug"), 40), init.get("intended_default_model_slug")
    if model and text(meant, 40) and text(meant, 40) != model:
        yield 40, Phrase(f"answers come from {model}", f"当前由 {model} 回答")
    names = dict.fromkeys([*_blocked_features(init), *_refused_lanes(told.usage)])
    blocked = text(", ".join(names), 100)
    if blocked:
        yield 45, Phrase(f"blocked: {blocked}", f"不可用：{blocked}")


def _reset_notices(told: Told) -> Iterator[_Part]:
    """The day on which the first free reset lapses, the more urgent the nearer it is."""
    ends = _lapses(told)
    end = min((end for end in ends if end), default=None)
    if end is None:
        return
    urgency = 48 if end - told.at < timedelta(days=3) else 75
    if len(ends) > 1:
        yield urgency, dated("the first free reset lapses on {}", "首次免费重置将于{}失效", end)
    else:
        yield urgency, dated("a free reset lapses on {}", "一次免费重置将于{}失效", end)


def _plan_notices(node: Mapping[str, Any], told: Told) -> Iterator[_Part]:
    account, right = mapping(node.get("account")), mapping(node.get("entitlement"))
    grace = credits.grace(node, told.subscription)
    if grace and grace > told.at:
        yield 1, dated("payment overdue, grace until {}", "付款逾期，宽限期至{}", grace)
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
