"""Reads ChatGPT's credits: spending limits, purchased credits, and whether work is refused.

From ``wham/usage``; the names of the limits are those of OpenAI's own client (openai/codex)::

    {"rate_limit": {"allowed": false, "limit_reached": true, …},
     "rate_limit_reached_type": {"type": "workspace_member_usage_limit_reached"},
     "credits": {"has_credits": true, "unlimited": false, "overage_limit_reached": false,
       "balance": null},
     "spend_control": {"reached": true, "reached_limit_type": "workspace_shared",
       "individual_limit": {"limit": "1000", "used": "120", "remaining": "880.0",
         "used_percent": 12, "remaining_percent": 88, "reset_at": 1791199920},
       "group_default_limit": {"group_name": "Research", "details": {"limit": "400", …}},
       "workspace_shared_limit": {…}}}

Traps: ``allowed``, ``limit_reached``, the type or ``reached`` may mean that work is refused although every
window has room. Credits let work go on unless one of their own limits is reached. ``reached`` is about one
limit, not about all that are listed. A balance of null is not zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ..i18n.message import Message, _
from ..models import Balance, Quota, WorkBlocked
from ..provider.counts import FULL, allowance
from ..provider.reading import Fields, entries, mapping, moment, number, short, text
from ..records import replace
from .counted import NONE_LEFT, Counts, counts, percent, reset

MAX_ENTRIES = 40  # entries of one list that are read

_LIMITS: Mapping[str, tuple[str, Message]] = {  # label, and name inside a sentence
    "individual": ("Credit limit", _("your credit limit")),
    "group_default": ("Group · Credit limit", _("your group's credit limit")),
    "group_shared": ("Group · Shared limit", _("your group's shared credit limit")),
    "workspace_default": ("Workspace · Credit limit", _("the workspace's credit limit")),
    "role_budget": ("Role · Credit limit", _("your role's credit limit")),
    "workspace_shared": ("Workspace · Shared limit", _("the workspace's shared credit limit")),
}
_SOME_LIMIT = _("the credit limit")
_USAGE_LIMIT = _("the workspace's usage limit")
_RAISE = _("raise it in the settings")
_ASK = _("ask the workspace owner to raise it")
_ADD = _("workspace credits are used up, add some in its settings")
_ASK_TO_ADD = _("workspace credits are used up, ask the owner to add some")
_DEACTIVATED = _("this workspace is deactivated, ask its owner or choose another one")
_PAY = _("payment is overdue, pay the bill at chatgpt.com")
_ASK_TO_PAY = _("payment is overdue, ask the workspace owner to pay the bill")
_BEYOND = _("the spending limit of extra credits is reached, raise it in the settings")
_REACHED = _("the usage limit is reached, wait for the next reset")
_REFUSED = _("ChatGPT refuses requests without giving a reason, see its usage page")
_ORDINARY = ("", "rate_limit_reached")  # types that add nothing to ``limit_reached``


# ---- spending limits


def limits(usage: Fields, at: datetime) -> list[Quota]:
    """Read every spending limit: of the member, the group, the role and the workspace.

    Only the limit that was reached has the alert.
    """
    control = mapping(usage.get("spend_control"))
    reached = _reached_limit(usage)
    names = [key[: -len("_limit")] for key in control if re.fullmatch("(?s:.+)_limit", key)]
    quotas = []
    for name in dict.fromkeys([*_LIMITS, *names[:MAX_ENTRIES], *([reached] if reached else [])]):
        readings = (_limit(name, entry, at, reached) for entry in _entries(usage, name))
        quota = next(filter(None, readings), None)
        if quota is None and name == reached:
            quota = Quota(_label(name), "credits", *NONE_LEFT, alert=True)
        if quota is not None:
            quotas.append(quota)
    return quotas


def _entries(usage: Fields, name: str) -> Iterator[Fields]:
    """Yield the fields of one limit merged with its nested details, from newer and older places."""
    places: list[Fields] = [mapping(usage.get("spend_control"))]
    if name in _LIMITS:
        places += [mapping(usage.get("rate_limit")), usage]
    for place in places:
        entry = mapping(place.get(f"{name}_limit"))
        details = mapping(entry.get("details"))
        yield {**entry, **{key: value for key, value in details.items() if value is not None}}


def _limit(name: str, entry: Fields, at: datetime, reached: str | None) -> Quota | None:
    used, limit, remaining = counts(entry) or Counts(None, None, None)
    share = percent(entry)
    quota = allowance(
        _label(name), "credits", used=used, limit=limit, remaining=remaining, used_percent=share
    )
    if quota is None:
        return None
    is_reached = name == reached or (reached == "" and quota.remaining == 0)
    return replace(quota, resets_at=reset(entry, at), alert=is_reached)


def _label(name: str) -> str:
    if name in _LIMITS:
        return _LIMITS[name][0]
    name_text = _readable(name)
    return f"{name_text} · Credit limit" if name_text else "Credit limit"


def _readable(name: str) -> str:
    """Make one of ChatGPT's unknown names readable."""
    return (short(name.replace("_", " ")) or "").capitalize()


def groups(usage: Fields) -> Iterator[Message]:
    """Yield a notice for each group that has limits."""
    control = mapping(usage.get("spend_control"))
    names = [mapping(value).get("group_name") for value in control.values()]
    for name in dict.fromkeys(filter(None, (short(each) for each in names[:MAX_ENTRIES]))):
        yield _("group {name}", name=name)


def reached_type(usage: Fields) -> str:
    """Read the type of the limit that was reached; "" for none."""
    return _kind(usage.get("rate_limit_reached_type"))


def _is_depleted(usage: Fields) -> bool:
    return reached_type(usage).endswith("credits_depleted")


def _kind(value: object) -> str:
    """Read a name that is either a text or ``{"type": text}``."""
    return short(mapping(value).get("type") if isinstance(value, dict) else value) or ""


def _reached_limit(usage: Fields) -> str | None:
    """Return the name of the spending limit that was reached; "" if it has no name, None if none was."""
    control = mapping(usage.get("spend_control"))
    name, is_reached = _kind(control.get("reached_limit_type")), control.get("reached")
    by_type = reached_type(usage).endswith("usage_limit_reached")
    if is_reached is True or by_type or (is_reached is None and name):
        return name[: -len("_limit")] if name.endswith("_limit") else name
    return None


# ---- purchased credits


def lacks_amount(usage: Fields) -> bool:
    """Tell whether there are credits whose amount the main document does not contain."""
    credits = mapping(usage.get("credits"))
    if credits.get("has_credits") is not True or credits.get("unlimited") is True:
        return False
    return number(credits.get("balance")) is None


def amount(usage: Fields, page: Fields) -> Decimal | None:
    """Read the number of credits, from the workspace's ``page`` if the main document does not contain it."""
    credits = mapping(usage.get("credits"))
    if credits.get("unlimited") is True:
        return None
    return number((page if lacks_amount(usage) else credits).get("balance"))


def lapse(page: Fields, at: datetime) -> datetime | None:
    """Read from the workspace's page when the first purchased credits expire."""
    details = entries(page.get("expiring_balance_details"))
    grants = [entry for entry in details if number(entry.get("amount_remaining")) != 0]
    ends = [moment(entry.get("expiry_date")) for entry in grants[:MAX_ENTRIES]]
    return min((end for end in ends if end and end > at), default=None)


def pay(usage: Fields, available: Decimal | None) -> bool:
    """Tell whether credits let work go on after a limit was reached.

    Args:
        usage: the main document.
        available: the credits, as ``amount`` reads them.
    """
    credits = mapping(usage.get("credits"))
    if credits.get("overage_limit_reached") is True or _reached_limit(usage) is not None:
        return False
    if mapping(usage.get("rate_limit")).get("allowed") is False or _is_depleted(usage):
        return False
    if credits.get("unlimited") is True:
        return True
    return available > 0 if available is not None else credits.get("has_credits") is True


def without_number(
    usage: Fields, windows: Sequence[Quota], available: Decimal | None
) -> list[Quota]:
    """Make the quota of unlimited credits, or of credits that pay although their amount is unknown."""
    if mapping(usage.get("credits")).get("unlimited") is True:
        role = _role(windows)
        return [Quota("Credits", "credits", None, None, None, unlimited=True, role=role)]
    if available is None and lacks_amount(usage) and used_up(windows) and pay(usage, available):
        return [Quota("Credits", "credits", None, None, None, role="reserve")]
    return []


def balances(
    usage: Fields, windows: Sequence[Quota], counted: Sequence[Quota], available: Decimal | None
) -> tuple[Balance, ...]:
    """Make the balance of credits, a reserve if there are windows; zero only if there is nothing else."""
    if available is None:
        return ()
    by_use = (text(usage.get("plan_type")) or "").endswith("usage_based")
    if available == 0 and (counted or not (by_use or _is_depleted(usage))):
        return ()
    return (Balance(available, "credits", role=_role(windows)),)


def _role(windows: Sequence[Quota]) -> Literal["binding", "reserve"]:
    return "reserve" if windows else "binding"


def used_up(windows: Sequence[Quota]) -> list[Quota]:
    """List the windows that are used up."""
    return [window for window in windows if window.used is not None and window.used >= FULL]


# ---- whether work is refused


def is_refused(rate: Fields) -> bool:
    """Tell whether a rate limit refuses all requests."""
    return rate.get("limit_reached") is True or rate.get("allowed") is False


def grace(node: Fields, subscription: Fields) -> datetime | None:
    """Read until when an overdue payment is tolerated; None if unknown."""
    ends = [
        moment(place.get("grace_period_end_timestamp")) for place in _overdue(node, subscription)
    ]
    return max((end for end in ends if end), default=None)


def _overdue(node: Fields, subscription: Fields) -> list[Fields]:
    places = (mapping(node.get("entitlement")), subscription)
    return [place for place in places if place.get("is_delinquent") is True]


def blocked(
    usage: Fields,
    node: Fields,
    subscription: Fields,
    windows: Sequence[Quota],
    available: Decimal | None,
    at: datetime,
) -> WorkBlocked | None:
    """Return the most serious reason why ChatGPT refuses work; None if it does not.

    A window that is used up is visible by itself, so it alone is not a block.

    Args:
        usage: the main document.
        node: the account from ``accounts/check``.
        subscription: the document of that name.
        windows: the quotas of the main rate limit.
        available: the credits, as ``amount`` reads them.
        at: when the documents came, aware UTC.
    """
    is_owner = _is_owner(usage, node)
    if mapping(node.get("account")).get("is_deactivated") is True:
        return WorkBlocked("suspended", _DEACTIVATED)
    if _overdue(node, subscription) and (grace(node, subscription) or at) <= at:
        return WorkBlocked("payment", _PAY if is_owner else _ASK_TO_PAY)
    if _is_depleted(usage):
        return WorkBlocked("credits", _ADD if is_owner else _ASK_TO_ADD)
    if _reached_limit(usage) is not None:
        return _spend_limit_block(usage, is_owner, at)
    return _rate_limit_block(usage, windows, available)


def _is_owner(usage: Fields, node: Fields) -> bool:
    """Tell whether the user may change the workspace, by the type of the limit or the role."""
    kind = reached_type(usage)
    if kind.startswith(("workspace_owner", "workspace_member")):
        return kind.startswith("workspace_owner")
    return mapping(node.get("account")).get("account_user_role") == "account-owner"


def _spend_limit_block(usage: Fields, is_owner: bool, at: datetime) -> WorkBlocked:
    """Make the block of a reached spending limit, which says who can raise it."""
    name = _reached_limit(usage) or ""
    reached = [quota for quota in limits(usage, at) if quota.alert]
    what = _LIMITS[name][1] if name in _LIMITS else _SOME_LIMIT
    if name and name not in _LIMITS:
        label = _readable(name)
        what = _("the credit limit “{name}”", name=label)
    elif not name and mapping(usage.get("spend_control")).get("reached") is not True:
        what = _USAGE_LIMIT
    remedy = _RAISE if is_owner else _ASK
    reason = _("{limit} is reached, {remedy}", limit=what, remedy=remedy)
    return WorkBlocked("spend_limit", reason, _latest(reached))


def _rate_limit_block(
    usage: Fields, windows: Sequence[Quota], available: Decimal | None
) -> WorkBlocked | None:
    """Make the block of a rate limit that refuses requests, or of a reached limit of the credits."""
    rate, credits = mapping(usage.get("rate_limit")), mapping(usage.get("credits"))
    kind, beyond = reached_type(usage), credits.get("overage_limit_reached") is True
    if not (kind or is_refused(rate) or (beyond and not windows)) or pay(usage, available):
        return None
    full = used_up(windows)
    if beyond:
        return WorkBlocked("spend_limit", _BEYOND, _latest(full))
    if kind not in _ORDINARY:
        label = _readable(kind)
        named = _("ChatGPT refuses requests ({name}), see its usage page", name=label)
        return WorkBlocked("other", named, _latest(full))
    if full and not (available or lacks_amount(usage)):
        return None
    if kind or rate.get("limit_reached") is True:
        return WorkBlocked("other", _REACHED, _latest(full))
    return WorkBlocked("other", _REFUSED)


def _latest(quotas: Sequence[Quota]) -> datetime | None:
    """Return the time when all quotas have reset; None if one has no reset time."""
    ends = [quota.resets_at for quota in quotas]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None
