"""The pages of ChatGPT that are asked, and what they refuse."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Awaitable, Callable, Dict, Mapping, Optional, Tuple

from ..errors import (
    Blocked,
    CredentialExpired,
    CredentialRejected,
    NotAvailable,
    UnexpectedResponse,
    UsageError,
    WrongCredential,
)
from ..i18n.message import Message, _
from ..models import Credential, utc_now
from ..provider import refusals
from ..provider.answer import Answer, status_error
from ..provider.calls import bearer, optional
from ..provider.contract import Client
from ..provider.reading import count, mapping, text
from ..provider.refusals import Table
from . import credits
from . import token as tokens

HOST = "https://chatgpt.com"
_API = f"{HOST}/backend-api"
READ: Mapping[str, Tuple[str, ...]] = {  # blocks with a reader of their own
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
_EXPIRED: Message = _(
    "{provider}: the access token has expired; run the console command again (guide, method A) or store a session cookie (method B)"
)
REJECTED: Message = _(
    "{provider} does not accept this access token; run the console command again (guide, method A) or store a session cookie (method B)"
)
CUT: Message = _(
    "{provider} cannot read this access token, part of it may be missing; copy it whole from {keys}"
)
_LOGGED_OUT: Message = _(
    "{provider}: this login was logged out or its password changed; sign in, then run the console command again (guide, method A) or store a session cookie (method B)"
)
_BANNED: Message = _(
    "{provider}: OpenAI has deactivated this account; read its e-mail about it, or remove the account here"
)
_UNPAID: Message = _(
    "{provider}: this workspace is no longer paid; renew it, or choose another workspace"
)
_GATED: Message = _(
    "{provider} shows no usage to this account (the login is fine); check plan and workspace at chatgpt.com"
)
_API_KEY: Message = _(
    "{provider}: this is an API key, not a ChatGPT login; add it as OpenAI API (Token), or copy the access token from {keys}"
)
_INIT = dict.fromkeys(("gizmo_id", "requested_default_model", "conversation_id"))
_REFUSALS: Table = {
    401: (CredentialRejected, REJECTED),
    403: (NotAvailable, _GATED),
    "ould not parse": (CredentialRejected, CUT),
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


def check(credential: Credential) -> None:
    if credential.secret.startswith("sk-"):
        raise WrongCredential(_API_KEY)
    if credential.kind == "session":
        return  # just exchanged, or judged by who keeps it: ours may be the clock that is wrong
    expiry = tokens.expiry(credential.secret)
    if expiry is not None and expiry <= utc_now():
        raise CredentialExpired(_EXPIRED)


def headers_for(token: str, workspace: Optional[str]) -> Dict[str, str]:
    """What ``wham/*`` is asked with; programs name themselves there, as OpenAI wants them to."""
    headers = {**bearer(token), "originator": "tankful"}
    return {**headers, "ChatGPT-Account-Id": workspace} if workspace else headers


async def ask_main(
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
    if embedded_resets(usage) != 0:
        pages["resets"] = "wham/rate-limit-reset-credits", {**headers, "OpenAI-Beta": "codex-1"}
    owner = workspace or workspace_id(usage.get("account_id"))
    if owner and credits.is_untold(usage):
        pages["balance"] = f"accounts/{owner}/remaining_balance", paged
    return pages


def extra_calls(
    client: Client, headers: Mapping[str, str], workspace: Optional[str]
) -> Dict[str, Callable[[], Awaitable[Any]]]:
    """What makes the calls that may fail."""
    local = utc_now().astimezone().utcoffset() or timedelta()
    zone = {"timezone_offset_min": -int(local.total_seconds() // 60)}  # behind UTC, as browsers say
    origin = {**headers, "Origin": HOST}
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
        raise refusal(answer)
    document = mapping(answer.document())
    if not any(name in document for name in ("plan_type", *READ["usage"])):
        raise UnexpectedResponse
    return document


def refusal(answer: Answer) -> UsageError:
    """Tell what an answer refuses that is no good one."""
    said = "ould not parse" if b"ould not parse" in answer.body else ""
    cut = said if answer.status == 401 else ""
    code = _code(answer)
    error = refusals.refusal(
        answer, _REFUSALS, code, answer.status, said="" if code in _REFUSALS else cut
    )
    return error or UnexpectedResponse()


def _code(answer: Answer) -> str:
    document = mapping(answer.document())
    places = (mapping(document.get("error")), mapping(document.get("detail")), document)
    return next(filter(None, (text(place.get("code")) for place in places)), "")


def workspace_id(value: object) -> Optional[str]:
    """The value if it can be the id of a workspace; the id of a user cannot."""
    told = value.strip() if isinstance(value, str) else ""
    return told if re.fullmatch(r"(?!user-)[A-Za-z0-9_-]{1,64}", told) else None


def embedded_resets(usage: Mapping[str, Any]) -> Optional[Decimal]:
    """How many free resets the main document speaks of."""
    return count(mapping(usage.get("rate_limit_reset_credits")).get("available_count"))
