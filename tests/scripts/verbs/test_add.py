from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, List

import pytest

from tests.conftest import ROOT, Ran, Shell
from tests.standin import KEYS, Reply, StandIn, faults
from tests.stored import MAIN, SIX, snapshot
from tests.terminal import shown as shown_by
from tests.terminal import terminal
from workflow.credentials import store
from workflow.models import Account
from workflow.storage import accounts


def add(shell: Shell, key: str, *args: str) -> Ran:
    """Add the credential of this name, through standard input."""
    ran = shell.tankful("add", KEYS[key].provider, *args, stdin=KEYS[key].value)
    assert KEYS[key].value not in ran.out + ran.err
    return ran


def known() -> List[Account]:
    return list(accounts.load().accounts)


def refused(ran: Ran) -> str:
    """The one line of a failure after which nothing is stored."""
    ran = ran.quiet
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("tankful: ") and ran.err.count("\n") == 1, ran.err
    assert known() == []
    assert not Path(os.environ["TANKFUL_TEST_KEYRING"]).exists()
    return ran.err


@pytest.mark.parametrize("key", [*SIX.values(), "chatgpt-session", "kimi-code", "openai-relay"])
def test_a_credential_of_each_kind(world: StandIn, shell: Shell, key: str) -> None:
    ran = add(shell, key, "--label", "My Account")
    assert ran.code == 0, ran.err
    assert "My Account" in ran.out and ran.out.count("\n") == 1
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
    assert "works in several regions; international was taken (--region chooses" in ran.err
    assert [account.region for account in known()] == ["intl"]


def test_an_explicit_region_goes_to_that_host_only(world: StandIn, shell: Shell) -> None:
    assert "region" in refused(add(shell, "kimi-intl", "--region", "cn"))
    assert {request.host for request in world.requests} == {"api.moonshot.cn"}
    assert add(shell, "kimi-cn", "--region", "cn").err == ""


def test_no_check_asks_nobody(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "glm-cn", "--no-check")
    assert ran.code == 0
    assert world.connections == 0
    (account,) = known()
    assert account.region == "intl"
    assert store.read(account).secret == KEYS["glm-cn"].value


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
    assert "Tavily" in told and words in told
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert "Tavily" in refused(add(shell, "tavily-dev"))


FOREIGN: Dict[str, List[str]] = {  # the key of one provider, and where it is put
    "tavily-dev": ["glm", "openai", "kimi", "minimax", "chatgpt"],
    "glm-intl": ["tavily", "kimi", "chatgpt"],
    "openai-admin": ["tavily", "chatgpt", "kimi"],
    "openai-project": ["chatgpt", "minimax"],
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


def test_an_ordinary_openai_key_needs_an_admin_key(world: StandIn, shell: Shell) -> None:
    assert "Admin key" in refused(add(shell, "openai-project"))
    assert add(shell, "openai-project", "--no-check").code == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nobody"], "there is no provider 'nobody'; choose one of chatgpt, glm"),
        (["minimax", "--scope", "team=x"], "MiniMax has no scopes; leave out --scope"),
        (["--scope", "team=x"], "MiniMax has no scopes; leave out --scope"),
        (["glm", "--scope", "team=x"], "has no scope 'team'; it has: organization, project"),
    ],
)
def test_a_wish_that_cannot_be(world: StandIn, shell: Shell, args: List[str], words: str) -> None:
    key = KEYS["glm-intl" if args[0] == "glm" else "minimax-plan-intl"].value
    assert words in refused(shell.tankful("add", *args, stdin=key))
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
    assert ran.err == "Note: Tavily has no regions; --region cn has no meaning here\n"
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
    assert "kimi" in told and "tankful add" in told
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
    assert "no secret store" in shown and "Credential" not in shown
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
    assert "Asking Tavily…\r\x1b[K" in shown and "Added Tavily" in shown and "64% left" in shown
    assert secret not in shown
    assert [account.provider for account in known()] == ["tavily"]


def test_a_request_of_many_lines_is_taken_whole(world: StandIn, shell: Shell) -> None:
    first, second = KEYS["chatgpt-session-chunked"].value.split("; ")
    padding = "x=" + "p" * 9000
    curl = f"curl 'https://chatgpt.com/' \\\n  -b '{padding}; {first}; {second}' \\\n  --compressed"
    shown = terminal(shell, "add", "chatgpt", typed=[curl])
    assert "Added" in shown and not any(part[-20:] in shown for part in (padding, first, second))
    assert [account.kind for account in known()] == ["session"]


def test_the_shell_gets_nothing_of_it(world: StandIn, shell: Shell) -> None:
    """Neither when it is taken nor when it is refused; what is typed then is seen again."""
    script = '"$0" -m scripts.tankful add tavily; printf next:; read line; echo "got [$line]"'
    cases = (("tavily-dev", "tavily.com", "Added"), ("glm-intl", "z.ai", "tankful add glm"))
    for key, host, end in cases:
        pasted = (
            f"curl 'https://api.{host}/' \\\n  -H 'Bearer {KEYS[key].value}' \\\n  --compressed"
        )
        shown = shown_by(
            ["sh", "-c", script, sys.executable], shell.environment(), ROOT, [pasted, "after"]
        )
        assert end in shown and KEYS[key].value not in shown and "compressed" not in shown
        assert shown.endswith("next:after\r\ngot [after]\r\n")


def test_without_a_provider_a_terminal_is_guided(world: StandIn, shell: Shell) -> None:
    secret = KEYS["kimi-cn"].value
    shown = terminal(shell, "add", typed=["9", "KIMI", secret])
    assert all(name in shown for name in ("MiniMax", "智谱AI", "Tavily", "KIMI", "ChatGPT"))
    assert "Note: choose 1 to 6, or a name" in shown and "Which one?: KIMI" in shown
    assert secret not in shown
    assert [(account.provider, account.region) for account in known()] == [("kimi", "cn")]


def test_a_key_that_is_pasted_at_the_first_question_is_taken_unseen(
    world: StandIn, shell: Shell
) -> None:
    secret = KEYS["tavily-dev"].value
    shown = terminal(shell, "add", typed=[secret])
    assert "Added Tavily" in shown and secret not in shown
    assert "Credential (hidden)" not in shown


def test_ctrl_c_ends_it_and_adds_nothing(world: StandIn, shell: Shell) -> None:
    shown = terminal(shell, "add", "tavily", typed=["tvly-dev-canary\x03"], code=1)
    assert "Aborted!" in shown and "canary" not in shown
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
    shell: Shell, args: List[str], language: str
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    ran = shell.tankful("add", *args)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "canary" not in ran.err
    assert {"en": "the shell's history", "zh": "shell 历史记录"}[language] in ran.err
    assert known() == []


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
    assert "1 Tavily: Tavily development key" in told and "MiniMax: MiniMax plan key" in told
    assert "--all takes all" in told and not any(key.value in told for key in KEYS.values())
    assert "several" in refused(
        shell.tankful("add", "tavily", stdin=of("tavily-dev", "tavily-paygo"))
    )
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert "--all" in refused(shell.tankful("add", stdin=of("tavily-dev", "glm-intl")))
    assert world.requests == []


def test_all_takes_them_all(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful("add", "--all", stdin=of("tavily-dev", "glm-intl", "minimax-plan-cn"))
    assert (ran.code, ran.out.count("\n")) == (0, 3), ran.err
    assert sorted(account.provider for account in known()) == ["glm", "minimax", "tavily"]


def test_all_of_one_provider(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful(
        "add", "tavily", "--all", stdin=of("tavily-dev", "glm-intl", "tavily-paygo")
    )
    assert ran.code == 0, ran.err
    assert {account.provider for account in known()} == {"tavily"} and len(known()) == 2


def test_one_that_fails_does_not_keep_the_others(world: StandIn, shell: Shell) -> None:
    world.reply("api.tavily.com", "*", Reply(401))
    ran = shell.tankful("add", "--all", stdin=of("tavily-dev", "glm-intl"))
    assert ran.code == 1 and "Tavily" in ran.err
    assert [account.provider for account in known()] == ["glm"]


def test_what_may_be_anybodys_is_not_taken_with_all(world: StandIn, shell: Shell) -> None:
    ran = shell.tankful("add", "--all", stdin=of("tavily-dev", "kimi-intl"))
    assert "name the one it belongs to" in ran.err
    assert [account.provider for account in known()] == ["tavily"]
    assert {request.host for request in world.requests} == {"api.tavily.com"}


@pytest.mark.parametrize(("answer", "count"), [("2", 1), ("all", 2)])
def test_a_terminal_asks_which_one(world: StandIn, shell: Shell, answer: str, count: int) -> None:
    shown = terminal(shell, "add", "tavily", typed=[of("tavily-dev", "tavily-paygo"), "7", answer])
    assert "1  Tavily: Tavily development key" in shown and "choose 1 to 2" in shown
    assert not any(key.value in shown for key in KEYS.values())
    assert len(known()) == count
    held = {store.read(account).secret for account in known()}
    assert KEYS["tavily-paygo"].value in held


def test_a_terminal_asks_whose_it_is(world: StandIn, shell: Shell) -> None:
    shown = terminal(shell, "add", typed=[KEYS["kimi-cn"].value, "1"])
    assert "1  KIMI (Moonshot): " in shown and "or all" not in shown
    assert [account.provider for account in known()] == ["kimi"]


def test_replace_takes_one(world: StandIn, shell: Shell) -> None:
    assert add(shell, "tavily-dev").code == 0
    ran = shell.tankful("replace", "Tavily", stdin=of("tavily-dev", "tavily-paygo"))
    assert ran.code == 1 and "several credentials" in ran.err and "--all" not in ran.err
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
    for args in ([], ["chatgpt"], ["minimax"], ["kimi", "--no-check"], ["--all"]):
        told = refused(shell.tankful("add", *args, stdin=pasted))
        assert host in told and "nothing was sent" in told
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
