"""The second way to a host: the system's own network stack, by a program that comes with it.

On macOS ``osascript`` runs ``system_stack.js``, which asks through NSURLSession, as Safari does; elsewhere
``curl`` asks, where it is there. The request, with the credential in it, goes to the program's standard
input, never into its arguments or its environment. No redirect is followed; time and size are bounded.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Callable, List, Mapping, Optional, Tuple
from urllib.parse import urlsplit
from urllib.request import getproxies

from . import network

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "system_stack.js")
_GRACE = 1.0  # seconds that a program gets beyond those of the request
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG")  # nothing else of the environment is its business
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True)
class Request:
    """What is asked. Its repr never shows a credential."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 8.0
    limit: int = 2 * 1024 * 1024  # bytes of the answer's body
    at_home: bool = False  # a stand-in on this machine: neither a proxy nor encryption on the way


@dataclass(frozen=True)
class Response:
    """What was told."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    cookies: Tuple[str, ...] = field(repr=False)  # Set-Cookie lines
    body: bytes = field(repr=False)


def is_there() -> bool:
    """Whether this machine has such a way."""
    return _program() is not None


async def send(request: Request) -> Optional[Response]:
    """Ask by the system's way; None when it is not there, or brought no whole answer."""
    program = _program()
    if program is None:
        return None
    command, written, read = program
    told = await _said(command, written(request), request)
    try:
        return None if told is None else read(told, request)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


_Program = Tuple[
    List[str], Callable[[Request], bytes], Callable[[bytes, Request], Optional[Response]]
]


def _program() -> Optional[_Program]:
    if shutil.which("osascript"):
        return ["osascript", "-l", "JavaScript", SCRIPT], _as_json, _from_json
    if shutil.which("curl"):
        return ["curl", "-q", "--config", "-"], _as_config, _from_curl
    return None


async def _said(command: List[str], written: bytes, request: Request) -> Optional[bytes]:
    """What a program says to this input; None when it fails, says too much or takes too long."""
    pipe, nobody = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nobody, env=environ
        )
    except OSError:
        return None
    try:
        talk = _talk(process, written, 2 * request.limit)  # base64, and headers
        return await asyncio.wait_for(talk, request.seconds + _GRACE)
    except (asyncio.TimeoutError, OSError):
        return None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()  # what is left in the pipe, which closes it


async def _talk(process: asyncio.subprocess.Process, written: bytes, most: int) -> Optional[bytes]:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("unreachable: both are pipes")
    process.stdin.write(written)
    await process.stdin.drain()
    process.stdin.close()
    parts: List[bytes] = []
    size = 0
    while size <= most:
        part = await process.stdout.read(65536)
        if not part:
            return b"".join(parts) if await process.wait() == 0 else None
        parts.append(part)
        size += len(part)
    return None


def _as_json(request: Request) -> bytes:
    told = {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": base64.b64encode(request.body).decode(),
        "seconds": request.seconds,
        "limit": request.limit,
    }
    return json.dumps(told).encode()


def _from_json(told: bytes, request: Request) -> Optional[Response]:
    found = json.loads(told.partition(b"\n")[0])
    if "error" in found:
        return None
    return _whole(
        request,
        int(found["status"]),
        [(str(name), str(value)) for name, value in found["headers"].items()],
        [str(line) for line in found["set_cookie"]],
        base64.b64decode(found["body"], validate=True),
    )


def _as_config(request: Request) -> bytes:
    options: List[Tuple[str, Any]] = [
        ("url", request.url),
        ("request", request.method),
        ("max-time", request.seconds),
        ("max-filesize", request.limit),
        ("proto", "=http,https" if request.at_home else "=https"),
        *(("header", f"{name}: {value}") for name, value in request.headers.items()),
    ]
    if request.body:
        options.append(("data-binary", request.body.decode()))
    options += [("noproxy", "*")] if request.at_home else _surroundings(request.url)
    switches = ["silent", "include", "suppress-connect-headers"]
    quoted = (f'{name} = "{str(value).translate(_ESCAPED)}"' for name, value in options)
    return "\n".join([*switches, *quoted, ""]).encode()


def _surroundings(url: str) -> List[Tuple[str, str]]:
    """Proxy and authorities as our own network stack takes them from the environment."""
    found = getproxies()
    host = urlsplit(url).hostname or ""
    way = "" if network.is_spared(host, found.get("no", "")) else network.proxy(found)
    options = [("proxy", way)] if way else [("noproxy", "*")]
    told = network.authorities(os.environ)
    if told is not None:
        variable, place = told
        in_folder = variable != "SSL_CERT_FILE" and network.has_files(place)
        options.append(("capath" if in_folder else "cacert", place))
    return options


def _from_curl(told: bytes, request: Request) -> Optional[Response]:
    status, lines, body = 100, [], told
    while 100 <= status < 200:  # "continue", "early hints"
        head, separator, body = body.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ", 2)[1])
        if not (separator and first.startswith("HTTP/")):
            return None
    pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    cookies = [value for name, value in pairs if name.lower() == "set-cookie"]
    return _whole(request, status, pairs, cookies, body)


def _whole(
    request: Request,
    status: int,
    headers: List[Tuple[str, str]],
    cookies: List[str],
    body: bytes,
) -> Optional[Response]:
    """The response, unless its body is too large or its status is none."""
    if not 200 <= status < 600 or len(body) > request.limit:
        return None
    return Response(status, {name.lower(): value for name, value in headers}, tuple(cookies), body)
