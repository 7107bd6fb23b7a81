"""A vendor's rate limit holds across processes, and what is stored for it contains no key."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests import stored
from tests.conftest import ROOT, Shell
from tests.said import both
from tests.standin import KEYS, StandIn
from workflow import paths
from workflow.errors import RateLimited
from workflow.provider import discovery
from workflow.provider.contract import RateLimit
from workflow.records import replace
from workflow.refresh import rate_limits
from workflow.refresh.rate_limits import Counter

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
TEN = Counter("acme", "key-canary-0123456789", 10, 600)


def place() -> Path:
    return Path(paths.cache(os.environ)) / rate_limits.NAME


def taken(counter: Counter, times: int, now: datetime = NOW) -> int:
    """Try to take ``times`` requests, and return how many were allowed."""
    allowed = 0
    for _ in range(times):
        try:
            rate_limits.take(counter, now)
            allowed += 1
        except RateLimited:
            pass
    return allowed


def test_no_more_than_allowed(home: Path) -> None:
    assert taken(TEN, 12) == 10
    with pytest.raises(RateLimited) as caught:
        rate_limits.take(TEN, NOW + timedelta(seconds=1))
    assert caught.value.retry_at == NOW + timedelta(seconds=600)
    assert "at most 10 times in 10 min" in both(caught.value.message)[0]
    assert "10 分钟" in both(caught.value.message)[1]


def test_the_window_slides(home: Path) -> None:
    assert taken(TEN, 6) == 6
    assert taken(TEN, 6, NOW + timedelta(seconds=300)) == 4
    assert taken(TEN, 9, NOW + timedelta(seconds=600)) == 6
    with pytest.raises(RateLimited) as caught:
        rate_limits.take(TEN, NOW + timedelta(seconds=601))
    assert caught.value.retry_at == NOW + timedelta(seconds=900)


def test_each_key_and_each_provider_has_its_own(home: Path) -> None:
    for other in (TEN, TEN._replace(of="another"), TEN._replace(provider="other")):
        assert taken(other, 12) == 10
    assert taken(TEN, 1) == 0


def test_a_clock_that_was_ahead_holds_nobody_up(home: Path) -> None:
    assert taken(TEN, 10, NOW + timedelta(days=1)) == 10
    assert taken(TEN, 12) == 10


def test_no_key_stands_in_it(home: Path) -> None:
    taken(TEN, 3)
    content = place().read_bytes()
    assert b"canary" not in content
    assert b"0123456789" not in content
    assert place().stat().st_mode & 0o777 == 0o600


def test_what_counts_no_more_is_forgotten(home: Path) -> None:
    taken(TEN, 10)
    taken(TEN._replace(of="another"), 1, NOW + timedelta(hours=1))
    assert place().read_text().count("acme") == 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"7", b'{"salt": 7, "sent": {}}', b'{"salt": "a", "sent": {"acme": 7}}']
)
def test_a_damaged_file_costs_the_count_only(content: bytes, home: Path) -> None:
    taken(TEN, 10)
    place().write_bytes(content)
    assert taken(TEN, 12) == 10


def test_a_disk_that_cannot_be_written_stops_nobody(home: Path) -> None:
    place().parent.parent.mkdir(parents=True, exist_ok=True)
    place().parent.write_text("a file where the folder should be")
    assert taken(TEN, 12) == 12


TAKING = """
from datetime import datetime, timezone
from workflow.errors import RateLimited
from workflow.refresh import rate_limits
for _ in range(8):
    try:
        rate_limits.take(rate_limits.Counter("acme", "key", 10, 600), datetime.now(timezone.utc))
        print("sent")
    except RateLimited:
        pass
"""


def test_processes_count_together(home: Path) -> None:
    command = [sys.executable, "-c", TAKING]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(3)]
    assert sum(each.communicate()[0].count(b"sent") for each in running) == 10


def test_what_counts_is_the_key_or_the_address() -> None:
    about = replace(discovery.about("tavily"), rate_limit=RateLimit(20, 1200, "address"))
    found = rate_limits.counter(about, "key", "relay.example")
    assert found == Counter("tavily", "relay.example", 20, 1200)
    about = replace(about, rate_limit=RateLimit(10, 60))
    assert rate_limits.counter(about, "key", "relay.example") == Counter("tavily", "key", 10, 60)
    assert rate_limits.counter(replace(about, rate_limit=None), "key", "relay.example") is None


def test_the_vendor_never_has_to_say_it(world: StandIn, shell: Shell) -> None:
    world.world.tavily.limited = True
    stored.account("tavily-dev", "Work")
    told = [shell.tankful("refresh", "Work", "--force") for _ in range(12)]
    assert [ran.code for ran in told] == [0] * 10 + [1] * 2
    assert "at most 10 times in 10 min" in told[-1].out
    assert len([each for each in world.requests if each.host == "api.tavily.com"]) == 10
    assert "639" in shell.tankful("list").out  # the numbers stay
    assert KEYS["tavily-dev"].value not in place().read_text()
