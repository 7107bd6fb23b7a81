"""The server that forks ``tankful`` for the tests: a command there ends and behaves as one of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Optional

import pytest

from tests import forks, stored
from tests.conftest import Shell
from tests.forks import Forks
from tests.keyrings import FileKeyring
from tests.standin import KEYS, StandIn


class Deadly(FileKeyring):
    """A secret store that kills who deletes from it."""

    def delete_password(self, service: str, username: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Stuck(FileKeyring):
    """A secret store that says who asks, and never answers."""

    def delete_password(self, service: str, username: str) -> None:
        Path(f"{self._path}.pid").write_text(str(os.getpid()))
        time.sleep(60)


@pytest.fixture
def account() -> str:
    """The id of an account; removing it touches the secret store."""
    return stored.account("tavily-dev").id


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that was killed may not be gone at once."""
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
    assert ran.code == code and bool(ran.out) is (code == 0) and bool(ran.err) is (code != 0)


def test_a_signal_is_told_as_subprocess_does(shell: Shell, account: str) -> None:
    shell.env = {"PYTHON_KEYRING_BACKEND": "tests.test_forks.Deadly"}
    assert shell.tankful("remove", account, "--yes").code == -signal.SIGKILL


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
def test_a_client_may_come_late_to_the_answer(told: bytes, code: Optional[int]) -> None:
    """All that was said by then arrives at once; what is cut off is no exit code."""
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
    """A server that has come and gone."""

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
    assert english.err.isascii() and "my account" in english.err and "nonsense" not in english.err


def test_standard_input_is_the_commands_own(shell: Shell, world: StandIn) -> None:
    assert shell.tankful("add", "tavily", stdin="").code != 0
    added = shell.tankful("add", "tavily", stdin=f"{KEYS['tavily-dev'].value}\n")
    assert (added.code, added.err) == (0, "")
