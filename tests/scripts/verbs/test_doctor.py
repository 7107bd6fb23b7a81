"""The report is for pasting in public."""

from __future__ import annotations

import os
from pathlib import Path

from tests import stored
from tests.conftest import Shell
from tests.standin import KEYS, Reply, StandIn
from workflow.refresh import run as refresh

SECRETS = ("glm-cn", "chatgpt-session", "openai-admin")


def test_says_what_is_needed_to_help_and_nothing_of_the_user(world: StandIn, shell: Shell) -> None:
    for name in SECRETS:
        stored.account(name, "canary-label")
    stored.account("tavily-dev", "canary-label", "tvly-dev-canary0123456789")
    world.reply("api.tavily.com", "/usage", Reply(401, {"detail": "canary-detail"}))
    refresh.refresh()
    done = shell.tankful("doctor")
    assert (done.code, done.err) == (0, "")
    report = done.out
    for word in ("version", "python", "secret store", "httpx", "interval", "serve the feed"):
        assert word in report
    assert "credential_rejected" in report
    assert "4 asked, 1 failed" in report
    assert report.count("glm-") == 1
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
    done = shell.tankful("doctor", "--copy")
    assert "## Tankful" in (tmp_path / "copied").read_text()
    assert "## Tankful" not in done.out


def test_works_when_everything_is_broken(shell: Shell, home: Path) -> None:
    folder = home / "tankful"
    folder.mkdir()
    (folder / "accounts.json").mkdir()
    (folder / "cache").write_text("not a folder")
    done = shell.tankful("doctor")
    assert done.code == 0
    assert "problem" in done.out
