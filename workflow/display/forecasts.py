"""Forecasts as text: pace, runway, spending. *Runs out* is said only of forecasts, *resets* only of resets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from ..forecast.days import day_of, seconds
from ..forecast.outlook import Outlook
from ..forecast.pace import HOUR, Pace
from ..forecast.runway import MONTHS, Runway
from ..forecast.spending import Spending
from ..i18n.catalog import say
from ..i18n.message import Message, _, ngettext
from ..models import Balance, Quota
from ..settings import Settings
from ..state.status import Status
from . import numbers
from .part import BETWEEN
from .quotas import amount
from .times import countdown, forecast, switch

_TIGHT, _LASTS = _("tight"), _("lasts, {percent}% to spare")
_A_DAY = _("{amount} a day")
_REASONS: Mapping[str, Message] = {
    "unlimited": _("it has no limit"),
    "no_percentage": _("no percentage is reported"),
    "no_window": _("the length of its window is not reported"),
    "no_pace": _("it is used only after the other quotas"),
    "reset_passed": _("the reset has passed"),
    "impossible_reset": _("the reset is further away than one window"),
    "too_early": _("the window has just begun"),
    "hardly_used": _("it is hardly used"),
    "stale": _("the numbers are too old"),
    "too_little": _("less than three days of data"),
}
_NO_RESET = _("its reset is not reported")
_GONE = ("used_up", "empty")  # nothing is left to forecast


def row_phrase(status: Status, outlook: Outlook) -> tuple[str, str]:
    """Say the forecast that a row has room for, in full and short; "" if there is none.

    It is that of the headline, unless another binding quota runs out first. The separator to the next
    part is at its end.
    """
    first = status.headline
    binding = [(outlook.pace(quota), quota) for quota in status.quotas if quota.role == "binding"]
    ends = [(pace.runs_out_at, quota) for pace, quota in binding if pace and pace.runs_out_at]
    quota = min(ends, key=lambda each: each[0])[1] if ends else first
    pace = outlook.pace(quota)
    if status.is_blocked or quota is None or pace is None or pace.until is None:
        return "", ""
    name = "" if quota is first else numbers.short_label(quota.label)
    if pace.runs_out_at is None:
        long, short = _lasting(pace), _lasting(pace, brief=True)
        return switch(pace.until, f"{long}{BETWEEN}"), switch(pace.until, f"{short}{BETWEEN}")
    long, short = (_runs_out(early, name) for early in (_early(quota, pace), None))
    moments = pace.runs_out_at, pace.until
    return forecast(*moments, f"{long}{BETWEEN}"), forecast(*moments, f"{short}{BETWEEN}")


def _early(quota: Quota, pace: Pace) -> float | None:
    """Return how many seconds before its reset a quota runs out."""
    if pace.runs_out_at is None or quota.resets_at is None:
        return None
    return (quota.resets_at - pace.runs_out_at).total_seconds()


def _runs_out(early: float | None, name: str = "") -> str:
    """Say that it runs out, with a placeholder for the clock time."""
    phrase = say(_("runs out {time}"))
    if early is not None:
        phrase = say(
            _("runs out {time} ({span} before the reset)"), time="{time}", span=countdown(early)
        )
    return f"{name} {phrase}" if name else phrase


def _lasting(pace: Pace, *, brief: bool = False) -> str:
    """Describe a pace that lasts until the reset; ``brief`` leaves out how much is to spare."""
    if pace.verdict == "tight":
        return say(_TIGHT)
    if pace.is_even or (pace.ahead or 0) > 0:
        return beside_even(pace)
    return say(_("lasts")) if brief else say(_LASTS, percent=_points(pace.spare))


def lost(pace: Pace | None) -> str:
    """Say how much of a quota is lost at its reset unless it is used, after a separator; "" if nothing is."""
    if pace is None or pace.spare is None or pace.until is None:
        return ""
    phrase = say(_("{percent}% would be lost"), percent=_points(pace.spare))
    return switch(pace.until, f"{BETWEEN}{phrase}")


def beside_even(pace: Pace) -> str:
    """Compare a pace with an even one: "on pace", "12 points over the even pace"."""
    if pace.ahead is None or pace.is_even:
        return say(_("on pace"))
    over, under = _("{points} points over the even pace"), _("{points} points under the even pace")
    return say(over if pace.ahead > 0 else under, points=_points(abs(pace.ahead)))


def mark(pace: Pace | None, bar: str, settings: Settings) -> tuple[str, str, str]:
    """Split a bar where an even use would be: the cells before, the mark, the cells behind.

    The mark disappears when the pace is out of date. Without a mark, nothing is behind.
    """
    if not settings.pace_mark or pace is None or pace.expected is None or pace.until is None:
        return bar, "", ""
    share = pace.expected if settings.show == "used" else 100 - pace.expected
    lead = len(bar) - numbers.BAR
    at = lead + round(min(max(share, 0), 100) / 100 * numbers.BAR)
    return bar[:at], switch(pace.until, numbers.MARK), bar[at:]


def explained(quota: Quota, pace: Pace, now: datetime) -> str:
    """Describe a pace in full, the verdict first, or say why there is no forecast; ``now`` is aware UTC."""
    if pace.verdict == "used_up":
        return silent("used_up")
    if pace.why is not None or pace.rate is None:
        return silent(pace.why or "stale", quota)
    return BETWEEN.join(
        (verdict(quota, pace), *_reckoned(quota, pace, pace.rate, now), *_besides(pace))
    )


def silent(why: str, quota: Quota | None = None) -> str:
    """Say why there is no forecast; for ``no_window``, which of window and reset the quota lacks."""
    if why in _GONE:
        return say(_("used up"))
    is_reset = why == "no_window" and quota is not None and quota.resets_at is None
    return say(_("no forecast: {reason}"), reason=say(_NO_RESET if is_reset else _REASONS[why]))


def _reckoned(quota: Quota, pace: Pace, rate: float, now: datetime) -> Iterator[str]:
    """Yield the comparison with an even pace, the rate (per day only if the window is that long), and the end."""
    yield beside_even(pace)
    yield say(_("even pace: {percent}% used"), percent=_points(pace.expected))
    length = seconds(day_of(now.timestamp()))
    speed = say(_("{percent}% an hour"), percent=_rate(rate))
    if quota.window is None or quota.window >= length:
        more = _rate(rate * length / HOUR)
        speed = say(_("{percent}% an hour, {more}% a day"), percent=_rate(rate), more=more)
    sentence = _("{speed} in the last few hours") if pace.is_recent else _("{speed} on average")
    yield say(sentence, speed=speed)
    yield say(_("{percent}% used at the reset at this rate"), percent=_points(pace.projected))


def verdict(quota: Quota, pace: Pace) -> str:
    """Say the verdict as a row does; a forecast disappears when it is out of date."""
    if pace.runs_out_at is not None and pace.until is not None:
        return forecast(pace.runs_out_at, pace.until, _runs_out(_early(quota, pace)))
    return say(_TIGHT) if pace.verdict == "tight" else say(_LASTS, percent=_points(pace.spare))


def _besides(pace: Pace) -> Iterator[str]:
    if pace.has_other_limit:
        yield say(_("the quota changed"))
    if pace.burst_ends_at is not None and pace.until is not None:
        phrase = say(_("at the rate of the last few hours it runs out {time}"))
        yield forecast(pace.burst_ends_at, pace.until, phrase)


def lasting(runway: Runway | None) -> str:
    """Say briefly how long a balance lasts: "≈ 6 days"; "" if unknown."""
    if runway is None or runway.verdict == "empty":
        return ""
    if runway.hours is not None:
        if not runway.hours:
            return say(_("less than an hour at this rate"))
        return say(_("≈ {hours}h at this rate"), hours=runway.hours)
    if runway.days is None:
        return ""
    if runway.days > MONTHS:
        return say(_("months"))
    if runway.days_max is not None and runway.days_max <= MONTHS:
        return say(_("≈ {days}–{most} days"), days=runway.days, most=runway.days_max)
    if not runway.days:
        return say(_("less than a day"))
    return say(ngettext("≈ {count} day", "≈ {count} days", runway.days))


def balance_phrase(runway: Runway | None) -> str:
    """Say how long a balance lasts for a row, with the separator to the next part; "" if unknown."""
    phrase = lasting(runway)
    return switch(runway.until, f"{phrase}{BETWEEN}") if phrase and runway and runway.until else ""


def runway_explained(balance: Balance, runway: Runway, settings: Settings) -> str:
    """Describe a runway in full, or say why there is no forecast."""
    reason = "empty" if runway.verdict == "empty" else runway.why
    phrase = lasting(runway)
    if not phrase and reason:
        phrase = silent(reason)
    changes = _changes(balance, runway, settings)
    return BETWEEN.join((phrase, *changes))


def _changes(balance: Balance, runway: Runway, settings: Settings) -> Iterator[str]:
    """Yield how much of a balance is used a day, and its other changes."""
    if runway.burn is not None and runway.burn > 0 and runway.why != "hardly_used":
        yield say(_A_DAY, amount=_money(runway.burn, balance.unit, settings))
    lapsed = _("voucher of {amount} expired, not counted")
    if balance.is_gift:
        lapsed = _("gift of {amount} expired, not counted")
    paid = sum(change.amount for change in runway.changes if change.amount > 0)
    lost = sum(-change.amount for change in runway.changes if change.amount < 0)
    for sentence, total in ((_("{amount} topped up, not counted"), paid), (lapsed, lost)):
        if total:
            yield say(sentence, amount=_money(total, balance.unit, settings))


def spent(spending: Spending, unit: str, settings: Settings) -> str:
    """Say how much was spent yesterday and in seven days; "" if unknown."""
    known = (
        (_("yesterday {amount}"), spending.yesterday),
        (_("7 days {amount}"), spending.week),
        (_A_DAY, spending.a_day),
    )
    about = "≈ " if spending.is_derived else ""
    return BETWEEN.join(
        say(sentence, amount=about + _money(value, unit, settings))
        for sentence, value in known
        if value is not None
    )


def _money(value: float, unit: str, settings: Settings) -> str:
    return amount(Decimal(repr(value)), unit, settings)


def _points(share: float | None) -> str:
    return f"{round(share or 0)}"


def _rate(points: float) -> str:
    """Format points an hour or a day, with as many digits as are significant."""
    return f"{points:.2f}" if points < 1 else f"{points:.1f}" if points < 10 else f"{points:.0f}"
