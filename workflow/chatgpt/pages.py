"""Fetches ChatGPT's pages, and finds their errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Container, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

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
from ..provider.contract import Remembering
from ..provider.reading import count, mapping, text
from ..records import dataclass, field
from . import credits
from . import token as tokens

if TYPE_CHECKING:
    from ..provider.contract import Client
    from ..provider.refusals import Table

HOST = "https://chatgpt.com"
_API = f"{HOST}/backend-api"
KNOWN_BLOCKS: Mapping[str, tuple[str, ...]] = {  # blocks that have their own readers
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
_RESETS, _BETA = "wham/rate-limit-reset-credits", {"OpenAI-Beta": "codex-1"}
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
class Documents:
    """The documents of one fetch; {} for one that did not come."""

    at: datetime
    usage: Mapping[str, Any]
    workspace: str | None = None
    plan: str | None = None  # according to the token, for this workspace
    accounts: Mapping[str, Any] = field(default_factory=dict)
    init: Mapping[str, Any] = field(default_factory=dict)
    resets: Mapping[str, Any] = field(default_factory=dict)
    balance: Mapping[str, Any] = field(default_factory=dict)
    subscription: Mapping[str, Any] = field(default_factory=dict)


def check(credential: Credential) -> None:
    """Raise WrongCredential for an API key, CredentialExpired for an expired token."""
    if credential.secret.startswith("sk-"):
        raise WrongCredential(_API_KEY)
    if credential.kind == "session":
        return  # the session has checked its token already; here our clock may be the wrong one
    expiry = tokens.expiry(credential.secret)
    if expiry is not None and expiry <= utc_now():
        raise CredentialExpired(_EXPIRED)


def headers_for(token: str, workspace: str | None) -> dict[str, str]:
    """Make the headers of ``wham/*``, where OpenAI asks programs to name themselves."""
    headers = {**bearer(token), "originator": "tankful"}
    return {**headers, "ChatGPT-Account-Id": workspace} if workspace else headers


async def ask_main(
    client: Client,
    headers: Mapping[str, str],
    page_headers: Mapping[str, str],
    workspace: str | None,
    beside: Container[str] = (),
) -> tuple[Answer, dict[str, Any] | None, dict[str, dict[str, Any]]]:
    """Fetch the main page, then the further pages that it makes worth fetching.

    Args:
        client: the client.
        headers: those of ``wham/*``.
        page_headers: those of other pages.
        workspace: its id, if one is chosen.
        beside: names of further pages that are fetched in parallel elsewhere.

    Returns the answer, its document (None if only this page is closed to the account), and the further
    documents by name.
    """
    answer = await client.get(f"{_API}/wham/usage", headers=headers)
    usage = _usage(answer)
    further = _further(usage or {}, headers, page_headers, workspace)
    pages = {name: page for name, page in further.items() if name not in beside}
    calls = (_page(client.get, path, headers=sent) for path, sent in pages.values())
    results = await asyncio.gather(*map(optional, calls))
    return answer, usage, dict(zip(pages, map(mapping, results)))


def resets_call(client: Client, headers: Mapping[str, str]) -> Callable[[], Awaitable[Any]]:
    """Make the function that fetches the free resets in parallel with the main page."""
    return partial(_page, client.get, _RESETS, headers={**headers, **_BETA})


def expects_resets(client: Client, workspace: str | None) -> bool:
    """Tell whether the last main page, if it is cached, made the free resets worth fetching."""
    return isinstance(client, Remembering) and client.pages.get(f"resets {workspace}") is True


def keep_resets(client: Client, workspace: str | None, usage: Mapping[str, Any]) -> None:
    """Remember for the next fetch whether this main page makes the free resets worth fetching."""
    if isinstance(client, Remembering):
        client.pages[f"resets {workspace}"] = may_have_resets(usage)


def _further(
    usage: Mapping[str, Any],
    headers: Mapping[str, str],
    page_headers: Mapping[str, str],
    workspace: str | None,
) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Return paths and headers of further pages: possible free resets, credits without an amount."""
    pages: dict[str, tuple[str, Mapping[str, str]]] = {}
    if may_have_resets(usage):
        pages["resets"] = _RESETS, {**headers, **_BETA}
    owner = workspace or workspace_id(usage.get("account_id"))
    if owner and credits.lacks_amount(usage):
        pages["balance"] = f"accounts/{owner}/remaining_balance", page_headers
    return pages


def extra_calls(
    client: Client, headers: Mapping[str, str], workspace: str | None
) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Make the functions that fetch the other pages, by name; each may fail."""
    local = utc_now().astimezone().utcoffset() or timedelta()
    zone = {"timezone_offset_min": -int(local.total_seconds() // 60)}  # minutes behind UTC
    origin = {**headers, "Origin": HOST}
    get, post = partial(_page, client.get), partial(_page, client.post)
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
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


def _usage(answer: Answer) -> dict[str, Any] | None:
    """Read the main document; None if only this page is closed to the account. Raises UsageError."""
    error = status_error(answer)
    if isinstance(error, Blocked):
        raise error
    if answer.status in (403, 404) and _code(answer) not in _REFUSALS:
        return None
    if error or _code(answer) in _REFUSALS:
        raise refusal(answer)
    document = mapping(answer.document())
    if not any(name in document for name in ("plan_type", *KNOWN_BLOCKS["usage"])):
        raise UnexpectedResponse
    return document


def refusal(answer: Answer) -> UsageError:
    """Find the error of an unsuccessful answer."""
    sign = "ould not parse" if b"ould not parse" in answer.body else ""
    cut = sign if answer.status == 401 else ""
    code = _code(answer)
    error = refusals.refusal(
        answer, _REFUSALS, code, answer.status, message="" if code in _REFUSALS else cut
    )
    return error or UnexpectedResponse()


def _code(answer: Answer) -> str:
    document = mapping(answer.document())
    places = (mapping(document.get("error")), mapping(document.get("detail")), document)
    return next(filter(None, (text(place.get("code")) for place in places)), "")


def workspace_id(value: object) -> str | None:
    """Return the value if it can be a workspace's id (a user's id cannot), else None."""
    stripped = value.strip() if isinstance(value, str) else ""
    return stripped if re.fullmatch(r"(?!user-)[A-Za-z0-9_-]{1,64}", stripped) else None


def may_have_resets(usage: Mapping[str, Any]) -> bool:
    """Tell whether there may be free resets: the main document has some, or does not mention them."""
    return embedded_resets(usage) != 0


def embedded_resets(usage: Mapping[str, Any]) -> Decimal | None:
    """Read the number of free resets in the main document; None if it has none."""
    return count(mapping(usage.get("rate_limit_reset_credits")).get("available_count"))
