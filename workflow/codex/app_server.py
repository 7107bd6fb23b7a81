"""Talks to ``codex app-server``: JSON-RPC, one object per line on standard input and output.

The protocol is described in codex-rs/app-server/README.md of openai/codex: ``initialize`` with ``clientInfo``,
the notification ``initialized``, then ``account/read`` and ``account/rateLimits/read``; ``"jsonrpc"`` is left
out. Other lines (notifications, a warning of its wrapper) are skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from .. import __version__
from ..errors import NotAvailable, UnexpectedResponse, Unreachable, UsageError
from ..i18n.message import Message, _
from ..provider.reading import Fields, mapping
from ..storage import json_codec
from ..system import commands

ARGUMENTS = ("-s", "read-only", "-a", "never", "app-server")
SECONDS = 8.0  # time limit for the whole conversation, which usually takes one
_GRACE = 1.0  # seconds that it has to exit by itself
_LONGEST = 1024 * 1024  # bytes of a line
_MOST = 200  # lines that are skipped at most while waiting for an answer
_UNKNOWN = -32601  # the error code for an unknown method
_UNREADABLE = "unknown variant"  # part of an older version's message about an unknown method
OLD: Message = _("This Codex is too old to report its limits; update it, and try again")
_HANGS: Message = _("Codex does not answer; run codex in a terminal to see why")
_GARBAGE: Message = _("Tankful does not understand Codex's answer; update Codex, then Tankful")
_ENDS: Message = _("Codex exited without an answer; run codex in a terminal to see why")
_USAGE = 2  # the exit code for unknown arguments


class Refusal:
    """An error in Codex's answer; ``text`` is Codex's message in lower case, which is never shown."""

    def __init__(self, error: Fields) -> None:
        self.text = str(error.get("message", ""))[:2000].lower()
        self.is_unknown = error.get("code") == _UNKNOWN or _UNREADABLE in self.text


class Answers(NamedTuple):
    """The two answers of Codex: each is a result or a Refusal."""

    account: Any
    limits: Any


async def ask(command: Sequence[str], environ: Mapping[str, str]) -> Answers:
    """Start Codex, ask for the account and its limits, and end it.

    Args:
        command: the program, and arguments that precede ARGUMENTS.
        environ: the program's whole environment.

    Raises Unreachable, UnexpectedResponse or NotAvailable.
    """
    pipe, nobody = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            *ARGUMENTS,
            stdin=pipe,
            stdout=pipe,
            stderr=nobody,
            env=dict(environ),
            limit=_LONGEST,
            start_new_session=True,  # so that its child processes can be killed with it
        )
    except OSError:
        raise Unreachable(_ENDS) from None
    try:
        connection = _Connection(process)
        return await asyncio.wait_for(connection.talk(), SECONDS)
    except asyncio.TimeoutError:
        raise (
            UnexpectedResponse(_GARBAGE) if connection.passed_over else Unreachable(_HANGS)
        ) from None
    finally:
        await asyncio.shield(_end(process))


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process, by force after _GRACE seconds, with all its children."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(process.wait(), _GRACE)
    await commands.end(process, _GRACE)


class _Connection:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("unreachable: both are pipes")
        self._stdin, self._stdout = process.stdin, process.stdout
        self._process = process
        self._number = 0
        self.passed_over = 0  # lines that were not JSON objects

    async def talk(self) -> Answers:
        client = {"name": "tankful", "title": "Tankful", "version": __version__}
        hello = await self._request("initialize", {"clientInfo": client})
        if isinstance(hello, Refusal):
            raise NotAvailable(OLD)
        await self._send({"method": "initialized"})
        account = await self._request("account/read", {"refreshToken": False})
        if isinstance(account, Refusal) and not account.is_unknown:
            return Answers(account, account)
        return Answers(account, await self._request("account/rateLimits/read", None))

    async def _request(self, method: str, params: object) -> Any:
        """Send a request and return its result or a Refusal.

        Raises UnexpectedResponse, Unreachable or NotAvailable.
        """
        self._number += 1
        request = {"method": method, "id": self._number}
        await self._send(request if params is None else {**request, "params": params})
        for _turn in range(_MOST):
            message = await self._line()
            if message.get("id") == self._number and "method" not in message:
                error = message.get("error")
                return message.get("result") if error is None else Refusal(mapping(error))
        raise UnexpectedResponse(_GARBAGE)

    async def _send(self, message: Fields) -> None:
        self._stdin.write(json_codec.dumps(dict(message)) + b"\n")
        with suppress(ConnectionError):  # it has exited; its last lines explain why
            await self._stdin.drain()

    async def _line(self) -> dict[str, Any]:
        """Read the next message; {} for a line that is not one."""
        try:
            line = await self._stdout.readline()
        except ValueError:  # longer than _LONGEST
            raise UnexpectedResponse(_GARBAGE) from None
        if not line:
            raise await self._ended()
        message = json_codec.parsed(line)
        if isinstance(message, dict):
            return message
        self.passed_over += 1
        return {}

    async def _ended(self) -> UsageError:
        """Make the error for the end of its output."""
        code = await self._process.wait()
        if code == _USAGE:
            return NotAvailable(OLD)
        return UnexpectedResponse(_GARBAGE) if self.passed_over else Unreachable(_ENDS)
