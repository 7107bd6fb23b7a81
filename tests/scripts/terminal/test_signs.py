"""Terminals that cannot show all signs: every verb works, and shows others instead."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import tankful
from scripts.terminal import signs
from tests import stored
from tests.conftest import ROOT, Shell
from tests.standin import KEYS, StandIn
from tests.stored import remember, six

ENCODINGS = ["gbk", "big5", "iso8859-1", "cp1252", "ascii", "utf-8", "gb18030"]
CALLS: List[List[str]] = [
    [], ["list"], ["list", "--wait"], ["list", "--json"], ["summary"], ["summary", "--glance"],
    ["show", "Work"], ["refresh"], ["refresh", "--brief"], ["refresh", "nobody"], ["config"],
    ["config", "language", "zh"], ["doctor"], ["guide"], ["guide", "chatgpt"], ["import", "--list"],
    ["rename", "Work", "工作 ▰✓"], ["order", "Work", "pin"], ["exchange"], ["remove", "Work", "--yes"],
    ["replace", "Work"], ["add", "tavily"], ["add", "tavily", "--no-check"], ["take-in"],
    ["script-filter"], ["--help"], ["add", "--help"], ["nonsense"], ["--version"],
]  # fmt: skip


def run(shell: Shell, encoding: str, *args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.tankful", *args],
        input=KEYS["tavily-paygo"].value.encode(),
        env={**shell.environment(), "PYTHONIOENCODING": encoding, "FORCE_COLOR": "1"},
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def test_every_verb_is_called() -> None:
    assert {call[0] for call in CALLS if call} >= set(tankful.VERBS)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
@pytest.mark.parametrize(("encoding", "language"), [("gbk", "zh"), ("iso8859-1", "en")])
def test_no_verb_fails_for_a_sign(
    world: StandIn, shell: Shell, encoding: str, language: str, call: List[str]
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(hours=1))
    told = run(shell, encoding, *call)
    said = told.stdout + told.stderr
    assert b"Error" not in said.replace(b"Error: ", b"") and b"Traceback" not in said
    assert b"\\u" not in told.stderr


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_the_terminal_can_show_is_shown(world: StandIn, shell: Shell, encoding: str) -> None:
    six()
    told = run(shell, encoding, "list", "--wait")
    assert told.returncode == 0
    said = told.stdout.decode(encoding)
    assert "39% left" in said and "GLM" in said
    assert ("▰" if encoding in ("utf-8", "gb18030") else "#") in said


@pytest.mark.parametrize("encoding", ["gbk", "iso8859-1"])
def test_the_summary_in_chinese(world: StandIn, shell: Shell, encoding: str) -> None:
    shell.env["LANG"] = "zh_CN.GBK"
    remember(stored.account("tavily-dev", "工作"))
    told = run(shell, encoding, "summary")
    assert told.returncode == 0
    assert ("剩余" if encoding == "gbk" else "??") in told.stdout.decode(encoding)


@given(st.text(), st.sampled_from(ENCODINGS))
def test_any_text_can_be_encoded(text: str, encoding: str) -> None:
    signs.take_all()
    told = text.encode(encoding, signs.ERRORS).decode(encoding)
    for sign in text:
        try:
            sign.encode(encoding)
        except UnicodeEncodeError:
            assert sign not in told
    assert bool(told) == bool(text)


def test_what_is_no_encoding_is_left_to_others() -> None:
    signs.take_all()
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", signs.ERRORS)
