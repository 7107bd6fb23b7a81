"""Every flow a user can take through the workflow, typed and pressed, with the real scripts."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.keyrings import FileKeyring
from tests.standin import KEYS, StandIn, faults
from tests.standin.message import Reply
from workflow import accounts, guide_text, menu_words
from workflow.accounts import Accounts
from workflow.cache import Cache
from workflow.client import utc_now
from workflow.models import Account, Failure, Phrase, Snapshot

from .checks import check_rows
from .harness import Alfred
from .log import QuickLookShown, ScriptRun, UrlOpened
from .recorders import Recorders
from .rows import Row

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("info.plist", "icons", "scripts", "workflow", "tests")
CHATGPT = KEYS["chatgpt-plus"].value
SESSION = KEYS["chatgpt-session"].value


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled code, shared by the tests: each has a cache folder of its own."""
    return tmp_path_factory.mktemp("bytecode")


@dataclass
class Mac:
    """A Mac with the workflow installed: Alfred, the recorded commands, the providers."""

    alfred: Alfred
    recorders: Recorders
    world: StandIn
    home: Path
    keyring: Path
    secrets: list[str] = field(default_factory=list)

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
        """The one account there is."""
        (account,) = self.book.accounts
        return account

    @property
    def said(self) -> list[str]:
        """What notifications said."""
        return [shown.text for shown in self.alfred.log.notifications]

    def stored(self, account: Account) -> str:
        """What the secret store holds for an account."""
        known = json.loads(self.keyring.read_text(encoding="utf-8"))
        told: str = known[f"Headroom/{account.id}:{account.generation}"]
        return told

    def choose(self, title: str, keys: str = "enter") -> None:
        """Select a row and press keys."""
        self.alfred.move_to(title)
        self.alfred.press(keys)

    def subtitle(self, title: str, modifiers: str = "") -> str:
        """What a row says about itself while modifiers are held."""
        self.alfred.move_to(title)
        return self.alfred.subtitle(modifiers)

    def dialog(self, told: str, button: str = "Check and Save") -> None:
        """Let the next dialog with a field be answered with this."""
        self.secrets.append(told)
        self.recorders.answer("osascript", f"{button}\n{told}\n", containing="default answer")

    def picks(self, choice: str, containing: str = "choose from list") -> None:
        """Let the next dialog of choices be answered with this."""
        self.recorders.answer("osascript", f"{choice}\n", containing=containing)

    def agrees(self) -> None:
        """Let the next dialog that only asks be answered with its second button."""
        self.recorders.answer(
            "osascript", "Check and Save\n", containing="return button returned of told"
        )

    def cancels(self) -> None:
        """Let the next dialog be cancelled."""
        self.recorders.answer("osascript", rc=1, stderr="0:0: execution error: (-128)\n")

    def add(self, provider: str, key: str, label: str = "Work") -> Account:
        """Add an account without a launcher, and have it asked."""
        from workflow import enrol, recognise

        finding = recognise.read(KEYS[key].value, provider)
        self.secrets.append(KEYS[key].value)
        region = KEYS[key].region or enrol.AUTO
        return enrol.enrol(enrol.Wish(finding, label, region)).account

    def fails(self, account: Account, kind: str, **more: Any) -> None:
        """Let an account have failed in this way, with nothing else known of it."""
        failure = Failure(kind, Phrase("It failed", "失败"), utc_now(), **more)
        with Cache() as cache:
            cache.put(Snapshot(account.id, failure=failure))
        self.forget_feed()

    def forget_feed(self) -> None:
        """Let the next keystroke render anew."""
        from workflow import feed

        Path(feed.path(os.environ)).unlink(missing_ok=True)

    def kinds_asked(self) -> list[str]:
        """What osascript was asked for, in order."""
        return [call.argv[-1] for call in self.recorders.calls("osascript")]


@pytest.fixture(params=[True, False], ids=["keeps-session", "loses-session"])
def keep_session(request: pytest.FixtureRequest) -> bool:
    """Both readings of what a modifier with variables leaves of the session's."""
    return bool(request.param)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The workflow as a folder of Alfred's, with the icon at its root."""
    folder = tmp_path / "user.workflow.HEADROOM"
    folder.mkdir()
    for part in PARTS:
        (folder / part).symlink_to(ROOT / part)
    (folder / "icon.png").symlink_to(ROOT / "icons/icon.png")
    return folder


@pytest.fixture
def mac(
    installed: Path,
    tmp_path: Path,
    recorders: Recorders,
    world: StandIn,
    bytecode: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Mac]:
    """A Mac without an account; whatever a test does, no secret is left where it must not be."""
    yield from _started(installed, tmp_path, recorders, world, bytecode, monkeypatch)


@pytest.fixture
def mac_either_way(
    installed: Path,
    tmp_path: Path,
    recorders: Recorders,
    world: StandIn,
    bytecode: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep_session: bool,
) -> Iterator[Mac]:
    """The same, with both readings of modifiers."""
    yield from _started(
        installed, tmp_path, recorders, world, bytecode, monkeypatch, keep_session=keep_session
    )


def _started(
    folder: Path,
    tmp_path: Path,
    recorders: Recorders,
    world: StandIn,
    bytecode: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep_session: bool = True,
    **config: Any,
) -> Iterator[Mac]:
    home = tmp_path / "home"
    env = {
        "LANG": "en_US.UTF-8",
        "TZ": "UTC",
        "HEADROOM_LOOPBACK": world.url,
        "HEADROOM_TEST_KEYRING": str(tmp_path / "keyring.json"),
        "PYTHON_KEYRING_BACKEND": f"{FileKeyring.__module__}.{FileKeyring.__name__}",
    }
    alfred = Alfred(
        folder,
        home,
        python=sys.executable,
        env=env,
        recorders=recorders,
        keep_session=keep_session,
        config=config,
    )
    prepared = alfred.stage.scope.constants
    monkeypatch.delenv("HEADROOM_HOME")
    for name in ("alfred_workflow_data", "alfred_workflow_cache"):
        monkeypatch.setenv(name, prepared[name])
    cache = Path(prepared["alfred_workflow_cache"])
    cache.mkdir(parents=True)
    (cache / "bytecode").symlink_to(bytecode)
    mac = Mac(alfred, recorders, world, home, tmp_path / "keyring.json")
    yield mac
    _check(mac, cache)


def _check(mac: Mac, cache: Path) -> None:
    """No secret anywhere, no traceback, no row that Alfred would not show."""
    written = [*Path(os.environ["alfred_workflow_data"]).rglob("*"), *cache.glob("*")]
    written += list((cache / "snapshots").glob("*"))
    texts = {str(file): file.read_bytes() for file in written if file.is_file()}
    texts["events"] = repr(list(mac.alfred.log)).encode()
    texts["commands"] = repr(mac.recorders.calls()).encode()
    for run in mac.alfred.log.scripts:
        assert "Traceback" not in run.stderr, run.stderr
        assert run.rc == 0, run.stderr
        if run.argv[-1].endswith(("usage.py", "menu.py")) or run.stdout.startswith('{"skip'):
            assert check_rows(json.loads(run.stdout), ROOT) == []
    for secret in mac.secrets:
        for part in (secret, secret[-24:]):
            found = [where for where, text in texts.items() if part.encode() in text]
            assert not part or not found, f"a secret is in {found}"


def rows_of(mac: Mac, text: str = "usage") -> Sequence[Row]:
    """Type, and see the rows."""
    return mac.alfred.type(text)


class TestList:
    def test_an_empty_list_leads_to_the_providers(self, mac: Mac) -> None:
        rows_of(mac)
        assert mac.titles == ["Add your first account"]
        mac.alfred.press("enter")
        assert "GLM (智谱AI / Z.ai)" in mac.titles
