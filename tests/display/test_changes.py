"""Changes since the last visit, in a row, in the details and in JSON."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from tests.history.given import DAY, HOUR, MONEY, NOW, WEEKLY, balance, moment, points, quota
from workflow.display import changes, details, json_report
from workflow.display.row import row
from workflow.display.summary import spoken
from workflow.forecast.days import midnight
from workflow.history.series import History, Sample, Series
from workflow.i18n.catalog import Translation, speaking
from workflow.models import Account, Snapshot
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import AccountState, State, worked_out
from workflow.storage.accounts import Accounts

GLM, KIMI = Account(WEEKLY.account, "glm", "Work"), Account(MONEY.account, "kimi", "Work")
BEFORE = NOW - 2 * HOUR - 300  # 09:55


def known(
    account: Account,
    snapshot: Snapshot,
    series: Series,
    *before: Sample,
    visit: int = BEFORE,
    settings: Settings = Settings(),  # noqa: B008
) -> AccountState:
    history = History({series: before[1:]}, {series: before[0]}, (visit, NOW))
    return replace(worked_out(account, None, snapshot, settings), history=history)


def points_of(used: str, *before: Sample, **more: object) -> AccountState:
    return known(GLM, quota(used), WEEKLY, *before, **more)  # type: ignore[arg-type]


SIX = Sample(BEFORE, points(40), None, NOW + 2 * DAY)


def said(state: AccountState, settings: Settings = Settings(), at: int = NOW) -> str:  # noqa: B008
    return spoken(changes.row_phrase(state, settings)[0], moment(at))


def test_points_of_what_is_left_or_used() -> None:
    state = points_of("46", SIX)
    assert said(state) == "−6 pts since 09:55 · "
    assert said(state, Settings(show="used")) == "+6 pts since 09:55 · "


@pytest.mark.parametrize(("minutes", "is_same"), [(-1, True), (0, False), (60, False)])
def test_nothing_is_compared_with_another_credential(minutes: int, is_same: bool) -> None:
    replaced = moment(BEFORE + 60 * minutes)
    state = points_of("46", SIX)
    other = replace(state, account=replace(GLM, replaced_at=replaced))
    assert said(other) == (said(state) if is_same else "")
    money = known(KIMI, balance("9"), MONEY, Sample(BEFORE, points(40)))
    other = replace(money, account=replace(KIMI, replaced_at=replaced))
    assert said(money)
    assert said(other) == (said(money) if is_same else "")


def test_it_is_said_for_ten_minutes() -> None:
    state = points_of("46", SIX)
    assert said(state, at=NOW + 599)
    assert said(state, at=NOW + 600) == ""


def test_a_reset_is_said_instead() -> None:
    assert said(points_of("46", SIX._replace(value=points(90), resets_at=NOW - HOUR))) == (
        "has reset since 09:55 · "
    )


@pytest.mark.parametrize(
    "state",
    [
        points_of("40.3", SIX),  # less than half a point
        replace(points_of("46", SIX), history=History()),
        worked_out(GLM, None, Snapshot(GLM.id), Settings()),
    ],
)
def test_nothing_is_said_of_nothing(state: AccountState) -> None:
    assert said(state) == ""


def test_of_two_quotas_with_one_name_only_the_first_has_a_past() -> None:
    first = quota("46").usage
    assert first
    other = replace(first.quotas[0], used=Decimal(80), remaining=None, role="secondary")
    both = replace(quota("46"), usage=replace(first, quotas=(*first.quotas, other)))
    state = known(GLM, both, WEEKLY, SIX)
    assert changes.quota_phrase(state, first.quotas[0], Settings()) == "−6 pts since 09:55"
    assert changes.quota_phrase(state, other, Settings()) == ""


def test_of_two_balances_in_one_unit_only_the_first_has_a_past() -> None:
    first = balance("37").usage
    assert first
    other = replace(first.balances[0], available=Decimal(9))
    both = replace(balance("37"), usage=replace(first, balances=(*first.balances, other)))
    state = known(KIMI, both, MONEY, Sample(BEFORE, points(40)))
    pair = (first.balances[0], other)
    phrases = [changes.balance_phrase(state, each, Settings()) for each in pair]
    assert phrases == ["−¥3.00 since 09:55", ""]


def test_days_have_names() -> None:
    assert "since yesterday" in said(points_of("46", SIX, visit=NOW - DAY))
    assert "since Wed 12:00" in said(points_of("46", SIX, visit=NOW - 3 * DAY))


def test_yesterday_ends_at_midnight_whatever_the_clocks_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    late = int(midnight(date(2026, 10, 26))) - 600  # of a day of 25 hours
    for hours, phrase in ((20, "since 03:50"), (26, "since yesterday")):
        state = points_of("46", SIX, visit=late - hours * HOUR)
        visits = (late - hours * HOUR, late)
        state = replace(state, history=replace(state.history, visits=visits))
        assert phrase in said(state, at=late)


def test_money() -> None:
    state = known(KIMI, balance("42.2"), MONEY, Sample(BEFORE, points(45.4)), visit=NOW - DAY)
    assert said(state) == "−¥3.20 since yesterday · "
    assert said(state, Settings(privacy=True)) == ""
    came = known(KIMI, balance("142.2"), MONEY, Sample(BEFORE, points(45.4)))
    assert said(came).startswith("+¥96.8")
    assert "topped up" in said(came)


def test_chinese() -> None:
    with speaking(Translation("zh")):
        assert said(points_of("46", SIX)) == "09:55 以来 −6 个百分点 · "
        spent = known(KIMI, balance("42.2"), MONEY, Sample(BEFORE, points(45.4)), visit=NOW - DAY)
        assert said(spent) == "昨天以来 −¥3.20 · "


def test_a_row_shows_it_where_there_is_room() -> None:
    text = row(points_of("46", SIX), Settings()).subtitle()
    for at, shown in ((NOW + 60, True), (NOW + 700, False)):
        assert ("−6 pts since 09:55" in spoken(text, moment(at))) is shown
        assert " ·  · " not in spoken(text, moment(at))


def test_details_and_programs_are_told() -> None:
    history = History({}, {WEEKLY: SIX}, (BEFORE, NOW))
    snapshot = quota("46")
    state = State(Accounts((GLM,)), {GLM.id: snapshot}, {}, Settings(), history)
    facts = dict(details.facts(state, GLM))
    assert facts["Since you last looked (Week)"] == "−6 pts since 09:55"
    (told,) = json_report.report(state, moment(NOW))["accounts"]
    change = {"from": "2026-11-28T09:55:00Z", "change": -6}
    assert told["quotas"][0]["since_last_look"] == change
