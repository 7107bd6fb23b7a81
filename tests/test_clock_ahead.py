"""A clock that was ahead for a while, in real processes: every verb refreshes again once it is right."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests import stored
from tests.clocks import Clock
from tests.conftest import Shell
from tests.standin import Reply, StandIn, faults
from workflow.history import reading

MINUTE, HOUR, DAY = 60, 3600, 86400


def entry(shell: Shell) -> dict[str, Any]:
    (found,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("ahead", [HOUR, 3 * DAY, 365 * DAY])
def test_good_numbers(world: StandIn, shell: Shell, clock: Clock, ahead: int) -> None:
    stored.account("tavily-dev", "Work")
    assert clock.tankful(ahead, "refresh").out.startswith("✓")
    for number, verb in enumerate((["refresh"], ["refresh", "Work"], ["refresh", "--due"]), 2):
        if verb[-1] == "--due":
            clock.tankful(ahead, "refresh", "--force")
            number += 1
        ran = shell.tankful(*verb)
        assert ran.code == 0
        assert ran.out.startswith("✓ Tavily · Work: 64% left")
        assert "just now" in ran.out
        assert len(world.requests) == number
    assert entry(shell)["stale"] is False


@pytest.mark.parametrize("fault", [faults.challenge(), faults.too_many_requests("60"), Reply(401)])
def test_a_failure_and_a_wait(world: StandIn, shell: Shell, clock: Clock, fault: Reply) -> None:
    stored.account("tavily-dev", "Work")
    world.reply("*", "*", fault)
    assert clock.tankful(3 * DAY, "refresh").code == 1
    world.reset()
    ran = shell.tankful("refresh")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("✓")
    assert entry(shell)["failure"] is None


def test_a_token_that_seemed_to_have_ended(world: StandIn, shell: Shell, clock: Clock) -> None:
    stored.account("chatgpt-plus", "Me")
    assert shell.tankful("refresh").code == 0
    clock.tankful(3650 * DAY, "refresh")
    assert shell.tankful("refresh").code == 0
    assert entry(shell)["failure"] is None


@pytest.mark.usefixtures("compiled")
def test_the_keystroke(world: StandIn, shell: Shell, clock: Clock) -> None:
    stored.account("tavily-dev", "Work")
    clock.tankful(HOUR, "refresh")
    said = json.loads(shell.usage().out)
    assert said["rerun"]
    subtitle = next(item["subtitle"] for item in said["items"] if "Work" in item["title"])
    assert "age unknown" in subtitle


def test_a_lock_that_was_taken_by_another_clock(world: StandIn, shell: Shell, clock: Clock) -> None:
    stored.account("tavily-dev", "Work")
    for ahead in (-400 * DAY, 400 * DAY):
        assert clock.tankful(ahead, "config", "low", "25").code == 0
        assert clock.tankful(ahead, "rename", "Work", "Work").code == 0
        assert shell.tankful("refresh").code == 0
    assert os.path.getsize(Path(os.environ["TANKFUL_HOME"], "cache", "refresh.lock")) == 0


def test_a_pace_is_that_of_the_mean_when_the_clock_went_back(
    world: StandIn, shell: Shell, clock: Clock
) -> None:
    account = stored.account("glm-intl", "Work")
    ends = int(time.time()) + 3 * HOUR
    said = []
    for minutes, used in ((0, 50), (20, 52), (40, 54), (60, 56), (5, 56), (70, 57)):
        window = {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": used}
        limits = {"limits": [{**window, "nextResetTime": ends * 1000}], "level": "pro"}
        answer = Reply(body={"code": 200, "msg": "", "success": True, "data": limits})
        world.reply(*stored.MAIN["glm"], answer)
        assert clock.tankful(minutes * MINUTE, "refresh", "--force").code == 0
        listed = json.loads(clock.tankful(minutes * MINUTE, "list", "--json").out)
        said.append(listed["accounts"][0]["quotas"][0]["pace"])
    rates = [pace["percent_per_hour"] for pace in said]
    assert rates[3] == pytest.approx(6, abs=0.1)  # that of the last hour
    assert rates[4] == pytest.approx(56 / (2 + 5 / 60), abs=0.2)  # the clock went back
    assert rates[5] == pytest.approx(6, abs=0.1)
    (kept,) = reading.read(account.id, now=ends).values()
    assert [sample.value for sample in kept] == [50e6, 52e6, 54e6, 56e6, 57e6]
