"""All numbers in the text format of Prometheus, for node_exporter's textfile collector or a scrape.

An unknown number has no line, never NaN or 0. There are no timestamps, which the collector refuses, and no
series twice, for which it would refuse the whole file. The order is stable. Labels are ids and English names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from .. import __version__
from ..i18n.catalog import plain
from ..models import Account, Quota
from ..state.state import AccountState, State

Labels = tuple[tuple[str, str], ...]
HELP = {  # the order of the families
    "tankful_build_info": "The version of Tankful.",
    "tankful_account_info": "An account, to join its label, plan and region.",
    "tankful_account_up": "Whether the last refresh of an account gave numbers.",
    "tankful_account_failure": "Why the last refresh of an account gave none, by kind.",
    "tankful_account_fetched_timestamp_seconds": "When the numbers of an account were fetched.",
    "tankful_quota_used_ratio": "Share of a quota that is used, above 1 beyond its limit.",
    "tankful_quota_used": "What of a quota is used, in its unit.",
    "tankful_quota_limit": "The limit of a quota, in its unit.",
    "tankful_quota_remaining": "What of a quota is left, in its unit.",
    "tankful_quota_reset_timestamp_seconds": "When a quota comes back.",
    "tankful_quota_window_seconds": "How long the window of a quota is.",
    "tankful_quota_unlimited": "That a quota has no limit.",
    "tankful_balance": "Prepaid value left, below 0 when money is owed.",
    "tankful_spend": "Value used in a period.",
}
UNITS = {"_ratio": "ratio", "_seconds": "seconds"}


class Metric(NamedTuple):
    """One number of one family."""

    family: str
    labels: Labels
    value: Decimal


def text(state: State, *, openmetrics: bool = False) -> str:
    """Return all numbers as text format 0.0.4, or as OpenMetrics 1.0."""
    values: dict[tuple[str, Labels], Decimal] = {}
    for metric in _all(state):
        values.setdefault((metric.family, metric.labels), metric.value)
    lines: list[str] = []
    for family, description in HELP.items():
        own = [(labels, value) for (name, labels), value in values.items() if name == family]
        if own:
            lines += _heading(family, description, openmetrics)
            lines += [f"{family}{_labels(labels)} {value:f}" for labels, value in own]
    return "\n".join([*lines, "# EOF"] if openmetrics else lines) + "\n"


def _heading(family: str, description: str, openmetrics: bool) -> Iterator[str]:
    name, kind = family, "gauge"
    if openmetrics and family.endswith("_info"):
        name, kind = family[: -len("_info")], "info"
    yield f"# HELP {name} {description}"
    yield f"# TYPE {name} {kind}"
    for ending, unit in UNITS.items():
        if openmetrics and family.endswith(ending):
            yield f"# UNIT {name} {unit}"


def _labels(labels: Labels) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _all(state: State) -> Iterator[Metric]:
    yield Metric("tankful_build_info", (("version", __version__),), Decimal(1))
    for account in state.book.accounts:
        yield from state.render(
            account, lambda known: tuple(_account(known, state.settings.privacy, state.now))
        )


def _account(known: AccountState, private: bool, at: datetime) -> Iterator[Metric]:
    account, snapshot = known.account, known.snapshot
    common: Labels = (("account", account.id), ("provider", account.provider))
    usage, failure = snapshot.usage, snapshot.failure
    if not private:
        yield _info(account, usage.plan if usage else None, common)
    if failure is not None or usage is not None:
        yield Metric("tankful_account_up", common, Decimal(failure is None))
    if failure is not None:
        yield Metric("tankful_account_failure", (*common, ("kind", failure.kind)), Decimal(1))
    if usage is None:
        return
    yield from _moment("tankful_account_fetched", snapshot.fetched_at, common)
    for quota in known.status.quotas:
        yield from _quota(quota, (*common, ("quota", plain(quota.label))))
    for balance in usage.balances:
        yield from _metric("tankful_balance", balance.available, (*common, ("unit", balance.unit)))
    for spend in usage.spends:
        if spend.ends_at and spend.ends_at <= at:
            continue  # the label would name a day or month that is over
        labels = (*common, ("unit", spend.unit), ("period", spend.period or ""))
        yield from _metric("tankful_spend", spend.amount, labels)


def _info(account: Account, plan: str | None, common: Labels) -> Metric:
    fields = (
        ("label", account.label),
        ("plan", plan or ""),
        ("region", account.region if account.region in ("intl", "cn") else ""),
    )
    known = tuple((name, plain(value)) for name, value in fields if value)
    return Metric("tankful_account_info", (*common, *known), Decimal(1))


def _quota(quota: Quota, labels: Labels) -> Iterator[Metric]:
    percent = quota.used_percent if quota.role != "part" else None
    yield from _metric(
        "tankful_quota_used_ratio", None if percent is None else percent / 100, labels
    )
    in_unit = (*labels, ("unit", plain(quota.unit)))
    limit, remaining = quota.limit, quota.remaining
    if quota.unlimited or quota.role == "part":
        limit = remaining = None
    yield from _metric("tankful_quota_used", quota.used, in_unit)
    yield from _metric("tankful_quota_limit", limit, in_unit)
    yield from _metric("tankful_quota_remaining", remaining, in_unit)
    yield from _moment("tankful_quota_reset", quota.resets_at, labels)
    window = None if quota.window is None else Decimal(quota.window)
    yield from _metric("tankful_quota_window_seconds", window, labels)
    if quota.unlimited:
        yield Metric("tankful_quota_unlimited", labels, Decimal(1))


def _moment(family: str, when: datetime | None, labels: Labels) -> Iterable[Metric]:
    at = None if when is None else Decimal(int(when.timestamp()))
    return _metric(f"{family}_timestamp_seconds", at, labels)


def _metric(family: str, value: Decimal | None, labels: Labels) -> Iterable[Metric]:
    """Yield the metric unless its value is unknown or not finite."""
    if value is not None and value.is_finite():
        yield Metric(family, labels, value)
