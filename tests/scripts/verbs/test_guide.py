"""``tankful guide``."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Shell
from tests.said import in_language
from workflow.guide import guide


def test_it_prints_markdown_where_there_is_no_terminal(shell: Shell) -> None:
    ran = shell.tankful("guide")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == guide.markdown()


def test_it_speaks_the_language_of_the_settings(shell: Shell) -> None:
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert shell.tankful("guide", "glm").out == in_language("zh", guide.markdown, "glm")


def test_a_terminal_gets_it_rendered(shell: Shell) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scripts.tankful", "guide", "tavily"]
    with subprocess.Popen(
        command, stdout=theirs, env={**shell.environment(), "TERM": "xterm"}, cwd=ROOT
    ) as running:
        os.close(theirs)
        told = b""
        try:
            while piece := os.read(ours, 65536):
                told += piece
        except OSError:  # how a terminal says that nothing more comes
            pass
    os.close(ours)
    assert running.returncode == 0
    assert b"Tavily" in told
    assert b"\x1b[" in told
    assert b"##" not in told
    assert b"`" not in told


def test_it_writes_the_page_and_says_where(shell: Shell) -> None:
    ran = shell.tankful("guide", "chatgpt", "--html")
    assert Path(ran.out.strip()).read_text(encoding="utf-8") == guide.page("chatgpt")


def test_an_unknown_provider_is_one_line(shell: Shell) -> None:
    ran = shell.tankful("guide", "nobody")
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("tankful: there is no provider 'nobody'")
    assert ran.err.count("\n") == 1
