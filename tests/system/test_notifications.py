"""Notifications of the desktop: what each program is given, and that a real one shows it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.alfred_harness.recorders import Recorders
from workflow.system import notifications

TITLE, NASTY = 'a"b', 'Week 4% left <b>x</b> "; do shell script "id" \\ $(id) -- 周'
ALFRED = {"alfred_workflow_bundleid": "app.tankful.usage"}


def recorders(folder: Path, monkeypatch: pytest.MonkeyPatch, *commands: str) -> Recorders:
    """These programs and no others."""
    found = Recorders(folder, commands)
    monkeypatch.setenv("PATH", f"{found.bin}")
    found.bin.mkdir(exist_ok=True)
    return found


def test_osascript_gets_the_text_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = recorders(tmp_path, monkeypatch, "osascript", "notify-send")
    assert notifications.post(TITLE, NASTY)
    (call,) = told.calls()
    assert call.cmd == "osascript"
    assert call.argv[-2:] == (TITLE, NASTY)
    assert not any("x</b>" in part or TITLE in part for part in call.argv[:-2])


def test_notify_send_gets_text_without_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = recorders(tmp_path, monkeypatch, "notify-send", "gdbus")
    assert notifications.post("-x", "a <b> & -c", icon="/i.png")
    (call,) = told.calls()
    assert call.argv == ("--app-name=Tankful", "--icon=/i.png", "--", "-x", "a &lt;b&gt; &amp; -c")


def test_the_next_way_is_taken_when_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = recorders(tmp_path, monkeypatch, "notify-send", "gdbus")
    told.answer("notify-send", rc=1)
    assert notifications.post("t", 'say "hi" \\')
    assert [call.cmd for call in told.calls()] == ["notify-send", "gdbus"]
    assert told.calls()[1].argv[-5:] == (
        '"t"',
        '"say \\"hi\\" \\\\"',
        "@as []",
        "@a{sv} {}",
        "int32 -1",
    )


def test_without_a_way_nothing_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorders(tmp_path, monkeypatch)
    assert not notifications.post("t", "x")
    assert not notifications.by_alfred(ALFRED, lambda: "7")


def test_alfred_is_given_a_number_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = recorders(tmp_path, monkeypatch, "osascript")
    assert notifications.by_alfred(ALFRED, lambda: "4711")
    (call,) = told.calls()
    assert call.argv[:2] == ("-l", "JavaScript")
    assert call.argv[-3:] == ("notify", "app.tankful.usage", "4711")


def test_only_who_is_run_by_alfred_asks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = recorders(tmp_path, monkeypatch, "osascript")
    assert not notifications.by_alfred({}, lambda: "4711")
    assert told.calls() == []


def test_where_the_text_cannot_be_kept_alfred_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = recorders(tmp_path, monkeypatch, "osascript")

    def full() -> str:
        raise OSError(28, "full")

    assert not notifications.by_alfred(ALFRED, full)
    assert told.calls() == []


DAEMON = """
import sys
sys.path.insert(0, {root!r})
from workflow.system import notifications
sys.exit(not notifications.post("Tankful", {text!r}))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not all(
        map(shutil.which, ("dbus-run-session", "dunst", "dunstctl", "Xvfb", "xvfb-run", "gdbus"))
    ),
    reason="no notification daemon here",
)
@pytest.mark.parametrize("ways", [("notify-send",), ("gdbus",)], ids=["notify-send", "gdbus"])
def test_a_real_daemon_shows_it(tmp_path: Path, ways: Sequence[str]) -> None:
    text = 'GLM · Work: Week 4% left <b>no markup</b> & 周 "x" \\ y'
    folder = tmp_path / "only"
    folder.mkdir()
    for name in ways:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"no {name}")
        (folder / name).symlink_to(found)
    code = DAEMON.format(root=os.getcwd(), text=text)
    ours = f"PATH={shlex.quote(str(folder))} {shlex.quote(sys.executable)} -c {shlex.quote(code)}"
    script = f"dunst & sleep 1; {ours}; echo rc $?; dunstctl history-pop; dunstctl close-all; sleep 1; dunstctl history; kill %1"
    done = subprocess.run(
        ["dbus-run-session", "--", "xvfb-run", "-a", "bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert "rc 0" in done.stdout, done.stderr
    assert "Week 4% left &lt;b&gt;no markup&lt;/b&gt; &amp; 周" in done.stdout
