"""The recorded commands, called as a script calls them."""

from __future__ import annotations

import subprocess

import pytest

from .fixtures import recorders
from .recorders import COMMANDS, Recorders

__all__ = ["recorders"]
UTF8 = {"LC_CTYPE": "en_US.UTF-8"}


def call(
    recorders: Recorders, command: str, *argv: str, stdin: str = "", **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a recorded command to its end."""
    return subprocess.run(
        [str(recorders.bin / command), *argv],
        input=stdin.encode(),
        capture_output=True,
        env=env,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_written_down(recorders: Recorders, command: str) -> None:
    call(recorders, command, "a b", "ü", stdin="secret", X="1")
    (noted,) = recorders.calls()
    assert (noted.cmd, noted.argv, noted.stdin) == (command, ("a b", "ü"), "secret")
    assert noted.env["X"] == "1"
    assert "LC_CTYPE" not in noted.env


def test_answers_come_in_order_and_then_the_default(recorders: Recorders) -> None:
    recorders.answer("osascript", stdout="one\n")
    recorders.answer("osascript", rc=1, stderr="User canceled. (-128)\n")
    first, second, third = (call(recorders, "osascript") for _ in range(3))
    assert (first.stdout, first.returncode) == (b"one\n", 0)
    assert (second.stderr, second.returncode) == (b"User canceled. (-128)\n", 1)
    assert (third.stdout, third.returncode) == (b"", 0)


def test_an_answer_may_wait_for_its_call(recorders: Recorders) -> None:
    recorders.answer("security", stdout="found", containing="service-b")
    assert call(recorders, "security", "find", "service-a").returncode == 44
    assert recorders.unused("security") == 1
    assert call(recorders, "security", "-i", stdin="find service-b").stdout == b"found"
    assert recorders.unused("security") == 0


def test_defaults_can_be_changed(recorders: Recorders) -> None:
    assert call(recorders, "defaults", "read", "-g", "AppleLanguages").returncode == 1
    recorders.default("defaults", stdout='(\n    "zh-Hans-CN"\n)\n')
    assert b"zh-Hans" in call(recorders, "defaults", "read").stdout
    assert b"zh-Hans" in call(recorders, "defaults", "read").stdout


def test_the_clipboard_keeps_utf8_in_a_utf8_locale_only(recorders: Recorders) -> None:
    call(recorders, "pbcopy", stdin="¥42 · 主", **UTF8)
    assert recorders.clipboard == "¥42 · 主"
    assert call(recorders, "pbpaste", **UTF8).stdout.decode() == "¥42 · 主"
    call(recorders, "pbcopy", stdin="¥42")
    assert recorders.clipboard == "¬•42"


def test_a_test_may_fill_the_clipboard(recorders: Recorders) -> None:
    assert recorders.clipboard == ""
    recorders.clipboard = "sk-1"
    assert call(recorders, "pbpaste").stdout == b"sk-1"
    call(recorders, "pbcopy")
    assert recorders.clipboard == ""


def test_calls_at_the_same_time_are_all_kept(recorders: Recorders) -> None:
    command = [str(recorders.bin / "say")]
    running = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(8)]
    assert [process.wait(30) for process in running] == [0] * 8
    assert len(recorders.calls("say")) == 8
