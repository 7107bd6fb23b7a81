"""The first row of the list, *Work here now*: which account it is, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.examples import FETCHED, NOW, Known, share
from workflow.alfred import account_list
from workflow.display.summary import spoken
from workflow.i18n.catalog import Translation, speaking
from workflow.models import Account, Quota, Snapshot, Usage
from workflow.provider import discovery
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

DAY = timedelta(days=1)
WEEK = 7 * 86400


def plan(label: str, *quotas: Quota, provider: str = "glm") -> Known:
    account = Account(f"{provider}-{label}", provider, label)
    return account, Snapshot(account.id, Usage(quotas), FETCHED)


def week(left: str, resets: timedelta) -> Quota:
    return share("Weekly", left, resets, WEEK)


def first(*known: Known, language: str = "en", at: datetime = NOW) -> tuple[str, str]:
    """Title and subtitle of the first row."""
    book = Accounts(tuple(account for account, _ in known))
    snapshots = {snapshot.account_id: snapshot for _, snapshot in known}
    settings = Settings(language=language)
    with speaking(Translation(language, True)):
        state = State(book, snapshots, discovery.everything(), settings, at=NOW)
        row = account_list.items(state, NOW)[0]
        return spoken(row.title, at), spoken(row.subtitle, at)


SOON = plan("Soon", week("60", DAY))  # half of it would be lost tomorrow
LATE = plan("Late", week("90", 4 * DAY))
OUT = plan("Out", week("30", 4 * DAY))  # used up anyway
SEARCH = plan("Dev", week("99", DAY / 2), provider="tavily")


def test_what_is_lost_soonest_stands_first_and_says_so() -> None:
    title, why = first(OUT, LATE, SEARCH, SOON)
    assert title == "Work here now: GLM · Soon"
    assert why.startswith("60% left · 53% would be lost · resets in 1d")
    assert "then GLM · Late (90% left)" in why
    assert "Tavily" not in why


def test_several_alternatives_are_one_list() -> None:
    plans = [
        plan(name, share("Weekly", left)) for name, left in (("A", "90"), ("B", "80"), ("C", "70"))
    ]
    assert first(*plans)[1].startswith("90% left · then GLM · B (80% left), GLM · C (70% left) · ")
    assert first(*plans, language="zh")[1].startswith(
        "剩余 90% · 备选：GLM · B（剩余 80%）、GLM · C（剩余 70%） · "
    )


def test_it_is_said_in_chinese() -> None:
    title, why = first(LATE, SOON, language="zh")
    assert title == "推荐使用：GLM · Soon"
    assert "53% 将会作废" in why


@pytest.mark.parametrize(
    ("known", "why"),
    [
        pytest.param(OUT, "30% left · resets in 4d", id="used up anyway: nothing is lost"),
        pytest.param(
            plan("Soon", share("Weekly", "60", DAY)), "60% left · resets in 1d", id="no forecast"
        ),
        pytest.param(
            plan("Free", replace(share("Key", "0"), used=None, limit=None, unlimited=True)),
            "∞ unlimited",
            id="no limit",
        ),
    ],
)
def test_where_nothing_is_foreseen_to_be_lost_the_row_says_what_there_is(
    known: Known, why: str
) -> None:
    told = first(known, SEARCH)[1]
    assert told.casefold().startswith(why)
    assert "lost" not in told


def test_a_forecast_that_is_old_is_said_no_more() -> None:
    assert "would be lost" not in first(SOON, LATE, at=NOW + DAY)[1]


def test_where_nobody_can_work_there_is_no_such_row() -> None:
    assert not first(SEARCH, plan("Other", week("50", DAY), provider="tavily"))[0].startswith(
        "Work"
    )
