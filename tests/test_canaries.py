"""No secret leaves the secret store, in any form, in any way, or by any error."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
import time
import traceback
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from scripts import commands
from tests import stored
from tests.conftest import ROOT, Ran, Shell, undetoured
from tests.said import Phrase
from tests.standin import KEYS, Reply, Request, StandIn, faults
from workflow.actions import add as adding
from workflow.actions.check import Attempt, CheckFailed
from workflow.chatgpt import cookies, jars
from workflow.credentials import store
from workflow.errors import CredentialRejected
from workflow.http.client import Client
from workflow.models import Credential, Usage, utc_now
from workflow.provider import answer as answers
from workflow.recognition import chatgpt_login, recognise
from workflow.refresh import fetch as fetching
from workflow.storage import accounts

HOST, SESSION, MAIN = "chatgpt.com", "/api/auth/session", "/backend-api/wham/usage"
NAME = cookies.session_cookie_names()[0]
PIECE = 20  # characters of a secret that must not be seen together
CLEARANCE = "cf-canary-0123456789abcdef0123456789"
TOKEN = KEYS["chatgpt-session"].value.partition("=")[2]
ACCESS = KEYS["chatgpt-plus"].value
CHUNKS = KEYS["chatgpt-session-chunked"].value
JSON = json.dumps({"user": {"id": "user-1"}, "accessToken": ACCESS, "sessionToken": TOKEN})
HEADER = f"Cookie: oai-did=device-1; cf_clearance={CLEARANCE}; {NAME}={TOKEN}"
CURL = (
    "curl 'https://chatgpt.com/backend-api/me' \\\n"
    f"  -H 'authorization: Bearer {ACCESS}' \\\n  -b '{HEADER[8:]}' --compressed"
)
CODEX = json.dumps({"tokens": {"access_token": ACCESS, "refresh_token": CLEARANCE}})
FORMS: dict[str, str] = {
    "API key": KEYS["tavily-dev"].value,
    "exported key": f"export KIMI_API_KEY='{KEYS['kimi-intl'].value}'",
    "Admin key": KEYS["openai-admin"].value,
    "access token": ACCESS,
    "bare session token": TOKEN,
    "Cookie header": HEADER,
    "chunks": CHUNKS,
    "session JSON": JSON,
    "cURL": CURL,
    "auth.json": CODEX,
    "key in a query": f"export SERPAPI_API_KEY={KEYS['serpapi'].value}",
}
SECRETS = [
    *(key.value for key in KEYS.values() if key.kind != "session"),
    *(part.partition("=")[2] for key in KEYS.values() for part in key.value.split("; ") if key.kind == "session"),
    CLEARANCE,
]  # fmt: skip
ACTIONS = ("list", "summary", "doctor", "script-filter", "show")


def pieces(secrets: Iterable[str]) -> set[bytes]:
    """Parts of secrets that occur nowhere else, plain and encoded."""
    found: set[bytes] = set()
    for secret in secrets:
        ends = {secret[-PIECE:], secret[len(secret) // 2 :][:PIECE]}
        found |= {piece.encode() for piece in ends | {quote(each) for each in ends}}
        found |= {b64encode(secret.encode())[:40], b64encode(secret.encode())[-40:]}
    return {piece for piece in found if len(piece) >= 12}


KNOWN = pieces(SECRETS)


def kept() -> set[bytes]:
    """Return pieces of the secrets that are in the store now, including tokens and cookies that came later."""
    path = Path(os.environ["TANKFUL_TEST_KEYRING"])
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told = [json.loads(each) for each in held.values()]
    jars = [cookies.pairs(each.get("cookie", "")).items() for each in told]
    mine = [value for jar in jars for name, value in jar if ".session-token" in name]
    return pieces([each["secret"] for each in told if each["secret"]] + mine)


def check(*seen: bytes) -> None:
    """Check that no part of a secret is in this text, or in any file but the store's own."""
    home = Path(os.environ["HOME"])
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    everything = b"\0".join([*seen, *files])
    assert [piece for piece in KNOWN | kept() if piece in everything] == []


@dataclass
class Recorder:
    """Records the arguments and environments of processes that have our home in their environment."""

    home: str
    seen: set[bytes] = field(default_factory=set)
    pids: set[str] = field(default_factory=set)
    _done: threading.Event = field(default_factory=threading.Event)
    _old: set[str] = field(default_factory=set)

    def __enter__(self) -> Recorder:
        self._old = set(os.listdir("/proc"))
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.01):
            self.sample()

    def sample(self) -> None:
        """Look at every process once."""
        for pid in set(os.listdir("/proc")) - self._old:
            try:
                environ = Path(f"/proc/{pid}/environ").read_bytes()
                argv = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if f"TANKFUL_HOME={self.home}".encode() in environ:
                self.pids.add(pid)
                self.seen |= {environ, argv}


@dataclass
class Watched:
    """Runs our commands while everything is recorded."""

    shell: Shell
    recorder: Recorder

    def __call__(self, *args: str, stdin: str = "", python: Iterable[str] = ()) -> Ran:
        command = [sys.executable, *python, "-m", "scripts.tankful", *args]
        return self.program(command, stdin)

    def program(self, command: list[str], stdin: str = "") -> Ran:
        ran = self.shell.run(command, stdin)
        check(ran.out.encode(), ran.err.encode(), *self.recorder.seen)
        return ran.quiet


def inside(*args: str, stdin: str) -> str:
    """Run a command that fails, in this process, and return its line."""
    result = CliRunner().invoke(commands.main, list(args), input=stdin)
    trace = "".join(traceback.format_exception(*(result.exc_info or (None, None, None))))
    check(result.output.encode(), trace.encode())
    said = undetoured(result.output)
    assert result.exit_code == 1
    assert said.count("\n") == 1
    return said


@pytest.fixture
def watched(shell: Shell) -> Iterator[Watched]:
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are watched through /proc")
    with Recorder(os.environ["TANKFUL_HOME"]) as recorder:
        yield Watched(shell, recorder)


def test_the_watcher_sees_arguments_and_environment(watched: Watched) -> None:
    secret = KEYS["tavily-dev"].value
    code = "import time; time.sleep(0.2)"
    for args, env in (([secret], {}), ([], {"LEAK": secret})):
        subprocess.run(
            [sys.executable, "-c", code, *args],
            env={**watched.shell.environment(), **env},
            check=True,
        )
        with pytest.raises(AssertionError):
            check(*watched.recorder.seen)
        watched.recorder.seen.clear()


@pytest.mark.parametrize(
    "leak",
    [ACCESS, f"x{TOKEN[30:]}", quote(CHUNKS), CLEARANCE],
    ids=["token", "part", "quoted", "edge cookie"],
)
def test_the_search_finds_a_leak(home: Path, leak: str) -> None:
    check(b"nothing")
    (home / "log.txt").write_text(f"error: {leak}")
    with pytest.raises(AssertionError):
        check()


# ---- every form


@pytest.mark.parametrize("form", FORMS)
def test_a_credential_is_added_and_used(world: StandIn, watched: Watched, form: str) -> None:
    ran = watched("add", "--label", "Canary", stdin=FORMS[form])
    assert ran.code == 0, ran.err
    assert watched("refresh", "Canary").code == 0
    assert watched.recorder.pids
    (account,) = accounts.load().accounts
    assert store.read(account).secret in "".join(FORMS[form]) or account.kind == "session"


def test_no_address_is_logged(world: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account = stored.account("serpapi")

    async def asked() -> Usage:
        async with Client() as client:
            return await fetching.usage(client, account, store.read(account))

    usage = asyncio.run(asked())
    (request,) = world.requests
    assert KEYS["serpapi"].value in request.query
    assert usage.endpoints == ("serpapi.com/account.json",)
    check(caplog.text.encode(), repr(usage).encode())


# ---- every kind of trouble while adding


def echo(request: Request) -> Reply:
    """Repeats the request in its error."""
    sent = f"{request.header('authorization')} {request.header('cookie')} {request.header('x-api-key')}"
    return Reply(401, {"error": {"message": f"bad credential: {sent}", "code": sent}})


TROUBLE: dict[str, Callable[[], object]] = {
    "refused": lambda: faults.token_invalidated(),
    "repeats it": lambda: echo,
    "broken": faults.bad_gateway,
    "edge block": faults.challenge,
    "cut off": faults.cut_connection,
    "no answer": faults.closed,
    "redirect": lambda: faults.redirect(f"https://elsewhere.example/?key={ACCESS}"),
    "odd header": lambda: Reply(200, {}, {"Set-Cookie": f"{NAME}={TOKEN}; Max-Age=0"}),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_a_check_that_fails(world: StandIn, name: str) -> None:
    world.reply("*", "*", TROUBLE[name]())  # type: ignore[arg-type]
    for provider, form in (("chatgpt", CURL), ("tavily", FORMS["API key"])):
        assert inside("add", provider, stdin=form)
    assert accounts.load().accounts == ()


@pytest.mark.parametrize(
    ("provider", "pasted"),
    [
        pytest.param("minimax", CURL, id="somebody else's"),
        pytest.param("chatgpt", FORMS["Admin key"], id="a key for a session"),
        pytest.param("chatgpt", CHUNKS.partition("; ")[0], id="half a session"),
        pytest.param("chatgpt", JSON[:-60], id="cut JSON"),
        pytest.param("tavily", f"{ACCESS[:90]} … {ACCESS[90:]}", id="shortened"),
        pytest.param("glm", f"{TOKEN}\0\x1b[31m{TOKEN}", id="control characters"),
        pytest.param("kimi", "x" * 1_100_000 + ACCESS, id="too long"),
    ],
)
def test_what_is_not_well_formed(provider: str, pasted: str) -> None:
    assert inside("add", provider, stdin=pasted)


@pytest.mark.parametrize(
    "backend", ["tests.keyrings.LockedKeyring", "keyring.backends.null.Keyring"]
)
def test_a_store_that_does_not_take_it(world: StandIn, watched: Watched, backend: str) -> None:
    watched.shell.env["PYTHON_KEYRING_BACKEND"] = backend
    ran = watched("add", "chatgpt", stdin=CURL)
    assert ran.code == 1
    assert ran.err.count("\n") == 1


# ---- every other way


def test_a_whole_life(world: StandIn, watched: Watched) -> None:
    assert watched("add", "chatgpt", "--label", "Canary", stdin=CURL).code == 0
    assert watched("exchange", "Canary").code == 0
    world.reply(HOST, MAIN, faults.token_expired())
    assert watched("refresh", "Canary").code == 1
    world.reply(HOST, SESSION, [echo, Reply(body={}), faults.challenge()])
    for _ in range(3):
        assert watched("exchange", "Canary").code == 1
    for action in ACTIONS:
        args = [action, "Canary"] if action == "show" else [action]
        assert watched(*args).code == 0
    assert watched.program([sys.executable, "-IS", "scripts/usage.py"]).code == 0
    world.reset()
    assert watched("replace", "Canary", stdin=CHUNKS).code == 0
    assert watched("replace", "Canary", stdin=FORMS["API key"]).code == 1
    assert watched("rename", "Canary", "Bird").code == 0
    assert watched("remove", "Bird", "--yes").code == 0
    assert kept() == set()
    check()


def test_an_import(world: StandIn, shell: Shell, home: Path) -> None:
    """The key is in the user's own environment, but in nothing that we print or write."""
    shell.env["TAVILY_API_KEY"] = KEYS["tavily-dev"].value
    shell.env["CODEX_HOME"] = str(home.parent / "codex")
    (home.parent / "codex").mkdir()
    (home.parent / "codex/auth.json").write_text(CODEX, encoding="utf-8")
    for args in (["--list"], ["--json"], ["--yes"], ["--yes"]):
        ran = shell.tankful("import", *args)
        assert ran.code == 0, ran.err
        check(ran.out.encode(), ran.err.encode())
    assert len(accounts.load().accounts) == 2


# ---- crashes

BOOM = """
from importlib import import_module
module = import_module("workflow.{module}")
module.{name}  # there is one
def boom(*args, **named):
    raise RuntimeError(repr(args) + repr(named))
module.{name} = boom
from scripts.tankful import main
main()
"""
PLACES = (
    ("providers.chatgpt", "fetch"),
    ("providers.chatgpt", "parse"),
    ("chatgpt.session", "parse"),
    ("recognition.recognise", "login_finding"),
    ("recognition.chatgpt_login", "find"),
    ("pasted.cleaning", "clean"),
    ("credentials.keychain", "put"),
    ("credentials.store", "_make_current"),
    ("actions.add", "_add"),
    ("alfred.publish", "publish"),
)


@pytest.mark.parametrize(("module", "name"), PLACES)
def test_a_defect_anywhere(world: StandIn, watched: Watched, module: str, name: str) -> None:
    code = BOOM.format(module=module, name=name)
    ran = watched.program([sys.executable, "-c", code, "add", "chatgpt"], CURL)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "RuntimeError" in ran.err or module.startswith("providers")


def test_development_mode_tells_nothing(world: StandIn, watched: Watched) -> None:
    python = ("-X", "dev", "-W", "ignore")
    assert watched("add", "chatgpt", "--label", "Canary", stdin=CURL, python=python).code == 0
    assert watched("exchange", "Canary", python=python).code == 0
    world.reply(HOST, "*", echo)
    assert watched("refresh", "Canary", python=python).code == 1


KILLED = """
import os, signal, sys
moment, passed, real = int(sys.argv.pop(1)), [0], os.replace
def step():
    if passed[0] == moment:
        os.kill(os.getpid(), signal.SIGKILL)
    passed[0] += 1
def replace(source, target):
    step()
    real(source, target)
    step()
os.replace = replace
from scripts.tankful import main
main()
"""


@pytest.mark.parametrize("moment", range(7))
def test_a_kill_while_it_is_stored(world: StandIn, watched: Watched, moment: int) -> None:
    ran = watched.program([sys.executable, "-c", KILLED, str(moment), "add", "chatgpt"], CURL)
    assert (ran.code, ran.out, ran.err) == (-9, "", "")


def test_a_kill_while_the_provider_is_asked(world: StandIn, watched: Watched) -> None:
    world.reply(HOST, MAIN, faults.hang())
    environment = watched.shell.environment()
    command = [sys.executable, "-m", "scripts.tankful", "add", "chatgpt"]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=-1, stdout=-1, stderr=-1
    ) as process:
        assert process.stdin
        process.stdin.write(CURL.encode())
        process.stdin.close()
        _wait_for(lambda: any(request.path == MAIN for request in world.requests))
        process.kill()
        assert process.stdout
        assert process.stderr
        check(process.stdout.read(), process.stderr.read(), *watched.recorder.seen)


def _wait_for(happened: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


# ---- what a traceback or a debugger would show


def answer(content: str) -> answers.Answer:
    line = f"{NAME}={content}"
    return answers.Answer(200, {"set-cookie": line}, content.encode(), utc_now(), (line,))


@pytest.mark.parametrize("form", FORMS)
def test_nothing_shows_itself(form: str) -> None:
    pasted = FORMS[form]
    (finding, *_) = recognise.recognise(pasted)
    held: cookies.Session | None = cookies.session(cookies.pairs(pasted))
    account = stored.account("tavily-dev")
    error = CheckFailed(CredentialRejected(Phrase("no", "不")), account, finding.credential)
    shown: list[object] = [
        finding,
        finding.credential,
        Credential("session", ACCESS, HEADER),
        adding.NewAccount(finding),
        Attempt(account, finding.credential),
        error,
        held,
        answer(TOKEN),
        account,
        recognise._search(pasted, None),
        recognise._search(pasted, None).places,
        chatgpt_login.find(pasted),
        jars.jars(pasted),
    ]
    check(repr(shown).encode(), str(shown).encode())
