"""Detects the kind of gateway at an address, once, when an account is added.

Each step is a GET that changes nothing, and the key is sent to that address only. New API and One API are
recognised without a key.
"""

from __future__ import annotations

from typing import Any, Literal, cast, get_args

from ..errors import ProviderFailed, RateLimited, UnexpectedResponse
from ..i18n.message import Message, _
from ..provider.answer import Answer, status_error
from ..provider.calls import bearer
from ..provider.contract import Client
from ..provider.reading import mapping

Kind = Literal["new-api", "one-api", "sub2api", "litellm", "claude-relay"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BUDGET_EXCEEDED = "budget_exceeded"  # the type of a refusal of LiteLLM
PREFIX = "cr_"  # of keys of claude-relay-service
UNKNOWN: Message = _(
    "there is no relay that Tankful knows at this address (New API, One API, Sub2API, LiteLLM, claude-relay-service); check the address"
)
_OF_LITELLM = ("token_not_found_in_db", "auth_error", "expired_key", BUDGET_EXCEEDED)
_OF_SUB2API = frozenset(  # codes of its refusals
    (
        *("INVALID_API_KEY", "API_KEY_DISABLED", "USER_NOT_FOUND", "USER_INACTIVE"),
        *("ACCESS_DENIED", "GROUP_DELETED", "GROUP_DISABLED", "GROUP_NOT_ALLOWED"),
    )
)


def read(name: str) -> Kind | None:
    """Return a name as a kind; None if it is not one."""
    return cast("Kind", name) if name in KINDS else None


async def detect(client: Client, base: str, secret: str) -> Kind:
    """Detect the kind of gateway at an address. Raises UsageError.

    Args:
        client: the client for requests.
        base: the address.
        secret: the key; "" to recognise only New API and One API.
    """
    if secret.startswith(PREFIX):
        return "claude-relay"
    answer = await _answer(client, f"{base}/api/status", "")
    status, answers = mapping(mapping(answer.document()).get("data")), [answer]
    if "quota_per_unit" in status:
        return "new-api" if "quota_display_type" in status else "one-api"
    if secret:
        answers.append(await _answer(client, f"{base}/v1/usage", secret))
        usage = mapping(answers[-1].document())
        if "isValid" in usage or _is_of_sub2api(usage):
            return "sub2api"
        answers.append(await _answer(client, f"{base}/key/info", secret))
        key = mapping(answers[-1].document())
        if "info" in key or type_of(key) in _OF_LITELLM:
            return "litellm"
    for error in map(status_error, answers):
        if isinstance(error, (ProviderFailed, RateLimited)):
            raise error  # it may be a relay, which does not work now
    raise UnexpectedResponse(UNKNOWN)


async def _answer(client: Client, url: str, secret: str) -> Answer:
    headers = bearer(secret) if secret else {"Accept": "application/json"}
    return await client.get(url, headers=headers)


def _is_of_sub2api(refusal: dict[str, Any]) -> bool:
    types = ("authentication_error", "subscription_error")
    return type_of(refusal) in types or str(refusal.get("code")) in _OF_SUB2API


def type_of(document: object) -> object:
    """Return the type of the error in a document; None if there is none."""
    return mapping(mapping(document).get("error")).get("type")
