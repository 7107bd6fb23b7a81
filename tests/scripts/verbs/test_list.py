from __future__ import annotations

import json
import os
import shutil
import sys
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests import examples, stored
from tests.conftest import Ran, Shell
from tests.said import Phrase
from tests.standin import KEYS, Reply, StandIn
from tests.stored import GOOD, SIX, remember, save, six, snapshot
from tests.terminal import terminal
from workflow import feed, paths, settings
from workflow.i18n.message import _
from workflow.models import Balance, Failure, Quota, Role, Snapshot, Spend, Usage, utc_now
from workflow.records import replace
from workflow.refresh import run as refresh
from workflow.storage import accounts

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "facts" / "usage.schema.json").read_text(encoding="utf-8")
)
VALID = jsonschema.Draft202012Validator(SCHEMA)
HOUR = timedelta(hours=1)


def read(ran: Ran) -> dict[str, Any]:
    """The answer, checked against the schema."""
    assert ran.code == 0, ran.err
    told: dict[str, Any] = json.loads(ran.out, parse_constant=pytest.fail)
    VALID.validate(told)
    return told


def listed(shell: Shell, *flags: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(shell.tankful("list", "--json", *flags))["accounts"]
    return found


def only(shell: Shell, usage: Usage | None = None, **more: Any) -> dict[str, Any]:
    """The entry of one account that has just answered like this."""
    account = stored.account("tavily-dev", "Work")
    fields = {"fetched_at": utc_now() if usage else None, **more}
    save(Snapshot(account.id, usage, **fields))
    (entry,) = listed(shell)
    return entry


def stamp(when: datetime) -> str:
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_without_accounts_the_answer_is_whole(world: StandIn, shell: Shell) -> None:
    told = read(shell.tankful("list", "--json"))
    assert told["accounts"] == []
    at = datetime.strptime(told["generated_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs(at - utc_now()) < timedelta(minutes=1)


def test_every_field_of_the_answer(world: StandIn, shell: Shell) -> None:
    now = utc_now().replace(microsecond=0)
    resets = now + 2 * HOUR
    since = now - 24 * HOUR
    usage = Usage(
        quotas=(Quota("5 hours", "%", Decimal(28), Decimal(100), Decimal(72), 18000, resets),),
        balances=(Balance(Decimal("42.18"), "CNY", Decimal(12)),),
        spends=(Spend(Decimal("1.31"), "USD", since, now, "day"),),
        plan="Pro",
        notice=Phrase("renews soon", "即将续订"),
    )
    account = stored.account("glm-cn", "Work")
    save(Snapshot(account.id, usage, now))
    told = listed(shell)
    pace = told[0]["quotas"][0]["pace"]
    assert (pace["verdict"], pace["why"], pace["runs_out_at"]) == ("lasts", None, None)
    assert pace["expected_percent"] == pytest.approx(60, abs=0.5)
    assert pace["ahead_points"] == pytest.approx(-32, abs=0.5)
    assert told == [
        {
            "id": account.id,
            "provider": "glm",
            "label": "Work",
            "region": "cn",
            "scope": {},
            "level": "plenty",
            "reason": None,
            "blocked": None,
            "plan": "Pro",
            "quotas": [
                {
                    "label": "5 hours",
                    "role": "binding",
                    "part_of": None,
                    "unit": "%",
                    "used": 28,
                    "limit": 100,
                    "remaining": 72,
                    "used_percent": 28.0,
                    "unlimited": False,
                    "estimated": False,
                    "window_seconds": 18000,
                    "resets_at": stamp(resets),
                    "pace": pace,
                    "since_last_look": None,
                }
            ],
            "balances": [
                {
                    "available": 42.18,
                    "unit": "CNY",
                    "granted": 12,
                    "role": "binding",
                    "runway_days": None,
                    "runway_days_max": None,
                    "runway_hours": None,
                    "why": "too_little",
                    "since_last_look": None,
                }
            ],
            "spends": [
                {
                    "amount": 1.31,
                    "unit": "USD",
                    "since": stamp(since),
                    "until": stamp(now),
                    "period": "day",
                }
            ],
            "notice": "renews soon",
            "fetched_at": stamp(now),
            "stale": False,
            "credential": {"kind": "api_key", "expires_at": None},
            "failure": None,
        }
    ]


def test_a_failure_stands_beside_the_last_good_numbers(world: StandIn, shell: Shell) -> None:
    at = utc_now().replace(microsecond=0)
    failure = Failure("rate_limited", Phrase("slow down", "太快"), at, at + HOUR)
    entry = only(shell, GOOD, fetched_at=at - 2 * HOUR, failure=failure)
    assert entry["failure"] == {
        "kind": "rate_limited",
        "message": "slow down",
        "at": stamp(at),
        "retry_at": stamp(at + HOUR),
    }
    assert entry["quotas"][0]["used"] == 28
    assert (entry["fetched_at"], entry["stale"]) == (stamp(at - 2 * HOUR), True)


def test_messages_follow_the_language(world: StandIn, shell: Shell) -> None:
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    failure = Failure("blocked", _("no connection"), utc_now())
    usage = replace(GOOD, notice=_("money is owed"))
    entry = only(shell, usage, failure=failure)
    assert (entry["failure"]["message"], entry["notice"]) == ("无法连接", "已欠费")


QUOTAS: dict[str, Any] = {
    "unlimited": (
        Quota("Plan", "%", None, None, None, unlimited=True),
        {"limit": None, "used": None, "remaining": None, "used_percent": None, "unlimited": True},
    ),
    "no limit told": (
        Quota("Plan", "tokens", Decimal(12), None, None),
        {"used": 12, "limit": None, "remaining": None, "used_percent": None, "unlimited": False},
    ),
    "only the rest told": (
        Quota("Deep research", "requests", None, None, Decimal(8)),
        {"used": None, "limit": None, "remaining": 8, "used_percent": None},
    ),
    "beyond the limit": (
        Quota("Plan", "credits", Decimal(1300), Decimal(1000), Decimal(0)),
        {"used": 1300, "limit": 1000, "remaining": 0, "used_percent": 130.0},
    ),
    "a limit of zero": (
        Quota("Plan", "credits", Decimal(0), Decimal(0), Decimal(0)),
        {"used": 0, "limit": 0, "remaining": 0, "used_percent": None},
    ),
    "fractions": (
        Quota("Plan", "USD", Decimal("1.25"), Decimal(3), Decimal("1.75"), estimated=True),
        {"used": 1.25, "limit": 3, "remaining": 1.75, "used_percent": 41.6667, "estimated": True},
    ),
}


@pytest.mark.parametrize(("quota", "told"), QUOTAS.values(), ids=QUOTAS.keys())
def test_a_quota(world: StandIn, shell: Shell, quota: Quota, told: dict[str, Any]) -> None:
    (entry,) = only(shell, Usage((quota,)))["quotas"]
    assert {name: entry[name] for name in told} == told


def test_the_binding_main_quota_comes_first_and_side_lanes_last(
    world: StandIn, shell: Shell
) -> None:
    def share(label: str, used: int, role: Role = "binding") -> Quota:
        return Quota(label, "%", Decimal(used), Decimal(100), Decimal(100 - used), role=role)

    quotas = (share("Video", 100, "secondary"), share("5 hours", 10), share("Weekly", 60))
    entry = only(shell, Usage(quotas))
    assert [quota["label"] for quota in entry["quotas"]] == ["Weekly", "5 hours", "Video"]


@pytest.mark.parametrize(
    ("ago", "reset", "stale"),
    [(0, None, False), (9, None, False), (11, None, True), (2, -1, True), (2, 1, False)],
)
def test_stale(world: StandIn, shell: Shell, ago: int, reset: int | None, stale: bool) -> None:
    now = utc_now()
    resets = None if reset is None else now + timedelta(minutes=reset)
    quota = replace(GOOD.quotas[0], resets_at=resets)
    entry = only(shell, Usage((quota,)), fetched_at=now - timedelta(minutes=ago))
    assert entry["stale"] is stale


@pytest.mark.slow
def test_every_credential_of_the_world_fits_the_schema(world: StandIn, shell: Shell) -> None:
    for key in KEYS.values():
        stored.account(key.name)
    refresh.refresh()
    entries = listed(shell)
    assert len(entries) == len(KEYS)
    for entry in entries:
        for quota in entry["quotas"]:
            agree(quota)
    known = {entry["label"]: entry for entry in entries}
    assert known["tavily-exhausted"]["quotas"][0]["used_percent"] == 100.0
    owed = {
        "available": 9.1,
        "unit": "CNY",
        "granted": 9.1,
        "role": "binding",
    }
    assert owed.items() <= known["kimi-debt-cn"]["balances"][0].items()
    assert known["openai-admin"]["spends"][0]["since"].endswith("-01T00:00:00Z")
    assert known["chatgpt-plus"]["credential"]["kind"] == "access_token"
    assert known["openai-project"]["failure"]["kind"] == "wrong_credential"
    fine = [entry for entry in entries if entry["failure"] is None]
    assert all(not entry["stale"] and entry["fetched_at"] for entry in fine)
    numbers = ("quotas", "balances", "spends", "plan", "notice", "blocked", "reason")
    assert [e["label"] for e in fine if not any(e[name] for name in numbers)] == []


def agree(quota: dict[str, Any]) -> None:
    """Used, limit, remaining and percentage say the same."""
    used, limit, left = quota["used"], quota["limit"], quota["remaining"]
    if None in (used, limit):
        assert quota["used_percent"] is None
        return
    assert left == pytest.approx(max(0, limit - used))
    if limit:
        assert quota["used_percent"] == pytest.approx(used * 100 / limit, abs=0.001)


def test_with_nothing_known_it_waits_for_the_refresh(world: StandIn, shell: Shell) -> None:
    six()
    entries = listed(shell)
    assert sorted(entry["provider"] for entry in entries) == sorted(SIX)
    assert all(entry["fetched_at"] and entry["failure"] is None for entry in entries)


def test_with_every_account_failing_it_still_exits_0(world: StandIn, shell: Shell) -> None:
    six()
    world.reply("*", "*", Reply(500))
    entries = listed(shell)
    assert {entry["failure"]["kind"] for entry in entries} == {"provider_failed"}
    assert all(
        (entry["quotas"], entry["fetched_at"], entry["stale"]) == ([], None, True)
        for entry in entries
    )
    world.reset()
    ran = shell.tankful("list")
    assert ran.code == 0
    assert (
        ran.out.count("Tankful tries again by itself") + ran.out.count("has a server problem") >= 6
    )


@pytest.mark.timing
def test_what_is_known_is_shown_at_once_and_refreshed_behind(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev")
    fetched = remember(account)
    world.delay = 0.5
    (entry,) = listed(shell)
    assert (entry["fetched_at"], entry["plan"]) == (stamp(fetched), "Remembered")
    until = time.monotonic() + 20
    while snapshot(account.id).usage == GOOD:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert len(world.requests) == 1


def test_wait_waits(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev"))
    (entry,) = listed(shell, "--wait")
    assert entry["plan"] == "Researcher"


def test_nothing_is_asked_when_nothing_is_due(world: StandIn, shell: Shell) -> None:
    remember(*six().values(), ago=timedelta(0))
    for flags in ((), ("--wait",)):
        assert {entry["plan"] for entry in listed(shell, *flags)} == {"Remembered"}
    assert world.requests == []


@pytest.mark.parametrize("flags", [(), ("--json",), ("--plain",)])
def test_a_name_that_is_none_is_wrong_usage_also_without_accounts(
    shell: Shell, flags: tuple[str, ...]
) -> None:
    ran = shell.tankful("list", "nobody", *flags)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "tankful: there is no account 'nobody'; see `tankful list`\n"


def test_a_damaged_file_is_kept_aside_and_reported(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev")
    Path(accounts.path()).write_text("{damaged", encoding="utf-8")
    ran = shell.tankful("list")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "accounts.json was damaged and is kept as" in ran.err
    (kept,) = Path(accounts.path()).parent.glob("accounts.damaged-*.json")
    assert kept.read_text(encoding="utf-8") == "{damaged"
    document = shell.tankful("list", "--json")
    assert document.code == 1
    assert json.loads(document.out)["accounts"] == []
    assert document.err == shell.tankful("list", "--plain").err == ran.err


@pytest.mark.parametrize(
    ("line", "out"),
    [
        *[(line, "") for line in ("list", "list Work", "list --plain", "summary", "metrics")],
        *[(line, "") for line in ("refresh", "refresh --due", "refresh --brief", "refresh Work")],
        *[(line, "") for line in ("exchange", "show Work", "trend Work", "summary --glance")],
        ("prompt", "⚠ accounts.json\n"),
    ],
)
def test_a_damaged_file_is_a_failure_of_every_verb_that_reads_it(
    shell: Shell, line: str, out: str
) -> None:
    stored.account("tavily-dev", "Work")
    Path(accounts.path()).write_text("{damaged", encoding="utf-8")
    for ran in [shell.tankful(*line.split()) for _turn in range(2)]:  # it is renamed at the first
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, out, 1)
        assert ran.err.startswith("tankful: accounts.json was damaged and is kept as ")
    shown = json.loads(shell.tankful("prompt", "--json").out)
    assert (shown["text"], shown["class"]) == ("⚠ accounts.json", "error")
    assert shown["tooltip"].startswith("accounts.json was damaged and is kept as ")


@pytest.mark.parametrize(
    "line", ["list", "list --json", "list --plain", "summary", "summary --glance", "show Work"]
)
def test_what_privacy_was_lost_with_is_said(world: StandIn, shell: Shell, line: str) -> None:
    save(Snapshot(stored.account("tavily-dev", "Work").id, GOOD, utc_now()))
    shell.tankful("config", "privacy", "1")
    Path(settings.path()).write_text('{"privacy": 1', encoding="utf-8")
    ran = shell.tankful(*line.split())
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert ran.err.startswith("tankful: settings.json was damaged, so what it sets does not apply")


@pytest.mark.parametrize("is_hidden", [False, True])
def test_programs_read_no_sentence_as_an_account(
    world: StandIn, shell: Shell, is_hidden: bool
) -> None:
    if is_hidden:
        save(Snapshot(stored.account("tavily-dev", "Work").id, GOOD, utc_now()))
        shell.tankful("order", "Work", "hide")
    ran = shell.tankful("list", "--plain")
    assert (ran.code, ran.out, ran.err.count("\n")) == (0, "", 1)
    assert ("tankful order NAME show" if is_hidden else "tankful add") in ran.err


def test_without_an_account_the_table_says_how_to_add_one(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful("list")
    assert (ran.code, ran.out) == (0, "No accounts yet. Add one: tankful add\n")
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert shell.tankful("list").out == "还没有账号。添加：tankful add\n"


def test_the_table_says_who_what_and_what_next(world: StandIn, shell: Shell) -> None:
    one, two = stored.account("tavily-dev", "Work"), stored.account("glm-intl", "Home")
    now = utc_now()
    save(Snapshot(one.id, GOOD, now - timedelta(minutes=2)))
    why = Failure("credential_rejected", Phrase("GLM refuses; make a new key", "拒绝"), now)
    save(Snapshot(two.id, GOOD, now - timedelta(hours=3), why))
    ran = shell.tankful("list")
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    flat = " ".join(ran.out.split())
    for words in ("Work", "72% left", "▰", "2m ago", "Remembered", "Home", "3h ago", "make a new"):
        assert words in flat, flat


def test_the_bare_command_is_the_list(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(0))
    assert shell.tankful().out == shell.tankful("list").out != ""


def test_a_terminal_gets_colour(world: StandIn, shell: Shell) -> None:
    six()
    refresh.refresh()
    shown = terminal(shell, "list")
    assert "\x1b[" in shown
    assert "▰" in shown
    assert all(label in shown for label in SIX.values())
    shell.env["NO_COLOR"] = "1"
    assert "\x1b[3" not in terminal(shell, "list")


FULL = ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-m", "scripts.tankful"]


@pytest.mark.slow
def test_on_a_full_disk_known_numbers_are_shown_and_new_ones_told(
    world: StandIn, shell: Shell
) -> None:
    account = stored.account("tavily-dev", "Work")
    remember(account)
    log = Path(f"{os.environ['TANKFUL_TEST_KEYRING']}.log")
    log.unlink()
    log.symlink_to("/dev/null")  # the store has room for what it notes
    assert "Remembered" in shell.run([*FULL, "list"]).quiet.out
    (entry,) = read(shell.run([*FULL, "list", "--json"]).quiet)["accounts"]
    assert entry["plan"] == "Remembered"
    assert entry["stale"]
    ran = shell.run([*FULL, "refresh"]).quiet
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert ran.err.startswith("tankful: the new numbers could not be kept (")
    assert ran.out.startswith("✓ Tavily · Work: 64% left")
    (entry,) = json.loads(shell.run([*FULL, "list", "--json", "--wait"]).out)["accounts"]
    assert (entry["plan"], entry["stale"]) == ("Researcher", False)
    assert snapshot(account.id).usage == GOOD  # nothing was kept, and nothing is lost


@pytest.mark.parametrize("verb", ["list", "refresh", "summary"])
def test_without_a_cache_folder_the_numbers_are_told(
    world: StandIn, shell: Shell, home: Path, verb: str
) -> None:
    stored.account("tavily-dev", "Work")
    shutil.rmtree(home / "tankful" / "cache", ignore_errors=True)
    (home / "tankful" / "cache").write_text("in the way")
    ran = shell.tankful(verb)
    assert ran.code == 0
    assert "could not be kept (Not a directory)" in ran.err
    assert "64%" in ran.out


def test_numbers_of_a_clock_that_ran_ahead_are_of_unknown_age(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev", "Work")
    for ahead in (timedelta(minutes=2), timedelta(days=3), timedelta(days=9000)):
        save(Snapshot(account.id, GOOD, utc_now() + ahead))
        world.reply("api.tavily.com", "*", Reply(500))
        shown = shell.tankful("show", "Work")
        assert "Remembered" in shown.out
        assert "age unknown" in shown.out
        world.reset()
        ran = shell.tankful("refresh", "Work")
        assert ran.out.startswith("✓")
        assert "just now" in ran.out
    assert len(world.requests) == 1
    save(Snapshot(account.id, GOOD, utc_now() + HOUR))
    assert [(e["fetched_at"], e["stale"]) for e in listed(shell, "--wait")] != [(None, True)]
    assert len(world.requests) == 2


def test_one_number_that_is_none_takes_no_json_from_the_others(
    world: StandIn, shell: Shell
) -> None:
    for label in ("one", "two"):
        stored.account("tavily-dev", label)
    tiny = {
        "account": {"plan_usage": 361, "plan_limit": 1e-20},
        "key": {"usage": 361, "limit": None},
    }
    world.reply("api.tavily.com", "*", [Reply(200, tiny), Reply(200, tiny)])
    shell.tankful("refresh")
    assert {entry["label"] for entry in listed(shell)} == {"one", "two"}


def test_the_table_is_a_look_and_the_answer_to_a_program_is_none(shell: Shell) -> None:
    examples.install(examples.six(utc_now()))
    assert shell.tankful("list").code == 0
    looked = Path(paths.cache(os.environ), feed.LOOKED)
    for words, is_look in ((["--json"], False), ([], True)):
        looked.touch()
        os.utime(looked, (0, 0))
        shell.tankful("list", *words)
        assert bool(looked.stat().st_mtime) is is_look


@pytest.mark.parametrize("flags", ["--json --plain", "--watch --json", "--watch --plain"])
def test_one_form_at_a_time(shell: Shell, flags: str) -> None:
    ran = shell.tankful(*flags.split())
    assert (ran.code, ran.out) == (2, "")
    assert "--watch, --json and --plain do not go together" in ran.err


def test_json_is_of_the_named_accounts(shell: Shell) -> None:
    stored.account("tavily-dev", "Work")
    home = stored.account("glm-intl", "Home")
    report = json.loads(shell.tankful("list", "--json", "glm").out)
    assert [each["id"] for each in report["accounts"]] == [home.id]
    ran = shell.tankful("list", "--json", "nobody")
    assert (ran.code, ran.out) == (2, "")
