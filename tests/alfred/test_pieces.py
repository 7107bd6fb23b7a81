"""The pieces kept of each account: lists are the same with reused pieces, and no piece is outdated."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Callable

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples_of
from hypothesis import strategies as st

from tests.examples import NOW, install, look_at_the_guide, many
from tests.profiles import scaled
from workflow import feed, settings
from workflow.actions import edit
from workflow.alfred import pack, pieces, publish, served
from workflow.records import replace
from workflow.refresh import background
from workflow.state import state as states
from workflow.state.state import AccountState, State
from workflow.storage import accounts
from workflow.storage.snapshots import Cache
from workflow.system import builds

COUNT = 12
pytestmark = pytest.mark.usefixtures("build")


def now() -> datetime:
    """Return the fixed time of these tests."""
    return NOW


@pytest.fixture(autouse=True)
def build(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle whose pages of the guide have been looked at."""
    monkeypatch.setattr(background, "_detach", lambda *_: None)
    monkeypatch.setattr(builds, "current", lambda: "1.0 abc")
    look_at_the_guide()
    install(many(COUNT, NOW))


def published() -> tuple[bytes, bytes]:
    """Publish, and return the bytes of the feed and the pack."""
    publish.publish(now)
    return Path(feed.path(os.environ)).read_bytes(), Path(served.path()).read_bytes()


def anew() -> tuple[bytes, bytes]:
    """The same with nothing to begin with."""
    Path(served.path()).unlink()
    return published()


def ask(account_id: str, **changes: Any) -> None:
    """An answer came in."""
    with Cache(now=now) as cache:
        known = cache.get(account_id)
        cache.put(replace(known, **{"fetched_at": NOW - timedelta(seconds=1), **changes}))


def a_change(number: int) -> Callable[[], object]:
    account = accounts.load().accounts[number % COUNT]
    return (
        lambda: ask(account.id),
        lambda: ask(account.id, usage=None),
        lambda: edit.rename(account.id, f"Other {number}"),
        lambda: edit.arrange(account.id, "unpin" if account.pinned else "pin"),
        lambda: edit.arrange(account.id, "show" if account.hidden else "hide"),
        lambda: settings.choose("language", "zh" if number % 2 else "en"),
        lambda: settings.choose("order", "urgency" if number % 2 else "hand"),
        lambda: settings.choose("privacy", str(number % 2)),
        lambda: accounts.change(lambda book: book.without(account.id)),
    )[number // COUNT % 9]


@examples_of(
    max_examples=scaled(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(0, 9 * COUNT - 1), min_size=1, max_size=3))
def test_what_is_rendered_in_part_is_what_is_rendered_whole(numbers: list[int]) -> None:
    accounts.change(lambda _: accounts.Accounts())
    Path(settings.path()).unlink(missing_ok=True)
    install(many(COUNT, NOW))
    published()
    for number in numbers:
        if number % COUNT < len(accounts.load().accounts):
            a_change(number)()
    assert published() == anew()


def test_an_account_of_which_nothing_has_changed_is_not_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published()
    changed = [account.id for account in accounts.load().accounts[2:5]]
    for account_id in changed:
        ask(account_id)
    written: list[tuple[str, str]] = []
    piece = State.piece

    def counted(state: State, account: Any, name: str, write: Callable[[AccountState], str]) -> str:
        def noted(known: AccountState) -> str:
            written.append((name, account.id))
            return write(known)

        return piece(state, account, name, noted)

    monkeypatch.setattr(State, "piece", counted)
    published()
    assert sorted(written) == sorted((name, each) for name in pieces.NAMES for each in changed)


def test_every_piece_has_a_name_that_is_kept() -> None:
    publish.publish(now)
    state = states.read(now=now)
    publish.rendered(state)
    served.leave(state, lambda answer: answer)
    assert {name for _, name, _ in state.pieces} == set(pieces.NAMES)


def test_what_is_damaged_or_of_another_layout_is_written_anew() -> None:
    feed_, whole = published()
    at = len(whole) - len(pack.read(served.path(), pieces.KEY)) - len(b"\n01234567")
    for damaged in (
        b"",
        b"\n",
        whole[:900],
        whole[: at + 900],
        whole.replace(b"GLM", b"XXX"),
        whole[:at] + whole[at:].replace(b"GLM", b"XXX"),
        b"\0" * 99,
        b"x" + whole,
    ):
        Path(served.path()).write_bytes(damaged)
        state = states.read(now=now)
        pieces.recall(state)
        assert state.pieces == {}
        assert published() == (feed_, whole)
    Path(served.path()).unlink()
    Path(served.path()).mkdir()  # cannot be read
    publish.publish(now)
    assert Path(feed.path(os.environ)).read_bytes() == feed_


def test_after_a_home_without_accounts_the_first_one_is_shown() -> None:
    accounts.change(lambda _: accounts.Accounts())
    published()
    install(many(1, NOW))
    assert published() == anew()


def test_in_a_checkout_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    monkeypatch.setattr(builds, "current", lambda: "")
    publish.publish(now)
    assert pack.read(served.path(), pieces.KEY) == b""


def test_a_new_build_writes_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    monkeypatch.setattr(builds, "current", lambda: "1.1 abd")
    state = states.read(now=now)
    pieces.recall(state)
    assert state.pieces == {}
