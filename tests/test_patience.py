"""The clock of an account stands still while the store is asked, and nothing blocks the event loop."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Callable

import keyring
import pytest

from tests import keyrings, stored
from tests.standin import KEYS, StandIn, faults
from tests.strict import HOST, SESSION
from workflow import patience
from workflow.actions import add as adding
from workflow.chatgpt import session
from workflow.credentials import store
from workflow.errors import StoreLocked
from workflow.patience import Clock, in_thread, within
from workflow.recognition import recognise
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.storage import accounts, files


def run(telling: Callable[[], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        return await telling()

    return asyncio.run(whole())


def sleep(seconds: float, then: Any) -> Any:
    """Block this long, then set an event or return a value."""
    time.sleep(seconds)
    if isinstance(then, threading.Event):
        then.set()
    return then


def test_what_is_told_in_time_is_passed_on() -> None:
    async def told() -> int:
        await asyncio.sleep(0.01)
        return 7

    async def wrong() -> int:
        raise KeyError("no")

    assert run(lambda: within(5, told())) == 7
    with pytest.raises(KeyError):
        run(lambda: within(5, wrong()))


@pytest.mark.timing
def test_what_takes_too_long_is_ended() -> None:
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("x")

    begun = time.monotonic()
    with pytest.raises(asyncio.TimeoutError):
        run(lambda: within(0.1, endless()))
    assert ended
    assert time.monotonic() - begun < 5


def test_the_clock_stands_still_meanwhile() -> None:
    async def slow() -> str:
        await asyncio.sleep(0.05)
        found = await in_thread(sleep, 0.5, "kept")
        await asyncio.sleep(0.05)
        return str(found)

    assert run(lambda: within(0.4, slow())) == "kept"


@pytest.mark.timing
def test_it_goes_on_afterwards() -> None:
    async def slow() -> None:
        await in_thread(time.sleep, 0.3)
        await asyncio.sleep(60)

    begun = time.monotonic()
    with pytest.raises(asyncio.TimeoutError):
        run(lambda: within(0.2, slow()))
    assert 0.4 < time.monotonic() - begun < 5


def test_a_clock_around_it_stands_still_too() -> None:
    async def whole() -> int:
        async def slow() -> None:
            await within(0.3, in_thread(time.sleep, 0.6))

        with Clock(0.4) as clock:
            tasks = {asyncio.ensure_future(slow())}
        done, late = await clock.wait(tasks)
        return len(done) - len(late)

    assert asyncio.run(whole()) == 1


def test_others_go_on_meanwhile() -> None:
    async def whole() -> int:
        ticks, slow = 0, asyncio.ensure_future(in_thread(time.sleep, 0.3))
        while not slow.done():
            ticks += 1
            await asyncio.sleep(0.01)
        return ticks

    assert asyncio.run(whole()) > 5


@pytest.mark.parametrize("times", [1, 3])
def test_what_is_begun_is_finished(times: int) -> None:
    """⌃C cancels every task, and whoever waits for one cancels it again."""
    finished = threading.Event()

    async def whole() -> None:
        task = asyncio.ensure_future(in_thread(sleep, 0.3, finished))
        for _ in range(times):
            await asyncio.sleep(0.05)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert finished.is_set()

    asyncio.run(whole())


def test_a_dialog_that_nobody_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STORE_SECONDS", 0.1)
    with pytest.raises(StoreLocked):
        run(lambda: in_thread(time.sleep, 1))


@pytest.mark.slow
def test_what_it_raises_when_nobody_waits_any_more_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong() -> None:
        time.sleep(0.3)
        raise KeyError("no")

    async def whole() -> None:
        with pytest.raises(StoreLocked):
            await in_thread(wrong)
        await asyncio.sleep(0.5)

    monkeypatch.setattr(patience, "STORE_SECONDS", 0.1)
    asyncio.run(whole())
    gc.collect()
    assert caplog.text == ""


def test_a_lock_gives_up_before_nobody_waits_for_it_any_more() -> None:
    assert files.WAIT + 5 < patience.STORE_SECONDS, "else nobody reads who is in the way"


def test_what_it_raises_is_raised() -> None:
    def wrong() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError):
        run(lambda: in_thread(wrong))


# ---- a slow store, lock or disk


class Slow(keyrings.FileKeyring):
    """Takes its time to write, as while a dialog is open."""

    def set_password(self, service: str, username: str, password: str) -> None:
        time.sleep(0.4)
        super().set_password(service, username, password)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret store with a dialog, and accounts that have less time than that."""
    backend: Callable[[], Any] = Slow
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend())
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 0.7)
    monkeypatch.setattr(refresh, "TOTAL_SECONDS", 0.7)
    monkeypatch.setattr(session, "DEADLINE_SECONDS", 0.7)


@pytest.mark.slow
@pytest.mark.timing
def test_a_slow_store_makes_nobody_unreachable(
    world: StandIn, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [stored.account(key) for key in ("chatgpt-session", "glm-cn", "kimi-intl")]
    ended: list[str] = []
    begun = time.monotonic()
    outcome = refresh.refresh([a.id for a in told], on_answer=lambda a, s: ended.append(a.provider))
    assert (outcome.failed, outcome.timed_out) == ([], [])
    assert time.monotonic() - begun > 0.8, "two writes"
    assert ended[-1] == "chatgpt", "nobody waits for the store but the account that it is asked for"


def test_a_slow_store_costs_no_exchange(world: StandIn, slow: None) -> None:
    account = stored.account("chatgpt-session")
    assert session.renew(account).secret


def test_a_slow_store_costs_no_account_that_is_added(world: StandIn, slow: None) -> None:
    done = adding.add(adding.NewAccount(recognise.read(KEYS["chatgpt-session"].value, "chatgpt")))
    assert done.snapshot.usage


@pytest.mark.slow
def test_the_provider_still_has_its_deadline(
    world: StandIn, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "TOTAL_SECONDS", 20.0)
    account = stored.account("chatgpt-session")
    world.reply(HOST, SESSION, faults.hang())
    assert refresh.refresh([account.id]).failed == [account]
    failure = stored.snapshot(account.id).failure
    assert failure
    assert failure.kind == "unreachable"
    assert accounts.load().pending_secrets == ()


def test_nothing_of_it_runs_on_the_loop(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The store, accounts.json and its lock are asked in threads; only the lock of the turn is not."""
    account, other = stored.account("chatgpt-session"), stored.account("chatgpt-plus")
    on_the_loop: list[str] = []

    def watched(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*about: Any, **more: Any) -> Any:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                return call(*about, **more)
            on_the_loop.append(f"{name} {about[0] if about else ''}")
            return call(*about, **more)

        return asked

    for module, name in (
        (keyrings.FileKeyring, "get_password"),
        (keyrings.FileKeyring, "set_password"),
        (keyrings.FileKeyring, "delete_password"),
        (files, "write"),
        (files, "lock"),
        (accounts, "load"),
        (accounts, "change"),
        (store, "read"),
    ):
        monkeypatch.setattr(module, name, watched(name, getattr(module, name)))

    async def whole() -> None:
        from workflow.chatgpt import edge

        async with edge.connect() as client:
            on_the_loop.clear()
            for each in (account, other):
                await fetching.usage(client, each, KEYS_OF[each.id])

    KEYS_OF = {each.id: store.read(each) for each in (account, other)}
    asyncio.run(whole())
    assert [told for told in on_the_loop if "exchange-" not in told] == []
    assert len(on_the_loop) == 1  # never waited for: another holder is looked for again later
