"""Raycast's script commands: their metadata by its rules, and what they print."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from scripts.terminal import launcher
from tests import compiled, examples, stored
from tests.alerts.given import forget
from tests.alfred_harness.recorders import Recorders
from tests.conftest import ROOT, Ran, undetoured
from tests.forks import Forks
from tests.said import Phrase
from tests.standin import KEYS, StandIn
from workflow import __author__, __url__, settings
from workflow.models import Failure, Snapshot, utc_now
from workflow.records import replace
from workflow.refresh import run as refresh
from workflow.storage import accounts

pytestmark = pytest.mark.usefixtures("compiled")

COMMANDS = sorted((ROOT / "scripts/raycast").glob("tankful-*.sh"))
KNOWN = {
    *("schemaVersion", "title", "mode", "packageName", "icon", "iconDark", "refreshTime"),
    *("currentDirectoryPath", "needsConfirmation", "description", "author", "authorURL"),
    *("argument1", "argument2", "argument3"),
}
MODES = {
    "tankful-add": "compact",
    "tankful-copy-private-summary": "silent",
    "tankful-copy-summary": "silent",
    "tankful-exchange": "compact",
    "tankful-glance": "inline",
    "tankful-refresh": "compact",
    "tankful-usage": "fullOutput",
}

COLOURS = {*range(30, 38), 97, *range(40, 48), 107}
SURVIVE = {0, 4, 9, 24, 29} | COLOURS  # what Raycast shows; it leaves out the rest


def metadata(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[:25]:
        told = re.match(r"# @raycast\.(\w+) (.+)", line)
        if told:
            found.setdefault(told[1], []).append(told[2].strip())
    return found


def test_every_command_is_there() -> None:
    assert {path.stem: metadata(path)["mode"][0] for path in COMMANDS} == MODES


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_metadata(path: Path) -> None:
    told = metadata(path)
    assert set(told) <= KNOWN
    assert all(len(values) == 1 for values in told.values())
    assert told["schemaVersion"] == ["1"]
    assert told["packageName"] == ["Tankful"]
    assert told["author"] == [__author__]
    assert told.get("authorURL", [""]) == [__url__]
    assert told["description"][0][0].isupper()
    assert not told["description"][0].endswith(".")
    assert (path.parent / told["icon"][0]).exists()
    assert re.fullmatch(r"[a-z0-9-]+\.sh", path.name)
    assert ".template." not in path.name
    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/bin/bash\n")


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_refresh_time_only_inline_and_not_below_ten_seconds(path: Path) -> None:
    told = metadata(path)
    assert ("refreshTime" in told) == (told["mode"] == ["inline"])
    if "refreshTime" in told:
        number, unit = re.fullmatch(r"(\d+)([smhd])", told["refreshTime"][0]).groups()  # type: ignore[union-attr]
        assert int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] >= 10


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_arguments_are_complete_and_never_secret(path: Path) -> None:
    told = metadata(path)
    given = sorted(name for name in told if name.startswith("argument"))
    assert given == [f"argument{number}" for number in range(1, len(given) + 1)]
    for name in given:
        argument = json.loads(told[name][0])
        assert argument["placeholder"]
        assert argument["type"] in ("text", "dropdown")


class Raycast:
    """Runs a command as Raycast does: a bare environment, no profile; our Python stands in.

    What is started for the first time starts bare; then it is forked (``tests/fork_client.py``).
    """

    def __init__(self, folder: Path, home: Path, forks: Forks, claims: Path, test: str) -> None:
        self.root = folder / "installed"
        self.root.mkdir()
        for name in ("scripts", "workflow", "icons", "tests"):
            (self.root / name).symlink_to(ROOT / name)
        forks.python(self.root / ".venv/bin/python", claims, test, self.root)
        (folder / "mac").mkdir()
        self.mac = Recorders(folder / "mac")
        self.env = {
            "HOME": str(home),
            "PATH": f"{self.mac.bin}:/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin",
            **{k: v for k, v in os.environ.items() if k.startswith(("TANKFUL_", "PYTHON_K", "TZ"))},
        }

    def system_python(self, script: str) -> None:
        """Let this be /usr/bin/python3."""
        python = self.root.parent / "python3"
        python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        python.chmod(0o755)
        (self.root / "scripts").unlink()
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        finds = self.root / "scripts/raycast/raycast.sh"
        told = finds.read_text(encoding="utf-8").replace("=/usr/bin/python3\n", f"={python}\n")
        finds.write_text(told, encoding="utf-8")

    def __call__(self, name: str) -> Ran:
        return self.run(self.root / "scripts/raycast" / f"{name}.sh")

    def run(self, script: Path) -> Ran:
        done = subprocess.run(
            ["/bin/bash", str(script)],
            env=self.env,
            cwd=self.root.parent,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Ran(done.returncode, undetoured(done.stdout), done.stderr)

    def line(self, name: str) -> str:
        """The one line of a command that succeeds."""
        ran = self(name)
        assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1), ran
        return ran.out

    def failure(self, name: str) -> str:
        """The one line of a command that fails."""
        ran = self(name)
        assert (ran.code, ran.err, ran.out.count("\n")) == (1, "", 1), ran
        return ran.out


@pytest.fixture(scope="session")
def launched(bytecode: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Runs the checkout's scripts without importing everything again."""
    folder = tmp_path_factory.mktemp("launched")
    compiled.share(folder / "cache", bytecode)
    server = Forks(folder, ROOT)
    yield server
    server.stop()


@pytest.fixture
def raycast(
    world: StandIn,
    tmp_path: Path,
    home: Path,
    launched: Forks,
    together: Path,
    request: pytest.FixtureRequest,
) -> Raycast:
    claims = together / "raycast"
    claims.mkdir(exist_ok=True)
    return Raycast(tmp_path, home, launched, claims, request.node.nodeid)


@pytest.fixture
def filled(raycast: Raycast) -> Raycast:
    for name in ("glm-intl", "kimi-cn", "chatgpt-session"):
        stored.account(name, label="Work")
    refresh.refresh()
    return raycast


def codes(shown: str) -> Iterator[int]:
    """The codes of every escape sequence; a colour of the 256 counts as one of the others."""
    for kind, told in re.findall(r"\x1b\[?([0-9;]*)([^0-9;])", shown):
        assert told == "m", (kind, told)
        yield from map(int, re.sub(r"\b38;5;\d+", "30", kind or "0").split(";"))


@pytest.mark.parametrize("name", [name for name, mode in MODES.items() if mode != "fullOutput"])
def test_one_line_also_without_accounts(raycast: Raycast, name: str) -> None:
    done = raycast(name)
    assert done.out.count("\n") == 1
    assert done.out.strip()
    assert done.err == ""


def test_usage_is_complete(filled: Raycast) -> None:
    done = filled("tankful-usage")
    assert (done.code, done.err) == (0, "")
    assert all(name in done.out for name in ("GLM", "KIMI", "ChatGPT"))


def test_usage_has_only_colours_that_raycast_shows(raycast: Raycast) -> None:
    now = utc_now()
    known = examples.many(5, now)
    (second, third) = (account for account, _ in known[1:3])
    known[1] = replace(second, hidden=True), Snapshot(second.id)
    known[2] = third, Snapshot(third.id, failure=Failure("blocked", Phrase("no", "否"), now))
    known[3] = replace(known[3][0], threshold=Decimal(1000)), known[3][1]
    examples.install(known)
    shown = raycast("tankful-usage").out
    assert all(sign in shown for sign in "●✗")
    assert set(codes(shown)) <= SURVIVE
    assert {"\x1b[32m", "\x1b[31m", "\x1b[38;5;243m"} <= set(
        re.findall(r"\x1b\[[1-9][0-9;]*m", shown)
    )


def test_glance_names_the_accounts_in_one_line(filled: Raycast) -> None:
    told = filled.line("tankful-glance")
    assert "GLM" in told
    assert "¥63.90" in told


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_a_script_that_is_reached_through_links_finds_the_rest(
    filled: Raycast, tmp_path: Path, path: Path
) -> None:
    beside, below = tmp_path / "my commands", tmp_path / "elsewhere" / "below"
    for folder in (beside, below):
        folder.mkdir(parents=True)
    (below / "first.sh").symlink_to(filled.root / "scripts/raycast" / path.name)
    (tmp_path / "short").symlink_to(below)
    (tmp_path / "elsewhere" / "second").symlink_to("below/first.sh")
    (beside / "api usage.sh").symlink_to("../short/../second")
    told, plain = filled.run(beside / "api usage.sh"), filled(path.stem)
    assert "No such file" not in told.out + told.err
    assert told.err == ""
    assert told.code == plain.code
    assert told.out.split()[:2] == plain.out.split()[:2]


def test_the_summary_is_copied_and_said(filled: Raycast) -> None:
    assert filled.line("tankful-copy-summary") == "Copied.\n"
    assert "KIMI · Work: ¥63.90" in filled.mac.clipboard


def test_the_private_summary_says_neither_names_nor_money(filled: Raycast) -> None:
    assert filled.line("tankful-copy-private-summary") == "Copied.\n"
    copied = filled.mac.clipboard
    assert copied.count("\n") == 2
    assert "GLM" in copied
    assert not any(secret in copied for secret in ("Work", "63.90"))


def test_refresh_says_how_many(filled: Raycast) -> None:
    assert "3 refreshed, none failed" in filled.line("tankful-refresh")


def test_an_alert_is_in_the_toast_and_nowhere_else(filled: Raycast) -> None:
    settings.choose("alert_limits", "1")
    settings.choose("low", "100")
    assert filled.line("tankful-refresh") == "3 refreshed, none failed\n"
    forget()
    alert, _, rest = filled.line("tankful-refresh").partition("; ")
    assert " · Work: " in alert
    assert rest == "3 refreshed, none failed\n"
    assert filled.mac.calls("osascript") == []
    assert filled.line("tankful-refresh") == "3 refreshed, none failed\n"


def test_exchange_says_until_when(filled: Raycast) -> None:
    told = filled.line("tankful-exchange")
    assert told.startswith("ChatGPT · Work: new token, expires in ")


def test_exchange_names_the_session_that_failed(raycast: Raycast) -> None:
    stored.account("chatgpt-session-dead", label="Sess")
    stored.account("chatgpt-session", label="Me")
    told = raycast.failure("tankful-exchange")
    assert told.startswith("1 of 2 sessions failed: ChatGPT · Sess: the session has ended; ")


def test_sentences_name_its_own_commands(raycast: Raycast) -> None:
    titles = [metadata(path)["title"][0] for path in COMMANDS]
    told = [raycast.line(name) for name in ("tankful-usage", "tankful-glance", "tankful-refresh")]
    told += [raycast.failure("tankful-exchange"), raycast.line("tankful-copy-summary")]
    said = "No accounts yet. Add one with “Add API Account”\n"
    assert told[:3] == [said] * 3
    assert told[3] == "No account has a session cookie. Add one with “Add API Account”\n"
    for sentence in launcher.IN_RAYCAST.values():
        named = re.findall("“(.*?)”", sentence.id)
        assert set(named) <= set(titles)
        assert "tankful " not in sentence.id or "in a shell" in sentence.id


def test_what_uv_or_pip_installed_runs_on_its_own_python(raycast: Raycast, tmp_path: Path) -> None:
    environment = tmp_path / "tools" / "tankful"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    packages = environment / "lib" / "python3.9" / "site-packages" / "tankful"
    shutil.copytree(ROOT / "scripts" / "raycast", packages / "scripts" / "raycast")
    (packages / "scripts" / "tankful.py").write_text("import sys; print(sys.executable)\n")
    told = raycast.run(packages / "scripts/raycast/tankful-glance.sh")
    assert told.out == f"{environment}/bin/python\n"


class TestAdd:
    KEY = KEYS["tavily-dev"].value

    def test_what_was_added(self, raycast: Raycast) -> None:
        raycast.mac.answer("osascript", "Tavily\n", containing="choose from list")
        raycast.mac.answer("osascript", f"Check and Save\n{self.KEY}\n", containing="hidden answer")
        told = raycast.line("tankful-add")
        assert told.startswith("Added Tavily: ")
        assert [account.provider for account in accounts.load().accounts] == ["tavily"]
        assert self.KEY not in told + repr(raycast.mac.calls())

    def test_cancelled(self, raycast: Raycast) -> None:
        raycast.mac.default("osascript", rc=1, stderr="execution error: User canceled. (-128)\n")
        assert raycast.line("tankful-add") == "Nothing was added\n"

    def test_no_dialog(self, raycast: Raycast) -> None:
        raycast.mac.default("osascript", rc=1, stderr="no user interaction allowed. (-1713)\n")
        assert "tankful add" in raycast.failure("tankful-add")


def test_a_damaged_file_is_said_where_it_is_seen(raycast: Raycast) -> None:
    path = Path(accounts.path())
    path.parent.mkdir(exist_ok=True)
    path.write_text("{damaged", encoding="utf-8")
    for name in ("tankful-usage", "tankful-glance", "tankful-refresh"):
        assert raycast.failure(name).startswith("accounts.json was damaged and is kept as ")


def test_a_checkout_without_its_packages_says_what_helps(raycast: Raycast) -> None:
    shutil.rmtree(raycast.root / ".venv")
    venv.create(raycast.root / ".venv", symlinks=True)
    for name in ("tankful-usage", "tankful-glance"):
        told = raycast.failure(name)
        assert told.startswith("the package click is missing")
        assert "scripts/demo" in told


@pytest.mark.parametrize(
    ("language", "chosen", "said"),
    [
        ("en-US", "", "Tankful needs Python 3.9 or newer"),
        ("zh-Hans-CN", "", "Tankful 需要 Python 3.9"),
        ("zh-Hans-CN", "auto", "Tankful 需要 Python 3.9"),
        ("zh-Hans-CN", "en", "Tankful needs Python 3.9 or newer"),
    ],
)
def test_apples_stub_of_python_is_told_what_to_install(
    raycast: Raycast, language: str, chosen: str, said: str
) -> None:
    raycast.env["TANKFUL_LANGUAGE"] = chosen
    note = "xcode-select: note: No developer tools were found, requesting install."
    raycast.system_python(f"echo '{note}' >&2; exit 1")
    (raycast.root / "lib").mkdir()  # an installed workflow asks no .venv
    raycast.mac.default("defaults", stdout=f'(\n    "{language}",\n    "ja-JP"\n)\n')
    for name in ("tankful-usage", "tankful-glance"):
        told = raycast.failure(name)
        assert told.startswith(said)
        assert "xcode-select --install" in told


def test_the_readme_lists_every_command() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        readme = (ROOT / name).read_text(encoding="utf-8")
        for path in COMMANDS:
            told = metadata(path)
            assert f"| {told['title'][0]} | {told['mode'][0]} |" in readme
