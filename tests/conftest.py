"""Fixtures for all tests, which keep them away from the real home, secret store and network."""

from __future__ import annotations

import gc
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import keyring
import pytest

from tests import clocks, profiles
from tests import compiled as compiled_code
from tests.clocks import Clock
from tests.forks import Forks
from tests.standin import StandIn
from tests.workers import pytest_runtest_protocol as pytest_runtest_protocol
from workflow import paths
from workflow.refresh import background
from workflow.storage import files

ROOT = Path(__file__).resolve().parent.parent
_OURS = ("TANKFUL_", "tankful_", "alfred_")
_EXPECTED = {  # PYTHON is an option of scripts/test; an interpreter ignores it
    "PYTHON",
    "PYTHON_KEYRING_BACKEND",
    "PYTHONIOENCODING",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
}
_NUMBERS = itertools.count()
_DETOUR = re.compile(r"(?m)^(?:tankful: )?.*http://[\w.:]+ ?[(（]TANKFUL_LOOPBACK[)）].*\r?\n")
LONGEST_ID = 60
BASE = pytest.StashKey[Path]()
RETENTION = "tmp_path_retention_policy"
YOUNG = 20_000  # objects; Python's own 700 costs a thirtieth of the time
_FOREIGN = ("LC_ALL", "LC_MESSAGES", "LC_TIME", "LANG", "LANGUAGE", "TZ")


INNER = "not slow"
SLOW = (  # they start many processes, build the bundle or draw pictures
    "alfred/test_flows",
    "alfred_harness/test_alone",
    "alfred_harness/test_harness.py::TestProcess::test_a_child_that_keeps_the_pipe",
    "alfred_harness/test_harness.py::TestProcess::test_so_is_one_that_keeps_only_stderr",
    "alfred_harness/test_recorders",
    "bundle/",
    "chatgpt/test_write_ahead",
    "codex/test_app_server",
    "credentials/test_secret_service",
    "credentials/test_store",
    "schedule/test_schedule",
    "schedule/test_systemd",
    "scripts/alfred/test_starters",
    "scripts/raycast/",
    "scripts/terminal/test_signs",
    "scripts/test_installed",
    "scripts/test_usage",
    "scripts/tools/test_bundle",
    "scripts/tools/pictures/",
    "scripts/tools/test_draw_",
    "scripts/verbs/test_refresh",
    "system/test_system_stack_script",
    "test_bad_days",
    "test_canaries",
    "test_clock_ahead",
    "test_forks",
    "test_looks",
    "test_workers",
)
PROCESSES = "forks"  # the fixture that tests start our commands with
FIRST = (  # ten seconds a test: start them early, so that no worker is left with one at the end
    "history/test_database_large",
    "scripts/tools/pictures/",
    "scripts/tools/test_draw_",
    "test_clock_ahead",
    "test_looks",
    "test_readme",
)
PARSING = (  # they parse our files: side by side, so that one worker does it for all of them
    "i18n/test_languages",
    "state/test_state",
    "test_house",
    "test_uninstall",
)
TIMING = (  # processes that race: locks, kills, dialogs, concurrent refreshes
    "alfred/test_flows",
    "chatgpt/test_write_ahead",
    "refresh/",
    "test_bad_days",
    "test_clock_ahead",
    "test_looks",
)


def pytest_configure(config: pytest.Config) -> None:
    """Restore Ctrl-C, put temporary folders into memory if there is room, and load the Hypothesis profile.

    A shell that starts us with ``&`` ignores SIGINT. Tests send it, and children inherit how it is handled.
    """
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", profiles.temporary_root())
    profiles.load(inner=config.getoption("markexpr") == INNER)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """In the inner loop, skip folders and files in which every test is slow, without importing them."""
    place = os.path.relpath(collection_path, ROOT / "tests")
    all_slow = f"{place}/".startswith(SLOW)
    return True if all_slow and config.getoption("markexpr") == INNER else None


def pytest_make_parametrize_id(val: object) -> str | None:
    """Shorten the id of a case with a long text: ids are sent to every worker and child."""
    if isinstance(val, (str, bytes)) and len(val) > LONGEST_ID:
        return f"{val[:LONGEST_ID]!a}..{len(val)}"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, mark the slow ones, and rerun only those that depend on timing.

    A test is slow if its path is in SLOW, or if it starts our commands.
    """
    items.sort(key=_order)
    for item in items:
        place = _place(item)
        if place.startswith(SLOW) or PROCESSES in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
        if place.startswith(TIMING):
            item.add_marker(pytest.mark.timing)
        if item.get_closest_marker("timing"):
            item.add_marker(pytest.mark.flaky(reruns=2))


def _place(item: pytest.Item) -> str:
    return item.nodeid.removeprefix("tests/")


def _order(item: pytest.Item) -> tuple[bool, bool]:
    place = _place(item)
    return not place.startswith(FIRST), not place.startswith(PARSING)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Stop the garbage collector while tests are collected: all of them are kept."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Let the garbage collector not scan the collected tests again, and run it less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remove the tests' folders if none failed: pytest would do it in one process, in ten times the time."""
    folder = session.config.stash.get(BASE, None)
    if folder and exitstatus == 0 and session.config.getini(RETENTION) == "failed":
        # what a process in the background still writes is left to pytest
        subprocess.run(["rm", "-rf", folder], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def base(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tests of this process."""
    return pytestconfig.stash.setdefault(BASE, tmp_path_factory.getbasetemp())


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, base: Path) -> Path:
    """Replace pytest's ``tmp_path``, which scans the folders of all earlier tests, with a numbered folder."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = base / f"{next(_NUMBERS)}-{name}"
    folder.mkdir(0o700)
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, with a file as secret store, in English and UTC, without proxies or Alfred.

    Background work is done in the same process, before the next line of the test.
    """
    monkeypatch.setattr(background, "aside", lambda work: work())
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
    """The stand-in for the providers on loopback, which gets every request of ours."""
    with StandIn() as stand_in:
        monkeypatch.setenv("TANKFUL_LOOPBACK", stand_in.url)
        yield stand_in


def undetoured(said: str) -> str:
    """Remove the lines that say that every request goes to the stand-in."""
    return _DETOUR.sub("", said)


@dataclass
class Ran:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def quiet(self) -> Ran:
        """The same without the line about the stand-in, which most verbs print."""
        return Ran(self.code, self.out, undetoured(self.err))


@dataclass
class Shell:
    """Runs our commands as a user does: in real processes, with this environment only."""

    env: dict[str, str] = field(default_factory=dict)
    forks: Forks | None = None

    def environment(self) -> dict[str, str]:
        """The environment of the children."""
        return {**os.environ, "PYTHONPATH": str(ROOT), **self.env}

    def may_fork(self) -> bool:
        """Tell whether a fork is as good as a start: no variable changes how Python would start."""
        environ = self.environment()
        others = {name for name in environ if name.startswith("PYTHON")} - _EXPECTED
        return not others and environ["PYTHONPATH"] == str(ROOT)

    def tankful(self, *args: str, stdin: str | None = "", seconds: float = 60) -> Ran:
        """Run the ``tankful`` command, in a fork if a new interpreter would only be slower."""
        if self.forks and stdin is not None and self.may_fork():
            return Ran(*self.forks.run(args, stdin, self.environment(), seconds)).quiet
        return self.run([sys.executable, "-m", "scripts.tankful", *args], stdin, seconds).quiet

    def usage(self, *flags: str) -> Ran:
        """Run the Script Filter as Alfred does."""
        return self.run([sys.executable, *(flags or ("-IS",)), str(ROOT / "scripts/usage.py")])

    def run(self, command: list[str], stdin: str | None = "", seconds: float = 60) -> Ran:
        """Run any command from the root of the project."""
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
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "together"
    folder.mkdir(0o700, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def bytecode(together: Path) -> Path:
    """The folder of bytecode that the isolated processes of this run share."""
    folder = together / "bytecode"
    folder.mkdir(0o700, exist_ok=True)
    return folder


@pytest.fixture
def compiled(home: Path, bytecode: Path) -> None:
    """Let isolated processes that use this home reuse the shared bytecode."""
    compiled_code.share(Path(files.folder(paths.cache(os.environ))), bytecode)


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """The server that runs ``tankful`` in forks, without importing everything again."""
    server = Forks(tmp_path_factory.mktemp("forks"))
    yield server
    server.stop()


@pytest.fixture
def shell(forks: Forks) -> Shell:
    """Runs our commands as a user does."""
    return Shell(forks=forks)


@pytest.fixture(scope="session")
def other_time(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that moves the clock of a process which preloads it."""
    return clocks.library(tmp_path_factory.mktemp("clock"))


@pytest.fixture
def clock(other_time: Path, shell: Shell) -> Clock:
    """Runs our commands with the clock moved."""
    return Clock(other_time, shell)
