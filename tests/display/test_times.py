"""Ages, countdowns and clock times, in both languages, zones, clocks, and across every border."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import live_in
from tests.said import in_language
from workflow import feed
from workflow.display import times
from workflow.i18n.catalog import plain

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=timezone.utc)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
FOREIGN = st.text(st.characters(codec="utf-8")).map(plain)
LANGUAGES = st.sampled_from(("en", "zh"))
MOMENTS = st.integers(10**7, 4 * 10**9).map(
    lambda epoch: datetime.fromtimestamp(epoch, timezone.utc)
)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, "UTC")


def filled(marker: str, now: datetime = NOW, language: str = "en", hours24: bool = True) -> str:
    return in_language(language, times.fill, marker, now, hours24=hours24)


@pytest.mark.parametrize(
    ("passed", "english", "chinese"),
    [
        pytest.param(-SECOND, "age unknown", "更新时间未知", id="a-clock-that-was-put-back"),
        pytest.param(-365 * DAY, "age unknown", "更新时间未知", id="a-clock-that-ran-ahead"),
        pytest.param(0 * SECOND, "just now", "刚刚", id="now"),
        pytest.param(59 * SECOND, "just now", "刚刚", id="under-a-minute"),
        pytest.param(MINUTE, "1m ago", "1 分钟前", id="a-minute"),
        pytest.param(HOUR - SECOND, "59m ago", "59 分钟前", id="under-an-hour"),
        pytest.param(HOUR, "1h ago", "1 小时前", id="an-hour"),
        pytest.param(DAY - SECOND, "23h ago", "23 小时前", id="under-a-day"),
        pytest.param(DAY, "1d ago", "1 天前", id="a-day"),
        pytest.param(400 * DAY, "400d ago", "400 天前", id="for-ever"),
    ],
)
def test_an_age(passed: timedelta, english: str, chinese: str) -> None:
    marker = times.ago(NOW - passed)
    assert (filled(marker), filled(marker, language="zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (1, "1m", "1 分钟"),
        (60, "1m", "1 分钟"),
        (61, "2m", "2 分钟"),
        (3540, "59m", "59 分钟"),
        (3541, "1h", "1 小时"),
        (3660, "1h 1m", "1 小时 1 分钟"),
        (86341, "1d", "1 天"),
        (90000, "1d 1h", "1 天 1 小时"),
        (86400 + 59 * 60, "1d", "1 天"),
        (604800, "7d", "7 天"),
        (100 * 86400 + 7200, "100d 2h", "100 天 2 小时"),
    ],
)
def test_a_countdown(seconds: int, english: str, chinese: str) -> None:
    assert in_language("en", times.countdown, seconds) == english
    assert in_language("zh", times.countdown, seconds) == chinese


@pytest.mark.parametrize(
    ("at", "english", "english12", "chinese", "chinese12"),
    [
        pytest.param(
            datetime(2026, 11, 18, 18, 5, tzinfo=timezone.utc),
            "18:05",
            "6:05 PM",
            "18:05",
            "下午 6:05",
            id="today",
        ),
        pytest.param(
            datetime(2026, 11, 19, 0, 0, tzinfo=timezone.utc),
            *("Thu 00:00", "Thu 12:00 AM", "周四 00:00", "周四 上午 12:00"),
            id="midnight",
        ),
        pytest.param(
            datetime(2026, 11, 22, 12, 30, tzinfo=timezone.utc),
            *("Sun 12:30", "Sun 12:30 PM", "周日 12:30", "周日 下午 12:30"),
            id="this-week",
        ),
        pytest.param(
            datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc),
            *("24 Nov 15:00", "24 Nov 3:00 PM", "11 月 24 日 15:00", "11 月 24 日 下午 3:00"),
            id="a-weekday-that-could-be-two",
        ),
        pytest.param(
            datetime(2027, 1, 1, 9, 7, tzinfo=timezone.utc),
            *("1 Jan 2027 09:07", "1 Jan 2027 9:07 AM", "2027 年 1 月 1 日 09:07"),
            "2027 年 1 月 1 日 上午 9:07",
            id="next-year",
        ),
    ],
)
def test_a_clock_time(
    at: datetime, english: str, english12: str, chinese: str, chinese12: str
) -> None:
    moment, now = at.timestamp(), NOW.timestamp()
    told = [
        in_language("en", times.day_and_time, moment, now, hours24=hours) for hours in (True, False)
    ]
    told += [
        in_language("zh", times.day_and_time, moment, now, hours24=hours) for hours in (True, False)
    ]
    assert told == [english, english12, chinese, chinese12]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("UTC", "Thu 02:30"),
        ("America/Los_Angeles", "18:30"),
        ("Asia/Shanghai", "10:30"),
        ("Asia/Kolkata", "08:00"),
        ("Pacific/Kiritimati", "16:30"),
    ],
)
def test_a_clock_time_is_local(monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    live_in(monkeypatch, name)
    now = datetime(2026, 11, 18, 23, 30, tzinfo=timezone.utc).timestamp()
    assert in_language("en", times.day_and_time, now + 3 * 3600, now) == said


def test_a_clock_time_knows_summer_time(monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, "Europe/Berlin")
    now = datetime(2026, 10, 24, 20, 0, tzinfo=timezone.utc).timestamp()  # the night it ends
    assert in_language("en", times.day_and_time, now + 86400, now) == "Sun 21:00"


def test_the_year_is_the_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, "Asia/Shanghai")
    now = datetime(2026, 12, 20, tzinfo=timezone.utc).timestamp()
    moment = datetime(2026, 12, 31, 17, 0, tzinfo=timezone.utc).timestamp()
    assert in_language("en", times.day_and_time, moment, now) == "1 Jan 2027 01:00"


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        pytest.param(NOW, "in 2d 4h (Fri 19:00)", "2 天 4 小时后（周五 19:00）", id="before"),
        pytest.param(NOW + 52 * HOUR - SECOND, "in 1m (19:00)", "1 分钟后（19:00）", id="nearly"),
        pytest.param(NOW + 52 * HOUR, "now", "现在", id="then"),
        pytest.param(NOW + 60 * HOUR, "now", "现在", id="after"),
    ],
)
def test_what_is_ahead(now: datetime, english: str, chinese: str) -> None:
    at = (NOW + 52 * HOUR).timestamp()
    assert in_language("en", times.ahead, at, now.timestamp()) == english
    assert in_language("zh", times.ahead, at, now.timestamp()) == chinese


def test_a_coming_moment_turns_into_the_other_text() -> None:
    marker = times.coming(NOW + HOUR, "resets in {span} ({time})", "has reset")
    assert filled(marker) == "resets in 1h (16:00)"
    assert filled(marker, NOW + 59 * MINUTE) == "resets in 1m (16:00)"
    assert filled(marker, NOW + HOUR) == "has reset"


def test_a_switch_turns_over_at_its_moment() -> None:
    marker = f"<{times.switch(NOW, 'before', 'after')}{times.switch(NOW, '', '!')}>"
    assert filled(marker, NOW - SECOND) == "<before>"
    assert filled(marker, NOW) == "<after!>"


def test_a_switch_takes_braces_and_percents_as_they_are() -> None:
    marker = times.switch(NOW, "{0} {} %s", "{x}")
    assert filled(marker, NOW - SECOND) == "{0} {} %s"
    assert filled(marker, NOW) == "{x}"


def test_equal_markers_are_each_replaced() -> None:
    assert filled(f"{times.ago(NOW)}, {times.ago(NOW)} and {times.ago(NOW - HOUR)}") == (
        "just now, just now and 1h ago"
    )


@given(FOREIGN, MOMENTS, LANGUAGES)
def test_a_text_without_markers_stays(foreign: str, now: datetime, language: str) -> None:
    assert filled(foreign, now, language) == foreign


@given(FOREIGN, MOMENTS, MOMENTS)
def test_texts_between_markers_stay(foreign: str, at: datetime, now: datetime) -> None:
    marked = f"{foreign}{times.switch(at, foreign, foreign)}{foreign}{times.ago(at)}{foreign}"
    age = feed.age(now.timestamp() - at.timestamp(), times.formats())
    assert filled(marked, now) == foreign * 3 + age.decode() + foreign


@given(MOMENTS, MOMENTS, LANGUAGES, st.booleans())
def test_every_moment_can_be_said(
    at: datetime, now: datetime, language: str, hours24: bool
) -> None:
    said = filled(times.coming(at, "in {span} ({time})", "past"), now, language, hours24)
    assert (said == "past") == (now.timestamp() >= at.timestamp())
    assert filled(times.ago(at), now, language, hours24)
    assert not {times.SIGN, times.OR, feed.END.decode()} & set(said)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_countdown_never_grows_as_time_passes(one: int, other: int) -> None:
    def minutes(seconds: int) -> tuple[int, ...]:
        units = {"m": 1, "h": 60, "d": 1440}
        told = in_language("en", times.countdown, seconds).split()
        return (sum(int(part[:-1]) * units[part[-1]] for part in told),)

    near, far = sorted((one, other))
    assert minutes(near) <= minutes(far)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("hours24", [True, False])
def test_the_words_survive_the_header_of_the_feed(language: str, hours24: bool) -> None:
    words = in_language(language, times.formats, hours24=hours24)
    assert len(words) == 35
    assert b"\t".join(words).split(b"\t") == words
    assert not any(b"\n" in word for word in words)
