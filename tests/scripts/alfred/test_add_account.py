"""``tankful take-in``: dialogs from a shell or Raycast, which get one line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.alfred_harness.recorders import Recorders
from tests.conftest import Shell
from tests.standin import KEYS, StandIn
from workflow.credentials import store
from workflow.storage import accounts
from workflow.system import browser

KEY = KEYS["tavily-dev"].value


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorders:
    """The recorded commands of a Mac, first in PATH."""
    folder = tmp_path / "recorders"
    folder.mkdir()
    recorders = Recorders(folder)
    monkeypatch.setenv("PATH", f"{recorders.bin}:{os.environ['PATH']}")
    return recorders


def test_the_provider_is_picked_and_the_key_typed(
    mac: Recorders, shell: Shell, world: StandIn
) -> None:
    mac.answer("osascript", "Tavily\n", containing="choose from list")
    mac.answer("osascript", f"Check and Save\n{KEY}\n", containing="hidden answer")
    ran = shell.tankful("take-in")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Added Tavily: ")
    assert len(ran.out.splitlines()) == 1
    (account,) = accounts.load().accounts
    assert account.provider == "tavily"
    assert KEY not in ran.out + repr(mac.calls())


def test_the_clipboard_is_a_choice(mac: Recorders, shell: Shell, world: StandIn) -> None:
    mac.clipboard = json.dumps({"key": KEY})
    mac.answer("osascript", "Use the Clipboard\n", containing="choose from list")
    mac.answer("osascript", "Check and Save\nMine\n", containing="Nothing has been sent")
    ran = shell.tankful("take-in")
    assert ran.out.startswith("Added Tavily · Mine: ")
    assert mac.clipboard == ""


def test_cancelled(mac: Recorders, shell: Shell) -> None:
    mac.default("osascript", rc=1, stderr="execution error: User canceled. (-128)\n")
    ran = shell.tankful("take-in")
    assert (ran.code, ran.out, ran.err) == (0, "Nothing was added\n", "")


def test_without_dialogs(mac: Recorders, shell: Shell) -> None:
    mac.default("osascript", rc=1, stderr="execution error: no user interaction allowed (-1713)\n")
    ran = shell.tankful("take-in", "--provider", "tavily")
    assert (ran.code, ran.out) == (1, "")
    assert "tankful add" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_removed_account(mac: Recorders, shell: Shell) -> None:
    ran = shell.tankful("take-in", "--account", "tavily-00000009")
    assert ran.code == 1
    assert mac.calls() == []


def test_several_on_the_clipboard_are_chosen_among(
    mac: Recorders, shell: Shell, world: StandIn
) -> None:
    mac.clipboard = f"{KEY}\n{KEYS['tavily-paygo'].value}"
    mac.answer("osascript", "2 · Tavily: Tavily production key\n", containing="choose from list")
    mac.default("osascript", "Check and Save\nMine\n")
    ran = shell.tankful("take-in", "--provider", "tavily", "--source", "clipboard")
    assert (ran.code, ran.err) == (0, "")
    (account,) = accounts.load().accounts
    assert store.read(account).secret == KEYS["tavily-paygo"].value
    assert mac.clipboard == ""


def test_all_on_the_clipboard_are_taken(mac: Recorders, shell: Shell, world: StandIn) -> None:
    mac.clipboard = f"{KEY} {KEYS['glm-intl'].value}"
    mac.answer("osascript", "All of them (2)\n", containing="choose from list")
    ran = shell.tankful("take-in", "--source", "clipboard")
    assert (ran.code, ran.err, len(ran.out.splitlines())) == (0, "", 1)
    assert "Added Tavily" in ran.out
    assert "Added GLM" in ran.out
    assert {account.provider for account in accounts.load().accounts} == {"tavily", "glm"}
    (call,) = mac.calls("osascript")
    assert call.argv[-3:][0].startswith("1 · ")
    assert KEY not in repr(call)
    assert mac.clipboard == ""


def test_a_service_that_tells_nothing_has_its_page_opened(
    mac: Recorders, shell: Shell, world: StandIn, tmp_path: Path
) -> None:
    opened, command = tmp_path / "opened", mac.bin / browser._COMMAND
    command.write_text(f'#!/bin/sh\nprintf "%s" "$*" >"{opened}"\n')
    command.chmod(0o755)
    mac.clipboard = "gsk_Canary0123456789"
    page = "https://console.groq.com/dashboard/usage"
    mac.answer("osascript", f"Open {page}\n", containing="choose from list")
    ran = shell.tankful("take-in", "--source", "clipboard")
    assert (ran.code, ran.out, ran.err) == (0, "Nothing was added\n", "")
    (call,) = mac.calls("osascript")
    assert f"see {page}" in repr(call)
    assert opened.read_text() == page
    assert world.requests == []
