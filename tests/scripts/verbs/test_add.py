from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts.terminal.cells import width
from tests.conftest import ROOT, Ran, Shell
from tests.standin import KEYS, Reply, StandIn, faults
from tests.stored import MAIN, SIX, snapshot
from tests.terminal import SIZE, terminal
from tests.terminal import shown as shown_by
from workflow.credentials import store
from workflow.models import Account
from workflow.provider import discovery
from workflow.storage import accounts
from workflow.system import browser


def add(shell: Shell, key: str, *args: str) -> Ran:
    """Add the credential of this name, through standard input."""
    ran = shell.tankful("add", KEYS[key].provider, *args, stdin=KEYS[key].value)
    assert KEYS[key].value not in ran.out + ran.err
    return ran


def known() -> list[Account]:
    return list(accounts.load().accounts)


def refused(ran: Ran, code: int = 1) -> str:
    """The one line of a failure after which nothing is stored."""
    ran = ran.quiet
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("tankful: ") and ran.err.count("\n") == 1, ran.err
    assert known() == []
    assert not Path(os.environ["TANKFUL_TEST_KEYRING"]).exists()
    return ran.err


@pytest.mark.parametrize("key", [*SIX.values(), "chatgpt-session", "kimi-code", "openai-relay"])
def test_a_credential_of_each_kind(world: StandIn, shell: Shell, key: str) -> None:
    ran = add(shell, key, "--label", "My Account")
    assert ran.code == 0, ran.err
    assert "My Account" in ran.out
    assert ran.out.count("\n") == 1
    (account,) = known()
    assert (account.provider, account.kind) == (KEYS[key].provider, KEYS[key].kind)
    assert snapshot(account.id).usage is not None
    listed = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert [entry["label"] for entry in listed] == ["My Account"]


def test_auto_asks_each_regional_host_once_and_says_the_region(
    world: StandIn, shell: Shell
) -> None:
    ran = add(shell, "minimax-plan-cn")
    assert ran.err == "Note: region: China\n"
    path = MAIN["minimax"][1]
    asked = Counter(request.host for request in world.requests if request.path == path)
    assert asked == {"api.minimax.io": 1, "api.minimaxi.com": 1}
    assert [account.region for account in known()] == ["cn"]


def test_a_kimi_code_key_has_one_host_and_is_asked_once(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "kimi-code")
    assert [request.host for request in world.requests] == ["api.kimi.com"]
    assert "several regions" not in ran.err


def test_two_good_regions_are_said(world: StandIn, shell: Shell) -> None:
    good = {"code": 0, "data": {"available_balance": 5, "voucher_balance": 0, "cash_balance": 5}}
    world.reply("*", MAIN["kimi"][1], Reply(200, good))
    ran = add(shell, "kimi-cn")
    assert "works in several regions; international was chosen (--region changes" in ran.err
    assert [account.region for account in known()] == ["intl"]


def test_an_explicit_region_goes_to_that_host_only(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "kimi-intl", "--region", "cn")
    complaint, note = ran.err.splitlines()
    assert (ran.code, ran.out, known()) == (1, "", [])
    assert "check the region" in complaint
    assert note.endswith("try it there: tankful add kimi --region intl")
    assert {request.host for request in world.requests} == {"api.moonshot.cn"}
    assert add(shell, "kimi-cn", "--region", "cn").err == ""


def test_no_check_asks_nobody(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "glm-cn", "--no-check")
    assert ran.code == 0
    assert world.connections == 0
    (account,) = known()
    assert account.region == "intl"
    assert store.read(account).secret == KEYS["glm-cn"].value
    assert ran.err == (
        "Note: the region is taken to be international, as the key was not checked; --region names "
        "another one\n"
    )
    assert add(shell, "glm-intl", "--no-check", "--region", "intl").err == ""
    assert add(shell, "kimi-code", "--no-check").err == ""
    assert known()[-1].region == "code"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Reply(401), "does not accept"),
        (faults.challenge(), "blocked from this network"),
        (faults.too_many_requests(), "slow down"),
        (faults.closed(), "cannot be reached"),
    ],
)
def test_a_failed_check_is_one_line(world: StandIn, shell: Shell, fault: Reply, words: str) -> None:
    world.reply("*", "*", fault)
    told = refused(add(shell, "tavily-dev"))
    assert "Tavily" in told
    assert words in told
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert "Tavily" in refused(add(shell, "tavily-dev"))


FOREIGN: dict[str, list[str]] = {  # the key of one provider, and where it is put
    "tavily-dev": ["glm", "openai", "kimi", "minimax", "chatgpt"],
    "glm-intl": ["tavily", "kimi", "chatgpt"],
    "openai-admin": ["tavily", "chatgpt", "kimi"],
    "openai-user": ["chatgpt", "minimax"],
    "minimax-plan-intl": ["openai", "kimi"],
    "kimi-code": ["openai", "glm"],
    "chatgpt-session": ["openai", "glm"],
}


@pytest.mark.parametrize(
    ("key", "provider"), [(key, each) for key, others in FOREIGN.items() for each in others]
)
def test_a_key_of_another_provider_is_named(
    world: StandIn, shell: Shell, key: str, provider: str
) -> None:
    told = refused(shell.tankful("add", provider, stdin=KEYS[key].value))
    name = {"openai": "OpenAI", "glm": "GLM", "kimi": "KIMI", "minimax": "MiniMax"}
    assert name.get(KEYS[key].provider, KEYS[key].provider.title()).lower() in told.lower()
    assert f"tankful add {KEYS[key].provider}" in told
    assert KEYS[key].value not in told
    assert world.requests == []


def test_an_openai_key_of_a_user_needs_an_admin_key(world: StandIn, shell: Shell) -> None:
    assert "Admin key" in refused(add(shell, "openai-user"))
    assert add(shell, "openai-user", "--no-check").code == 0


@pytest.mark.parametrize("key", ["openai-project", "openai-service", "openai-restricted"])
@pytest.mark.parametrize("args", [["openai"], [], ["openai", "--no-check"], ["chatgpt"]])
def test_with_an_openai_key_of_a_project_nothing_is_sent(
    world: StandIn, shell: Shell, key: str, args: list[str]
) -> None:
    told = refused(shell.tankful("add", *args, stdin=KEYS[key].value))
    assert (
        "this is a key of OpenAI: a project key cannot read spend; only an Admin key can; " in told
    )
    assert "nothing was sent; create one at https://platform.openai.com/" in told
    assert "https://platform.openai.com/settings/organization/admin-keys" in told
    assert accounts.load().accounts == ()
    assert world.requests == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nobody"], "there is no provider 'nobody'; choose one of "),
        (["minimx"], "there is no provider 'minimx'; did you mean minimax?"),
        (["minimax", "--scope", "team=x"], "MiniMax has no scopes; leave out --scope"),
        (["--scope", "team=x"], "MiniMax has no scopes; leave out --scope"),
        (["glm", "--scope", "team=x"], "has no scope 'team'; it has: organization, project"),
        (["glm", "--address", "x.test"], "GLM has only its own address; leave out --address"),
        (["minimax", "--address", "x.test"], "MiniMax has only its own address; leave out"),
        (["--address", "x.test"], "MiniMax has only its own address; leave out --address"),
    ],
)
def test_a_wish_that_cannot_be(world: StandIn, shell: Shell, args: list[str], words: str) -> None:
    key = KEYS["glm-intl" if args[0] == "glm" else "minimax-plan-intl"].value
    assert words in refused(shell.tankful("add", *args, stdin=key), code=2)
    assert world.requests == []


@pytest.mark.parametrize(
    ("args", "key"),
    [(["groq"], "x"), ([], "gsk_Canary0123456789"), (["glm"], "sk-ant-oat01-Canary0123456789")],
)
def test_a_service_that_tells_nothing_is_said_and_nothing_is_sent(
    world: StandIn, shell: Shell, args: list[str], key: str
) -> None:
    told = refused(shell.tankful("add", *args, stdin=key))
    page = "https://code.claude.com/docs/" if args == ["glm"] else "https://console.groq.com/"
    assert page in told
    assert "Canary" not in told
    assert world.requests == []


def test_a_terminal_opens_the_page_of_a_service_that_tells_nothing(
    world: StandIn, shell: Shell, tmp_path: Path
) -> None:
    opened, command = tmp_path / "opened", tmp_path / "bin" / browser._COMMAND
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nprintf "%s" "$*" >"{opened}"\n')
    command.chmod(0o755)
    shell.env.update(DISPLAY=":0", PATH=f"{command.parent}:{os.environ['PATH']}")
    shown = terminal(shell, "add", "mistral", typed=["y"], code=1)
    assert "Open https://admin.mistral.ai/organization/usage? [Y/n]:" in shown
    assert opened.read_text() == "https://admin.mistral.ai/organization/usage"
    assert world.requests == []


@pytest.mark.parametrize(
    "told", ["--scope=team", "--scope==x", "--scope=a=", "--nonsense", "--region=mars"]
)
def test_wrong_usage(world: StandIn, shell: Shell, told: str) -> None:
    ran = shell.tankful("add", "glm", told, stdin=KEYS["glm-intl"].value)
    assert (ran.code, ran.out, known()) == (2, "", [])


def test_a_region_where_there_is_none_is_said(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "tavily-dev", "--region", "CN")
    assert ran.code == 0
    assert ran.err == "Note: Tavily has no regions; --region cn is ignored\n"
    assert [account.region for account in known()] == [""]


def test_capitals_are_accepted_and_the_end_says_what_was_done(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful("add", "Tavily", "--label", "Work", stdin=KEYS["tavily-dev"].value)
    assert ran.code == 0 and ran.out.startswith("Added Tavily · Work"), ran
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert add(shell, "tavily-paygo").out.startswith("已添加 Tavily")


@pytest.mark.parametrize(
    "pasted", ["", "\n", "hello", "\x00\x01", "sk-", pytest.param("x" * 2_000_000, id="2 MB")]
)
def test_what_is_no_credential(world: StandIn, shell: Shell, pasted: str) -> None:
    for args in (["glm"], []):
        refused(shell.tankful("add", *args, stdin=pasted))
    assert world.requests == []


def test_bytes_that_are_no_text(world: StandIn, shell: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.tankful", "add", "glm"],
        input=b"\xff\xfe\x00\x81",
        capture_output=True,
        env=shell.environment(),
        cwd=ROOT,
        check=False,
    )
    refused(Ran(done.returncode, done.stdout.decode(), done.stderr.decode()))


def test_labels_become_unique(world: StandIn, shell: Shell) -> None:
    for key in ("tavily-dev", "tavily-paygo"):
        assert add(shell, key, "--label", "Work").code == 0
    assert [account.label for account in known()] == ["Work", "Work 2"]


def test_two_at_once_both_succeed(world: StandIn, shell: Shell) -> None:
    world.delay = 0.2
    keys = ["tavily-dev", "tavily-paygo", "kimi-intl", "glm-intl"]
    with ThreadPoolExecutor(4) as pool:
        ran = list(pool.map(lambda key: add(shell, key, "--label", "Work"), keys))
    assert [each.code for each in ran] == [0, 0, 0, 0]
    assert sorted(account.provider for account in known()) == ["glm", "kimi", "tavily", "tavily"]
    assert len({(account.provider, account.label) for account in known()}) == 4
    secrets = {store.read(account).secret for account in known()}
    assert secrets == {KEYS[key].value for key in keys}


def test_standard_input_may_have_several_lines(world: StandIn, shell: Shell) -> None:
    cookie = KEYS["chatgpt-session-chunked"].value.replace("; ", "\n")
    assert cookie.count("\n") == 1
    ran = shell.tankful("add", "chatgpt", stdin=f"\n{cookie}\n\n")
    assert ran.code == 0, ran.err
    assert [account.kind for account in known()] == ["session"]


def test_a_key_may_stand_in_its_usual_wrapping(world: StandIn, shell: Shell) -> None:
    pasted = f'export TAVILY_API_KEY="{KEYS["tavily-dev"].value}"\n'
    assert shell.tankful("add", "tavily", stdin=pasted).code == 0
    assert store.read(known()[0]).secret == KEYS["tavily-dev"].value


@pytest.mark.parametrize("key", ["tavily-dev", "glm-cn", "openai-admin", "minimax-plan-intl"])
def test_without_a_provider_it_is_recognised(world: StandIn, shell: Shell, key: str) -> None:
    ran = shell.tankful("add", stdin=KEYS[key].value)
    assert ran.code == 0, ran.err
    assert [account.provider for account in known()] == [KEYS[key].provider]


def test_a_form_that_several_share_is_asked_about(world: StandIn, shell: Shell) -> None:
    told = refused(shell.tankful("add", stdin=KEYS["kimi-intl"].value))
    assert "kimi" in told
    assert "tankful add" in told
    assert world.requests == []


def test_a_scope_is_stored(world: StandIn, shell: Shell) -> None:
    key = KEYS["glm-team-cn"]
    scopes = [f"--scope={name}={value}" for name, value in key.scopes.items()]
    ran = add(shell, "glm-team-cn", "--region", "cn", *scopes)
    assert ran.code == 0, ran.err
    assert known()[0].scope == key.scopes


def test_a_store_that_refuses(world: StandIn, shell: Shell) -> None:
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.LockedKeyring"
    told = refused(add(shell, "tavily-dev"))
    assert told.startswith("tankful: the keychain is locked")
    assert world.requests == []


def test_no_store_is_found_out_before_anybody_is_asked(world: StandIn, shell: Shell) -> None:
    shell.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    shown = terminal(shell, "add", "tavily", code=1)
    assert "no secret store" in shown
    assert "Credential" not in shown
    assert world.requests == []


def test_nothing_hangs_when_the_provider_does(world: StandIn, shell: Shell) -> None:
    world.reply("*", "*", faults.hang())
    program = "from workflow.refresh import fetch as ask; ask.ACCOUNT_SECONDS = 0.3; from scripts.tankful import main; main()"
    ran = shell.run(
        [sys.executable, "-c", program, "add", "glm"], stdin=KEYS["glm-intl"].value, seconds=20
    )
    assert "did not answer within 10 seconds" in refused(ran)


# At a terminal


def test_a_terminal_is_asked_and_does_not_show_the_secret(world: StandIn, shell: Shell) -> None:
    secret = KEYS["tavily-dev"].value
    shown = terminal(shell, "add", "tavily", typed=[secret])
    assert "https://app.tavily.com/home" in shown
    assert f"Credential (hidden): received {len(secret)} characters" in shown
    assert "Checking with Tavily…\r\x1b[K" in shown
    assert "Added Tavily" in shown
    assert "64% left" in shown
    assert secret not in shown
    assert [account.provider for account in known()] == ["tavily"]


def test_a_request_of_many_lines_is_taken_whole(world: StandIn, shell: Shell) -> None:
    first, second = KEYS["chatgpt-session-chunked"].value.split("; ")
    padding = "x=" + "p" * 9000
    curl = f"curl 'https://chatgpt.com/' \\\n  -b '{padding}; {first}; {second}' \\\n  --compressed"
    shown = terminal(shell, "add", "chatgpt", typed=[curl])
    assert "Added" in shown
    assert not any(part[-20:] in shown for part in (padding, first, second))
    assert [account.kind for account in known()] == ["session"]


def test_the_shell_gets_nothing_of_it(world: StandIn, shell: Shell) -> None:
    """Neither when it is taken nor when it is refused; what is typed then is seen again."""
    script = '"$0" -m scripts.tankful add tavily; printf next:; read line; echo "got [$line]"'
    cases: tuple[tuple[str, str, str, list[str]], ...] = (
        ("tavily-dev", "tavily.com", "Added", []),
        ("glm-intl", "z.ai", "tankful add glm", ["n"]),
    )
    for key, host, end, answers in cases:
        pasted = (
            f"curl 'https://api.{host}/' \\\n  -H 'Bearer {KEYS[key].value}' \\\n  --compressed"
        )
        shown = shown_by(
            ["sh", "-c", script, sys.executable],
            shell.environment(),
            ROOT,
            [pasted, *answers, "after"],
        )
        assert end in shown
        assert KEYS[key].value not in shown
        assert "compressed" not in shown
        assert shown.endswith("next:after\r\ngot [after]\r\n")


def test_without_a_provider_a_terminal_is_guided(world: StandIn, shell: Shell) -> None:
    secret = KEYS["kimi-cn"].value
    shown = terminal(shell, "add", typed=["99", "deep", "KIMI", secret, ""])
    assert all(name in shown for name in ("MiniMax", "智谱AI", "Tavily", "KIMI", "ChatGPT"))
    assert f"Note: choose 1 to {len(discovery.names())}, or a name" in shown
    assert "Note: choose one of deepgram, deepinfra, deepl" in shown
    assert "Number, name, or paste the key: KIMI" in shown
    assert secret not in shown
    assert [(account.provider, account.region) for account in known()] == [("kimi", "cn")]


def test_a_bad_paste_is_asked_for_again(world: StandIn, shell: Shell) -> None:
    secret = KEYS["tavily-dev"].value
    shown = terminal(shell, "add", "tavily", typed=["abc", secret])
    assert shown.count("Credential (hidden): ") >= 2
    assert shown.count("tankful: ") == 2  # the stand-in's, and what is wrong with the first
    assert "Added Tavily" in shown
    assert secret not in shown


def test_a_bad_paste_leads_back_to_the_choice(world: StandIn, shell: Shell) -> None:
    secret = KEYS["tavily-dev"].value
    shown = terminal(shell, "add", typed=["x" * 30, "tavily", secret, ""])
    assert shown.count("MiniMax: ") == 1
    assert shown.index("tankful: no key that Tankful") < shown.index("the key: tavily")
    assert [account.provider for account in known()] == ["tavily"]


def test_a_relay_is_called_by_its_host(world: StandIn, shell: Shell) -> None:
    secret = KEYS["relay"].value
    shown = terminal(shell, "add", typed=["relay", "relay.example", secret, ""])
    assert "Name [relay.example]: " in shown
    assert [account.label for account in known()] == ["relay.example"]


@pytest.mark.parametrize("length", [61, 120])
def test_a_long_chinese_name_is_no_key(world: StandIn, shell: Shell, length: int) -> None:
    ran = add(shell, "tavily-dev", "--label", "很" * length)
    assert "the name was cut to 60 characters" in ran.err
    assert [account.label for account in known()] == ["很" * 60]
    assert add(shell, "tavily-paygo", "--label", "k" * length).code == 2


def test_a_question_says_what_it_takes(world: StandIn, shell: Shell) -> None:
    secret = KEYS["tavily-dev"].value
    shell.tankful("add", "tavily", stdin=secret)
    shown = terminal(shell, "add", "tavily", typed=[secret, "perhaps", "YES"])
    assert "answer y or n" in shown
    assert len(known()) == 2


def test_a_name_that_is_a_command_is_said(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "tavily-dev", "--label", "list")
    assert "“list” is a command too; this account: tankful show list" in ran.err
    assert "64% left" in shell.tankful("show", "list").out


def test_a_key_of_a_relay_is_known_however_its_address_is_written(
    world: StandIn, shell: Shell
) -> None:
    for address, code in (("https://relay.example", 0), ("Relay.Example/v1", 1)):
        ran = add(shell, "relay", "--address", address)
        assert ran.code == code, ran.err
    assert "already stored as relay.example" in ran.err
    assert len(known()) == 1


def test_a_key_that_is_pasted_at_the_first_question_is_taken_unseen(
    world: StandIn, shell: Shell
) -> None:
    secret = KEYS["tavily-dev"].value
    shown = terminal(shell, "add", typed=[secret, "Mine"])
    assert "Added Tavily" in shown
    assert secret not in shown
    assert "Credential (hidden)" not in shown
    assert [account.label for account in known()] == ["Mine"]


def test_ctrl_c_ends_it_and_adds_nothing(world: StandIn, shell: Shell) -> None:
    shown = terminal(shell, "add", "tavily", typed=["tvly-dev-canary\x03"], code=130)
    assert "Cancelled." in shown
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert "已取消" in terminal(shell, "add", typed=["\x03"], code=130)
    assert "canary" not in shown
    assert known() == []


@pytest.mark.parametrize(
    "args",
    [
        ["tvly-dev-canary0123456789"],
        ["tavily", "tvly-dev-canary0123456789"],
        ["tavily", "--label", "tvly-dev-canary0123456789"],
        ["tavily", "--region", "tvly-dev-canary0123456789"],
        ["sk-ant-canary0123"],
        ["nobody-knows-this-canary-of-ours"],
        ["glm", "nobody-knows-this-canary-of-ours"],
        ["TAVILY_API_KEY=tvly-dev-canary"],
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_key_among_the_arguments_is_refused_and_not_repeated(
    shell: Shell, args: list[str], language: str
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    ran = shell.tankful("add", *args)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "canary" not in ran.err
    assert {"en": "your shell history", "zh": "shell 历史记录"}[language] in ran.err
    assert known() == []


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["glm", "abc-canary"], "tankful add glm"),
        (["glm", "--label", "x", "abc-canary", "more-canary"], "tankful add glm"),
        (["canary", "abc"], "tankful add"),
    ],
)
def test_what_is_too_much_may_be_a_key_and_is_not_repeated(
    shell: Shell, args: list[str], command: str
) -> None:
    ran = shell.tankful("add", *args)
    assert (ran.code, ran.out) == (2, "")
    said = f"a key is not taken on the command line; run {command} and paste it there"
    assert ran.err == f"tankful: {said}\n"


@pytest.mark.parametrize("args", [["add", "sk-abc"], ["sk-abc"], ["add", "glm", "sk-abc"]])
def test_what_begins_like_a_key_is_one(shell: Shell, args: list[str]) -> None:
    ran = shell.tankful(*args)
    assert (ran.code, ran.out, "sk-abc" in ran.err) == (2, "", False)
    assert "your shell history" in ran.err


@pytest.mark.parametrize("word", ["密钥：{}", "{}\u200b", "{}，", "“{}…”", "密钥 {}"])
@pytest.mark.parametrize("secret", ["0123456789abcdef-canary-0123456789abcdef", "sk-canary"])
@pytest.mark.parametrize("args", [[], ["add"], ["add", "glm"]])
def test_a_key_among_other_characters_is_one(
    shell: Shell, args: list[str], word: str, secret: str
) -> None:
    ran = shell.tankful(*args, word.format(secret))
    assert (ran.code, ran.out, "canary" in ran.err) == (2, "", False)
    assert "your shell history" in ran.err


def test_names_and_scopes_are_no_keys(world: StandIn, shell: Shell) -> None:
    key = KEYS["glm-team-cn"]
    scopes = [f"--scope={name}={value}" for name, value in key.scopes.items()]
    ran = add(shell, "glm-team-cn", "--label", "somebody.with.a.long.name@example.com", *scopes)
    assert ran.code == 0, ran.err
    assert known()[0].label == "somebody.with.a.long.name@example.com"


# Several in one text, and what belongs to somebody else


def of(*keys: str) -> str:
    return "\n".join(f"{name}: {KEYS[name].value}" for name in keys)


def test_several_keys_are_listed_and_none_is_taken(world: StandIn, shell: Shell) -> None:
    told = refused(
        shell.tankful("add", stdin=of("tavily-dev", "minimax-plan-intl", "tavily-paygo"))
    )
    assert "1 Tavily: Tavily development key" in told
    assert "MiniMax: MiniMax plan key" in told
    assert "--all adds all" in told
    assert not any(key.value in told for key in KEYS.values())
    assert "several" in refused(
        shell.tankful("add", "tavily", stdin=of("tavily-dev", "tavily-paygo"))
    )
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert "--all" in refused(shell.tankful("add", stdin=of("tavily-dev", "glm-intl")))
    assert world.requests == []


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "This belongs to Tavily: Tavily development key. Add it there? [Y/n]: "),
        ("zh", "这是 Tavily 的凭证：Tavily 开发 Key。改为添加到该服务商吗？[Y/n]："),
    ],
)
def test_a_key_of_another_provider_is_added_there_when_the_user_says_so(
    world: StandIn, shell: Shell, language: str, question: str
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    secret = KEYS["tavily-dev"].value
    refused_at = terminal(shell, "add", "glm", typed=[secret, "n"], code=1)
    assert question in refused_at
    assert (known(), world.requests) == ([], [])
    assert secret not in terminal(shell, "add", "glm", typed=[secret, "y"])
    assert [account.provider for account in known()] == ["tavily"]


def test_all_takes_them_all(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful("add", "--all", stdin=of("tavily-dev", "glm-intl", "minimax-plan-cn"))
    assert (ran.code, ran.out.count("\n")) == (0, 3), ran.err
    assert sorted(account.provider for account in known()) == ["glm", "minimax", "tavily"]


def test_all_of_one_provider(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful(
        "add", "tavily", "--all", stdin=of("tavily-dev", "glm-intl", "tavily-paygo")
    )
    assert ran.code == 0, ran.err
    assert {account.provider for account in known()} == {"tavily"}
    assert len(known()) == 2


def test_one_that_fails_does_not_keep_the_others(world: StandIn, shell: Shell) -> None:
    world.reply("api.tavily.com", "*", Reply(401))
    ran = shell.tankful("add", "--all", stdin=of("tavily-dev", "glm-intl"))
    assert ran.code == 1
    assert "Tavily" in ran.err
    assert [account.provider for account in known()] == ["glm"]


def test_what_may_be_anybodys_is_not_taken_with_all(world: StandIn, shell: Shell) -> None:
    several = shell.tankful("add", stdin=of("tavily-dev", "kimi-intl")).err
    assert ("2 KIMI (Moonshot)" in several, " / MiniMax" in several, " 3 " in several) == (
        True,
        True,
        False,
    )
    ran = shell.tankful("add", "--all", stdin=of("tavily-dev", "kimi-intl"))
    assert ran.code == 1
    assert "say which: tankful add PROVIDER" in ran.err
    assert [account.provider for account in known()] == ["tavily"]
    assert {request.host for request in world.requests} == {"api.tavily.com"}


@pytest.mark.parametrize(("answer", "count"), [("2", 1), ("all", 2)])
def test_a_terminal_asks_which_one(world: StandIn, shell: Shell, answer: str, count: int) -> None:
    shown = terminal(shell, "add", "tavily", typed=[of("tavily-dev", "tavily-paygo"), "7", answer])
    assert "1  Tavily: Tavily development key" in shown
    assert "choose 1 to 2" in shown
    assert not any(key.value in shown for key in KEYS.values())
    assert len(known()) == count
    held = {store.read(account).secret for account in known()}
    assert KEYS["tavily-paygo"].value in held


def test_a_terminal_asks_whose_it_is(world: StandIn, shell: Shell) -> None:
    shown = terminal(shell, "add", typed=[KEYS["kimi-cn"].value, "1", ""])
    assert "1  KIMI (Moonshot): " in shown
    assert "or all" not in shown
    assert [account.provider for account in known()] == ["kimi"]


def test_replace_takes_one(world: StandIn, shell: Shell) -> None:
    assert add(shell, "tavily-dev").code == 0
    ran = shell.tankful("replace", "Tavily", stdin=of("tavily-dev", "tavily-paygo"))
    assert ran.code == 1
    assert "several credentials" in ran.err
    assert "--all" not in ran.err
    assert store.read(known()[0]).secret == KEYS["tavily-dev"].value


SESSION = KEYS["chatgpt-session"].value
SHARED_KEY = KEYS["kimi-intl"].value


@pytest.mark.parametrize(
    ("pasted", "host"),
    [
        (f"curl 'https://www.site.example/rest' \\\n  -b 'a=1; {SESSION}'", "www.site.example"),
        (f"GET /x HTTP/1.1\nHost: app.site.example\nCookie: {SESSION}", "app.site.example"),
        (
            json.dumps(
                {"env": {"ANTHROPIC_BASE_URL": "https://api.other.example/anthropic", "ANTHROPIC_AUTH_TOKEN": SHARED_KEY}}
            ),
            "api.other.example",
        ),
        (f"OPENAI_BASE_URL=https://api.other.example\nOPENAI_API_KEY={SHARED_KEY}", "api.other.example"),
    ],
)  # fmt: skip
def test_what_is_used_with_another_address_is_named_and_sent_nowhere(
    world: StandIn, shell: Shell, pasted: str, host: str
) -> None:
    unnamed: list[list[str]] = [[], ["--all"]]
    if "other" in host:  # without a name it is a relay's key, which is sent to that address alone
        unnamed = []
    for args in (*unnamed, ["chatgpt"], ["minimax"], ["kimi", "--no-check"]):
        told = refused(shell.tankful("add", *args, stdin=pasted))
        if "other" in host:
            assert "tankful add relay" in told
        else:
            assert host in told
            assert "nothing was sent" in told
    assert world.requests == []


@pytest.mark.parametrize("odd", ["\xa0", "\t", "\u2009", "\u2011", "\u0430"])
def test_half_a_key_is_never_sent(world: StandIn, shell: Shell, odd: str) -> None:
    key = KEYS["minimax-plan-intl"].value
    for args in ([], ["minimax"], ["minimax", "--no-check"]):
        told = refused(shell.tankful("add", *args, stdin=key[:-9] + odd + key[-8:]))
        assert f"U+{ord(odd):04X}" in told
    assert world.requests == []


PERSONAL = "at-Synthetic" + "0123456789abcdefghijABCDEFGHIJ" * 2
WHOAMI = "/api/accounts/v1/user-auth-credential/whoami"


def test_a_codex_access_token_is_asked_for_its_account_once(world: StandIn, shell: Shell) -> None:
    usage = {"plan_type": "business", "rate_limit": {"primary_window": {"used_percent": 40, "limit_window_seconds": 18000, "reset_after_seconds": 60}}}  # fmt: skip
    world.reply("auth.openai.com", WHOAMI, Reply(200, {"chatgpt_account_id": "0a1b2c3d-1111"}))
    world.reply("chatgpt.com", "/backend-api/wham/usage", Reply(200, usage))
    ran = shell.tankful("add", stdin=PERSONAL)
    assert ran.code == 0 and "60% left" in ran.out, ran.err
    assert shell.tankful("refresh", "ChatGPT").code == 0
    asked = [request for request in world.requests if request.path == WHOAMI]
    assert [request.bearer for request in asked] == [PERSONAL]
    (account,) = known()
    assert (account.kind, dict(account.scope)) == ("access_token", {"workspace": "0a1b2c3d-1111"})
    pages = [request for request in world.requests if request.path.endswith("wham/usage")]
    assert {page.header("chatgpt-account-id") for page in pages} == {"0a1b2c3d-1111"}


def test_a_revoked_codex_access_token_says_where_to_make_one(world: StandIn, shell: Shell) -> None:
    world.reply("auth.openai.com", WHOAMI, Reply(401, {"error": "invalid"}))
    assert "chatgpt.com/admin/access-tokens" in refused(shell.tankful("add", stdin=PERSONAL))


@pytest.mark.parametrize(("answer", "count"), [("n", 1), ("y", 2)])
def test_a_key_that_is_stored_already_is_asked_about(
    world: StandIn, shell: Shell, answer: str, count: int
) -> None:
    secret = KEYS["tavily-dev"].value
    shell.tankful("add", "tavily", stdin=secret)
    shown = terminal(shell, "add", "tavily", typed=[secret, answer])
    assert "This key is already stored as Tavily. Add it again?" in shown
    assert ("Nothing was added." in shown) == (answer == "n")
    assert len(accounts.load().accounts) == count
    assert ("is taken" in shown) is False  # nobody asked for a name


@pytest.mark.parametrize(("answer", "count"), [("n", 1), ("y", 2)])
def test_a_guide_asks_for_a_name_only_when_something_gets_it(
    world: StandIn, shell: Shell, answer: str, count: int
) -> None:
    secret = KEYS["tavily-dev"].value
    shell.tankful("add", "tavily", stdin=secret)
    names = ["Second"] if answer == "y" else []
    shown = terminal(shell, "add", typed=["tavily", secret, answer, *names])
    assert "This key is already stored as Tavily. Add it again?" in shown
    assert ("Name [" in shown) == (answer == "y")
    assert len(accounts.load().accounts) == count


@pytest.mark.parametrize(
    "arguments",
    [
        ("openai", "--scope", "team=a"),
        ("openai", "--scope", "project=not one"),
        ("openai", "--label", KEYS["tavily-dev"].value),
        ("tavily", "--scope", "team=a"),
        ("relay", "--address", "not an address"),
    ],
)
def test_a_wrong_option_is_refused_before_the_key_is_asked_for(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    shown = terminal(shell, "add", *arguments, code=2)
    assert shown.startswith("tankful: ")
    assert "Credential" not in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_of_providers_hangs_in_a_narrow_window(
    world: StandIn, shell: Shell, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setitem(SIZE, "COLUMNS", "50")
    shell.env["TANKFUL_LANGUAGE"] = language
    shown = terminal(shell, "add", typed=["tavily", KEYS["tavily-dev"].value, ""])
    begun = [line.rstrip() for line in shown.splitlines() if re.match(r"[ \d]\d  \S|    \S", line)]
    assert sum(line.startswith("    ") for line in begun) > 3
    assert max(map(width, begun)) <= 50
    assert len(begun) > len(discovery.names())


def test_of_two_that_add_the_same_key_at_once_one_is_refused(world: StandIn, shell: Shell) -> None:
    secret = KEYS["tavily-dev"].value
    world.delay = 0.5  # both have looked for the key before one stores it
    with ThreadPoolExecutor(2) as pool:
        adding = [pool.submit(shell.tankful, "add", "tavily", stdin=secret) for _ in range(2)]
        refused, added = sorted((each.result().quiet for each in adding), key=lambda ran: ran.out)
    assert added.code == 0
    assert (refused.code, refused.out) == (1, "")
    assert "already stored as Tavily; to add it once more, use --again" in refused.err
    assert len(accounts.load().accounts) == 1


def test_a_key_that_is_stored_already_is_refused_through_a_pipe(
    world: StandIn, shell: Shell
) -> None:
    secret = KEYS["tavily-dev"].value
    shell.tankful("add", "tavily", "--label", "Work", stdin=secret)
    for arguments in (("tavily",), (), ("tavily", "--no-check")):
        ran = shell.tankful("add", *arguments, stdin=secret).quiet
        assert (ran.code, ran.out) == (1, "")
        assert "already stored as Tavily · Work; to add it once more, use --again" in ran.err
    assert len(accounts.load().accounts) == 1
    assert shell.tankful("add", "tavily", "--again", stdin=secret).code == 0
    other = shell.tankful("add", "tavily", "--scope", "project=other", stdin=secret)
    assert other.code == 0, other.err  # another project of the same key is another account
    assert len(accounts.load().accounts) == 3
