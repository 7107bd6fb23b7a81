"""The real commands against a real Secret Service: gnome-keyring on a bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from tests.conftest import ROOT, Ran, Shell
from tests.standin import KEYS, StandIn

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
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
    """A shell whose secret store is a gnome-keyring of its own, unlocked."""
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
        assert session.stdin is not None and session.stdout is not None
        session.stdin.write(PASSWORD.encode())
        session.stdin.flush()
        address = session.stdout.readline().decode().strip()
        assert address
        shell.env["DBUS_SESSION_BUS_ADDRESS"] = address
        yield shell
        session.communicate(b"\n", timeout=20)


def look(shell: Shell, verb: str = "look") -> Dict[str, str]:
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


def listed(shell: Shell) -> List[Dict[str, object]]:
    ran = shell.tankful("list", "--json")
    assert ran.code == 0, ran.err
    return list(json.loads(ran.out)["accounts"])


@needs_service
def test_an_account_lives_in_the_secret_service(world: StandIn, service: Shell) -> None:
    assert add(service, "tavily-dev").code == 0
    (stored,) = look(service).items()
    account = str(listed(service)[0]["id"])
    assert stored[0] == f"{account}:1" and KEYS["tavily-dev"].value in stored[1]
    assert service.tankful("refresh", "Work").code == 0
    ran = service.tankful("replace", "Work", stdin=KEYS["tavily-paygo"].value)
    assert ran.code == 0, ran.err
    (stored,) = look(service).items()
    assert stored[0] == f"{account}:2" and KEYS["tavily-paygo"].value in stored[1]
    assert service.tankful("remove", "Work", "--yes").code == 0
    assert look(service) == {} and listed(service) == []


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
    assert isinstance(failure, dict) and failure["kind"] == "store_locked"
    assert "unlock" in failure["message"] and entry["plan"] == "Plus" and entry["quotas"]
    for verb in (["exchange", "Work"], ["replace", "Work"]):
        assert "unlock" in failed(service.tankful(*verb, stdin=KEYS["chatgpt-plus"].value))
    assert "unlock" in failed(add(service, "tavily-dev", "Other"))
    assert len(listed(service)) == 1
    assert service.tankful("list").code == 0
    assert len(look(service, "unlock")) == 1
    assert service.tankful("refresh", "Work").code == 0
    assert listed(service)[0]["failure"] is None


@needs_service
def test_a_removal_from_a_locked_store_is_finished_later(world: StandIn, service: Shell) -> None:
    assert add(service, "tavily-dev").code == 0
    look(service, "lock")
    ran = service.tankful("remove", "Work", "--yes")
    assert ran.code == 0 and "kept its secret" in ran.err
    assert len(look(service, "unlock")) == 1
    assert add(service, "kimi-intl").code == 0
    assert [name.rpartition("-")[0] for name in look(service)] == ["kimi"]


@needs_service
def test_a_service_that_is_gone_is_told(world: StandIn, service: Shell) -> None:
    assert add(service, "tavily-dev").code == 0
    service.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    assert service.tankful("refresh", "Work").code == 1
    failure = listed(service)[0]["failure"]
    assert isinstance(failure, dict) and failure["kind"] == "store_locked"


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
    assert said in told and "PYTHON_KEYRING_BACKEND" in told
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
    """A shell where nobody chose a store, on a system that brings none."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    shell.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    return shell


def installed(shell: Shell, folder: Path, plain: float, encrypted: float) -> Path:
    """Install weak stores, as keyrings.alt does; where they keep their secrets."""
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
    assert "PYTHON_KEYRING_BACKEND" in told and "keyringrc.cfg" in told
    assert not place.exists() and listed(unnamed) == [] and world.requests == []
    assert "- secret store: keyring.backends.fail.Keyring, chosen by keyring\n" in doctor(unnamed)


def test_a_weak_store_that_somebody_named_is_used(
    world: StandIn, unnamed: Shell, tmp_path: Path, home: Path
) -> None:
    place = installed(unnamed, tmp_path / "site", 0.5, 0.6)
    (home / ".config/python_keyring").mkdir(parents=True)
    chosen = home / ".config/python_keyring/keyringrc.cfg"
    chosen.write_text("[backend]\ndefault-keyring=weak_stores.PlaintextKeyring\n")
    assert add(unnamed, "tavily-dev").code == 0 and place.exists()
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
    assert add(unnamed, "tavily-dev").code == 0 and place.exists()
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
