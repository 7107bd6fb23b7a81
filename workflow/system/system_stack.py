"""Send a request through the system's own network stack, with a program of the system.

On macOS ``osascript`` runs ``system_stack.js``, which uses NSURLSession, as Safari does; elsewhere ``curl``
is used, if installed. The request, with the credential in it, goes to the program's standard input, never
into its arguments or its environment. No redirect is followed; time and size are bounded.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Mapping
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

from ..records import dataclass, field, replace
from . import commands, network

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "system_stack.js")
_GRACE = 1.0  # seconds that the program gets beyond those of the request
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG")  # the only variables that the program gets
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True)
class Request:
    """An HTTP request. Its repr never shows a credential."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 8.0
    limit: int = 2 * 1024 * 1024  # bytes of the answer's body
    at_home: bool = False  # for the test server on this machine: no proxy, and http is allowed


@dataclass(frozen=True)
class Response:
    """An HTTP response. Its repr never shows a credential."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    cookies: tuple[str, ...] = field(repr=False)  # Set-Cookie lines
    body: bytes = field(repr=False)
    is_whole: bool = True  # False: it broke off in its body


def is_there() -> bool:
    """Tell whether this machine has such a program."""
    return bool(program())


def program() -> str:
    """Return the name of the program; "" if this machine has none."""
    command = _program()
    return command[0][0] if command else ""


async def send(request: Request) -> Response | None:
    """Send a request; None if there is no program or no response."""
    program = _program()
    if program is None:
        return None
    command, write, parse = program
    output, is_done = await _run(command, write(request), request)
    try:
        response = parse(output, request)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError):
        return None
    return response if is_done or response is None else replace(response, is_whole=False)


_Program = tuple[
    list[str], Callable[[Request], bytes], Callable[[bytes, Request], Optional[Response]]
]


def _program() -> _Program | None:
    if commands.exists("osascript"):
        return ["osascript", "-l", "JavaScript", SCRIPT], to_json, parse_json
    if commands.exists("curl"):
        return ["curl", "-q", "--config", "-"], curl_config, parse_curl
    return None


async def _run(command: list[str], stdin: bytes, request: Request) -> tuple[bytes, bool]:
    """Run a program. Returns its output, b"" if it prints too much or takes too long, and whether it succeeded."""
    pipe, nobody = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nobody, env=environ, start_new_session=True
        )
    except OSError:
        return b"", False
    try:
        limit = 2 * request.limit  # base64, and headers
        return await asyncio.wait_for(_communicate(process, stdin, limit), request.seconds + _GRACE)
    except (asyncio.TimeoutError, OSError):
        return b"", False
    finally:
        if process.returncode is None:
            await commands.end(process, _GRACE)


async def _communicate(
    process: asyncio.subprocess.Process, stdin: bytes, limit: int
) -> tuple[bytes, bool]:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("unreachable: both are pipes")
    process.stdin.write(stdin)
    await process.stdin.drain()
    process.stdin.close()
    parts: list[bytes] = []
    size = 0
    while size <= limit:
        part = await process.stdout.read(65536)
        if not part:
            return b"".join(parts), await process.wait() == 0
        parts.append(part)
        size += len(part)
    return b"", False


def to_json(request: Request) -> bytes:
    """Write a request for ``system_stack.js``."""
    document = {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": base64.b64encode(request.body).decode(),
        "seconds": request.seconds,
        "limit": request.limit,
    }
    return json.dumps(document).encode()


def parse_json(output: bytes, request: Request) -> Response | None:
    """Read the output of ``system_stack.js``; None for an error. Raises ValueError, KeyError, TypeError."""
    document = json.loads(output.partition(b"\n")[0])
    if "error" in document and "status" not in document:
        return None
    return _response(
        request,
        int(document["status"]),
        [(str(name), str(value)) for name, value in document["headers"].items()],
        [str(line) for line in document["set_cookie"]],
        base64.b64decode(document["body"], validate=True),
        "error" not in document,
    )


def curl_config(request: Request) -> bytes:
    """Write a request as a curl configuration file, which curl reads from standard input."""
    options: list[tuple[str, Any]] = [
        ("url", request.url),
        ("request", request.method),
        ("max-time", request.seconds),
        ("max-filesize", request.limit),
        ("proto", "=http,https" if request.at_home else "=https"),
        *(("header", f"{name}: {value}") for name, value in request.headers.items()),
    ]
    if request.body:
        options.append(("data-binary", request.body.decode()))
    options += [("noproxy", "*")] if request.at_home else _environment(request.url)
    switches = ["silent", "include", "suppress-connect-headers"]
    quoted = (f'{name} = "{str(value).translate(_ESCAPED)}"' for name, value in options)
    return "\n".join([*switches, *quoted, ""]).encode()


def _environment(url: str) -> list[tuple[str, str]]:
    """Return curl's options for the proxy and authorities that our own network stack would use."""
    proxies = network.proxies()
    host = urlsplit(url).hostname or ""
    proxy = "" if network.is_spared(host, proxies.get("no", "")) else network.proxy(proxies)
    options = [("proxy", proxy)] if proxy else [("noproxy", "*")]
    authorities = network.authorities(os.environ)
    if authorities is not None:
        variable, place = authorities
        in_folder = variable != "SSL_CERT_FILE" and network.has_files(place)
        options.append(("capath" if in_folder else "cacert", place))
    return options


def parse_curl(output: bytes, request: Request) -> Response | None:
    """Read the output of curl with its headers; None if it is incomplete. Raises ValueError."""
    status, lines, body = 100, [], output
    while 100 <= status < 200:  # "continue", "early hints"
        head, separator, body = body.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ", 2)[1])
        if not (separator and first.startswith("HTTP/")):
            return None
    pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    cookies = [value for name, value in pairs if name.lower() == "set-cookie"]
    return _response(request, status, pairs, cookies, body)


def _response(
    request: Request,
    status: int,
    headers: list[tuple[str, str]],
    cookies: list[str],
    body: bytes,
    is_whole: bool = True,
) -> Response | None:
    """Build the response; None if its body is too large or its status is not valid."""
    if not 200 <= status < 600 or len(body) > request.limit:
        return None
    by_name = {name.lower(): value for name, value in headers}
    return Response(status, by_name, tuple(cookies), body, is_whole)
