from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Callable

import pytest

from scripts.verbs import refresh
from tests import stored
from tests.conftest import ROOT, Ran, Shell
from tests.said import both
from tests.standin import KEYS, Reply, Request, StandIn, faults
from tests.stored import GOOD, MAIN, SIX, remember, six, snapshot
from tests.terminal import rest, terminal
from workflow import paths
from workflow.credentials import store
from workflow.models import Account
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import state
from workflow.storage import accounts

TAVILY = "api.tavily.com"
SPARED = {  # what is imported somewhere, and no refresh needs
    *("configparser", "httpcore", "importlib_metadata", "more_itertools", "pickletools"),
    *("mistune", "rich", "workflow.actions.add", "workflow.doctor.report"),
}
NOTHING_DUE = "All numbers are fresh. Refresh anyway: tankful refresh\n"


def test_every_account_gets_a_line(world: StandIn, shell: Shell) -> None:
    six()
    world.reply(TAVILY, "*", Reply(500))
    ran = shell.tankful("refresh")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert sorted(line[:2] for line in lines) == ["✓ "] * 5 + ["✗ "]
    (bad,) = [line for line in lines if line.startswith("✗")]
    assert "tavily-dev" in bad
    assert "⚠ provider error · ⚠ Tankful tries again by itself" in bad


def test_it_speaks_the_user_s_language(world: StandIn, shell: Shell) -> None:
    shell.env["LANG"] = "zh_CN.UTF-8"
    stored.account("tavily-dev")
    assert "剩余 64%" in shell.tankful("refresh").out
    assert shell.tankful("refresh", "--due").err.startswith("数据都是最新的")


@pytest.mark.parametrize("line", [["refresh"], ["refresh", "--brief"], ["list", "--wait"]])
def test_numbers_that_cannot_be_kept_are_shown_and_the_reason_is_said(
    world: StandIn, shell: Shell, line: list[str]
) -> None:
    stored.account("tavily-dev")
    cache = Path(paths.cache(os.environ))
    cache.mkdir(parents=True, exist_ok=True)
    (cache / paths.SNAPSHOTS).write_text("a file where the database has its folder")
    ran = shell.tankful(*line)
    said = f"the new numbers could not be kept (Not a directory); check {cache}, its permissions and its disk"
    assert ran.code == 0
    assert said in (ran.out if "--brief" in line else ran.err)
    assert "1 refreshed" in ran.out or "64% left" in ran.out


def test_it_loads_nothing_that_it_does_not_use(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev")
    command = [sys.executable, "-X", "importtime", "-m", "scripts.tankful"]
    ran = shell.run([*command, "refresh"])
    assert ran.out.startswith("✓ ")
    lines = [line for line in ran.err.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in lines}
    assert {"httpx", "keyring", "workflow.alfred.lists"} <= loaded
    assert loaded & SPARED == set()
    assert not {f"workflow.providers.{name}" for name in SIX if name != "tavily"} & loaded


def test_nothing_due(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev"), ago=timedelta(0))
    assert shell.tankful("refresh", "--due") == Ran(0, "", NOTHING_DUE)
    assert shell.tankful("refresh", "--due", "--brief") == Ran(0, NOTHING_DUE, "")
    assert world.requests == []


def test_of_many_that_have_failed_the_first_are_named(world: StandIn, shell: Shell) -> None:
    for name in "ABCDEF":
        stored.account("tavily-dev", name)
    world.reply(TAVILY, "*", Reply(401))
    assert shell.tankful("refresh").code == 1
    line = shell.tankful("refresh", "--due").err
    assert "Tavily · A, Tavily · B, Tavily · C, Tavily · D, Tavily · E, … (" in line
    assert "Tavily · F" not in line


def test_what_has_failed_is_not_called_fresh(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(0))
    account = stored.account("kimi-cn", "Cash")
    world.reply("api.moonshot.cn", "*", faults.wrong_key("kimi"))
    assert shell.tankful("refresh", "Cash").code == 1
    line = (
        "Nothing is due yet; the last refresh failed: KIMI · Cash (tankful list says what helps)\n"
    )
    assert shell.tankful("refresh", "--due") == Ran(0, "", line)
    assert shell.tankful("refresh", "--due", "--brief") == Ran(0, line, "")
    assert shell.tankful("remove", account.id, "--yes").code == 0
    assert shell.tankful("refresh", "--due") == Ran(0, "", NOTHING_DUE)


@pytest.mark.parametrize("words", [[], ["--all"], ["Work"], ["--brief"], ["--all", "--brief"]])
def test_what_is_new_is_asked_too(world: StandIn, shell: Shell, words: list[str]) -> None:
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(0))
    ran = shell.tankful("refresh", *words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "1 refreshed, none failed" if "--brief" in words else "✓ Tavily · Work"
    )
    assert len(world.requests) == 1


def test_only_what_is_due(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev", "New"), ago=timedelta(0))
    remember(stored.account("tavily-paygo", "Old"), ago=timedelta(hours=1))
    assert shell.tankful("refresh", "--due").out.startswith("✓ Tavily · Old")
    assert len(world.requests) == 1


@pytest.mark.parametrize("words", [["--due", "--all"], ["--due", "Work"], ["--all", "Work"]])
@pytest.mark.parametrize(("language", "said"), [("en", "or --due"), ("zh", "之一")])
def test_whom_to_ask_is_said_once(
    world: StandIn, shell: Shell, words: list[str], language: str, said: str
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    stored.account("tavily-dev", "Work")
    ran = shell.tankful("refresh", *words)
    assert (ran.code, ran.out, world.requests) == (2, "", [])
    assert said in ran.err


@pytest.mark.parametrize("words", [[], ["--all"], ["--due"]])
def test_who_said_to_wait_is_spared_among_others(
    world: StandIn, shell: Shell, words: list[str]
) -> None:
    stored.account("tavily-dev", "Held")
    world.reply(TAVILY, "*", faults.too_many_requests(3000))
    shell.tankful("refresh")
    remembered(minutes=10)
    stored.account("kimi-cn", "Free")
    ran = shell.tankful("refresh", *words)
    assert ran.code == 0
    assert ran.out.startswith("✓ KIMI · Free")
    assert ran.out.count("\n") == 1
    assert "Held has to wait until " in ran.err
    assert "--force" in ran.err
    brief = shell.tankful("refresh", "--brief").out
    assert brief.startswith("1 refreshed, none failed; waiting until ")
    assert brief.endswith(": Tavily · Held\n")
    world.reset()
    assert "✓ Tavily · Held" in shell.tankful("refresh", "--force").out


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "before 1 account was refreshed (GLM · 1); "),
        (5, "before 5 accounts were refreshed (GLM · 1, GLM · 2, GLM · 3, GLM · 4, GLM · 5); "),
        (7, "before 7 accounts were refreshed (GLM · 1, GLM · 2, GLM · 3, GLM · 4, GLM · 5, …); "),
    ],
)
def test_who_was_left_out_is_named(count: int, said: str) -> None:
    late = [Account(f"glm-{n}", "glm", str(n)) for n in range(1, count + 1)]
    english, chinese = both(refresh.late_message(late, Settings()))
    assert said in english
    assert f"还有 {count} 个" in chinese
    assert ("…" in english) == ("…" in chinese) == (count > 5)


def test_without_accounts(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful("refresh")
    assert (ran.code, ran.out) == (0, "")
    assert "tankful add" in ran.err


def test_accounts_are_named_by_id_or_label(world: StandIn, shell: Shell) -> None:
    one, two = stored.account("tavily-dev", "One"), stored.account("tavily-paygo", "Zwei")
    remember(one, two, ago=timedelta(0))
    ran = shell.tankful("refresh", one.id, "zwei")
    assert ran.code == 0
    assert sorted(line.partition(":")[0] for line in ran.out.splitlines()) == [
        "✓ Tavily · One",
        "✓ Tavily · Zwei",
    ]


@pytest.mark.parametrize("wanted", ["nobody", ""])
def test_an_unknown_account(world: StandIn, shell: Shell, wanted: str) -> None:
    stored.account("tavily-dev")
    ran = shell.tankful("refresh", wanted)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert f"there is no account {wanted!r}" in ran.err
    assert world.requests == []


def test_a_provider_means_all_its_accounts(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev", "Tavily"), stored.account("tavily-paygo", "One"))
    ran = shell.tankful("refresh", "tavily", "tavily/one")
    assert sorted(line.partition(":")[0] for line in ran.out.splitlines()) == [
        "✓ Tavily",
        "✓ Tavily · One",
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_connection_is_one_line(world: StandIn, shell: Shell, language: str) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    remember(stored.account("tavily-dev"), stored.account("kimi-cn"), stored.account("glm-cn"))
    world.reply("*", "*", faults.closed())
    ran = shell.tankful("refresh")
    assert (ran.code, ran.err) == (1, "")
    line = {
        "en": "✗ no connection: 3 accounts could not be reached; check the connection or proxy\n",
        "zh": "✗ 没有网络连接：3 个账号无法连接；请检查网络或代理\n",
    }
    assert ran.out == line[language]


def test_one_that_is_not_reached_has_its_line(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev"), stored.account("kimi-cn"), stored.account("glm-cn"))
    for host in (TAVILY, "api.moonshot.cn"):
        world.reply(host, "*", faults.closed())
    ran = shell.tankful("refresh")
    assert ran.out.count("⚠ cannot be reached") == 2
    assert sorted(line[0] for line in ran.out.splitlines()) == ["✓", "✗", "✗"]


def test_an_ambiguous_label(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev", "Work")
    stored.account("kimi-cn", "Work")
    ran = shell.tankful("refresh", "work")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "tavily/Work, kimi/Work" in ran.err


def test_it_fails_only_when_every_account_it_asked_failed(world: StandIn, shell: Shell) -> None:
    one = stored.account("tavily-dev", "One")
    stored.account("kimi-intl", "Two")
    world.reply(TAVILY, "*", Reply(401))
    assert shell.tankful("refresh").code == 0
    assert shell.tankful("refresh").code == 0
    assert shell.tankful("refresh", one.id).code == 1
    assert shell.tankful("refresh", "Two").code == 0


def test_wrong_usage(shell: Shell) -> None:
    ran = shell.tankful("refresh", "--nonsense")
    assert (ran.code, ran.out) == (2, "")
    assert "--nonsense" in ran.err


@pytest.mark.parametrize("named", [True, False])
def test_a_retry_after_is_respected_and_said(world: StandIn, shell: Shell, named: bool) -> None:
    stored.account("tavily-dev", "Work")
    world.reply(TAVILY, "*", faults.too_many_requests(3000))
    assert shell.tankful("refresh").code == 1
    if not named:
        remembered(minutes=10)
    ran = shell.tankful("refresh", *(["Work"] if named else []))
    assert (ran.code, ran.out, ran.err.count("\n")) == (0, "", 1)
    assert "Work has to wait until " in ran.err
    assert "--force" in ran.err
    brief = shell.tankful("refresh", "--all", "--brief")
    assert (brief.code, brief.err, brief.out.count("\n")) == (0, "", 1)
    assert brief.out.startswith("waiting until ")
    assert brief.out.endswith(": Tavily · Work\n")
    assert len(world.requests) == 1
    world.reset()
    assert shell.tankful("refresh", "Work", "--force").out.startswith("✓")
    assert len(world.requests) == 1


def remembered(minutes: int) -> None:
    """Make the failures of all accounts this much older."""
    for account in accounts.load().accounts:
        known = snapshot(account.id)
        assert known.failure
        failure = replace(known.failure, at=known.failure.at - timedelta(minutes=minutes))
        stored.save(replace(known, failure=failure))


def test_a_failure_that_asks_for_the_user_is_asked_again_when_named(
    world: StandIn, shell: Shell
) -> None:
    account = stored.account("tavily-dev", "Work")
    world.reply(TAVILY, "*", Reply(401))
    assert shell.tankful("refresh").code == 1
    store.store(account, store.read(account))
    world.reset()
    assert shell.tankful("refresh", "--due").err == (
        "Nothing is due yet; the last refresh failed: Tavily · Work (tankful list says what helps)\n"
    )
    assert shell.tankful("refresh", "Work").code == 0
    assert len(world.requests) == 1


def test_twenty_at_once_ask_each_account_once(world: StandIn, shell: Shell) -> None:
    told = six()
    world.delay = 0.2
    with ThreadPoolExecutor(20) as pool:
        ran = list(pool.map(lambda _: shell.tankful("refresh", "--due"), range(20)))
    assert {each.code for each in ran} == {0}
    main = set(MAIN.values())
    asked = Counter((r.host, r.path) for r in world.requests if (r.host, r.path) in main)
    assert asked == dict.fromkeys(main, 1)
    assert sum(len(each.out.splitlines()) for each in ran) == len(told)
    assert sum(each.err == NOTHING_DUE for each in ran) == 19


def test_a_background_one_leaves_at_once_when_another_runs(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev")
    left = threading.Event()

    def slow(request: Request) -> Reply | None:
        assert left.wait(9)
        return None

    world.reply(TAVILY, "*", slow)
    with running(shell) as first:
        wait(lambda: world.requests)
        assert shell.tankful("refresh", "--background") == Ran(0, "", "")
        assert first.poll() is None
        left.set()
        first.communicate(timeout=30)
    assert len(world.requests) == 1


def test_an_interrupted_refresh_does_not_blame_the_network(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev", "Work")
    left = threading.Event()

    def slow(request: Request) -> Reply | None:
        left.wait(9)
        return None

    world.reply(TAVILY, "*", slow)
    with running(shell) as process:
        wait(lambda: world.requests)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        left.set()
    assert process.returncode == 130
    assert "✗" not in out
    assert snapshot(account.id).failure is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_terminal_has_its_cursor_after_a_kill(world: StandIn, shell: Shell, number: int) -> None:
    stored.account("tavily-dev", "Work")
    world.delay = 9.0
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.tankful", "refresh"],
        env={**shell.environment(), "TERM": "xterm-256color"},
        cwd=ROOT,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    wait(lambda: world.requests)
    process.send_signal(number)
    assert process.wait(30) == (130 if number == signal.SIGINT else 128 + number)
    shown = rest(ours)
    assert shown.count(b"\x1b[?25l") == shown.count(b"\x1b[?25h") == 1


def running(shell: Shell, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.tankful", "refresh", *args],
        env=shell.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait(until: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.005)


# Killed


@pytest.mark.parametrize("moment", ["start", "first request", "some answers", "last answer"])
def test_a_killed_refresh_loses_nothing(world: StandIn, shell: Shell, moment: str) -> None:
    told = six()
    fetched = remember(*told.values())
    for place, (host, _) in enumerate(MAIN.values()):
        world.reply(host, "*", slowly(world, place))
    with running(shell) as process:
        reached(world, process, moment, told)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    answered = 0
    for account in told.values():
        known = snapshot(account.id)
        assert known.usage is not None
        assert known.fetched_at is not None
        assert known.failure is None
        answered += known.fetched_at > fetched
    assert answered >= {"some answers": 1, "last answer": 5}.get(moment, 0)
    assert [a.id for a in state.read().book.accounts] == [a.id for a in told.values()]
    world.reset()
    ran = shell.tankful("refresh", "--due")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == len(told) - answered
    assert all(snapshot(account.id).usage != GOOD for account in told.values())
    leftovers = [name for name in os.listdir(os.environ["TANKFUL_HOME"]) if ".new" in name]
    assert leftovers == []


def slowly(world: StandIn, place: int) -> Callable[..., Reply | None]:
    return lambda request: dataclasses.replace(world.world.answer(request), delay=0.15 * place)


def reached(
    world: StandIn, process: subprocess.Popen[str], moment: str, told: dict[str, Account]
) -> None:
    if moment == "start":
        wait(lambda: os.path.exists(f"{os.environ['TANKFUL_HOME']}/cache/refresh.lock"))
    elif moment == "first request":
        wait(lambda: world.requests)
    else:
        answers = 1 if moment == "some answers" else len(told) - 1
        assert process.stdout is not None
        assert "TANKFUL_LOOPBACK" in process.stdout.readline()
        heard: list[str] = [process.stdout.readline() for _ in range(answers)]
        assert all(line.startswith("✓") for line in heard)


def test_a_killed_one_gives_the_lock_back(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev")
    world.reply(TAVILY, "*", faults.hang())
    with running(shell) as process:
        wait(lambda: world.requests)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    world.reset()
    assert shell.tankful("refresh", seconds=20).code == 0


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_no_secret_in_sight_of_other_processes(world: StandIn, shell: Shell) -> None:
    told = six()
    world.delay = 1.0
    with running(shell) as process:
        wait(lambda: world.requests)
        place = Path("/proc", str(process.pid))
        seen = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
        process.communicate(timeout=20)
    for provider in told:
        assert KEYS[SIX[provider]].value.encode() not in seen
    assert process.returncode == 0


def test_a_terminal_sees_names_as_they_are(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev", "[red]a:b")
    assert "✓\x1b[0m Tavily · [red]a:b: " in terminal(shell, "refresh")


def test_a_terminal_sees_progress(world: StandIn, shell: Shell) -> None:
    six()
    world.reply(TAVILY, "*", Reply(500, delay=0.5))
    shown = terminal(shell, "refresh")
    assert "Refreshing" in shown
    assert "/6" in shown
    assert shown.count("✓") == 5
    assert shown.count("✗") == 1
