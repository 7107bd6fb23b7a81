"""Runs ``tankful`` in a process of its own that has everything imported already.

One server a test session imports our packages and forks for each command, so that hundreds of commands
do not load them hundreds of times. A forked command has its own environment, arguments, folder and
streams. What a bare start of Python loads, and how, is for tests that start one.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Dict, List, NoReturn, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
LISTENING = b"listening\n"
MAX_MESSAGE = 1 << 20


class Forks:
    """The server, as its only client sees it."""

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "forks")
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.forks", self._address],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._server.stdout is not None
        if self._server.stdout.readline() != LISTENING:
            raise ServerGone(f"exit code {self._server.wait()}")

    def stop(self) -> None:
        """End the server; commands that run go on."""
        self._server.terminate()
        self._server.communicate()

    def run(
        self, args: Tuple[str, ...], stdin: str, env: Dict[str, str], seconds: float
    ) -> Tuple[int, str, str]:
        """Run a command; its exit code and what it wrote. Raises TimeoutExpired."""
        with ExitStack() as held:
            streams = [held.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            streams[0].write(stdin.encode())
            streams[0].seek(0)
            server = held.enter_context(self._connection(seconds))
            message = json.dumps({"args": args, "env": env}).encode()
            socket.send_fds(server, [message], [stream.fileno() for stream in streams])
            server.shutdown(socket.SHUT_WR)
            code = exit_code(server, ["tankful", *args], seconds)
            out, err = map(_whole, streams[1:])
            return code, out, err

    def _connection(self, seconds: float) -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        server.settimeout(seconds)
        try:
            server.connect(self._address)
        except OSError as error:
            server.close()
            raise ServerGone(f"exit code {self._server.poll()}") from error
        return server


class ServerGone(Exception):
    """The server ended, or what attends to this command; its standard error says why."""


def exit_code(server: socket.socket, command: List[str], seconds: float) -> int:
    """How a command ended, as its server tells: two lines, its process id and its exit code.

    Raises TimeoutExpired after killing the command, and ServerGone.
    """
    with server.makefile("rb") as told:
        child = _number(told)
        try:
            return _number(told)
        except socket.timeout:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            raise subprocess.TimeoutExpired(command, seconds) from None


def _number(told: IO[bytes]) -> int:
    line = told.readline()
    if not line.endswith(b"\n"):
        raise ServerGone(f"it said {line!r} and no more")
    return int(line)


def _whole(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


def serve(address: str) -> NoReturn:
    """Fork for whoever connects."""
    _import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(64)
        os.write(1, LISTENING)
        while True:
            connection, _ = door.accept()
            if os.fork():
                connection.close()
                continue
            door.close()
            _supervise(connection)


def _import_everything() -> None:
    for folder in ("workflow", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.stem not in ("usage", "__init__") and path.parent.name != "tools":
                importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for name in ("anyio._backends._asyncio", "rich.progress", "rich.table", "tests.keyrings"):
        importlib.import_module(name)


def _supervise(connection: socket.socket) -> NoReturn:
    """Run one command in a child, and tell its client how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message: bytes = b""
    streams: List[int] = []
    while True:
        part, fds, _, _ = socket.recv_fds(connection, MAX_MESSAGE, 3)
        message, streams = message + part, streams + list(fds)
        if not part:
            break
    told = json.loads(message)
    child = os.fork()
    if not child:
        connection.close()
        _run_tankful(told["args"], told["env"], streams)
    connection.sendall(b"%d\n" % child)
    _, status = os.waitpid(child, 0)
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    connection.sendall(b"%d\n" % code)
    os._exit(0)


def _run_tankful(args: List[str], env: Dict[str, str], streams: List[int]) -> NoReturn:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.setsid()
    sys.argv = ["tankful", *args]
    code: Optional[object] = 0
    try:
        importlib.import_module("scripts.tankful").main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    for output in (sys.stdout, sys.stderr):
        try:
            output.flush()
        except (OSError, ValueError):
            continue
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    serve(sys.argv[1])
