"""New API, One API and their forks: a key's quota, or the wallet of its owner.

``/api/status`` (without a key) defines the units: ``{"data": {"quota_per_unit": 500000, "quota_display_type": "USD" |
"CNY" | "TOKENS" | "CUSTOM", "usd_exchange_rate": 7.1}}``. ``/api/usage/token/`` (without the last slash it redirects)
describes the key, in units: ``{"code": true, "data": {"total_granted": 1000000, "total_used": 12345,
"total_available": 987655, "unlimited_quota": false, "expires_at": 0}}``; it also answers for a used-up key. One API
and older builds have only ``/v1/dashboard/billing``, where 100000000 means no limit, the usage is in hundredths, and
a used-up key is refused like a wrong one. ``/api/user/self`` (with system access token and user id) describes the
wallet; its ``quota`` is what is left. A 401 that names the header of the id is about the id, not about the token.
Failures may come with HTTP 200.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..errors import (
    CredentialExpired,
    CredentialRejected,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
    WrongCredential,
)
from ..i18n.message import Message, _
from ..models import Balance, Quota, Usage, WorkBlocked
from ..provider.answer import Answer, rejected, status_error
from ..provider.balances import prepaid
from ..provider.calls import bearer
from ..provider.contract import Client, kept_pages
from ..provider.counts import allowance
from ..provider.notices import expiry
from ..provider.reading import Fields, count, mapping, moment, number, share, short
from ..provider.usages import usage_of

EXPIRED: Message = _("{provider}: this key has expired; make a new one at {keys}")
USED_UP: Message = _("this key is used up, raise its quota at the relay")
_OTHER_USER: Message = _(
    "{provider}: this access token belongs to another user ID; remove the account and add it again with the ID that stands beside the token"
)
_UNLIMITED = Decimal(100_000_000)  # the limit that an unlimited key is reported to have
_SPENT = (("exhaust", "用尽"), ("used up", "耗尽"))  # signs of a key that is used up
_HUNDRED = Decimal(100)
_OWN = "CUSTOM"  # a site's own currency, in which only its pages show what is counted in dollars
_PAGE = "status"
_EVERYBODY = "default"  # the group of users who have no other


class Units(NamedTuple):
    """The units of a relay's numbers: ``per`` units make a dollar, which is shown as ``rate`` ``unit``."""

    unit: str
    per: Decimal = Decimal(1)
    rate: Decimal = Decimal(1)

    def amount(self, value: object) -> Decimal | None:
        """Convert a number of units to an amount; None for anything else."""
        units = number(value)
        return None if units is None else units * self.rate / self.per


RAW = Units("credits")


async def fetch(
    client: Client, base: str, secret: str, user: str, *, describes_keys: bool
) -> Usage:
    """Fetch the wallet of a user, or the usage of a key. Raises UsageError.

    Args:
        client: the client for requests.
        base: the address.
        secret: an API key, or the system access token of ``user``.
        user: the user's id; "" to fetch the usage of the key.
        describes_keys: the relay is New API, which has a path that describes a key.
    """
    units = await _units(client, base)
    if user:
        headers = {**bearer(secret), "New-Api-User": user}
        return parse_wallet(await client.get(f"{base}/api/user/self", headers=headers), units)
    if describes_keys:
        answer = await client.get(f"{base}/api/usage/token/", headers=bearer(secret))
        if answer.status != 404:
            return parse_key(answer, units)
    billing = f"{base}/v1/dashboard/billing"
    limit = await client.get(f"{billing}/subscription", headers=bearer(secret))
    if _is_spent(limit):
        return Usage(blocked=WorkBlocked("credits", USED_UP))
    subscription = _document(limit)
    used = _document(await client.get(f"{billing}/usage", headers=bearer(secret)))
    return parse_billing(subscription, used, units.unit, is_sure=describes_keys)


async def _units(client: Client, base: str) -> Units:
    """Fetch the relay's units, at most once a day.

    Raises UsageError if they cannot be known now, because other units would make other numbers.
    """
    kept = kept_pages(client)
    if not isinstance(kept.get(_PAGE), dict):
        answer = await client.get(f"{base}/api/status", headers={"Accept": "application/json"})
        error = status_error(answer)
        if isinstance(error, (ProviderFailed, RateLimited)):
            raise error
        status = mapping(mapping(answer.document()).get("data"))
        names = ("quota_per_unit", "quota_display_type", "display_in_currency", "usd_exchange_rate")
        kept[_PAGE] = {name: status[name] for name in names if name in status} or None
    return units(mapping(kept[_PAGE]))


def units(status: Fields) -> Units:
    """Read the relay's units; RAW if it does not define them."""
    per, shown = count(status.get("quota_per_unit")), status.get("quota_display_type")
    if not per:
        return RAW
    if shown in ("USD", _OWN) or (shown is None and status.get("display_in_currency") is not False):
        return Units("USD", per)
    rate = count(status.get("usd_exchange_rate"))
    return Units("CNY", per, rate) if shown == "CNY" and rate else RAW


def parse_key(answer: Answer, units: Units) -> Usage:
    """Read the usage of a key. Raises UsageError."""
    data = mapping(_document(answer).get("data"))
    ends = moment(data.get("expires_at"))
    if ends is not None and ends <= answer.at:
        raise CredentialExpired(EXPIRED)
    granted, used, left = (
        units.amount(data.get(f"total_{name}")) for name in ("granted", "used", "available")
    )
    if data.get("unlimited_quota") is True:
        quota = None if used is None else _unlimited(used, units.unit)
    else:
        quota = allowance("Key", units.unit, used=used, limit=granted, remaining=left)
    return usage_of((quota,), notice=expiry(ends))


def parse_billing(limit: Fields, usage: Fields, unit: str, *, is_sure: bool) -> Usage:
    """Read the billing pages. Raises UnexpectedResponse without a number.

    One API may report what is left as the limit; if the limit is below what was used, it certainly does.

    Args:
        limit: the document ``subscription``.
        usage: the document ``usage``, for the whole lifetime of the key.
        unit: the unit that the relay shows.
        is_sure: the limit is certainly a limit.
    """
    total, spent = share(limit.get("hard_limit_usd")), count(usage.get("total_usage"))
    if total is None or spent is None:
        raise UnexpectedResponse
    used, ends = spent / _HUNDRED, moment(limit.get("access_until"))
    if _is_unlimited(total, unit):
        quota: Quota | None = _unlimited(used, unit)
    elif total < used and not is_sure:
        quota = allowance("Key", unit, used=used, limit=total + used)
    else:
        quota = allowance("Key", unit, used=used, limit=total, estimated=not is_sure)
    return usage_of((quota,), notice=expiry(ends))


def parse_wallet(answer: Answer, units: Units) -> Usage:
    """Read the wallet of a user. Raises UsageError."""
    if answer.status == 401 and b"new-api-user" in answer.body.lower():
        raise WrongCredential(_OTHER_USER)
    data = mapping(_document(answer).get("data"))
    group = short(data.get("group"))
    left = units.amount(data.get("quota"))
    return prepaid(
        [None if left is None else Balance(left, units.unit)],
        plan=None if group == _EVERYBODY else group,
    )


def _is_unlimited(total: Decimal, unit: str) -> bool:
    """Tell whether a limit is the sign for none; a larger one is too, except of plain units, 500000 a dollar."""
    return total >= _UNLIMITED - 1 and (total <= _UNLIMITED or unit != RAW.unit)


def _unlimited(used: Decimal, unit: str) -> Quota:
    return Quota("Key", unit, used, None, None, unlimited=True)


def _document(answer: Answer) -> Fields:
    """Return the JSON object of a successful answer, {} for other JSON. Raises UsageError."""
    fields = mapping(answer.document())
    error: UsageError | None = rejected(answer)
    if error is None and (fields.get("success") is False or fields.get("error")):
        error = CredentialRejected()
    if error is not None:
        raise error
    return fields


def _is_spent(answer: Answer) -> bool:
    """Tell whether a key is refused because it is used up."""
    message = str(mapping(mapping(answer.document()).get("error")).get("message")).lower()
    return answer.status in (401, 403) and any(sign in message for pair in _SPENT for sign in pair)
