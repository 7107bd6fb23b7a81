"""The keystroke as Alfred runs it: as a process, in every state of a home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Callable

import pytest

from tests import examples, stored
from tests.alfred_harness.reference import violations
from tests.conftest import ROOT, Shell
from tests.standin import Reply, Request, StandIn
from workflow import feed, paths, settings
from workflow.alfred import account_list, pending, publish
from workflow.models import utc_now
from workflow.records import replace
from workflow.refresh import background
from workflow.storage import accounts

USAGE = [sys.executable, "-IS", str(ROOT / "scripts" / "usage.py")]
HEAVY = "asyncio click dataclasses diskcache httpx json keyring orjson os re rich sqlite3 typing"
MINUTE = timedelta(minutes=1)
Ruin = Callable[[Path], object]


@pytest.fixture(autouse=True)
def shared(compiled: None) -> None:
    examples.without_best()


@pytest.fixture
def cache(home: Path) -> Path:
    """The cache folder of a home whose six accounts have just answered, with a warm feed."""
    examples.install(examples.many(6, utc_now()))
    publish.publish()
    return Path(paths.cache(os.environ))


def ask(shell: Shell, command: list[str] | None = None) -> dict[str, Any]:
    """Return the answer to Alfred without the row about the stand-in, after checking that it is valid and stderr is empty."""
    ran = shell.run(command or USAGE)
    assert (ran.code, ran.err) == (0, "")
    told: dict[str, Any] = json.loads(ran.out)
    assert violations("scriptfilter", told) == []
    told["items"] = [item for item in told["items"] if item.get("uid") != account_list.DETOUR]
    return told


def check_said_again(shell: Shell, ruin: Callable[[], object], command: list[str]) -> None:
    """What was said before the ruin is said after it.

    A minute that ends between the two moves an age: not in each of three pairs.
    """
    for _ in range(3):
        whole = ask(shell)
        ruin()
        again = ask(shell, command)
        if again == whole:
            return
    assert again == whole


def titles(told: dict[str, Any]) -> list[str]:
    return [item["title"] for item in told["items"]]


def rendered_at(cache: Path) -> int:
    """Identify a feed; a file that is replaced is another feed."""
    return (cache / "feed").stat().st_ino


def settle() -> None:
    """Wait until the refresh behind the scenes is done."""
    until = time.monotonic() + 30
    while background.is_running(os.environ):
        assert time.monotonic() < until
        time.sleep(0.02)


def loaded(*command: str) -> set[str]:
    """Every module that a process has imported."""
    ran = Shell().run([sys.executable, "-IS", "-X", "importtime", *command])
    assert ran.code == 0
    lines = [line for line in ran.err.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


# The warm path


def test_the_keystroke_imports_next_to_nothing(cache: Path) -> None:
    more = loaded(USAGE[-1]) - loaded("-c", "pass")
    assert more <= {"posix", "time"}
    assert not loaded(USAGE[-1]) & set(HEAVY.split())


def own_bytecode(cache: Path, apart: Path) -> Path:
    """A folder of compiled code that is not shared with other tests."""
    folder = cache / "bytecode"
    folder.rename(apart)
    (folder / "checkout").mkdir(parents=True, mode=0o700)
    return folder


def test_the_keystroke_keeps_what_it_compiles(cache: Path, shell: Shell, tmp_path: Path) -> None:
    kept = own_bytecode(cache, tmp_path / "shared")
    check_said_again(shell, lambda: None, USAGE)
    (feed_code,) = kept.rglob("workflow/feed.*.pyc")
    whole = feed_code.read_bytes()
    for damaged in (whole[:5], whole[:100], whole[:-50]):
        check_said_again(shell, lambda content=damaged: feed_code.write_bytes(content), USAGE)  # type: ignore[misc]


def live_in_alfred(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the folders only by Alfred's variables, as Alfred always does."""
    monkeypatch.delenv("TANKFUL_HOME")
    monkeypatch.setenv("alfred_workflow_data", str(cache.parent))
    monkeypatch.setenv("alfred_workflow_cache", str(cache))


def test_in_alfred_nothing_but_the_script_itself_is_compiled_again(
    cache: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = own_bytecode(cache, tmp_path / "shared")
    check_said_again(shell, lambda: live_in_alfred(cache, monkeypatch), USAGE)
    code = {path.name.partition(".")[0]: path for path in kept.rglob("workflow/*.pyc")}
    assert code.keys() == {"feed"}  # Alfred names the folders, so paths.py is not asked
    code["feed"].write_bytes(code["feed"].read_bytes()[:100])
    assert len(titles(ask(shell))) == 8


@pytest.mark.parametrize("variable", ["alfred_workflow_data", "alfred_workflow_cache"])
def test_a_folder_of_alfreds_below_the_home_is_served(
    cache: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    whole, before = ask(shell), rendered_at(cache)
    live_in_alfred(cache, monkeypatch)
    monkeypatch.setenv("HOME", str(cache.parent.parent))
    folder = os.environ[variable].replace(str(cache.parent.parent), "~")
    monkeypatch.setenv(variable, folder)
    assert folder[:2] == "~/"
    assert (titles(ask(shell)), rendered_at(cache)) == (titles(whole), before)


def test_the_folder_that_the_user_names_goes_before_alfreds(
    cache: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ask(shell)
    for folder in ("other", "other/bytecode", "other/bytecode/checkout"):
        (tmp_path / folder).mkdir(mode=0o700)
    before = rendered_at(cache)
    monkeypatch.setenv("alfred_workflow_data", str(tmp_path))
    monkeypatch.setenv("alfred_workflow_cache", str(tmp_path / "other"))
    assert titles(ask(shell)) == titles(whole)
    assert rendered_at(cache) == before
    assert not (tmp_path / "other" / "feed").exists()


@pytest.mark.parametrize("is_alfreds", [True, False])
@pytest.mark.parametrize("open_to_others", ["checkout", "."])
def test_compiled_code_that_others_could_write_is_not_run(
    cache: Path,
    shell: Shell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    open_to_others: str,
    is_alfreds: bool,
) -> None:
    kept = own_bytecode(cache, tmp_path / "shared")
    if is_alfreds:
        live_in_alfred(cache, monkeypatch)
    (kept / open_to_others).chmod(0o777)
    check_said_again(shell, lambda: None, USAGE)
    assert list(kept.rglob("*.pyc")) == []


def test_the_watch_on_imports_sees_them(cache: Path) -> None:
    (cache / "feed").unlink()
    assert {"diskcache", "json", "re", "typing"} <= loaded(USAGE[-1])


def test_these_homes_share_what_is_compiled(cache: Path, bytecode: Path, shell: Shell) -> None:
    (cache / "feed").unlink()
    ask(shell)
    assert next(bytecode.rglob("account_row.*.pyc"), None)


def test_a_feed_that_is_made_aside_is_waited_for(cache: Path) -> None:
    whole = (cache / "feed").read_bytes()
    (cache / "feed").unlink()
    pending.announce()

    def leave() -> None:
        (cache / "feed").write_bytes(whole)
        pending.settle()

    maker = threading.Timer(0.5, leave)
    maker.start()
    modules = loaded(USAGE[-1])
    maker.join()
    assert "workflow.alfred.pending" in modules
    assert "workflow.alfred.publish" not in modules


def test_a_feed_that_does_not_come_is_made_here(cache: Path) -> None:
    (cache / "feed").unlink()
    pending.announce()
    assert "workflow.alfred.publish" in loaded(USAGE[-1])
    assert (cache / "feed").exists()


@pytest.mark.parametrize("warm", [True, False])
def test_typing_sends_nothing_and_reads_no_secret(
    world: StandIn, shell: Shell, home: Path, warm: bool
) -> None:
    six = stored.six()
    stored.remember(*six.values(), ago=timedelta(0))
    publish.publish()
    log = Path(f"{os.environ['TANKFUL_TEST_KEYRING']}.log")
    log.unlink()
    for _ in range(3):
        if not warm:
            Path(feed.path(os.environ)).unlink()
        assert len(titles(ask(shell))) == 8
    settle()
    assert world.requests == []
    assert not log.exists()


def test_the_feed_is_served_and_not_rendered_again(cache: Path, shell: Shell) -> None:
    before = rendered_at(cache)
    told = ask(shell)
    assert titles(told)[0] == "GLM · Work 1   41% left ▰▰▰┃▰▱▱▱▱▱▱"
    assert told["items"][0]["subtitle"].endswith("Pro · just now")
    assert "rerun" not in told
    check_said_again(shell, lambda: None, USAGE)
    assert rendered_at(cache) == before


def test_ages_and_resets_move_without_rendering_again(home: Path, shell: Shell) -> None:
    examples.install(examples.many(6, utc_now() - timedelta(days=3)))
    publish.publish()
    cache = Path(paths.cache(os.environ))
    (cache / "refresh.started").touch()  # it is due, and nobody answers in this test
    before = rendered_at(cache)
    row = ask(shell)["items"][0]
    assert row["title"] == "GLM · Work 1   has reset"
    assert row["subtitle"] == "Week has reset · 5h has reset · Pro · 3d ago"
    assert rendered_at(cache) == before


def test_nothing_is_left_in_the_installed_folder(cache: Path, tmp_path: Path, shell: Shell) -> None:
    installed = tmp_path / "installed"
    for name in ("workflow", "scripts"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, installed / name, ignore=ignore)
    before = sorted(installed.rglob("*"))
    command = [*USAGE[:-1], str(installed / "scripts" / "usage.py")]
    for _ in range(2):  # warm, then cold
        ask(shell, command)
        (cache / "feed").unlink()
    assert sorted(installed.rglob("*")) == before


# That somebody looked


def test_a_keystroke_touches_one_empty_file(cache: Path, shell: Shell) -> None:
    looked = cache / "looked"
    looked.touch()
    os.utime(looked, (0, 0))
    before = {path: path.stat().st_mtime_ns for path in sorted(cache.rglob("*"))}
    ask(shell)
    after = {path: path.stat().st_mtime_ns for path in sorted(cache.rglob("*"))}
    assert [path for path in after if after[path] != before.get(path)] == [looked]
    assert time.time() - looked.stat().st_mtime < 60
    assert looked.read_bytes() == b""


def test_without_the_file_nothing_is_made(cache: Path, shell: Shell) -> None:
    before = sorted(cache.rglob("*"))
    ask(shell)
    assert sorted(cache.rglob("*")) == before


# Rendered anew, once


def check_rendered_once(shell: Shell, cache: Path, said: str) -> None:
    before = rendered_at(cache)
    assert said in titles(ask(shell))[0]
    once = rendered_at(cache)
    assert once != before
    assert said in titles(ask(shell))[0]
    assert rendered_at(cache) == once


@pytest.mark.parametrize(
    ("name", "value"), [("LANG", "zh_CN.UTF-8"), ("LC_ALL", "zh_CN"), ("LC_MESSAGES", "zh_CN.GBK")]
)
@pytest.mark.skipif(sys.platform == "darwin", reason="the language is that of the preferences")
def test_another_language_is_rendered_once(
    cache: Path, shell: Shell, name: str, value: str
) -> None:
    shell.env = {name: value}
    check_rendered_once(shell, cache, "剩余 41%")


def test_a_changed_configuration_is_written_through_and_rendered_once(
    cache: Path, shell: Shell
) -> None:
    shell.env = {"tankful_show": "used", "tankful_language": "简体中文", "tankful_low": "50"}
    check_rendered_once(shell, cache, "已用 59%")
    assert settings.chosen()["show"] == "used"
    assert settings.chosen()["low"] == "50"
    shell.env = {}
    assert "已用 59%" in titles(ask(shell))[0]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"TANKFUL_SHOW": "used"}, "59% used"),
        ({"TANKFUL_LANGUAGE": "zh"}, "剩余 41%"),
        ({"TANKFUL_PRIVACY": "1"}, "GLM · •••"),
    ],
)
def test_a_wish_for_one_call_never_reaches_the_feed(
    cache: Path, shell: Shell, wish: dict[str, str], said: str
) -> None:
    before = rendered_at(cache)
    shell.env = wish
    assert said in titles(ask(shell))[0]
    shell.env = {}
    assert titles(ask(shell))[0] == "GLM · Work 1   41% left ▰▰▰┃▰▱▱▱▱▱▱"
    assert rendered_at(cache) == before


# Bad states that mend themselves


def rewrite(change: Callable[[bytes], bytes]) -> Ruin:
    def ruin(cache: Path) -> object:
        return (cache / "feed").write_bytes(change((cache / "feed").read_bytes()))

    return ruin


MENDED = [
    pytest.param(rewrite(lambda content: b""), id="empty"),
    pytest.param(rewrite(lambda content: b"\xff\x00" * 99), id="rubbish"),
    pytest.param(rewrite(lambda content: content[: len(content) // 2]), id="half"),
    pytest.param(rewrite(lambda content: content[: content.rindex(b"}")]), id="one-byte-less"),
    pytest.param(rewrite(lambda content: content + b"\0" * 512), id="zeros-at-the-end"),
    pytest.param(rewrite(lambda content: content.replace(b'"items"', b'"item""')), id="a-letter"),
    pytest.param(rewrite(lambda content: content.replace(b"GLM", b"\xff\xfe\xfd")), id="no-utf8"),
    pytest.param(rewrite(lambda content: content.replace(b"feed-", b"feed-x", 1)), id="layout"),
    pytest.param(rewrite(lambda content: content.replace(b"\t17", b"\tx7", 1)), id="line-one"),
    pytest.param(lambda cache: (cache / "feed").unlink(), id="none"),
    pytest.param(lambda cache: (cache / "feed").chmod(0o200), id="unreadable"),
    pytest.param(lambda cache: replaced_by_a_pipe(cache / "feed"), id="a-pipe"),
    pytest.param(lambda cache: of_a_clock_ahead(cache / "feed"), id="made-ahead-of-now"),
]


def replaced_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def of_a_clock_ahead(path: Path) -> None:
    """Publish as if the clock were an hour ahead."""
    publish.publish(lambda: utc_now() + timedelta(hours=1))


@pytest.mark.parametrize("ruin", MENDED)
def test_a_feed_of_no_use_is_rendered_anew(cache: Path, shell: Shell, ruin: Ruin) -> None:
    check_said_again(shell, lambda: ruin(cache), USAGE)
    assert feed.serve(
        {"LANG": "en_US.UTF-8"},
        time.time(),
        (cache / "feed").read_bytes(),
        feed.stamp(paths.data(os.environ)),
        bool,
    )


FULL = ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]


@pytest.mark.parametrize("feed_left", [True, False])
def test_on_a_full_disk_the_numbers_that_are_known_are_shown(
    cache: Path, shell: Shell, feed_left: bool
) -> None:
    def ruin() -> None:
        if not feed_left:
            (cache / "feed").unlink()

    check_said_again(shell, ruin, [*FULL, *USAGE])


# Bad states that stay


def in_the_way(path: Path) -> None:
    """A file instead of a folder, so that even root cannot write into it."""
    shutil.rmtree(path, ignore_errors=True)
    path.touch()


STAYING = [
    pytest.param(lambda home: in_the_way(home / "cache"), "no numbers yet", id="cache-is-a-file"),
    pytest.param(lambda home: in_the_way(home), "cannot show the accounts", id="home-is-a-file"),
    pytest.param(
        lambda home: (home / "accounts.json").write_text('{"layout": 99}'),
        "cannot show the accounts",
        id="newer-layout",
    ),
    pytest.param(
        lambda home: ((home / "accounts.json").unlink(), (home / "accounts.json").mkdir()),
        "cannot show the accounts",
        id="accounts-is-a-folder",
    ),
    pytest.param(
        lambda home: (home / "accounts.json").write_bytes(b"\x80{"),
        "accounts.json was damaged; a copy is kept",
        id="damaged-accounts",
    ),
    pytest.param(
        lambda home: (home / "settings.json").write_text("[1]"),
        "settings.json was damaged, so what it sets does not apply",
        id="damaged-settings",
    ),
    pytest.param(
        lambda home: [
            path.write_bytes(b"rubbish") for path in home.glob("cache/snapshots-1/*.db*")
        ],
        "no numbers yet",
        id="damaged-cache",
    ),
]


@pytest.mark.parametrize(("ruin", "said"), STAYING)
def test_whatever_is_wrong_there_is_a_row_that_says_it(
    world: StandIn, cache: Path, shell: Shell, ruin: Ruin, said: str
) -> None:
    world.reply("*", "*", Reply(500))
    (cache / "feed").unlink()
    ruin(cache.parent)
    for _ in range(2):
        told = ask(shell)
        assert said in titles(told)[0]
        assert told["items"][0]["subtitle"]
    settle()


@pytest.mark.parametrize(("ruin", "said"), STAYING[1:3])
def test_it_is_said_in_chinese_too(cache: Path, shell: Shell, ruin: Ruin, said: str) -> None:
    (cache / "feed").unlink()
    ruin(cache.parent)
    shell.env = {"tankful_language": "zh"}
    assert titles(ask(shell)) == ["Tankful 无法显示账号"]


def test_a_newer_layout_is_left_as_it_is(cache: Path, shell: Shell) -> None:
    book = cache.parent / "accounts.json"
    book.write_text('{"layout": 99}')
    (cache / "feed").unlink()
    assert "update Tankful" in ask(shell)["items"][0]["subtitle"]
    assert book.read_text() == '{"layout": 99}'


def test_a_cache_that_cannot_be_made(cache: Path, shell: Shell) -> None:
    shell.env = {
        "TANKFUL_HOME": "",
        "alfred_workflow_data": str(cache.parent),
        "alfred_workflow_cache": "/dev/null/cache",
    }
    assert titles(ask(shell))[0] == "GLM · Work 1   no numbers yet"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_cache_that_cannot_be_written(cache: Path, shell: Shell) -> None:
    (cache / "feed").unlink()
    cache.chmod(0o500)
    try:
        assert titles(ask(shell))[0].startswith("GLM · Work 1   ")
    finally:
        cache.chmod(0o700)


@pytest.mark.parametrize("language", ["en_US.UTF-8", "zh_CN.UTF-8"])
def test_without_accounts_a_row_says_how_to_add_one(shell: Shell, language: str) -> None:
    shell.env = {"LANG": language}
    cold, warm = ask(shell), ask(shell)
    said = "Add your first account" if language.startswith("en") else "添加第一个账号"
    assert titles(cold) == [said]
    assert cold == warm
    assert "tankful add" in cold["items"][0]["subtitle"]


def test_without_its_packages_it_names_the_missing_one(
    cache: Path, tmp_path: Path, shell: Shell
) -> None:
    (cache / "feed").unlink()
    for name in ("workflow", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / "bare" / name)
    (tmp_path / "bare" / "lib").mkdir()
    command = [*USAGE[:-1], str(tmp_path / "bare" / "scripts" / "usage.py")]
    (row,) = ask(shell, command)["items"]
    assert row["title"] == "Tankful cannot show the accounts"
    assert "diskcache is missing" in row["subtitle"]
    assert "install" in row["subtitle"]
    shell.env = {"LANG": "zh_CN.UTF-8"}
    assert "缺少组件 diskcache" in ask(shell, command)["items"][0]["subtitle"]


def test_a_folder_that_misses_its_code_still_answers(tmp_path: Path, shell: Shell) -> None:
    for name in ("usage.py", "fallback.py", "bootstrap.py", "__init__.py"):
        (tmp_path / "bare" / "scripts").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "scripts" / name, tmp_path / "bare" / "scripts" / name)
    command = [*USAGE[:-1], str(tmp_path / "bare" / "scripts" / "usage.py")]
    assert titles(ask(shell, command)) == ["Tankful cannot show the accounts"]


# Odd environments


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in names}


def run_in(environ: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(USAGE, env=environ, capture_output=True, check=True, cwd="/")
    assert done.stderr == b""
    told: dict[str, Any] = json.loads(done.stdout)
    assert violations("scriptfilter", told) == []
    return told


def test_without_a_home(home: Path) -> None:
    environ = without("HOME", "TANKFUL_HOME", "USER", "LOGNAME")
    folders = {name: str(home / name) for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME")}
    if sys.platform == "darwin":
        folders = {"alfred_workflow_data": str(home), "alfred_workflow_cache": str(home)}
    for _ in range(2):
        assert titles(run_in({**environ, **folders})) == ["Add your first account"]


def test_in_an_empty_environment_but_for_its_home(cache: Path) -> None:
    told = run_in({"TANKFUL_HOME": str(cache.parent)})
    assert titles(told)[0] == "GLM · Work 1   41% left ▰▰▰┃▰▱▱▱▱▱▱"


@pytest.mark.parametrize("name", ["ODD", "LANG", "LC_TIME", "tankful_odd", "tankful_show"])
def test_bytes_that_are_no_text(cache: Path, shell: Shell, name: str) -> None:
    shell.env = {name: os.fsdecode(b"\xff\xfe \xe4;=\t")}
    cold, warm = ask(shell), ask(shell)
    assert cold == warm
    assert titles(cold)[0] == "GLM · Work 1   41% left ▰▰▰┃▰▱▱▱▱▱▱"


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes text only")
def test_a_home_that_is_no_text(tmp_path: Path, shell: Shell) -> None:
    shell.env = {"TANKFUL_HOME": os.fsdecode(bytes(tmp_path) + b"/h\xff")}
    assert titles(ask(shell)) == titles(ask(shell)) == ["Add your first account"]


@pytest.mark.parametrize(
    ("zone", "is_other"),
    [
        ("Asia/Shanghai", True),
        ("America/Los_Angeles", True),
        ("Nowhere/Nothing", False),
        ("", False),
    ],
)
def test_any_zone(cache: Path, shell: Shell, zone: str, is_other: bool) -> None:
    """A feed that was made in UTC has no clock times for another zone, and is rendered once."""
    here = ask(shell)["items"][0]["subtitle"]
    shell.env = {"TZ": zone}
    before = rendered_at(cache)
    there = ask(shell)["items"][0]["subtitle"]
    assert "resets in 2d 4h (" in there
    assert (there != here) == is_other
    after = rendered_at(cache)
    assert (after != before) == is_other
    assert ask(shell)["items"][0]["subtitle"] == there
    assert rendered_at(cache) == after


# A refresh that is due


@pytest.fixture
def gate(world: StandIn) -> Iterator[threading.Event]:
    """An event; the providers do not answer until it is set."""
    opened = threading.Event()

    def wait(request: Request) -> None:
        opened.wait(30)

    world.reply("*", "*", wait)
    yield opened
    opened.set()
    settle()


@pytest.fixture
def due(world: StandIn, gate: threading.Event) -> StandIn:
    """Two accounts that are due for a refresh."""
    stored.remember(stored.account("tavily-dev", "One"), stored.account("glm-intl", "Two"))
    publish.publish()
    return world


def asked(world: StandIn, path: str) -> int:
    return sum(request.path == path for request in world.requests)


@pytest.mark.timing
def test_a_due_refresh_is_started_and_not_waited_for(
    due: StandIn, gate: threading.Event, shell: Shell
) -> None:
    told = ask(shell)  # reads the output to its end: the child must have let go of it
    assert told["rerun"] == 0.7
    assert titles(told)[0].startswith("Tavily · One   72% left")
    assert told["items"][0]["subtitle"].endswith("1h ago")
    gate.set()
    until = time.monotonic() + 30
    while not titles(told)[0].startswith("Tavily · One   64% left"):
        assert time.monotonic() < until
        time.sleep(0.1)
        told = ask(shell)
    assert not told["items"][0]["subtitle"].endswith("1h ago")
    assert asked(due, "/usage") == 1


@pytest.mark.timing
def test_twenty_keystrokes_at_once_start_one_refresh(
    due: StandIn, gate: threading.Event, shell: Shell
) -> None:
    children = [
        subprocess.Popen(USAGE, env=shell.environment(), stdout=subprocess.PIPE) for _ in range(20)
    ]
    told = [json.loads(child.communicate(timeout=30)[0]) for child in children]
    assert [child.returncode for child in children] == [0] * 20
    assert all(answer.get("rerun") == 0.7 for answer in told)
    until = time.monotonic() + 30
    while asked(due, "/usage") == 0:
        assert time.monotonic() < until
        time.sleep(0.05)
    gate.set()
    settle()
    assert asked(due, "/usage") == asked(due, "/api/monitor/usage/quota/limit") == 1


def test_a_refresh_that_cannot_begin_is_not_started_with_every_key(
    due: StandIn, shell: Shell
) -> None:
    for name in ("refresh.started", "feed"):
        file = Path(paths.cache(os.environ), name)
        file.touch()
        os.utime(file, (time.time() - 4,) * 2)
    assert "rerun" not in ask(shell)
    assert due.requests == []


def test_after_a_reset_the_refresh_is_due(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev")
    quota = replace(stored.GOOD.quotas[0], resets_at=utc_now() - timedelta(seconds=1))
    usage = replace(stored.GOOD, quotas=(quota,))
    stored.remember(account, ago=2 * MINUTE, usage=usage)
    publish.publish()
    told = ask(shell)
    assert "rerun" in told
    assert "has reset" in titles(told)[0]
    settle()


# Foreign text


def test_labels_are_data(home: Path, shell: Shell) -> None:
    label = r'"\ \u0011u0:x\u0012 ' + "👩‍👩‍👧 עברית {} %s \x11\x91u0\x92gone\x92\x91"
    known = examples.many(1, utc_now())[0]
    examples.install([(replace(known[0], label=label), known[1])])
    cold, warm = ask(shell), ask(shell)
    assert cold == warm
    isolated = r'"\ \u0011u0:x\u0012 👩‍👩‍👧 עברית {} %s u0 gone'
    assert titles(warm)[0].startswith(f"GLM · \u2068{isolated}\u2069   41%")


def test_two_hundred_accounts(home: Path, shell: Shell) -> None:
    examples.install(examples.many(200, utc_now()))
    publish.publish()
    told = ask(shell)
    assert len(told["items"]) == 202
    book = accounts.load()
    assert [item["uid"] for item in told["items"][:200]] == [a.id for a in book.accounts]


# accounts.json changed behind our back


def test_accounts_that_come_back_are_seen_at_once(home: Path, shell: Shell) -> None:
    examples.install(examples.many(2, utc_now()))
    book = Path(paths.data(os.environ), "accounts.json")
    kept = book.read_bytes()
    book.unlink()
    assert titles(ask(shell)) == ["Add your first account"]
    book.write_bytes(kept)
    assert len(titles(ask(shell))) == 4


def test_damaged_settings_are_said_and_names_stay_hidden(home: Path, shell: Shell) -> None:
    examples.install(examples.many(2, utc_now()))
    shell.tankful("config", "privacy", "1")
    before = titles(ask(shell))
    path = Path(paths.data(os.environ), "settings.json")
    path.write_text("")
    first, *rest = ask(shell)["items"]
    (aside,) = path.parent.glob("settings.damaged-*.json")
    assert first["title"] == (
        "settings.json was damaged, so what it sets does not apply, except for privacy"
    )
    assert first["subtitle"].startswith(f"↩ Show {aside.name} in Finder: repair it")
    assert (first["arg"], first["variables"]["action"]) == (str(aside), "reveal")
    assert rest[0]["title"].startswith("Work here now: MiniMax · •••")  # which was turned off
    assert [row["title"] for row in rest[1:]] == before
    assert any("•••" in title for title in before)


def test_a_mended_file_takes_the_place_of_its_warning(home: Path, shell: Shell) -> None:
    examples.install(examples.many(2, utc_now()))
    book = Path(paths.data(os.environ), "accounts.json")
    kept = book.read_bytes()
    book.write_bytes(b"{")
    assert "damaged" in titles(ask(shell))[0]
    (aside,) = book.parent.glob("accounts.damaged-*.json")
    aside.write_bytes(kept)
    aside.rename(book)
    assert len(titles(ask(shell))) == 4


def test_a_newer_file_is_said_though_there_is_a_feed(cache: Path, shell: Shell) -> None:
    book = Path(paths.data(os.environ), "accounts.json")
    newer = book.read_bytes().replace(b'"layout": 1', b'"layout": 99')
    book.write_bytes(newer)
    for _ in range(2):
        (row,) = ask(shell)["items"]
        assert "newer" in row["subtitle"]
    assert book.read_bytes() == newer
