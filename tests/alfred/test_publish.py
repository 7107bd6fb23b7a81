"""Publishing: accounts, cache and settings become the answer and the feed."""

from __future__ import annotations

import json
import os
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable

import pytest

from tests.alfred_harness.reference import violations
from tests.examples import CHATGPT, GLM, KIMI, MINIMAX, NOW, SIX, install, many, share
from workflow import feed, paths, settings
from workflow.alfred import account_list, pack, publish, served
from workflow.display import row, times
from workflow.i18n.catalog import speaking
from workflow.models import Usage
from workflow.records import replace
from workflow.refresh import background
from workflow.settings import Settings
from workflow.state import state as states
from workflow.state import status
from workflow.storage import accounts, files

EN = Settings(best=False)


def now() -> datetime:
    """Return the fixed time of these tests."""
    return NOW


def stamp() -> str:
    return feed.stamp(paths.data(os.environ))


def feed_file() -> Path:
    return Path(feed.path(os.environ))


def answer(settings: Settings = EN) -> dict[str, Any]:
    """Return the answer to Alfred at NOW."""
    state = states.read(settings, now=now)
    with speaking(settings.translation):
        words = times.formats()
    told: dict[str, Any] = json.loads(feed.fill(publish.rendered(state), NOW.timestamp(), words))
    assert violations("scriptfilter", told) == []
    return told


def titles(settings: Settings = EN) -> list[str]:
    return [item["title"].partition("   ")[0] for item in answer(settings)["items"]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_accounts_one_row_says_how_to_add_one(language: str) -> None:
    (row,) = answer(Settings(language=language, best=False))["items"]
    assert row["title"] == ("Add your first account" if language == "en" else "添加第一个账号")
    assert "tankful add" in row["subtitle"]
    assert row["variables"]["action"] == "add"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_account_is_a_row_alfred_takes(language: str) -> None:
    install(SIX)
    rows = answer(Settings(language=language, best=False))["items"]
    assert [row["uid"] for row in rows[: len(SIX)]] == [account.id for account, _ in SIX]
    assert [row["uid"] for row in rows[6:]] == ["add", "more"]


def test_two_hundred_rows_are_rows_alfred_takes() -> None:
    install(many(200))
    assert len(answer()["items"]) == 202


def test_the_first_row_says_where_to_work_now_and_leaves_no_gap() -> None:
    install(many(6, datetime.now(timezone.utc)))
    state = states.read(Settings())
    words = times.formats()
    for days in (0, 3, 30):
        now = datetime.now(timezone.utc) + timedelta(days=days)
        told = json.loads(feed.fill(publish.rendered(state), now.timestamp(), words))
        assert violations("scriptfilter", told) == []
        best = told["items"][0]
        assert best["uid"] == "best"
        assert "· ·" not in best["subtitle"]
        assert "·  ·" not in best["subtitle"]


def test_pinned_accounts_are_on_top_and_hidden_ones_away() -> None:
    hidden, pinned = replace(GLM[0], hidden=True), replace(CHATGPT[0], pinned=True)
    install([(hidden, GLM[1]), KIMI, (pinned, CHATGPT[1])])
    assert titles()[:2] == ["ChatGPT · Me", "KIMI · 主账号"]
    assert "GLM · Work" not in titles()


def test_a_list_of_hidden_accounts_does_not_seem_empty() -> None:
    install([(replace(GLM[0], hidden=True), GLM[1])])
    assert titles() == ["All accounts are hidden", "Add account…", "More…"]


def test_the_most_urgent_is_on_top_when_that_is_wished() -> None:
    install([GLM, KIMI, CHATGPT])
    assert titles()[:3] == ["GLM · Work", "KIMI · 主账号", "ChatGPT · Me"]
    assert titles(Settings(order="urgency", best=False))[:3] == [
        "ChatGPT · Me",
        "GLM · Work",
        "KIMI · 主账号",
    ]


def test_a_damaged_accounts_file_is_told_in_a_row_that_leads_to_it() -> None:
    Path(files.folder(paths.data(os.environ)), "accounts.json").write_text("{")
    for language in ("en", "zh"):
        row = answer(Settings(language=language, best=False))["items"][0]
        assert Path(row["arg"]).read_text() == "{"
        assert row["variables"]["action"] == "reveal"
        assert Path(row["arg"]).name in row["subtitle"]


def test_an_account_of_a_provider_that_is_gone_is_still_a_row() -> None:
    account = replace(GLM[0], provider="acme", id="acme-0000000a")
    install([(account, replace(GLM[1], account_id=account.id)), KIMI])
    assert titles()[:2] == ["acme · Work", "KIMI · 主账号"]


def test_publishing_leaves_the_feed_for_the_next_keystroke() -> None:
    install([GLM])
    state, rendered = publish.publish(now)
    assert feed_file().read_bytes().endswith(b"\n" + rendered)
    environ = {"LANG": "en_US.UTF-8"}
    said = feed.serve(environ, NOW.timestamp(), feed_file().read_bytes(), stamp(), lambda: False)
    assert said is not None
    assert json.loads(said) == answer(state.settings)


def test_the_feed_is_nobody_elses_business() -> None:
    publish.publish()
    assert feed_file().stat().st_mode & 0o777 == 0o600
    assert feed_file().parent.stat().st_mode & 0o777 == 0o700


def test_wishes_for_one_call_never_reach_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    install([GLM])
    publish.publish()
    before = feed_file().read_bytes()
    monkeypatch.setenv("TANKFUL_SHOW", "used")
    _, told = publish.publish()
    assert b"59% used" in told
    assert feed_file().read_bytes() == before


def test_the_feed_is_due_when_the_first_account_is() -> None:
    install([GLM, KIMI])
    assert states.read(EN).due_at() == NOW + timedelta(minutes=3)
    publish.publish(now)
    due = feed_file().read_bytes().split(b"\t")[3]
    assert int(due) == (NOW + timedelta(minutes=3)).timestamp()


def test_without_accounts_nothing_is_ever_due_and_the_feed_is_made_once_a_day() -> None:
    assert states.read(EN).due_at() == status.FOREVER
    publish.publish(now)
    content = feed_file().read_bytes()
    environ, day = {"LANG": "en_US.UTF-8"}, 86400
    for later in (0, day - 1):
        moment = NOW.timestamp() + later
        assert feed.serve(environ, moment, content, stamp(), pytest.fail) is not None
    told = feed.serve(environ, NOW.timestamp() + day, content, stamp(), lambda: True)
    assert told is not None
    assert told.startswith(b'{"rerun":')


def test_whoever_publishes_beside_another_one_reads_once(monkeypatch: pytest.MonkeyPatch) -> None:
    install([GLM])
    read, times = states.read, []

    def counting(*args: Any, **named: Any) -> states.State:
        times.append(1)
        return read(*args, **named)

    monkeypatch.setattr(publish, "PATIENCE", 0.0)
    monkeypatch.setattr(states, "read", counting)
    with files.lock(f"{feed.path(os.environ)}.lock"):
        publish.publish()
    assert len(times) == 1
    assert not feed_file().exists()


@pytest.mark.parametrize("what", ["a-file-in-place-of-the-folder", "a-folder-in-place-of-the-feed"])
def test_an_answer_that_cannot_be_kept_is_still_an_answer(what: str) -> None:
    install([GLM])
    if what.startswith("a-file"):
        os.rename(paths.cache(os.environ), f"{paths.cache(os.environ)}-aside")
        Path(paths.cache(os.environ)).touch()
    else:
        feed_file().mkdir()
    assert b"GLM" in publish.publish()[1]


def test_whoever_publishes_waits_for_another_one_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install([GLM])
    publish.publish()
    monkeypatch.setattr(publish, "PATIENCE", 0.1)
    with files.lock(f"{feed.path(os.environ)}.lock"):
        assert b"GLM" in publish.publish()[1]
    assert not feed_file().exists()  # the other one may have read what is old by now


def test_a_setting_that_changes_while_it_is_rendered_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install([GLM])
    render = publish.rendered

    def slowly(state: states.State) -> bytes:
        told = render(state)
        settings.choose("privacy", "1")
        return told

    monkeypatch.setattr(publish, "rendered", slowly)
    publish.publish(now)
    environ, content = {"LANG": "en_US.UTF-8"}, feed_file().read_bytes()
    assert feed.serve(environ, NOW.timestamp(), content, stamp(), lambda: False) is None


def test_many_publishers_leave_a_whole_feed() -> None:
    install(many(20))
    threads = [threading.Thread(target=publish.publish, args=(now,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    environ = {"LANG": "en_US.UTF-8"}
    content = feed_file().read_bytes()
    assert feed.serve(environ, NOW.timestamp(), content, stamp(), lambda: False) is not None
    assert [name for name in os.listdir(feed_file().parent) if name.endswith(".new")] == []


@pytest.mark.parametrize(
    ("later", "starts"), [(timedelta(minutes=2.9), False), (timedelta(minutes=3), True)]
)
def test_a_due_account_starts_the_refresh(
    monkeypatch: pytest.MonkeyPatch, later: timedelta, starts: bool
) -> None:
    install([GLM])
    started: list[object] = []

    def start(environ: object) -> bool:
        started.append(environ)
        return True

    monkeypatch.setattr(background, "start", start)
    state = states.read(EN)
    told = json.loads(publish.shown(publish.rendered(state), state, NOW + later))
    assert bool(started) is starts
    assert ("rerun" in told) is starts
    assert told["items"][0]["title"].startswith("GLM · Work   41% left")


def test_a_changed_account_is_in_the_next_feed() -> None:
    install([GLM])
    publish.publish()
    accounts.change(lambda book: book.with_account(replace(GLM[0], label="Renamed")))
    publish.publish()
    assert "GLM · Renamed" in feed_file().read_text(encoding="utf-8")


def test_a_text_that_looks_like_a_marker_survives_the_feed() -> None:
    label = r"\u0011u0:gone\u0012 \u0091u0\u0092gone\u0092\u0091"
    usage = Usage((share("Weekly", "41"),), plan="\x11u0:\x12 \x91u0\x92gone\x92\x91")
    install([(replace(GLM[0], label=label), replace(GLM[1], usage=usage))])
    publish.publish(now)
    content = feed_file().read_bytes()
    told = feed.serve({"LANG": "en_US.UTF-8"}, NOW.timestamp(), content, stamp(), lambda: False)
    row = json.loads(told or b"{}")["items"][0]
    assert row["title"] == f"GLM · {label}   41% left ▰▰▰▰▱▱▱▱▱▱"
    assert row["subtitle"] == "Week 41% · u0: u0gone · 2m ago"


def test_the_first_row_fits_a_line_however_long_the_names() -> None:
    label = "A name of twenty letters"
    install(
        [
            (replace(each[0], label=f"{label}{i}"), each[1])
            for i, each in enumerate((GLM, KIMI, MINIMAX))
        ]
    )
    first = account_list.items(states.read(Settings()), NOW)[0]
    assert first.uid == "best"
    assert times.columns(first.subtitle) <= row.WIDTH
    assert " · then " in first.subtitle
    said = times.fill(first.subtitle, NOW)
    assert said.endswith(" · 2m ago")


def test_a_preview_leaves_the_feed_alone() -> None:
    install(SIX)
    publish.publish(now)
    Path(served.path()).unlink()
    feed_file().unlink()
    publish.preview(now)
    assert not feed_file().exists()  # nobody looks
    looked = NOW.timestamp() - publish.OPEN + 1
    os.utime(feed_file().parent / feed.LOOKED, (looked, looked))
    publish.preview(now)
    assert feed_file().exists()
    assert not Path(served.path()).exists()


def test_a_change_leaves_the_feed_at_once_and_the_rest_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(SIX)
    aside: list[Callable[[], object]] = []
    monkeypatch.setattr(background, "aside", aside.append)
    publish.feed_first()
    assert feed_file().exists()
    assert not Path(served.path()).exists()
    aside[0]()
    assert Path(served.path()).exists()


def test_a_change_that_nobody_can_do_the_rest_of_is_a_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(work: Callable[[], object]) -> None:
        raise OSError

    install(SIX)
    monkeypatch.setattr(background, "aside", refuse)
    publish.feed_first()
    assert feed_file().exists()


@pytest.mark.parametrize("seconds", [0, publish.STUCK + 1])
@pytest.mark.parametrize("name", [feed.NAME, pack.LISTS])
def test_who_leaves_it_is_at_it_for_a_while(
    name: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(SIX)
    lock = f"{paths.cache(os.environ)}/{name}.lock"
    assert not publish.is_under_way()
    with files.lock(lock):
        clock = time.monotonic
        monkeypatch.setattr(time, "monotonic", lambda: clock() + seconds)
        assert publish.is_under_way() is (seconds == 0)
        monkeypatch.undo()
    assert not publish.is_under_way()
