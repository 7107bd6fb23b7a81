"""The text of an alert: one line for all events, the worst first, with times and countdowns as of now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..display import forecasts, names, numbers, privacy, times
from ..display import quotas as quota_texts
from ..display.part import BETWEEN
from ..history import series
from ..i18n.catalog import say
from ..i18n.message import _
from ..models import Balance, Failure, Quota
from ..settings import Settings
from ..state.state import AccountState, State
from . import rules
from .ledger import Event


def text(events: Iterable[Event], state: State, now: datetime) -> str:
    """Sum up all events in one line: the worst event, and how many other accounts have one.

    Returns "" if none of them holds any more. ``now`` is aware UTC.
    """
    worst: dict[str, tuple[tuple[int, int], str, bool]] = {}
    places = {account.id: place for place, account in enumerate(state.book.accounts)}
    for event in events:
        account = state.book.get(event.series.account)
        if account is None:
            continue
        event = _still(event, state.of(account), state.settings, now)
        sentence = _named_sentence(event, state.of(account), state.settings, now)
        key = (rules.rank(event.rule), places.get(event.series.account, 0))
        if sentence and (event.series.account not in worst or key < worst[event.series.account][0]):
            worst[event.series.account] = key, sentence, event.waited
    if not worst:
        return ""
    (key, first, waited), *others = sorted(worst.values())
    more = _("{first}, and {count} more")
    whole = say(more, first=first, count=len(others)) if others else first
    if waited:
        whole = say(_("In the quiet hours: {what}"), what=whole)
    return times.fill(whole, now)


def _still(event: Event, known: AccountState, settings: Settings, now: datetime) -> Event:
    """Return an event with what still holds of its rule if it waited; "" for nothing."""
    if not event.waited:
        return event
    verdict = rules.judge(known, settings, now)
    return event._replace(rule=rules.left_of(event.rule, event.series, verdict))


def _named_sentence(event: Event, known: AccountState, settings: Settings, now: datetime) -> str:
    """Say one event with the name of its account; "" if it is no longer true."""
    what = _sentence(event, known, settings, now) if event.rule else ""
    if not what:
        return ""
    return names.headed(privacy.name(known.account, known.short, settings), what)


def _sentence(event: Event, known: AccountState, settings: Settings, now: datetime) -> str:
    rule, usage, account = event.rule, known.snapshot.usage, known.account
    if rule == "key_ends":
        return quota_texts.expiry(account)
    if rule == "drift":
        return say(privacy.CHANGED)
    if rule == "key_refused":
        return _refusal(known.snapshot.failure, settings)
    if rule in ("reset", "asked"):
        return has_reset(event.series.name)  # perhaps not reported until it is used
    for quota in usage.quotas if usage else ():
        if series.of_quota(account.id, quota) == event.series:
            return _of_quota(rule, quota, known, settings, now)
    for balance in usage.balances if usage else ():
        if series.of_balance(account.id, balance) == event.series:
            return _of_balance(balance, known, settings)
    return ""


def _refusal(failure: Failure | None, settings: Settings) -> str:
    """Say that a credential is refused; briefly if it waited and the provider could not be asked since."""
    if failure is None:
        return ""
    if failure.kind not in rules.REFUSED:
        return say(names.FAILURES["credential_rejected"])
    return privacy.discreet(names.unnamed(failure.message), settings)


def _of_quota(
    rule: str, quota: Quota, known: AccountState, settings: Settings, now: datetime
) -> str:
    if quota.resets_at and (known.snapshot.fetched_at or now) < quota.resets_at <= now:
        return ""  # it waited, and the quota has reset since
    name = numbers.allowance(quota.label)
    pace = known.outlook.pace(quota)
    if rule == "full":
        what = say(_("{allowance} is used up"), allowance=name)
    elif rule == "pace":
        if pace is None or pace.runs_out_at is None or quota.resets_at is None:
            return ""  # it waited, and there is no forecast any more
        early = (quota.resets_at - pace.runs_out_at).total_seconds()
        when = times.day_and_time(pace.runs_out_at.timestamp(), now.timestamp())
        sentence = _("runs out {time} ({span} before the reset)")
        return f"{name.rstrip()} {say(sentence, time=when, span=times.countdown(early))}"
    else:
        what = f"{name.rstrip()} {quota_texts.share(quota, settings)[0]}"
    return what + quota_texts.reset(quota, BETWEEN)


def has_reset(label: str) -> str:
    """Say that the quota with this label has been reset: "Week has reset"."""
    return say(_("{allowance} has reset"), allowance=numbers.allowance(label))


def _of_balance(balance: Balance, known: AccountState, settings: Settings) -> str:
    if balance.available < 0:
        return say(_("money is owed"))
    if not balance.available:
        return say(_("the balance is used up"))
    amount = quota_texts.amount(balance.available, balance.unit, settings)
    left = say(quota_texts.AMOUNTS["left"], amount=amount)
    lasting = forecasts.lasting(known.outlook.runway(balance))
    return BETWEEN.join(part for part in (left, lasting) if part)
