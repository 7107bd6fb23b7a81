from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import stored
from tests.conftest import Ran, Shell
from tests.standin import KEYS, Reply, StandIn, faults
from tests.terminal import terminal
from workflow.credentials import store
from workflow.models import Account, Credential
from workflow.storage import accounts


def renew(shell: Shell, key: str, *args: str) -> Ran:
    """Replace the credential of "Work" by the one of this name, through standard input."""
    ran = shell.tankful("replace", "Work", *args, stdin=KEYS[key].value)
    assert KEYS[key].value not in ran.out + ran.err
    return ran


def only() -> tuple[Account, Credential]:
    (account,) = accounts.load().accounts
    return account, store.read(account)


def state(account: Account) -> tuple[object, ...]:
    """All that a failed replacement must leave as it is."""
    path = Path(os.environ["TANKFUL_TEST_KEYRING"])
    return accounts.load(), path.read_bytes(), stored.snapshot(account.id)


PAIRS: dict[str, tuple[str, str]] = {
    "minimax": ("minimax-plan-cn", "minimax-payg-cn"),
    "glm": ("glm-cn", "glm-no-plan-cn"),
    "tavily": ("tavily-dev", "tavily-paygo"),
    "openai": ("openai-admin", "openai-admin"),
    "kimi": ("kimi-cn", "kimi-cn"),
    "token": ("chatgpt-plus", "chatgpt-pro"),
    "to session": ("chatgpt-plus", "chatgpt-session-chunked"),
    "to token": ("chatgpt-session", "chatgpt-plus"),
}


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in PAIRS.items()])
def test_the_account_keeps_what_it_is(world: StandIn, shell: Shell, pair: tuple[str, str]) -> None:
    before = stored.account(pair[0], label="Work")
    ran = renew(shell, pair[1])
    assert ran.code == 0, ran.err
    assert "Work" in ran.out
    assert ran.out.count("\n") == 1
    after, held = only()
    kept = (before.id, before.label, before.region, before.scope)
    assert (after.id, after.label, after.region, after.scope) == kept
    assert after.kind == held.kind == KEYS[pair[1]].kind
    if held.kind != "session":
        assert held.secret == KEYS[pair[1]].value
    assert after.generation == 2
    assert accounts.load().pending_secrets == ()
    assert stored.snapshot(after.id).usage is not None


def test_a_scope_is_kept_and_asked_for(world: StandIn, shell: Shell) -> None:
    before = stored.account("glm-team-cn", label="Work")
    ran = renew(shell, "glm-team-cn")
    assert ran.code == 0, ran.err
    assert only()[0].scope == before.scope == KEYS["glm-team-cn"].scopes
    assert all(request.host.endswith("bigmodel.cn") for request in world.requests)


def test_a_key_of_the_other_region_needs_to_be_told(world: StandIn, shell: Shell) -> None:
    account = stored.account("glm-cn", label="Work")
    ran = renew(shell, "glm-intl")
    assert ran.code == 1
    page = "https://z.ai/manage-apikey/apikey-list"
    command = f"tankful replace {account.id} --region intl"
    assert f"Note: if it is a key of {page}, try it there: {command}\n" in ran.err
    assert all(request.host.endswith("bigmodel.cn") for request in world.requests)
    assert renew(shell, "glm-intl", "--region", "intl").code == 0
    assert only()[0].region == "intl"


def test_a_dead_account_lives_again(world: StandIn, shell: Shell) -> None:
    account = stored.account("chatgpt-session-dead", label="Work")
    shell.tankful("refresh", account.id)
    assert stored.snapshot(account.id).failure
    assert renew(shell, "chatgpt-session").code == 0
    assert stored.snapshot(account.id).failure is None


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("tavily-dev", "this is a credential of Tavily"),
        ("openai-admin", "an OpenAI API key"),
        ("minimax-plan-intl", "this is a credential of MiniMax"),
    ],
)
def test_the_credential_of_another_provider_is_named(
    world: StandIn, shell: Shell, key: str, said: str
) -> None:
    account = stored.account("chatgpt-plus", label="Work")
    before = state(account)
    ran = renew(shell, key)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert "ChatGPT needs" in ran.err
    assert state(account) == before
    assert world.requests == []


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        pytest.param("tavily-dev", faults.wrong_key("tavily"), id="refused"),
        pytest.param("tavily-dev", faults.server_error(), id="broken"),
        pytest.param("tavily-dev", faults.closed(), id="no answer"),
        pytest.param("chatgpt-session", Reply(body={}), id="dead session"),
        pytest.param("chatgpt-session", faults.challenge(), id="edge block"),
    ],
)
def test_a_failed_check_changes_nothing(
    world: StandIn, shell: Shell, key: str, fault: Reply
) -> None:
    old = "tavily-paygo" if key == "tavily-dev" else "chatgpt-plus"
    account = stored.account(old, label="Work")
    stored.remember(account)
    before = state(account)
    world.reply("*", "*", fault)
    ran = renew(shell, key)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert state(account) == before


def test_no_check_asks_nobody(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-paygo", label="Work")
    world.reply("*", "*", faults.closed())
    assert renew(shell, "tavily-dev", "--no-check").code == 0
    assert only()[1].secret == KEYS["tavily-dev"].value
    assert world.requests == []


@pytest.mark.parametrize("pasted", ["", "   \n", "not a key", "tvly-…abcd"])
def test_what_is_no_credential_changes_nothing(shell: Shell, pasted: str) -> None:
    account = stored.account("tavily-dev", label="Work")
    before = state(account)
    ran = shell.tankful("replace", "Work", stdin=pasted)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert state(account) == before


def test_a_locked_store_changes_nothing(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-paygo", label="Work")
    before = state(account)
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.LockedKeyring"
    assert "the keychain is locked" in renew(shell, "tavily-dev").err
    assert state(account) == before


def test_an_unknown_account(shell: Shell) -> None:
    assert "there is no account 'Work'" in renew(shell, "tavily-dev").err


def test_a_terminal_does_not_show_it(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-paygo", label="Work")
    secret = KEYS["tavily-dev"].value
    shown = terminal(shell, "replace", "Work", typed=[secret])
    assert "Credential (hidden)" in shown
    assert "https://app.tavily.com/home" in shown
    assert "Checking with Tavily…" in shown
    assert "Replaced the credential of Tavily · Work" in shown
    assert secret not in shown
    assert only()[1].secret == secret


@pytest.mark.parametrize(
    "args", [["tvly-dev-canary0123"], ["Work", "tvly-dev-canary0123"], ["canary" * 20]]
)
def test_a_key_among_the_arguments_is_not_repeated(shell: Shell, args: list[str]) -> None:
    ran = shell.tankful("replace", *args)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "canary" not in ran.err
    assert "your shell history" in ran.err


def test_what_is_too_much_is_not_repeated(shell: Shell) -> None:
    stored.account("tavily-dev", "Big Work")
    for name, shown in (("big work", "'big work'"), ("Canary", "")):
        ran = shell.tankful("replace", name, "short-canary")
        assert (ran.code, ran.out) == (2, "")
        command = f"tankful replace {shown}".strip()
        assert f"; run {command} and paste" in ran.err
        assert "anary" not in ran.err


def test_a_region_is_one_of_those_there_are(shell: Shell) -> None:
    ran = renew(shell, "tavily-dev", "--region", "mars")
    assert ran.code == 2
    assert "Error: --region must be intl, cn or auto, not 'mars'\n" in ran.err
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    shown = renew(shell, "tavily-dev", "--region", "mars").err
    assert "错误：--region 只能是 intl、cn 或 auto，不能是“mars”\n" in shown
