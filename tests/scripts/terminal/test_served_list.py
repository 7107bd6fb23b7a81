"""``tankful`` and ``tankful --json`` from the pack: the same output as the verb's, and when the verb runs instead."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from scripts import commands
from scripts.terminal import served_list
from tests import examples
from tests.conftest import Shell
from tests.terminal import terminal
from workflow import settings
from workflow.actions import edit
from workflow.alfred import pack, publish, served
from workflow.models import Snapshot, Usage, utc_now
from workflow.records import replace
from workflow.refresh import background


@pytest.fixture
def six(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of every kind, just refreshed, in a published pack."""
    monkeypatch.setattr(background, "_detach", lambda *_: None)
    examples.install(examples.six(utc_now()))
    publish.publish()


def served_text(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> str | None:
    """Return the text printed from the pack; None if none is."""
    if not served_list.answered(list(words)):
        return None
    return capfdbinary.readouterr().out.decode()


def verb_text(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> str:
    """Return the text that the verb prints."""
    commands.main(list(words) or ["list"], standalone_mode=False)
    sys.stdout.flush()
    return capfdbinary.readouterr().out.decode()


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("words", [(), ("list",)])
def test_the_table_is_that_of_the_verb(
    words: tuple[str, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    told = served_text(capfdbinary, *words)
    assert told == verb_text(capfdbinary, *words)
    assert told.count("\n") == 6


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("words", [("--json",), ("list", "--json")])
def test_the_report_is_that_of_the_verb(
    words: tuple[str, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    told = json.loads(served_text(capfdbinary, *words) or "null")
    verb = json.loads(verb_text(capfdbinary, *words))
    for report in (told, verb):
        for account in report["accounts"]:
            for quota in account["quotas"]:  # foreseen as of another second
                quota["pace"] = (quota["pace"] or {}).get("verdict")
    assert told["accounts"] == verb["accounts"] != []


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("words", [("--wait",), ("list", "--json", "--wait"), ("--help",), ("x",)])
def test_everything_else_is_for_the_verbs(
    words: tuple[str, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert served_text(capfdbinary, *words) is None


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANKFUL_LOOPBACK", "http://127.0.0.1:9"),
        ("TANKFUL_LANGUAGE", "zh"),
        ("TANKFUL_PRIVACY", "1"),
        ("TANKFUL_HOME", "relative"),
        ("LC_ALL", "fr_FR.UTF-8"),
    ],
)
def test_another_call_is_not_served_the_wrong_list(
    name: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setenv(name, value)
    assert served_text(capfdbinary) is None


@pytest.mark.usefixtures("six")
def test_who_changed_the_accounts_since_is_not_served(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    edit.rename(examples.GLM[0].id, "Other")
    assert served_text(capfdbinary) is None
    publish.publish()
    assert "Other" in (served_text(capfdbinary) or "")


@pytest.mark.usefixtures("six")
def test_a_damaged_pack_is_not_served(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    whole = Path(served.path()).read_bytes()
    at = whole.index(b"GLM", whole.index(b"\n\n"))
    Path(served.path()).write_bytes(whole[:at] + b"X" + whole[at + 1 :])
    assert served_text(capfdbinary) is None
    Path(served.path()).unlink()
    assert served_text(capfdbinary) is None


def test_while_nothing_is_known_the_verb_waits(
    home: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    publish.publish()
    assert served_text(capfdbinary) is None  # no account
    account, _snapshot = examples.GLM
    examples.install([(account, Snapshot(account.id))])
    publish.publish()
    assert served_text(capfdbinary) is None
    assert served_text(capfdbinary, "--json") is None


@pytest.mark.usefixtures("six")
def test_that_all_are_hidden_is_said_by_the_verb(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for account, _snapshot in examples.SIX:
        publish.publish()
        assert served_text(capfdbinary)
        edit.arrange(account.id, "hide")
    publish.publish()
    assert served_text(capfdbinary) is None
    assert served_text(capfdbinary, "--plain") is None


@pytest.mark.usefixtures("six")
def test_that_settings_were_damaged_is_said_by_the_verb(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    Path(settings.path()).write_text("{")
    settings.load()
    publish.publish()
    assert served_text(capfdbinary) is None  # what it hid is shown again
    assert served_text(capfdbinary, "--json") is None


def test_old_numbers_are_shown_and_asked_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    started: list[object] = []
    monkeypatch.setattr(background, "_detach", lambda *of: started.append(of))
    examples.install(examples.six(utc_now() - timedelta(hours=2)))
    publish.publish()
    assert "2h ago" in (served_text(capfdbinary) or "")
    assert len(started) == 1


@pytest.mark.usefixtures("six")
def test_a_report_is_served_while_it_is_one_of_now() -> None:
    name = (pack.REPORT, f"{os.environ['TANKFUL_HOME']}/cache/{pack.LISTS}")
    report = pack.read(name[1], name[0]).split(b"\n", 2)[2]
    now = utc_now().timestamp()
    assert served_list._is_recent(report, now)
    assert served_list._is_recent(report, now + pack.RECENT - 2)
    assert not served_list._is_recent(report, now + pack.RECENT + 2)
    assert not served_list._is_recent(report, now - 120)
    assert not served_list._is_recent(b"{}", now)


def test_a_report_from_before_a_reset_is_not_served(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(background, "_detach", lambda *_: None)
    now = utc_now()
    account, snapshot = examples.GLM
    week = examples.share("Weekly", "41", now + timedelta(minutes=1) - examples.NOW, 604800)
    examples.install([(account, replace(snapshot, usage=Usage((week,)), fetched_at=now))])
    publish.publish()
    assert json.loads(served_text(capfdbinary, "--json") or "null")["accounts"][0]["stale"] is False
    monkeypatch.setattr(served_list, "time", lambda: now.timestamp() + 61)
    assert served_text(capfdbinary, "--json") is None
    assert "has reset" in (served_text(capfdbinary) or "")


@pytest.mark.usefixtures("six")
def test_nothing_of_click_and_of_numbers_is_loaded(shell: Shell) -> None:
    code = "import sys; sys.argv = ['tankful']; from scripts import tankful; tankful.main(); sys.stderr.write(' '.join(sys.modules))"
    ran = shell.run([sys.executable, "-c", code])
    assert ran.out.count("\n") == 6
    heavy = {"click", "rich", "httpx", "diskcache", "keyring", "json", "dataclasses", "sqlite3"}
    assert set(ran.err.split()) & heavy == set()


@pytest.mark.usefixtures("six")
def test_a_terminal_gets_it_in_colour(shell: Shell) -> None:
    shown = terminal(shell, "list")
    assert "\x1b[" in shown
    assert all(account.label in shown for account, _ in examples.SIX)


@pytest.mark.usefixtures("six")
def test_a_closed_pipe_is_the_end_of_it(shell: Shell) -> None:
    script = f'"{sys.executable}" -m scripts.tankful --json | true; echo "${{PIPESTATUS[0]}}"'
    ran = shell.run(["/bin/bash", "-c", script])
    assert ran.out.strip() in ("0", "1")
    assert ran.err == ""
