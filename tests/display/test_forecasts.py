"""Forecasts in words: one phrase on a row, everything in the details, nothing if the numbers are old."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import live_in
from tests.examples import FETCHED, GLM, KIMI, NOW, Known, share
from tests.said import Phrase
from workflow.display import details, forecasts, row, times
from workflow.display.numbers import BAR, MARK
from workflow.display.summary import spoken
from workflow.history.series import SCALE, History, Sample, Series
from workflow.i18n.catalog import Translation, speaking
from workflow.models import Balance, Quota, Usage, WorkBlocked
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

EN, ZH = Settings(), Settings(language="zh")
DAY = timedelta(days=1)
WEEK = 604800


def state(known: Known, settings: Settings = EN, **samples: tuple[Sample, ...]) -> State:
    """An account as of NOW; samples by the kind and, of a quota, its label."""
    account, snapshot = known
    names = {
        "weekly": Series(account.id, "quota", "Weekly", "%"),
        "balance": Series(account.id, "balance", "binding", "CNY"),
    }
    history = History({names[name]: told for name, told in samples.items()})
    known_snapshots = {account.id: snapshot}
    return State(Accounts((account,)), known_snapshots, {}, settings, history, NOW)


def of(*quotas: Quota, **more: Any) -> Known:
    return GLM[0], replace(GLM[1], usage=Usage(quotas, **more))


def week(left: str, resets: timedelta) -> Quota:
    return share("Weekly", left, resets, WEEK)


def said(known: Known, settings: Settings = EN, at: datetime = NOW, **samples: Any) -> str:
    with speaking(Translation(settings.language, True)):
        shown = row.row_of(state(known, settings, **samples), known[0])
        return spoken(shown.subtitle(), at)


LASTS = of(week("70", 3 * DAY))
TIGHT = of(week("45", 3 * DAY))
EVEN = of(week("49", 3.5 * DAY))
OUT = of(week("30", 4 * DAY))


@pytest.mark.parametrize(
    ("known", "english", "chinese"),
    [
        pytest.param(LASTS, "lasts, 48% to spare", "够用，预计剩余 48%", id="lasts"),
        pytest.param(TIGHT, "tight", "勉强够用", id="tight"),
        pytest.param(EVEN, "runs out Sat 23:42", "预计用完：周六 23:42", id="just over"),
        pytest.param(
            OUT,
            "runs out Thu 21:51 (2d 17h before the reset)",
            "预计用完：周四 21:51（比重置早 2 天 17 小时）",
            id="runs out",
        ),
    ],
)
def test_a_row_says_one_thing_after_the_reset(known: Known, english: str, chinese: str) -> None:
    for settings, phrase in ((EN, english), (ZH, chinese)):
        parts = said(known, settings).split(" · ")
        assert parts[2].startswith(phrase) or parts[2] == phrase
        assert ("resets" if settings is EN else "重置") in parts[1]
        assert times.columns(row.row_of(state(known, settings), known[0]).subtitle()) <= row.WIDTH


def samples(*used: float) -> tuple[Sample, ...]:
    """Shares every hour until now, with the reset in two hours and a half."""
    now, resets = int(NOW.timestamp()), int((NOW + timedelta(hours=2.5)).timestamp())
    return tuple(
        Sample(now - 3600 * (len(used) - i), int(told * SCALE), None, resets)
        for i, told in enumerate(used)
    )


def test_what_slowed_down_is_ahead_and_lasts() -> None:
    known = of(share("Weekly", "35", timedelta(hours=2.5), 18000))
    slow = tuple(
        Sample(int(NOW.timestamp()) - n * 900, int((65 - n / 10) * SCALE), None, resets)
        for n in range(1, 4)
        for resets in [int((NOW + timedelta(hours=2.5)).timestamp())]
    )
    assert "15 points over the even pace" in said(known, weekly=slow)
    assert "比匀速多用 15 个百分点" in said(known, ZH, weekly=slow)


def test_on_pace_is_said_so() -> None:
    known = of(share("Weekly", "50", timedelta(hours=2.5), 18000))
    idle = samples(50, 50, 50)[-3:]
    recent = tuple(each._replace(at=int(NOW.timestamp()) - 1200 * n) for n, each in enumerate(idle))
    assert " · on pace · " in said(known, weekly=recent)


def test_another_quota_that_ends_first_is_named() -> None:
    short = share("5 hours", "20", timedelta(hours=4), 18000)
    known = of(week("15", 1 * DAY), short)
    assert " · 5h runs out 15:15 · " in said(known)
    assert "Week runs out" not in said(known)


def test_nothing_is_said_of_what_is_used_up_blocked_or_unclear() -> None:
    quiet = (
        of(week("0", 3 * DAY)),
        of(week("70", 10 * DAY)),
        of(week("99.5", 3 * DAY)),
        of(share("Weekly", "70", 3 * DAY)),
        of(week("30", 4 * DAY), blocked=WorkBlocked("credits", Phrase("gone", "没了"))),
    )
    words = ("pace", "ahead", "tight", "lasts", "runs out")
    for known in quiet:
        assert not any(word in said(known).replace("resets", "") for word in words)
        assert " ·  · " not in said(known)


def test_a_phrase_and_its_mark_end_with_what_they_say() -> None:
    shown = row.row_of(state(OUT), GLM[0])
    line, bar = shown.subtitle(), shown.bar
    late = NOW + timedelta(seconds=0.02 * WEEK)
    for at, there in ((NOW, True), (late - timedelta(minutes=3), True), (late, False)):
        told = spoken(line, at)
        assert ("runs out" in told) == there
        assert (MARK in spoken(bar, at)) == there
        assert " ·  · " not in told
    assert spoken(bar, NOW + 5 * DAY) == ""
    assert len(spoken(bar, late).strip()) == BAR


@pytest.mark.parametrize(("show", "bar"), [("left", "▰▰▰▱▱▱┃▱▱▱▱"), ("used", "▰▰▰▰┃▰▰▰▱▱▱")])
def test_the_mark_stands_where_an_even_use_would_be(show: str, bar: str) -> None:
    """43% would be used, 57% left."""
    shown = row.row_of(state(OUT, Settings(show=show)), GLM[0])
    assert spoken(shown.bar, NOW).strip() == bar
    plain = row.row_of(state(OUT, Settings(show=show, pace_mark=False)), GLM[0])
    assert spoken(plain.bar, NOW).strip() == bar.replace(MARK, "")


@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from(["left", "used"]))
def test_a_mark_changes_no_cell(used: int, passed: int, show: str) -> None:
    known = of(week(str(100 - used), (100 - passed) / 100 * timedelta(seconds=WEEK)))
    marked, plain = (
        spoken(row.row_of(state(known, Settings(show=show, pace_mark=on)), GLM[0]).bar, NOW)
        for on in (True, False)
    )
    assert marked.replace(MARK, "") == plain
    assert len(plain.strip()) == BAR


def burning(*amounts: float, hours: float = 24) -> tuple[Sample, ...]:
    """Make samples of a balance at equal intervals; the last one is one interval before now."""
    first = int(NOW.timestamp() - hours * 3600 * len(amounts))
    step = int(hours * 3600)
    return tuple(Sample(first + i * step, int(told * SCALE)) for i, told in enumerate(amounts))


def with_balance(amount: str) -> Known:
    usage = Usage(balances=(Balance(Decimal(amount), "CNY"),))
    return KIMI[0], replace(KIMI[1], usage=usage)


@pytest.mark.parametrize(
    ("amount", "before", "english", "chinese"),
    [
        pytest.param("31.8", burning(50, 45.4, 41, 36.2), "≈ 6 days", "约可用 6 天", id="days"),
        pytest.param("6", burning(21, 16, 11), "≈ 1 day", "约可用 1 天", id="one"),
        pytest.param("2", burning(20, 14, 8), "less than a day", "可用不到 1 天", id="none"),
        pytest.param("500", burning(515, 510, 505), "months", "可用数月", id="months"),
        pytest.param(
            "40",
            burning(70, 64, 58, 52, 46, 40, 40),
            "≈ 6–9 days",
            "约可用 6–9 天",
            id="a range",
        ),
        pytest.param(
            "4.5",
            burning(10.5, 8.5, 6.5, hours=1),
            "≈ 2h at this rate",
            "按当前速度约可用 2 小时",
            id="hours",
        ),
    ],
)
def test_a_balance_says_how_long_it_lasts(
    amount: str, before: tuple[Sample, ...], english: str, chinese: str
) -> None:
    known = with_balance(amount)
    assert said(known, EN, balance=before).split(" · ")[0] == english
    assert said(known, ZH, balance=before).split(" · ")[0] == chinese
    assert said(known, EN, NOW + timedelta(hours=8), balance=before) == "8h ago"


def test_a_reserve_says_no_days() -> None:
    usage = Usage((week("70", 3 * DAY),), (Balance(Decimal("5"), "CNY", role="reserve"),))
    known = KIMI[0], replace(KIMI[1], usage=usage)
    assert "day" not in said(known, EN, balance=burning(20, 15, 10))


def facts(known: Known, settings: Settings = EN, **samples: Any) -> dict[str, str]:
    with speaking(Translation(settings.language, True)):
        told = details.facts(state(known, settings, **samples), known[0])
        return {name: spoken(value, NOW) for name, value in told}


def test_details_say_everything_of_a_pace() -> None:
    assert facts(OUT)["Pace (Week)"] == (
        "runs out Thu 21:51 (2d 17h before the reset) · 27 points over the even pace · even pace: "
        "43% used · 0.97% an hour, 23% a day on average · 163% used at the "
        "reset at this rate"
    )
    assert facts(OUT, ZH)["用量进度（每周）"] == (
        "预计用完：周四 21:51（比重置早 2 天 17 小时） · 比匀速多用 27 个百分点 · 按匀速应已用 43% · 平均每小时用 0.97%、"
        "每天 23% · 照此到重置时将用到 163%"
    )


def test_the_day_on_which_the_clocks_go_back_has_an_hour_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    quota = week("30", 4 * DAY)
    pace = state(OUT).of(GLM[0]).outlook.pace(quota)
    assert pace
    live_in(monkeypatch, "Europe/Berlin")
    autumn = datetime(2026, 10, 25, 12, tzinfo=NOW.tzinfo)
    assert "0.97% an hour, 24% a day" in forecasts.explained(quota, pace, autumn)
    assert "0.97% an hour, 23% a day" in forecasts.explained(quota, pace, autumn - DAY)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        pytest.param(
            of(share("Weekly", "70", 3 * DAY)),
            "no forecast: the length of its window is not reported",
            id="D",
        ),
        pytest.param(of(week("0", DAY)), "used up", id="used up"),
        pytest.param(of(week("99.5", DAY)), "no forecast: it is hardly used", id="hardly"),
        pytest.param(
            of(week("95", 6.9 * DAY)), "no forecast: the window has just begun", id="early"
        ),
    ],
)
def test_details_say_why_nothing_is_said(known: Known, why: str) -> None:
    assert facts(known)["Pace (Week)"] == why


def test_several_top_ups_are_one_sum() -> None:
    before = burning(50, 45.4, 141.2, 136.6, 232.4)
    told = facts(with_balance("228"), balance=before)["Runway"]
    assert "¥191.60 topped up, not counted" in told
    assert told.count("topped up") == 1


def test_details_say_everything_of_a_balance() -> None:
    before = burning(50, 45.4, 41.2, 141.2, 136.6)
    told = facts(with_balance("132"), EN, balance=before)
    assert told["Runway"] == "≈ 39 days · ¥3.35 a day · ¥100.00 topped up, not counted"
    assert told["Spent (CNY)"] == "yesterday ≈ ¥4.60"
    hidden = facts(with_balance("132"), Settings(privacy=True), balance=before)
    assert hidden["Runway"] == "≈ 39 days · ¥••• a day · ¥••• topped up, not counted"
    assert facts(with_balance("132"))["Runway"] == ("no forecast: less than three days of data")
    assert FETCHED < NOW


def test_a_foreign_label_stays_as_it_is() -> None:
    odd = replace(share("{q}", "20", timedelta(hours=4), 18000))
    known = of(week("15", 1 * DAY), odd)
    shown = state(known).of(known[0])
    long, short = forecasts.row_phrase(shown.status, shown.outlook)
    assert spoken(long, NOW) == "{q} runs out 15:15 (3h 45m before the reset) · "
    assert spoken(short, NOW) == "{q} runs out 15:15 · "


def test_what_would_be_lost_is_said_until_it_is_old() -> None:
    known = state(LASTS).of(GLM[0])
    told = forecasts.lost(known.outlook.pace(known.status.headline))
    assert spoken(told, NOW) == " · 48% would be lost"
    assert spoken(told, NOW + DAY) == ""
    assert forecasts.lost(None) == ""
    assert forecasts.lost(state(OUT).of(GLM[0]).outlook.pace(week("30", 4 * DAY))) == ""


def test_of_a_window_of_hours_nothing_is_said_a_day() -> None:
    quota = share("5 hours", "70", timedelta(hours=2), 18000)
    pace = state(of(quota)).of(GLM[0]).outlook.pace(quota)
    assert pace
    assert "10% an hour on average · " in forecasts.explained(quota, pace, NOW)
