"""When the data that a list is made of has changed."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Callable

import pytest

from tests.examples import GLM, KIMI, NOW, share
from workflow import paths
from workflow.alfred import source
from workflow.history.series import History, Sample, of_quota
from workflow.models import Usage
from workflow.provider.discovery import everything
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

WEEK = share("Weekly", "60", timedelta(days=2), 7 * 86400)
SERIES = of_quota(GLM[0].id, WEEK)
BEFORE, SAME = Sample(100, 30_000_000), Sample(900, 30_000_000)
STATE = State(
    Accounts((GLM[0], KIMI[0])),
    {GLM[0].id: GLM[1], KIMI[0].id: KIMI[1]},
    everything(),
    Settings(),
    History({SERIES: (SAME,)}, {SERIES: BEFORE}, (50, 1000)),
    NOW,
)


def glm(state: State) -> str:
    return source.of_accounts(state)[GLM[0].id]


def kimi(state: State) -> str:
    return source.of_accounts(state)[KIMI[0].id]


def fresh(state: State = STATE) -> State:
    """The same, of which nothing is worked out yet."""
    return replace(state)


def with_account(**changes: object) -> State:
    account = replace(GLM[0], **changes)  # type: ignore[arg-type]
    return replace(STATE, book=Accounts((account, KIMI[0])))


def with_history(newest: Sample, visits: tuple[int, ...]) -> State:
    return replace(STATE, history=History({SERIES: (newest,)}, {SERIES: BEFORE}, visits))


def with_numbers() -> State:
    snapshot = replace(GLM[1], usage=Usage((WEEK,)))
    return replace(STATE, snapshots={**STATE.snapshots, GLM[0].id: snapshot})


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda: with_account(label="Other"), id="name"),
        pytest.param(lambda: with_account(pinned=True), id="pinned"),
        pytest.param(with_numbers, id="numbers"),
        pytest.param(lambda: with_history(Sample(901, 30_000_000), (50, 1000)), id="history"),
        pytest.param(lambda: with_history(SAME, (60, 1000)), id="visit"),
    ],
)
def test_an_account_is_told_from_what_it_was_and_the_others_stay(
    other: Callable[[], State],
) -> None:
    assert glm(other()) != glm(fresh())
    assert kimi(other()) == kimi(fresh())
    assert source.of_everyone(other()) != source.of_everyone(fresh())


@pytest.mark.parametrize(
    "settings", [Settings(language="zh"), Settings(privacy=True), Settings(low=5)]
)
def test_every_account_is_made_of_the_settings(settings: Settings) -> None:
    other = replace(STATE, settings=settings)
    assert glm(other) != glm(fresh())
    assert kimi(other) != kimi(fresh())


def test_a_visit_that_goes_on_counts_where_something_has_changed() -> None:
    changed = Sample(900, 31_000_000)
    assert glm(with_history(SAME, (50, 1001))) == glm(fresh())
    assert glm(with_history(changed, (50, 1001))) != glm(with_history(changed, (50, 1000)))


def test_time_alone_counts_by_the_age_of_the_numbers() -> None:
    fetched_at = GLM[1].fetched_at
    assert fetched_at is not None
    at = [fetched_at + timedelta(seconds=s) for s in (0, source.LASTING - 1, source.LASTING)]
    first, soon, later = (glm(replace(STATE, at=moment)) for moment in at)
    assert first == soon != later
    before, after = (
        glm(replace(STATE, at=at[0] + timedelta(seconds=s), settings=Settings(interval=60)))
        for s in (119, 121)
    )
    assert before != after  # the numbers have become stale meanwhile


def test_a_file_of_ones_own_provider_counts() -> None:
    before = glm(fresh())
    file = Path(paths.data(os.environ), "providers", "acme.toml")
    file.parent.mkdir(parents=True)
    file.write_text('name = "Acme"\n')
    assert glm(fresh()) != before
