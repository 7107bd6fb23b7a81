"""What privacy leaves of a name."""

from __future__ import annotations

import json
import re

import pytest

from tests import examples
from tests.conftest import Shell
from tests.examples import TAVILY, Known
from workflow.credentials import store
from workflow.display import privacy
from workflow.models import Account, Credential, utc_now
from workflow.records import replace
from workflow.settings import Settings
from workflow.storage import accounts

FIRST = Account("tavily-00000001", "tavily", "Alice")
SECOND = replace(FIRST, id="tavily-00000002", label="Bob", number=2)
OPEN, SHUT = Settings(), Settings(privacy=True)


def another(number: int, label: str) -> Known:
    account = replace(TAVILY[0], id=f"tavily-0000000{number}", label=label)
    return account, replace(TAVILY[1], account_id=account.id, fetched_at=utc_now())


@pytest.mark.parametrize(
    ("account", "settings", "name", "title"),
    [
        (FIRST, OPEN, "Tavily · Alice", "Tavily · Alice"),
        (SECOND, OPEN, "Tavily · Bob", "Tavily · Bob"),
        (FIRST, SHUT, "Tavily · •••", "Tavily"),
        (SECOND, SHUT, "Tavily · ••• 2", "Tavily 2"),
    ],
)
def test_an_account_is_called_by_its_number(
    account: Account, settings: Settings, name: str, title: str
) -> None:
    assert privacy.name(account, "Tavily", settings) == name
    assert privacy.title(account, "Tavily", settings) == title
    assert privacy.full_name(account, settings) == name


@pytest.mark.parametrize("line", ["list", "list --plain", "summary", "summary --glance", "prompt"])
def test_accounts_of_one_provider_are_told_apart_everywhere(shell: Shell, line: str) -> None:
    examples.install([another(1, "Alice"), another(2, "Bob"), another(3, "Carol")])
    shell.tankful("config", "privacy", "1")
    shell.tankful("order", "tavily-00000003", "pin")
    names = ["Tavily · •••", "Tavily · ••• 2", "Tavily · ••• 3"]
    assert (
        sorted(re.findall(r"Tavily · •••(?: \d(?!\d*%))?", shell.tankful(*line.split()).out))
        == names
    )
    rows = json.loads(shell.tankful("script-filter").out)["items"]
    titles = [row["title"].split("   ")[0] for row in rows if row["title"].startswith("Tavily")]
    assert titles == [names[2], names[0], names[1]]
    assert "Tavily · ••• 3" in shell.tankful("threshold", "tavily-00000003").out


def test_a_new_account_gets_a_free_number() -> None:
    key = Credential("api_key", "tvly-canary")
    for label in ("Alice", "Bob", "Carol"):
        saved = store.store(Account(accounts.new_id("tavily"), "tavily", label), key)
    assert saved.number == 3
    store.remove(accounts.load().named("Alice"))
    assert [each.number for each in accounts.load().accounts] == [2, 3]
    renewed = store.store(accounts.load().named("Bob"), Credential("api_key", "tvly-other"))
    assert renewed.number == 2
    program = store.store(Account("tavily-0000000f", "tavily", "Dave"), Credential("none", ""))
    assert program.number == 1
