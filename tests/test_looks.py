"""Looking, working and looking again, in real processes: the changes since the previous visit."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests import stored
from tests.clocks import Clock
from tests.standin import Reply, StandIn
from tests.standin.providers.tavily import USAGE

pytestmark = pytest.mark.usefixtures("compiled")

MINUTE, HOUR, DAY = 60, 3600, 86_400


def tell(world: StandIn, used: int) -> None:
    """Set how many of 1000 credits are used."""
    told = USAGE["tavily-dev"]
    account = {**told["account"], "plan_usage": used}
    world.reply(*stored.MAIN["tavily"], Reply(body={**told, "account": account}))


def subtitle(clock: Clock, ahead: int) -> str:
    """Return the subtitle of the row that a keystroke shows."""
    items: list[dict[str, Any]] = json.loads(clock.usage(ahead).out)["items"]
    (found,) = (item["subtitle"] for item in items if "Work" in item["title"])
    return str(found)


@pytest.mark.parametrize(
    ("used", "said"), [(420, "−6 pts since {time}"), (362, ""), (311, "+5 pts since {time}")]
)
def test_the_second_visit_says_it_for_ten_minutes(
    world: StandIn, clock: Clock, used: int, said: str
) -> None:
    stored.account("tavily-dev", "Work")
    now = int(time.time())
    noon = -(now + DAY // 2) % DAY  # seconds until then: no midnight lies between the visits
    for seconds in (0, 10):  # the first refresh makes the file that the second look touches
        subtitle(clock, noon + seconds)
        assert clock.tankful(noon + seconds + 1, "refresh", "--force").code == 0
        assert "pts" not in subtitle(clock, noon + seconds + 2)
    tell(world, used)
    assert "pts" not in subtitle(clock, noon + 2 * HOUR)  # it is served from what was known
    assert clock.tankful(noon + 2 * HOUR + 5, "refresh", "--force").code == 0
    moments = (time.strftime("%-I:%M %p", time.gmtime(now + noon + n)) for n in range(99))
    phrases = {said.format(time=moment) for moment in moments}
    for seconds in (6, 9 * MINUTE):
        row = subtitle(clock, noon + 2 * HOUR + seconds)
        assert any(phrase in row for phrase in phrases) and ("pts" in row) == bool(said), row
    clock.tankful(noon + 2 * HOUR + 9 * MINUTE + 1, "refresh")  # that look goes on with the visit
    assert "pts" not in subtitle(clock, noon + 2 * HOUR + 20 * MINUTE)
    clock.tankful(noon + 2 * HOUR + 21 * MINUTE, "refresh")
