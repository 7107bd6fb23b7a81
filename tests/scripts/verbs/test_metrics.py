"""``tankful metrics`` prints for Prometheus, or leaves a file for its collector."""

from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client import parser

from tests import examples
from tests.conftest import Shell
from workflow.models import utc_now


def names(text: str) -> set[str]:
    return {family.name for family in parser.text_string_to_metric_families(text)}


def test_it_prints_what_is_known(shell: Shell) -> None:
    examples.install(examples.six(utc_now()))
    ran = shell.tankful("metrics")
    assert ran.code == 0
    assert {"tankful_quota_used_ratio", "tankful_balance", "tankful_spend"} <= names(ran.out)
    assert shell.tankful("metrics", "--openmetrics").out.endswith("# EOF\n")


def test_a_file_is_replaced_in_one_step(shell: Shell, tmp_path: Path) -> None:
    examples.install(examples.six(utc_now()))
    path = tmp_path / "tankful.prom"
    path.write_text("old")
    ran = shell.tankful("metrics", "--output", str(path))
    assert (ran.code, ran.out) == (0, "")
    assert "tankful_account_up" in names(path.read_text(encoding="utf-8"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [name for name in os.listdir(tmp_path) if name.endswith(".new")] == []


def test_a_link_is_followed_and_a_pipe_is_written_to(shell: Shell, tmp_path: Path) -> None:
    examples.install(examples.six(utc_now()))
    path, link, pipe = tmp_path / "tankful.prom", tmp_path / "link.prom", tmp_path / "pipe"
    link.symlink_to(path)
    assert shell.tankful("metrics", "--output", str(link)).code == 0
    assert link.is_symlink()
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        received = pool.submit(pipe.read_bytes)
        assert shell.tankful("metrics", "--output", str(pipe)).code == 0
        assert received.result(20) == path.read_bytes() != b""
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert shell.tankful("metrics", "--output", "-").out.encode() == path.read_bytes()


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_is_not_replaced(shell: Shell, tmp_path: Path, name: str) -> None:
    examples.install(examples.six(utc_now()))
    path = tmp_path / "log"
    path.write_text("# before\n")
    command = f'"{sys.executable}" -m scripts.tankful metrics --output {name} >> "{path}"'
    assert shell.run(["/bin/sh", "-c", command]).code == 0
    before, _, after = path.read_text(encoding="utf-8").partition("\n")
    assert before == "# before"
    assert "tankful_account_up" in names(after)


def test_a_folder_that_is_not_there_is_said(shell: Shell, tmp_path: Path) -> None:
    ran = shell.tankful("metrics", "--output", str(tmp_path / "none" / "tankful.prom"))
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_that_cannot_be_written_is_named(
    shell: Shell, tmp_path: Path, language: str
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    path = str(tmp_path / "nowhere" / "numbers.prom")
    ran = shell.tankful("metrics", "--output", path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert path in ran.err
    assert not os.path.exists(os.path.dirname(path))
