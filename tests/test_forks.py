"""The server that forks ``tankful`` for the tests: a command there ends and behaves as one of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import compiled, forks, stored
from tests.conftest import ROOT, Shell
from tests.forks import Forks
from tests.keyrings import FileKeyring
from tests.standin import KEYS, StandIn
from tests.terminal import terminal


class Deadly(FileKeyring):
    """A secret store that kills any process that deletes from it."""

    def delete_password(self, service: str, username: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Stuck(FileKeyring):
    """A secret store that records the process that calls it, and never answers."""

    def delete_password(self, service: str, username: str) -> None:
        Path(f"{self._path}.pid").write_text(str(os.getpid()))
        time.sleep(60)


@pytest.fixture
def account() -> str:
    """The id of an account; removing it touches the secret store."""
    return stored.account("tavily-dev").id


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; after a kill it may take a moment to end."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize(("verb", "code"), [("--version", 0), ("show", 2), ("nonsense", 2)])
def test_the_exit_code_is_the_commands(shell: Shell, verb: str, code: int) -> None:
    ran = shell.tankful(verb)
    assert ran.code == code
    assert bool(ran.out) is (code == 0)
    assert bool(ran.err) is (code != 0)


def test_a_signal_is_told_as_subprocess_does(shell: Shell, account: str) -> None:
    shell.env = {"PYTHON_KEYRING_BACKEND": "tests.test_forks.Deadly"}
    assert shell.tankful("remove", account, "--yes").code == -signal.SIGKILL


@pytest.mark.timing
def test_a_command_that_takes_too_long_is_killed(
    shell: Shell, account: str, tmp_path: Path
) -> None:
    shell.env = {"PYTHON_KEYRING_BACKEND": "tests.test_forks.Stuck"}
    with pytest.raises(subprocess.TimeoutExpired, match="remove"):
        shell.tankful("remove", account, "--yes", seconds=1)
    assert not is_alive(int((tmp_path / "keyring.json.pid").read_text()))


@pytest.mark.parametrize(
    ("told", "code"),
    [(b"7\n0\n", 0), (b"7\n-9\n", -9), (b"", None), (b"7\n", None), (b"7\n1", None)],
)
def test_a_client_may_come_late_to_the_answer(told: bytes, code: int | None) -> None:
    """The client gets all that the server sent before it closed; a line that is cut off is no exit code."""
    server, client = socket.socketpair()
    with client:
        with server:
            server.sendall(told)
        if code is not None:
            assert forks.exit_code(client, ["tankful"], 1) == code
            return
        with pytest.raises(forks.ServerGone):
            forks.exit_code(client, ["tankful"], 1)


def test_a_server_that_is_gone_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", Ended)
    server = Forks(tmp_path)
    with pytest.raises(forks.ServerGone, match="exit code 1"):
        server.run(("--version",), "", {}, 1)


class Ended:
    """A server that has ended."""

    def __init__(self, *args: object, **options: object) -> None:
        out, end = os.pipe()
        os.write(end, forks.LISTENING)
        os.close(end)
        self.stdout = os.fdopen(out, "rb")

    def poll(self) -> int:
        """Its exit code."""
        self.stdout.close()
        return 1


def test_environment_and_arguments_are_the_commands_own(shell: Shell) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    chinese = shell.tankful("show", "my account", "--nonsense")
    assert not chinese.err.isascii()
    shell.env = {}
    english = shell.tankful("show", "my account")
    assert english.err.isascii()
    assert "my account" in english.err
    assert "nonsense" not in english.err


def test_the_python_that_scripts_test_was_given_makes_no_bare_start(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON", sys.executable)
    monkeypatch.setattr(subprocess, "run", None)
    assert shell.tankful("--version").code == 0


def test_standard_input_is_the_commands_own(shell: Shell, world: StandIn) -> None:
    assert shell.tankful("add", "tavily", stdin="").code != 0
    added = shell.tankful("add", "tavily", stdin=f"{KEYS['tavily-dev'].value}\n")
    assert (added.code, added.err) == (0, "")


def test_a_command_may_be_left_no_room_to_write(shell: Shell) -> None:
    assert shell.forks is not None
    for file_size, code in ((0, 1), (None, 0)):
        with open(os.devnull, "r+b") as null:
            command = ["config", "language", "zh"]
            streams = [null.fileno()] * 3
            with shell.forks.start(command, streams, shell.environment(), 60, file_size) as started:
                assert forks.exit_code(started, command, 60) == code


SCRIPT = """\
import os, signal, sys

loaded = "workflow.refresh.run" in sys.modules  # which nothing here imports
print(loaded, __name__, sys.flags.isolated, sys.argv[1:], os.environ.get("action"), os.getcwd(), sys.stdin.read())
if os.environ.get("action") == "die":
    os.kill(os.getpid(), signal.SIGTERM)
sys.exit(len(sys.argv) - 1)
"""


class Launched:
    """A folder of scripts for a launcher, with the executable that replaces Python."""

    def __init__(self, folder: Path, bytecode: Path) -> None:
        self.root = folder / "installed folder"
        for name in ("scripts", "workflow"):
            (self.root / name).mkdir(parents=True)
        for name in ("bootstrap.py", "fallback.py", "__init__.py"):
            (self.root / "scripts" / name).symlink_to(ROOT / "scripts" / name)
        for name in ("paths.py", "__init__.py", "refresh/run.py", "storage/cleanup.py"):
            (self.root / "workflow" / name).parent.mkdir(exist_ok=True)
            content = (ROOT / "workflow" / name).read_text() if name == "paths.py" else ""
            (self.root / "workflow" / name).write_text(content)
        (self.root / "scripts/usage.py").write_text(SCRIPT)
        self.claims = folder / "claims"
        self.claims.mkdir()
        compiled.share(folder / "cache", bytecode, self.root)
        self.forks = Forks(folder, self.root)

    def run(self, test: str, *args: str, **env: str) -> tuple[int, list[str]]:
        """Start the script in a test of this name, and return its exit code and what it reports about itself."""
        python = self.forks.python(self.root.parent / "python", self.claims, test)
        done = subprocess.run(
            [str(python), "-IS", str(self.root / "scripts/usage.py"), *args],
            input="typed",
            capture_output=True,
            text=True,
            cwd=self.claims,
            env={**os.environ, **env},
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout.split(maxsplit=1)


@pytest.fixture
def launched(tmp_path: Path, bytecode: Path) -> Iterator[Launched]:
    found = Launched(tmp_path, bytecode)
    yield found
    found.forks.stop()


def test_the_first_test_starts_a_script_bare_and_the_next_forks_it(launched: Launched) -> None:
    said = f"__main__ 1 ['menu', 'two words'] add {launched.claims} typed\n"
    for test, loaded in (("a", "False"), ("b", "True"), ("a", "False")):
        ran = launched.run(test, "menu", "two words", action="add")
        assert ran == (2, [loaded, said]), test


def test_what_a_script_is_started_for_is_started_bare_once(launched: Launched) -> None:
    for args, action in (([], ""), (["menu"], ""), (["menu"], "add"), (["menu"], "guide")):
        loaded = [launched.run(test, *args, action=action)[1][0] for test in "ab"]
        assert loaded == ["False", "True"]


def test_a_signal_ends_the_client_too(launched: Launched) -> None:
    for test in "ab":
        assert launched.run(test, action="die")[0] == -signal.SIGTERM


def test_everything_else_is_pythons(launched: Launched) -> None:
    python = launched.forks.python(launched.root.parent / "python", launched.claims, "b")
    for command in (["-c", "print(6 * 7)"], ["-IS", "-c", "print(6 * 7)"]):
        done = subprocess.run([str(python), *command], capture_output=True, check=True)
        assert done.stdout == b"42\n"
    assert list(launched.claims.iterdir()) == []


def test_a_terminal_is_the_commands_own(shell: Shell) -> None:
    bare = replace(shell, forks=None)
    for args, typed, code in ((["--help"], "", 0), (["add"], "\x03", 130)):
        shown = [terminal(each, *args, typed=[typed], code=code) for each in (shell, bare)]
        assert shown[0] == shown[1]
        assert shown[0].count("\n")
