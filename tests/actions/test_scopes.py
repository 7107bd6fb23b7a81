"""The form of a team, project or workspace that a user types; other input is refused with an example."""

from __future__ import annotations

import pytest

from tests import stored
from tests.conftest import Shell
from tests.said import both
from tests.standin import KEYS, Reply, StandIn
from workflow.actions import add as adding
from workflow.actions import edit
from workflow.errors import Mistake
from workflow.provider import contract
from workflow.provider import discovery as providers
from workflow.recognition import recognise
from workflow.refresh import run as refresh
from workflow.storage import accounts

KEY = {"chatgpt": "chatgpt-plus", "glm": "glm-team-cn", "openai": "openai-admin"}
EXAMPLES = {
    (about.id, name): form.example
    for about in providers.everything().values()
    for name, form in about.forms.items()
    if about.id in KEY  # the others' values have no form of their own
}
PLACES: list[tuple[str, str]] = sorted(EXAMPLES)
WRONG: dict[str, list[str]] = {
    "workspace": [
        "Example Team",
        "user-abc12345",
        "not an id!",
        "Acme2026",
        "0a1b2c3d-1111",
        "团队",
    ],
    "organization": ["Example Ltd", "proj_1", "org-", "org_1", "Org 1", "org-1\n2", "组织"],
    "project": ["My project", "org-1", "proj_", "proj-1", "default", "proj_a b", "项目"],
}
ODD = [(place, told) for place in PLACES for told in WRONG[place[1]]]


def wish(provider: str, **scope: str) -> adding.NewAccount:
    found = recognise.read(KEYS[KEY[provider]].value, provider)
    return adding.NewAccount(
        found, scope=scope, check=False, region=KEYS[KEY[provider]].region or "auto"
    )


def test_every_form_has_a_scope_and_an_example_of_its_own() -> None:
    assert set(PLACES) == {
        ("chatgpt", "workspace"),
        *(
            (provider, name)
            for provider in ("glm", "openai")
            for name in ("organization", "project")
        ),
    }
    for about in providers.everything().values():
        assert set(about.forms) <= set(about.scopes)
        for name, form in about.forms.items():
            assert contract.scope_value(about, name, f" {form.example} ") == form.example


@pytest.mark.parametrize(("place", "told"), ODD)
def test_another_form_is_refused_with_an_example(
    world: StandIn, place: tuple[str, str], told: str
) -> None:
    provider, name = place
    with pytest.raises(Mistake) as caught:
        adding.add(wish(provider, **{name: told}))
    english, chinese = both(caught.value.message)
    for words in (english, chinese):
        assert name in words
        assert f"{EXAMPLES[place]}" in words
    assert repr(told) in english
    assert f"“{' '.join(told.split())}”" in chinese
    assert accounts.load().accounts == ()
    assert world.requests == []


@pytest.mark.parametrize("place", PLACES)
def test_the_right_form_is_kept(world: StandIn, place: tuple[str, str]) -> None:
    provider, name = place
    done = adding.add(wish(provider, **{name: f" {EXAMPLES[place]} "}))
    assert done.account.scope[name] == EXAMPLES[place]


@pytest.mark.parametrize(("place", "told"), ODD)
def test_the_same_when_it_is_changed_later(place: tuple[str, str], told: str) -> None:
    provider, name = place
    account = stored.account(KEY[provider])
    with pytest.raises(Mistake):
        edit.set_scope(account.id, name, told)
    assert accounts.load().get(account.id) == account
    changed = edit.set_scope(account.id, name, EXAMPLES[place])
    assert changed.scope[name] == EXAMPLES[place]
    assert name not in edit.set_scope(account.id, name, "").scope


def test_what_another_organization_has_not_used_is_asked_again(world: StandIn) -> None:
    account, embeddings = stored.account("openai-admin"), "/v1/organization/usage/embeddings"
    none = {"object": "page", "data": [], "has_more": False}
    world.reply("api.openai.com", embeddings, Reply(body=none))
    refresh.refresh([account.id])
    world.reset()
    edit.set_scope(account.id, "organization", EXAMPLES["openai", "organization"])
    refresh.refresh([account.id])
    assert embeddings in {request.path for request in world.requests}


def test_a_long_value_is_not_repeated_whole() -> None:
    with pytest.raises(Mistake) as caught:
        contract.scope_value(providers.about("chatgpt"), "workspace", "x" * 500)
    assert all(len(words) < 250 for words in both(caught.value.message))


@pytest.mark.parametrize(("provider", "name"), [*PLACES, ("relay", "user"), ("tavily", "project")])
def test_a_key_in_the_wrong_place_is_refused_and_not_repeated(provider: str, name: str) -> None:
    key = KEYS["tavily-dev"].value
    with pytest.raises(Mistake) as caught:
        contract.scope_value(providers.about(provider), name, key)
    assert key[:8] in (english := both(caught.value.message)[0])
    assert key[:12] not in english


def test_a_key_as_a_project_is_refused_in_a_shell(shell: Shell) -> None:
    key = KEYS["tavily-dev"].value
    ran = shell.tankful("add", "tavily", "--scope", f"project={key}", "--no-check", stdin=key)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "it is now in your shell history" in ran.err
    assert accounts.load().accounts == ()


def test_in_a_shell(world: StandIn, shell: Shell) -> None:
    told = KEYS["chatgpt-plus"].value
    ran = shell.tankful("add", "chatgpt", "--scope", "workspace=Example Team", stdin=told)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "an account ID, such as 0a1b2c3d-1111-4222-8333-444455556666" in ran.err
    assert accounts.load().accounts == ()
    assert world.requests == []


def test_a_scope_of_any_form_is_taken_as_it_is(world: StandIn) -> None:
    account = stored.account("tavily-dev")
    assert edit.set_scope(account.id, "project", "my project").scope == {"project": "my project"}
