"""The launcher's lists as pure functions, and what their script loads."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import pytest

from tests.alfred_harness.checks import check_rows
from tests.said import both, chinese, english
from workflow import settings as preferences
from workflow.actions import edit
from workflow.alfred import account_menu, add_menu, extras_menu, menu
from workflow.alfred.items import Item, answer
from workflow.display.row import row
from workflow.errors import Mistake
from workflow.i18n import alfred_messages
from workflow.models import Account, Snapshot
from workflow.provider import discovery as providers
from workflow.settings import Settings
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = providers.everything()
KINDS = {"chatgpt": "session"}
ACCOUNTS = tuple(
    Account(
        f"{name}-0000000{place}",
        name,
        f"Work {place}",
        about.regions[0] if about.regions else "",
        kind=KINDS.get(name, "api_key"),
    )
    for place, (name, about) in enumerate(EVERYTHING.items())
)
BOOK = Accounts(ACCOUNTS)
LANGUAGES = ("en", "zh")
NEEDED: Dict[str, Tuple[str, ...]] = {  # by the objects that these actions lead to
    "prompt": ("next", "prompt", "hint"),
    "confirm": ("next", "question", "explanation", "yes", "no"),
}


def every_list(language: str) -> Iterator[menu.Rows]:
    """All lists there are, for every provider."""
    chosen = Settings(language=language)
    for account in ACCOUNTS:
        about = EVERYTHING[account.provider]
        shown = row(account, about, Snapshot(account.id), chosen)
        yield account_menu.details(shown, shown.title, about, [("5 hours", "72% left")], language)
        yield account_menu.details(shown, shown.title, None, [], language)
        yield account_menu.manage(account, about, BOOK, chosen, "usage")
        yield account_menu.manage(
            replace(account, hidden=True, pinned=True, threshold=Decimal("5.50")),
            None,
            Accounts((replace(account, hidden=True, pinned=True),)),
            replace(chosen, order="urgency"),
            "usage",
        )
        yield account_menu.replace(account, about, chosen, "/page.html")
        yield account_menu.regions_of(account, about, chosen)
        yield add_menu.regions(about, {"label": "x"}, language)
        yield extras_menu.steps(about, ["Open acme.example", "Copy a key"], "", language)
    yield add_menu.providers(EVERYTHING, {}, language, imports=True)
    yield add_menu.ways(EVERYTHING["chatgpt"], language, "")
    yield add_menu.candidates([("glm", "GLM", "GLM_API_KEY", "a key")], language)
    yield add_menu.candidates([], language)
    hidden = Accounts(tuple(replace(account, hidden=True) for account in ACCOUNTS))
    yield extras_menu.extras(hidden, EVERYTHING, chosen, preferences.chosen())
    yield extras_menu.summary(["a: 1", "b: 2"], "a: 1\nb: 2", language)
    yield extras_menu.nothing(hidden, EVERYTHING, chosen)
    yield extras_menu.nothing(Accounts(), EVERYTHING, chosen)
    yield extras_menu.guides(EVERYTHING, {"": "/all page.html"}, language)
    yield menu.gone(language)
    yield menu.unknown("fly", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_one_alfred_shows(language: str) -> None:
    for rows in every_list(language):
        assert rows
        assert check_rows(answer(rows), ROOT) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_says_what_enter_does(language: str) -> None:
    for rows in every_list(language):
        for item in rows:
            assert item.title.strip()
            assert item.subtitle.strip()
            assert not item.valid or item.variables.get("action"), item
            for mod in item.mods.values():
                assert mod.subtitle.strip()
                assert mod.variables.get("action")


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_and_questions_bring_their_words(language: str) -> None:
    for rows in every_list(language):
        for item in rows:
            for name in NEEDED.get(item.variables.get("action", ""), ()):
                assert item.variables.get(name), (item.title, name)


def test_no_session_variable_is_taken_for_configuration() -> None:
    """A variable called ``tankful_…`` would be written through as a setting."""
    for rows in every_list("en"):
        for item in rows:
            names = [*item.variables, *(n for mod in item.mods.values() for n in mod.variables)]
            assert not [name for name in names if name.lower().startswith("tankful")]


def test_every_sentence_has_both_languages() -> None:
    placeholder = re.compile(r"\{\d*\}")
    for name, phrase in alfred_messages.WORDS.items():
        assert english(phrase).strip(), name
        assert chinese(phrase).strip(), name
        counts = [len(placeholder.findall(text)) for text in both(phrase)]
        assert counts[0] == counts[1], name
        said = placeholder.sub("", chinese(phrase)).strip(" ·:：\n")
        if said and not any("\u4e00" <= letter <= "\u9fff" for letter in said):
            assert english(phrase) == chinese(phrase) or name.startswith("value_"), name


def test_every_sentence_is_used() -> None:
    code = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("workflow", "scripts")
        for file in (ROOT / folder).rglob("*.py")
        if file.name != "alfred_messages.py"
    )
    made = ("_how", "value_", "set_", "remedy_", "_prompt", "_hint")
    unused = [
        name
        for name in alfred_messages.WORDS
        if f'"{name}"' not in code
        and f"'{name}'" not in code
        and not any(part in name for part in made)
    ]
    assert unused == []


class TestAdding:
    def rows(self) -> Dict[str, Item]:
        found = add_menu.providers(EVERYTHING, {}, "en", imports=False)
        return {item.title: item for item in found}

    def test_clipboard_first_then_all_providers(self) -> None:
        assert next(iter(self.rows())) == "From the clipboard…"
        assert [*self.rows()][1:] == [about.name for about in EVERYTHING.values()]

    def test_a_provider_says_what_it_needs_and_where_it_is_made(self) -> None:
        for about in EVERYTHING.values():
            item = self.rows()[about.name]
            assert english(about.needs) in item.subtitle
            assert item.mods["cmd"].arg == about.keys_page(
                about.regions[0] if about.regions else ""
            )
            assert ("alt" in item.mods) == ("cn" in about.regions)
            assert item.quicklook

    def test_what_was_told_so_far(self) -> None:
        about = EVERYTHING["glm"]
        told = {"field": "organization", "answer": "org-1", "label": "Team", "scope_project": "p"}
        assert add_menu.wanted(about, told) == {
            "label": "Team",
            "scope_organization": "org-1",
            "scope_project": "p",
        }
        assert add_menu.wanted(about, {"field": "label", "answer": "  "}) == {}
        assert add_menu.wanted(about, {"field": "nonsense", "answer": "x"}) == {}


class TestUpkeep:
    @pytest.fixture(autouse=True)
    def stored(self) -> None:
        accounts.change(lambda book: BOOK)

    def order(self) -> List[str]:
        return [account.id for account in accounts.load().accounts]

    def test_up_and_down_pass_over_what_is_not_seen(self) -> None:
        ids = self.order()
        edit.arrange(ids[1], "hide")
        edit.arrange(ids[2], "up")
        assert self.order()[:3] == [ids[2], ids[0], ids[1]]
        edit.arrange(ids[2], "up")
        assert self.order()[0] == ids[2]
        edit.arrange(ids[2], "down")
        assert self.order()[:3] == [ids[0], ids[2], ids[1]]

    def test_pinned_ones_move_among_themselves(self) -> None:
        ids = self.order()
        for account_id in (ids[1], ids[4]):
            edit.arrange(account_id, "pin")
        edit.arrange(ids[4], "up")
        order = self.order()
        assert order.index(ids[4]) < order.index(ids[1])

    def test_the_last_one_stays(self) -> None:
        before = self.order()
        edit.arrange(before[-1], "down")
        assert self.order() == before

    def test_what_is_gone_is_said(self) -> None:
        with pytest.raises(Mistake):
            edit.arrange("glm-ffffffff", "up")

    @pytest.mark.parametrize(
        ("told", "kept"), [("10", "10"), (" 10 % ", "10"), ("¥5.5", "5.5"), ("5,5", "5.5")]
    )
    def test_thresholds(self, told: str, kept: str) -> None:
        assert edit.read_threshold(told) == Decimal(kept)

    @pytest.mark.parametrize("told", ["", "x", "-1", "0", "nan", "inf", "1e99", "٣x"])
    def test_no_thresholds(self, told: str) -> None:
        with pytest.raises(ValueError, match="not a"):
            edit.read_threshold(told)

    def test_scope(self) -> None:
        account_id = self.order()[0]
        assert dict(edit.set_scope(account_id, "project", " p ").scope) == {"project": "p"}
        assert dict(edit.set_scope(account_id, "project", " ").scope) == {}


class TestScript:
    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        program = (
            "import runpy, sys\n"
            f"sys.argv = [{str(ROOT / 'scripts/alfred/menu.py')!r}]\n"
            "runpy.run_path(sys.argv[0], run_name='__main__')\n"
            "sys.stdout.flush()\n"
            "print(' '.join(sys.modules), file=sys.stderr)\n"
        )
        return subprocess.run(
            [sys.executable, "-IS", "-c", program],
            capture_output=True,
            text=True,
            env={**os.environ, **variables},
            check=True,
        )

    @pytest.mark.parametrize("action", ["details", "manage", "replace", "add", "extras", "summary"])
    def test_nothing_heavy_is_loaded(self, action: str) -> None:
        accounts.change(lambda book: BOOK)
        done = self.run(action=action, account=ACCOUNTS[1].id)
        assert check_rows(json.loads(done.stdout), ROOT) == []
        loaded = set(done.stderr.split())
        heavy = {
            "httpx",
            "keyring",
            "rich",
            "click",
            "httpcore",
            "ssl",
            "asyncio.events",
            "orjson.orjson",
        }
        assert loaded & heavy == set()
        if action in ("manage", "replace", "add", "extras"):
            assert "diskcache" not in loaded

    @pytest.mark.parametrize("action", ["fly", "$(x)", "a\nb", "", "🚀" * 100])
    def test_unknown_actions(self, action: str) -> None:
        rows = json.loads(self.run(action=action).stdout)["items"]
        assert rows

    def test_a_home_that_cannot_be_read(self, home: Path) -> None:
        (home / "tankful").write_text("in the way")
        rows = json.loads(self.run(action="manage", account="x").stdout)["items"]
        assert len(rows) == 1
