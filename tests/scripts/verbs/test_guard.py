"""``tankful guard``: exit codes, one line, the same from the pack and without it, no requests except with --wait."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scripts.verbs import guard
from tests import examples, stored
from tests.conftest import ROOT, Shell
from tests.examples import GLM, KIMI, Known, share
from tests.said import Phrase
from tests.standin import StandIn, faults
from workflow import paths
from workflow.alfred import publish, served
from workflow.errors import (
    CredentialExpired,
    CredentialRejected,
    NotAvailable,
    RateLimited,
    UsageError,
)
from workflow.models import Balance, Failure, Quota, Usage, WorkBlocked, utc_now
from workflow.records import replace
from workflow.refresh import background
from workflow.storage import accounts

HOUR = timedelta(hours=1)
HEAVY = {"httpx", "rich", "keyring", "diskcache", "sqlite3", "asyncio", "workflow.state.state"}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_detach", lambda *_: None)


@pytest.fixture(params=[True, False], ids=["served", "worked-out"])
def warm(request: pytest.FixtureRequest) -> bool:
    """True if there is a pack, which has the numbers of a guard."""
    return bool(request.param)


UNLIMITED = "no limit is reported; Day 3 requests left; ask with --amount\n"


def known(
    left: str, resets: timedelta = 2 * HOUR, known: Known = GLM, ago: timedelta = timedelta(0)
) -> Known:
    """The GLM account, just refreshed, with this much left of a window of five hours."""
    now = utc_now() - ago
    quota = replace(share("5 hours", left, None, 18000), resets_at=now + resets)
    return known[0], replace(known[1], usage=Usage((quota,)), fetched_at=now)


def paid(amount: str, provider: str = "kimi") -> Known:
    account = replace(KIMI[0], id=f"{provider}-0000000b", provider=provider)
    usage = Usage(balances=(Balance(Decimal(amount), "CNY"),))
    return account, replace(KIMI[1], account_id=account.id, usage=usage, fetched_at=utc_now())


def install(*told: Known, warm: bool = True) -> None:
    examples.install(told)
    publish.publish()
    if not warm:
        Path(served.path()).unlink()


def test_enough(shell: Shell, warm: bool) -> None:
    install(known("41"), warm=warm)
    ran = shell.tankful("guard", "Work", "--left", "20")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("enough · GLM · Work: 5h 41% left, 20% wanted; resets in ")
    assert ran.out.count("\n") == 1


def test_not_enough(shell: Shell, warm: bool) -> None:
    install(known("12"), warm=warm)
    asked = (
        ("Work", "--left", "20%"),
        ("glm",),
        ("any",),
        ("all",),
        ("Work", "--left", "20 percent"),
    )
    for words, wanted in zip(asked, ("20%", *["more than 20%"] * 3, "20%")):
        ran = shell.tankful("guard", *words)
        assert (ran.code, ran.err) == (1, "")
        assert ran.out.startswith(
            f"not enough · GLM · Work: 5h 12% left, {wanted} wanted; resets in "
        )


def test_a_count_that_is_used_up_is_not_enough(shell: Shell, warm: bool) -> None:
    daily = Quota("Daily", "DIEM", None, None, Decimal(0))
    install((GLM[0], replace(GLM[1], usage=Usage((daily,)), fetched_at=utc_now())), warm=warm)
    ran = shell.tankful("guard", "Work")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("not enough · GLM · Work: Day 0 DIEM left")


@pytest.mark.parametrize(
    ("own", "words", "code", "said"),
    [
        (None, "--amount 2", 0, "enough · GLM · Work: Day 3 requests left, 2 requests wanted"),
        (None, "--amount 5", 1, "not enough · GLM · Work: Day 3 requests left, 5 requests wanted"),
        ("5", "", 1, "not enough · GLM · Work: Day 3 requests left, more than 5 requests wanted"),
        ("2", "", 0, "enough · GLM · Work: Day 3 requests left, more than 2 requests wanted"),
        (None, "", 3, f"not known · GLM · Work: {UNLIMITED}"),
        (None, "--left 20", 3, f"not known · GLM · Work: {UNLIMITED}"),
        ("5", "--left 20", 3, f"not known · GLM · Work: {UNLIMITED}"),
        (None, "--window day --amount 5", 1, "not enough · GLM · Work: Day 3 requests left, 5"),
    ],
)
def test_a_count_without_a_limit(
    shell: Shell, warm: bool, own: str | None, words: str, code: int, said: str
) -> None:
    daily = Quota("Daily", "requests", None, None, Decimal(3))
    account = replace(GLM[0], threshold=Decimal(own) if own else None)
    install((account, replace(GLM[1], usage=Usage((daily,)), fetched_at=utc_now())), warm=warm)
    ran = shell.tankful("guard", "Work", *words.split())
    assert (ran.code, ran.err) == (code, "")
    assert ran.out.startswith(said)
    told = json.loads(shell.tankful("guard", "Work", *words.split(), "--json").out)["accounts"][0]
    assert (told["left_percent"], told["available"]) == (None, 3)


@pytest.mark.parametrize("low", ["0", "3"])
def test_what_is_always_low_is_not_enough(shell: Shell, warm: bool, low: str) -> None:
    shell.tankful("config", "low", low)
    install(known("4"), warm=warm)
    ran = shell.tankful("guard", "Work")
    assert (ran.code, ran.out.partition(";")[0]) == (
        1,
        "not enough · GLM · Work: 5h 4% left, more than 5% wanted",
    )


def test_the_default_is_what_counts_as_low(shell: Shell) -> None:
    install(known("12"))
    shell.tankful("config", "low", "10")
    ran = shell.tankful("guard", "Work")
    assert ran.code == 0
    assert ran.out.startswith(
        "enough, but tight · GLM · Work: 5h 12% left, more than 10% wanted; resets in "
    )


@pytest.mark.parametrize(
    ("left", "hours", "code"),
    [("60", "2h", 0), ("60", "9h", 0), ("22", "90m", 1), ("22", "30m", 0), ("0", "1m", 1)],
)
def test_a_time(shell: Shell, warm: bool, left: str, hours: str, code: int) -> None:
    install(known(left), warm=warm)  # three of five hours have passed
    ran = shell.tankful("guard", "Work", "--for", hours)
    assert (ran.code, ran.err) == (code, "")
    if left == "22":
        assert ran.out.startswith(
            ("enough, but tight · " if code == 0 else "not enough · ") + "GLM · Work: runs out "
        )


def test_a_window(shell: Shell, warm: bool) -> None:
    account, snapshot = known("12")
    week = replace(share("Weekly", "70", None, 604800), resets_at=utc_now() + 50 * HOUR)
    usage = Usage((*(snapshot.usage or Usage()).quotas, week))
    install((account, replace(snapshot, usage=usage)), warm=warm)
    assert shell.tankful("guard", "Work").code == 1
    for window in ("Weekly", "week", "WEEK", "7d", "1w", "每周"):
        assert shell.tankful("guard", "Work", "--window", window).code == 0
    ran = shell.tankful("guard", "Work", "--window", "Daily")
    assert (ran.code, ran.out) == (
        3,
        "not known · GLM · Work: there is no quota called “daily”; choose from: 5 hours, Weekly\n",
    )


def test_an_amount(shell: Shell, warm: bool) -> None:
    install(paid("3.2"), warm=warm)
    ran = shell.tankful("guard", "kimi", "--amount", "5")
    assert (ran.code, ran.out) == (1, "not enough · KIMI · 主账号: ¥3.20 left, ¥5.00 wanted\n")
    assert shell.tankful("guard", "kimi", "--amount", "3").code == 0
    assert shell.tankful("guard", "kimi", "--amount", "３").code == 0
    assert shell.tankful("guard", "kimi", "--amount", "$3").err.endswith(
        "'$3' is not an amount; type a number only, which is in the account's own unit\n"
    )
    assert shell.tankful("guard", "kimi", "--amount", "1,000").code == 1
    assert shell.tankful("guard", "kimi").code == 0
    assert shell.tankful("guard", "kimi", "--left", "20").code == 3


def test_an_amount_of_what_has_none(shell: Shell, warm: bool) -> None:
    install(known("41"), paid("42"), warm=warm)
    for words in (("Work",), ("glm",), ("all",), ("Work", "--left", "20")):
        ran = shell.tankful("guard", *words, "--amount", "5")
        assert (ran.code, ran.err) == (3, "")
        assert ran.out.startswith(
            "not known · GLM · Work: no balance is reported; 5h 41% left; resets in "
        )
    assert shell.tankful("guard", "Work", "--amount", "5", "--unknown", "fail").code == 1
    assert shell.tankful("guard", "all", "--amount", "50").code == 1
    assert shell.tankful("guard", "any", "--amount", "50").code == 3
    ran = shell.tankful("guard", "any", "--amount", "5")
    assert (ran.code, ran.out) == (0, "enough · KIMI · 主账号: ¥42.00 left, ¥5.00 wanted\n")
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    ran = shell.tankful("guard", "Work", "--amount", "5")
    assert ran.out.startswith("无法判断 · GLM · Work：服务商未提供余额；5 小时 剩余 41%；")


def test_an_amount_of_a_spend_limit(shell: Shell, warm: bool) -> None:
    limit = Quota("Spend limit", "USD", Decimal(12), Decimal(20), Decimal(8))
    account = replace(GLM[0], id="openai-0000000d", provider="openai", label="Team")
    told = replace(GLM[1], account_id=account.id, usage=Usage((limit,)), fetched_at=utc_now())
    install((account, told), warm=warm)
    ran = shell.tankful("guard", "Team", "--amount", "9")
    assert (ran.code, ran.out) == (
        1,
        "not enough · OpenAI · Team: Spend limit $8.00 left, $9.00 wanted\n",
    )
    assert shell.tankful("guard", "Team", "--amount", "8").code == 0
    assert shell.tankful("guard", "Team", "--amount", "8", "--left", "41").code == 1
    told = json.loads(shell.tankful("guard", "Team", "--amount", "8", "--json").out)["accounts"][0]
    assert (told["left_percent"], told["available"]) == (None, 8)


def test_a_threshold_of_the_second_balance(shell: Shell, warm: bool) -> None:
    account, snapshot = paid("42", "deepseek")
    usage = Usage(balances=(Balance(Decimal(45), "USD"), Balance(Decimal(9), "CNY")))
    own = replace(account, threshold=Decimal(10), threshold_unit="CNY")
    install((own, replace(snapshot, usage=usage)), warm=warm)
    ran = shell.tankful("guard", "deepseek")
    assert (ran.code, ran.out) == (
        1,
        "not enough · DeepSeek · 主账号: ¥9.00 left, more than ¥10.00 wanted\n",
    )


def test_a_share_and_an_amount_of_a_balance(shell: Shell, warm: bool) -> None:
    install(paid("42"), warm=warm)
    ran = shell.tankful("guard", "kimi", "--left", "10", "--amount", "5")
    assert (ran.code, ran.out) == (
        3,
        "not known · KIMI · 主账号: a balance has no percentage; ¥42.00 left\n",
    )
    assert shell.tankful("guard", "kimi", "--left", "10", "--amount", "50").code == 1


def test_privacy_hides_the_threshold_of_a_balance(shell: Shell, warm: bool) -> None:
    account, snapshot = paid("42")
    install((replace(account, threshold=Decimal(50)), snapshot))
    shell.tankful("config", "privacy", "1")
    publish.publish()
    if not warm:
        Path(served.path()).unlink()
    hidden = "KIMI · •••: ¥••• left, more than ¥••• wanted"
    ran = shell.tankful("guard", "kimi")
    assert (ran.code, ran.out) == (1, f"not enough · {hidden}\n")
    told = json.loads(shell.tankful("guard", "kimi", "--json").out)
    assert told["accounts"][0]["reason"] == "¥••• left, more than ¥••• wanted"
    ran = shell.tankful("guard", "kimi", "--amount", "43")
    assert (ran.code, ran.out) == (1, "not enough · KIMI · •••: ¥••• left, ¥43.00 wanted\n")
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    ran = shell.tankful("guard", "kimi")
    assert (ran.code, ran.out) == (1, "不够 · KIMI · •••：剩余 ¥•••，要求多于 ¥•••\n")


def test_no_time_at_all_is_as_good_as_none(shell: Shell, warm: bool) -> None:
    install(known("41"), warm=warm)
    ran = shell.tankful("guard", "Work", "--for", "0h")
    assert (ran.code, ran.out, ran.err) == (0, shell.tankful("guard", "Work").out, "")
    assert shell.tankful("guard", "Work", "--for", "0m", "--left", "50").code == 1


def test_several(shell: Shell, warm: bool) -> None:
    other = replace(GLM[0], id="glm-0000000c", label="Home")
    full = known("80")
    install(known("12"), (other, replace(full[1], account_id=other.id)), paid("0"), warm=warm)
    codes = {who: shell.tankful("guard", who).code for who in ("any", "all", "glm", "Work", "Home")}
    assert codes == {"any": 0, "all": 1, "glm": 0, "Work": 1, "Home": 0}
    assert shell.tankful("guard", "all").out.endswith(" (also not enough: KIMI · 主账号)\n")
    assert shell.tankful("guard", "any").out.startswith("enough · GLM · Home: ")


def test_what_nobody_works_at_does_not_count(shell: Shell) -> None:
    install(
        known("12"), *(each for each in examples.six(utc_now()) if each[0].provider == "tavily")
    )
    assert shell.tankful("guard", "any").code == 1
    assert shell.tankful("guard", "tavily").code == 0


@pytest.mark.parametrize("words", [[], ["--unknown", "ok"], ["--unknown", "fail"]])
def test_what_cannot_be_known(shell: Shell, warm: bool, words: list[str]) -> None:
    install(known("41", ago=HOUR), warm=warm)
    ran = shell.tankful("guard", "Work", *words)
    assert (ran.code, ran.err) == ({"": 3, "ok": 0, "fail": 1}["".join(words[1:])], "")
    assert ran.out.startswith("not known · GLM · Work: the numbers are too old; 5h 41% left; ")
    assert ran.out.endswith("; --wait asks the provider\n")
    assert shell.tankful("guard", "Work", "--max-age", "2h", *words).code == 0


def test_a_failure_a_block_and_an_account_that_was_never_asked(shell: Shell) -> None:
    account, snapshot = known("41")
    failure = Failure("unreachable", Phrase("no answer", "没有回应"), utc_now())
    install((account, replace(snapshot, failure=failure)))
    ran = shell.tankful("guard", "Work")
    assert (ran.code, ran.out) == (
        3,
        "not known · GLM · Work: no answer; --wait asks the provider\n",
    )
    block = WorkBlocked("credits", Phrase("The credits are gone.", "额度没了。"))
    stored.save(replace(snapshot, usage=Usage(blocked=block)))
    publish.publish()
    ran = shell.tankful("guard", "Work", "--left", "0")
    assert (ran.code, ran.out) == (1, "not enough · GLM · Work: blocked: The credits are gone.\n")
    stored.save(replace(snapshot, usage=None, fetched_at=None))
    publish.publish()
    assert shell.tankful("guard", "Work").code == 3


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            CredentialRejected,
            (
                "GLM does not accept this credential; replace it: tankful replace glm/Work "
                "(a new one: https://bigmodel.cn/usercenter/proj-mgmt/apikeys)"
            ),
        ),
        (
            CredentialExpired,
            (
                "the credential has expired; replace it: tankful replace glm/Work "
                "(a new one: https://bigmodel.cn/usercenter/proj-mgmt/apikeys)"
            ),
        ),
        (NotAvailable, "the credential is valid but has no plan; subscribe, or use another one"),
    ],
)
def test_what_only_the_user_can_mend_is_not_to_be_waited_for(
    shell: Shell, warm: bool, error: type[UsageError], line: str
) -> None:
    account, snapshot = known("41")
    failure = Failure(error.kind, error.default.filled(provider="GLM", keys="KEYS"), utc_now())
    install((account, replace(snapshot, failure=failure)), warm=warm)
    ran = shell.tankful("guard", "Work")
    assert (ran.code, ran.out) == (3, f"not known · GLM · Work: {line.removeprefix('GLM ')}\n")
    (entry,) = json.loads(shell.tankful("guard", "Work", "--json").out)["accounts"]
    assert entry["reason"] == line.removeprefix("GLM ")


@pytest.mark.parametrize(("minutes", "hint"), [(5, ""), (-5, "; --wait asks the provider")])
def test_a_provider_that_is_not_asked_yet_is_not_to_be_waited_for(
    shell: Shell, warm: bool, minutes: int, hint: str
) -> None:
    account, snapshot = known("41")
    slow, retry_at = RateLimited.default.filled(provider="GLM"), utc_now() + minutes * HOUR / 60
    failure = Failure(RateLimited.kind, slow, utc_now(), retry_at)
    install((account, replace(snapshot, failure=failure)), warm=warm)
    assert shell.tankful("guard", "Work").out == (
        f"not known · GLM · Work: asks to slow down; Tankful tries again by itself{hint}\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nobody"],
        ["Work", "--left", "101"],
        ["Work", "--left", "few"],
        ["Work", "--amount", "-5"],
        ["Work", "--for", "2"],
        ["Work", "--for", "soon"],
        ["Work", "--max-age", "old"],
        ["Work", "--unknown", "maybe"],
        ["Work", "Home"],
        ["Work", "--colour"],
    ],
    ids=" ".join,
)
def test_wrong_usage(shell: Shell, words: list[str]) -> None:
    install(known("41"))
    ran = shell.tankful("guard", *words)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1 or ran.err.startswith("Usage: ")


def test_without_accounts(shell: Shell) -> None:
    for words in (("any",), ("all", "--wait")):
        ran = shell.tankful("guard", *words)
        assert (ran.code, ran.out) == (3, "No accounts yet. Add one: tankful add\n")
    for name in ("nobody", "glm"):
        ran = shell.tankful("guard", name, "--unknown", "ok")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"tankful: there is no account '{name}'")


def test_a_damaged_file_is_said(shell: Shell) -> None:
    install(known("41"))
    Path(accounts.path()).write_text("{damaged", encoding="utf-8")
    for name in ("any", "Work"):
        ran = shell.tankful("guard", name)
        assert (ran.code, ran.err) == (3, "")
        assert ran.out.startswith("accounts.json was damaged and is kept as ")


def test_a_folder_that_is_none_is_no_verdict(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    install(known("41"))
    monkeypatch.setenv("TANKFUL_HOME", "relative")
    ran = shell.tankful("guard", "any")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)


@pytest.mark.parametrize(("unknown", "code"), [("ok", 0), ("fail", 1)])
def test_whatever_goes_wrong_is_not_known_either(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, unknown: str, code: int
) -> None:
    install(known("41"))
    assert shell.tankful("guard", "nobody", "--unknown", unknown).code == 2
    monkeypatch.setenv("TANKFUL_HOME", "relative")
    ran = shell.tankful("guard", "any", "--unknown", unknown)
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)


@pytest.mark.parametrize(("words", "code"), [([], 3), (["--unknown", "ok"], 0)])
def test_a_defect_of_ours_is_said_and_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    def defect() -> accounts.Accounts:
        raise ZeroDivisionError

    monkeypatch.setattr(accounts, "load", defect)
    with pytest.raises(SystemExit) as ended:
        guard.command.main(["any", *words])
    assert ended.value.code == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("tankful: unexpected error (ZeroDivisionError")


@pytest.mark.parametrize("damage", [b"", b"tankful-lists-2\t00000000\n", b"\xff" * 99])
def test_a_damaged_pack_is_passed_over(shell: Shell, damage: bytes) -> None:
    install(known("12"))
    Path(served.path()).write_bytes(damage)
    assert shell.tankful("guard", "Work").code == 1


def test_it_speaks_chinese(shell: Shell) -> None:
    install(known("12"))
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    ran = shell.tankful("guard", "Work", "--left", "20")
    assert (ran.code, ran.out[:35]) == (
        1,
        "不够 · GLM · Work：5 小时 剩余 12%，要求至少 20%；"[:35],
    )


def test_as_json(shell: Shell, warm: bool) -> None:
    install(known("12"), warm=warm)
    ran = shell.tankful("guard", "Work", "--left", "20", "--for", "2h", "--json")
    told: dict[str, Any] = json.loads(ran.out)
    jsonschema.validate(told, SCHEMA)
    assert (ran.code, told["exit_code"], told["verdict"]) == (1, 1, "not_enough")
    assert told["accounts"][0]["left_percent"] == 12
    assert told["wanted"]["seconds"] == 7200
    empty = json.loads(shell.tankful("guard", "Work", "--window", "x", "--json").out)
    jsonschema.validate(empty, SCHEMA)
    assert (empty["verdict"], empty["exit_code"]) == ("unknown", 3)


TEXT, NUMBER = {"type": "string"}, {"type": ["number", "null"]}
TIME = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
VERDICT = {"enum": ["enough", "tight", "not_enough", "unknown"]}


def exactly(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMA = exactly(
    schema={"const": "tankful.guard.v1"},
    generated_at=TIME,
    verdict=VERDICT,
    exit_code={"enum": [0, 1, 3]},
    reason=TEXT,
    wanted=exactly(
        left_percent=NUMBER,
        amount=NUMBER,
        seconds=NUMBER,
        window={"type": ["string", "null"]},
        max_age_seconds=NUMBER,
    ),
    accounts={
        "type": "array",
        "items": exactly(
            id=TEXT,
            provider=TEXT,
            label=TEXT,
            verdict=VERDICT,
            why=TEXT,
            reason=TEXT,
            left_percent=NUMBER,
            available=NUMBER,
            resets_at=TIME,
            runs_out_at=TIME,
            fetched_at=TIME,
        ),
    },
)


def test_it_asks_nobody_and_opens_no_secret(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev", "Dev")
    stored.remember(account)
    log = Path(f"{os.environ['TANKFUL_TEST_KEYRING']}.log")
    log.unlink()
    assert shell.tankful("guard", "Dev").code == 3
    assert not Path(paths.cache(os.environ), "refresh.started").exists()
    assert world.requests == []
    assert not log.exists()


def test_told_to_wait_it_asks_where_numbers_are_old(world: StandIn, shell: Shell) -> None:
    account, other = stored.account("tavily-dev", "Dev"), stored.account("tavily-paygo", "Old")
    stored.remember(account, other)
    ran = shell.tankful("guard", "Dev", "--wait")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("enough · Tavily · Dev: Plan 64% left, more than 20% wanted")
    assert len(world.requests) == 1
    assert shell.tankful("guard", "Dev", "--wait").code == 0
    assert len(world.requests) == 1
    assert shell.tankful("guard", "Dev", "--wait", "--max-age", "0m").code == 0
    assert len(world.requests) == 2


def test_waiting_ends_where_nobody_answers(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev", "Dev")
    stored.remember(account)
    world.reply("api.tavily.com", "*", faults.server_error())
    ran = shell.tankful("guard", "Dev", "--wait")
    assert ran.code == 3
    assert "--wait" not in ran.out


def test_a_stand_in_is_refused_only_when_it_would_be_asked(
    world: StandIn, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TANKFUL_HOME")
    stored.remember(stored.account("tavily-dev", "Dev"))
    assert shell.tankful("guard", "Dev").code == 3
    ran = shell.tankful("guard", "Dev", "--wait")
    assert (ran.code, ran.out) == (3, "")
    assert "TANKFUL_LOOPBACK" in ran.err
    assert world.requests == []


def test_it_loads_next_to_nothing(home: Path) -> None:
    install(known("41"))
    command = [sys.executable, "-X", "importtime", "-IS", str(ROOT / "scripts/tankful.py")]
    ran = Shell().run([*command, "guard", "Work"])
    assert ran.code == 0
    lines = [line for line in ran.err.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in lines}
    assert "click" in loaded
    assert not loaded & HEAVY


def test_a_clock_that_ran_ahead_is_no_verdict(shell: Shell) -> None:
    install(known("41", ago=-9 * HOUR))
    assert shell.tankful("guard", "Work").code == 3


def test_all_accounts_are_named_by_the_book(shell: Shell) -> None:
    install(known("41"))
    accounts.change(lambda book: book.without(GLM[0].id))
    ran = shell.tankful("guard", "any")
    assert (ran.code, ran.out) == (3, "No accounts yet. Add one: tankful add\n")
