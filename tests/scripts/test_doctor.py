"""The report is for pasting in public."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Shell
from tests.standin import KEYS, Reply, StandIn

SECRETS = ("glm-cn", "chatgpt-session", "openai-admin")


@pytest.fixture
def report(world: StandIn, shell: Shell) -> str:
    for name in SECRETS:
        provider = name.split("-")[0]
        told = shell.headroom("add", provider, "--label", "canary-label", stdin=KEYS[name].value)
        assert told.code == 0, told.err
    shell.headroom(
        "add",
        "tavily",
        "--no-check",
        "--scope",
        "project=canary-scope",
        stdin="tvly-dev-canary0123456789",
    )
    world.reply("api.tavily.com", "/usage", Reply(401, {"detail": "canary-detail"}))
    shell.headroom("refresh")
    done = shell.headroom("doctor")
    assert done.code == 0, done.err
    return done.out


def test_says_what_is_needed_to_help(report: str) -> None:
    for word in ("version", "python", "secret store", "httpx", "interval", "serve the feed"):
        assert word in report
    assert "credential_rejected" in report
    assert report.count("glm-") == 1


def test_no_secret_label_scope_amount_or_home(report: str) -> None:
    for name in SECRETS:
        value = KEYS[name].value
        assert not any(value[i : i + 12] in report for i in range(0, len(value) - 12, 6))
    for word in ("canary", "56.70", "synth", "@", str(Path.home())):
        assert word not in report


def test_copies_instead(shell: Shell, tmp_path: Path) -> None:
    copier = tmp_path / "pbcopy"
    copier.write_text(f"#!/bin/sh\ncat >{tmp_path}/copied\n")
    copier.chmod(0o755)
    shell.env["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    done = shell.headroom("doctor", "--copy")
    assert "## Headroom" in (tmp_path / "copied").read_text()
    assert "## Headroom" not in done.out


def test_works_when_everything_is_broken(shell: Shell, home: Path) -> None:
    folder = home / "headroom"
    folder.mkdir()
    (folder / "accounts.json").mkdir()
    (folder / "cache").write_text("not a folder")
    done = shell.headroom("doctor")
    assert done.code == 0
    assert "problem" in done.out
