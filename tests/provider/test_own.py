"""A user's own provider: added, refreshed, bound to its host, and reported if its file is bad."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.alfred_harness.checks import check_rows
from tests.conftest import ROOT, Shell
from tests.provider.remembered import forget
from tests.providers.contract import NOW, answer
from tests.standin import Reply, StandIn
from workflow import paths
from workflow.alfred import account_menu, lists, served
from workflow.credentials import store
from workflow.display import row
from workflow.errors import UsageError, WrongCredential
from workflow.i18n.catalog import ENGLISH
from workflow.models import Account, Balance, Quota, Snapshot
from workflow.provider import declared, discovery, own, own_files
from workflow.provider.derived import leaves
from workflow.provider.provenance import Trace
from workflow.recognition import recognise
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import worked_out
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

KEY = "acme-Canary0123456789"
FILE = """
name = "Acme"
url = "https://gateway.example/v1/quota"
plan = "/data/group"
[ok]
"/success" = true
[[quotas]]
label = "Month"
used = "/data/used"
limit = "/data/limit"
unit = "USD"
divide = "500000"
resets_at = "/data/reset"
time = "unix_s"
[[balances]]
available = "/data/quota"
unit = "USD"
divide = "500000"
"""
TOLD = {
    "success": True,
    "data": {
        "group": "vip",
        "used": 1500000,
        "limit": 5000000,
        "reset": 1791450000,
        "quota": "250000",
    },
}


@pytest.fixture
def file(home: Path) -> Iterator[Path]:
    path = Path(own_files.folder()) / "acme.toml"
    path.parent.mkdir(parents=True)
    path.write_text(FILE)
    forget()
    yield path
    forget()


def quota(text: str, told: dict[str, Any]) -> Quota:
    head = 'name = "A"\nurl = "https://a.example/"\n[[quotas]]\nlabel = "Month"\n'
    said = replace(answer(200, told), trace=Trace("a.example/"))
    usage = own.parse(declared.read("a", (head + text).encode()), said)
    return usage.quotas[0]


def test_it_is_a_provider_like_any_other(file: Path, world: StandIn, shell: Shell) -> None:
    world.reply("gateway.example", "/v1/quota", Reply(200, TOLD))
    ran = shell.tankful("add", "acme", stdin=KEY)
    assert ran.code == 0, ran.err
    (account,) = accounts.load().accounts
    assert dict(account.scope) == {"address": "https://gateway.example"}
    (told,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert told["plan"] == "vip"
    assert (told["quotas"][0]["used"], told["quotas"][0]["limit"]) == (3, 10)
    assert [each["available"] for each in told["balances"]] == [0.5]
    (request,) = world.requests
    assert (request.method, request.header("authorization")) == ("GET", f"Bearer {KEY}")
    assert "acme" in shell.tankful("guide", "acme").out
    assert KEY not in shell.tankful("show", account.id).out


def test_its_name_may_have_hyphens(file: Path, world: StandIn, shell: Shell) -> None:
    world.reply("gateway.example", "/v1/quota", Reply(200, TOLD))
    file.rename(file.with_name("acme-two-2024.toml"))
    assert shell.tankful("add", "acme-two-2024", stdin=KEY).code == 0
    (account,) = accounts.load().accounts
    assert (account.provider, store.read(account).secret) == ("acme-two-2024", KEY)
    assert shell.tankful("refresh", account.id).code == 0
    assert shell.tankful("remove", account.id, "--yes").code == 0
    assert accounts.load() == Accounts()


@pytest.mark.parametrize(
    "key",
    [
        "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "user:pass1234", "1234", "pa$$w0rd!", "abc123def456.", "a=b&c|d,e;f(g)",
        "500%", "AbC123/+xyz=",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        " {}\n",
        '"{}"',
        "“{}”",
        "Bearer {}",
        "X-API-Key: {}",
        "ACME_KEY={}",
        "export A_KEY='{}'",
    ],
)
def test_its_key_may_have_any_characters(file: Path, key: str, around: str) -> None:
    (finding,) = recognise.read_all(around.format(key), "acme")
    assert finding.credential.secret == key


@pytest.mark.parametrize(
    "other",
    [
        "tvly-dev-abcdefgh12345678=",
        f"gsk_{'a1' * 20}=",
        "sk-ant-oat01-abcdefgh1234==",
        "abc...def!",
    ],
)
def test_a_key_of_another_service_is_no_such_key(file: Path, other: str) -> None:
    with pytest.raises((WrongCredential, recognise.Unrecognised)):
        recognise.read_all(other, "acme")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"key":"abcdefgh12345678901234"}', "abcdefgh12345678901234"),
        ("key=abcdefgh12345678901234", "abcdefgh12345678901234"),
    ],
)
def test_a_key_inside_of_something_is_not_the_whole(file: Path, text: str, key: str) -> None:
    assert recognise.read_all(text, "acme")[0].credential.secret == key


def test_another_host_in_the_file_asks_nobody(file: Path, world: StandIn, shell: Shell) -> None:
    world.reply("gateway.example", "/v1/quota", Reply(200, TOLD))
    shell.tankful("add", "acme", "--no-check", stdin=KEY)
    file.write_text(FILE.replace("gateway.example", "evil.example"))
    ran = shell.tankful("refresh")
    assert ran.code == 1
    assert "names another host" in ran.out + ran.err
    assert world.requests == []


def test_a_bad_file_is_a_line_of_the_doctor(file: Path, world: StandIn, shell: Shell) -> None:
    file.write_text("name = ")
    (file.parent / "glm.toml").write_text(FILE)
    report = shell.tankful("doctor").out
    assert "acme.toml: line 1 is not valid TOML" in report
    assert "glm.toml: the name belongs to a provider" in report
    assert "acme" not in discovery.everything()
    ran = shell.tankful("add", "acme", stdin=KEY)
    assert ran.code == 1
    assert "acme.toml: line 1 is not valid TOML" in ran.err
    assert shell.tankful("list").code == 0


@pytest.mark.parametrize("is_bad", [True, False])
def test_the_lists_and_the_guide_have_every_usable_provider(
    file: Path, shell: Shell, is_bad: bool
) -> None:
    file.write_text("name = " if is_bad else FILE)
    for variables in (
        {"action": "add"},
        {"action": "guide"},
        {"action": "guide", "provider": "acme"},
    ):
        rows = json.loads(lists.answer(variables))["items"]
        assert any("Tavily" in row["title"] for row in rows) or "provider" in variables
        assert any("Acme" in row["title"] for row in rows) != (is_bad or "provider" in variables)
        assert check_rows({"items": rows}, ROOT) == []
    page = Path(shell.tankful("guide", "--html").out.strip()).read_text(encoding="utf-8")
    assert "Tavily" in page
    assert ("Acme" in page) != is_bad


def test_an_account_without_a_usable_provider_is_offered_what_works(file: Path) -> None:
    account = Account("acme-1", "acme", "Work")
    rows = account_menu.manage(account, None, Accounts((account,)), Settings(), "usage")
    assert {"replace", "open"}.isdisjoint(row.variables["action"] for row in rows)


def test_a_file_that_became_bad_is_named_first_with_the_reason(
    file: Path, world: StandIn, shell: Shell
) -> None:
    world.reply("gateway.example", "/v1/quota", Reply(200, TOLD))
    shell.tankful("add", "acme", stdin=KEY)
    file.write_text("name = ")
    ran = shell.tankful("refresh")
    why = "acme.toml: line 1 is not valid TOML: Invalid value; correct the file"
    assert f"⚠ {why}" in ran.out
    assert "update Tankful" not in ran.out
    first, second, *_ = shell.tankful("doctor").out.splitlines()[1:]
    assert first == f"1. {why}"
    assert "an answer that Tankful does not understand" not in second


@pytest.mark.parametrize(
    ("old", "new"),
    [("/data/used", "/data/usd"), ("/data/quota", "/quota")],
)
def test_a_pointer_that_leads_nowhere_is_named(file: Path, old: str, new: str) -> None:
    declaration = declared.read("acme", FILE.replace(old, new).encode())
    notice = own.parse(declaration, answer(200, TOLD)).notice
    assert notice is not None
    assert ENGLISH.say(notice) == f"not in the answer: {new}; correct acme.toml"


@pytest.mark.parametrize("old", ["/data/limit", "/data/reset", "/data/group"])
def test_what_may_be_absent_at_times_is_not(old: str) -> None:
    declaration = declared.read("acme", FILE.replace(old, "/none").encode())
    assert own.parse(declaration, answer(200, TOLD)).notice is None


def test_the_details_of_a_bad_file_do_not_speak_of_a_newer_tankful(file: Path) -> None:
    account = Account("acme-1", "acme", "Work")
    shown = row.row(worked_out(account, None, Snapshot("acme-1"), Settings()), Settings())
    (first,) = account_menu.details(shown, None, [])[:1]
    assert first.subtitle == "acme.toml cannot be used; tankful doctor says why"
    file.unlink()
    (first,) = account_menu.details(shown, None, [])[:1]
    assert first.subtitle == "This version of Tankful does not know the provider; update Tankful"


def test_a_null_and_whole_answers_are_no_mistake(file: Path) -> None:
    declaration = declared.read("acme", FILE.encode())
    for group in ("vip", None):
        fields: dict[str, Any] = {"used": 1, "limit": 5, "reset": None, "quota": 2, "group": group}
        assert own.parse(declaration, answer(200, {**TOLD, "data": fields})).notice is None


def test_check_says_what_each_pointer_found(file: Path, world: StandIn, shell: Shell) -> None:
    world.reply("gateway.example", "/v1/quota", Reply(200, TOLD))
    ran = shell.tankful("provider", "check", str(file), stdin=KEY)
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "acme.toml: valid; its key goes to https://gateway.example only"
    assert {"HTTP 200", "/success: True", "/data/used: 1500000", "0.5 USD"} <= set(lines)
    assert "Month: 3 / 10 USD · 2026-10-08 09:00 UTC" in lines
    assert KEY not in ran.out + ran.err
    assert accounts.load().accounts == ()


def test_a_check_does_not_print_the_key(file: Path, world: StandIn, shell: Shell) -> None:
    told = json.dumps(TOLD).replace("vip", KEY)
    world.reply("gateway.example", "/v1/quota", Reply(200, told))
    ran = shell.tankful("provider", "check", str(file), stdin=KEY)
    assert ran.code == 0
    assert "/data/group: •••" in ran.out
    assert KEY not in ran.out


@pytest.mark.parametrize("pasted", ["", " \n"])
def test_check_needs_a_key(file: Path, world: StandIn, shell: Shell, pasted: str) -> None:
    ran = shell.tankful("provider", "check", str(file), stdin=pasted)
    assert ran.code == 1
    assert ran.err.endswith("tankful: empty input; copy the credential and try again\n")
    assert world.requests == []


def test_check_says_why_a_file_is_bad(file: Path, world: StandIn, shell: Shell) -> None:
    file.write_text(FILE.replace("limit =", "limits ="))
    ran = shell.tankful("provider", "check", str(file), stdin=KEY)
    assert (ran.code, ran.out) == (1, "")
    assert "acme.toml: quotas[0].limits: there is no such key" in ran.err
    file.write_text(FILE)
    ran = shell.tankful("provider", "check", "--no-ask", str(file))
    assert (ran.code, world.requests) == (0, [])


def test_check_says_that_the_name_is_taken(file: Path, world: StandIn, shell: Shell) -> None:
    taken = file.rename(file.with_name("glm.toml"))
    ran = shell.tankful("provider", "check", str(taken), stdin=KEY)
    assert (ran.code, ran.out, world.requests) == (1, "", [])
    assert "glm.toml: the name belongs to a provider that Tankful has" in ran.err


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ('remaining = "/data/used"', "Month: 1500000 credits left"),
        (
            'used = "/data/used"\nremaining = "/data/limit"',
            "1500000 / ? credits · 5000000 credits left",
        ),
    ],
)
def test_check_shows_what_is_left_where_there_is_no_limit(
    file: Path, world: StandIn, shell: Shell, numbers: str, shown: str
) -> None:
    world.reply("gateway.example", "/v1/quota", Reply(200, TOLD))
    head = FILE.partition("[[quotas]]")[0]
    file.write_text(f'{head}[[quotas]]\nlabel = "Month"\n{numbers}\n')
    assert shown in shell.tankful("provider", "check", str(file), stdin=KEY).out


def test_check_says_what_is_wrong_in_the_answer(file: Path, world: StandIn, shell: Shell) -> None:
    world.reply("gateway.example", "/v1/quota", Reply(200, {**TOLD, "data": {"used": "much"}}))
    ran = shell.tankful("provider", "check", str(file), stdin=KEY)
    assert ran.code == 1
    assert "/data/used: much" in ran.out
    assert "/data/limit: nothing" in ran.out
    assert "Acme: /data/used in the answer is not a number" in ran.err


@pytest.mark.parametrize(
    ("text", "told", "seconds"),
    [
        ('used = "/u"\nresets_at = "/r"\ntime = "unix_ms"', {"u": 1, "r": 1791198000000}, 7200),
        ('used = "/u"\nresets_at = "/r"\ntime = "unix_s"', {"u": 1, "r": "1791198000"}, 7200),
        ('used = "/u"\nresets_at = "/r"', {"u": 1, "r": "2026-10-05T11:00:00Z"}, 7200),
        ('used = "/u"\nresets_at = "/r"\ntime = "seconds_left"', {"u": 1, "r": 90}, 90),
    ],
)
def test_a_reset_is_read_as_it_is_written(text: str, told: dict[str, Any], seconds: int) -> None:
    resets_at = quota(text, told).resets_at
    assert resets_at is not None
    assert (resets_at - NOW).total_seconds() == seconds
    assert [leaf.pointer() for leaf in leaves(resets_at)] == ["/r"]


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("unix_s", 0),
        ("iso8601", "0001-01-01T00:00:00Z"),
        ("iso8601", "1970-01-01T00:00:00Z"),
        ("iso8601", ""),
        ("unix_s", ""),
    ],
)
def test_zero_as_a_time_is_no_reset(time: str, told: object) -> None:
    shown = quota(f'used = "/u"\nresets_at = "/r"\ntime = "{time}"', {"u": 1, "r": told})
    assert (shown.used, shown.resets_at) == (Decimal(1), None)


def test_a_percentage_and_a_rest_are_enough() -> None:
    shown = quota('percent = "/p"', {"p": 36.5})
    assert (shown.unit, shown.used, shown.limit) == ("%", Decimal("36.5"), Decimal(100))
    for more in ('unit = "USD"', 'limit = "/l"\nunit = "USD"', 'remaining = "/l"\nunit = "USD"'):
        shown = quota(f'percent = "/p"\n{more}', {"p": 36.5, "l": 200})
        assert (shown.unit, shown.used, shown.limit) == ("%", Decimal("36.5"), Decimal(100))
    shown = quota('remaining = "/r"\nlimit = "/l"\nunit = "credits"', {"r": 3, "l": 10})
    assert (shown.used, shown.remaining) == (Decimal(7), Decimal(3))


def test_a_limit_below_zero_is_none() -> None:
    shown = quota('used = "/u"\nlimit = "/l"', {"u": 3, "l": -1})
    assert (shown.used, shown.limit, shown.remaining) == (Decimal(3), None, None)
    shown = quota('remaining = "/r"\nlimit = "/l"', {"r": 3, "l": -1})
    assert (shown.used, shown.limit, shown.remaining) == (None, None, Decimal(3))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"success": 1, "data": TOLD["data"]},
        {**TOLD, "data": {}},
        {**TOLD, "data": {"reset": "x", "used": 1}},
    ],
)
def test_what_does_not_fit_is_a_failure(told: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        own.parse(declared.read("acme", FILE.encode()), answer(200, told))
    assert caught.value.kind == "unexpected_response"


@pytest.mark.parametrize(
    ("status", "told", "said"),
    [
        (404, {}, "{provider} does not answer as acme.toml says (HTTP 404); correct the file"),
        (200, [], "{provider} does not answer as acme.toml says (HTTP 200); correct the file"),
        (200, {**TOLD, "data": {}}, "{provider}: not in the answer: /data/"),
    ],
)
def test_a_file_that_does_not_fit_is_named(status: int, told: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        own.parse(declared.read("acme", FILE.encode()), answer(status, told))
    assert str(caught.value).startswith(said)
    assert "acme.toml" in str(caught.value)


def test_a_balance_alone_is_read(file: Path) -> None:
    text = 'name = "A"\nurl = "https://a.example/"\n[[balances]]\navailable = "/b"\nunit = "CNY"\n'
    usage = own.parse(declared.read("a", text.encode()), answer(200, {"b": "-1.5"}))
    assert usage.balances == (Balance(Decimal("-1.5"), "CNY"),)
    assert own_files.folder().startswith(paths.data({"TANKFUL_HOME": str(file.parent.parent)}))


def test_a_checked_file_renews_what_a_launcher_is_served(
    file: Path, shell: Shell, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "other.toml"
    elsewhere.write_text(FILE)
    assert shell.tankful("provider", "check", "--no-ask", str(elsewhere)).code == 0
    assert not Path(served.path()).exists()
    assert shell.tankful("provider", "check", "--no-ask", str(file)).code == 0
    assert Path(served.path()).exists()
