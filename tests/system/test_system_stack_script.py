"""The script that asks through NSURLSession, run under node with a stub of the bridge to Foundation.

It has not met a Mac: this shows that it speaks the protocol and uses Foundation as it means to.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from workflow.system import system_stack
from workflow.system.system_stack import Request, Response

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node")
ASKED = Request(
    "GET",
    "https://chatgpt.com/api/auth/session?a=1",
    {"Cookie": "canary=1", "X-Odd": '"\\ 方'},
    b"",
    2,
)
BODY = b'{"accessToken": "\xe6\x96\xb9"}'


def run(
    tmp_path: Path, request: Request, **scene: Any
) -> tuple[Response | None, dict[str, Any], bytes]:
    """Run the script; return the response, the script's calls of Foundation, and its output."""
    told, log = tmp_path / "scene.json", tmp_path / "log.json"
    told.write_text(json.dumps(scene), encoding="utf-8")
    done = subprocess.run(
        [str(NODE), str(ROOT / "tests/jxa_bridge.js"), system_stack.SCRIPT, str(told), str(log)],
        input=system_stack.to_json(request),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.stderr, done.returncode) == (b"", 0)
    found = system_stack.parse_json(done.stdout, request)
    return found, json.loads(log.read_text()) if log.exists() else {}, done.stdout


def answer(body: bytes = BODY, status: int = 200, **headers: str) -> dict[str, Any]:
    return {
        "status": status,
        "headers": {"Content-Type": "application/json", **headers},
        "body": base64.b64encode(body).decode(),
    }


def test_a_request_and_its_answer(tmp_path: Path) -> None:
    found, log, printed = run(tmp_path, ASKED, answer=answer(Date="Sun, 22 Nov 2026 15:00:00 GMT"))
    assert found == Response(
        200,
        {"content-type": "application/json", "date": "Sun, 22 Nov 2026 15:00:00 GMT"},
        (),
        BODY,
    )
    assert log["requests"] == [
        {
            "url": ASKED.url,
            "method": "GET",
            "headers": dict(ASKED.headers),
            "cookies": False,
            "seconds": 2,
            "body": "",
        }
    ]
    assert log["configuration"] == {
        "ephemeral": True,
        "HTTPShouldSetCookies": False,
        "timeoutIntervalForResource": 2,
    }
    assert (log["queue"], log["invalidated"], log["cancelled"]) == ("main", 1, 0)
    assert printed.count(b"\n") == 1
    assert b"canary" not in printed


def test_a_body_is_sent(tmp_path: Path) -> None:
    request = Request("POST", ASKED.url, {}, '{"zh": "方法"}'.encode(), 2)
    _, log, _ = run(tmp_path, request, answer=answer())
    assert (log["requests"][0]["method"], log["requests"][0]["body"]) == ("POST", '{"zh": "方法"}')


@pytest.mark.parametrize("status", [204, 401, 403, 429, 503])
def test_any_status_is_an_answer(tmp_path: Path, status: int) -> None:
    found, _, _ = run(tmp_path, ASKED, answer=answer(b"", status))
    assert found is not None
    assert (found.status, found.body) == (status, b"")


def test_joined_cookies_come_one_by_one(tmp_path: Path) -> None:
    cookies = [
        {"name": "a", "value": "1", "domain": "chatgpt.com", "path": "/", "expires": 1795878000},
        {"name": "b", "value": "", "domain": ".chatgpt.com", "path": "/x"},
    ]
    found, _, _ = run(tmp_path, ASKED, answer=answer(), cookies=cookies)
    assert found is not None
    assert found.cookies == (
        "a=1; Domain=chatgpt.com; Path=/; Expires=Sat, 28 Nov 2026 15:00:00 GMT",
        "b=; Domain=.chatgpt.com; Path=/x",
    )


def test_a_redirect_is_the_answer_and_is_not_followed(tmp_path: Path) -> None:
    redirect = {"status": 302, "headers": {"Location": "https://evil.example/"}}
    found, log, _ = run(tmp_path, ASKED, redirect=redirect)
    assert found == Response(302, {"location": "https://evil.example/"}, (), b"")
    assert (log["cancelled"], len(log["requests"])) == (1, 1)


def test_a_large_answer_is_broken_off(tmp_path: Path) -> None:
    request = Request("GET", ASKED.url, {}, b"", 2, limit=4000)
    found, log, printed = run(tmp_path, request, answer=answer(b"x" * 9000))
    assert found is None
    assert log["cancelled"] == 1
    assert json.loads(printed) == {"error": "large"}


@pytest.mark.parametrize("broken", ["network", "late"])
def test_the_head_of_an_answer_that_breaks_off_is_told(tmp_path: Path, broken: str) -> None:
    cookies = [{"name": "a", "value": "1", "domain": "chatgpt.com", "path": "/"}]
    request = Request("GET", ASKED.url, {}, b"", 0.3)
    found, _, printed = run(tmp_path, request, answer=answer(), cookies=cookies, broken=broken)
    headers = {"content-type": "application/json"}
    assert found == Response(200, headers, ("a=1; Domain=chatgpt.com; Path=/",), b"", False)
    assert json.loads(printed)["error"] == broken


def test_a_silence_has_an_end(tmp_path: Path) -> None:
    request = Request("GET", ASKED.url, {}, b"", 0.3)
    found, log, printed = run(tmp_path, request, late=True, answer=answer())
    assert found is None
    assert log["pumped"] > 3
    assert log["invalidated"] == 1
    assert json.loads(printed) == {"error": "late"}


@pytest.mark.parametrize(
    ("scene", "error"), [({"network": True}, "network"), ({"throws": "session"}, "bridge")]
)
def test_what_goes_wrong_is_one_word(tmp_path: Path, scene: dict[str, Any], error: str) -> None:
    found, _, printed = run(tmp_path, ASKED, **scene)
    assert found is None
    assert json.loads(printed) == {"error": error}


def test_the_script_is_small() -> None:
    lines = Path(system_stack.SCRIPT).read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line.strip() and not line.startswith("//")]
    assert len(code) < 120
