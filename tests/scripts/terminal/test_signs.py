"""Terminals that cannot show all characters: every verb works, and prints others instead."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import commands
from scripts.terminal import signs
from tests import stored
from tests.conftest import ROOT, Shell
from tests.forks import Forks
from tests.standin import KEYS, StandIn
from tests.stored import remember, six

ENCODINGS = ["gbk", "big5", "iso8859-1", "cp1252", "ascii", "utf-8", "gb18030"]
CALLS: list[list[str]] = [
    [], ["list"], ["list", "--wait"], ["list", "--json"], ["summary"], ["summary", "--glance"],
    ["show", "Work"], ["trend", "Work"], ["refresh"], ["refresh", "--brief"], ["refresh", "nobody"], ["config"],
    ["config", "language", "zh"], ["doctor"], ["guide"], ["guide", "chatgpt"], ["import", "--list"],
    ["rename", "Work", "工作 ▰✓"], ["order", "Work", "pin"], ["exchange"], ["remove", "Work", "--yes"],
    ["replace", "Work"], ["add", "tavily"], ["add", "tavily", "--no-check"], ["take-in"],
    ["script-filter"], ["prompt"], ["statusline"], ["completion", "zsh"], ["history", "--csv"], ["metrics"],
    ["guard", "Work"], ["background"], ["threshold", "Work"], ["provider", "check", "nothing.toml"], ["update-check"], ["--plain"], ["--help"], ["add", "--help"], ["nonsense"], ["--version"],
]  # fmt: skip


PASTED = KEYS["tavily-paygo"].value.encode()


def environment(shell: Shell, encoding: str) -> dict[str, str]:
    return {**shell.environment(), "PYTHONIOENCODING": encoding, "FORCE_COLOR": "1"}


def run(shell: Shell, encoding: str, *args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.tankful", *args],
        input=PASTED,
        env=environment(shell, encoding),
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def test_every_verb_is_called() -> None:
    assert {call[0] for call in CALLS if call} >= set(commands.VERBS)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
@pytest.mark.parametrize(("encoding", "language"), [("gbk", "zh"), ("iso8859-1", "en")])
def test_no_verb_fails_for_a_sign(
    world: StandIn, shell: Shell, forks: Forks, encoding: str, language: str, call: list[str]
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(hours=1))
    _code, out, err = forks.run_bytes(call, PASTED, environment(shell, encoding), 60)
    said = out + err
    assert b"Error" not in said.replace(b"Error: ", b"")
    assert b"Traceback" not in said
    assert b"\\u" not in err


@pytest.mark.parametrize(
    ("encoding", "call"),
    [("gbk", ["nonsense 工作 ▰"]), ("ascii", ["guide", "glm"]), ("iso8859-1", ["config"])],
)
def test_a_fork_writes_as_a_start_does(
    shell: Shell, forks: Forks, encoding: str, call: list[str]
) -> None:
    bare = run(shell, encoding, *call)
    forked = forks.run_bytes(call, PASTED, environment(shell, encoding), 60)
    assert forked == (bare.returncode, bare.stdout, bare.stderr)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_the_terminal_can_show_is_shown(world: StandIn, shell: Shell, encoding: str) -> None:
    six()
    told = run(shell, encoding, "list", "--wait")
    assert told.returncode == 0
    said = told.stdout.decode(encoding)
    assert "39% left" in said
    assert "glm" in said
    assert ("▰" if encoding in ("utf-8", "gb18030") else "#") in said


@pytest.mark.parametrize("encoding", ["gbk", "iso8859-1"])
def test_the_summary_in_chinese(world: StandIn, shell: Shell, encoding: str) -> None:
    shell.env["LANG"] = "zh_CN.GBK"
    remember(stored.account("tavily-dev", "工作"))
    told = run(shell, encoding, "summary")
    assert told.returncode == 0
    assert ("剩余" if encoding == "gbk" else "left") in told.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "big5"])
def test_english_is_spoken_where_chinese_cannot_be_shown(shell: Shell, encoding: str) -> None:
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    remember(stored.account("tavily-dev", "Work"))
    for call in ([], ["list"], ["show", "Work"], ["--help"]):
        told = run(shell, encoding, *call).stdout.decode(encoding)
        assert "?" not in told.replace("-?", "")
        assert "Usage" in told if call == ["--help"] else "left" in told


@given(st.text(), st.sampled_from(ENCODINGS))
def test_any_text_can_be_encoded(text: str, encoding: str) -> None:
    signs.install()
    told = text.encode(encoding, signs.ERRORS).decode(encoding)
    for sign in text:
        try:
            sign.encode(encoding)
        except UnicodeEncodeError:
            assert sign not in told
    assert bool(told) == bool(text)


def test_what_is_no_encoding_is_left_to_others() -> None:
    signs.install()
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", signs.ERRORS)
