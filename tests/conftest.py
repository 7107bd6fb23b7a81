"""No test touches the real home, secret store, clock or network."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, List, Optional

import hypothesis
import keyring
import pytest

from tests.forks import Forks
from tests.standin import StandIn

ROOT = Path(__file__).resolve().parent.parent
_OURS = ("TANKFUL_", "tankful_", "alfred_")
hypothesis.settings.register_profile(
    "ours",
    deadline=None,  # machines are noisy
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("ours")
_EXPECTED = {"PYTHON_KEYRING_BACKEND", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
_DETOUR = re.compile(r"(?m)^tankful: .*http://[\w.:]+ ?[(（]TANKFUL_LOOPBACK[)）].*\r?\n")
_FOREIGN = ("LC_ALL", "LC_MESSAGES", "LC_TIME", "LANG", "LANGUAGE", "TZ")


SLOW = (  # many processes, or the bundle built
    "alfred/test_flows",
    "bundle/",
    "scripts/tools/test_bundle",
    "test_clock_ahead",
    "credentials/test_secret_service",
)
TIMING = (  # processes that meet: locks, kills, dialogs, a refresh beside another
    "alfred/test_flows",
    "chatgpt/test_write_ahead",
    "refresh/",
    "test_bad_days",
    "test_clock_ahead",
)


def pytest_configure() -> None:
    """Hear Ctrl-C, also where a shell started us with ``&``: the tests press it, and children inherit it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """Mark what is slow by its place; repeat what has a deadline, and nothing else."""
    for item in items:
        place = item.path.relative_to(ROOT / "tests").as_posix()
        if place.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        if place.startswith(TIMING):
            item.add_marker(pytest.mark.timing)
        if item.get_closest_marker("timing"):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, a file as secret store, English, UTC, no proxy, no Alfred."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name in _FOREIGN or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setenv("TANKFUL_HOME", str(folder / "tankful"))
    monkeypatch.setenv("TANKFUL_TEST_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings.FileKeyring")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    return folder


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The providers on loopback; every request of ours goes there."""
    with StandIn() as stand_in:
        monkeypatch.setenv("TANKFUL_LOOPBACK", stand_in.url)
        yield stand_in


def undetoured(said: str) -> str:
    """What was said besides that everything goes to the stand-in."""
    return _DETOUR.sub("", said)


@dataclass
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def quiet(self) -> Ran:
        """The same without the line that everything goes to the stand-in, which most verbs say."""
        return Ran(self.code, self.out, undetoured(self.err))


@dataclass
class Shell:
    """Runs our commands as a user does: real processes, this environment and nothing else."""

    env: Dict[str, str] = field(default_factory=dict)
    forks: Optional[Forks] = None

    def environment(self) -> Dict[str, str]:
        """What the children see."""
        return {**os.environ, "PYTHONPATH": str(ROOT), **self.env}

    def tankful(self, *args: str, stdin: Optional[str] = "", seconds: float = 60) -> Ran:
        """The ``tankful`` command; forked where a bare start would differ in nothing but time."""
        environ = self.environment()
        bare = {name for name in environ if name.startswith("PYTHON")} - _EXPECTED
        if self.forks and stdin is not None and not bare and environ["PYTHONPATH"] == str(ROOT):
            return Ran(*self.forks.run(args, stdin, environ, seconds)).quiet
        return self.run([sys.executable, "-m", "scripts.tankful", *args], stdin, seconds).quiet

    def usage(self, *flags: str) -> Ran:
        """The Script Filter as Alfred runs it."""
        return self.run([sys.executable, *(flags or ("-IS",)), str(ROOT / "scripts/usage.py")])

    def run(self, command: List[str], stdin: Optional[str] = "", seconds: float = 60) -> Ran:
        """Any command, from the root of the project."""
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            env=self.environment(),
            cwd=ROOT,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Runs ``tankful`` without importing everything again."""
    server = Forks(tmp_path_factory.mktemp("forks"))
    yield server
    server.stop()


@pytest.fixture
def shell(forks: Forks) -> Shell:
    """Runs our commands as a user does."""
    return Shell(forks=forks)
