"""What refreshes store for the report."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests import stored
from tests.said import Phrase
from tests.standin import Reply, StandIn, faults
from workflow.credentials import store
from workflow.models import Failure, Snapshot, utc_now
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.storage import last_refresh
from workflow.storage.last_refresh import Journal, Refresh

KNOWN = Journal(Refresh(1_790_000_000, 0.25, asked=2, failed=1), {"glm-00000001": 0.2})


def noted(**last: object) -> bytes:
    """A file that says this of the last refresh."""
    told = {**vars(KNOWN.last), **last} if KNOWN.last else last
    return json.dumps({"layout": 1, "last": told, "answers": {}}).encode()


def test_comes_back_as_it_was_written() -> None:
    last_refresh.write(KNOWN)
    assert last_refresh.read() == KNOWN
    assert stat.S_IMODE(Path(last_refresh.path()).stat().st_mode) == 0o600


def test_nothing_is_known_before_the_first_refresh() -> None:
    assert last_refresh.read() == Journal()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[1]", id="a-list"),
        pytest.param(b'{"layout":1}', id="without-numbers"),
        pytest.param(b'{"layout":1,"last":{"later":1},"answers":{}}', id="unknown-fields"),
        pytest.param(b'{"layout":1,"last":null,"answers":{"a":"x"}}', id="no-number"),
        pytest.param(noted(seconds="x"), id="no-seconds"),
        pytest.param(noted(at=None), id="no-moment"),
        pytest.param(noted(asked=[2]), id="no-count"),
        pytest.param(noted(clock_ahead="x"), id="no-clock"),
        pytest.param(noted(failed="1e999"), id="a-count-in-words"),
        pytest.param(noted(at=1).replace(b'"at": 1', b'"at": 1e999'), id="endless"),
        pytest.param(b'{"layout":2,"last":null,"answers":{"a":1}}', id="another-layout"),
    ],
)
def test_what_cannot_be_read_tells_nothing(content: bytes) -> None:
    last_refresh.write(KNOWN)
    Path(last_refresh.path()).write_bytes(content)
    assert last_refresh.read() == Journal()


def test_a_disk_that_cannot_be_written_is_not_worth_failing_for(home: Path) -> None:
    (home / "tankful").write_text("in the way")
    last_refresh.write(KNOWN)
    assert last_refresh.read() == Journal()


def test_a_refresh_leaves_counts_and_seconds(world: StandIn) -> None:
    world.delay = 0.02
    world.reply("api.moonshot.ai", "*", faults.server_error())
    tavily, kimi = stored.account("tavily-dev"), stored.account("kimi-intl")
    waits = stored.account("glm-intl")
    failure = Failure("rate_limited", Phrase("", ""), utc_now(), utc_now() + timedelta(minutes=5))
    stored.save(Snapshot(waits.id, failure=failure))
    refresh.refresh([tavily.id, kimi.id, waits.id])
    noted = last_refresh.read()
    assert noted.last
    assert abs(noted.last.at - utc_now().timestamp()) < 60
    assert (noted.last.asked, noted.last.failed, noted.last.rate_limited, noted.last.timed_out) == (
        2,
        1,
        1,
        0,
    )
    assert noted.last.defect == ""
    assert set(noted.answers) == {tavily.id, kimi.id}
    assert 0.02 <= noted.answers[tavily.id] <= noted.last.seconds < 10


def test_a_file_of_before_the_clock_was_noted() -> None:
    old = noted()
    assert b"clock_ahead" in old
    last_refresh.write(KNOWN)
    Path(last_refresh.path()).write_bytes(old.replace(b'"clock_ahead": null', b'"x": 0'))
    assert last_refresh.read().last == KNOWN.last


@pytest.mark.parametrize("odd", [timedelta(0), timedelta(days=9)])
def test_a_refresh_notes_how_far_the_clock_is_off(world: StandIn, odd: timedelta) -> None:
    def dated(when: timedelta) -> Reply:
        at = (utc_now() + when).strftime("%a, %d %b %Y %H:%M:%S GMT")
        return Reply(500, b"", {"Date": at})

    for name, host, off in (
        ("tavily-dev", "api.tavily.com", timedelta(hours=1)),
        ("kimi-intl", "api.moonshot.ai", timedelta(hours=1)),
        ("glm-intl", "api.z.ai", timedelta(hours=1) + odd),
    ):
        stored.account(name)
        world.reply(host, "*", dated(off))
    refresh.refresh()
    last = last_refresh.read().last
    assert last
    assert last.clock_ahead is not None
    assert -3602 <= last.clock_ahead <= -3580


def test_answers_are_kept_until_the_account_goes(world: StandIn) -> None:
    first, second = stored.account("tavily-dev", "one"), stored.account("tavily-dev", "two")
    for each in (first, second):
        refresh.refresh([each.id])
    assert set(last_refresh.read().answers) == {first.id, second.id}
    store.remove(first)
    refresh.refresh([second.id])
    assert set(last_refresh.read().answers) == {second.id}


def test_a_refresh_that_asks_nobody_leaves_the_last_one(world: StandIn) -> None:
    stored.account("tavily-dev")
    refresh.refresh()
    before = last_refresh.read()
    refresh.refresh()
    assert last_refresh.read() == before


def test_a_defect_is_noted_without_its_message(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("canary")

    stored.account("tavily-dev")
    monkeypatch.setattr(fetching, "succeeded", broken)
    refresh.refresh()
    last = last_refresh.read().last
    assert last
    assert last.defect == "RuntimeError"
    assert "canary" not in json.dumps(Path(last_refresh.path()).read_text(encoding="utf-8"))
