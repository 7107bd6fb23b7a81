"""The launcher's lists as pure functions, and what their script loads."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.alfred_harness.checks import check_rows
from tests.alfred_harness.matching import WORDS_ANY_ORDER, matches
from tests.said import chinese, english
from workflow import settings as preferences
from workflow.actions import edit
from workflow.alfred import account_menu, add_menu, extras_menu, menu
from workflow.alfred.items import Item, answer
from workflow.display.row import row
from workflow.errors import Mistake
from workflow.i18n.catalog import Translation, speaking
from workflow.models import Account, CredentialKind, Snapshot
from workflow.provider import discovery as providers
from workflow.provider import no_usage
from workflow.provider.address import host
from workflow.recognition.finding import local
from workflow.recognition.found_keys import Candidate
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import worked_out
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

pytestmark = pytest.mark.usefixtures("compiled")

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = providers.everything()
KINDS: dict[str, CredentialKind] = {"chatgpt": "session", "codex": "none", "claude": "none"}
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
NEEDED: dict[str, tuple[str, ...]] = {  # by the objects that these actions lead to
    "prompt": ("next", "prompt", "hint"),
    "confirm": ("next", "question", "explanation", "yes", "no"),
}


def every_list(language: str) -> list[menu.Rows]:
    """All lists, for every provider."""
    with speaking(Translation(language)):
        return list(_every_list())


def _every_list() -> Iterator[menu.Rows]:
    chosen = Settings()
    for account in ACCOUNTS:
        about = EVERYTHING[account.provider]
        shown = row(worked_out(account, about, Snapshot(account.id), chosen), chosen)
        yield account_menu.details(shown, about, [("5 hours", "72% left")])
        yield account_menu.details(shown, None, [])
        yield account_menu.manage(account, about, BOOK, chosen, "usage", "%")
        yield account_menu.manage(account, about, BOOK, chosen, "usage", "CNY")
        yield account_menu.manage(
            replace(account, hidden=True, pinned=True, threshold=Decimal("5.50")),
            None,
            Accounts((replace(account, hidden=True, pinned=True),)),
            replace(chosen, order="urgency"),
            "usage",
        )
        yield account_menu.replace(account, about, chosen, "/page.html")
        yield account_menu.regions_of(account, about, chosen)
        yield add_menu.regions(about, {"label": "x"})
        yield extras_menu.steps(about, ["Open acme.example", "Copy a key"], "")
    yield add_menu.providers(EVERYTHING, {})
    yield add_menu.ways(EVERYTHING["chatgpt"], "")
    yield add_menu.candidates([Candidate("GLM_API_KEY", local(EVERYTHING["glm"]))])
    yield add_menu.candidates([])
    hidden = Accounts(tuple(replace(account, hidden=True) for account in ACCOUNTS))
    yield extras_menu.extras(hidden, chosen, preferences.chosen())
    yield extras_menu.summary(["a: 1", "b: 2"])
    yield extras_menu.nothing(hidden, chosen)
    yield extras_menu.nothing(Accounts(), chosen)
    yield extras_menu.guides(EVERYTHING, {"": "/all page.html"})
    yield menu.gone()
    yield menu.unknown("fly")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_one_alfred_shows(language: str) -> None:
    for rows in every_list(language):
        assert rows
        assert check_rows(json.loads(answer(rows)), ROOT) == []


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


@pytest.mark.parametrize(
    ("count", "how"), [(1, "↩ Copy exactly this line"), (2, "↩ Copy exactly these 2 lines")]
)
def test_a_summary_says_how_many_lines_it_has(count: int, how: str) -> None:
    assert extras_menu.summary(["a: 1"] * count)[0].subtitle == how


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_and_questions_bring_their_words(language: str) -> None:
    for rows in every_list(language):
        for item in rows:
            for name in NEEDED.get(item.variables.get("action", ""), ()):
                assert item.variables.get(name), (item.title, name)


def test_no_session_variable_is_taken_for_configuration() -> None:
    """A variable called ``tankful_…`` would be saved as a setting."""
    for rows in every_list("en"):
        for item in rows:
            names = [*item.variables, *(n for mod in item.mods.values() for n in mod.variables)]
            assert not [name for name in names if name.lower().startswith("tankful")]


def test_every_setting_and_each_of_its_values_has_a_name() -> None:
    with speaking(Translation("zh")):
        for name, choice in preferences.CHOICES.items():
            for value in choice.values if name in extras_menu.SETTINGS else ():
                kept = {**preferences.chosen(), name: value}
                titles = [row.title for row in extras_menu.extras(BOOK, Settings(), kept)]
                shown = extras_menu.SETTINGS[name]
                assert any(title.startswith(f"{chinese(shown)}：") for title in titles)


def test_a_language_is_called_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(preferences.LANGUAGES, "eo", "Esperanto")
    rows = extras_menu.extras(BOOK, Settings(), {**preferences.chosen(), "language": "eo"})
    assert "Language: Esperanto" in [row.title for row in rows]


class TestAdding:
    def rows(self) -> dict[str, Item]:
        found = add_menu.providers(EVERYTHING, {})
        return {item.title: item for item in found}

    def test_clipboard_first_then_all_providers(self) -> None:
        assert next(iter(self.rows())) == "From the clipboard…"
        assert [*self.rows()][2:] == [
            *(about.name for about in EVERYTHING.values()),
            *(english(each.name) for each in no_usage.SERVICES),
        ]

    def test_a_service_that_tells_nothing_opens_its_page(self) -> None:
        for each in no_usage.SERVICES:
            item = self.rows()[english(each.name)]
            assert english(each.why) in item.subtitle
            assert (item.arg, item.variables["action"]) == (each.page, "open")

    def test_those_seen_on_this_machine_come_first_and_say_so(self) -> None:
        here = ["tavily", "deepseek"]
        found = add_menu.providers(EVERYTHING, {}, here)
        ids = [item.variables.get("provider", "") for item in found]
        assert ids[2:4] == sorted(here)
        assert ids[4:][: len(EVERYTHING) - 2] == [name for name in EVERYTHING if name not in here]
        said = ["found on this machine" in item.subtitle for item in found]
        assert [index for index, is_said in enumerate(said) if is_said] == [2, 3]

    def test_a_row_is_found_by_each_domain_and_by_its_chinese_name(self) -> None:
        found = add_menu.providers(EVERYTHING, {})
        rows = {item.variables.get("provider", item.title): item.match or "" for item in found}
        for name, about in EVERYTHING.items():
            for page in (*about.keys.values(), *about.dashboard.values()):
                labels = host(page).split(".")
                assert matches(rows[name], ".".join(labels)), page
                assert matches(rows[name], ".".join(labels[-2:])), page
        for each in no_usage.SERVICES:
            assert matches(rows[english(each.name)], host(each.page))
        for typed, name in (
            ("深度求索", "deepseek"),
            ("智谱", "glm"),
            ("月之暗面", "kimi"),
            ("阶跃", "stepfun"),
            ("bigmodel.cn", "glm"),
            ("deepseek.com", "deepseek"),
            ("coding plan", "minimax"),
            ("百炼", "Alibaba (Model Studio plans)"),
        ):
            assert matches(rows[name], typed), typed
            assert not matches(rows["tavily"], typed)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_row_is_found_by_each_word_of_its_name_also_in_the_guide(self, language: str) -> None:
        with speaking(Translation(language)):
            rows = (*add_menu.providers(EVERYTHING, {}), *extras_menu.guides(EVERYTHING, {}))
        for item in rows:
            for word in re.findall(r"\w+", item.title):
                assert matches(item.match or item.title, word, WORDS_ANY_ORDER), item
        in_guide = [item for item in rows if item.variables["action"] == "read"]
        assert any(matches(item.match or "", "月之暗面", WORDS_ANY_ORDER) for item in in_guide)

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
        assert add_menu.answers(about, told) == {
            "label": "Team",
            "scope_organization": "org-1",
            "scope_project": "p",
        }
        assert add_menu.answers(about, {"field": "label", "answer": "  "}) == {}
        assert add_menu.answers(about, {"field": "nonsense", "answer": "x"}) == {}


class TestUpkeep:
    @pytest.fixture(autouse=True)
    def stored(self) -> None:
        accounts.change(lambda book: BOOK)

    def order(self) -> list[str]:
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

    @pytest.mark.parametrize("name", ["organization", "project"])
    def test_a_scope_is_named_shortly(self, name: str) -> None:
        what = providers.about("glm").scopes[name]
        row = menu.scope_row(
            name, english(what), "", menu.Menu(Account("glm-1", "glm", "Work"), "GLM · Work")
        )
        assert row.title == f"{name.capitalize()}: not set"
        assert row.subtitle.startswith(f"{english(what)} · ↩ Type another value")

    def test_a_workspace_that_is_not_set_is_the_credential_s_own(self) -> None:
        of = menu.Menu(Account("chatgpt-1", "chatgpt", "Me"), "ChatGPT · Me")
        row = menu.scope_row("workspace", "workspace", "", of)
        assert row.title == "Workspace: not set, the credential's own"

    @pytest.mark.parametrize(
        ("region", "scope", "count"),
        [("cn", {}, 2), ("intl", {}, 0), ("intl", {"project": "p"}, 1)],
    )
    def test_a_scope_is_offered_where_there_is_one(
        self, region: str, scope: dict[str, str], count: int
    ) -> None:
        account = Account("glm-1", "glm", "Work", region, scope)
        rows = account_menu.manage(account, providers.about("glm"), BOOK, Settings(), "usage")
        scopes = [row for row in rows if row.variables.get("next") == "scope"]
        assert len(scopes) == count

    @pytest.mark.parametrize("privacy", [False, True])
    def test_no_list_about_an_account_names_what_privacy_hides(self, privacy: bool) -> None:
        account = Account("glm-1", "glm", "Employer", "cn", {"organization": "org-42"})
        about, chosen = providers.about("glm"), Settings(privacy=privacy)
        rows = [
            *account_menu.manage(account, about, BOOK, chosen, "usage"),
            *account_menu.replace(account, about, chosen, ""),
        ]
        texts = [f"{row.title} {row.subtitle}" for row in rows]
        assert any("Employer" in text for text in texts) is not privacy
        assert any("org-42" in text for text in texts) is not privacy
        (rename,) = [row for row in rows if row.variables.get("next") == "rename"]
        assert rename.arg == ("" if privacy else "Employer")  # stands in the search field
        fields = {row.variables["field"]: row.arg for row in rows if "field" in row.variables}
        assert fields["organization"] == ("•••" if privacy else "org-42")

    @pytest.mark.parametrize("privacy", [False, True])
    def test_a_new_key_of_a_relay_is_made_at_the_relay(self, privacy: bool) -> None:
        account = Account("relay-1", "relay", "Mine", scope={"address": "https://my.example"})
        about, chosen = providers.about("relay"), Settings(privacy=privacy)
        page = account_menu.replace(account, about, chosen, "")[0]
        assert page.arg == "https://my.example"
        assert ("my.example" in page.subtitle) is not privacy
        assert "newapi.pro" not in page.subtitle

    @pytest.mark.parametrize("privacy", [False, True])
    @pytest.mark.parametrize(
        ("unit", "is_money"), [("CNY", True), ("%", False), ("credits", False)]
    )
    def test_the_text_field_has_no_amount_that_privacy_hides(
        self, privacy: bool, unit: str, is_money: bool
    ) -> None:
        own = Decimal("7.50")
        account = Account("glm-1", "glm", "Work", threshold=own, threshold_unit=unit)
        about, chosen = providers.about("glm"), Settings(privacy=privacy)
        rows = account_menu.manage(account, about, BOOK, chosen, "usage", unit)
        (row,) = [row for row in rows if row.variables.get("next") == "threshold"]
        assert row.arg == ("•••" if privacy and is_money else "7.5")

    @pytest.mark.parametrize("privacy", [False, True])
    def test_an_address_of_the_user_s_own_is_hidden(self, privacy: bool) -> None:
        url, chosen = "https://relay.example", Settings(privacy=privacy)
        account = Account("relay-1", "relay", "Work", scope={"address": url})
        about = providers.about("relay")
        shown = row(worked_out(account, about, Snapshot(account.id), chosen), chosen)
        rows = [
            *account_menu.details(shown, about, [], private=privacy),
            *account_menu.manage(account, about, BOOK, chosen, "usage"),
        ]
        pages = [each for each in rows if each.variables.get("action") == "open"]
        assert [each.arg for each in pages] == [url, url]
        assert [url in str(each.subtitle) for each in pages] == [not privacy] * 2

    def test_scope(self) -> None:
        account_id = self.order()[0]
        assert dict(edit.set_scope(account_id, "project", " p ").scope) == {"project": "p"}
        assert dict(edit.set_scope(account_id, "project", " ").scope) == {}


@pytest.mark.parametrize("word", ["balance", "余额"])
def test_prepaid_accounts_are_found_by_their_balance(word: str) -> None:
    missing = [
        about.id
        for about in EVERYTHING.values()
        if about.kind == "prepaid" and word not in about.match.split()
    ]
    assert not missing


class TestScript:
    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        program = (
            "import runpy, sys\n"
            f"sys.argv = [{str(ROOT / 'scripts/usage.py')!r}, 'menu']\n"
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

    @pytest.mark.slow
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
        if action in ("replace", "add", "extras"):
            assert "diskcache" not in loaded

    @pytest.mark.parametrize("action", ["fly", "$(x)", "a\nb", "", "🚀" * 100])
    def test_unknown_actions(self, action: str) -> None:
        rows = json.loads(self.run(action=action).stdout)["items"]
        assert rows

    def test_a_home_that_cannot_be_read(self, home: Path) -> None:
        shutil.rmtree(home / "tankful")
        (home / "tankful").write_text("in the way")
        rows = json.loads(self.run(action="manage", account="x").stdout)["items"]
        assert len(rows) == 1
