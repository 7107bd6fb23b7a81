"""All facts about one account: every number with unit, window and reset, its source, and what is not reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..forecast.pace import Pace
from ..i18n.catalog import plain, say
from ..i18n.message import _
from ..models import Account, Quota, Snapshot, Usage
from ..settings import Settings
from ..state.state import AccountState, State
from . import changes, forecasts, names, numbers, privacy, quotas
from .privacy import discreet, notice
from .row import row_of
from .summary import spoken
from .times import AGE_UNKNOWN, ago, clock, countdown

_LENGTHS = {"5 hours": 5 * 3600, "Daily": 86400, "Weekly": 7 * 86400, "30 days": 30 * 86400}
_MONTH = range(28 * 86400, 31 * 86400 + 1)  # the lengths of months
Fact = tuple[str, str]  # name, value (with markers)


def facts(state: State, account: Account) -> list[Fact]:
    """Return all facts about an account, in display order."""
    return state.render(account, lambda known: _facts(state, known))


def _facts(state: State, known: AccountState) -> list[Fact]:
    snapshot, settings = known.snapshot, state.settings
    return [
        *_failure(snapshot, settings),
        *_state(known, settings),
        *(_numbers(snapshot.usage, known.status.quotas, settings) if snapshot.usage else ()),
        *(_foreseen(snapshot.usage, known, settings, state.now) if snapshot.usage else ()),
        *_origin(known, settings),
        *_identity(known, settings),
    ]


def _failure(snapshot: Snapshot, settings: Settings) -> Iterator[Fact]:
    failure = snapshot.failure
    if failure is None:
        return
    yield say(_("Problem")), discreet(names.unnamed(failure.message), settings)
    yield say(_("Failed")), _clock(failure.at)
    if failure.retry_at:
        retry = quotas.moment(quotas.RETRY, failure.retry_at, quotas.RETRY_NOW)
        yield say(_("Next try")), retry


def _state(known: AccountState, settings: Settings) -> Iterator[Fact]:
    """Say why the level is not plenty, unless the failure has said it already."""
    reason = known.status.reason
    if known.snapshot.usage is not None and reason is not None and reason.kind != "failed":
        yield say(_("State")), quotas.reason(known.status, known.snapshot, settings)


def _numbers(usage: Usage, arranged: Iterable[Quota], settings: Settings) -> Iterator[Fact]:
    for quota in arranged:
        yield numbers.label(quota.label), quota_text(quota, settings)
    for balance in usage.balances:
        yield say(_("Balance")), quotas.balance_in_full(balance, settings)
    for spend in usage.spends:
        yield say(_("Spend")), f"{quotas.spend(spend, settings)} · {quotas.period(spend)}"
    if usage.plan:
        is_prepaid = all(quota.role != "binding" for quota in usage.quotas)
        name = _("Account type") if is_prepaid else _("Subscription")
        yield say(name), discreet(usage.plan, settings)
    if notice(usage, settings):
        yield say(_("Notice")), notice(usage, settings)
    untold = " · ".join(_untold(usage.quotas))
    if untold:
        yield say(_("Not reported by the provider")), untold


def paces(known: AccountState) -> Iterator[tuple[Quota, Pace]]:
    """List the quotas whose pace is shown; one that is not binding only if there is a forecast."""
    for quota in known.status.quotas:
        pace = known.outlook.pace(quota)
        if pace and (quota.role == "binding" or pace.rate is not None):
            yield quota, pace


def _foreseen(
    usage: Usage, known: AccountState, settings: Settings, now: datetime
) -> Iterator[Fact]:
    outlook = known.outlook
    for quota, pace in paces(known):
        name = say(_("Pace ({allowance})"), allowance=numbers.short_label(quota.label))
        yield name, forecasts.explained(quota, pace, now)
    for balance in usage.balances:
        runway = outlook.runway(balance)
        if runway is not None:
            name = say(_("Runway"))
            if len(usage.balances) > 1:
                name = say(_("Runway ({unit})"), unit=numbers.unit(balance.unit))
            yield name, forecasts.runway_explained(balance, runway, settings)
    yield from _changed(known, settings)
    for unit, spending in outlook.spending.items():
        amounts = forecasts.spent(spending, unit, settings)
        if amounts:
            yield say(_("Spent ({unit})"), unit=numbers.unit(unit)), amounts


def _changed(known: AccountState, settings: Settings) -> Iterator[Fact]:
    usage = known.snapshot.usage
    phrases = [
        (numbers.short_label(quota.label), changes.quota_phrase(known, quota, settings))
        for quota in known.status.quotas
    ]
    for balance in usage.balances if usage else ():
        phrases.append(
            (numbers.unit(balance.unit), changes.balance_phrase(known, balance, settings))
        )
    for name, phrase in phrases:
        if phrase:
            yield say(_("Since you last looked ({name})"), name=name), phrase


def quota_text(quota: Quota, settings: Settings) -> str:
    """Describe a quota in full: share, counts, window and reset."""
    if quota.role == "part":
        return quotas.until_reset(quota, quotas.part(quota, settings), say(quotas.HAS_RESET))
    share, bar = quotas.share(quota, settings)
    parts = [quotas.until_reset(quota, share + bar, say(quotas.HAS_RESET))]
    shown = "used" if quota.remaining is None else "left"
    count = quota.used if quota.remaining is None else quota.remaining
    if quota.unit != "%" and quota.limit is not None and quota.used is not None:
        parts.append(quotas.used_of(quota.used, quota.limit, quota.unit, settings))
    elif quota.unit != "%" and count is not None:
        amount = quotas.exactly(count, quota.unit, settings)
        if quotas.is_named(quota):
            amount = numbers.bare(numbers.digits(count), quota.unit)
        parts = [say(quotas.AMOUNTS[shown], amount=amount)]
    if quota.window and not _is_named(quota, quota.window):
        parts.append(say(_("window {span}"), span=countdown(quota.window)))
    return " · ".join(parts) + quotas.reset(quota, lead=" · ")


def _is_named(quota: Quota, window: int) -> bool:
    """Tell whether the label of a quota says how long its window is."""
    name = quota.label.rpartition(" · ")[2]
    return window in _MONTH if name == "Monthly" else window == _LENGTHS.get(name)


def _untold(quotas: Iterable[Quota]) -> Iterator[str]:
    """List what the provider does not report about its binding quotas."""
    for quota in quotas:
        if quota.unlimited or quota.role != "binding":
            continue
        known = ((_("limit"), quota.limit), (_("reset"), quota.resets_at))
        missing = say(_(" and ")).join(say(name) for name, value in known if value is None)
        if missing:
            named = numbers.spaced(numbers.label(quota.label))
            yield say(_("{what} of {allowance}"), what=missing, allowance=named)


def _origin(known: AccountState, settings: Settings) -> Iterator[Fact]:
    account, provider, snapshot = known.account, known.provider, known.snapshot
    if provider:
        page = privacy.page(account, provider, settings.privacy)
        yield say(_("Source")), f"{provider.name} · {page}"
    is_told = _may_be_named(known, settings)
    for place in snapshot.usage.endpoints if snapshot.usage and is_told else ():
        yield say(_("Endpoint")), endpoint(place, known, settings)
    kind, expiry = names.called(names.CREDENTIALS, account.kind), quotas.expiry(account)
    yield say(_("Credential")), " · ".join(part for part in (kind, expiry) if part)
    fetched = say(AGE_UNKNOWN if snapshot.usage else quotas.NO_NUMBERS)
    if snapshot.fetched_at:
        fetched = _clock(snapshot.fetched_at)
    yield say(_("Fetched")), fetched


def endpoint(place: str, known: AccountState, settings: Settings) -> str:
    """Return the host and path that were asked; privacy hides ids, and the user's own address altogether."""
    if not settings.privacy:
        return plain(place)
    return plain(privacy.path(place)) if _may_be_named(known, settings) else numbers.HIDDEN


def _may_be_named(known: AccountState, settings: Settings) -> bool:
    return not (settings.privacy and known.provider and known.provider.has_address)


def _identity(known: AccountState, settings: Settings) -> Iterator[Fact]:
    account, provider = known.account, known.provider
    region = provider.region_of(account) if provider else account.region
    if region:
        yield say(_("Region")), names.called(names.REGIONS, region)
    for scope, value in account.scope.items():
        shown = provider.kinds.get(value, value) if provider and scope == "kind" else value
        hidden = numbers.HIDDEN if settings.privacy else plain(shown)
        yield names.called(names.SCOPES, scope), hidden
    yield say(_("Account ID")), account.id


def markdown(state: State, account: Account, now: datetime) -> str:
    """Return all facts about an account as Markdown, as of now."""
    row = row_of(state, account)
    lines = [f"# {numbers.escaped(row.name)}", "", f"**{row.headline}{row.bar}**", ""]
    for name, value in facts(state, account):
        lines.append(names.headed(f"- **{numbers.escaped(name)}**", numbers.escaped(value)))
    return spoken("\n".join(lines), now)


def _clock(at: datetime) -> str:
    return f"{clock(at)} · {ago(at)}"
