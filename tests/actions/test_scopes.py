"""What a user types for a team, project or workspace has a form, and is refused with an example."""

from __future__ import annotations

from typing import Dict, List, Tuple

import pytest

from tests import stored
from tests.conftest import Shell
from tests.said import both
from tests.standin import KEYS, StandIn
from workflow.actions import add as adding
from workflow.actions import edit
from workflow.errors import Mistake
from workflow.provider import contract
from workflow.provider import discovery as providers
from workflow.recognition import recognise
from workflow.storage import accounts

KEY = {"chatgpt": "chatgpt-plus", "glm": "glm-team-cn", "openai": "openai-admin"}
EXAMPLES = {
    (about.id, name): form.example
    for about in providers.everything().values()
    for name, form in about.forms.items()
}
PLACES: List[Tuple[str, str]] = sorted(EXAMPLES)
WRONG: Dict[str, List[str]] = {
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


def wish(provider: str, **scope: str) -> adding.Wish:
    found = recognise.read(KEYS[KEY[provider]].value, provider)
    return adding.Wish(found, scope=scope, check=False, region=KEYS[KEY[provider]].region or "auto")


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
    world: StandIn, place: Tuple[str, str], told: str
) -> None:
    provider, name = place
    with pytest.raises(Mistake) as caught:
        adding.enrol(wish(provider, **{name: told}))
    for words in both(caught.value.message):
        assert name in words and f"{EXAMPLES[place]}" in words and repr(told) in words
    assert accounts.load().accounts == () and world.requests == []


@pytest.mark.parametrize("place", PLACES)
def test_the_right_form_is_kept(world: StandIn, place: Tuple[str, str]) -> None:
    provider, name = place
    done = adding.enrol(wish(provider, **{name: f" {EXAMPLES[place]} "}))
    assert done.account.scope[name] == EXAMPLES[place]


@pytest.mark.parametrize(("place", "told"), ODD)
def test_the_same_when_it_is_changed_later(place: Tuple[str, str], told: str) -> None:
    provider, name = place
    account = stored.account(KEY[provider])
    with pytest.raises(Mistake):
        edit.set_scope(account.id, name, told)
    assert accounts.load().get(account.id) == account
    changed = edit.set_scope(account.id, name, EXAMPLES[place])
    assert changed.scope[name] == EXAMPLES[place]
    assert name not in edit.set_scope(account.id, name, "").scope


def test_a_long_value_is_not_repeated_whole() -> None:
    with pytest.raises(Mistake) as caught:
        contract.scope_value(providers.about("chatgpt"), "workspace", "x" * 500)
    assert all(len(words) < 250 for words in both(caught.value.message))


def test_in_a_shell(world: StandIn, shell: Shell) -> None:
    told = KEYS["chatgpt-plus"].value
    ran = shell.tankful("add", "chatgpt", "--scope", "workspace=Example Team", stdin=told)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "an account ID, such as 0a1b2c3d-1111-4222-8333-444455556666" in ran.err
    assert accounts.load().accounts == () and world.requests == []


def test_a_scope_without_a_known_form_is_taken_as_it_is(world: StandIn) -> None:
    account = stored.account("tavily-dev")
    assert edit.set_scope(account.id, "project", "my project").scope == {"project": "my project"}
