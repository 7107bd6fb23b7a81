"""Reads ChatGPT's plan, its renewal, and notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from ..i18n.message import Message, _, listed
from ..models import Quota
from ..provider.notices import dated, renewal
from ..provider.reading import (
    Fields,
    first,
    integer,
    mapping,
    moment,
    number,
    sequence,
    short,
    text,
)
from . import allowances, credits, pages
from .pages import Documents

_PLANS = {
    "prolite": "Pro Lite",
    "self_serve_business_usage_based": "Business",
    "enterprise_cbp_usage_based": "Enterprise",
    "free_workspace": "Free",
    "education": "Edu",
    "k12": "K-12",
}
_MOST = 8  # names in a notice
_UNCOUNTED = _("credits are available, their amount is not reported")
_CREDITS_WORK = _("limit reached, credits keep working")


# ---- the plan


def account_node(documents: Documents) -> Fields:
    """Find our account in ``accounts/check``; {} if it is not there."""
    nodes = {
        str(key): node
        for key, node in mapping(documents.accounts.get("accounts")).items()
        if isinstance(node, dict)
    }
    by_id = {
        text(mapping(n.get("account")).get("account_id")) or key: n for key, n in nodes.items()
    }
    wanted = documents.workspace or pages.workspace_id(documents.usage.get("account_id"))
    if wanted:
        return by_id.get(wanted, {})
    if "default" in nodes:
        return nodes["default"]
    order = [i for i in sequence(documents.accounts.get("account_ordering")) if isinstance(i, str)]
    ordered = [by_id[i] for i in order if i in by_id]
    every: list[Fields] = [*ordered, *by_id.values(), {}]
    return min(every, key=_rank)


def _rank(node: Fields) -> int:
    """Rank an account by how likely it is in use: 0 if paid, 1 if not, 2 if deactivated."""
    if mapping(node.get("account")).get("is_deactivated") is True:
        return 2
    return mapping(node.get("entitlement")).get("has_active_subscription") is not True


def plan_of(documents: Documents, node: Fields) -> str | None:
    """Return the name of the plan from the first document that has it."""
    places = (
        mapping(node.get("account")).get("plan_type"),
        mapping(node.get("entitlement")).get("subscription_plan"),
        documents.subscription.get("plan_type"),
        documents.usage.get("plan_type"),
        documents.plan,
    )
    return next(filter(None, map(_plan_name, places)), None)


def _plan_name(value: object) -> str | None:
    name = (short(value) or "").lower()
    name = re.sub(r"^chatgpt|plan$", "", name).strip("_ ")
    if name in ("", "unknown"):
        return None
    return _PLANS.get(name) or name.replace("_", " ").title()


# ---- notices


Part = tuple[str, Message]  # the topic, one of _ORDER, and the notice
_ORDER = (  # the most urgent first
    *("overdue", "banner", "change", "no number", "model", "not available", "soon"),
    *("credits work", "uncounted", "discount", "renewal", "lapse", "workspace", "group", "seats"),
)


def in_order(parts: Iterable[Part]) -> Iterator[Message]:
    """Sort the notices, the most urgent first."""
    return (message for _, message in sorted(parts, key=lambda part: _ORDER.index(part[0])))


def credit_notices(
    documents: Documents, windows: list[Quota], available: Decimal | None, *, credits_pay: bool
) -> Iterator[Part]:
    """Yield notices about credits: they pay, their amount is unknown, when they expire; and the groups."""
    usage, end = documents.usage, credits.lapse(documents.balance, documents.at)
    reached = credits.reached_type(usage) or credits.is_refused(mapping(usage.get("rate_limit")))
    if reached and credits_pay and not credits.used_up(windows):
        yield "credits work", _CREDITS_WORK
    if available is None and credits.lacks_amount(usage):
        yield "uncounted", _UNCOUNTED
    if available and end:
        yield "lapse", dated(_("credits expire from {day} on"), end)
    for group in credits.groups(usage):
        yield "group", group


def feature_notices(documents: Documents) -> Iterator[Part]:
    """Yield notices about the banner, a model that replaces another, and unavailable features."""
    init = documents.init
    banner = text(mapping(init.get("banner_info")).get("title"), 120)
    if banner:
        yield "banner", Message.quoted(banner)
    model, meant = short(init.get("default_model_slug")), init.get("intended_default_model_slug")
    if model and short(meant) and short(meant) != model:
        yield "model", _("answers come from {model}", model=model)
    names = dict.fromkeys(
        [*allowances.blocked_features(init), *allowances.refused_lanes(documents.usage)]
    )
    if names:  # labels, which the catalogue may know
        blocked = listed(map(Message, [*names][:_MOST]))
        yield "not available", _("not available: {blocked}", blocked=blocked)


def reset_notices(documents: Documents) -> Iterator[Part]:
    """Yield a notice of the day on which the first free reset lapses; within three days it is urgent."""
    ends = allowances.lapses(documents)
    end = min((end for end in ends if end), default=None)
    if end is None:
        return
    when = "soon" if end - documents.at < timedelta(days=3) else "lapse"
    if len(ends) > 1:
        yield when, dated(_("the first free reset expires on {day}"), end)
    else:
        yield when, dated(_("a free reset expires on {day}"), end)


def plan_notices(node: Fields, documents: Documents) -> Iterator[Part]:
    """Yield notices about payment, renewal, discount, workspace and seats."""
    account, entitlement = mapping(node.get("account")), mapping(node.get("entitlement"))
    grace = credits.grace(node, documents.subscription)
    if grace and grace > documents.at:
        yield "overdue", dated(_("payment overdue, grace until {day}"), grace)
    yield from _renewal(node, entitlement, documents)
    discount = mapping(entitlement.get("discount"))
    free = moment(discount.get("discount_expires_at"))
    percentage = discount.get("discount_type") == "percentage"
    if percentage and number(discount.get("amount")) == 100 and free and free > documents.at:
        yield "discount", dated(_("free until {day}"), free)
    name = short(account.get("name"))
    if account.get("structure") == "workspace" and name:
        yield "workspace", _("workspace {name}", name=name)
    used, seats = (
        integer(documents.subscription.get(f"seats_{key}")) for key in ("in_use", "entitled")
    )
    if used is not None and seats is not None and seats > 1:
        yield "seats", _("{used} of {seats} seats in use", used=used, seats=seats)


def _renewal(node: Fields, entitlement: Fields, documents: Documents) -> Iterator[Part]:
    """Yield a notice of when a paid plan changes, ends or renews; none for a free plan."""
    if entitlement.get("has_active_subscription") is False:
        return
    change = mapping(entitlement.get("scheduled_plan_change"))
    day, plan = moment(change.get("changes_at")), _plan_name(change.get("plan_type"))
    if day and plan:
        yield "change", dated(_("becomes {plan} on {day}", plan=plan), day)
        return
    renews = mapping(node.get("last_active_subscription")).get("will_renew")
    renews = documents.subscription.get("will_renew") if renews is None else renews
    until, paid = documents.subscription.get("active_until"), entitlement.get("expires_at")
    end = moment(first({**entitlement, "until": until}, "cancels_at", "expires_at", "until"))
    renewal_day = moment(entitlement.get("renews_at")) or moment(until) or moment(paid)
    if renews is False or (renews is None and entitlement.get("cancels_at")):
        if end:
            gone = dated(_("ended on {day}"), end)
            yield "change", gone if end <= documents.at else renewal(end, renews=False)
    elif renewal_day and renewal_day > documents.at:
        sure = renews is True or entitlement.get("renews_at")
        paid_until = dated(_("paid until {day}"), renewal_day)
        yield "renewal", renewal(renewal_day, renews=True) if sure else paid_until
