"""claude-relay-service: cost limits of a key, in USD, and the window of its rate limit.

Only ``apiStats`` is asked, because other paths may count as the first use of a key and so start its lifetime. The
key is sent once, to ``get-key-id``; after that only its id is sent, to ``user-stats``, which answers ``{"data":
{"expiresAt": …, "limits": {"dailyCostLimit": 10, "currentDailyCost": 4.2, …}}}``. 0 means no limit.
``rateLimitWindow`` is in minutes. Days and weeks follow the server's unknown time zone, so they have no reset here.
"""

from __future__ import annotations

from typing import Any

from ..errors import CredentialExpired, CredentialRejected, UnexpectedResponse
from ..i18n.message import Message, _
from ..models import Quota, Role, Usage
from ..provider.contract import Client
from ..provider.counts import allowance
from ..provider.notices import expiry
from ..provider.reading import Fields, count, mapping, moment, text
from ..provider.refusals import Table, document
from ..provider.windows import DAY, MINUTE, WEEK, window_label
from ..records import replace
from . import kinds
from .new_api import EXPIRED

_GONE: Message = _("{provider} does not know this key any more; add the account again")
_KEY_TABLE: Table = {
    "expired": (CredentialExpired, EXPIRED),
    **dict.fromkeys((404, 405), (UnexpectedResponse, kinds.UNKNOWN)),
}
_TABLE: Table = {**_KEY_TABLE, 404: (CredentialRejected, _GONE)}
_COSTS: tuple[tuple[str, str, str, int | None, Role], ...] = (  # label, used, limit, window, role
    ("Daily", "currentDailyCost", "dailyCostLimit", DAY, "binding"),
    ("Key", "currentTotalCost", "totalCostLimit", None, "binding"),
    ("Opus weekly", "weeklyOpusCost", "weeklyOpusCostLimit", WEEK, "secondary"),
)
_COUNTS = (  # unit, used, limit of the window
    ("requests", "currentWindowRequests", "rateLimitRequests"),
    ("USD", "currentWindowCost", "rateLimitCost"),
    ("tokens", "currentWindowTokens", "tokenLimit"),
)


async def key_id(client: Client, base: str, secret: str) -> str:
    """Fetch the id of a key. Raises UsageError."""
    url = f"{base}/apiStats/api/get-key-id"
    fields = document(await client.post(url, headers=_HEADERS, json={"apiKey": secret}), _KEY_TABLE)
    id = text(mapping(fields.get("data")).get("id"))
    if id is None:
        raise UnexpectedResponse
    return id


async def fetch(client: Client, base: str, id: str) -> Usage:
    """Fetch the numbers of a key by its id. Raises UsageError."""
    url = f"{base}/apiStats/api/user-stats"
    return parse(document(await client.post(url, headers=_HEADERS, json={"apiId": id}), _TABLE))


_HEADERS = {"Accept": "application/json"}


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse without a number."""
    data = mapping(fields.get("data"))
    limits = mapping(data.get("limits"))
    quotas = [*_window(limits), *_costs(limits)]
    if not quotas:
        cost = count(mapping(mapping(data.get("usage")).get("total")).get("cost"))
        if cost is None:
            raise UnexpectedResponse
        quotas = [Quota("Key", "USD", cost, None, None, unlimited=True)]
    return Usage(tuple(quotas), notice=expiry(moment(data.get("expiresAt"))))


def _window(limits: Fields) -> list[Quota]:
    """Read the limits of the window; the first one is labelled by its length."""
    minutes = count(limits.get("rateLimitWindow"))
    if not minutes:
        return []
    seconds, ends = int(minutes * MINUTE), moment(limits.get("windowEndTime"))
    quotas = (
        _limited(window_label(seconds), unit, limits, used, limit, window=seconds, resets_at=ends)
        for unit, used, limit in _COUNTS
    )
    kept = [each for each in quotas if each is not None]
    return kept[:1] + [_named(each) for each in kept[1:]]


def _named(quota: Quota) -> Quota:
    names = {"USD": "Spend limit", "tokens": "Tokens"}
    return replace(quota, label=names[quota.unit])


def _costs(limits: Fields) -> list[Quota]:
    quotas = (
        _limited(label, "USD", limits, used, limit, window=window, role=role)
        for label, used, limit, window, role in _COSTS
    )
    return [each for each in quotas if each is not None]


def _limited(
    label: str, unit: str, limits: Fields, used: str, limit: str, **more: Any
) -> Quota | None:
    most, now = count(limits.get(limit)), count(limits.get(used))
    return (
        allowance(label, unit, used=now, limit=most, **more) if most and now is not None else None
    )
