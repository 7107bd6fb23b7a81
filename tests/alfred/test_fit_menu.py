"""The data for ``usage fit`` in the pack, in the reader's language."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.alfred_harness.checks import check_rows
from tests.conftest import ROOT
from tests.examples import GLM, NOW, SIX, Known
from workflow.alfred import fit_answer, fit_menu
from workflow.i18n.catalog import speaking
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import fit
from workflow.state.state import State, known_providers
from workflow.storage.accounts import Accounts

EN = Settings()


def lines(*told: Known, settings: Settings = EN) -> list[list[str]]:
    book = Accounts(tuple(account for account, _ in told))
    snapshots = {account.id: snapshot for account, snapshot in told}
    state = State(book, snapshots, known_providers(book.accounts), settings, at=NOW)
    with speaking(settings.translation):
        return [line.split("\t") for line in fit_menu.rendered(state).split("\n")]


def test_every_account_has_its_line_its_lanes_and_its_row() -> None:
    found = lines(*SIX)
    counted = Counter(kind for kind, *_ in found)
    assert counted[fit.ACCOUNT] == 6
    assert counted[fit.LANE] == sum(
        len(snapshot.usage.quotas) + len(snapshot.usage.balances)
        for _, snapshot in SIX
        if snapshot.usage
    )
    assert counted[fit_answer.EMPTY] == 0
    for kind, *fields in found:
        if kind == fit.ACCOUNT:
            icons, row = fields[-1].split(" ", 1)
            assert len(icons.split("|")) == 4
            assert all((ROOT / icon).is_file() for icon in icons.split("|"))
            told = json.loads(row)
            assert told["title"].startswith(f"{fit_answer.VERDICT} · ")
            assert told["subtitle"] == fit_answer.REASON
            assert "match" not in told
            assert "uid" not in told
            assert set(told["mods"]) >= {"cmd", "alt", "ctrl", "cmd+alt"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Yes", "Tight", "No", "Not known"]), ("zh", ["够用", "勉强够用", "不够", "无法判断"])],
)
def test_words(language: str, words: list[str]) -> None:
    first, *_ = lines(GLM, settings=Settings(language=language))
    assert first[:5] == [fit_answer.TEXTS, *words]


def test_what_may_be_typed_is_understood() -> None:
    hints = [fields for kind, *fields in lines(GLM) if kind == fit_answer.HINT]
    assert len(hints) == len(fit_menu.TIMES) + len(fit_menu.SHARES)
    for typed, row in hints:
        assert fit.wanted_of(typed) is not None
        assert json.loads(row)["autocomplete"] == typed
    assert check_rows({"items": [json.loads(row) for _, row in hints]}, ROOT) == []


@pytest.mark.parametrize(
    ("told", "action"), [((), "add"), (((replace(GLM[0], hidden=True), GLM[1]),), "extras")]
)
def test_without_an_account_to_show_it_leads_to_one(told: tuple[Known, ...], action: str) -> None:
    ((_, row),) = [fields for fields in lines(*told) if fields[0] == fit_answer.EMPTY]
    assert json.loads(row)["variables"] == {"action": action, "account": ""}
