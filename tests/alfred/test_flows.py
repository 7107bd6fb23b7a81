"""Every flow a user can take through the workflow, typed and pressed, with the real scripts.

They run from the built workflow, installed as Alfred would: a read-only folder with spaces and other
scripts in its name, Alfred's PATH, no other variable than where the providers are. Where no package
registry is reachable they run from the checkout. What is started for the first time starts bare; then a
process that has imported the workflow forks for it (``tests/fork_client.py``).
"""

from __future__ import annotations

import json
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests import compiled
from tests.bundle.fixtures import Installed, bundle_file, unpacked_bundle
from tests.forks import Forks
from tests.said import Phrase, chinese
from tests.standin import KEYS, StandIn, faults
from tests.standin.message import Reply
from workflow.actions import add as adding
from workflow.alerts import notices
from workflow.alfred import publish, served
from workflow.credentials import store
from workflow.errors import FailureKind
from workflow.guide import guide
from workflow.i18n.message import _
from workflow.models import Account, Failure, Quota, Snapshot, Usage, utc_now
from workflow.provider import discovery
from workflow.recognition import recognise
from workflow.records import dataclass, field, replace
from workflow.storage import accounts
from workflow.storage.accounts import Accounts
from workflow.storage.snapshots import Cache

from ..alfred_harness.checks import check_rows
from ..alfred_harness.fixtures import recorders
from ..alfred_harness.harness import Alfred
from ..alfred_harness.log import FileOpened, QuickLookShown, ScriptRun, TextViewShown, UrlOpened
from ..alfred_harness.recorders import Recorders
from ..alfred_harness.rows import Row

__all__ = ["bundle_file", "recorders", "unpacked_bundle"]

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("info.plist", "icons", "scripts", "workflow")
CHATGPT = KEYS["chatgpt-plus"].value
SESSION = KEYS["chatgpt-session"].value


@dataclass
class Mac:
    """A Mac with the workflow installed: Alfred, the recorded commands, the providers."""

    alfred: Alfred
    recorders: Recorders
    world: StandIn
    home: Path
    keyring: Path
    secrets: list[str] = field(default_factory=list)
    keeps_clipboard: bool = False  # nothing was stored, so what the user copied stays there

    @property
    def titles(self) -> list[str]:
        """The rows on the screen."""
        return [row.title for row in self.alfred.rows]

    @property
    def book(self) -> Accounts:
        """accounts.json."""
        return accounts.load()

    @property
    def only(self) -> Account:
        """The only account."""
        (account,) = self.book.accounts
        return account

    @property
    def said(self) -> list[str]:
        """The texts of all notifications."""
        return [shown.text for shown in self.alfred.log.notifications]

    def stored(self, account: Account) -> str:
        """Return the secret of an account in the store."""
        known = json.loads(self.keyring.read_text(encoding="utf-8"))
        told: str = known[f"Tankful/{account.id}:{account.generation}"]
        return told

    def choose(self, row: str | int, keys: str = "enter") -> None:
        """Select a row by its title or place, and press keys."""
        self.alfred.move_to(row)
        self.alfred.press(keys)

    def subtitle(self, title: str, modifiers: str = "") -> str:
        """Return the subtitle of a row while modifiers are held."""
        self.alfred.move_to(title)
        return self.alfred.subtitle(modifiers)

    def dialog(self, told: str, button: str = "Check and Save") -> None:
        """Answer the next dialog with a field with this text."""
        self.secrets.append(told)
        self.recorders.answer("osascript", f"{button}\n{told}\n", containing="default answer")

    def picks(self, choice: str, containing: str = "choose from list") -> None:
        """Answer the next dialog of choices with this choice."""
        self.recorders.answer("osascript", f"{choice}\n", containing=containing)

    def agrees(self) -> None:
        """Answer the next dialog without a field with its second button."""
        self.recorders.answer(
            "osascript", "Check and Save\n", containing="return button returned of reply"
        )

    def cancels(self) -> None:
        """Cancel the next dialog."""
        self.recorders.answer("osascript", rc=1, stderr="0:0: execution error: (-128)\n")

    def add(self, provider: str, key: str, label: str = "Work") -> Account:
        """Add an account without a launcher, and refresh it."""
        finding = recognise.read(KEYS[key].value, provider)
        self.secrets.append(KEYS[key].value)
        region = KEYS[key].region or adding.AUTO
        added = adding.add(adding.NewAccount(finding, label, region)).account
        publish.publish()
        return added

    def ages(self, account: Account, by: timedelta) -> None:
        """Make the numbers of an account this old."""
        with Cache() as cache:
            cache.put(replace(cache.get(account.id), fetched_at=utc_now() - by))
        self.forget_feed()

    def fails(self, account: Account, kind: FailureKind, **more: Any) -> None:
        """Give an account this failure, and no numbers."""
        failure = Failure(kind, Phrase("It failed", "失败"), utc_now(), **more)
        with Cache() as cache:
            cache.put(Snapshot(account.id, failure=failure))
        self.forget_feed()

    def forget_feed(self) -> None:
        """Make the next keystroke render again."""
        from workflow import feed

        Path(feed.path(os.environ)).unlink(missing_ok=True)

    def kinds_asked(self) -> list[str]:
        """Return the kinds of dialogs that osascript was asked for, in order."""
        return [call.argv[-1] for call in self.recorders.calls("osascript")]


@pytest.fixture(params=[True, False], ids=["keeps-session", "loses-session"])
def keep_session(request: pytest.FixtureRequest) -> bool:
    """True or False: whether a modifier with variables keeps those of the session (not known of Alfred)."""
    return bool(request.param)


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workflow as Alfred installs it."""
    try:
        return Path(request.getfixturevalue("unpacked_bundle"))
    except pytest.skip.Exception:
        folder = tmp_path_factory.mktemp("checkout") / "user.workflow.TANKFUL"
    folder.mkdir()
    for part in PARTS:
        (folder / part).symlink_to(ROOT / part)
    (folder / "icon.png").symlink_to(ROOT / "icons/icon.png")
    return folder


@pytest.fixture(scope="session")
def launched(
    installed: Path, bytecode: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Forks]:
    """The server that forks the workflow's scripts, and leaves them compiled."""
    folder = tmp_path_factory.mktemp("launched")
    compiled.share(folder / "cache", bytecode, installed)
    server = Forks(folder, installed)
    yield server
    server.stop()


@pytest.fixture
def python(launched: Forks, together: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Replaces Python: it starts a script in the first flow of the run that needs it, and forks it in the others."""
    claims = together / "flows"
    claims.mkdir(exist_ok=True)
    return launched.python(tmp_path / "python3", claims, request.node.nodeid)


@pytest.fixture
def start(
    installed: Path,
    python: Path,
    tmp_path: Path,
    recorders: Recorders,
    world: StandIn,
    bytecode: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Iterator[Mac]]:
    """A function that makes a Mac without an account, with the test's options."""
    return partial(_started, installed, python, tmp_path, recorders, world, bytecode, monkeypatch)


@pytest.fixture
def mac(start: Callable[..., Iterator[Mac]]) -> Iterator[Mac]:
    """A Mac without an account; after the test, no secret may be outside the store."""
    yield from start()


@pytest.fixture
def mac_either_way(start: Callable[..., Iterator[Mac]], keep_session: bool) -> Iterator[Mac]:
    """The same, with both readings of modifiers."""
    yield from start(keep_session=keep_session)


@pytest.fixture
def mac_with_first_row(start: Callable[..., Iterator[Mac]]) -> Iterator[Mac]:
    """A Mac whose list begins with the best account, which is the default."""
    yield from start(tankful_best="1")


def _started(
    folder: Path,
    python: Path,
    tmp_path: Path,
    recorders: Recorders,
    world: StandIn,
    bytecode: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep_session: bool = True,
    **config: Any,
) -> Iterator[Mac]:
    home = tmp_path / "höme"
    place = Installed(folder, home, str(python)).detoured(world.url).compiled(bytecode)
    keyring = place.choose_keyring()
    alfred = place.alfred(
        recorders=recorders,
        keep_session=keep_session,
        config={"tankful_best": "0", **config},  # the list begins with the first account
    )
    monkeypatch.setenv("TANKFUL_HOME", place.more["TANKFUL_HOME"])
    monkeypatch.setenv("TANKFUL_TEST_KEYRING", str(keyring))
    mac = Mac(alfred, recorders, world, home, keyring)
    yield mac
    _check(mac)


def _check(mac: Mac) -> None:
    """No secret anywhere, no traceback, no row that Alfred would not show."""
    written = Path(os.environ["TANKFUL_HOME"]).rglob("*")  # not in the shared bytecode, a link
    texts = {str(file): file.read_bytes() for file in written if file.is_file()}
    assert texts
    texts["events"] = repr(list(mac.alfred.log)).encode()
    texts["commands"] = repr(mac.recorders.calls()).encode()
    if not mac.keeps_clipboard:
        texts["clipboard"] = mac.recorders.clipboard.encode()
    for run in mac.alfred.log.scripts:
        assert "Traceback" not in run.stderr, run.stderr
        assert run.rc == 0, run.stderr
        if run.argv[-1].endswith(("usage.sh", "menu.sh", "fit.sh")) or run.stdout.startswith(
            '{"skip'
        ):
            assert check_rows(json.loads(run.stdout), ROOT) == []
    for secret in mac.secrets:
        for part in (secret, secret[-24:]):
            found = [where for where, text in texts.items() if part.encode() in text]
            assert not part or not found, f"a secret is in {found}"


def rows_of(mac: Mac, text: str = "usage") -> Sequence[Row]:
    """Open the window, type, and see the rows."""
    mac.alfred.close()
    return mac.alfred.type(text)


class TestList:
    def test_an_empty_list_leads_to_the_providers(self, mac: Mac) -> None:
        rows_of(mac)
        assert mac.titles == ["Add your first account"]
        mac.alfred.press("enter")
        assert "GLM (智谱AI / Z.ai)" in mac.titles

    def test_the_list_ends_with_the_way_to_another_account(self, mac: Mac) -> None:
        account = mac.add("glm", "glm-intl")
        rows_of(mac)
        assert [row.uid for row in mac.alfred.rows] == [account.id, "add", "more"]
        rows_of(mac, "usage add")
        assert mac.titles == ["Add account…"]
        mac.alfred.press("enter")
        assert mac.titles[0] == "From the clipboard…"

    @pytest.mark.timing
    def test_it_is_asked_again_until_a_refresh_is_done(self, mac: Mac) -> None:
        account = mac.add("tavily", "tavily-dev")
        mac.ages(account, timedelta(hours=1))
        mac.world.delay = 0.2
        before = len(mac.world.requests)
        rows_of(mac)
        assert mac.alfred.row.subtitle.endswith("1h ago")
        count, end = 0, time.monotonic() + 20
        while mac.alfred.rerun():
            assert time.monotonic() < end
            count += 1
        assert count
        assert mac.alfred.row.subtitle.endswith("just now")
        assert len(mac.world.requests) == before + 1

    def test_external_trigger_and_hotkey_show_it(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        mac.alfred.trigger("show_list", "glm")
        assert len(mac.titles) == 1
        assert mac.titles[0].startswith("GLM · Work")
        mac.alfred.hotkey(mac.alfred.workflow.of_kind("trigger.hotkey")[0].uid)
        assert len(mac.titles) == 3

    def test_row_keys(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        rows_of(mac)
        mac.alfred.press("cmd+c")
        assert mac.alfred.clipboard.startswith("GLM · Work: ")
        mac.alfred.press("cmd+l")
        mac.alfred.press("cmd+y")
        assert mac.alfred.log.last(QuickLookShown).url.startswith("https://z.ai/")

    def test_modifiers_say_what_they_do(self, mac: Mac) -> None:
        account = mac.add("chatgpt", "chatgpt-plus", "Me")
        rows_of(mac)
        told = {keys: mac.alfred.subtitle(keys) for keys in ("cmd", "alt", "ctrl", "cmd+alt")}
        assert told == {
            "cmd": "⌘↩ Refresh ChatGPT · Me now",
            "alt": "⌥↩ Copy this account's summary",
            "ctrl": "⌃↩ Manage: rename, replace the credential, remove",
            "cmd+alt": "⌘⌥↩ Show how to copy a new token (method A)",
        }
        assert account.kind == "access_token"


class TestFit:
    """What is enough for what I am about to do?"""

    def test_what_may_be_typed_is_offered_and_taken(self, mac: Mac) -> None:
        mac.add("kimi", "kimi-code-fresh", "Code")
        mac.add("tavily", "tavily-dev", "Search")
        rows_of(mac, "usage fit")
        assert mac.titles == [
            *(f"Does it last {span}?" for span in ("half an hour", "an hour", "two hours")),
            *("Does it last five hours?", "Does it last a day?"),
            *(f"Is at least {share}% left?" for share in (10, 20, 50)),
        ]
        mac.choose("Is at least 20% left?")
        assert [title.split("   ")[0] for title in mac.titles] == [
            "Yes · KIMI · Code",
            "Yes · Tavily · Search",
        ]

    def test_a_share_and_a_time(self, mac: Mac) -> None:
        account = mac.add("tavily", "tavily-dev", "Search")
        rows_of(mac, "usage fit 90%")
        assert mac.titles[0].startswith("No · Tavily · Search   64% left")
        assert mac.alfred.row.subtitle.startswith("Plan 64% left")
        rows_of(mac, "usage fit 2h")
        assert mac.titles[0].startswith("Not known · Tavily · Search")
        assert mac.alfred.row.subtitle.startswith("no forecast: ")
        mac.alfred.press("enter")
        assert any(account.id in row.subtitle for row in mac.alfred.rows)

    def test_what_nobody_understands(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev", "Search")
        rows_of(mac, "usage fit soon")
        assert mac.titles[0] == "“soon” is neither a duration nor a percentage"
        assert len(mac.titles) == 9

    def test_without_an_account(self, mac: Mac) -> None:
        for typed in ("usage fit", "usage fit 2h"):
            rows_of(mac, typed)
            assert mac.titles == ["Add account…"]
        mac.alfred.press("enter")
        assert mac.titles[0] == "From the clipboard…"

    def test_it_is_rendered_where_nothing_is_served(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev", "Search")
        Path(served.path()).unlink()
        rows_of(mac, "usage fit 20%")
        assert mac.titles[0].startswith("Yes · Tavily · Search")

    def test_the_list_is_filtered_by_how_little_is_left(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-exhausted", "Spent")
        mac.add("glm", "glm-intl", "Code")
        for typed in ("<20%", "under20", "<5%"):
            rows_of(mac, f"usage {typed}")
            assert [title.split("   ")[0] for title in mac.titles] == ["Tavily · Spent"]
        rows_of(mac, "usage cny")
        assert mac.titles == []


class TestFirstRow:
    """Where can I work now?"""

    def test_its_keys_are_those_of_the_account(self, mac_with_first_row: Mac) -> None:
        mac = mac_with_first_row
        mac.add("tavily", "tavily-dev", "Search")
        assert [row.uid for row in rows_of(mac)] != ["best"]  # one account leaves no choice
        best = mac.add("kimi", "kimi-code-fresh", "Code")
        first = rows_of(mac)[0]
        assert (first.uid, first.title) == ("best", "Work here now: KIMI · Code")
        assert first.subtitle.startswith("100% left · resets in ")
        assert "Tavily" not in first.subtitle  # only coding plans are compared
        told = {keys: mac.alfred.subtitle(keys) for keys in ("cmd", "alt", "ctrl", "cmd+alt")}
        assert told["cmd"] == "⌘↩ Refresh KIMI · Code now"
        assert told["cmd+alt"] == "⌘⌥↩ ChatGPT only"
        before = len(mac.world.requests)
        mac.alfred.press("cmd+enter")
        assert len(mac.world.requests) == before + 1
        assert mac.titles[0] == "Work here now: KIMI · Code"
        mac.alfred.press("alt+enter")
        assert mac.recorders.clipboard.startswith("KIMI · Code: 100% left")
        rows_of(mac)
        mac.alfred.press("enter")
        assert mac.titles[0].startswith("KIMI · Code   100% left")
        assert any(best.id in row.subtitle for row in mac.alfred.rows)

    def test_an_account_that_fails_is_no_place_to_work(self, mac_with_first_row: Mac) -> None:
        mac = mac_with_first_row
        mac.add("tavily", "tavily-dev", "Search")
        best = mac.add("kimi", "kimi-code-fresh", "Code")
        failure = Failure("unreachable", Phrase("no answer", "没有回应"), utc_now())
        with Cache() as cache:
            cache.put(replace(cache.get(best.id), failure=failure))
        mac.forget_feed()
        assert [row.uid for row in rows_of(mac)].count("best") == 0
        assert mac.alfred.rows[1].subtitle.startswith("↩ Try again now · ⚠ no answer")


class TestKeys:
    def test_refresh_and_the_list_again(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        account = mac.add("tavily", "tavily-dev")
        before = len(mac.world.requests)
        rows_of(mac)
        mac.choose("Tavily · Work", "cmd+enter")
        assert len(mac.world.requests) == before + 1
        assert mac.alfred.rows[0].uid == account.id
        assert mac.said == []

    def test_a_failed_refresh_says_why(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev")
        mac.world.reply("api.tavily.com", "*", faults.server_error())
        rows_of(mac)
        mac.choose("Tavily · Work", "cmd+enter")
        assert "Tavily · Work: has a server problem" in mac.said[0]
        assert mac.titles[0].startswith("Tavily · Work")

    def test_a_retry_after_is_respected_and_said(self, mac: Mac) -> None:
        account = mac.add("tavily", "tavily-dev")
        until = utc_now() + timedelta(minutes=5)
        mac.fails(account, "rate_limited", retry_at=until)
        before = len(mac.world.requests)
        rows_of(mac)
        assert "Paused, next try in 5m (" in mac.alfred.subtitle("cmd")
        mac.choose("Tavily · Work", "cmd+enter")
        assert "has to wait until" in mac.said[0]
        assert len(mac.world.requests) == before

    def test_copy_takes_exactly_what_is_shown(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        mac.add("kimi", "kimi-cn", "主账号")
        rows_of(mac)
        shown = mac.alfred.row.copied
        mac.choose("KIMI · 主账号", "alt+enter")
        assert mac.recorders.clipboard == shown
        assert "¥63.90" in shown
        assert mac.said[0].startswith("Copied: KIMI · 主账号")
        assert mac.alfred.view is None

    def test_details_of_every_number(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        mac.add("glm", "glm-intl")
        rows_of(mac)
        mac.alfred.press("enter")
        assert mac.titles[0].startswith("GLM · Work")
        assert "Open https://z.ai/" in mac.alfred.row.subtitle
        facts = {row.title: row.subtitle for row in mac.alfred.rows[1:-1]}
        assert "36%" not in facts["5 hours"]
        assert "64% left" in facts["5 hours"]
        mac.alfred.type("5 hours")
        value = mac.alfred.row.subtitle.rpartition(" · ")[0]
        mac.alfred.press("cmd+c")
        assert mac.alfred.clipboard == value
        mac.alfred.press("enter")
        assert mac.recorders.clipboard == value

    def test_details_open_the_dashboard(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        rows_of(mac)
        mac.alfred.press("enter")
        mac.alfred.press("enter")
        assert mac.alfred.log.urls == ["https://z.ai/manage-apikey/coding-plan/personal/usage"]
        assert mac.alfred.view is None

    def test_details_lead_to_refresh_copy_and_manage(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        account = mac.add("glm", "glm-intl")
        for keys in ("cmd+enter", "alt+enter", "ctrl+enter"):
            rows_of(mac)
            mac.choose("GLM · Work")
            mac.alfred.move_to(1)
            mac.alfred.press(keys)
        assert mac.titles[:2] == ["Details", "Rename…"]
        assert mac.recorders.clipboard
        assert mac.book.get(account.id)

    def test_back_to_the_list(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Back to the list")
        assert mac.titles[-2] == "Add account…"


def managed(mac: Mac, row: str | int) -> None:
    """Open the manage list of an account."""
    mac.alfred.close()
    rows_of(mac)
    mac.choose(row, "ctrl+enter")


class TestManage:
    def test_rename(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        account = mac.add("glm", "glm-intl")
        managed(mac, "GLM · Work")
        mac.choose("Rename…")
        assert mac.alfred.field == "Work"
        assert mac.titles == ["New name for GLM · Work"]
        mac.alfred.type("Home")
        mac.alfred.press("enter")
        assert mac.only.label == "Home"
        assert mac.only.id == account.id
        assert mac.said == ["Renamed GLM · Work to GLM · Home"]
        assert mac.titles[0].startswith("GLM · Home")

    @pytest.mark.parametrize(
        "typed",
        [
            "🚀 Läbel “x” 'y' \"z\" $HOME `id` {query} {var:account}",
            "شركة العمل",
            "x" * 300,
            "one\ntwo\r\nthree",
            unicodedata.normalize("NFD", "Café Zürich"),
            "--help",
            "-x",
        ],
    )
    def test_odd_labels(self, mac: Mac, typed: str) -> None:
        mac.add("glm", "glm-intl")
        managed(mac, "GLM · Work")
        mac.choose("Rename…")
        mac.alfred.type(typed)
        mac.alfred.press("enter")
        assert mac.only.label == accounts.clean_label(typed)
        assert mac.titles[0].startswith("GLM · ")
        managed(mac, 0)
        mac.choose("Rename…")
        assert mac.alfred.field == mac.only.label

    def test_a_key_is_no_label(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        managed(mac, "GLM · Work")
        mac.choose("Rename…")
        mac.alfred.type(KEYS["tavily-dev"].value)  # Alfred has it now; we keep and repeat nothing
        mac.alfred.press("enter")
        assert mac.only.label == "Work"
        assert mac.said[0].startswith("this is a key, not a name")
        assert KEYS["tavily-dev"].value not in mac.said[0]

    def test_an_empty_label_changes_nothing(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        managed(mac, "GLM · Work")
        mac.choose("Rename…")
        mac.alfred.type("  ")
        mac.alfred.press("enter")
        assert mac.only.label == "Work"
        assert "keeps its name" in mac.said[0]

    def test_order(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        for provider, key in (("glm", "glm-intl"), ("tavily", "tavily-dev"), ("kimi", "kimi-cn")):
            mac.add(provider, key)
        managed(mac, "KIMI · Work")
        assert "Move down" not in mac.titles
        mac.choose("Move up")
        assert [a.provider for a in mac.book.accounts] == ["glm", "kimi", "tavily"]
        managed(mac, "KIMI · Work")
        mac.choose("Move down")
        assert [a.provider for a in mac.book.accounts] == ["glm", "tavily", "kimi"]
        managed(mac, "KIMI · Work")
        mac.choose("Pin to the top")
        assert mac.titles[:2] == ["Details", "Rename…"]  # one after the other, without a way back
        assert "Move up" not in mac.titles
        mac.choose("Unpin")
        assert not any(a.pinned for a in mac.book.accounts)

    def test_hide_and_show_again(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        mac.add("tavily", "tavily-dev")
        managed(mac, "GLM · Work")
        mac.choose("Hide")
        assert not [title for title in mac.titles if title.startswith("GLM")]
        assert mac.said == ["GLM · Work is hidden; “usage:” shows it again"]
        rows_of(mac, "usage:")
        mac.choose("Show GLM · Work again")
        assert [title for title in mac.titles if title.startswith("GLM")]

    def test_threshold(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        managed(mac, "GLM · Work")
        assert "Low threshold: as in the settings (20%)" in mac.titles
        for typed, kept in (("90 %", "90"), ("many", "90"), ("-3", "90"), ("", None)):
            managed(mac, "GLM · Work")
            mac.choose("Low threshold")
            mac.alfred.type(typed)
            mac.alfred.press("enter")
            threshold = mac.only.threshold
            assert (None if threshold is None else str(threshold)) == kept
        assert len(mac.said) == 4
        assert "not a positive number" in mac.said[1]

    def test_region(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        managed(mac, "GLM · Work")
        mac.choose("Region: International")
        assert mac.titles == ["International (now)", "China", "Back to the list"]
        mac.choose("China")
        assert mac.only.region == "cn"
        assert mac.world.requests[-1].host.endswith("bigmodel.cn")
        assert mac.said

    def test_scope(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev")
        managed(mac, "Tavily · Work")
        mac.choose("Project: not set")
        mac.alfred.type("my-project")
        mac.alfred.press("enter")
        assert dict(mac.only.scope) == {"project": "my-project"}
        managed(mac, "Tavily · Work")
        mac.choose("Project: my-project")
        assert mac.alfred.field == "my-project"

    def test_dashboard(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev")
        managed(mac, "Tavily · Work")
        mac.choose("Open the dashboard")
        assert mac.alfred.log.urls == ["https://app.tavily.com/home"]

    def test_remove_asks_first(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        account = mac.add("tavily", "tavily-dev")
        managed(mac, "Tavily · Work")
        mac.choose("Remove…")
        dialog = mac.alfred.view
        assert dialog is not None
        assert mac.alfred.log[-1].buttons == ("Remove", "Cancel", "")  # type: ignore[attr-defined]
        mac.alfred.choose("Cancel")
        assert mac.only == account
        managed(mac, "Tavily · Work")
        mac.choose("Remove…")
        mac.alfred.choose("Remove")
        assert mac.book.accounts == ()
        assert json.loads(mac.keyring.read_text(encoding="utf-8")) == {}
        assert mac.said == ["Removed Tavily · Work"]
        assert mac.titles == ["Add your first account"]

    def test_replace(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        account = mac.add("tavily", "tavily-dev")
        managed(mac, "Tavily · Work")
        mac.choose("Replace the credential…")
        assert mac.titles[0] == "Open the page where keys are created"
        mac.dialog(KEYS["tavily-capped"].value)
        mac.choose("Paste the new credential…")
        assert mac.only.id == account.id
        assert KEYS["tavily-capped"].value in mac.stored(mac.only)
        assert mac.said[0].startswith("Replaced the credential of Tavily · Work: ")

    def test_replace_opens_the_page(self, mac: Mac) -> None:
        mac.add("kimi", "kimi-cn")
        managed(mac, "KIMI · Work")
        mac.choose("Replace the credential…")
        mac.choose("Open the page where keys are created")
        assert mac.alfred.log.urls == ["https://platform.moonshot.cn/console/api-keys"]


class TestAdd:
    def test_a_provider_with_regions(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("GLM (智谱AI / Z.ai)")
        assert mac.titles == ["Name of the new GLM account"]
        mac.alfred.type("Büro")
        mac.alfred.press("enter")
        assert mac.titles[:3] == ["Detect the region automatically", "International", "China"]
        mac.dialog(KEYS["glm-cn"].value)
        mac.alfred.press("enter")
        assert (mac.only.provider, mac.only.label, mac.only.region) == ("glm", "Büro", "cn")
        assert mac.said[0].startswith("Added GLM · Büro: ")
        assert "region: China" in mac.said[0]
        assert mac.titles[0].startswith("GLM · Büro")

    def test_a_key_typed_as_the_name(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("OpenAI API (Token)")
        mac.alfred.type(KEYS["openai-admin"].value)  # Alfred has it now; we keep and repeat nothing
        mac.alfred.press("enter")
        assert mac.book.accounts == ()
        assert mac.kinds_asked() == []
        assert "this is a key, not a name" in mac.said[0]
        assert KEYS["openai-admin"].value not in mac.said[0]

    def test_a_chosen_region_is_the_only_one_asked(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("GLM")
        mac.alfred.press("enter")
        mac.dialog(KEYS["glm-cn"].value)
        mac.choose("China")
        assert {request.host for request in mac.world.requests} == {"bigmodel.cn"} or all(
            request.host.endswith("bigmodel.cn") for request in mac.world.requests
        )
        assert mac.only.label == "GLM"

    def test_a_team(self, mac: Mac) -> None:
        key = KEYS["glm-team-cn"]
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("GLM")
        mac.alfred.type("Team")
        mac.alfred.press("enter")
        for name, value in key.scopes.items():
            mac.choose(f"{name.capitalize()}: ")
            mac.alfred.type(value)
            mac.alfred.press("enter")
        mac.dialog(key.value)
        mac.choose("China")
        assert dict(mac.only.scope) == dict(key.scopes)
        assert mac.only.label == "Team"

    def test_a_provider_without_regions(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("OpenAI API (Token)")
        mac.dialog(KEYS["openai-admin"].value)
        mac.alfred.press("enter")
        assert (mac.only.provider, mac.only.label) == ("openai", "OpenAI")

    def test_pages_and_steps(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        rows_of(mac)
        mac.alfred.press("enter")
        mac.alfred.move_to("KIMI")
        mac.alfred.press("cmd+y")
        page = Path(mac.alfred.log.last(QuickLookShown).url)
        assert "platform.moonshot" in page.read_text(encoding="utf-8")
        assert "⌘↩ Open platform.moonshot.ai" in mac.alfred.subtitle("cmd")
        assert "⌥↩ Open platform.moonshot.cn" in mac.alfred.subtitle("alt")
        mac.alfred.press("cmd+enter")
        assert mac.alfred.log.last(UrlOpened).url == "https://platform.moonshot.ai/console/api-keys"

    def test_the_page_of_china(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("KIMI", "alt+enter")
        assert mac.alfred.log.last(UrlOpened).url == "https://platform.moonshot.cn/console/api-keys"

    def test_cancel_is_quiet(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Tavily")
        mac.cancels()
        mac.alfred.press("enter")
        assert mac.said == []
        assert mac.book.accounts == ()
        assert mac.alfred.view is None

    def test_a_refused_key_is_kept_until_the_user_gives_up(self, mac: Mac) -> None:
        mac.world.reply(
            "api.tavily.com", "*", [faults.wrong_key("tavily"), faults.wrong_key("tavily")]
        )
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Tavily")
        mac.dialog(KEYS["tavily-dev"].value)
        mac.picks("Try again")
        mac.picks("Save without checking")
        mac.alfred.press("enter")
        assert len(mac.world.requests) == 2
        assert KEYS["tavily-dev"].value in mac.stored(mac.only)
        reasons = [call.argv for call in mac.recorders.calls("osascript")][1:]
        assert all(any("does not accept" in part for part in argv) for argv in reasons)

    def test_type_again(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Tavily")
        mac.dialog("tvly-dev-wrong0wrong0wrong")
        mac.picks("Type again")
        mac.dialog(KEYS["tavily-dev"].value)
        mac.alfred.press("enter")
        assert mac.only.provider == "tavily"
        again = [
            call
            for call in mac.recorders.calls("osascript")
            if "hidden answer" in " ".join(call.argv)
        ]
        assert len(again) == 2

    def test_nonsense_is_not_sent(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Tavily")
        mac.dialog("")
        mac.picks("Type again")
        mac.dialog("hello world")
        mac.cancels()
        mac.alfred.press("enter")
        assert mac.world.requests == []
        assert mac.said == []

    def test_a_stranger_is_named_and_offered_where_it_belongs(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("ChatGPT")
        mac.choose("A · Paste the access token…")
        mac.dialog(KEYS["openai-admin"].value)
        mac.picks("Add it as OpenAI API (Token)")
        mac.alfred.press("enter")
        assert mac.only.provider == "openai"
        told = mac.recorders.calls("osascript")[1].argv
        assert any("OpenAI" in part for part in told)

    def test_offline(self, mac: Mac) -> None:
        mac.world.reply("*", "*", faults.closed())
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Tavily")
        mac.dialog(KEYS["tavily-dev"].value)
        mac.picks("Save without checking")
        mac.alfred.press("enter")
        assert mac.only.provider == "tavily"
        assert mac.said[0].startswith("Added Tavily")


class TestClipboard:
    def test_recognised_confirmed_and_cleared(self, mac: Mac) -> None:
        pasted = f"curl https://api.tavily.com/usage -H 'Authorization: Bearer {KEYS['tavily-dev'].value}'"
        mac.secrets.append(KEYS["tavily-dev"].value)
        mac.recorders.clipboard = pasted
        rows_of(mac)
        mac.alfred.press("enter")
        mac.recorders.answer("osascript", "Check and Save\nFrom cURL\n", containing="Nothing has")
        mac.choose("From the clipboard…")
        assert (mac.only.provider, mac.only.label) == ("tavily", "From cURL")
        assert mac.recorders.clipboard == ""
        asked = mac.recorders.calls("osascript")[0].argv
        assert any("Nothing has been sent yet" in part and "Tavily" in part for part in asked)

    def test_a_key_as_the_name_is_asked_about_again(self, mac: Mac) -> None:
        key = KEYS["tavily-dev"].value
        mac.secrets.append(key)
        mac.recorders.clipboard = key
        rows_of(mac)
        mac.alfred.press("enter")
        mac.recorders.answer("osascript", f"Check and Save\n{key}\n", containing="Nothing has")
        mac.recorders.answer("osascript", "Check and Save\nT\n", containing="not a name")
        mac.choose("From the clipboard…")
        assert mac.only.label == "T"

    def test_it_is_read_only_after_the_choice(self, mac: Mac) -> None:
        mac.recorders.clipboard = "anything"
        rows_of(mac)
        mac.alfred.press("enter")
        assert mac.recorders.calls("pbpaste") == []

    def test_nothing_is_sent_when_the_user_says_no(self, mac: Mac) -> None:
        mac.recorders.clipboard = KEYS["tavily-dev"].value
        mac.secrets.append(KEYS["tavily-dev"].value)
        rows_of(mac)
        mac.alfred.press("enter")
        mac.cancels()
        mac.keeps_clipboard = True
        mac.choose("From the clipboard…")
        assert mac.world.requests == []
        assert mac.book.accounts == ()
        assert len(mac.recorders.calls("pbpaste")) == 1

    def test_what_was_copied_meanwhile_stays(self, mac: Mac) -> None:
        key = KEYS["tavily-dev"].value
        mac.secrets.append(key)
        mac.recorders.clipboard = "something of the user's"
        mac.recorders.answer("pbpaste", key)
        rows_of(mac)
        mac.alfred.press("enter")
        mac.recorders.answer("osascript", "Check and Save\nT\n", containing="Nothing has")
        mac.choose("From the clipboard…")
        assert mac.only.label == "T"
        assert mac.recorders.clipboard == "something of the user's"

    def test_an_ambiguous_key_is_asked_about_and_sent_to_one(self, mac: Mac) -> None:
        key = KEYS["kimi-intl"].value
        mac.secrets.append(key)
        mac.recorders.clipboard = key
        rows_of(mac)
        mac.alfred.press("enter")
        mac.picks("KIMI (Moonshot)")
        mac.recorders.answer("osascript", "Check and Save\nK\n", containing="Nothing has")
        mac.choose("From the clipboard…")
        assert mac.only.provider == "kimi"
        assert all("moonshot" in request.host for request in mac.world.requests)

    def test_nothing_there(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.cancels()
        mac.choose("From the clipboard…")
        assert mac.book.accounts == ()
        assert mac.said == []

    def test_the_button_of_the_hidden_dialog(self, mac: Mac) -> None:
        mac.recorders.clipboard = KEYS["tavily-dev"].value
        mac.secrets.append(KEYS["tavily-dev"].value)
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Tavily")
        mac.alfred.type("Mine")
        mac.recorders.answer("osascript", "Use the Clipboard\n\n", containing="hidden answer")
        mac.agrees()
        mac.alfred.press("enter")
        assert mac.only.label == "Mine"
        assert mac.recorders.clipboard == ""


class TestChatGPT:
    def test_method_a(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("ChatGPT")
        mac.alfred.press("enter")
        assert mac.recorders.clipboard == discovery.about("chatgpt").console
        assert mac.alfred.log.urls == ["https://chatgpt.com/"]
        assert "From the clipboard" in mac.said[0]
        mac.secrets.append(CHATGPT)
        mac.recorders.clipboard = json.dumps({"accessToken": CHATGPT, "user": {}})
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("ChatGPT")
        mac.recorders.answer("osascript", "Check and Save\nMe\n", containing="Nothing has")
        mac.choose("From the clipboard…")
        assert (mac.only.provider, mac.only.label, mac.only.kind) == (
            "chatgpt",
            "Me",
            "access_token",
        )
        assert mac.recorders.clipboard == ""

    def test_method_b_then_exchange(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("ChatGPT")
        mac.choose("B · Paste the session cookie…")
        mac.alfred.type("Me")
        mac.dialog(SESSION)
        mac.alfred.press("enter")
        assert mac.only.kind == "session"
        rows_of(mac)
        assert "Re-exchange" in mac.subtitle("ChatGPT · Me", "cmd+alt")
        exchanges = [r for r in mac.world.requests if r.path == "/api/auth/session"]
        mac.alfred.press("cmd+alt+enter")
        after = [r for r in mac.world.requests if r.path == "/api/auth/session"]
        assert len(after) == len(exchanges) + 1
        assert mac.said[-1].startswith("ChatGPT · Me: new token")
        assert mac.titles[0].startswith("ChatGPT · Me")

    def test_an_ended_session_leads_to_a_new_cookie(self, mac: Mac) -> None:
        account = mac.add("chatgpt", "chatgpt-session", "Me")
        mac.world.reply("chatgpt.com", "/api/auth/session", Reply(200, {}))
        mac.fails(account, "credential_expired")
        rows_of(mac)
        assert mac.alfred.row.subtitle.startswith("↩ Replace the credential")
        mac.alfred.press("cmd+alt+enter")
        assert "session has ended" in mac.said[0]
        assert "B · Paste the session cookie…" in mac.titles
        assert mac.book.get(account.id) is not None

    def test_a_token_leads_to_method_a_again(self, mac_either_way: Mac) -> None:
        mac = mac_either_way
        account = mac.add("chatgpt", "chatgpt-plus", "Me")
        rows_of(mac)
        mac.choose("ChatGPT · Me", "cmd+alt+enter")
        assert mac.titles[0].startswith("A · Copy the console command")
        mac.dialog(KEYS["chatgpt-pro"].value)
        mac.choose("A · Paste the access token…")
        assert mac.only.id == account.id
        assert KEYS["chatgpt-pro"].value in mac.stored(mac.only)
        assert mac.said[0].startswith("Replaced the credential of ChatGPT · Me")

    def test_method_a_for_an_account_leads_back_to_it(self, mac: Mac) -> None:
        account = mac.add("chatgpt", "chatgpt-plus", "Me")
        rows_of(mac)
        mac.choose("ChatGPT · Me", "cmd+alt+enter")
        mac.choose("A · Copy the console command")
        way = "⌃↩ on ChatGPT · Me → Replace the credential → From the clipboard"
        assert mac.said[0].endswith(f", then: {way}")
        mac.secrets.append(KEYS["chatgpt-pro"].value)
        mac.recorders.clipboard = json.dumps({"accessToken": KEYS["chatgpt-pro"].value})
        managed(mac, "ChatGPT · Me")
        mac.choose("Replace the credential…")
        mac.agrees()
        mac.choose("From the clipboard…")
        assert mac.only.id == account.id
        assert KEYS["chatgpt-pro"].value in mac.stored(mac.only)

    @pytest.mark.parametrize("way", ["manage", "replace"])
    def test_exchange_from_the_lists_of_an_account(self, mac: Mac, way: str) -> None:
        mac.add("chatgpt", "chatgpt-session", "Me")
        managed(mac, "ChatGPT · Me")
        if way == "replace":
            mac.choose("Replace the credential…")
        before = [r for r in mac.world.requests if r.path == "/api/auth/session"]
        mac.choose("Re-exchange the session")
        after = [r for r in mac.world.requests if r.path == "/api/auth/session"]
        assert len(after) == len(before) + 1
        assert mac.said[-1].startswith("ChatGPT · Me: new token")

    def test_steps(self, mac: Mac) -> None:
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("ChatGPT")
        mac.choose("Show the steps")
        assert "accessToken" in page_of(mac)


def page_of(mac: Mac) -> str:
    """Return the text of the page that was opened last."""
    opened = mac.alfred.log.urls[-1]
    assert opened.startswith("file:///")
    return Path(unquote(opened[len("file://") :])).read_text(encoding="utf-8")


class TestProblems:
    def test_a_damaged_file_is_shown_in_finder(self, mac: Mac) -> None:
        Path(accounts.path()).parent.mkdir(parents=True, exist_ok=True)
        Path(accounts.path()).write_text("{damaged", encoding="utf-8")
        rows_of(mac)
        assert mac.titles[0] == "accounts.json was damaged; a copy is kept"
        assert mac.alfred.row.subtitle.startswith("↩ Show accounts.damaged-")
        mac.alfred.press("enter")
        shown = mac.alfred.log.last(FileOpened)
        assert shown.action == "action.revealfile"
        assert Path(shown.path).read_text(encoding="utf-8") == "{damaged"

    @pytest.mark.parametrize(
        ("kind", "said", "shown"),
        [
            ("no_credential", "↩ Replace the credential", "Open the page where keys are created"),
            ("credential_rejected", "↩ Replace the credential", "Open the page where keys are"),
            (
                "wrong_credential",
                "↩ Replace the credential",
                "Open the page where keys are created",
            ),
            ("credential_expired", "↩ Replace the credential", "Open the page where keys are"),
            ("rate_limited", "↩ Details", "Tavily · Work"),
        ],
    )
    def test_what_enter_shows(self, mac: Mac, kind: FailureKind, said: str, shown: str) -> None:
        account = mac.add("tavily", "tavily-dev")
        mac.fails(account, kind)
        rows_of(mac)
        assert mac.alfred.row.subtitle.startswith(said)
        mac.alfred.press("enter")
        assert mac.titles[0].startswith(shown)

    def test_the_problem_in_the_details_offers_the_same(self, mac: Mac) -> None:
        mac.fails(mac.add("tavily", "tavily-dev"), "credential_rejected")
        rows_of(mac)
        mac.choose("Tavily · Work", "ctrl+enter")
        mac.choose("Details")
        problem = mac.alfred.rows[1]
        assert (problem.title, problem.subtitle.partition(" · ")[0]) == (
            "Problem",
            "↩ Replace the credential",  # first, since Alfred cuts the end of a long line
        )
        mac.alfred.move_to(1)
        mac.alfred.press("alt+enter")
        assert mac.recorders.clipboard == problem.copied
        assert "↩" not in problem.copied
        rows_of(mac)
        mac.choose("Tavily · Work", "ctrl+enter")
        mac.choose("Details")
        mac.choose("Problem")
        assert mac.titles[0].startswith("Open the page where keys are")

    @pytest.mark.parametrize("kind", ["blocked", "unreachable", "provider_failed", "store_locked"])
    def test_enter_tries_again(self, mac: Mac, kind: FailureKind) -> None:
        account = mac.add("tavily", "tavily-dev")
        mac.fails(account, kind)
        before = len(mac.world.requests)
        rows_of(mac)
        mac.alfred.press("enter")
        assert len(mac.world.requests) == before + 1
        assert "⚠" not in mac.titles[0]

    def test_no_plan_opens_the_providers_page(self, mac: Mac) -> None:
        mac.fails(mac.add("tavily", "tavily-dev"), "not_available")
        rows_of(mac)
        mac.alfred.press("enter")
        assert mac.alfred.log.urls == ["https://app.tavily.com/home"]

    def test_an_odd_answer_leads_to_a_report(self, mac: Mac) -> None:
        mac.fails(mac.add("tavily", "tavily-dev"), "unexpected_response")
        rows_of(mac)
        mac.alfred.press("enter")
        assert "## Tankful" in mac.recorders.clipboard
        assert mac.said == ["The report is copied. It holds no secret, name or amount."]

    def test_an_account_that_is_removed_meanwhile(self, mac: Mac) -> None:
        account = mac.add("tavily", "tavily-dev")
        rows_of(mac)
        store.remove(account)
        mac.choose("Tavily · Work")
        assert mac.titles == ["This account is no longer there"]
        mac.alfred.press("enter")
        assert mac.titles == ["Add your first account"]

    @pytest.mark.parametrize("keys", ["cmd+enter", "ctrl+enter"])
    def test_keys_on_the_row_of_a_removed_account(self, mac: Mac, keys: str) -> None:
        account = mac.add("tavily", "tavily-dev")
        rows_of(mac)
        store.remove(account)
        mac.choose("Tavily · Work", keys)
        if keys == "cmd+enter":
            assert "no longer there" in mac.said[0]
        else:
            assert mac.titles == ["This account is no longer there"]

    @pytest.mark.parametrize("after", ["details", "manage"])
    def test_an_account_removed_while_its_list_is_open(self, mac: Mac, after: str) -> None:
        account = mac.add("tavily", "tavily-dev")
        rows_of(mac)
        mac.choose("Tavily · Work", "enter" if after == "details" else "ctrl+enter")
        rows = [row.title for row in mac.alfred.rows[:-1]]
        store.remove(account)
        mac.alfred.move_to(1 if after == "details" else rows.index("Pin to the top"))
        mac.alfred.press("cmd+enter" if after == "details" else "enter")
        assert "no longer there" in mac.said[0]

    def test_an_unknown_action(self, mac: Mac) -> None:
        mac.alfred.trigger("show_menu", "", {"action": "fly"})
        assert mac.titles == ["Unknown action “fly”"]
        mac.alfred.press("enter")
        assert mac.titles == ["Add your first account"]
        row = mac.alfred.rows[0]
        source = mac.alfred.workflow.of_kind("utility.conditional")[0]
        from ..alfred_harness.stream import Stream

        mac.alfred._arrive(source, Stream(row.arg or "", {"action": "$(fly) `x`"}))
        assert "Unknown action" in mac.said[0]


class TestSecondKeyword:
    def test_refresh_all(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev")
        mac.add("kimi", "kimi-cn")
        mac.world.reply("api.tavily.com", "*", faults.server_error())
        before = len(mac.world.requests)
        rows_of(mac, "usage:")
        mac.choose("Refresh all accounts")
        asked = {request.host for request in mac.world.requests[before:]}
        assert asked == {"api.tavily.com", "api.moonshot.cn"}
        assert mac.said == ["1 of 2 accounts failed: Tavily · Work"]
        mac.alfred.trigger("refresh")
        assert len(mac.said) == 2

    def test_summary_is_copied_as_previewed(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev")
        mac.add("kimi", "kimi-cn", "主账号")
        rows_of(mac, "usage:")
        mac.choose("Summary")
        lines = [row.title for row in mac.alfred.rows[1:-1]]
        assert len(lines) == 2
        mac.alfred.press("enter")
        assert mac.recorders.clipboard == "\n".join(lines)
        mac.alfred.trigger("copy_summary")
        assert "主账号" in mac.recorders.clipboard

    def test_one_line_of_the_summary(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev")
        mac.add("kimi", "kimi-cn", "主账号")
        rows_of(mac, "usage:")
        mac.choose("Summary")
        line = next(row.title for row in mac.alfred.rows[1:] if "KIMI" in row.title)
        mac.choose(line)
        assert mac.recorders.clipboard == line

    def test_a_private_summary_is_copied_as_previewed(self, mac: Mac) -> None:
        mac.add("kimi", "kimi-cn", "jane@example.com")
        mac.add("tavily", "tavily-dev", "Jane")
        mac.alfred.trigger("show_extras")
        mac.choose("Private summary")
        lines = [row.title for row in mac.alfred.rows[1:-1]]
        assert len(lines) == 2
        mac.alfred.press("enter")
        assert mac.recorders.clipboard == "\n".join(lines)
        for word in ("jane", "Jane", "63.90"):
            assert word not in mac.recorders.clipboard
        mac.recorders.clipboard = ""
        mac.alfred.trigger("copy_summary", "", {"private": "1"})
        assert mac.recorders.clipboard == "\n".join(lines)
        mac.alfred.trigger("show_extras", "", {"private": "1"})
        mac.choose("Summary")
        assert "jane@example.com" in "".join(mac.titles)

    @pytest.mark.parametrize(
        ("switch", "after", "keys", "shown"),
        [
            ("Show: what is left", "Show: what is used", [], "36% used"),
            (
                "“Work here now” row: off",
                "row: on",
                [],
                "^Work here now: ",
            ),
            ("Privacy (names and money hidden): off", "hidden): on", [], "^GLM · •••"),
            ("Clock: system default", "Clock: 12 hours", [], r"\d [AP]M\b"),
            ("Summary as: text", "Summary as: Markdown", ["Summary"], r"^- \*\*GLM"),
        ],
        ids=["show", "best", "privacy", "clock", "summary"],
    )
    def test_a_switch_changes_what_is_shown(
        self, mac: Mac, switch: str, after: str, keys: list[str], shown: str
    ) -> None:
        def seen() -> bool:
            rows_of(mac, "usage:" if keys else "usage")
            for title in keys:
                mac.choose(title)
            told = "\n".join(f"{row.title}\n{row.subtitle}" for row in mac.alfred.rows)
            return re.search(shown, told, re.MULTILINE) is not None

        mac.add("glm", "glm-intl")
        mac.add("tavily", "tavily-dev")
        assert not seen()
        rows_of(mac, "usage:")
        mac.choose(switch)
        assert [title for title in mac.titles if title.endswith(after)]
        assert seen()

    def test_settings_change_and_stay(self, mac: Mac) -> None:
        mac.add("kimi", "kimi-cn")
        rows_of(mac, "usage:")
        mac.choose("List order: manual")
        assert "List order: most urgent first" in mac.titles
        mac.choose("Language: system default")
        mac.choose("Language: English")
        assert "语言：简体中文" in mac.titles
        rows_of(mac)
        assert mac.titles[-2] == "添加账号…"

    @pytest.mark.parametrize(
        ("row", "field"), [("Configure Workflow…", "language"), ("History: 730 days", "history")]
    )
    def test_configuration(self, mac: Mac, row: str, field: str) -> None:
        rows_of(mac, "usage:")
        mac.choose("Show: what is left")
        mac.choose(row)
        (page,) = mac.alfred.log.urls
        uid = mac.alfred.workflow.folder.name
        assert page == (
            f"alfredpreferences://navigateto/workflows>workflow>{uid}>userconfig>tankful_{field}"
        )

    def test_diagnostics(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev", "Geheim")
        rows_of(mac, "usage:")
        mac.choose("Diagnostics")
        shown = mac.alfred.log.last(TextViewShown)
        assert shown.text.startswith("## Tankful")
        assert shown.footer == "↩ Copy · esc Back"
        mac.alfred.press("esc")
        assert "Diagnostics" in mac.titles
        mac.choose("Diagnostics")
        mac.alfred.press("enter")
        assert "## Numbers" in mac.recorders.clipboard
        assert "Geheim" not in shown.text + mac.recorders.clipboard
        assert mac.said[-1] == "The report is copied. It holds no secret, name or amount."

    def test_where_the_numbers_come_from(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev", "Dev")
        rows_of(mac)
        mac.choose("Tavily · Dev")
        details = mac.titles
        assert mac.alfred.subtitle("cmd+shift") == "⌘⇧↩ Where the numbers come from"
        mac.alfred.press("cmd+shift+enter")
        text = mac.alfred.log.last(TextViewShown).text
        assert text.startswith("# Tavily · Dev: where the numbers come from")
        assert "361 credits = `/account/plan_usage`" in text
        mac.alfred.press("esc")
        assert mac.titles == details
        mac.alfred.press("cmd+shift+enter")
        mac.alfred.press("enter")
        assert mac.recorders.clipboard == text

    def test_an_account_that_is_gone_has_no_numbers(self, mac: Mac) -> None:
        mac.add("tavily", "tavily-dev", "Dev")
        rows_of(mac)
        mac.choose("Tavily · Dev")
        accounts.change(lambda book: book.without(book.accounts[0].id))
        mac.alfred.press("cmd+shift+enter")
        assert mac.alfred.log.last(TextViewShown).text == "This account is no longer there"

    def test_guide(self, mac: Mac) -> None:
        rows_of(mac, "usage:")
        mac.choose("Credential guide")
        assert mac.titles[0] == "The whole guide"
        mac.choose("ChatGPT (Subscription)")
        text = mac.alfred.log.last(TextViewShown).text
        assert "accessToken" in text
        assert not re.search("<a id|<!--|\\(#", text)
        mac.alfred.press("enter")
        assert "accessToken" in page_of(mac)

    def test_the_guide_in_the_browser(self, mac: Mac) -> None:
        rows_of(mac, "usage:")
        mac.choose("Credential guide")
        mac.choose("ChatGPT (Subscription)", "alt+enter")
        assert "accessToken" in page_of(mac)

    def test_the_steps_as_rows(self, mac: Mac) -> None:
        rows_of(mac, "usage:")
        mac.choose("Credential guide")
        mac.choose("GLM (智谱AI / Z.ai)", "cmd+enter")
        assert mac.titles[:-1] == list(guide.rows("glm"))
        mac.alfred.press("enter")
        assert mac.alfred.log.urls == ["https://z.ai/manage-apikey/apikey-list"]

    def test_the_whole_guide(self, mac: Mac) -> None:
        rows_of(mac, "usage:")
        mac.choose("Credential guide")
        mac.choose("The whole guide")
        assert "GLM (智谱AI / Z.ai)" in mac.alfred.log.last(TextViewShown).text
        mac.alfred.press("enter")
        assert {"tavily", "moonshot", "chatgpt"} <= set(re.findall("[a-z]+", page_of(mac)))

    def test_keys_of_this_machine(self, mac: Mac) -> None:
        codex = mac.home / ".codex"
        codex.mkdir()
        mac.secrets.append(CHATGPT)
        told = {"tokens": {"access_token": CHATGPT, "account_id": ""}}
        (codex / "auth.json").write_text(json.dumps(told), encoding="utf-8")
        rows_of(mac)
        mac.alfred.press("enter")
        mac.choose("Import keys found on this machine…")
        assert mac.titles[0] == "ChatGPT (Subscription) · from ~/.codex/auth.json"
        mac.alfred.press("enter")
        assert mac.only.provider == "chatgpt"


class TestChinese:
    def test_every_list_speaks_it(self, start: Callable[..., Iterator[Mac]]) -> None:
        started = start(tankful_language="zh")
        mac = next(started)
        mac.add("glm", "glm-intl")
        rows_of(mac)
        assert mac.titles[-2] == chinese(_("Add account…"))
        mac.choose("GLM · Work", "ctrl+enter")
        assert mac.titles[0] == "详情"
        mac.choose("重命名…")
        mac.alfred.type("公司")
        mac.alfred.press("enter")
        assert mac.said == ["已将 GLM · Work 重命名为 GLM · 公司"]
        assert next(started, None) is None


def test_no_run_script_ends_with_a_line_break(mac: Mac) -> None:
    """The output of a Run Script is not stripped: a line break would become part of it."""
    mac.add("tavily", "tavily-dev")
    rows_of(mac)
    mac.choose("Tavily · Work", "alt+enter")
    runs = [run for run in mac.alfred.log.of(ScriptRun) if run.argv[-2].endswith("action.py")]
    assert runs
    assert not any(run.stdout.endswith("\n") for run in runs)


class TestAlerts:
    def test_an_alert_is_shown_by_its_number_and_once(self, mac: Mac) -> None:
        number = notices.leave("GLM · Work: Week is used up")
        mac.alfred.trigger("notify", number)
        assert mac.said == ["GLM · Work: Week is used up"]
        mac.alfred.trigger("notify", number)
        assert mac.said == ["GLM · Work: Week is used up"]

    def test_an_alert_leaves_the_list_that_is_looked_at(self, mac: Mac) -> None:
        mac.add("glm", "glm-intl")
        rows_of(mac)
        seen = mac.titles
        mac.alfred.trigger("notify", notices.leave("GLM · Work: Week is used up"))
        assert mac.said == ["GLM · Work: Week is used up"]
        assert mac.titles == seen

    @pytest.mark.parametrize("way", ["row", "details"])
    def test_a_reminder_for_the_reset(self, mac: Mac, way: str) -> None:
        account = mac.add("glm", "glm-intl")
        with Cache() as cache:
            known = cache.get(account.id)
            later = utc_now() + timedelta(hours=2)
            gone = Quota("5 hours", "%", Decimal(100), Decimal(100), Decimal(0), 18000, later)
            cache.put(replace(known, usage=Usage((gone,))))
        mac.forget_feed()
        rows_of(mac)
        if way == "row":
            assert "⌃⌥↩ Remind me at the reset, in " in mac.subtitle("GLM · Work", "ctrl+alt")
            mac.alfred.press("ctrl+alt+enter")
        else:
            mac.choose("GLM · Work")
            mac.choose("Remind me at the reset")
        assert mac.said == ["Added to Reminders: GLM · Work: 5h has reset"]
        assert mac.recorders.calls("osascript")[-1].argv[-5] == "GLM · Work: 5h has reset"

    def test_the_background_is_a_row_of_the_settings(self, mac: Mac) -> None:
        mac.add("kimi", "kimi-cn")
        rows_of(mac, "usage:")
        mac.choose("Background refresh: off")
        assert mac.said[-1].startswith("TANKFUL_LOOPBACK is set, so a test server would be asked")
        rows_of(mac, "usage:")
        assert "Background refresh: off" in mac.titles

    def test_alerts_are_switched_in_the_settings(self, mac: Mac) -> None:
        rows_of(mac, "usage:")
        mac.choose("Alerts: off")
        mac.choose("Alert: balance low: off")
        assert "Alert: balance low: on" in mac.titles
        mac.choose("Quiet hours: off")
        mac.alfred.type("22:00-08:00")
        mac.alfred.press("enter")
        assert "Quiet hours: 22:00–08:00" in mac.titles
        mac.choose("Quiet hours: 22:00")
        mac.alfred.type("late")
        mac.alfred.press("enter")
        assert mac.said[-1].endswith("nothing was changed")
        mac.choose("Back to the settings")
        assert "Alerts: 1 kind on" in mac.titles
