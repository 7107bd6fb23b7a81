"""The dialogs: the calls of osascript, and how its answers are used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.alfred_harness.recorders import Recorders
from workflow.errors import Mistake
from workflow.system import dialogs

SECRET = "tvly-dev-canary0canary0canary0"
BUTTONS = ("Cancel", "Use the Clipboard", "Check and Save")


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorders:
    """The recorded commands of a Mac, first in PATH."""
    folder = tmp_path / "recorders"
    folder.mkdir()
    recorders = Recorders(folder)
    monkeypatch.setenv("PATH", f"{recorders.bin}:{os.environ['PATH']}")
    return recorders


def test_a_secret_comes_back_by_pipe(mac: Recorders) -> None:
    mac.answer("osascript", f"Check and Save\n{SECRET}\n")
    reply = dialogs.secret("Paste it", "Tankful", BUTTONS)
    assert (reply.button, reply.text) == ("Check and Save", SECRET)
    (call,) = mac.calls("osascript")
    script = " ".join(call.argv)
    assert "with hidden answer" in script
    assert "buttons {item 4 of argv, item 5 of argv, item 6 of argv} default button 3" in script
    assert call.argv[-6:] == ("Paste it", "Tankful", "", *BUTTONS)
    assert SECRET not in repr(call)
    assert SECRET not in repr(reply)


def test_lines_within_the_answer_are_kept(mac: Recorders) -> None:
    mac.answer("osascript", "Check and Save\n{\n  1\n}\n\n")
    assert dialogs.secret("p", "t", BUTTONS).text == "{\n  1\n}\n"


@pytest.mark.parametrize(
    ("stdout", "rc", "stderr"),
    [
        ("", 1, "0:120: execution error: User canceled. (-128)\n"),
        ("", 0, ""),
        ("Cancel\nwhat was typed\n", 0, ""),
        ("Something else\nx\n", 0, ""),
    ],
)
def test_cancelled(mac: Recorders, stdout: str, rc: int, stderr: str) -> None:
    mac.default("osascript", stdout, rc, stderr)
    with pytest.raises(dialogs.Cancelled):
        dialogs.secret("p", "t", BUTTONS)
    with pytest.raises(dialogs.Cancelled):
        dialogs.line("p", "t", "Work", BUTTONS[::2])
    with pytest.raises(dialogs.Cancelled):
        dialogs.pick("p", "t", ["a", "b"], ("Cancel", "Choose"))
    with pytest.raises(dialogs.Cancelled):
        dialogs.confirm("p", "t", ("Cancel", "Go on"))


def test_no_dialog_here(mac: Recorders, monkeypatch: pytest.MonkeyPatch) -> None:
    mac.default("osascript", rc=1, stderr="execution error: no user interaction allowed (-1713)\n")
    with pytest.raises(Mistake, match="tankful add"):
        dialogs.secret("p", "t", BUTTONS)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Mistake, match="tankful add"):
        dialogs.pick("p", "t", ["a"], ("Cancel", "Choose"))


def test_a_line_begins_with_what_is_proposed(mac: Recorders) -> None:
    mac.answer("osascript", "Go on\nArbeit “x” 'y' \"z\"\n")
    assert dialogs.line("Name", "t", "-Work", ("Cancel", "Go on")) == "Arbeit “x” 'y' \"z\""
    assert mac.calls("osascript")[0].argv[-3:] == ("-Work", "Cancel", "Go on")
    assert "hidden" not in " ".join(mac.calls("osascript")[0].argv)


def test_one_of_several(mac: Recorders) -> None:
    mac.answer("osascript", "Try again\n")
    assert dialogs.pick("Why", "t", ["Try again", "Type again"], ("No", "Yes")) == "Try again"
    call = mac.calls("osascript")[0]
    assert call.argv[-6:] == ("Why", "t", "Yes", "No", "Try again", "Type again")


def test_confirmed(mac: Recorders) -> None:
    mac.answer("osascript", "Go on\n")
    dialogs.confirm("Sure?", "t", ("Cancel", "Go on"))
    assert "default answer" not in " ".join(mac.calls("osascript")[0].argv)
