"""ChatGPT's plans: what they are called, how they renew, and what there is to notice."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..i18n.message import Message, _
from ..models import Quota
from ..provider.notices import dated, renewal
from ..provider.reading import first, integer, mapping, moment, number, sequence, text
from . import allowances, credits, pages
from .pages import Told

_PLANS = {
    "prolite": "Pro Lite",
    "self_serve_business_usage_based": "Business",
    "enterprise_cbp_usage_based": "Enterprise",
    "free_workspace": "Free",
    "education": "Edu",
    "k12": "K-12",
}
_UNCOUNTED = _("credits are there, their amount is not told")
_CREDITS_WORK = _("limit reached, credits keep working")


# ---- the plan


def account_node(told: Told) -> Dict[str, Any]:
    """The account of ``accounts/check`` that is ours; {} when it is not there."""
    nodes = {
        str(key): node
        for key, node in mapping(told.accounts.get("accounts")).items()
        if isinstance(node, dict)
    }
    by_id = {
        text(mapping(n.get("account")).get("account_id")) or key: n for key, n in nodes.items()
    }
    wanted = told.workspace or pages.workspace_id(told.usage.get("account_id"))
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


def plan_of(told: Told, node: Mapping[str, Any]) -> Optional[str]:
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


_Part = Tuple[int, Message]  # the smaller, the more urgent


def credit_notices(
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
        yield 75, dated(_("credits expire from {day} on"), end)
    for group in credits.groups(usage):
        yield 85, group


def feature_notices(told: Told) -> Iterator[_Part]:
    init = told.init
    banner = text(mapping(init.get("banner_info")).get("title"), 120)
    if banner:
        yield 15, Message.quoted(banner)
    model, meant = text(init.get("default_model_slug"), 40), init.get("intended_default_model_slug")
    if model and text(meant, 40) and text(meant, 40) != model:
        yield 40, _("answers come from {model}", model=model)
    names = dict.fromkeys(
        [*allowances.blocked_features(init), *allowances.refused_lanes(told.usage)]
    )
    blocked = text(", ".join(names), 100)
    if blocked:
        yield 45, _("not available: {blocked}", blocked=blocked)


def reset_notices(told: Told) -> Iterator[_Part]:
    """The day on which the first free reset lapses, the more urgent the nearer it is."""
    ends = allowances.lapses(told)
    end = min((end for end in ends if end), default=None)
    if end is None:
        return
    urgency = 48 if end - told.at < timedelta(days=3) else 75
    if len(ends) > 1:
        yield urgency, dated(_("the first free reset lapses on {day}"), end)
    else:
        yield urgency, dated(_("a free reset lapses on {day}"), end)


def plan_notices(node: Mapping[str, Any], told: Told) -> Iterator[_Part]:
    account, right = mapping(node.get("account")), mapping(node.get("entitlement"))
    grace = credits.grace(node, told.subscription)
    if grace and grace > told.at:
        yield 1, dated(_("payment overdue, grace until {day}"), grace)
    yield from _renewal(node, right, told)
    discount = mapping(right.get("discount"))
    free = moment(discount.get("discount_expires_at"))
    percentage = discount.get("discount_type") == "percentage"
    if percentage and number(discount.get("amount")) == 100 and free and free > told.at:
        yield 60, dated(_("free until {day}"), free)
    name = text(account.get("name"), 40)
    if account.get("structure") == "workspace" and name:
        yield 80, _("workspace {name}", name=name)
    used, seats = (
        integer(told.subscription.get(f"seats_{word}")) for word in ("in_use", "entitled")
    )
    if used is not None and seats is not None and seats > 1:
        yield 90, _("{used} of {seats} seats in use", used=used, seats=seats)


def _renewal(node: Mapping[str, Any], right: Mapping[str, Any], told: Told) -> Iterator[_Part]:
    """When a paid plan changes, ends or renews; nothing for a free one."""
    if right.get("has_active_subscription") is False:
        return
    change = mapping(right.get("scheduled_plan_change"))
    day, plan = moment(change.get("changes_at")), _plan_name(change.get("plan_type"))
    if day and plan:
        yield 20, dated(_("becomes {plan} on {day}", plan=plan), day)
        return
    renews = mapping(node.get("last_active_subscription")).get("will_renew")
    renews = told.subscription.get("will_renew") if renews is None else renews
    until, paid = told.subscription.get("active_until"), right.get("expires_at")
    end = moment(first({**right, "until": until}, "cancels_at", "expires_at", "until"))
    again = moment(right.get("renews_at")) or moment(until) or moment(paid)
    if renews is False or (renews is None and right.get("cancels_at")):
        if end:
            gone = dated(_("ended on {day}"), end)
            yield 20, gone if end <= told.at else renewal(end, renews=False)
    elif again and again > told.at:
        sure = renews is True or right.get("renews_at")
        paid_until = dated(_("paid until {day}"), again)
        yield 70, renewal(again, renews=True) if sure else paid_until
