"""A made-up provider in a folder of its own appears wherever providers do, without any other registration."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.provider.remembered import forget
from tests.providers.contract import ScriptedClient, answer
from tests.said import both, chinese, english, in_language
from workflow.alfred import account_list, add_menu
from workflow.display import json_report
from workflow.guide import guide, table
from workflow.models import Account, Credential, Quota, Snapshot, Usage, utc_now
from workflow.provider import discovery
from workflow.recognition import found_keys, owners, recognise
from workflow.records import replace
from workflow.state import state as states
from workflow.storage import accounts
from workflow.storage.snapshots import Cache

MODULE = '''
"""Made up."""

from workflow.i18n.message import _
from workflow.models import Usage
from workflow.provider.calls import bearer
from workflow.provider.contract import Provider, lookalike, shape
from workflow.provider.counts import allowance
from workflow.provider.reading import count

PROVIDER = Provider(
    id="orchard",
    name="Orchard (made up)",
    short="Orchard",
    kind="search",
    needs=_("a key of orchard.example"),
    shows=_("apples of the month"),
    keys={"": "https://console.orchard.example/keys"},
    dashboard={"": "https://console.orchard.example/usage"},
    shapes=(shape(r"orch-[a-z0-9]{8,}", _("Orchard key")),),
    variables={"ORCHARD_API_KEY": ""},
    steps=(_("Open {keys} and pick a key."),),
    lookalikes=(lookalike(r"orchweb_[a-z0-9]{8,}", "Orchard (web login)"),),
)


async def fetch(client, account, credential):
    answer = await client.get("https://api.orchard.example/usage", headers=bearer(credential.secret))
    told = answer.json()
    quota = allowance("Monthly", "requests", used=count(told["used"]), limit=count(told["limit"]))
    return Usage((quota,))
'''
KEY = "orch-0abc1def2"


@pytest.fixture
def orchard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The made-up provider, forgotten again afterwards; its id."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "orchard.py").write_text(MODULE, encoding="utf-8")
    package = importlib.import_module("workflow.providers")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    importlib.invalidate_caches()
    forget()
    yield "orchard"
    sys.modules.pop("workflow.providers.orchard", None)
    forget()


def test_it_is_found_by_the_name_of_its_file(orchard: str) -> None:
    assert orchard in discovery.names()
    assert discovery.about(orchard).short == "Orchard"


def test_it_is_listed(orchard: str) -> None:
    account = Account(accounts.new_id(orchard), orchard, "Trees")
    accounts.change(lambda book: replace(book, accounts=(account,)))
    usage = Usage((Quota("Monthly", "requests", Decimal(3), Decimal(10), Decimal(7)),))
    with Cache() as cache:
        cache.put(Snapshot(account.id, usage, utc_now() - timedelta(minutes=1)))
    state = states.read()
    (row, *_) = account_list.items(state)
    assert row.title.startswith("Orchard · Trees")
    assert "70% left" in row.title
    (told,) = json_report.report(state, utc_now())["accounts"]
    assert (told["provider"], told["quotas"][0]["remaining"]) == (orchard, 7)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_can_be_added(orchard: str, language: str) -> None:
    rows = in_language(language, add_menu.providers, discovery.everything(), {})
    (row,) = [row for row in rows if row.uid == f"add-{orchard}"]
    assert row.title == "Orchard (made up)"
    assert row.variables["provider"] == orchard
    assert row.variables["action"] == "prompt"
    known = discovery.everything().values()
    (first,) = account_list.items(states.read())
    assert first.subtitle.startswith(f"{len(discovery.names())} providers")
    assert all(about.short in first.subtitle for about in known if about.is_prominent)


def test_its_key_is_recognised(orchard: str) -> None:
    (found,) = recognise.recognise(f"here it is: {KEY}")
    assert (found.provider, found.credential.secret, found.sure) == (orchard, KEY, True)
    assert owners.whose("api.orchard.example") == (orchard, "")
    with pytest.raises(recognise.Unrecognised) as caught:
        recognise.recognise("orchweb_0123456789")
    assert "Orchard (web login)" in both(caught.value.message)[0]
    assert all("orchard.example" in words for words in both(caught.value.message))


def test_its_key_is_imported(orchard: str) -> None:
    (found,) = found_keys.look({"ORCHARD_API_KEY": KEY}).candidates
    assert (found.source, found.finding.provider) == ("ORCHARD_API_KEY", orchard)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_in_the_guide_and_in_the_table(
    orchard: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = discovery.about(orchard)
    own = in_language(language, guide.markdown, orchard)
    assert "console.orchard.example/keys" in own
    shows = chinese(about.shows) if language == "zh" else english(about.shows)
    place = f"[{about.name}](workflow/guide/{language}.md#{orchard})"
    assert place in in_language(language, table.table)
    assert shows not in in_language(language, table.table)
    monkeypatch.setattr(
        discovery, "everything", lambda: {orchard: replace(about, is_prominent=True)}
    )
    assert f"| {about.name} |" in in_language(language, table.table)
    assert f"| {shows} |" in in_language(language, table.table)
    assert "console.orchard.example" in in_language(language, table.keys)


def test_it_is_asked(orchard: str) -> None:
    client = ScriptedClient(
        {"GET api.orchard.example/usage": answer(200, {"used": 3, "limit": 10})}
    )
    account = Account("a", orchard, "Trees")
    credential = Credential("api_key", KEY)
    usage = asyncio.run(discovery.load(orchard).fetch(client, account, credential))
    assert usage.quotas[0].remaining == 7
