"""Fetches ChatGPT's pages, and finds their errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Container, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Callable

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
from ..provider.contract import Client, kept_pages
from ..provider.reading import Fields, count, mapping, text
from ..provider.refusals import Table
from ..records import dataclass, field
from . import credits
from . import token as tokens

HOST = "https://chatgpt.com"
_API = f"{HOST}/backend-api"
KNOWN_BLOCKS: Mapping[str, tuple[str, ...]] = {  # blocks that have their own readers
    "usage": (
        *("rate_limit", "additional_rate_limits", "rate_limit_reset_credits", "credits"),
        *("spend_control", "individual_limit", "model_usage", "promo"),
    ),
    "init": ("banner_info", "blocked_features", "model_limits", "limits_progress"),
    "node": (
        *("account", "entitlement", "last_active_subscription", "features"),
        *("eligible_promo_campaigns", "eligible_offers"),
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
_CUT = "ould not parse"  # in the sentence about a token, which comes without a code
_REFUSALS: Table = {
    401: (CredentialRejected, REJECTED),
    403: (NotAvailable, _GATED),
    _CUT: (CredentialRejected, CUT),
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
    usage: Fields
    workspace: str | None = None
    plan: str | None = None  # according to the token, for this workspace
    accounts: Fields = field(default_factory=dict)
    init: Fields = field(default_factory=dict)
    resets: Fields = field(default_factory=dict)
    balance: Fields = field(default_factory=dict)
    subscription: Fields = field(default_factory=dict)


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
    resets: FreeResets,
    beside: Container[str] = (),
) -> tuple[Answer, dict[str, Any] | None, dict[str, dict[str, Any]]]:
    """Fetch the main page, then the further pages that it makes worth fetching.

    Args:
        client: the client.
        headers: those of ``wham/*``.
        page_headers: those of other pages.
        workspace: its id, if one is chosen.
        resets: the free resets that are known.
        beside: names of further pages that are fetched in parallel elsewhere.

    Returns the answer, its document (None if only this page is closed to the account), and the further
    documents by name.
    """
    answer = await client.get(f"{_API}/wham/usage", headers=headers)
    usage = _usage(answer)
    further = _further(usage or {}, headers, page_headers, workspace, resets)
    pages = {name: page for name, page in further.items() if name not in beside}
    calls = (_page(client.get, path, headers=sent) for path, sent in pages.values())
    results = await asyncio.gather(*map(optional, calls))
    return answer, usage, dict(zip(pages, map(mapping, results)))


class FreeResets:
    """The page of the free resets, kept for a day or until the main page counts others.

    Args:
        client: the client of the account; nothing is kept unless it keeps pages.
        workspace: its id, if one is chosen.
    """

    def __init__(self, client: Client, workspace: str | None) -> None:
        self._kept = kept_pages(client)
        self._name = f"resets {workspace}"
        known = mapping(self._kept.get(self._name))
        self._count, self._page = count(known.get("count")), mapping(known.get("page"))

    def is_expected(self) -> bool:
        """Tell whether the page should be fetched in parallel with the main page."""
        return self._name in self._kept and self._count is None

    def call(self, client: Client, headers: Mapping[str, str]) -> Callable[[], Awaitable[Any]]:
        """Make the function that fetches the page in parallel with the main page."""
        return partial(_page, client.get, _RESETS, headers={**headers, **_BETA})

    def is_known(self, usage: Fields) -> bool:
        """Tell whether there is nothing to fetch: no free resets, or those that were counted before."""
        embedded = embedded_resets(usage)
        return embedded == 0 or (embedded is not None and embedded == self._count)

    def page(self, usage: Fields, fetched: Fields) -> Fields:
        """Return the page that goes with a main page, and keep it.

        Args:
            usage: the main page.
            fetched: the page, if it was fetched now; else {}.
        """
        embedded = embedded_resets(usage)
        if embedded == 0:
            self._kept.pop(self._name, None)
            return {}
        if not fetched and self.is_known(usage):
            return self._page
        self._kept[self._name] = {}
        if embedded is not None and embedded == count(fetched.get("available_count")):
            # the number is read from the main page, which is where it was counted last
            page = {name: each for name, each in fetched.items() if name != "available_count"}
            self._kept[self._name] = {"count": int(embedded), "page": page}
        return fetched


def _further(
    usage: Fields,
    headers: Mapping[str, str],
    page_headers: Mapping[str, str],
    workspace: str | None,
    resets: FreeResets,
) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Return paths and headers of further pages: unknown free resets, credits without an amount."""
    pages: dict[str, tuple[str, Mapping[str, str]]] = {}
    if not resets.is_known(usage):
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
    code = _code(answer)
    if answer.status == 401 and code not in _REFUSALS and _CUT.encode() in answer.body:
        code = _CUT
    return refusals.refusal(answer, _REFUSALS, code, answer.status) or UnexpectedResponse()


def _code(answer: Answer) -> str:
    document = mapping(answer.document())
    places = (mapping(document.get("error")), mapping(document.get("detail")), document)
    return next(filter(None, (text(place.get("code")) for place in places)), "")


def workspace_id(value: object) -> str | None:
    """Return the value if it can be a workspace's id (a user's id cannot), else None."""
    stripped = value.strip() if isinstance(value, str) else ""
    return stripped if re.fullmatch(r"(?!user-)[A-Za-z0-9_-]{1,64}", stripped) else None


def embedded_resets(usage: Fields) -> Decimal | None:
    """Read the number of free resets in the main document; None if it has none."""
    return count(mapping(usage.get("rate_limit_reset_credits")).get("available_count"))
