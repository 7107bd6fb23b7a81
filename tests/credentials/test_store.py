"""Secrets are never overwritten, lost or shown, also with faulty stores."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import traceback
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Callable

import keyring
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend

from tests import kills
from tests.conftest import ROOT
from tests.keyrings import FileKeyring, ForgetfulKeyring, LockedKeyring
from tests.said import both
from workflow.credentials import keychain, packing
from workflow.credentials import store as credentials
from workflow.errors import Mistake, NoCredential, StoreLocked
from workflow.models import Account, Credential
from workflow.records import replace
from workflow.storage import accounts

WORK = Account("glm-00000001", "glm", "Work", "cn", {"project": "p"})
OLD = Credential("api_key", "canary-old-secret")
NEW = Credential("api_key", "canary-new-secret")
SESSION = Credential(
    "session",
    "canary-token",
    "__Secure-next-auth.session-token=canary-cookie",
    datetime(2026, 10, 13, tzinfo=timezone.utc),
    datetime(2026, 12, 31, tzinfo=timezone.utc),
)


class MacLike(FileKeyring):
    """Deletes before it adds, as the backend of macOS does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.get_password(service, username) is not None:
            self.delete_password(service, username)
        super().set_password(service, username, password)


class Talkative(KeyringBackend):
    """Fails at every call, with the secret in the error."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ValueError(f"cannot keep {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise ValueError("cannot delete")


class Windows(FileKeyring):
    """The Credential Locker, by the name of its module."""

    __module__ = "keyring.backends.Windows"


class Meanwhile(FileKeyring):
    """Runs code between storing a secret and storing its account."""

    __module__ = "keyring.backends.meanwhile"  # a lock of ours would be waited for

    def after_set(self) -> None:
        """Runs after the secret is stored."""

    def after_check(self) -> None:
        """Runs after the secret has been read back."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        self.after_set()

    def get_password(self, service: str, username: str) -> str | None:
        told = super().get_password(service, username)
        if told is not None:
            self.after_check()
        return told


Store = Callable[..., KeyringBackend]
Use = Callable[[Store], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Chooses the secret store."""
    return lambda backend: monkeypatch.setattr(keyring.core, "_keyring_backend", backend())


def stored() -> dict[str, str]:
    """Return the secrets in the store by name."""
    path = Path(os.environ["TANKFUL_TEST_KEYRING"])
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name.rpartition("/")[2]: json.loads(told)["secret"] for name, told in kept.items()}


def touched(verb: str) -> list[str]:
    """Return the names that the secret store was asked to set or delete, in order."""
    log = Path(os.environ["TANKFUL_TEST_KEYRING"] + ".log").read_text(encoding="utf-8")
    return [line.partition(" ")[2] for line in log.splitlines() if line.startswith(f"{verb} ")]


def on_disk() -> str:
    """Return the contents of all files in our own folders as one text."""
    home = Path(os.environ["TANKFUL_HOME"])
    return "\n".join(
        path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file()
    )


# ---- storing


@pytest.mark.parametrize(
    "credential",
    [pytest.param(NEW, id="api-key"), pytest.param(SESSION, id="session")],
)
def test_what_is_stored_is_read(credential: Credential) -> None:
    saved = credentials.store(WORK, credential)
    assert accounts.load().accounts == (saved,)
    assert credentials.read(saved) == credential
    assert (saved.kind, saved.scope, saved.region) == (credential.kind, WORK.scope, "cn")


def test_an_account_knows_when_its_credential_ends() -> None:
    assert credentials.store(WORK, SESSION).expires_at == SESSION.session_expires_at
    token = replace(SESSION, kind="access_token", cookie="", session_expires_at=None)
    assert credentials.store(WORK, token).expires_at == token.expires_at
    assert credentials.store(WORK, NEW).expires_at is None


@given(
    secret=st.text(min_size=1),
    cookie=st.text(),
    ends=st.none() | st.datetimes(timezones=st.just(timezone.utc)),
)
def test_every_secret_survives_its_packing(secret: str, cookie: str, ends: datetime | None) -> None:
    held = Credential("session", secret, cookie, ends, ends)
    told = packing.pack(held)
    assert told.isascii()
    assert packing.unpack(told) == held


def test_a_credential_is_never_overwritten() -> None:
    for number in range(1, 4):
        saved = credentials.store(WORK, replace(NEW, secret=f"canary-{number}"))
        assert saved.generation == number
        assert stored() == {f"{WORK.id}:{number}": f"canary-{number}"}
    assert touched("set") == [f"{WORK.id}:{number}" for number in (1, 2, 3)]
    assert touched("delete") == [f"{WORK.id}:{number}" for number in (1, 2)]


def test_a_secret_of_a_forgotten_account_is_not_overwritten() -> None:
    credentials.store(WORK, OLD)
    Path(accounts.path()).write_text("{damaged", encoding="utf-8")
    saved = credentials.store(WORK, NEW)
    assert saved.generation == 2
    assert stored() == {f"{WORK.id}:1": OLD.secret, f"{WORK.id}:2": NEW.secret}


def test_the_label_of_a_new_account_is_unique_and_that_of_an_old_one_stays() -> None:
    credentials.store(WORK, OLD)
    second = credentials.store(replace(WORK, id="glm-00000002"), OLD)
    assert second.label == "Work 2"
    accounts.change(lambda book: book.with_account(replace(second, label="Mine", pinned=True)))
    again = credentials.store(second, NEW)
    assert (again.label, again.pinned) == ("Mine", True)


def test_an_account_is_removed_with_its_secrets() -> None:
    saved = credentials.store(WORK, OLD)
    other = credentials.store(replace(WORK, id="glm-00000002"), NEW)
    for account in (saved, other):
        credentials.write(credentials.reserve(account, NEW, known=True), NEW)
    credentials.remove(saved)
    assert accounts.load().accounts == (other,)
    assert accounts.load().pending_secrets == (f"{other.id}:2",)
    assert stored() == {f"{other.id}:1": NEW.secret, f"{other.id}:2": NEW.secret}


def test_removing_with_an_outdated_account_removes_the_current_secret() -> None:
    old = credentials.store(WORK, OLD)
    credentials.store(WORK, NEW)
    credentials.remove(old)
    assert stored() == {}


def test_an_outdated_account_has_the_current_secret() -> None:
    old = credentials.store(WORK, OLD)
    credentials.store(WORK, NEW)
    assert credentials.read(old) == NEW


def test_a_secret_that_is_lost_is_the_latest_that_was_left_by_a_crash() -> None:
    saved = credentials.store(WORK, OLD)
    for secret in ("canary-2", "canary-3"):
        place = credentials.reserve(saved, OLD, known=True)
        credentials.write(place, replace(NEW, secret=secret))
    keyring.delete_password(keychain.SERVICE, f"{WORK.id}:1")
    assert credentials.read(saved).secret == "canary-3"


def test_nothing_stored_is_said() -> None:
    with pytest.raises(NoCredential):
        credentials.read(WORK)
    assert credentials.get(f"{WORK.id}:1") is None


def test_a_secret_that_is_always_replaced_meanwhile_is_not_looked_for_forever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generations = itertools.count(2)
    monkeypatch.setattr(
        accounts,
        "load",
        lambda: accounts.Accounts((replace(WORK, generation=next(generations)),)),
    )
    with pytest.raises(NoCredential):
        credentials.read(WORK)
    assert len(touched("get")) == 2


@pytest.mark.parametrize(
    "told",
    ["", "sk-bare-key", "[]", "null", "{}", '{"kind": "api_key"}'],
)
def test_a_secret_of_another_form_is_no_credential(told: str) -> None:
    saved = credentials.store(WORK, OLD)
    keyring.set_password(keychain.SERVICE, f"{WORK.id}:1", told)
    with pytest.raises(NoCredential):
        credentials.read(saved)


# ---- two at once


def test_a_sweep_spares_a_secret_whose_account_is_about_to_be_saved(
    use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(Meanwhile)
    monkeypatch.setattr(Meanwhile, "after_set", staticmethod(credentials.sweep))
    assert credentials.read(credentials.store(WORK, NEW)) == NEW


@pytest.mark.parametrize("moment", ["after_set", "after_check"])
@pytest.mark.parametrize("known", [True, False])
def test_an_account_that_is_removed_meanwhile_does_not_come_back(
    use: Use, monkeypatch: pytest.MonkeyPatch, known: bool, moment: str
) -> None:
    use(Meanwhile)
    saved = credentials.store(WORK, OLD)
    monkeypatch.setattr(Meanwhile, moment, staticmethod(lambda: credentials.remove(saved)))
    with pytest.raises(NoCredential):
        credentials.store(saved, NEW, known=known)
    assert accounts.load() == accounts.Accounts()
    assert stored() == {}


def test_an_account_that_is_gone_is_not_renewed() -> None:
    credentials.remove(credentials.store(WORK, OLD))
    with pytest.raises(NoCredential):
        credentials.store(WORK, NEW, known=True)
    assert accounts.load() == accounts.Accounts()
    assert touched("set") == [f"{WORK.id}:1"]


ADD = """
import sys
from workflow.storage import accounts; from workflow.credentials import store as credentials
from workflow.models import Account, Credential
print("ready", flush=True)
secret = sys.stdin.readline().strip()
credentials.store(Account(accounts.new_id("glm"), "glm", "Work"), Credential("api_key", secret))
credentials.sweep()
"""


@pytest.mark.parametrize("count", [2, 20])
def test_processes_that_add_at_once_all_succeed(count: int) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", ADD]
    adding = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in range(count)
    ]
    for process in adding:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for number, process in enumerate(adding):
        assert process.stdin is not None
        process.stdin.write(f"canary-{number}\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60) for process in adding]
    assert [(p.returncode, *told) for p, told in zip(adding, said)] == [(0, "", "")] * count
    book = accounts.load()
    assert {a.label for a in book.accounts} == {
        "Work",
        *(f"Work {n + 2}" for n in range(count - 1)),
    }
    assert {credentials.read(a).secret for a in book.accounts} == {
        f"canary-{number}" for number in range(count)
    }
    assert (len(stored()), book.pending_secrets) == (count, ())


# ---- SIGKILL


def store_new() -> None:
    credentials.store(WORK, NEW)


def replace_old() -> None:
    credentials.store(WORK, NEW)


def remove_old() -> None:
    credentials.remove(WORK)


def drive(verb: str, folder: str) -> None:
    """See ``kills.drive``."""
    store: Store = MacLike
    keyring.set_keyring(store())

    def prepare(moment: int) -> None:
        if verb != "store_new":
            credentials.store(WORK, OLD)

    kills.drive(folder, prepare, lambda moment: globals()[verb]())


def killed(verb: str, folder: Path) -> list[Path]:
    """The homes that a verb leaves behind when it is killed, one for each moment."""
    count = kills.moments("tests.credentials.test_store", verb, str(folder))
    return [folder / str(moment) for moment in range(count + 1)]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Uses one of those homes."""
    return partial(kills.enter, monkeypatch)


def check_nothing_is_forgotten() -> None:
    """Every secret in the store is current or noted, and none lies in a file of ours."""
    book = accounts.load()
    current = {credentials.name(a.id, a.generation) for a in book.accounts}
    assert set(stored()) <= current | set(book.pending_secrets)
    assert "canary" not in on_disk()
    assert book.damaged is None


def test_a_kill_while_a_credential_is_replaced_loses_nothing(
    tmp_path: Path, enter: Callable[[Path], None]
) -> None:
    homes = killed("replace_old", tmp_path / "home")
    assert len(homes) > 8
    for home in homes:
        enter(home)
        check_nothing_is_forgotten()
        (account,) = accounts.load().accounts
        assert credentials.read(account).secret in (OLD.secret, NEW.secret)
        last = credentials.store(account, replace(NEW, secret="canary-last"))
        assert stored() == {f"{WORK.id}:{last.generation}": "canary-last"}
        assert accounts.load().pending_secrets == ()


def test_a_kill_while_an_account_is_added_leaves_it_or_nothing(
    tmp_path: Path, enter: Callable[[Path], None]
) -> None:
    homes = killed("store_new", tmp_path / "home")
    assert len(homes) > 4
    found = []
    for home in homes:
        enter(home)
        check_nothing_is_forgotten()
        credentials.sweep()
        known = accounts.load().accounts
        found.append(len(known))
        assert [credentials.read(account).secret for account in known] == list(stored().values())
        assert accounts.load().pending_secrets == ()
    assert found == sorted(found)
    assert set(found) == {0, 1}


def test_a_kill_while_an_account_is_removed_is_finished_by_the_next_sweep(
    tmp_path: Path, enter: Callable[[Path], None]
) -> None:
    homes = killed("remove_old", tmp_path / "home")
    assert len(homes) > 4
    found = []
    for home in homes:
        enter(home)
        check_nothing_is_forgotten()
        found.append(len(accounts.load().accounts))
        for account in accounts.load().accounts:
            assert credentials.read(account).secret == OLD.secret
        credentials.sweep()
        assert len(stored()) == len(accounts.load().accounts)
        assert accounts.load().pending_secrets == ()
    assert set(found) == {0, 1}


# ---- bad stores


@pytest.fixture
def before() -> str:
    """An account with a secret, and accounts.json as it was written for it."""
    credentials.store(WORK, OLD)
    return Path(accounts.path()).read_text(encoding="utf-8")


def check_unchanged(before: str) -> None:
    assert Path(accounts.path()).read_text(encoding="utf-8") == before
    assert stored() == {f"{WORK.id}:1": OLD.secret}


STORES = [
    pytest.param(LockedKeyring, StoreLocked, "locked or refused", id="locked"),
    pytest.param(ForgetfulKeyring, Mistake, "did not keep", id="forgetful"),
    pytest.param(keyring.backends.null.Keyring, Mistake, "did not keep", id="null"),
    pytest.param(keyring.backends.fail.Keyring, StoreLocked, "no secret store", id="none"),
]


@pytest.mark.parametrize(("backend", "error", "words"), STORES)
def test_a_store_that_does_not_keep_it_changes_nothing(
    use: Use,
    before: str,
    backend: Store,
    error: type[Exception],
    words: str,
) -> None:
    use(backend)
    for account in (WORK, replace(WORK, id="glm-00000002")):
        with pytest.raises(error, match=words) as told:
            credentials.store(account, NEW)
        assert "canary" not in "".join(traceback.format_exception(told.type, told.value, told.tb))
    check_unchanged(before)


@pytest.mark.parametrize(("backend", "error", "words"), STORES[:1] + STORES[3:])
def test_a_store_that_cannot_be_read_is_said(
    use: Use, backend: Store, error: type[Exception], words: str
) -> None:
    use(backend)
    with pytest.raises(error, match=words):
        credentials.read(WORK)


def test_a_store_that_fails_while_it_is_written_changes_nothing_for_the_account(
    use: Use, before: str
) -> None:
    use(Talkative)
    with pytest.raises(StoreLocked) as told:
        credentials.store(WORK, NEW)
    assert "canary" not in "".join(traceback.format_exception(told.type, told.value, told.tb))
    (account,) = accounts.load().accounts
    assert stored() == {f"{WORK.id}:{account.generation}": OLD.secret}
    assert accounts.load().pending_secrets == (f"{WORK.id}:2",)  # perhaps it arrived all the same


def test_a_locked_store_keeps_its_secret_noted_until_it_is_unlocked(use: Use, before: str) -> None:
    use(LockedKeyring)
    credentials.remove(WORK)
    assert accounts.load() == accounts.Accounts((), (f"{WORK.id}:1",))
    credentials.sweep()
    assert accounts.load().pending_secrets == (f"{WORK.id}:1",)
    use(FileKeyring)
    credentials.remove(replace(WORK, id="glm-00000009"))
    assert accounts.load().pending_secrets == ()
    assert stored() == {}


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param("no.such.module.Keyring", id="no-module"),
        pytest.param("tests.keyrings.NoSuchKeyring", id="no-class"),
        pytest.param("Keyring", id="no-dot"),
        pytest.param("os.path.join", id="no-keyring"),
        pytest.param("tests.keyrings.os", id="module"),
    ],
)
def test_a_store_that_cannot_be_loaded_is_said(
    monkeypatch: pytest.MonkeyPatch, before: str, chosen: str
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", chosen)
    for ask in (lambda: credentials.read(WORK), lambda: credentials.store(WORK, NEW)):
        with pytest.raises(StoreLocked, match="PYTHON_KEYRING_BACKEND") as told:
            ask()
        assert "cannot be loaded" in both(told.value.message)[0]
        assert "无法加载" in both(told.value.message)[1]
    check_unchanged(before)


@pytest.mark.parametrize("content", ["[backend]\ndefault-keyring=no.such.Keyring\n", "rubbish"])
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_configuration_that_chooses_none_is_named(
    monkeypatch: pytest.MonkeyPatch, home: Path, content: str, elsewhere: bool
) -> None:
    """A launcher's Python has no site-packages, so there is no other way to choose a store."""
    root, told = home / ".config", "~/.config"
    if elsewhere:
        root, told = home / "{odd}", "$XDG_CONFIG_HOME"
        monkeypatch.setenv("XDG_CONFIG_HOME", str(root))
    (root / "python_keyring").mkdir(parents=True)
    (root / "python_keyring/keyringrc.cfg").write_text(content)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    with pytest.raises(StoreLocked) as error:
        credentials.read(WORK)
    said = f"{told}/python_keyring/keyringrc.cfg names a secret store that cannot be loaded"
    assert both(error.value.message)[0].startswith(said)
    assert "无法加载" in both(error.value.message)[1]


def test_without_any_store_the_message_says_how_to_choose_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise RuntimeError("no backend")

    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    monkeypatch.setattr(keyring, "get_keyring", missing)
    with pytest.raises(StoreLocked, match="PYTHON_KEYRING_BACKEND") as told:
        credentials.read(WORK)
    assert "no secret store" in both(told.value.message)[0]
    assert all("keyringrc.cfg" in words for words in both(told.value.message))
    assert keychain.backend() == "none (RuntimeError)"


def test_the_limit_of_windows(use: Use, before: str) -> None:
    use(Windows)
    room = keychain.WINDOWS_LIMIT // 2 - len(packing.pack(replace(NEW, secret="")))
    with pytest.raises(Mistake, match="1280 characters"):
        credentials.store(WORK, replace(NEW, secret="x" * (room + 1)))
    check_unchanged(before)
    credentials.store(WORK, replace(NEW, secret="x" * room))
    assert list(stored().values()) == ["x" * room]


def test_elsewhere_there_is_no_limit() -> None:
    long = replace(NEW, secret="x" * 5000)
    assert credentials.read(credentials.store(WORK, long)) == long


def test_the_name_of_the_store_is_known(use: Use) -> None:
    use(LockedKeyring)
    assert keychain.backend() == "tests.keyrings.LockedKeyring"


# ---- secrets stay secret


def test_no_file_of_ours_ever_holds_a_secret() -> None:
    for credential in (OLD, SESSION, NEW):
        saved = credentials.store(WORK, credential)
        assert "canary" not in on_disk()
        assert "canary" not in repr((saved, accounts.load(), credentials.read(saved)))
    credentials.remove(WORK)
    assert "canary" not in on_disk()


CRASH = """
import sys
import keyring
from tests.credentials import test_store as t
from workflow.credentials import store as credentials
keyring.set_keyring(getattr(t, sys.argv[1])())
credentials.store(t.WORK, t.SESSION)
raise RuntimeError(credentials.read(t.WORK))
"""


@pytest.mark.parametrize("backend", ["Talkative", "LockedKeyring", "ForgetfulKeyring", "MacLike"])
def test_a_crash_prints_no_secret(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, backend],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "canary" not in done.stdout + done.stderr
