"""LiteLLM proxy: the budget of a virtual key, and of the team or the user that it belongs to, in USD.

``/key/info`` (without a query) answers ``{"info": {"spend": 3.21, "max_budget": 10 | null, "budget_duration":
"30d", "budget_reset_at": …, "user_id": …, "team_id": …}}``. A key of a team is limited by the team's budget, not by
the user's, and by what the team allows its user as a member (``team_memberships``). ``budget_limits`` are more
budgets of a key, ``[{"budget_duration": "24h", "max_budget": 5, "reset_at": …}]``, with their use in
``budget_limits_usage``, ``{"24h": {"current_spend": 1.5}}``. What a key does not say of its budget, its tier
(``litellm_budget_table``) does. A key that may only call models is refused with 403. Some builds refuse a key
that is over its budget with the type ``budget_exceeded``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import LASTING, CredentialExpired, UnexpectedResponse, WrongCredential
from ..i18n.message import Message, _
from ..models import Quota, Usage, WorkBlocked
from ..provider.answer import Answer
from ..provider.calls import bearer
from ..provider.contract import Client
from ..provider.counts import allowance
from ..provider.notices import expiry, joined
from ..provider.reading import Fields, count, entries, mapping, moment, money, short, text
from ..provider.refusals import Table, document
from ..provider.windows import SECONDS, numbered, window_label
from ..records import replace
from . import kinds
from .new_api import EXPIRED, USED_UP

_MODELS_ONLY: Message = _(
    "{provider}: this key can only call models; ask your admin for a read-only key (info_routes)"
)
_HIDDEN: Message = _("this key cannot read the budget of its team, which may have less left")
_TABLE: Table = {403: (WrongCredential, _MODELS_ONLY), "expired": (CredentialExpired, EXPIRED)}
_NOBODY: Fields = {}
_LENGTH = re.compile(r"(\d{1,4})([smhdw])", re.ASCII)


async def fetch(client: Client, base: str, secret: str) -> Usage:
    """Fetch the budgets of the key and of its team, or of its user if it has no team. Raises UsageError."""
    headers = bearer(secret)
    answer = await client.get(f"{base}/key/info", headers=headers)
    if kinds.type_of(answer.document()) == kinds.BUDGET_EXCEEDED:
        return Usage(blocked=WorkBlocked("credits", USED_UP))
    key = parse_key(document(answer, _TABLE))
    for name, label in (("team", "Team"), ("user", "User")):
        owner = text(key.get(f"{name}_id"))
        if owner is not None:
            query = {f"{name}_id": owner}
            answer = await client.get(f"{base}/{name}/info", headers=headers, params=query)
            fields = _owned(answer, name, owner)
            member = _member(fields, text(key.get("user_id")))
            made = usage(key, label, mapping(fields.get(f"{name}_info")), member)
            hidden = _HIDDEN if name == "team" and answer.status >= 400 else None
            return replace(made, notice=joined(hidden, made.notice))
    return usage(key)


def parse_key(fields: Fields) -> Fields:
    """Return the fields of the key. Raises UnexpectedResponse if they have no spend."""
    info = mapping(fields.get("info"))
    if money(info.get("spend")) is None:
        raise UnexpectedResponse
    return info


def _owned(answer: Answer, name: str, owner: str) -> Fields:
    """Return the document about the requested team or user; {} if the key may not read it, or it is another's.

    Raises UsageError for a failure that passes, since the budget of the owner may be the lower one.
    """
    try:
        fields = document(answer)
    except LASTING:
        return {}
    ids = (fields.get(f"{name}_id"), mapping(fields.get(f"{name}_info")).get(f"{name}_id"))
    return fields if owner in ids else {}


def _member(fields: Fields, user: str | None) -> Fields:
    """Return the fields of the budget that a team gives to one of its members; {} if there is none."""
    for entry in entries(fields.get("team_memberships")):
        if user is not None and entry.get("user_id") == user:
            return {**mapping(entry.get("litellm_budget_table")), "spend": entry.get("spend")}
    return {}


def usage(key: Fields, label: str = "", owner: Fields = _NOBODY, member: Fields = _NOBODY) -> Usage:
    """Make the usage: all budgets; if there are none, the spend of the key.

    Args:
        key: the fields of the key.
        label: the label of its owner's budget.
        owner: the fields of the team or the user that it belongs to.
        member: the fields of the budget of its user in the team.
    """
    tier = mapping(key.get("litellm_budget_table"))
    whole = {**tier, **{name: value for name, value in key.items() if value is not None}}
    budgets = [_budget("Key", whole), *_windows(key)]
    budgets += [_budget(label, owner), _budget("Member", member)]
    quotas = tuple(numbered(each for each in budgets if each is not None))
    spent = money(key.get("spend"))
    if not quotas and spent is not None:
        quotas = (Quota("Key", "USD", spent, None, None, unlimited=True),)
    plan = short(owner.get("team_alias"))
    return Usage(quotas, plan=plan, notice=expiry(moment(key.get("expires"))))


def _windows(key: Fields) -> Iterator[Quota | None]:
    """Yield the budgets of a key for several lengths of time; older builds do not tell their use."""
    spends = mapping(key.get("budget_limits_usage"))
    for entry in entries(key.get("budget_limits")):
        length = text(entry.get("budget_duration")) or ""
        limit, seconds = count(entry.get("max_budget")), _seconds(length)
        used = money(mapping(spends.get(length)).get("current_spend"))
        label = "Monthly" if length == "1mo" else window_label(seconds)
        resets_at = moment(entry.get("reset_at"))
        if limit is not None:
            yield allowance(
                label, "USD", used=used, limit=limit, window=seconds, resets_at=resets_at
            )


def _budget(label: str, fields: Fields) -> Quota | None:
    limit, spent = count(fields.get("max_budget")), money(fields.get("spend"))
    if limit is None or spent is None:
        return None
    resets_at = moment(fields.get("budget_reset_at"))
    window = _seconds(fields.get("budget_duration"))
    return allowance(label, "USD", used=spent, limit=limit, window=window, resets_at=resets_at)


def _seconds(length: object) -> int | None:
    """Read a length such as ``30d`` in seconds; None if it varies, as ``1mo`` does."""
    match = _LENGTH.fullmatch(length) if isinstance(length, str) else None
    if match is None:
        return None
    unit = "min" if match[2] == "m" else match[2]
    return int(match[1]) * SECONDS[unit] or None
