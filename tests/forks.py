"""Runs ``tankful``, or a script of a launcher, in a fork of a process that has imported everything already.

Each test session has one server. It imports our packages once and forks for each command, so that
hundreds of commands do not import them again. A forked command has its own environment, arguments,
working directory and streams. Tests of what a new interpreter imports, and how, start a real one.

A server of an installed folder is an isolated interpreter, as a launcher starts it, and imports only
from that folder.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import marshal
import os
import resource
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
LISTENING = b"listening\n"
MAX_MESSAGE = 1 << 20
AS_STARTED = list(sys.path)
LOADED = (
    "rich.progress",
    "rich.table",
)  # imported inside functions, so importing our modules does not load them


class Forks:
    """Starts the server and sends commands to it.

    Args:
        folder: holds the server's socket.
        installed: the installed folder whose scripts it runs; None for this checkout.
    """

    def __init__(self, folder: Path, installed: Path | None = None) -> None:
        self._address, self._installed = str(folder / "forks"), installed
        how = ["-IS", __file__] if installed else ["-m", "tests.forks"]
        self._server = subprocess.Popen(
            [sys.executable, *how, self._address, *([str(installed)] if installed else [])],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TANKFUL_HOME": str(folder)},
        )
        assert self._server.stdout is not None
        if self._server.stdout.readline() != LISTENING:
            raise ServerGone(f"exit code {self._server.wait()}")

    def stop(self) -> None:
        """End the server. Commands that are running continue."""
        self._server.terminate()
        self._server.communicate()

    def python(self, file: Path, claims: Path, test: str, installed: Path | None = None) -> Path:
        """Write and return an executable that replaces Python and forks scripts, see ``fork_client``.

        Args:
            file: where to write it.
            claims: a folder that records which scripts have been started for real.
            test: the id of the test.
            installed: fork the scripts of this folder, which has the same files as the server's.
        """
        from tests.alfred_harness.shims import write_shim

        client = str(ROOT / "tests/fork_client.py")
        place = [self._address, str(installed or self._installed), str(claims), test]
        write_shim(file, [sys.executable, "-IS", client, *place])
        return file

    def run(
        self, args: Sequence[str], stdin: str, env: Mapping[str, str], seconds: float
    ) -> tuple[int, str, str]:
        """Run a command and return its exit code, stdout and stderr. Raises TimeoutExpired."""
        code, out, err = self.run_bytes(args, stdin.encode(), env, seconds)
        return code, out.decode(), err.decode()

    def run_bytes(
        self, args: Sequence[str], stdin: bytes, env: Mapping[str, str], seconds: float
    ) -> tuple[int, bytes, bytes]:
        """Do the same with bytes, for a terminal with another encoding."""
        with ExitStack() as held:
            streams = [held.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            streams[0].write(stdin)
            streams[0].seek(0)
            descriptors = [stream.fileno() for stream in streams]
            with self.start(args, descriptors, env, seconds) as started:
                code = exit_code(started, ["tankful", *args], seconds)
            out, err = map(_whole, streams[1:])
            return code, out, err

    def start(
        self,
        args: Sequence[str],
        streams: Iterable[int],
        env: Mapping[str, str],
        seconds: float,
        file_size: int | None = None,
        at_terminal: bool = False,
    ) -> socket.socket:
        """Start a command and return its connection; pass that to ``exit_code`` to wait for the end.

        Args:
            args: the arguments of ``tankful``.
            streams: descriptors for its stdin, stdout and stderr.
            env: its whole environment.
            seconds: how long to wait for the server.
            file_size: the most bytes it can write to a file; None for no limit.
            at_terminal: make stdin its controlling terminal, so that Ctrl-C reaches it.
        """
        server = self._connection(seconds)
        how = {"file_size": file_size, "at_terminal": at_terminal}
        told = {"args": [*args], "env": dict(env), "folder": str(ROOT), **how}
        socket.send_fds(server, [marshal.dumps(told)], [*streams])
        server.shutdown(socket.SHUT_WR)
        return server

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
    """The server has ended; its stderr says why."""


def exit_code(server: socket.socket, command: list[str], seconds: float) -> int:
    """Wait for a command and return its exit code.

    The server sends two lines: the process id and the exit code. Raises TimeoutExpired after killing
    the command, and ServerGone.
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


def _whole(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def serve(address: str, installed: str = "") -> NoReturn:
    """Serve clients forever, each command in a fork."""
    if installed:
        sys.dont_write_bytecode = True  # until prepare() has set where to
        sys.path.insert(0, installed)
        importlib.import_module("scripts.bootstrap").prepare()
        _import_everything(Path(installed), LOADED)
        for module in list(sys.modules.values()):  # compile what was imported before prepare(), too
            loader = getattr(module, "__loader__", None)
            if isinstance(loader, SourceFileLoader):
                loader.get_code(loader.name)
    else:
        _import_everything(ROOT, (*LOADED, "tests.keyrings"))
        _know_providers()
    gc.collect()
    gc.freeze()
    door, ended, wakes = socket.socket(socket.AF_UNIX), *socket.socketpair()
    door.bind(address)
    door.listen(64)
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    os.write(1, LISTENING)
    clients: dict[int, socket.socket] = {}  # by the process that runs their command
    while True:
        ready, _, _ = select.select([door, ended], [], [])
        if ended in ready:
            ended.recv(MAX_MESSAGE)
            _tell_ends(clients)
        if door in ready:
            connection, _ = door.accept()
            _begin(connection, clients, (door, ended, wakes))


def _know_providers() -> None:
    """Read the descriptions of all providers, and compile the forms of their keys."""
    from workflow.provider import discovery

    for provider in discovery.everything().values():
        for form in (*provider.shapes, *provider.lookalikes):
            assert form.pattern


def _begin(
    connection: socket.socket, clients: dict[int, socket.socket], ours: Iterable[socket.socket]
) -> None:
    """Run a command in a child, and send its process id to the client."""
    message, streams = _received(connection)
    child = os.fork()
    if not child:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for other in (connection, *clients.values(), *ours):
            other.close()
        _run(marshal.loads(message), streams)  # noqa: S302  (importing json would slow down each client)
    for stream in streams:
        os.close(stream)
    clients[child] = connection
    _send(connection, child)


def _received(connection: socket.socket) -> tuple[bytes, list[int]]:
    message: bytes = b""
    streams: list[int] = []
    while True:
        part, fds, _, _ = socket.recv_fds(connection, MAX_MESSAGE, 3)
        message, streams = message + part, streams + list(fds)
        if not part:
            return message, streams


def _tell_ends(clients: dict[int, socket.socket]) -> None:
    """Send the exit codes of the commands that have ended; their processor time counts as the server's."""
    while clients:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        with clients.pop(child) as connection:
            _send(connection, code)


def _send(connection: socket.socket, number: int) -> None:
    with suppress(OSError):  # the client does not wait for it any more
        connection.sendall(b"%d\n" % number)


def _import_everything(root: Path, more: Iterable[str]) -> None:
    for folder in ("workflow", "scripts"):
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if path.stem not in ("usage", "__init__") and "tools" not in parts:
                importlib.import_module(".".join(parts))
    for name in more:
        importlib.import_module(name)


def _run(command: dict[str, Any], streams: list[int]) -> NoReturn:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    encoding = command["env"].get("PYTHONIOENCODING", "utf-8")
    sys.stdin = open(0, encoding=encoding)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding=encoding)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding=encoding, errors="backslashreplace")  # noqa: SIM115
    os.environ.clear()
    os.environ.update(command["env"])
    os.chdir(command["folder"])
    time.tzset()
    os.setsid()
    if command.get("at_terminal"):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    file_size = command.get("file_size")
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    script = command.get("script", "")
    sys.argv = [script or "tankful", *command["args"]]
    code: object | None = 0
    try:
        if script:
            sys.path[:], sys.pycache_prefix = AS_STARTED, None
            runpy.run_path(script, run_name="__main__")
        else:
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
    serve(*sys.argv[1:])
