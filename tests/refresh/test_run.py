from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable

import keyring
import pytest

from tests import stored, strict
from tests.conftest import ROOT, Shell
from tests.keyrings import FileKeyring
from tests.said import Phrase, both, english
from tests.standin import KEYS, Reply, Request, StandIn, pass_on
from tests.stored import GOOD, MAIN, SIX, remember, save, six, snapshot
from workflow import feed, paths
from workflow.actions import add as adding
from workflow.actions import edit
from workflow.alfred import publish
from workflow.chatgpt import session
from workflow.credentials import keychain, store
from workflow.errors import FailureKind, Mistake
from workflow.history import reading, recording
from workflow.http import client as clients
from workflow.http.client import PER_HOST
from workflow.models import Account, Credential, Failure, Quota, Snapshot, utc_now
from workflow.provider import calls
from workflow.recognition import recognise
from workflow.records import replace
from workflow.refresh import background, rate_limits, recorder, secrets, turn
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.refresh.run import RefreshResult
from workflow.state import state as states
from workflow.storage import accounts, files
from workflow.storage.snapshots import Cache

TAVILY = "api.tavily.com"
MINUTE = timedelta(minutes=1)


def labels(told: list[Account]) -> list[str]:
    return sorted(account.label for account in told)


def fail(
    account: Account, kind: FailureKind, ago: timedelta, retry: timedelta | None = None
) -> None:
    """Store a failure of this account that is this old."""
    now = utc_now()
    failure = Failure(kind, Phrase("en", "zh"), now - ago, now + retry if retry else None)
    save(replace(snapshot(account.id), failure=failure))


def tavily(label: str = "one") -> Account:
    return stored.account("tavily-dev", label)


# What is asked


def test_an_account_never_asked_is_due(world: StandIn) -> None:
    account = tavily()
    outcome = refresh.refresh(publish=publish.publish)
    assert (outcome.asked, outcome.failed, outcome.timed_out) == ([account], [], [])
    known = snapshot(account.id)
    assert known.failure is None
    assert known.usage
    assert known.usage.quotas[0].used == Decimal(361)
    assert known.fetched_at
    assert utc_now() - known.fetched_at < MINUTE


def test_all_six_providers_are_asked_at_once(world: StandIn) -> None:
    world.delay = 0.1
    six()
    outcome = refresh.refresh(publish=publish.publish)
    assert len(outcome.asked) == len(SIX)
    assert not outcome.failed
    assert world.peak() > 6


@pytest.mark.parametrize(
    ("ago", "due"),
    [
        (0, False),
        (4.9, False),
        (5.1, True),
        (600, True),
        (-0.9, False),
        (-1.1, True),
        (-30, True),
        (-9e6, True),
    ],
)
def test_only_due_accounts_are_asked(world: StandIn, ago: float, due: bool) -> None:
    remember(tavily(), ago=timedelta(minutes=ago))
    assert labels(refresh.refresh(publish=publish.publish).asked) == (["one"] if due else [])
    assert len(world.requests) == due


def test_an_account_is_due_right_after_a_reset(world: StandIn) -> None:
    quota = replace(GOOD.quotas[0], resets_at=utc_now() - timedelta(seconds=1))
    remember(tavily(), ago=2 * MINUTE, usage=replace(GOOD, quotas=(quota,)))
    assert labels(refresh.refresh(publish=publish.publish).asked) == ["one"]


def test_named_accounts_are_asked_whatever_their_age(world: StandIn) -> None:
    one, _ = tavily("one"), tavily("two")
    remember(one, ago=timedelta(0))
    assert labels(refresh.refresh([one.id], publish=publish.publish).asked) == ["one"]


@pytest.mark.parametrize(
    "kind",
    [
        "no_credential",
        "credential_rejected",
        "credential_expired",
        "wrong_credential",
        "not_available",
    ],
)
def test_what_asks_for_the_user_is_not_asked_again_at_once(
    world: StandIn, kind: FailureKind
) -> None:
    account = tavily()
    fail(account, kind, 30 * MINUTE)
    assert refresh.refresh(publish=publish.publish).asked == []
    fail(account, kind, 61 * MINUTE)
    assert labels(refresh.refresh(publish=publish.publish).asked) == ["one"]
    fail(account, kind, 0 * MINUTE)
    assert labels(refresh.refresh([account.id], publish=publish.publish).asked) == ["one"]


@pytest.mark.parametrize("kind", ["unreachable", "provider_failed", "blocked", "store_locked"])
def test_other_failures_are_tried_again_after_the_interval(
    world: StandIn, kind: FailureKind
) -> None:
    account = tavily()
    fail(account, kind, 4 * MINUTE)
    assert refresh.refresh(publish=publish.publish).asked == []
    fail(account, kind, 6 * MINUTE)
    assert labels(refresh.refresh(publish=publish.publish).asked) == ["one"]


@pytest.mark.parametrize("named", [True, False])
def test_retry_after_is_respected_and_said(world: StandIn, named: bool) -> None:
    account = tavily()
    fail(account, "rate_limited", 10 * MINUTE, retry=10 * MINUTE)
    outcome = refresh.refresh([account.id] if named else None, publish=publish.publish)
    assert [held.id for held, _ in outcome.rate_limited] == [account.id]
    assert timedelta(minutes=9) < outcome.rate_limited[0][1] - utc_now() < timedelta(minutes=10)
    assert (outcome.asked, world.requests) == ([], [])


def test_force_asks_all_the_same(world: StandIn) -> None:
    account = tavily()
    fail(account, "rate_limited", 10 * MINUTE, retry=10 * MINUTE)
    assert labels(refresh.refresh([account.id], force=True, publish=publish.publish).asked) == [
        "one"
    ]
    assert snapshot(account.id).failure is None


def test_a_retry_after_that_is_over_holds_nobody(world: StandIn) -> None:
    account = tavily()
    fail(account, "rate_limited", 10 * MINUTE, retry=timedelta(seconds=-1))
    assert labels(refresh.refresh(publish=publish.publish).asked) == ["one"]


def test_nothing_due_sends_nothing_and_reads_no_secret(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tavily(), ago=timedelta(0))
    monkeypatch.setattr(FileKeyring, "get_password", None)
    assert refresh.refresh(publish=publish.publish) == RefreshResult()
    assert world.requests == []


def test_without_accounts_nothing_happens(world: StandIn) -> None:
    assert refresh.refresh(publish=publish.publish) == RefreshResult()


# What is kept


def test_a_failure_keeps_the_good_numbers_and_a_success_ends_it(world: StandIn) -> None:
    account = tavily()
    fetched = remember(account)
    world.reply(TAVILY, "*", [Reply(500), Reply(401), Reply(429)])
    for kind in ("provider_failed", "credential_rejected", "rate_limited"):
        outcome = refresh.refresh([account.id], publish=publish.publish)
        assert outcome.failed == outcome.asked == [account]
        known = snapshot(account.id)
        assert known.failure
        assert known.failure.kind == kind
        assert (known.usage, known.fetched_at) == (GOOD, fetched)
    world.reset()
    refresh.refresh([account.id], publish=publish.publish)
    known = snapshot(account.id)
    assert known.failure is None
    assert known.usage != GOOD


def test_whoever_asks_hears_each_answer(world: StandIn) -> None:
    accounts_told: list[Any] = []
    begun: list[Account] = []
    all_six = six()
    world.reply(TAVILY, "*", Reply(500))
    refresh.refresh(
        on_answer=lambda a, s: accounts_told.append((a, s)),
        on_begin=begun.extend,
        publish=publish.publish,
    )
    assert begun == list(all_six.values())
    assert sorted(a.provider for a, _ in accounts_told) == sorted(SIX)
    assert {a.provider for a, s in accounts_told if s.failure} == {"tavily"}
    assert all(snapshot(a.id) == s for a, s in accounts_told)


def test_the_feed_shows_the_answer(world: StandIn) -> None:
    tavily()
    refresh.refresh(publish=publish.publish)
    content = files.read(feed.path(os.environ))
    assert content
    assert "64% left" in content.decode()


def test_the_feed_is_written_even_when_the_hearer_fails(world: StandIn) -> None:
    account = tavily()

    def deaf(*_: Any) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        refresh.refresh(on_answer=deaf, publish=publish.publish)
    assert snapshot(account.id).usage is not None
    assert b"64% left" in (files.read(feed.path(os.environ)) or b"")


def test_open_launchers_see_answers_as_they_come(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    six()
    seen: Counter[str] = Counter()

    def previewing(now: Callable[[], datetime]) -> None:
        seen["feeds"] += 1
        publish.preview(now)

    def publishing(now: Callable[[], datetime]) -> None:
        seen["packs"] += 1
        publish.publish(now)

    monkeypatch.setattr(recorder, "PUBLISH_SECONDS", 0.0)
    refresh.refresh(preview=previewing, publish=publishing)
    assert 1 <= seen["feeds"] <= 6  # one is not begun before another one is done
    assert seen["packs"] == 1


def test_an_account_is_done_before_the_next_one_begins_where_they_wait(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for label in ("one", "two", "three"):
        stored.account("kimi-intl", label)
    monkeypatch.setattr(clients, "PER_HOST", 1)
    refresh.refresh()
    main, beside = "/v1/users/me/balance", "/v1/users/me"
    assert [request.path for request in world.requests] == 3 * [main, beside]


def test_what_comes_later_is_loaded_while_answers_are_awaited(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    tavily()
    asked: list[int] = []
    monkeypatch.setattr(recorder, "IDLE", 0.05)
    world.delay = 0.5
    refresh.refresh(meanwhile=lambda: asked.append(len(world.requests)))
    world.delay = 0.0
    monkeypatch.setattr(recorder, "IDLE", 60.0)
    refresh.refresh(force=True, meanwhile=lambda: asked.append(-1))
    assert asked == [1]


def test_a_slow_feed_is_left_less_often(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    six()
    seen: Counter[str] = Counter()

    def slowly(now: Callable[[], datetime]) -> None:
        seen["feeds"] += 1
        time.sleep(0.2)

    monkeypatch.setattr(recorder, "PUBLISH_SECONDS", 0.0)
    monkeypatch.setattr(recorder, "REST", 1000)
    refresh.refresh(preview=slowly)
    assert seen["feeds"] == 1


@pytest.mark.slow
@pytest.mark.timing
def test_a_slow_disk_delays_no_answer(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    all_six, put, begun = six(), Cache.put, time.monotonic()

    def slowly(cache: Cache, snapshot: Snapshot) -> None:
        time.sleep(1.0)
        put(cache, snapshot)

    monkeypatch.setattr(Cache, "put", slowly)
    outcome = refresh.refresh(publish=publish.publish)
    assert max(outcome.answers.values()) < time.monotonic() - begun - 3
    assert all(snapshot(account.id).usage for account in all_six.values())


@pytest.mark.slow
@pytest.mark.timing
def test_a_slow_feed_delays_no_answer(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    six()
    published, heard, begun = publish.publish, [], time.monotonic()

    def slowly(*now: Any) -> tuple[states.State, bytes]:
        time.sleep(2.0)
        return published(*now)

    monkeypatch.setattr(recorder, "PUBLISH_SECONDS", 0.0)
    monkeypatch.setattr(publish, "publish", slowly)
    refresh.refresh(
        on_answer=lambda *_: heard.append(time.monotonic() - begun), publish=publish.publish
    )
    assert len(heard) == len(SIX)
    assert max(heard) < time.monotonic() - begun - 2


def test_a_feed_that_cannot_be_made_is_not_kept_quiet(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, times = tavily(), []

    def broken(now: Callable[[], datetime]) -> None:
        raise RuntimeError

    def publishing(now: Callable[[], datetime]) -> None:
        times.append(1)
        publish.publish(now)

    monkeypatch.setattr(recorder, "PUBLISH_SECONDS", 0.0)
    with pytest.raises(RuntimeError):
        refresh.refresh(preview=broken, publish=publishing)
    assert snapshot(account.id).usage
    assert len(times) == 1


def test_an_account_of_an_unknown_provider_is_told_so(world: StandIn) -> None:
    account = tavily()
    stranger = Account("future-00000001", "future", "Later")
    store.store(stranger, Credential("api_key", "secret"))
    outcome = refresh.refresh(publish=publish.publish)
    assert labels(outcome.asked) == ["Later", "one"]
    assert labels(outcome.failed) == ["Later"]
    failure = snapshot(stranger.id).failure
    assert failure
    assert "update Tankful" in english(failure.message)
    assert snapshot(account.id).failure is None


def test_a_renewed_session_that_cannot_be_kept_is_a_failure(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = stored.account("chatgpt-session")
    remember(account)

    def full(*_: Any, **__: Any) -> Account:
        raise Mistake(Phrase("the disk is full; make room", "磁盘已满；请清理"))

    monkeypatch.setattr(store, "write", full)
    monkeypatch.setattr(session, "_PAUSE", 0.0)
    assert refresh.refresh(publish=publish.publish).failed == [account]
    known = snapshot(account.id)
    assert known.failure
    assert known.failure.message == Phrase("the disk is full; make room", "磁盘已满；请清理")
    assert (known.failure.kind, known.usage) == ("store_locked", GOOD)


def test_a_secret_that_was_replaced_meanwhile_is_found(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tavily()
    state = states.read()
    store.store(before, Credential("api_key", KEYS["tavily-paygo"].value))
    monkeypatch.setattr(states, "read", lambda *_, **__: state)
    assert refresh.refresh(publish=publish.publish).failed == []
    assert world.requests[0].bearer == KEYS["tavily-paygo"].value


def test_an_account_that_was_removed_meanwhile_fails_quietly(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tavily()
    state = states.read()
    store.remove(account)
    monkeypatch.setattr(states, "read", lambda *_, **__: state)
    assert refresh.refresh(publish=publish.publish).failed == [account]
    assert world.requests == []


def test_a_mistake_with_one_account_is_its_failure_and_the_others_are_asked(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tavily("one"), tavily("two")
    real = store.read

    def read(account: Account) -> Credential:
        if account.id == one.id:
            raise Mistake(Phrase("accounts.json cannot be read", "无法读取 accounts.json"))
        return real(account)

    monkeypatch.setattr(store, "read", read)
    outcome = refresh.refresh(publish=publish.publish)
    assert (labels(outcome.asked), labels(outcome.failed)) == (["one", "two"], ["one"])
    failure = snapshot(one.id).failure
    assert failure
    assert english(failure.message) == "accounts.json cannot be read"
    assert snapshot(two.id).usage


DAMAGED = {
    "a-moment-before-all-time": '{"kind":"api_key","secret":"canary","expires_at":"0001-01-01T00:00:00+14:00"}',
    "a-moment-after-all-time": '{"kind":"api_key","secret":"canary","session_expires_at":"9999-12-31T23:59:59-14:00"}',
    "deep": '{"kind":"api_key","secret":' + "[" * 100_000,
    "a-list": '["canary"]',
    "no-text": '{"kind":"api_key","secret":["canary"]}',
    "no-kind": '{"kind":7,"secret":"canary"}',
    "an-odd-cookie": '{"kind":"session","secret":"canary","cookie":{}}',
    "cut": '{"kind":"api_key","secret":"can',
    "nothing": "",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_secret_costs_its_own_account_only(
    world: StandIn, capfd: pytest.CaptureFixture[str], content: str
) -> None:
    one, two, three = tavily("one"), tavily("two"), tavily("three")
    keyring.set_password(keychain.SERVICE, store.name(two.id, two.generation), content)
    outcome = refresh.refresh([one.id, two.id, three.id], publish=publish.publish)
    assert labels(outcome.asked) == ["one", "three", "two"]
    assert labels(outcome.failed) == ["two"]
    failure = snapshot(two.id).failure
    assert failure
    assert failure.kind == "no_credential"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("content", [DAMAGED["a-moment-before-all-time"], DAMAGED["deep"]])
def test_a_damaged_secret_stops_no_verb(world: StandIn, shell: Shell, content: str) -> None:
    bad, _ = tavily("bad"), tavily("good")
    keyring.set_password(keychain.SERVICE, store.name(bad.id, bad.generation), content)
    key = KEYS["tavily-paygo"].value
    shell.env = {"TAVILY_API_KEY": key}
    verbs = (
        *(["refresh"], ["list"], ["list", "--json"], ["summary"], ["show", "good"], ["doctor"]),
        *(["import", "--list"], ["add", "tavily", "--label", "new"], ["replace", "bad"]),
    )
    for verb in verbs:
        ran = shell.tankful(*verb, stdin=f"{key}\n")
        assert ran.code == 0, (verb, ran)
        assert "canary" not in ran.out + ran.err
        assert "unforeseen" not in ran.err
    ran = shell.tankful("refresh")
    assert (ran.code, ran.err, ran.out.count("✓")) == (0, "", 3)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RecursionError("canary"), "no_credential"),
        (OverflowError("canary"), "no_credential"),
        (OSError(28, "No space left", "canary"), "store_locked"),
        (Mistake(Phrase("m", "m")), "store_locked"),
    ],
)
def test_whatever_goes_wrong_with_a_secret_the_next_one_is_read(
    world: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: Exception,
    kind: FailureKind,
) -> None:
    one, two = tavily("one"), tavily("two")
    real = store.read

    def read(account: Account) -> Credential:
        if account.id == one.id:
            raise error
        return real(account)

    monkeypatch.setattr(store, "read", read)
    assert labels(refresh.refresh(publish=publish.publish).failed) == ["one"]
    failure = snapshot(one.id).failure
    assert failure
    assert failure.kind == kind
    assert "canary" not in str(failure)
    assert snapshot(two.id).usage
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("error", [RuntimeError("canary"), OSError(30, "Read-only", "canary")])
def test_a_defect_with_one_account_is_its_failure_alone(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    one, two = tavily("one"), tavily("two")
    real = fetching.usage

    async def usage(client: Any, account: Account, *about: Any, **how: Any) -> Any:
        if account.id == one.id:
            raise error
        return await real(client, account, *about, **how)

    monkeypatch.setattr(fetching, "usage", usage)
    outcome = refresh.refresh(publish=publish.publish)
    assert labels(outcome.failed) == ["one"]
    assert snapshot(two.id).usage
    failure = snapshot(one.id).failure
    assert failure
    assert "canary" not in str(failure)
    assert outcome.defect == ("" if isinstance(error, OSError) else "RuntimeError")


def test_an_account_removed_while_it_is_asked_leaves_nothing(world: StandIn) -> None:
    gone, stays = tavily("gone"), tavily("stays")
    remember(gone, stays)

    def remove(request: Request) -> Reply | None:
        if accounts.load().get(gone.id):
            edit.remove(gone)
        return None

    world.reply(TAVILY, "*", remove)
    refresh.refresh([gone.id, stays.id], publish=publish.publish)
    with Cache() as cache:
        assert cache.ids() == [stays.id]


def test_pages_that_come_after_their_account_was_removed_go(world: StandIn) -> None:
    gone, stays = stored.account("kimi-intl"), stored.account("kimi-cn")

    def remove(request: Request) -> Reply | None:
        if accounts.load().get(gone.id):
            edit.remove(gone)
        return None

    world.reply(MAIN["kimi"][0], "*", remove)
    refresh.refresh(publish=publish.publish)
    kept = os.listdir(f"{paths.cache(os.environ)}/pages")
    assert kept == [f"{stays.id}.json"]


def test_what_was_left_of_accounts_that_are_gone_goes_too(world: StandIn) -> None:
    account = tavily()
    for number in range(3):
        save(Snapshot(f"glm-0000000{number}", GOOD, utc_now()))
    refresh.refresh(publish=publish.publish)
    with Cache() as cache:
        assert cache.ids() == [account.id]


@pytest.mark.parametrize("days", ["30", "0"])
def test_a_setting_for_one_call_deletes_no_history(
    days: str, world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tavily()
    old = Snapshot(account.id, GOOD, utc_now() - timedelta(days=100))
    recording.record([old], int(utc_now().timestamp()), 730)
    monkeypatch.setenv("TANKFUL_HISTORY", days)
    refresh.refresh(publish=publish.publish)
    ages = [utc_now().timestamp() - at for kept in reading.read().values() for at, *_ in kept]
    assert max(ages) > timedelta(days=99).total_seconds()
    assert (min(ages) < 60) is (days == "30")


def test_drafts_of_killed_writers_go(world: StandIn) -> None:
    account = tavily()
    draft = f"{paths.data(os.environ)}/accounts.json.1.2.new"
    Path(draft).touch()
    os.utime(draft, (1, 1))
    refresh.refresh([account.id], publish=publish.publish)
    assert not os.path.exists(draft)


# A clock that ran ahead


AHEAD = [timedelta(minutes=2), timedelta(hours=1), timedelta(days=3), timedelta(days=365)]


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("named", [True, False])
def test_numbers_of_a_clock_that_ran_ahead_are_asked_for_again(
    world: StandIn, ahead: timedelta, named: bool
) -> None:
    account = tavily()
    refresh.refresh(now=lambda: utc_now() + ahead, publish=publish.publish)
    assert len(world.requests) == 1
    outcome = refresh.refresh([account.id] if named else None, publish=publish.publish)
    assert outcome.asked == [account]
    assert len(world.requests) == 2
    known = snapshot(account.id)
    assert known.fetched_at
    assert abs(utc_now() - known.fetched_at) < MINUTE


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("status", [401, 402, 429, 500])
def test_failures_of_a_clock_that_ran_ahead_hold_nobody(
    world: StandIn, ahead: timedelta, status: int
) -> None:
    account = tavily()
    world.reply(TAVILY, "*", Reply(status, headers={"Retry-After": "3600"}))
    refresh.refresh(now=lambda: utc_now() + ahead, publish=publish.publish)
    failure = snapshot(account.id).failure
    assert failure is None
    world.reset()
    outcome = refresh.refresh(publish=publish.publish)
    assert (outcome.asked, outcome.failed, outcome.rate_limited) == ([account], [], [])


def test_a_clock_that_is_put_back_while_numbers_are_fresh_skips_nobody(world: StandIn) -> None:
    account = tavily()
    refresh.refresh(publish=publish.publish)
    earlier = utc_now() - timedelta(hours=2)
    outcome = refresh.refresh([account.id], now=lambda: earlier, publish=publish.publish)
    assert outcome.asked == [account]
    assert len(world.requests) == 2


def test_whoever_need_not_wait_takes_no_answer_of_the_same_moment(world: StandIn) -> None:
    account = tavily()
    moment = utc_now()
    for _ in range(2):
        assert refresh.refresh([account.id], now=lambda: moment, publish=publish.publish).asked == [
            account
        ]
    assert len(world.requests) == 2


# A disk that takes nothing


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.ENOTDIR])
def test_without_a_lock_file_the_accounts_are_asked_all_the_same(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    account, heard = tavily(), []
    monkeypatch.setenv("alfred_workflow_cache", "/nowhere")
    lock = files.lock

    def refused(path: str, *how: Any, **more: Any) -> Any:
        if path.startswith(paths.cache(os.environ)):
            raise OSError(number, os.strerror(number), path)
        return lock(path, *how, **more)

    monkeypatch.setattr(files, "lock", refused)
    outcome = refresh.refresh(on_answer=lambda _, s: heard.append(s), publish=publish.publish)
    assert outcome.asked == [account]
    assert outcome.failed == []
    assert heard[0].usage


# One at a time


def test_a_refresh_that_runs_is_waited_for_and_its_answer_taken(world: StandIn) -> None:
    account = tavily()
    world.delay = 1.0
    first = threading.Thread(target=refresh.refresh)
    first.start()
    while not world.requests:
        time.sleep(0.01)
    heard: list[Snapshot] = []
    outcome = refresh.refresh(
        [account.id], on_answer=lambda _, s: heard.append(s), publish=publish.publish
    )
    first.join()
    assert outcome.asked == [account]
    assert outcome.failed == []
    assert heard == [snapshot(account.id)]
    assert len(world.requests) == 1


def test_so_is_its_failure(world: StandIn) -> None:
    account = tavily()
    world.reply(TAVILY, "*", Reply(500, delay=1.0))
    first = threading.Thread(target=refresh.refresh)
    first.start()
    while not world.requests:
        time.sleep(0.01)
    outcome = refresh.refresh([account.id], publish=publish.publish)
    first.join()
    assert outcome.asked == outcome.failed == [account]
    assert len(world.requests) == 1


def test_an_account_that_was_changed_meanwhile_is_asked_again(world: StandIn) -> None:
    account = edit.set_region(stored.account("glm-intl", "Work").id, "cn")
    changed = threading.Event()

    def answer_late(request: Request) -> Reply | None:
        changed.wait(30)
        time.sleep(0.3)  # until the second refresh waits for the first
        return pass_on(request)

    world.reply("*bigmodel.cn", "*", answer_late)
    first = threading.Thread(target=refresh.refresh)
    first.start()
    while not world.requests:
        time.sleep(0.01)
    edit.set_region(account.id, "intl")
    changed.set()
    heard: list[Snapshot] = []
    outcome = refresh.refresh(
        [account.id], on_answer=lambda _, s: heard.append(s), publish=publish.publish
    )
    first.join()
    assert outcome.failed == []
    assert [known.failure for known in heard] == [None]
    assert snapshot(account.id).failure is None


def test_an_answer_to_a_replaced_key_is_not_kept(world: StandIn) -> None:
    account = edit.set_region(stored.account("glm-intl", "Work").id, "cn")
    replaced = threading.Event()

    def answer_late(request: Request) -> Reply | None:
        replaced.wait(30)
        return pass_on(request)

    world.reply("*bigmodel.cn", "*", answer_late)
    outcomes: list[RefreshResult] = []
    heard: list[Snapshot] = []
    first = threading.Thread(
        target=lambda: outcomes.append(
            refresh.refresh(on_answer=lambda _, known: heard.append(known))
        )
    )
    first.start()
    while not world.requests:
        time.sleep(0.01)
    (finding,) = recognise.read_all(KEYS["glm-intl"].value, "glm", utc_now())
    added = adding.add(adding.NewAccount(finding, region="intl", replaces=account))
    assert first.is_alive()
    replaced.set()
    first.join()
    assert snapshot(account.id) == added.snapshot
    assert added.snapshot.failure is None
    assert heard == []
    assert labels(outcomes[0].asked) == ["Work"]
    assert (outcomes[0].failed, outcomes[0].snapshots) == ([], [])


@pytest.mark.parametrize("is_replaced", [True, False])
def test_only_a_session_that_renewed_itself_is_the_one_that_was_asked(
    world: StandIn, is_replaced: bool
) -> None:
    server, account, replaced = strict.Strict(), strict.store(), threading.Event()
    began: list[Request] = []

    def answer_late(request: Request) -> Reply | None:
        began.append(request)
        if len(began) == 1:
            assert replaced.wait(30)
        return pass_on(request)

    world.reply(strict.HOST, strict.SESSION, server)
    world.reply(strict.HOST, strict.MAIN, answer_late)
    heard: list[Snapshot] = []
    first = threading.Thread(
        target=refresh.refresh, kwargs={"on_answer": lambda _, known: heard.append(known)}
    )
    first.start()
    while not began:
        time.sleep(0.01)
    if is_replaced:
        (finding,) = recognise.read_all(strict.chain("b", 0), "chatgpt", utc_now())
        added = adding.add(adding.NewAccount(finding, replaces=account))
    else:
        session.renew(account)
    assert first.is_alive()
    replaced.set()
    first.join()
    if is_replaced:
        assert heard == []
        assert snapshot(account.id) == added.snapshot
    else:
        assert heard == [snapshot(account.id)]
        assert heard[0].usage
    assert server.latest == ({"a": 1, "b": 1} if is_replaced else {"a": 2})


@pytest.mark.slow
@pytest.mark.timing
def test_a_suspended_refresh_is_named_and_not_waited_for(world: StandIn, shell: Shell) -> None:
    account = tavily()
    world.reply(TAVILY, "*", Reply(200, delay=20.0))
    command = [sys.executable, "-m", "scripts.tankful", "refresh"]
    with subprocess.Popen(
        command, env=shell.environment(), cwd=ROOT, stdout=subprocess.DEVNULL
    ) as other:
        try:
            while not world.requests:
                time.sleep(0.01)
            os.kill(other.pid, signal.SIGSTOP)
            begun = time.monotonic()
            for words in refused_by(lambda: refresh.refresh([account.id], publish=publish.publish)):
                assert f" {other.pid} " in words
                assert f"kill -9 {other.pid}" in words
            ran = shell.tankful("refresh")
            assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
            assert f"process {other.pid} has been refreshing" in ran.err
            assert "suspended" in ran.err
            remember(account, ago=timedelta(hours=2))
            ran = shell.tankful("list", "--wait")
            assert "Remembered" in ran.out
            assert f"process {other.pid} " in ran.err
            assert refresh.refresh(wait=False, publish=publish.publish) == RefreshResult()
            assert time.monotonic() - begun < 20
            assert len(world.requests) == 1
        finally:
            other.kill()
    world.reset()
    assert refresh.refresh([account.id], publish=publish.publish).failed == []


def refused_by(act: Callable[[], object]) -> tuple[str, str]:
    """Return the message of a refresh that is stuck, in both languages."""
    with pytest.raises(turn.Stuck) as told:
        act()
    return both(told.value.message)


@pytest.mark.timing
def test_a_refresh_that_lasts_too_long_is_not_waited_for(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tavily()
    with files.lock(background.lock_path(os.environ)):
        begun = time.monotonic()
        monkeypatch.setattr(background, "LONGEST", 0.3)
        for words in refused_by(lambda: refresh.refresh([account.id], publish=publish.publish)):
            assert f"kill {os.getpid()}" in words
        assert 0 < time.monotonic() - begun < 10
    assert background.LONGEST == 0.3
    assert world.requests == []


def test_a_refresh_is_waited_for_as_long_as_one_may_last() -> None:
    assert background.LONGEST >= secrets.STORE_SECONDS + refresh.TOTAL_SECONDS
    assert background.LONGEST == 90


@pytest.mark.timing
def test_who_does_not_wait_leaves_at_once(world: StandIn) -> None:
    tavily()
    with files.lock(background.lock_path(os.environ)):
        begun = time.monotonic()
        assert refresh.refresh(wait=False, publish=publish.publish) == RefreshResult()
        assert time.monotonic() - begun < 1
    assert world.requests == []


def test_a_store_that_is_never_answered_counts_as_locked(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts_told = [tavily("one"), tavily("two")]
    never = threading.Event()
    real = FileKeyring.get_password

    def dialog(store: FileKeyring, service: str, name: str) -> str | None:
        if name.startswith(accounts_told[1].id):
            never.wait(20)
        return real(store, service, name)

    assert secrets.STORE_SECONDS == 60
    monkeypatch.setattr(secrets, "STORE_SECONDS", 0.2)
    monkeypatch.setattr(FileKeyring, "get_password", dialog)
    outcome = refresh.refresh(publish=publish.publish)
    never.set()
    assert labels(outcome.failed) == ["two"]
    failure = snapshot(accounts_told[1].id).failure
    assert failure
    assert failure.kind == "store_locked"


def test_a_dialog_does_not_eat_the_network_s_time(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    tavily()
    real = FileKeyring.get_password

    def dialog(store: FileKeyring, service: str, name: str) -> str | None:
        time.sleep(1.2)
        return real(store, service, name)

    monkeypatch.setattr(FileKeyring, "get_password", dialog)
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 1.0)
    monkeypatch.setattr(refresh, "TOTAL_SECONDS", 1.0)
    outcome = refresh.refresh(publish=publish.publish)
    assert (labels(outcome.asked), outcome.failed, outcome.timed_out) == (["one"], [], [])


# Many


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn off rate limits, since many accounts share a key in these tests."""
    monkeypatch.setattr(rate_limits, "take", lambda counter, now: None)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use deadlines that are long enough for a busy machine."""
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 60.0)
    monkeypatch.setattr(refresh, "TOTAL_SECONDS", 120.0)
    monkeypatch.setattr(calls, "OPTIONAL_SECONDS", 60.0)


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
@pytest.mark.usefixtures("unlimited")
def test_two_hundred_accounts_and_never_more_than_eight_at_a_host(world: StandIn) -> None:
    told = stored.many(200)
    world.delay = 0.15  # long enough that a busy machine fills every slot
    outcome = refresh.refresh(publish=publish.publish)
    assert labels(outcome.asked) == labels(told)
    assert outcome.failed == outcome.timed_out == []
    peaks = {host: world.peak(host) for host, _ in MAIN.values()}
    assert all(1 < peak <= PER_HOST for peak in peaks.values()), peaks
    assert max(peaks.values()) == PER_HOST


def test_all_accounts_together_have_twenty_seconds() -> None:
    assert refresh.TOTAL_SECONDS == 20


@pytest.mark.slow
@pytest.mark.timing
@pytest.mark.usefixtures("patient", "unlimited")
def test_what_the_deadline_leaves_is_done_by_the_next_refresh(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = stored.many(48)
    fetched = remember(*told)
    patience = refresh.TOTAL_SECONDS
    monkeypatch.setattr(refresh, "TOTAL_SECONDS", 0.5)
    world.delay = 0.2
    begun = time.monotonic()
    outcome = refresh.refresh(publish=publish.publish)
    assert time.monotonic() - begun < 10
    assert outcome.failed == []
    assert outcome.timed_out
    assert labels(outcome.asked + outcome.timed_out) == labels(told)
    for account in outcome.timed_out:
        known = snapshot(account.id)
        assert (known.usage, known.fetched_at, known.failure) == (GOOD, fetched, None)
    monkeypatch.setattr(refresh, "TOTAL_SECONDS", patience)
    world.delay = 0.0
    again = refresh.refresh(publish=publish.publish)
    assert labels(again.asked) == labels(outcome.timed_out)
    assert again.failed == again.timed_out == []


def test_who_has_waited_longest_is_asked_first(world: StandIn) -> None:
    first, second, third = tavily("first"), tavily("second"), tavily("third")
    save(Snapshot(first.id, GOOD, utc_now()))
    save(Snapshot(second.id, GOOD, utc_now() - timedelta(hours=1)))
    asked: list[Account] = []
    every = [account.id for account in (first, second, third)]
    refresh.refresh(every, on_begin=asked.extend, publish=publish.publish)
    assert [account.label for account in asked] == ["third", "second", "first"]


@pytest.mark.usefixtures("unlimited")
def test_a_slow_host_costs_its_own_accounts_only(world: StandIn) -> None:
    told = [each for each in stored.many(72) if each.provider in ("kimi", "tavily")]
    others = {each.id for each in told if each.provider == "kimi"}
    waiting = set(others)
    all_others_heard = threading.Event()

    def hear(account: Account, _: Snapshot) -> None:
        waiting.discard(account.id)
        if not waiting:
            all_others_heard.set()

    def slow(request: Request) -> Reply | None:
        assert all_others_heard.wait(9)
        return None

    world.reply(TAVILY, "*", slow)
    outcome = refresh.refresh([each.id for each in told], on_answer=hear, publish=publish.publish)
    assert (len(outcome.asked), outcome.failed, outcome.timed_out) == (24, [], [])
    assert world.peak(TAVILY) == PER_HOST


def test_numbers_survive_a_cache_that_cannot_be_written(
    world: StandIn, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tavily()
    remember(account)
    with suppress(OSError):
        refresh.refresh([account.id], publish=publish.publish)
    blocked = home / "tankful" / "cache" / "snapshots-1"
    for path in blocked.iterdir():
        path.unlink()
    blocked.rmdir()
    blocked.write_text("a file where a folder should be")
    heard: list[Snapshot] = []
    refresh.refresh([account.id], on_answer=lambda _, s: heard.append(s), publish=publish.publish)
    assert heard[0].failure is None


def test_the_clock_is_handed_in(world: StandIn) -> None:
    account = tavily()
    later = datetime.fromtimestamp(utc_now().timestamp() + 86400, utc_now().tzinfo)
    refresh.refresh(now=lambda: later, publish=publish.publish)
    with Cache(now=lambda: later) as cache:
        assert cache.get(account.id).fetched_at == later
    assert snapshot(account.id).fetched_at is None
    assert accounts.load().get(account.id) == account


def test_quotas_arrive_as_they_were_told(world: StandIn) -> None:
    account = stored.account("tavily-unlimited")
    refresh.refresh(publish=publish.publish)
    known = snapshot(account.id)
    assert known.usage
    assert known.usage.quotas == (Quota("Plan", "credits", Decimal(120455), None, None),)
