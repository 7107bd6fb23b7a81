"""``tankful summary``: what is known in a few lines, printed or copied."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests import examples, stored
from tests.conftest import Shell
from tests.standin import StandIn
from workflow.models import utc_now
from workflow.records import replace
from workflow.storage import accounts


@pytest.fixture
def six(home: Path) -> None:
    examples.install(examples.many(6, utc_now()))


@pytest.fixture
def clipboard(tmp_path: Path, shell: Shell) -> Path:
    """The file that replaces the clipboard."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pbcopy").write_text(f'#!/bin/sh\n/bin/cat > "{folder}/content"\n')
    (folder / "pbcopy").chmod(0o755)
    shell.env = {"PATH": str(folder)}
    return folder / "content"


def test_a_line_an_account(six: None, shell: Shell) -> None:
    ran = shell.tankful("summary")
    assert (ran.code, ran.err, len(ran.out.splitlines())) == (0, "", 6)
    first = next(line for line in ran.out.splitlines() if line.startswith("GLM"))
    assert first.startswith("GLM · Work 1: 41% left · Week 41% · resets in ")
    assert first.endswith(" · Pro · just now")


def test_only_the_named_accounts(six: None, shell: Shell) -> None:
    ran = shell.tankful("summary", "主账号 5", "glm-00000000")
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == [
        "GLM · Work 1",
        "KIMI · 主账号 5",
    ]


def test_a_provider_means_all_its_accounts(six: None, shell: Shell) -> None:
    stored.account("glm-cn", "GLM")
    ran = shell.tankful("summary", "glm")
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == ["GLM · Work 1", "GLM"]


def test_an_unknown_account(six: None, shell: Shell) -> None:
    ran = shell.tankful("summary", "nobody")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert "nobody" in ran.err
    assert "tankful list" in ran.err


def test_it_speaks_chinese(six: None, shell: Shell) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    assert "剩余 41% · 每周 41%" in shell.tankful("summary").out


def test_copying_prints_nothing_of_it(six: None, shell: Shell, clipboard: Path) -> None:
    printed = shell.tankful("summary").out
    ran = shell.tankful("summary", "--copy")
    assert (ran.code, ran.out, ran.err) == (0, "Copied.\n", "")
    assert clipboard.read_text(encoding="utf-8") == printed.rstrip("\n")


def test_without_a_clipboard_it_says_what_to_do(six: None, tmp_path: Path, shell: Shell) -> None:
    shell.env = {"PATH": str(tmp_path)}
    ran = shell.tankful("summary", "--copy")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "leave out --copy" in ran.err


@pytest.mark.parametrize("flags", [[], ["--copy"], ["--wait"]])
def test_without_accounts_it_says_how_to_add_one(shell: Shell, flags: list[str]) -> None:
    ran = shell.tankful("summary", *flags)
    assert (ran.code, ran.out) == (0, "No accounts yet. Add one: tankful add\n")


@pytest.mark.parametrize("flags", [[], ["--glance"], ["--copy"]])
def test_a_damaged_file_is_said_and_no_account_is_asked_for(shell: Shell, flags: list[str]) -> None:
    path = Path(accounts.path())
    path.parent.mkdir()
    path.write_text("{damaged", encoding="utf-8")
    ran = shell.tankful("summary", *flags)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("tankful: accounts.json was damaged and is kept as ")


@pytest.mark.parametrize(
    ("count", "language", "said"),
    [
        (1, "en", "The only account is hidden. Show one again: tankful order NAME show"),
        (2, "en", "All 2 accounts are hidden. Show one again: tankful order NAME show"),
        (1, "zh", "唯一的账号已隐藏。重新显示：tankful order 名称 show"),
        (2, "zh", "全部 2 个账号已隐藏。重新显示：tankful order 名称 show"),
    ],
)
def test_when_all_are_hidden_it_says_how_to_show_them(
    shell: Shell, count: int, language: str, said: str
) -> None:
    known = examples.many(count, utc_now())
    examples.install((replace(account, hidden=True), seen) for account, seen in known)
    shell.env = {"TANKFUL_LANGUAGE": language}
    for flags in ([], ["--glance"]):
        ran = shell.tankful("summary", *flags)
        assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)
        assert ran.out.startswith(said)
        assert "usage:" in ran.out
    assert shell.tankful("summary", known[0][0].id).out.startswith("GLM · Work 1")


@pytest.mark.parametrize(
    ("flags", "ago"), [([], None), (["--wait"], timedelta(hours=1))], ids=["nothing-known", "wait"]
)
def test_it_waits_for_numbers(
    world: StandIn, shell: Shell, flags: list[str], ago: timedelta | None
) -> None:
    account = stored.account("tavily-dev", "Dev")
    if ago:
        stored.remember(account, ago=ago)
    ran = shell.tankful("summary", *flags)
    assert ran.out.startswith("Tavily · Dev: 64% left · Plan 639/1,000 credits")
    assert os.environ["TANKFUL_LOOPBACK"] == world.url
    assert len(world.requests) == 1


def test_one_line_for_all_and_everything_do_not_go_together(shell: Shell) -> None:
    ran = shell.tankful("summary", "--glance", "--full")
    assert (ran.code, ran.out) == (2, "")
    assert "--glance and --full do not go together" in ran.err
