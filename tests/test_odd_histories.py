"""Clocks, windows and numbers that go astray, through a refresh and onto every face: nobody is alarmed, nothing is lost.

What of it one module must do alone stands beside that module; a history of another machine and one of ten
million rows in tests/history, the keystroke and whole processes with another clock in tests/test_clock_ahead.py.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from tests.alerts.given import ALL, WORK, Days, week
from tests.history.given import DAY, HOUR, NOW, moment, rows
from workflow.alfred import account_list
from workflow.display import json_report, metrics, samples_report
from workflow.history import reading, recording
from workflow.models import Account, Balance, Quota, Usage
from workflow.records import replace
from workflow.storage import json_codec
from workflow.trend import pages

Answers = Sequence[tuple[Usage, int]]  # each so many seconds after the one before
HUGE = Decimal(10) ** 400


def at(year: int, month: int, day: int, hour: int) -> int:
    return int(datetime(year, month, day, hour, tzinfo=timezone.utc).timestamp())


def hourly(begun: int, hours: int = 6) -> Answers:
    """A weekly quota that is used evenly, with a refresh every hour."""
    return [(Usage((week(25 + n, begun + 3 * DAY),)), HOUR) for n in range(hours)]


def beside(*odd: Quota, balances: tuple[Balance, ...] = ()) -> Answers:
    """Odd numbers beside a weekly quota, refreshed three times."""
    return [(Usage((*odd, week(25 + n)), balances), HOUR) for n in range(3)]


def shrunk(used: float, at: int) -> Usage:
    """The weekly quota, which is a window of five hours from a time on."""
    return Usage((replace(week(used, at + 2 * HOUR), window=5 * HOUR),))


def told_on_every_face(days: Days) -> str:
    """Return everything that any output says about the accounts."""
    state, now = days.state, moment(days.now)
    known = {account.id: account for account in days.book}
    samples = reading.read(now=days.now)
    return "\n".join(
        (
            json_codec.pretty(json_report.report(state, now)).decode(),
            metrics.text(state),
            samples_report.table(samples, known, private=False, excel=False),
            *(f"{item.title} {item.subtitle}" for item in account_list.items(state, now)),
            *(pages.html(state, account) for account in days.book),
        )
    )


ODD = {
    "a clock that ran ahead": (NOW, [*hourly(NOW, 2), (Usage((week(27),)), 90 * DAY)], 3),
    "and was put right": (
        NOW,
        [*hourly(NOW, 2), (Usage((week(27),)), 90 * DAY), (Usage((week(28),)), -90 * DAY + HOUR)],
        4,
    ),
    "a clock that went back": (
        NOW,
        [*hourly(NOW, 2), (Usage((week(27),)), -HOUR), (Usage((week(28),)), 2 * HOUR)],
        3,  # all but the one of the hour that came twice
    ),
    "the end of summer time": (at(2026, 10, 24, 22), hourly(at(2026, 10, 24, 22)), 6),
    "its beginning": (at(2027, 3, 27, 22), hourly(at(2027, 3, 27, 22)), 6),
    "a leap day": (at(2028, 2, 28, 20), hourly(at(2028, 2, 28, 20), 32), 32),
    "a limit of zero": (NOW, beside(Quota("Zero", "requests", Decimal(5), Decimal(0), None)), 3),
    "10 to the 400": (
        NOW,
        beside(
            Quota("Huge", "requests", HUGE, Decimal(100), None, 7 * DAY, moment(NOW + DAY)),
            Quota("Huger", "requests", Decimal(1), HUGE, HUGE, 7 * DAY, moment(NOW + DAY)),
            balances=(Balance(HUGE, "CNY"), Balance(-HUGE, "USD", role="reserve")),
        ),
        3,
    ),
    "a window that shrinks": (
        NOW,
        [*hourly(NOW, 3), (shrunk(60, NOW), HOUR), (shrunk(61, NOW), HOUR)],
        5,
    ),
    "a window without end": (
        NOW,
        [(Usage((replace(week(25 + n), window=10**400),)), HOUR) for n in range(3)],
        3,
    ),
}


@pytest.mark.parametrize(("begun", "answers", "kept"), ODD.values(), ids=list(ODD))
def test_nobody_is_alarmed_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, begun: int, answers: Answers, kept: int
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    days = Days(now=begun)
    assert [days.refresh(usage, after=after) for usage, after in answers] == [""] * len(answers)
    names = {number: name for number, _, _, name, _ in rows("series")}
    week_s = [row for row in rows("sample") if names[row[0]] == "Weekly"]
    assert len(week_s) == kept
    assert "GLM · Work" in told_on_every_face(days)


def test_an_account_id_that_is_used_again_inherits_nothing() -> None:
    days = Days()
    days.refresh(Usage((week(99),)))
    recording.forget(WORK.id)
    days.known.clear()
    assert [days.refresh(Usage((week(used),))) for used in (96, 97)] == ["", ""]
    assert len(rows("sample")) == 2


@pytest.mark.parametrize("label", ["=cmd|' /C calc'!A0", "@SUM(1)", '"><script>', "a\nb\\"])
def test_a_label_stays_text(label: str) -> None:
    days = Days(book=(replace(WORK, label=label),))
    assert [days.refresh(Usage((week(25 + n),))) for n in range(2)] == ["", ""]
    told = told_on_every_face(days)
    assert "<script>" not in told.partition("<!DOCTYPE")[2]
    assert "\n=cmd" not in told
    assert ",=cmd" not in told
    assert ",@SUM" not in told


def test_of_an_account_of_nobody_the_history_stays() -> None:
    """A provider that this Tankful does not know, but another machine may have."""
    days = Days(settings=ALL, book=(Account("acme-0000000a", "acme", "Theirs"),))
    assert [days.refresh(Usage((week(25 + n),))) for n in range(3)] == [""] * 3
    assert len(rows("sample")) == 3
    assert "Theirs" in told_on_every_face(days)
