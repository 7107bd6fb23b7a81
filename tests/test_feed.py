"""The feed as bytes: how it is written and served, and when it cannot be used."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import feed, settings
from workflow.alfred import publish
from workflow.display import times

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=timezone.utc)
ALFRED = {"tankful_show": "left", "tankful_language": " zh \n CN ", "PATH": "/bin"}
SEEN = "tankful_language=zh CN;tankful_show=left"
MADE = ("en_US en_US", "", "1.0", "17")
WORDS = times.formats()
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x90\x91\x92\x94\x95"))


def answer(title: str = f"GLM {times.ago(NOW)}", made: float = NOW.timestamp()) -> bytes:
    told = json.dumps({"items": [{"title": title}]}, ensure_ascii=False)
    return times.compact(told, made)


def written(
    due: float = NOW.timestamp() + 60,
    locale: str = "en_US en_US",
    seen: str = SEEN,
    made: float = NOW.timestamp(),
) -> bytes:
    return publish.header(made, due, (locale, seen, "1.0", "17"), WORDS)(answer())


def serve(
    content: bytes,
    environ: Mapping[str, str] | None = None,
    later: float = 0.0,
    running: bool = False,
) -> Any:
    """Serve the feed, and return the JSON that is printed; None if the feed cannot be used."""
    environ = {"LANG": "en_US"} if environ is None else environ
    said = feed.serve(environ, NOW.timestamp() + later, content, "17", lambda: running)
    return None if said is None else json.loads(said)


def test_a_feed_is_served_as_of_now() -> None:
    assert serve(written()) == {"items": [{"title": "GLM just now"}]}
    assert serve(written(), later=59)["items"] == [{"title": "GLM just now"}]
    assert serve(written(due=9e9), later=7200)["items"] == [{"title": "GLM 2h ago"}]


def test_serving_needs_no_more_than_a_mapping() -> None:
    said = feed.serve({"LANG": "en_US"}, NOW.timestamp(), written(), "17", lambda: False)
    assert said == b'{"items": [{"title": "GLM just now"}]}'


@pytest.mark.parametrize("running", [True, False])
def test_a_due_refresh_is_started_and_its_result_asked_for(running: bool) -> None:
    told = serve(written(due=NOW.timestamp()), running=running)
    assert told.get("rerun") == (0.7 if running else None)
    assert told["items"] == [{"title": "GLM just now"}]


def test_no_refresh_is_started_before_it_is_due() -> None:
    environ = {"LANG": "en_US"}
    assert feed.serve(environ, NOW.timestamp() + 59, written(), "17", pytest.fail) is not None


@pytest.mark.parametrize("moment", [b"99999999999", b"1", b"-5", b"1e9"])
def test_a_feed_whose_due_moment_was_changed_is_of_no_use(moment: bytes) -> None:
    due = str(int(NOW.timestamp()) + 77).encode()
    whole = written(due=NOW.timestamp() + 77)
    assert whole.count(due) == 1
    assert serve(whole.replace(due, moment)) is None


@pytest.mark.parametrize("ahead", [61, 3600, 5 * 86400, 365 * 86400, 17 * 365 * 86400])
def test_a_feed_that_was_made_ahead_of_now_is_of_no_use(ahead: float) -> None:
    made = NOW.timestamp() + ahead
    assert serve(written(due=made + 300, made=made)) is None


def test_a_clock_that_was_put_back_a_little_costs_no_feed() -> None:
    assert serve(written(), later=-60) == {"items": [{"title": "GLM just now"}]}


@pytest.mark.parametrize("due", [9e9, 253370764800.0, NOW.timestamp() + 7 * 86400])
def test_no_feed_is_served_for_more_than_a_day_without_a_refresh(due: float) -> None:
    assert "rerun" not in serve(written(due), later=86399, running=True)
    assert serve(written(due), later=86400, running=True)["rerun"] == 0.7


def test_a_due_moment_more_than_a_day_ahead_is_believed_of_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed, "DAY", 10 * feed.DAY)
    whole = written(due=NOW.timestamp() + 3 * 86400)
    monkeypatch.undo()
    assert serve(whole) is None


def test_a_feed_cut_short_is_of_no_use() -> None:
    whole = written()
    assert [to for to in range(len(whole)) if serve(whole[:to]) is not None] == []


@pytest.mark.parametrize("more", [b"\0", b"\0" * 512, b"}", b"\n", b" "])
def test_a_feed_with_more_at_its_end_is_of_no_use(more: bytes) -> None:
    assert serve(written() + more) is None


@given(st.data())
def test_a_feed_with_any_byte_changed_is_of_no_use(data: st.DataObject) -> None:
    whole = bytearray(written())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert serve(bytes(whole)) is None


@given(st.binary())
def test_rubbish_is_of_no_use(content: bytes) -> None:
    assert serve(content) is None
    assert serve(feed.LAYOUT.encode() + b"\t" + content) is None


@pytest.mark.parametrize("layout", ["tankful-feed-9", "tankful-feed-11", "", "tankful-feed-99"])
def test_a_feed_of_another_layout_is_of_no_use(layout: str) -> None:
    assert serve(written().replace(feed.LAYOUT.encode(), layout.encode(), 1)) is None


@pytest.mark.parametrize(
    ("environ", "served"),
    [
        pytest.param({"LANG": "en_US"}, True, id="no-alfred"),
        pytest.param({**ALFRED, "LANG": "en_US"}, True, id="alfred-as-seen"),
        pytest.param({"tankful_show": "used", "LANG": "en_US"}, False, id="alfred-changed"),
        pytest.param({**ALFRED, "tankful_x": "", "LANG": "en_US"}, False, id="alfred-has-more"),
        pytest.param({"LANG": "zh_CN"}, False, id="another-language"),
        pytest.param({}, False, id="no-language"),
        pytest.param({"LC_ALL": "en_US", "LANG": "zh_CN"}, True, id="lc-all-wins"),
        pytest.param({"LANG": "en_US", "LC_TIME": "de_DE"}, False, id="another-clock"),
        pytest.param({"LANG": "en_US", "TANKFUL_SHOW": "used"}, False, id="one-call"),
        pytest.param({"LANG": "en_US", "TANKFUL_SHOW": ""}, True, id="one-call-for-nothing"),
        pytest.param({"LANG": "en_US", "TANKFUL_HOME": "/x"}, True, id="home"),
        pytest.param({"LANG": "en_US", "TANKFUL_LOOPBACK": "http://x"}, False, id="loopback"),
        pytest.param({"LANG": "en_US", "TANKFUL_TEST_KEYRING": "x"}, True, id="no-setting"),
    ],
)
def test_a_feed_rendered_otherwise_is_of_no_use(environ: dict[str, str], served: bool) -> None:
    assert (serve(written(), environ) is not None) == served


def test_every_setting_can_be_chosen_for_one_call() -> None:
    assert feed.SETTINGS.lower().split() == list(settings.CHOICES)


def test_a_feed_of_another_time_zone_is_of_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written()
    for zone, is_served in (("Asia/Shanghai", False), ("Atlantic/Reykjavik", True)):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert (serve(whole) is not None) == is_served


def test_on_a_mac_the_locale_of_a_shell_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert feed.locale({"LANG": "zh_CN", "LC_ALL": "de_DE"}) == ""
    assert serve(written(locale=""), {"LANG": "zh_CN"}) is not None


def test_the_signature_is_one_line_in_one_order() -> None:
    assert feed.signature(ALFRED) == SEEN
    assert feed.signature(dict(reversed(list(ALFRED.items())))) == SEEN
    assert feed.signature({"PATH": "/bin"}) == ""


@given(TEXTS, st.sampled_from(("tankful_show", "LANG", "LC_TIME")))
def test_odd_values_are_served_as_they_were_written(value: str, name: str) -> None:
    environ = {name: value}
    made = (feed.locale(environ), feed.signature(environ), "1.0", "17")
    whole = publish.header(NOW.timestamp(), 9e9, made, WORDS)(answer())
    assert serve(whole, environ) is not None


def test_bytes_that_are_no_text_can_be_written() -> None:
    environ = {"tankful_a": "\udcff\udce4", "LANG": "\udcff"}
    made = (feed.locale(environ), feed.signature(environ), "1.0", "17")
    whole = publish.header(NOW.timestamp(), 9e9, made, WORDS)(answer())
    assert serve(whole, environ) is not None


@given(TEXTS, TEXTS)
def test_any_text_survives_as_json(one: str, other: str) -> None:
    title = f"{one}{times.switch(NOW, other, one)}{other}"
    made = NOW.timestamp() - 1
    whole = publish.header(made, 9e9, MADE, WORDS)(answer(title, made))
    assert serve(whole)["items"][0]["title"] == one + one + other
    assert serve(whole, later=-1)["items"][0]["title"] == one + other + other


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("\x11u0:gone\x12", id="control-characters"),
        pytest.param(r"\u0011u0:gone\u0012", id="escapes-spelled-out"),
        pytest.param(r"\u0091u0\u0092gone\u0092\u0091", id="our-escapes-spelled-out"),
        pytest.param(r"\\u0091", id="two-backslashes"),
        pytest.param('"}],"items":[', id="quotes"),
        pytest.param("\u202emirrored\u202c 👩‍👩‍👧 עברית", id="directions-and-emoji"),
    ],
)
def test_a_text_that_looks_like_a_marker_is_none(told: str) -> None:
    whole = publish.header(NOW.timestamp(), 9e9, MADE, WORDS)(answer(told))
    assert serve(whole)["items"] == [{"title": told}]


def test_where_it_is() -> None:
    assert feed.path({"TANKFUL_HOME": "/h"}) == "/h/cache/feed"


def test_a_feed_of_other_accounts_or_another_version_is_of_no_use(tmp_path: Path) -> None:
    assert serve(written(), {"LANG": "en_US", "alfred_workflow_version": "1.0"}) is not None
    assert serve(written(), {"LANG": "en_US", "alfred_workflow_version": "1.1"}) is None
    said = feed.serve({"LANG": "en_US"}, NOW.timestamp(), written(), "18", lambda: False)
    assert said is None


@pytest.mark.parametrize("name", ["accounts.json", "settings.json"])
def test_the_stamp_changes_with_what_the_feed_is_made_from(tmp_path: Path, name: str) -> None:
    assert feed.stamp(str(tmp_path)) == feed.stamp("\0") == "- -"
    (tmp_path / name).touch()
    told = []
    for moment in (1, 2):
        os.utime(tmp_path / name, ns=(moment, moment))
        told.append(feed.stamp(str(tmp_path)))
    assert len({"- -", *told}) == 3
