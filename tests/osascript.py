"""A stand-in for osascript that speaks the protocol of ``system_stack.js``.

``install`` puts a program called ``osascript`` at the front of the PATH. It logs each call, then sends the
request with urllib, or prints a fixed answer.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

_PROGRAM = """#!{python} -IS
import base64, json, os, sys, time, urllib.error, urllib.request

told = sys.stdin.buffer.read()
with open({log!r}, "a", encoding="utf-8") as log:
    log.write(json.dumps([sys.argv[1:], dict(os.environ), told.decode()]) + "\\n")
says = {says!r}
if says is not None:
    sys.stdout.write(says)
    sys.exit({code})
asked = json.loads(told)


class Refusing(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *about):
        return None


request = urllib.request.Request(
    asked["url"], base64.b64decode(asked["body"]) or None, asked["headers"], method=asked["method"]
)
try:
    answer = urllib.request.build_opener(Refusing).open(request, timeout=asked["seconds"])
except urllib.error.HTTPError as error:
    answer = error
print(json.dumps({{
    "status": answer.status,
    "headers": dict(answer.headers),
    "set_cookie": answer.headers.get_all("Set-Cookie") or [],
    "body": base64.b64encode(answer.read()).decode(),
}}))
"""


class Osascript:
    """The calls of the installed stand-in."""

    def __init__(self, log: Path) -> None:
        self._log = log

    @property
    def calls(self) -> list[Any]:
        """The arguments, environment and standard input of every call."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests that it was asked to send."""
        return [json.loads(told) for _, _, told in self.calls]


def install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, says: str | None = None, code: int = 0
) -> Osascript:
    """Put the stand-in at the front of the PATH.

    Args:
        folder: where to write it and its log.
        monkeypatch: changes the PATH.
        says: the text to print instead of sending the request; None to send it.
        code: the exit code after ``says``.
    """
    folder.mkdir(exist_ok=True)
    log, program = folder / "calls.jsonl", folder / "osascript"
    source = _PROGRAM.format(python=sys.executable, log=str(log), says=says, code=code)
    program.write_text(source, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Osascript(log)
