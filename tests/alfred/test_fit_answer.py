"""The answer to ``usage fit``: accounts with enough come first, with the reason; every input gets an answer."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alfred_harness.checks import check_rows
from tests.conftest import ROOT
from tests.examples import CHATGPT, GLM, KIMI, MINIMAX, NOW, OPENAI, SIX, Known, share
from tests.said import Phrase
from workflow.alfred import fit_answer, fit_menu
from workflow.display import times
from workflow.i18n.catalog import speaking
from workflow.models import Failure, Usage, WorkBlocked
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import fit
from workflow.state.state import State, known_providers
from workflow.storage.accounts import Accounts

EN = Settings()
DAY = timedelta(days=1)


def answer(
    text: str, *told: Known, settings: Settings = EN, now: datetime = NOW
) -> list[dict[str, Any]]:
    book = Accounts(tuple(account for account, _ in told))
    snapshots = {account.id: snapshot for account, snapshot in told}
    state = State(book, snapshots, known_providers(book.accounts), settings, at=NOW)
    with speaking(settings.translation):
        lines = times.fill(fit_menu.rendered(state), now).encode()
    found = json.loads(fit_answer.fitting(lines, text, now.timestamp(), fit.verdicts))
    assert check_rows(found, ROOT) == []
    assert found["skipknowledge"] is True
    items: list[dict[str, Any]] = found["items"]
    return items


def titles(text: str, *told: Known, **more: Any) -> list[str]:
    return [item["title"].split("   ")[0] for item in answer(text, *told, **more)]


def test_by_share() -> None:
    assert titles("20%", *SIX) == [
        "Yes · GLM · Work",
        "Yes · MiniMax",
        "Yes · Tavily · Dev",
        "No · ChatGPT · Me",
        "Not known · OpenAI · Team",
        "Not known · KIMI · 主账号",
    ]
    assert titles("40%", GLM, MINIMAX) == ["Yes · MiniMax", "Tight · GLM · Work"]


def test_by_time() -> None:
    assert titles("5h", KIMI, CHATGPT, GLM) == [
        "Yes · GLM · Work",
        "Tight · ChatGPT · Me",
        "Not known · KIMI · 主账号",
    ]
    assert titles("2d", CHATGPT) == ["No · ChatGPT · Me"]


def test_the_reason_stands_below() -> None:
    by_share, by_time = (answer(text, GLM)[0]["subtitle"] for text in ("20%", "2h"))
    assert by_share == "Week 41% left · resets in 2d 4h (Fri 19:00)"
    assert by_time == "lasts, 15% to spare · Week 41% left · resets in 2d 4h (Fri 19:00)"
    assert answer("20%", OPENAI)[0]["subtitle"] == "no usable number"
    assert answer("20%", KIMI)[0]["subtitle"] == "a balance has no percentage · ¥42.18 left"


def test_the_picture_is_that_of_the_answer() -> None:
    icons = [item["icon"]["path"] for item in answer("20%", *SIX)]
    assert icons == [
        "icons/glm-plenty.png",
        "icons/minimax-plenty.png",
        "icons/tavily-plenty.png",
        "icons/chatgpt-critical.png",
        "icons/openai-unknown.png",
        "icons/kimi-unknown.png",
    ]


def test_it_grows_old() -> None:
    (row,) = answer("20%", GLM, now=NOW + timedelta(minutes=20))
    assert row["title"].startswith("Not known · GLM · Work")
    assert row["subtitle"].startswith("the numbers are too old · Week 41% left · resets in ")
    (later,) = answer("20%", GLM, now=NOW + 3 * DAY)
    assert later["subtitle"] == "the numbers are too old · Week has reset"


def test_what_fails_or_is_blocked_says_so() -> None:
    account, snapshot = GLM
    failure = Failure("unreachable", Phrase("no answer", "没有回应"), NOW)
    (row,) = answer("20%", (account, replace(snapshot, failure=failure)))
    assert (row["title"][:9], row["subtitle"]) == ("Not known", "no answer")
    block = WorkBlocked("credits", Phrase("The credits are gone.", "额度没了。"))
    usage = replace(snapshot.usage or Usage(), blocked=block)
    (row,) = answer("20%", (account, replace(snapshot, usage=usage)))
    assert (row["title"][:2], row["subtitle"]) == ("No", "blocked: The credits are gone.")


def test_what_is_hidden_is_not_shown() -> None:
    assert titles("20%", (replace(GLM[0], hidden=True), GLM[1]), MINIMAX) == ["Yes · MiniMax"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["30m", "1h", "2h", "5h", "1d", "10%", "20%", "50%"]),
        ("  ", ["30m", "1h", "2h", "5h", "1d", "10%", "20%", "50%"]),
        ("1", ["1h", "1d", "10%"]),
        ("2", ["2h", "20%"]),
        ("20", ["20%"]),
    ],
)
def test_what_may_be_typed(typed: str, offered: list[str]) -> None:
    rows = answer(typed, GLM)
    assert [row["autocomplete"] for row in rows] == offered
    assert not any(row["valid"] for row in rows)


def test_what_nobody_understands_is_said_and_all_is_offered() -> None:
    first, *rest = answer('7 "\\', GLM)
    assert first["title"] == '“7 "\\” is neither a duration nor a percentage'
    assert len(rest) == 8


@pytest.mark.parametrize("text", ["", "2h", "x"])
def test_without_an_account_there_is_a_way_to_the_first(text: str) -> None:
    (row,) = answer(text)
    assert row["variables"]["action"] == "add"


def test_in_chinese() -> None:
    settings = Settings(language="zh")
    assert titles("20%", GLM, CHATGPT, settings=settings) == [
        "够用 · GLM · Work",
        "不够 · ChatGPT · Me",
    ]
    assert answer("几点", GLM, settings=settings)[0]["title"].startswith("“几点”既不是时长")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered(text: str) -> None:
    assert answer(text, GLM)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_whatever_an_account_is_called(label: str) -> None:
    (row,) = answer("20%", (replace(GLM[0], label=label), GLM[1]))
    assert row["title"].startswith("Yes · ")


def test_a_tight_forecast_is_told_as_such() -> None:
    tight = GLM[0], replace(GLM[1], usage=Usage((share("Weekly", "45", 3 * DAY, 604800),)))
    assert answer("3d", tight)[0]["title"].startswith("Tight")
    assert answer("1h", tight)[0]["subtitle"].startswith("tight at the reset · ")


@pytest.mark.parametrize("body", [b"", b"{}", b"A\tx", b"L\t1", b"\xff"])
def test_lines_that_are_none_of_ours_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".?"):
        fit_answer.fitting(body, "2h", 0, fit.verdicts)
