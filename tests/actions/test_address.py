"""An account at an address of the user's own: added with it, bound to it, shown with its host."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.alfred_harness.recorders import Recorders
from tests.conftest import Ran, Shell
from tests.standin import KEYS, Reply, StandIn
from tests.terminal import terminal
from workflow.actions import edit
from workflow.errors import Mistake
from workflow.models import Account
from workflow.storage import accounts

RELAYS = [name for name, key in KEYS.items() if key.provider == "relay"]
GOOD = [name for name in RELAYS if name != "relay-models"]
KINDS = {
    "relay": "new-api",
    "relay-one": "one-api",
    "relay-sub2api": "sub2api",
    "relay-litellm": "litellm",
    "relay-crs": "claude-relay",
}


def address(key: str) -> str:
    return KEYS[key].scopes["address"]


def add(shell: Shell, key: str, *args: str) -> Ran:
    ran = shell.tankful("add", "relay", *args, stdin=KEYS[key].value)
    assert KEYS[key].value not in ran.out + ran.err
    return ran


def only() -> Account:
    (account,) = accounts.load().accounts
    return account


@pytest.mark.parametrize("key", GOOD)
def test_a_relay_of_each_kind_is_added_and_found_out(
    world: StandIn, shell: Shell, key: str
) -> None:
    ran = add(shell, key, "--address", f"{address(key)}/v1/")
    assert ran.code == 0, ran.err
    account = only()
    host = address(key).partition("://")[2]
    assert account.label == host
    assert host in ran.out
    assert account.scope["address"] == address(key)
    assert account.scope["kind"] == KINDS.get(key, account.scope["kind"])
    (told,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert told["scope"]["address"] == address(key)
    assert {request.host for request in world.requests} == {host}


def test_a_refresh_probes_no_more(world: StandIn, shell: Shell) -> None:
    add(shell, "relay-litellm", "--address", address("relay-litellm"))
    before = len(world.requests)
    assert shell.tankful("refresh").code == 0
    assert [request.path for request in world.requests[before:]] == ["/key/info"]


def test_what_a_unit_is_is_asked_once_a_day(world: StandIn, shell: Shell) -> None:
    add(shell, "relay", "--address", address("relay"))
    shell.tankful("refresh")
    before = len(world.requests)
    shell.tankful("refresh")
    assert [request.path for request in world.requests[before:]] == ["/api/usage/token/"]


def test_a_used_up_key_is_told_from_a_wrong_one(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "relay-spent", "--address", address("relay-spent"))
    assert "used up" in ran.out
    ran = shell.tankful("add", "relay", "--address", address("relay-one"), stdin="sk-" + "Z" * 48)
    assert ran.code == 1
    assert "does not accept this credential" in ran.err


def test_a_key_for_models_only_says_what_to_ask_for(world: StandIn, shell: Shell) -> None:
    ran = add(shell, "relay-models", "--address", address("relay-models"))
    assert ran.code == 1
    assert "read-only key" in ran.err


@pytest.mark.parametrize(
    ("told", "words", "code"),
    [
        ((), "needs its address as well", 2),
        (("--address", "http://relay.example"), "not encrypted", 1),
        (("--address", "https://me:x@relay.example"), "an address looks like", 2),
        (("--address", "http://192.168.1.5:3000"), "in a terminal", 1),
    ],
)
def test_nothing_is_sent_without_a_good_address(
    world: StandIn, shell: Shell, told: tuple[str, ...], words: str, code: int
) -> None:
    ran = add(shell, "relay", *told)
    assert ran.code == code
    assert words in ran.err
    assert len(ran.quiet.err.splitlines()) == 1
    assert world.requests == []
    assert accounts.load().accounts == ()


@pytest.mark.parametrize("key", ["openrouter", "tavily-dev", "openai-admin"])
def test_a_vendors_own_key_goes_to_no_relay(world: StandIn, shell: Shell, key: str) -> None:
    ran = add(shell, key, "--address", "https://relay.example")
    assert ran.code == 1
    assert f"tankful add {KEYS[key].provider}" in ran.err
    assert world.requests == []


def test_a_terminal_asks_for_the_address_first(world: StandIn, shell: Shell) -> None:
    key = KEYS["relay"].value
    shown = terminal(shell, "add", "relay", typed=["htp:/relay", "relay.example", key])
    assert shown.count("tankful: an address looks like https://relay.example") == 1
    assert "Address of the relay" in shown
    assert "Added relay.example" in shown
    assert key not in shown
    assert only().scope["address"] == "https://relay.example"


def test_a_private_address_is_typed_twice(world: StandIn, shell: Shell) -> None:
    shown = terminal(shell, "add", "relay", typed=["http://192.168.1.5:3000", "yes"], code=1)
    assert "is not encrypted" in shown
    assert "nothing was added" in shown
    typed = ["http://192.168.1.5:3000", "http://192.168.1.5:3000", KEYS["relay"].value]
    shown = terminal(shell, "add", "relay", "--no-check", typed=typed)
    assert only().scope["address"] == "http://192.168.1.5:3000"


def test_settings_with_an_address_are_all_that_is_needed(world: StandIn, shell: Shell) -> None:
    key = KEYS["relay-sub2api"].value
    told = f"ANTHROPIC_BASE_URL={address('relay-sub2api')}\nANTHROPIC_AUTH_TOKEN={key}\n"
    ran = shell.tankful("add", stdin=told)
    assert ran.code == 0, ran.err
    assert f"it is only ever sent to {address('relay-sub2api')}" in ran.err
    assert only().scope["kind"] == "sub2api"


def test_a_key_is_bound_to_its_address(world: StandIn, shell: Shell) -> None:
    add(shell, "relay", "--address", address("relay"))
    before = only()
    with pytest.raises(Mistake, match="belongs to its address"):
        edit.set_scope(before.id, "address", "https://other.example")
    other = f"OPENAI_BASE_URL=https://other.example\nOPENAI_API_KEY={KEYS['relay-empty'].value}"
    ran = shell.tankful("replace", before.id, stdin=other)
    assert ran.code == 1
    assert "belongs to https://relay.example" in ran.err
    ran = shell.tankful("replace", before.id, stdin=KEYS["relay-empty"].value)
    assert ran.code == 0, ran.err
    assert only().scope == before.scope
    assert {request.host for request in world.requests} == {"relay.example"}


def test_a_replaced_key_is_the_one_that_is_asked_about(world: StandIn, shell: Shell) -> None:
    """What was asked about the old key is not taken for the new one's."""
    add(shell, "relay-crs", "--address", address("relay-crs"))
    before, key = only(), "cr_another0123456789"
    limits = {"dailyCostLimit": 7, "currentDailyCost": 3}
    replies = {"get-key-id": {"id": "another"}, "user-stats": {"limits": limits}}
    for path, data in replies.items():
        body = {"success": True, "data": data}
        world.reply("crs.example", f"/apiStats/api/{path}", Reply(body=body))
    ran = shell.tankful("replace", before.id, stdin=key)
    assert ran.code == 0, ran.err
    assert [request.json() for request in world.requests[-2:]] == [
        {"apiKey": key},
        {"apiId": "another"},
    ]
    assert only().scope == {**before.scope, "id": "another"}


def test_privacy_hides_where_it_is(world: StandIn, shell: Shell) -> None:
    add(shell, "relay", "--address", address("relay"), "--label", "Mine")
    assert "relay.example" in shell.tankful("list").out
    shell.env["TANKFUL_PRIVACY"] = "1"
    for verb in (("list",), ("show", only().id), ("summary",)):
        assert "relay.example" not in shell.tankful(*verb).out


def test_dialogs_ask_for_the_address(
    world: StandIn, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "recorders"
    folder.mkdir()
    mac = Recorders(folder)
    monkeypatch.setenv("PATH", f"{mac.bin}:{os.environ['PATH']}")
    key = KEYS["relay"].value
    mac.answer("osascript", f"Check and Save\n{key}\n", containing="hidden answer")
    mac.answer("osascript", "Check and Save\nrelay.example\n", containing="Address of the relay")
    ran = shell.tankful("take-in", "--provider", "relay")
    assert (ran.code, ran.err) == (0, "")
    assert only().scope["address"] == "https://relay.example"
    assert key not in repr(mac.calls())
