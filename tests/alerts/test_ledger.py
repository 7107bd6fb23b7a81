"""When an alert is sent, and that it is sent only once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from contextlib import closing
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.alerts.given import ALL, CASH, RESET, WORK, Days, shares, week, yuan
from tests.history.given import DAY, HOUR, NOW, moment, rows
from workflow.alerts import ledger, rules
from workflow.errors import FailureKind
from workflow.history import database, recording, series
from workflow.models import Account, Balance, Quota, Usage
from workflow.records import replace
from workflow.settings import Settings

MINUTE = 60
UNSEEN = replace(ALL, history=0)  # no forecasts


def remind(usage: Usage, due: int, days: Days) -> None:
    """Let the user have asked for the reset of a week."""
    quota = replace(usage.quotas[0], resets_at=moment(due))
    sample = rules.sample_of(quota, days.now)
    ledger.ask(series.of_quota(WORK.id, quota), sample, quota.window, days.now)


# ---- once


def test_what_runs_low_is_said_once() -> None:
    days = Days()
    assert days.refresh(shares(25)) == ""
    assert days.refresh(shares(85)).startswith("GLM · Work: Week 15% left · resets in ")
    assert [days.refresh(shares(86)), days.refresh(shares(86))] == ["", ""]


def test_each_worse_line_is_said() -> None:
    days = Days()
    said = [days.refresh(shares(used)) for used in (25, 85, 96, 100, 100)]
    starts = [
        "",
        "GLM · Work: Week 15% left",
        "GLM · Work: Week 4% left",
        "GLM · Work: Week is used up",
        "",
    ]
    assert all(
        each.startswith(start) and bool(each) == bool(start) for each, start in zip(said, starts)
    )


def test_a_fall_over_all_lines_is_one_message() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(100)).startswith("GLM · Work: Week is used up")
    assert {rule for _, rule, *_ in rows("alert")} == {"full", "low5", "low20"}


def test_a_jittering_reset_is_the_same_window() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(Usage((week(85, RESET + 30),)))
    assert days.refresh(Usage((week(86, RESET - 40),))) == ""
    assert days.refresh(Usage((week(86, RESET + 2 * HOUR),))) == ""


def test_the_next_window_is_told_of_anew() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(85))
    again = week(85, RESET + 7 * DAY)
    assert (
        days.refresh(Usage((week(1, RESET + 7 * DAY),)), after=5 * DAY)
        == "GLM · Work: Week has reset"
    )
    assert days.refresh(Usage((again,))).startswith("GLM · Work: Week 15% left")


def test_a_reset_without_need_is_no_news() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(Usage((week(0, RESET + 7 * DAY),)), after=5 * DAY) == ""


def test_an_early_reset_is_believed_at_once() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(100))
    assert days.refresh(Usage((week(0.4, RESET + 2 * DAY),))) == "GLM · Work: Week has reset"


def test_a_jump_back_within_the_window_needs_two_equal_answers() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(100))
    assert [days.refresh(shares(3)), days.refresh(shares(100)), days.refresh(shares(3))] == [""] * 3
    assert days.refresh(shares(3)) == "GLM · Work: Week has reset"
    assert days.refresh(shares(100)).startswith("GLM · Work: Week is used up")


def test_a_refund_is_no_reset() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(85))
    assert [days.refresh(shares(40)), days.refresh(shares(40)), days.refresh(shares(85))] == [
        ""
    ] * 3


def test_a_quota_that_tells_no_reset_may_come_back() -> None:
    days = Days()
    said = [days.refresh(Usage((week(used, None),))) for used in (25, 85, 10, 10, 85)]
    assert [bool(each) for each in said] == [False, True, False, True, True]


@pytest.mark.parametrize(
    ("used", "resets_at"),
    [
        ((40, 99, 5, 17, 44, 85, 97), None),
        ((40, 100, 5, 17, 44, 85, 97), None),
        ((40, 100, 5, 17, 44, 85, 97), RESET),  # its reset was brought forward and stays as it was
    ],
)
def test_a_quota_that_was_reset_is_told_of_anew_while_it_is_used(
    used: tuple[float, ...], resets_at: int | None
) -> None:
    days = Days(settings=UNSEEN)
    said = [days.refresh(Usage((week(share, resets_at),))) for share in used]
    told = [bool(each) for each in said]
    assert told == [False, True, False, True, False, True, True]
    assert said[3] == "GLM · Work: Week has reset"


def test_a_high_line_without_a_reset_is_said_once() -> None:
    days = Days(book=(replace(WORK, threshold=Decimal(80)),))
    said = [days.refresh(Usage((week(used, None),))) for used in (10, 30, 30, 30, 30)]
    assert [bool(each) for each in said] == [False, True, False, False, False]


def test_of_a_reset_that_has_passed_nothing_is_said() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(Usage((week(100, days.now + HOUR - 10),))) == "GLM · Work: Week is used up"


def test_what_the_provider_calls_used_up_is() -> None:
    days = Days()
    days.refresh(shares(25))
    told = replace(week(25), alert=True)
    assert days.refresh(Usage((told,))).startswith("GLM · Work: Week is used up")


def test_an_account_has_its_own_threshold() -> None:
    own = replace(WORK, threshold=Decimal(40))
    days = Days(book=(own,))
    days.refresh(shares(25))
    assert days.refresh(shares(65)).startswith("GLM · Work: Week 35% left")
    assert days.refresh(shares(70)) == ""
    assert days.refresh(shares(80)).startswith("GLM · Work: Week 20% left")


def test_side_allowances_and_parts_stay_quiet() -> None:
    days = Days()
    video = replace(week(10), label="Video", role="secondary")
    part = replace(week(1), label="Agent", role="part")
    days.refresh(Usage((week(25), video, part)))
    video, part = replace(video, used=Decimal(100)), replace(part, used=Decimal(99))
    assert days.refresh(Usage((week(25), video, part))) == ""


# ---- will run out


def test_what_will_run_out_is_said_when_two_refreshes_say_so() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(60)) == ""
    assert days.refresh(shares(60), after=5 * MINUTE) == ""
    said = days.refresh(shares(61), after=5 * MINUTE)
    assert said.startswith("GLM · Work: Week runs out ")
    assert said.endswith(" before the reset)")
    assert days.refresh(shares(62), after=10 * MINUTE) == ""


def test_what_was_used_little_is_no_forecast() -> None:
    days = Days()
    for used in (1, 20, 20, 21, 21):
        assert days.refresh(shares(used), after=11 * MINUTE) == ""


def test_what_lasts_again_in_between_is_not_said() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(60)) == ""
    assert days.refresh(shares(20), after=11 * MINUTE) == ""
    assert days.refresh(shares(60), after=11 * MINUTE) == ""


# ---- first run and restored history


def test_the_first_run_is_quiet() -> None:
    days = Days()
    assert days.refresh(shares(100)) == ""
    assert days.refresh(shares(100)) == ""
    assert {state for *_, state in rows("alert")} == {ledger.PRIMED}


def test_a_first_refusal_is_quiet() -> None:
    assert Days().refresh("credential_rejected") == ""


def test_a_reset_is_quiet_if_nobody_judged_for_days() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(85))
    days.settings = Settings()
    days.refresh(shares(86), after=DAY)
    days.refresh(shares(86), after=DAY)
    days.settings = ALL
    assert days.refresh(Usage((week(1, RESET + 7 * DAY),)), after=3 * DAY) == ""


def test_a_new_series_is_quiet() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(25, 99)) == ""
    assert days.refresh(shares(25, 100)).startswith("GLM · Work: Other is used up")


def test_after_clearing_the_history_it_is_quiet() -> None:
    days = Days()
    days.refresh(shares(25))
    recording.clear()
    assert days.refresh(shares(85)) == ""


def test_a_restored_history_is_quiet(tmp_path: Path) -> None:
    days = Days()
    days.refresh(shares(25))
    with (
        closing(sqlite3.connect(database.path())) as live,
        closing(sqlite3.connect(tmp_path / "b")) as backup,
    ):
        live.backup(backup)
    for _ in range(30):
        days.refresh(shares(25))
    for file in Path(database.path()).parent.glob("history.db*"):
        file.unlink()
    (tmp_path / "b").rename(database.path())
    assert days.refresh(shares(85)) == ""
    assert days.refresh(shares(96)).startswith("GLM · Work: Week 4% left")


def test_alerts_that_are_switched_on_begin_quietly() -> None:
    days = Days(settings=Settings())
    for _ in range(5):
        days.refresh(shares(25))
    days = replace(days, settings=ALL)
    with closing(sqlite3.connect(database.path())) as connection, connection:
        connection.execute("DELETE FROM watch")  # nobody judged meanwhile
    days._before = {}
    assert days.refresh(shares(85)) == ""


def test_a_day_without_a_look_is_no_first_run() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(85), after=DAY).startswith("GLM · Work: Week 15% left")


def test_without_a_history_alerts_work_all_the_same() -> None:
    days = Days(settings=replace(ALL, history=0))
    said = [days.refresh(shares(used)) for used in (25, 85, 86)]
    assert [bool(each) for each in said] == [False, True, False]
    assert rows("sample") == []


# ---- what changes nothing


def test_a_series_that_is_missing_keeps_its_state() -> None:
    days = Days()
    days.refresh(shares(25, 85))
    assert days.refresh(shares(85, 85)).startswith("GLM · Work: Week 15% left")
    for _ in range(30):
        assert days.refresh(Usage((week(25, label="Other"),)), after=HOUR // 2) == ""
    assert days.refresh(shares(86, 50)) == ""


def test_a_failure_is_neither_recovery_nor_reset() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(85))
    assert days.refresh("unreachable") == ""
    assert days.refresh("provider_failed", after=2 * DAY) == ""
    assert days.refresh(shares(86)) == ""


def test_a_renewed_credential_changes_nothing() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(85))
    days.book = (replace(WORK, generation=7, label="Job", expires_at=moment(NOW + 90 * DAY)),)
    assert days.refresh(shares(86)) == ""


def test_a_clock_that_is_set_back_alarms_nobody() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(85), after=-HOUR) == ""
    assert days.refresh(shares(85), after=HOUR + 5 * MINUTE).startswith("GLM · Work: Week 15% left")


def test_a_clock_that_ran_months_ahead_stops_nothing() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(25), after=90 * DAY)
    assert days.refresh(shares(85), after=-90 * DAY).startswith("GLM · Work: Week 15% left")
    assert days.refresh(shares(86)) == ""


def test_a_clock_that_jumps_ahead_resets_nothing() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(85))
    assert days.refresh(shares(85), after=30 * DAY) == ""


# ---- money


def test_a_balance_under_its_line_is_said_once() -> None:
    days = Days(settings=UNSEEN, book=(replace(CASH, threshold=Decimal(10)),))
    said = [days.refresh(yuan(amount)) for amount in (20, 10, 10.005, 9, 9)]
    assert said[1] == "DeepSeek · Cash: ¥10.00 left"
    assert [bool(each) for each in said] == [False, True, False, False, False]


def test_a_line_is_about_the_balance_in_its_currency() -> None:
    own = replace(CASH, threshold=Decimal(10), threshold_unit="CNY")
    days = Days(settings=UNSEEN, book=(own,))
    dollars = Balance(Decimal(15), "USD")
    said = [days.refresh(Usage(balances=(dollars, *yuan(left).balances))) for left in (12, 9, 8)]
    assert said == ["", "DeepSeek · Cash: ¥9.00 left", ""]


def test_a_line_in_another_currency_is_none() -> None:
    own = replace(CASH, threshold=Decimal(10), threshold_unit="USD")
    days = Days(settings=UNSEEN, book=(own,))
    assert [days.refresh(yuan(amount)) for amount in (20, 9)] == ["", ""]


@pytest.mark.parametrize("between", [11.5, 200])
def test_a_balance_well_above_its_line_may_be_low_again(between: float) -> None:
    days = Days(settings=UNSEEN, book=(replace(CASH, threshold=Decimal(10)),))
    said = [days.refresh(yuan(amount)) for amount in (20, 9, between, 9)]
    assert [bool(each) for each in said] == [False, True, False, True]


def test_a_count_under_its_own_line_is_said_once_and_again() -> None:
    days = Days(book=(replace(WORK, threshold=Decimal(50)),))
    said = [
        days.refresh(Usage((Quota("Plan", "credits", None, None, Decimal(left)),)))
        for left in (90, 50, 40, 52, 45, 60, 45)
    ]
    assert [bool(each) for each in said] == [False, True, False, False, False, False, True]
    assert said[1] == "GLM · Work: Plan 50 credits left"


def test_a_count_without_a_line_is_said_once_it_is_used_up() -> None:
    days = Days()
    said = [
        days.refresh(Usage((Quota("Plan", "credits", None, None, Decimal(left)),)))
        for left in (90, 5, 0, 0)
    ]
    assert said == ["", "", "GLM · Work: Plan is used up", ""]


def test_an_empty_balance_is_said_without_a_line() -> None:
    days = Days(book=(CASH,))
    days.refresh(yuan(20))
    assert days.refresh(yuan(0)) == "DeepSeek · Cash: the balance is used up"
    assert [days.refresh(yuan(-1)), days.refresh(yuan(50))] == ["", ""]
    assert days.refresh(yuan(-1)) == "DeepSeek · Cash: money is owed"


def test_a_short_runway_is_said() -> None:
    days = Days(book=(CASH,))
    said = [days.refresh(yuan(amount), after=DAY) for amount in (50, 40, 30, 20)]
    assert [bool(each) for each in said] == [False, False, True, False]
    assert said[2] == "DeepSeek · Cash: ¥30.00 left · ≈ 3 days"


@pytest.mark.parametrize("line", [None, Decimal(1)])
def test_a_runway_that_wavers_is_said_once(line: Decimal | None) -> None:
    days = Days(book=(replace(CASH, threshold=line),))
    said = [days.refresh(yuan(amount), after=DAY) for amount in (50, 40, 30, 28, 26, 19)]
    assert [bool(each) for each in said] == [False, False, True, False, False, False]


@pytest.mark.parametrize("line", [None, Decimal(1)])
def test_a_burst_is_said_once_and_hides_no_slow_end(line: Decimal | None) -> None:
    days = Days(book=(replace(CASH, threshold=line),))

    def played(first: int, last: int, after: int) -> list[str]:
        """Let the balance fall by one at each refresh."""
        told = (days.refresh(yuan(amount), after=after) for amount in range(first, last, -1))
        return [each for each in told if each]

    days.refresh(yuan(90))
    assert played(90, 70, 10 * MINUTE) == ["DeepSeek · Cash: ¥72.00 left · ≈ 12h at this rate"]
    for _ in range(20):
        assert days.refresh(yuan(70), after=DAY) == ""
    assert played(70, 50, 2 * MINUTE) == []
    for _ in range(20):
        assert days.refresh(yuan(50), after=DAY) == ""
    (said,) = played(50, 0, 8 * HOUR)
    assert said.endswith("≈ 3 days")


def test_a_slow_end_is_said_again_after_a_pause() -> None:
    days = Days(book=(CASH,))
    said = [days.refresh(yuan(amount), after=DAY) for amount in (50, 40, 30)]
    said += [days.refresh(yuan(30), after=DAY) for _ in range(20)]
    said += [days.refresh(yuan(amount), after=DAY) for amount in (25, 20, 15, 10, 5)]
    assert len([each for each in said if each]) == 2


@pytest.mark.parametrize("role", ["reserve", "binding"])
def test_an_empty_wallet_beside_a_plan_with_room_is_no_alarm(
    role: Literal["reserve", "binding"],
) -> None:
    days = Days()
    for amount in (5, 0):
        purse = Balance(Decimal(amount), "CNY", role=role)
        assert days.refresh(Usage((week(25),), (purse,))) == ""


TOKENS = Quota("Tokens", "tokens", Decimal(5), None, None)  # without a limit


@pytest.mark.parametrize("quotas", [(week(25), week(100, label="Other")), (TOKENS,)])
def test_a_wallet_is_judged_when_it_pays(quotas: tuple[Quota, ...]) -> None:
    days = Days(settings=UNSEEN)
    days.refresh(Usage(quotas, yuan(50).balances))
    said = days.refresh(Usage(quotas, yuan(0).balances))
    assert said == "GLM · Work: the balance is used up"


@pytest.mark.parametrize(("plan", "heard"), [(25, False), (100, True)])
def test_a_reserve_is_judged_when_it_pays(plan: float, heard: bool) -> None:
    days = Days()
    for used, said in ((10, False), (85, heard)):
        left = Decimal(100 - used)
        extra = replace(week(used), label="Extra", role="reserve", remaining=left)
        assert ("Extra 15% left" in days.refresh(Usage((week(plan), extra)))) is said


# ---- credentials


@pytest.mark.parametrize("refused", ["credential_rejected", "credential_expired"])
def test_a_refused_credential_is_said_until_another_one_has_answered(refused: FailureKind) -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(refused) == "GLM · Work: It was refused"
    days.book = (replace(WORK, generation=2),)  # renewed, and refused again
    assert days.refresh(refused) == ""
    days.refresh(shares(25))
    assert days.refresh(refused) == "GLM · Work: It was refused"
    days.refresh(shares(25))
    assert days.refresh(refused) == ""  # the same one


def test_a_credential_that_ends_is_said_once() -> None:
    ends = moment(NOW + 4 * DAY)
    days = Days(
        book=(Account("chatgpt-0000000a", "chatgpt", "Me", kind="access_token", expires_at=ends),)
    )
    days.refresh(shares(25))
    assert (
        days.refresh(shares(25), after=DAY) == "ChatGPT · Me: token expires in 2d 23h (Wed 12:00)"
    )
    assert days.refresh(shares(25), after=DAY) == ""


# ---- switches, quiet hours, many


@pytest.mark.parametrize(
    ("switch", "heard"),
    [
        ("alert_limits", (True, False, False)),
        ("alert_money", (False, True, False)),
        ("alert_resets", (False, False, True)),
    ],
)
def test_each_switch_lets_through_its_own(switch: str, heard: tuple[bool, ...]) -> None:
    switched = Settings()
    object.__setattr__(switched, switch, True)
    days = Days(settings=switched, book=(WORK, CASH))
    days.refresh(shares(25), yuan(20))
    limit = days.refresh(shares(85))
    days.refresh(shares(85), yuan(20), after=MINUTE)
    money = days.refresh(shares(85), yuan(0))
    reset = days.refresh(Usage((week(1, RESET + 7 * DAY),)), after=5 * DAY)
    assert tuple(map(bool, (limit, money, reset))) == heard
    assert "changed its answer" in days.refresh(replace(shares(2), is_changed=True))
    assert days.refresh("credential_rejected") == "GLM · Work: It was refused"


def changed(used: float) -> Usage:
    """A weekly quota that the provider now reports in another form."""
    return replace(shares(used), is_changed=True)


def test_a_changed_answer_is_said_once() -> None:
    days = Days()
    days.refresh(shares(10))
    said = days.refresh(changed(11))
    assert said == ("GLM · Work: the provider changed its answer; these numbers may be incomplete")
    assert [days.refresh(changed(used)) for used in (12, 13, 14)] == ["", "", ""]
    assert days.refresh(shares(15)) == days.refresh(changed(16)) == ""


def test_a_changed_answer_is_said_once_for_all_accounts_of_a_provider() -> None:
    other = Account("glm-0000000b", "glm", "Home")
    days = Days(book=(WORK, other, CASH))
    days.refresh(shares(10), shares(20), yuan(50))
    assert "Work" in days.refresh(changed(11))
    assert days.refresh(changed(12), changed(21)) == ""


def test_a_changed_answer_is_said_anew_by_the_next_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    days = Days()
    days.refresh(shares(10))
    assert days.refresh(changed(11))
    monkeypatch.setattr(ledger, "VERSION", ledger.VERSION + 1)
    assert days.refresh(changed(12))
    assert not days.refresh(changed(13))


def test_a_changed_answer_waits_for_the_morning_and_is_quiet_at_first() -> None:
    days = Days()
    assert days.refresh(changed(10)) == ""
    days = Days(book=(CASH,), settings=replace(ALL, quiet="00:00-23:59"))
    days.refresh(yuan(50))
    assert days.refresh(replace(yuan(49), is_changed=True)) == ""
    days.settings = ALL
    assert "changed its answer" in days.refresh(replace(yuan(48), is_changed=True))


def test_the_worst_of_an_account_and_a_count() -> None:
    other = replace(WORK, id="glm-0000000b", label="Home")
    days = Days(book=(WORK, other, CASH))
    days.refresh(shares(25, 50), shares(25), yuan(5))
    said = days.refresh(shares(85, 90), shares(100), yuan(5), after=2 * HOUR)
    assert said.startswith("GLM · Home: Week is used up · resets in ")
    assert said.endswith(", and 1 more")


def test_two_hundred_accounts_are_one_message() -> None:
    book = tuple(replace(WORK, id=f"glm-{i:08x}", label=f"No {i}") for i in range(200))
    days = Days(book=book)
    days.refresh(*[shares(25)] * 200)
    said = days.refresh(*[shares(96)] * 200)
    assert said.startswith("GLM · No 0: Week 4% left")
    assert said.endswith(", and 199 more")
    assert days.refresh(*[shares(96)] * 200) == ""


def night(book: tuple[Account, ...] = (WORK,)) -> Days:
    """The last refresh before quiet hours, in which the next one falls; the one after it is in the morning."""
    return Days(settings=replace(ALL, quiet="13:30-20:00"), book=book)


@pytest.mark.parametrize(
    ("at_night", "morning", "said"),
    [
        (shares(85), shares(40), ""),
        (shares(100), shares(40), ""),
        (shares(100), shares(85), "In the quiet hours: GLM · Work: Week 15% left"),
        (shares(85), shares(85), "In the quiet hours: GLM · Work: Week 15% left"),
        (shares(85), "unreachable", "In the quiet hours: GLM · Work: Week 15% left"),
    ],
)
def test_what_is_over_in_the_morning_is_not_said(
    at_night: Usage, morning: Usage | FailureKind, said: str
) -> None:
    days = night()
    days.refresh(shares(25))
    assert days.refresh(at_night) == ""
    told = days.refresh(morning, after=8 * HOUR)
    assert told.startswith(said)
    assert bool(told) is bool(said)


def test_what_is_milder_in_the_morning_gives_way_to_what_is_worse() -> None:
    other = replace(WORK, id="glm-0000000b", label="Home")
    days = night((WORK, other))
    days.refresh(shares(25), shares(25))
    assert days.refresh(shares(100), shares(96)) == ""
    told = days.refresh(shares(85), shares(96), after=8 * HOUR)
    assert told.startswith("In the quiet hours: GLM · Home: Week 4% left")
    assert told.endswith(", and 1 more")


def test_a_forecast_that_waited_is_not_said_without_one() -> None:
    days = Days(settings=replace(ALL, quiet="14:30-20:00"))
    for used, after in ((25, HOUR), (60, HOUR), (60, 5 * MINUTE)):
        assert days.refresh(shares(used), after=after) == ""
    assert days.refresh(shares(62), after=HOUR) == ""
    assert "pace" in {rule for _, rule, *_ in rows("alert")}
    assert days.refresh("unreachable", after=8 * HOUR) == ""


@pytest.mark.parametrize(
    ("morning", "said"),
    [
        ("unreachable", "In the quiet hours: GLM · Work: credential refused"),
        ("credential_rejected", "In the quiet hours: GLM · Work: It was refused"),
        (shares(25), ""),
    ],
)
def test_a_refusal_at_night_holds_until_an_answer(morning: Usage | FailureKind, said: str) -> None:
    days = night()
    days.refresh(shares(25))
    assert days.refresh("credential_rejected") == ""
    assert days.refresh(morning, after=8 * HOUR) == said


def test_a_credential_that_was_renewed_at_night_is_not_said() -> None:
    session = replace(WORK, kind="session", expires_at=moment(NOW + 90 * DAY))
    days = night((session,))
    days.refresh(shares(25))
    days.book = (replace(session, expires_at=moment(NOW + 2 * DAY)),)
    assert days.refresh(shares(25)) == ""
    days.book = (session,)
    assert days.refresh(shares(25), after=8 * HOUR) == ""


def test_quiet_hours_end_with_one_digest() -> None:
    days = Days(settings=replace(ALL, quiet="13:30-20:00"), book=(WORK, CASH))
    days.refresh(shares(25), yuan(20))  # 13:00
    assert days.refresh(shares(85), yuan(20)) == ""
    assert days.refresh(shares(96), yuan(0)) == ""
    said = days.refresh(shares(96), yuan(0), after=5 * HOUR)
    assert said.startswith("In the quiet hours: GLM · Work: Week 4% left")
    assert said.endswith(", and 1 more")
    assert days.refresh(shares(96), yuan(0)) == ""


@pytest.mark.parametrize(("hours", "heard"), [(1, True), (4, False)])
def test_an_old_reset_is_no_news_in_the_morning(hours: int, heard: bool) -> None:
    days = Days(settings=replace(ALL, quiet="15:00-23:00"))
    days.refresh(shares(25))
    days.refresh(shares(100))  # 14:00
    fresh = Usage((week(1, RESET + 5 * DAY),))
    assert days.refresh(fresh, after=(9 - hours) * HOUR) == ""
    said = days.refresh(fresh, after=hours * HOUR)
    assert said == ("In the quiet hours: GLM · Work: Week has reset" if heard else "")


def test_what_was_low_at_night_and_has_reset_is_not_said_any_more() -> None:
    days = Days(settings=replace(ALL, quiet="13:30-23:00"))
    days.refresh(shares(25))
    days.refresh(shares(100))
    days.refresh(Usage((week(1, RESET + 5 * DAY),)))
    assert days.refresh(Usage((week(1, RESET + 5 * DAY),)), after=9 * HOUR) == ""


@pytest.mark.parametrize("morning", [(yuan(20), "unreachable"), (yuan(20),)])
def test_what_was_low_at_night_is_not_said_once_its_reset_has_passed(
    morning: tuple[Usage | FailureKind, ...],
) -> None:
    days = night((CASH, WORK))
    resets_at = days.now + 4 * HOUR
    days.refresh(yuan(20), Usage((week(25, resets_at),)))
    assert days.refresh(yuan(20), Usage((week(85, resets_at),))) == ""
    assert days.refresh(*morning, after=8 * HOUR) == ""


def test_privacy_masks_names_and_amounts() -> None:
    days = Days(
        settings=replace(UNSEEN, privacy=True), book=(WORK, replace(CASH, threshold=Decimal(10)))
    )
    days.refresh(shares(25), yuan(20))
    assert days.refresh(shares(100)).startswith("GLM · •••: Week is used up")
    days.refresh(shares(100), yuan(20), after=MINUTE)
    assert days.refresh(shares(100), yuan(9)) == "DeepSeek · •••: ¥••• left"


def test_it_speaks_chinese() -> None:
    days = Days(settings=replace(ALL, language="zh"), book=(WORK, CASH))
    days.refresh(shares(25), yuan(20))
    said = days.refresh(shares(85), yuan(0))
    assert said.startswith("DeepSeek · Cash：余额已用完")
    assert said.endswith("，另有 1 个账号")


# ---- what was asked for


def test_a_reminder_is_said_when_it_is_due_and_once() -> None:
    days = Days(settings=Settings())
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    assert days.refresh("unreachable") == ""
    assert days.refresh("unreachable", after=5 * DAY) == "GLM · Work: Week has reset"
    assert days.refresh("unreachable") == ""


def test_a_reminder_says_nothing_again() -> None:
    days = Days()
    days.refresh(shares(25))
    assert days.refresh(shares(85))
    remind(shares(85), RESET, days)
    assert days.refresh(shares(86)) == ""


def test_a_window_that_resets_early_takes_its_reminder_with_it() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    early = Usage((week(0, RESET + 2 * DAY),))
    assert days.refresh(early) == "GLM · Work: Week has reset"
    assert days.refresh(early, after=5 * DAY) == ""
    assert [row[-1] is not None for row in rows("remind")] == [True]


def test_a_reset_that_is_put_off_puts_its_reminder_off() -> None:
    days = Days()
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    later = Usage((week(100, RESET + HOUR),))
    days.refresh(later, after=DAY)
    assert days.refresh(later, after=RESET + 60 - days.now) == ""
    assert days.refresh("unreachable", after=HOUR) == "GLM · Work: Week has reset"


def test_a_reminder_of_the_night_waits_for_the_morning() -> None:
    days = Days(settings=replace(Settings(), quiet="10:00-22:00"))
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    assert days.refresh("unreachable", after=5 * DAY) == ""
    said = days.refresh("unreachable", after=10 * HOUR)
    assert said == "In the quiet hours: GLM · Work: Week has reset"


def test_a_reminder_is_said_at_the_first_look_after_its_reset() -> None:
    days = Days(settings=Settings())
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    after = Usage((week(3, RESET + 7 * DAY),))
    assert days.refresh(after, after=5 * DAY) == "GLM · Work: Week has reset"
    assert days.refresh(after, after=7 * DAY) == ""


def test_a_reminder_of_another_window_waits_for_its_own_reset() -> None:
    days = Days(settings=Settings())
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    days.refresh(Usage((week(3, RESET + 7 * DAY),)), after=5 * DAY)
    later = Usage((week(100, RESET + 21 * DAY),))
    assert days.refresh(later, after=18 * DAY) == ""
    remind(later, RESET + 21 * DAY, days)
    assert days.refresh(later) == ""
    after = Usage((week(0, RESET + 28 * DAY),))
    assert days.refresh(after, after=4 * DAY) == "GLM · Work: Week has reset"


@pytest.mark.parametrize("after", [Usage(), yuan(5)])
def test_a_reminder_is_said_of_a_quota_that_is_not_reported_until_it_is_used(after: Usage) -> None:
    days = Days(settings=Settings())
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    assert days.refresh(after, after=5 * DAY) == "GLM · Work: Week has reset"


@pytest.mark.parametrize("account", [None, WORK.id])
def test_a_reminder_outlives_the_history(account: str | None) -> None:
    days = Days(settings=Settings())
    days.refresh(shares(100))
    remind(shares(100), RESET, days)
    recording.clear(account)
    after = Usage((week(3, RESET + 7 * DAY),))
    assert days.refresh(after, after=5 * DAY) == "GLM · Work: Week has reset"


# ---- processes


def _speak(days: Days, gate: Any, told: Any) -> None:
    gate.wait()
    told.put(days.speak({WORK.id}))


@pytest.mark.slow
def test_twenty_processes_at_once_speak_once() -> None:
    days = Days()
    days.refresh(shares(25))
    days.now += HOUR
    days.known[WORK.id] = days._snapshot(WORK, shares(96))
    fork = multiprocessing.get_context("fork")
    gate, told = fork.Barrier(20), fork.Queue()
    workers = [fork.Process(target=_speak, args=(days, gate, told)) for _ in range(20)]
    for worker in workers:
        worker.start()
    said = [told.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert len([each for each in said if each]) == 1


def test_a_kill_between_note_and_message_loses_one_and_doubles_none() -> None:
    days = Days()
    days.refresh(shares(25))
    days.now += HOUR
    days.known[WORK.id] = days._snapshot(WORK, shares(96))
    child = os.fork()
    if child == 0:
        days.speak({WORK.id})  # noted, and nobody hears of it
        os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert days.refresh(shares(96)) == ""
    assert days.refresh(shares(100)).startswith("GLM · Work: Week is used up")


def test_a_kill_within_the_note_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    days = Days()
    days.refresh(shares(25))
    days.now += HOUR
    days.known[WORK.id] = days._snapshot(WORK, shares(96))
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(
            ledger._Ledger, "in_the_morning", lambda _: os.kill(os.getpid(), signal.SIGKILL)
        )
        days.speak({WORK.id})
    os.waitpid(child, 0)
    assert days.refresh(shares(96)).startswith("GLM · Work: Week 4% left")


def test_a_forgotten_account_leaves_nothing() -> None:
    days = Days()
    days.refresh(shares(25))
    days.refresh(shares(96))
    remind(shares(96), RESET, days)
    recording.forget(WORK.id)
    assert rows("alert") == rows("watch") == rows("remind") == rows("series") == []


def test_the_night_in_which_the_clock_goes_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quiet hours end at a time that daylight saving skips."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    night = int(datetime(2026, 3, 28, 23, 50, tzinfo=timezone.utc).timestamp())  # 00:50 there
    days = Days(settings=replace(ALL, quiet="23:00-02:30"), now=night)
    days.refresh(Usage((week(25, night + 3 * DAY),)), after=0)
    low = Usage((week(96, night + 3 * DAY),))
    assert days.refresh(low, after=HOUR) == ""  # 01:50, ten minutes before 03:00
    assert days.refresh(low, after=10 * MINUTE).startswith("In the quiet hours: GLM · Work: ")
    assert days.refresh(low, after=HOUR) == ""


def test_the_night_in_which_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    evening = int(datetime(2026, 10, 24, 20, 30, tzinfo=timezone.utc).timestamp())  # 22:30 there
    days = Days(settings=replace(ALL, quiet="22:00-07:00"), now=evening)
    days.refresh(Usage((week(25, evening + 3 * DAY),)), after=0)
    low = Usage((week(96, evening + 3 * DAY),))
    said = [days.refresh(low) for _ in range(9)]  # until 05:30 UTC, which is 06:30 there
    assert said == [""] * 9
    assert days.refresh(low, after=30 * MINUTE).startswith("In the quiet hours: GLM · Work: ")


def test_an_odd_number_costs_itself_alone() -> None:
    days = Days()
    odd = Quota("Odd", "%", Decimal(1), Decimal("1e-30"), None)
    days.refresh(Usage((odd, week(25))))
    assert days.refresh(Usage((odd, week(85)))).startswith("GLM · Work: Week 15% left")
