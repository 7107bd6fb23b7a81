"""A page is opened with the desktop's own command, if there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.system import browser

PAGE = "https://console.groq.com/dashboard/usage"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A desktop whose command records its arguments."""
    told = tmp_path / "opened"
    command = tmp_path / "bin" / browser._COMMAND
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nprintf "%s" "$*" >"{told}"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    return told


def test_a_page_is_opened(opened: Path) -> None:
    assert browser.is_there()
    browser.show(PAGE)
    assert opened.read_text() == PAGE


def test_nothing_but_a_page_is_opened(opened: Path) -> None:
    browser.show("-a Calculator")
    assert not opened.exists()


def test_there_is_none_over_ssh(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "1")
    assert not browser.is_there()


def test_there_is_none_without_its_command(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert not browser.is_there()


def test_a_file_is_opened(opened: Path, tmp_path: Path) -> None:
    assert browser.open_file(str(tmp_path / "reminder.ics"))
    assert opened.read_text() == str(tmp_path / "reminder.ics")
