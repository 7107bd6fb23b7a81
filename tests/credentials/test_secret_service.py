"""The real commands against a real Secret Service: gnome-keyring on a bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT, Ran, Shell
from tests.standin import KEYS, StandIn
from workflow.models import utc_now
from workflow.records import replace
from workflow.schedule import runs
from workflow.storage.snapshots import Cache

NEEDED = ("dbus-run-session", "gnome-keyring-daemon", "dbus-monitor")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
needs_service = pytest.mark.skipif(
    bool(MISSING),
    reason=f"not installed: {', '.join(MISSING)} (apt-get install gnome-keyring dbus)",
)
PASSWORD = "the login password"
HOLD = """
head -c {size} | gnome-keyring-daemon --unlock --components=secrets >/dev/null
echo $DBUS_SESSION_BUS_ADDRESS
read _
"""  # until a line comes
SCRIPT = """
import json, sys, secretstorage
bus = secretstorage.dbus_init()
collection = secretstorage.get_default_collection(bus)
if sys.argv[1] == "lock":
    collection.lock()
if sys.argv[1] == "unlock":  # what gnome-keyring's own dialog calls
    from secretstorage.util import DBusAddressWrapper, format_secret, open_session
    name = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
    secret = format_secret(open_session(bus), sys.stdin.buffer.read(), "text/plain")
    dialog = DBusAddressWrapper("/org/freedesktop/secrets", name, bus)
    dialog.call("UnlockWithMasterPassword", "o(oayays)", collection.collection_path, secret)
items = {} if collection.is_locked() else {
    item.get_attributes()["username"]: item.get_secret().decode()
    for item in collection.get_all_items()
    if item.get_attributes().get("service") == "Tankful"
}
json.dump({"locked": collection.is_locked(), "items": items}, sys.stdout)
bus.close()
"""


@pytest.fixture
def service(shell: Shell, tmp_path: Path) -> Iterator[Shell]:
    """A shell whose secret store is its own gnome-keyring, unlocked."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    shell.env["XDG_RUNTIME_DIR"] = str(runtime)
    shell.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.SecretService.Keyring"
    shell.env["DISPLAY"] = shell.env["WAYLAND_DISPLAY"] = ""
    with subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", HOLD.format(size=len(PASSWORD))],
        env=shell.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as session:
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write(PASSWORD.encode())
        session.stdin.flush()
        address = session.stdout.readline().decode().strip()
        assert address
        shell.env["DBUS_SESSION_BUS_ADDRESS"] = address
        yield shell
        session.communicate(b"\n", timeout=20)


def look(shell: Shell, verb: str = "look") -> dict[str, str]:
    """Every secret of ours in the store, by its name, after it was locked or unlocked."""
    told = shell.run([sys.executable, "-c", SCRIPT, verb], PASSWORD)
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert found["locked"] == (verb == "lock")
    return dict(found["items"])


def add(shell: Shell, key: str, label: str = "Work") -> Ran:
    return shell.tankful("add", KEYS[key].provider, "--label", label, stdin=KEYS[key].value)


def failed(ran: Ran) -> str:
    """The one line of a failure."""
    assert ran.code == 1 and ran.err.count("\n") == 1, ran
    return ran.err


def listed(shell: Shell) -> list[dict[str, object]]:
    ran = shell.tankful("list", "--json")
    assert ran.code == 0, ran.err
    return list(json.loads(ran.out)["accounts"])


@needs_service
def test_an_account_lives_in_the_secret_service(world: StandIn, service: Shell) -> None:
    assert add(service, "tavily-dev").code == 0
    (stored,) = look(service).items()
    account = str(listed(service)[0]["id"])
    assert stored[0] == f"{account}:1"
    assert KEYS["tavily-dev"].value in stored[1]
    assert service.tankful("refresh", "Work").code == 0
    ran = service.tankful("replace", "Work", stdin=KEYS["tavily-paygo"].value)
    assert ran.code == 0, ran.err
    (stored,) = look(service).items()
    assert stored[0] == f"{account}:2"
    assert KEYS["tavily-paygo"].value in stored[1]
    assert service.tankful("remove", "Work", "--yes").code == 0
    assert look(service) == {}
    assert listed(service) == []


@needs_service
def test_a_long_session_is_exchanged_and_kept(world: StandIn, service: Shell) -> None:
    assert add(service, "chatgpt-session-shrinking", "Me").code == 0
    for _ in range(2):
        ran = service.tankful("exchange", "Me")
        assert ran.code == 0, ran.err
    (stored,) = look(service).values()
    assert world.world.chatgpt.cookies("chatgpt-session-shrinking") in json.loads(stored)["cookie"]


@needs_service
def test_a_locked_store_is_locked_and_never_empty(world: StandIn, service: Shell) -> None:
    assert add(service, "chatgpt-session").code == 0
    assert look(service, "lock") == {}
    assert service.tankful("refresh", "Work").code == 1
    (entry,) = listed(service)
    failure = entry["failure"]
    assert isinstance(failure, dict)
    assert failure["kind"] == "store_locked"
    assert "unlock" in failure["message"]
    assert entry["plan"] == "Plus"
    assert entry["quotas"]
    for verb in (["exchange", "Work"], ["replace", "Work"]):
        assert "unlock" in failed(service.tankful(*verb, stdin=KEYS["chatgpt-plus"].value))
    assert "unlock" in failed(add(service, "tavily-dev", "Other"))
    assert len(listed(service)) == 1
    assert service.tankful("list").code == 0
    assert len(look(service, "unlock")) == 1
    assert service.tankful("refresh", "Work").code == 0
    assert listed(service)[0]["failure"] is None


def overheard(shell: Shell, *args: str) -> bytes:
    """Run a command and return its messages to the secret store."""
    watch = ["dbus-monitor", "--session", "destination='org.freedesktop.secrets'"]
    with subprocess.Popen(watch, env=shell.environment(), stdout=subprocess.PIPE) as monitor:
        assert monitor.stdout
        while b"member=NameLost" not in monitor.stdout.readline():
            pass  # from then on it listens
        shell.tankful(*args)
        monitor.terminate()
        return monitor.stdout.read()


@needs_service
def test_the_system_s_own_run_asks_a_locked_store_for_no_dialog(
    world: StandIn, service: Shell
) -> None:
    """Nobody is there to unlock it: no prompt, no failure in the list; unlocked, it works."""
    assert add(service, "tavily-dev").code == 0
    with Cache() as cache:
        for name in cache.ids():
            known = cache.get(name)
            cache.put(replace(known, fetched_at=utc_now() - timedelta(hours=1)))
    look(service, "lock")
    before = len(world.requests)
    heard = overheard(service, "refresh", "--scheduled")
    assert b"interface=org.freedesktop.DBus.Properties; member=Get" in heard
    assert b"member=Unlock" not in heard
    assert len(world.requests) == before
    last = runs.last()
    assert last and last.locked
    with Cache() as cache:  # looking at the list would start a refresh, for which nobody waits
        assert [cache.get(name).failure for name in cache.ids()] == [None]
    look(service, "unlock")
    assert service.tankful("refresh", "--scheduled").code == 0
    assert len(world.requests) == before + 1
    last = runs.last()
    assert last and not last.locked
    look(service, "lock")
    assert b"member=Unlock" in overheard(service, "refresh")  # somebody waits for this one


@needs_service
def test_a_removal_from_a_locked_store_is_finished_later(world: StandIn, service: Shell) -> None:
    assert add(service, "tavily-dev").code == 0
    look(service, "lock")
    ran = service.tankful("remove", "Work", "--yes")
    assert ran.code == 0
    assert "its credential is still in the keychain" in ran.err
    assert len(look(service, "unlock")) == 1
    assert add(service, "kimi-intl").code == 0
    assert [name.rpartition("-")[0] for name in look(service)] == ["kimi"]


@needs_service
def test_a_service_that_is_gone_is_told(world: StandIn, service: Shell) -> None:
    assert add(service, "tavily-dev").code == 0
    service.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    assert service.tankful("refresh", "Work").code == 1
    failure = listed(service)[0]["failure"]
    assert isinstance(failure, dict)
    assert failure["kind"] == "store_locked"


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("keyring.backends.null.Keyring", "did not keep the credential"),
        ("keyring.backends.fail.Keyring", "this system has no secret store"),
        ("", "this system has no secret store"),
        ("nowhere.Keyring", "names a secret store that cannot be loaded"),
    ],
    ids=["null", "fail", "none", "unknown"],
)
def test_without_a_store_the_message_says_how_to_choose_one(
    world: StandIn, shell: Shell, backend: str, said: str
) -> None:
    shell.env["PYTHON_KEYRING_BACKEND"] = backend
    shell.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    told = failed(add(shell, "tavily-dev"))
    assert said in told
    assert "PYTHON_KEYRING_BACKEND" in told
    assert listed(shell) == []
    assert KEYS["tavily-dev"].value not in "".join(
        path.read_text(errors="replace")
        for path in Path(os.environ["TANKFUL_HOME"]).rglob("*")
        if path.is_file()
    )


WEAK = """
import json, os
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    priority = {plain}
    file = os.path.expanduser("~/plain.json")

    def get_password(self, service, username):
        try:
            with open(self.file) as file:
                return json.load(file).get(username)
        except OSError:
            return None

    def set_password(self, service, username, password):
        with open(self.file, "w") as file:
            json.dump({{username: password}}, file)

class EncryptedKeyring(PlaintextKeyring):
    priority = {encrypted}
"""
"""What keyrings.alt brings, which other packages install along with themselves."""


@pytest.fixture
def unnamed(shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell without a chosen store, on a system that has none."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    shell.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    return shell


def installed(shell: Shell, folder: Path, plain: float, encrypted: float) -> Path:
    """Install weak stores, as keyrings.alt does, and return where they keep their secrets."""
    info = folder / "weak_stores-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "weak_stores.py").write_text(WEAK.format(plain=plain, encrypted=encrypted))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: weak-stores\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[keyring.backends]\nweak = weak_stores\n")
    shell.env["PYTHONPATH"] = f"{ROOT}{os.pathsep}{folder}"
    return Path(os.environ["HOME"]) / "plain.json"


@pytest.mark.parametrize(("plain", "encrypted"), [(0.5, 0.6), (0.5, -1), (0.999, 0.1)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_weak_store_that_is_merely_installed_is_not_used(
    world: StandIn, unnamed: Shell, tmp_path: Path, plain: float, encrypted: float, language: str
) -> None:
    place = installed(unnamed, tmp_path / "site", plain, encrypted)
    unnamed.env["TANKFUL_LANGUAGE"] = language
    told = failed(add(unnamed, "tavily-dev"))
    assert ("没有可用的密钥存储" if language == "zh" else "no secret store") in told
    assert "PYTHON_KEYRING_BACKEND" in told
    assert "keyringrc.cfg" in told
    assert not place.exists()
    assert listed(unnamed) == []
    assert world.requests == []
    assert "- secret store: keyring.backends.fail.Keyring, chosen by keyring\n" in doctor(unnamed)


def test_a_weak_store_that_somebody_named_is_used(
    world: StandIn, unnamed: Shell, tmp_path: Path, home: Path
) -> None:
    place = installed(unnamed, tmp_path / "site", 0.5, 0.6)
    (home / ".config/python_keyring").mkdir(parents=True)
    chosen = home / ".config/python_keyring/keyringrc.cfg"
    chosen.write_text("[backend]\ndefault-keyring=weak_stores.PlaintextKeyring\n")
    assert add(unnamed, "tavily-dev").code == 0
    assert place.exists()
    said = "weak_stores.PlaintextKeyring, chosen by ~/.config/python_keyring/keyringrc.cfg\n"
    assert said in doctor(unnamed)
    chosen.unlink()
    unnamed.env["PYTHON_KEYRING_BACKEND"] = "weak_stores.EncryptedKeyring"
    assert "EncryptedKeyring, chosen by PYTHON_KEYRING_BACKEND\n" in doctor(unnamed)


@pytest.mark.parametrize("encrypted", [0.6, -1])
def test_a_store_that_keyring_recommends_is_used_alone(
    world: StandIn, unnamed: Shell, tmp_path: Path, encrypted: float
) -> None:
    place = installed(unnamed, tmp_path / "site", 1, encrypted)
    assert add(unnamed, "tavily-dev").code == 0
    assert place.exists()
    assert "secret store: weak_stores.PlaintextKeyring, chosen by keyring\n" in doctor(unnamed)


def test_nothing_is_removed_from_a_store_that_nobody_chose(
    world: StandIn, unnamed: Shell, tmp_path: Path
) -> None:
    place = installed(unnamed, tmp_path / "site", 0.5, 0.6)
    unnamed.env["PYTHON_KEYRING_BACKEND"] = "weak_stores.PlaintextKeyring"
    assert add(unnamed, "tavily-dev").code == 0
    before = place.read_text()
    del unnamed.env["PYTHON_KEYRING_BACKEND"]
    unnamed.tankful("remove", "Work", "--yes")
    assert place.read_text() == before


def doctor(shell: Shell) -> str:
    return shell.tankful("doctor").out
