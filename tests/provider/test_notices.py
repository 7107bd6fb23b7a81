"""All providers use the same names for windows, renewals and notices."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import live_in
from tests.said import Phrase, english
from workflow.i18n.message import _
from workflow.models import Quota, Role
from workflow.provider.notices import MAX_NOTICE, dated, debt, expiry, joined, renewal
from workflow.provider.windows import (
    DAY,
    HOUR,
    is_impossible,
    nearest,
    numbered,
    shortest_first,
    window_label,
)

# Windows


@pytest.mark.parametrize(
    ("seconds", "label"),
    [
        (18000, "5 hours"),
        (3600, "1 hour"),
        (86400, "Daily"),
        (7 * 86400, "Weekly"),
        (14 * 86400, "14 days"),
        (30 * 86400, "30 days"),
        (2628000, "Monthly"),
        (5400, "90 minutes"),
        (60, "1 minute"),
        (61, "61 seconds"),
        (1, "1 second"),
        (0, "Limit"),
        (None, "Limit"),
    ],
)
def test_a_window_is_called_by_its_length(seconds: int | None, label: str) -> None:
    assert window_label(seconds) == label


def test_short_windows_stand_first_and_side_lanes_last() -> None:
    def quota(label: str, seconds: int | None, role: Role = "binding") -> Quota:
        return Quota(label, "%", None, Decimal(100), None, seconds, role=role)

    week, none, five = quota("Weekly", 604800), quota("Limit", None), quota("5 hours", 18000)
    video = quota("Video", 60, role="secondary")
    assert shortest_first([video, none, week, five]) == (five, week, none, video)


# Notices


def test_notices_are_joined_in_their_order_as_many_as_fit() -> None:
    one, two = Phrase("one", "一"), Phrase("two", "二")
    assert joined() is joined(None, None) is None
    assert joined(None, one) == one
    assert joined(one, None, two) == Phrase("one; two", "一；二")
    long = Phrase("a" * MAX_NOTICE, "长")
    assert joined(long, one) == long
    assert joined(one, long, two) == Phrase("one; two", "一；二")


LATE = datetime(2026, 10, 24, 20, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("zone", "en", "zh"),
    [
        ("UTC", "24 Oct 2026", "2026 年 10 月 24 日"),
        ("Asia/Shanghai", "25 Oct 2026", "2026 年 10 月 25 日"),
    ],
)
def test_a_moment_is_a_day_of_the_user(
    zone: str, en: str, zh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in(monkeypatch, zone)
    assert dated(Phrase("on {day}", "{day}起"), LATE) == Phrase(f"on {en}", f"{zh}起")
    assert renewal(LATE, renews=True) == Phrase(f"renews on {en}", f"{zh}自动续订")
    ends = Phrase(f"will not renew, ends on {en}", f"不会自动续订，{zh}到期")
    assert renewal(LATE, renews=False) == ends


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_a_day_told_without_a_time_stays_that_day(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in(monkeypatch, zone)
    assert dated(Phrase("{day}", "{day}"), date(2026, 10, 5)) == Phrase(
        "5 Oct 2026", "2026 年 10 月 5 日"
    )
    for odd in ((9999, 12, 31, 23), (1, 1, 1, 0)):  # some zones cannot say these
        assert str(odd[0]) in english(
            dated(Phrase("{day}", "{day}"), datetime(*odd, tzinfo=timezone.utc))
        )


def test_braces_in_a_name_stay_as_they_are() -> None:
    assert english(dated(_("{plan} {day}", plan="{0.X} {a}"), LATE)) == "{0.X} {a} 24 Oct 2026"


@pytest.mark.parametrize(
    ("seconds", "hours", "impossible"),
    [
        (18000, 5, False),
        (18000, 5.2, False),
        (18000, 5.5, True),
        (60, 0.1, False),
        (60, 0.2, True),
        (604800, 176, False),
        (604800, 177, True),
        (604800, -100, False),
    ],
)
def test_a_window_does_not_end_before_its_reset(
    seconds: int, hours: float, impossible: bool
) -> None:
    now = datetime(2026, 11, 22, 15, tzinfo=timezone.utc)
    assert is_impossible(seconds, now + timedelta(hours=hours), now) is impossible
    assert not is_impossible(seconds, None, now)


@given(st.lists(st.sampled_from(["Limit", "Limit 2", "Limit 2 2", "Weekly"]), max_size=8))
def test_every_quota_gets_a_name_of_its_own(labels: list[str]) -> None:
    told = [Quota(label, "%", None, None, None) for label in labels]
    found = [quota.label for quota in numbered(told)]
    assert len(set(found)) == len(found)
    assert all(name.startswith(label) for name, label in zip(found, labels))


def test_the_second_of_one_name_is_numbered() -> None:
    told = [Quota(label, "%", None, None, None) for label in ("Limit", "Weekly", "Limit", "Limit")]
    assert [quota.label for quota in numbered(told)] == [
        "Limit",
        "Weekly",
        "Limit 2",
        "Limit 3",
    ]


@pytest.mark.parametrize(
    ("seconds", "rounded"),
    [(17_900, 5 * HOUR), (1, HOUR), (86_300, 24 * HOUR), (604_700, 7 * DAY), (172_900, 2 * DAY)],
)
def test_a_length_told_by_its_ends_is_rounded(seconds: int, rounded: int) -> None:
    assert nearest(seconds) == rounded


def test_money_that_is_owed_is_said_in_one_way() -> None:
    assert debt(Decimal("-2.371"), "CNY") == Phrase("¥2.37 is owed", "欠费 ¥2.37")
    assert english(debt(Decimal(-4), "USD")) == "$4.00 is owed"
    assert debt(Decimal("-0.5"), "EUR") == Phrase("0.50 EUR is owed", "欠费 0.50 EUR")
    assert debt(Decimal("-1350"), "JPY") == Phrase("1350 JPY is owed", "欠费 1350 JPY")
    assert debt(Decimal(0), "USD") is debt(Decimal(1), "USD") is debt(None, "USD") is None


def test_a_key_without_an_end_has_no_notice_of_it() -> None:
    ends = datetime(2026, 10, 25, 12, tzinfo=timezone.utc)
    assert english(expiry(ends)) == "this key expires on 25 Oct 2026"
    assert expiry(None) is None
