"""What ChatGPT says of credits: limits of spending, what was purchased, and whether work is refused.

Of ``wham/usage``; the names of the limits are those of OpenAI's own client (openai/codex)::

    {"rate_limit": {"allowed": false, "limit_reached": true, …},
     "rate_limit_reached_type": {"type": "workspace_member_usage_limit_reached"},
     "credits": {"has_credits": true, "unlimited": false, "overage_limit_reached": false,
       "balance": null},
     "spend_control": {"reached": true, "reached_limit_type": "workspace_shared",
       "individual_limit": {"limit": "1000", "used": "120", "remaining": "880.0",
         "used_percent": 12, "remaining_percent": 88, "reset_at": 1791199920},
       "group_default_limit": {"group_name": "Research", "details": {"limit": "400", …}},
       "workspace_shared_limit": {…}}}

Traps: work is refused by ``allowed``, ``limit_reached``, the type or ``reached`` although every
window has room; credits let it go on unless a limit of theirs is reached; ``reached`` is of one
limit, not of all that are told; a balance that is null is not zero.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Iterator, List, Literal, Mapping, Optional, Sequence, Tuple

from ..i18n.message import Message, _
from ..models import Balance, Quota, WorkBlocked
from ..provider.counts import FULL, allowance
from ..provider.reading import entries, mapping, moment, number, text
from .counted import NONE_LEFT, Counts, counts, percent, reset

MOST = 40  # entries of one list that are read

_LIMITS: Mapping[str, Tuple[str, Message]] = {  # its label, and what a sentence calls it
    "individual": ("Credit limit", _("your credit limit")),
    "group_default": ("Group · Credit limit", _("your group's credit limit")),
    "group_shared": (
        "Group · Shared limit",
        _("your group's shared credit limit"),
    ),
    "workspace_default": (
        "Workspace · Credit limit",
        _("the workspace's credit limit"),
    ),
    "role_budget": ("Role · Credit limit", _("your role's credit limit")),
    "workspace_shared": (
        "Workspace · Shared limit",
        _("the workspace's shared credit limit"),
    ),
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
_REFUSED = _("ChatGPT refuses work without saying why, look at its usage page")
_ORDINARY = ("", "rate_limit_reached")  # types that say no more than ``limit_reached`` does


# ---- limits of spending


def limits(usage: Mapping[str, Any], at: datetime) -> List[Quota]:
    """Every limit that credits have: the member's own, the group's, the role's, the workspace's.

    The one that was reached carries the alert; that says nothing of the others.
    """
    control = mapping(usage.get("spend_control"))
    hit = _hit(usage)
    told = [key[: -len("_limit")] for key in control if re.fullmatch("(?s:.+)_limit", key)]
    found = []
    for name in dict.fromkeys([*_LIMITS, *told[:MOST], *([hit] if hit else [])]):
        quotas = (_limit(name, entry, at, hit) for entry in _entries(usage, name))
        quota = next(filter(None, quotas), None)
        if quota is None and name == hit:
            quota = Quota(_label(name), "credits", *NONE_LEFT, alert=True)
        if quota is not None:
            found.append(quota)
    return found


def _entries(usage: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """What is told of one limit, with its nested details; older answers had it elsewhere."""
    places: List[Mapping[str, Any]] = [mapping(usage.get("spend_control"))]
    if name in _LIMITS:
        places += [mapping(usage.get("rate_limit")), usage]
    for place in places:
        entry = mapping(place.get(f"{name}_limit"))
        details = mapping(entry.get("details"))
        yield {**entry, **{key: value for key, value in details.items() if value is not None}}


def _limit(name: str, told: Mapping[str, Any], at: datetime, hit: Optional[str]) -> Optional[Quota]:
    used, limit, left = counts(told) or Counts(None, None, None)
    share = percent(told)
    quota = allowance(_label(name), "credits", used=used, limit=limit, left=left, percent=share)
    if quota is None:
        return None
    is_hit = name == hit or (hit == "" and quota.remaining == 0)
    return replace(quota, resets_at=reset(told, at), alert=is_hit)


def _label(name: str) -> str:
    if name in _LIMITS:
        return _LIMITS[name][0]
    words = _words(name)
    return f"{words} · Credit limit" if words else "Credit limit"


def _words(name: str) -> str:
    """A name of ChatGPT's that we do not know, made readable."""
    return (text(name.replace("_", " "), 40) or "").capitalize()


def groups(usage: Mapping[str, Any]) -> Iterator[Message]:
    """The groups whose limits are told, by name."""
    control = mapping(usage.get("spend_control"))
    told = [mapping(value).get("group_name") for value in control.values()]
    for name in dict.fromkeys(filter(None, (text(each, 40) for each in told[:MOST]))):
        yield _("group {name}", name=name)


def reached_type(usage: Mapping[str, Any]) -> str:
    """What ChatGPT says was reached; "" when it says nothing."""
    return _kind(usage.get("rate_limit_reached_type"))


def _is_depleted(usage: Mapping[str, Any]) -> bool:
    return reached_type(usage).endswith("credits_depleted")


def _kind(told: object) -> str:
    """A name that comes bare or as ``{"type"}``."""
    return text(mapping(told).get("type") if isinstance(told, dict) else told, 60) or ""


def _hit(usage: Mapping[str, Any]) -> Optional[str]:
    """Which limit of spending was reached; "" when it is not named, None when none was."""
    control = mapping(usage.get("spend_control"))
    which, said = _kind(control.get("reached_limit_type")), control.get("reached")
    by_type = reached_type(usage).endswith("usage_limit_reached")
    if said is True or by_type or (said is None and which):
        return which[: -len("_limit")] if which.endswith("_limit") else which
    return None


# ---- purchased credits


def is_untold(usage: Mapping[str, Any]) -> bool:
    """Whether there are credits whose amount the main document leaves out."""
    credits = mapping(usage.get("credits"))
    if credits.get("has_credits") is not True or credits.get("unlimited") is True:
        return False
    return number(credits.get("balance")) is None


def amount(usage: Mapping[str, Any], page: Mapping[str, Any]) -> Optional[Decimal]:
    """How many credits there are; of the workspace's own ``page`` where the main one leaves it out."""
    credits = mapping(usage.get("credits"))
    if credits.get("unlimited") is True:
        return None
    return number((page if is_untold(usage) else credits).get("balance"))


def lapse(page: Mapping[str, Any], at: datetime) -> Optional[datetime]:
    """When the first of the purchased credits expire, of the workspace's own page."""
    left = [e for e in entries(page.get("expiring_balance_details")) if _some(e)]
    ends = [moment(entry.get("expiry_date")) for entry in left[:MOST]]
    return min((end for end in ends if end and end > at), default=None)


def _some(entry: Mapping[str, Any]) -> bool:
    return number(entry.get("amount_remaining")) != 0


def pay_on(usage: Mapping[str, Any], left: Optional[Decimal]) -> bool:
    """Whether credits let work go on after a limit was reached; ``left`` as ``amount`` says."""
    credits = mapping(usage.get("credits"))
    if credits.get("overage_limit_reached") is True or _hit(usage) is not None:
        return False
    if mapping(usage.get("rate_limit")).get("allowed") is False or _is_depleted(usage):
        return False
    if credits.get("unlimited") is True:
        return True
    return left > 0 if left is not None else credits.get("has_credits") is True


def uncounted(
    usage: Mapping[str, Any], windows: Sequence[Quota], left: Optional[Decimal]
) -> List[Quota]:
    """Credits without a number: those without end, and those that pay while nobody says how many."""
    if mapping(usage.get("credits")).get("unlimited") is True:
        role = _role(windows)
        return [Quota("Credits", "credits", None, None, None, unlimited=True, role=role)]
    if left is None and is_untold(usage) and spent(windows) and pay_on(usage, left):
        return [Quota("Credits", "credits", None, None, None, role="reserve")]
    return []


def balances(
    usage: Mapping[str, Any],
    windows: Sequence[Quota],
    main: Sequence[Quota],
    left: Optional[Decimal],
) -> Tuple[Balance, ...]:
    """Credits that are left: a reserve behind windows. None left counts where nothing else does."""
    if left is None:
        return ()
    by_use = (text(usage.get("plan_type")) or "").endswith("usage_based")
    if left == 0 and (main or not (by_use or _is_depleted(usage))):
        return ()
    return (Balance(left, "credits", role=_role(windows)),)


def _role(windows: Sequence[Quota]) -> Literal["binding", "reserve"]:
    return "reserve" if windows else "binding"


def spent(windows: Sequence[Quota]) -> List[Quota]:
    """The windows that are used up."""
    return [window for window in windows if window.used is not None and window.used >= FULL]


# ---- whether work is refused


def is_refused(rate: Mapping[str, Any]) -> bool:
    """Whether ChatGPT says of a rate limit that it lets nothing through."""
    return rate.get("limit_reached") is True or rate.get("allowed") is False


def grace(node: Mapping[str, Any], subscription: Mapping[str, Any]) -> Optional[datetime]:
    """Until when an overdue payment is waited for; None when that is not told."""
    ends = [moment(place.get("grace_period_end_timestamp")) for place in _debts(node, subscription)]
    return max((end for end in ends if end), default=None)


def _debts(node: Mapping[str, Any], subscription: Mapping[str, Any]) -> List[Mapping[str, Any]]:
    places = (mapping(node.get("entitlement")), subscription)
    return [place for place in places if place.get("is_delinquent") is True]


def blocked(
    usage: Mapping[str, Any],
    node: Mapping[str, Any],
    subscription: Mapping[str, Any],
    windows: Sequence[Quota],
    left: Optional[Decimal],
    at: datetime,
) -> Optional[WorkBlocked]:
    """Why ChatGPT refuses work, the gravest reason alone; None while it does not.

    A window that is used up says so itself, and is no block as long as nothing else is in the way.

    Args:
        node: the account of ``accounts/check``. subscription: the page of that name.
        windows: of the main rate limit. left: the credits, as ``amount`` says.
    """
    is_owner = _is_owner(usage, node)
    if mapping(node.get("account")).get("is_deactivated") is True:
        return WorkBlocked("suspended", _DEACTIVATED)
    if _debts(node, subscription) and (grace(node, subscription) or at) <= at:
        return WorkBlocked("payment", _PAY if is_owner else _ASK_TO_PAY)
    if _is_depleted(usage):
        return WorkBlocked("credits", _ADD if is_owner else _ASK_TO_ADD)
    if _hit(usage) is not None:
        return _capped(usage, is_owner, at)
    return _stopped(usage, windows, left)


def _is_owner(usage: Mapping[str, Any], node: Mapping[str, Any]) -> bool:
    """Whether the user may change the workspace, as the type of the limit or the role says."""
    kind = reached_type(usage)
    if kind.startswith(("workspace_owner", "workspace_member")):
        return kind.startswith("workspace_owner")
    return mapping(node.get("account")).get("account_user_role") == "account-owner"


def _capped(usage: Mapping[str, Any], is_owner: bool, at: datetime) -> WorkBlocked:
    """A limit of spending was reached: which one, and who can raise it."""
    name = _hit(usage) or ""
    hit = [quota for quota in limits(usage, at) if quota.alert]
    what = _LIMITS[name][1] if name in _LIMITS else _SOME_LIMIT
    if name and name not in _LIMITS:
        words = _words(name)
        what = _("the credit limit “{words}”", words=words)
    elif not name and mapping(usage.get("spend_control")).get("reached") is not True:
        what = _USAGE_LIMIT
    who = _RAISE if is_owner else _ASK
    reason = _("{limit} is reached, {remedy}", limit=what, remedy=who)
    return WorkBlocked("spend_limit", reason, _latest(hit))


def _stopped(
    usage: Mapping[str, Any], windows: Sequence[Quota], left: Optional[Decimal]
) -> Optional[WorkBlocked]:
    """The rate limit lets nothing through, or the credits that are all there is are capped."""
    rate, credits = mapping(usage.get("rate_limit")), mapping(usage.get("credits"))
    kind, beyond = reached_type(usage), credits.get("overage_limit_reached") is True
    if not (kind or is_refused(rate) or (beyond and not windows)) or pay_on(usage, left):
        return None
    full = spent(windows)
    if beyond:
        return WorkBlocked("spend_limit", _BEYOND, _latest(full))
    if kind not in _ORDINARY:
        words = _words(kind)
        named = _("ChatGPT refuses work ({words}), look at its usage page", words=words)
        return WorkBlocked("other", named, _latest(full))
    if full and not (left or is_untold(usage)):
        return None
    if kind or rate.get("limit_reached") is True:
        return WorkBlocked("other", _REACHED, _latest(full))
    return WorkBlocked("other", _REFUSED)


def _latest(quotas: Sequence[Quota]) -> Optional[datetime]:
    """When all of them have come back; None when one does not say."""
    ends = [quota.resets_at for quota in quotas]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None
