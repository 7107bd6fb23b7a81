"""``tankful trend``: a line and a sentence for every series, or a page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests import stored
from tests.conftest import Shell
from tests.terminal import SIZE, terminal
from workflow.errors import CredentialRejected
from workflow.history import database, recording
from workflow.models import Balance, Failure, Quota, Snapshot, Spend, Usage, utc_now
from workflow.storage import accounts
from workflow.storage.snapshots import Cache


def seen(shell: Shell) -> None:
    account, now = stored.account("kimi-cn", "Cash"), utc_now()
    for day in range(5, -1, -1):
        usage = Usage(balances=(Balance(Decimal(40 + 4 * day), "CNY"),))
        snapshot = Snapshot(account.id, usage, now - timedelta(days=day))
        recording.record([snapshot], int((now - timedelta(days=day)).timestamp()), 730)
    with Cache() as cache:
        cache.put(snapshot)


def test_a_line_and_where_it_leads(shell: Shell, tmp_path: Path) -> None:
    seen(shell)
    told = shell.tankful("trend", "Cash")
    assert told.code == 0
    line, sentence = told.out.splitlines()
    assert line.endswith("  Balance (CNY)")
    assert "█" in line
    assert sentence.startswith("  ¥40.00 · ≈ ")
    assert "¥4.00 a day" in sentence
    assert "█" not in shell.tankful("trend", "Cash", "--days", "1").out.splitlines()[0][:23]


def test_nothing_is_known_of_a_key_that_is_refused(shell: Shell) -> None:
    account = stored.account("kimi-cn", "Cash")
    refused = CredentialRejected.default.filled(provider="KIMI", keys="KEYS")
    stored.save(Snapshot(account.id, failure=Failure(CredentialRejected.kind, refused, utc_now())))
    assert shell.tankful("trend", "Cash").out.splitlines() == [
        "no history of this account yet",
        (
            "KIMI · Cash: ⚠ credential refused · perhaps a key of the international site: "
            "tankful replace kimi/Cash --region intl"
        ),
    ]
    assert shell.tankful("config", "history", "0").code == 0
    assert shell.tankful("trend", "Cash").out.startswith("no history is kept; ")


def test_a_terminal_without_blocks_gets_others(shell: Shell) -> None:
    seen(shell)
    shell.env["PYTHONIOENCODING"] = "ascii"
    line = shell.tankful("trend", "Cash").out.splitlines()[0]
    assert line.isascii()
    assert "#" in line


def test_a_page_for_a_browser(shell: Shell, tmp_path: Path) -> None:
    seen(shell)
    page = tmp_path / "cash.html"
    assert shell.tankful("trend", "Cash", "--html", str(page)).out.strip() == str(page)
    assert "<svg" in page.read_text(encoding="utf-8")


def test_no_folder_is_made_for_a_page(shell: Shell, tmp_path: Path) -> None:
    seen(shell)
    page = tmp_path / "nowhere" / "cash.html"
    ran = shell.tankful("trend", "Cash", "--html", str(page))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"tankful: {page} cannot be written (")
    assert not page.parent.exists()


def test_nothing_seen_yet(shell: Shell) -> None:
    stored.account("kimi-cn", "Cash")
    told = shell.tankful("trend", "Cash")
    assert (told.code, told.out) == (
        0,
        "no history of this account yet; tankful refresh records the first numbers\n",
    )
    assert shell.tankful("trend", "Nobody").code == 2
    assert shell.tankful("trend", "Cash", "--days", "0").code == 2


def test_where_nothing_can_be_drawn_no_refresh_is_said_to_help(shell: Shell) -> None:
    account, now = stored.account("tavily-unlimited", "Endless"), utc_now()
    for quota in (
        Quota("Plan", "credits", Decimal(5), None, None),
        Quota("Plan", "credits", Decimal(5), None, None, unlimited=True),
    ):
        stored.save(Snapshot(account.id, Usage((quota,)), now))
        assert shell.tankful("trend", "Endless").out == (
            "a trend needs a percentage, a balance or a spend; this account reports none\n"
        )


def test_one_reading_of_a_spend_is_no_missing_history(shell: Shell) -> None:
    account, now = stored.account("openai-admin", "Team"), utc_now()
    spend = Spend(Decimal(31), "USD", now.replace(day=1) - timedelta(days=2), now, "month")
    snapshot = Snapshot(account.id, Usage(spends=(spend,)), now)
    recording.record([snapshot], int(now.timestamp()), 730)
    stored.save(snapshot)
    assert shell.tankful("trend", "Team").out == "a spend by day needs at least two readings\n"


def test_a_terminal_gets_whole_words_with_an_indent(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(shell)
    monkeypatch.setitem(SIZE, "COLUMNS", "24")
    _, *sentence = terminal(shell, "trend", "Cash").splitlines()
    assert len(sentence) > 1
    assert all(line.startswith("  ") and len(line) <= 24 for line in sentence)


def test_show_ends_with_the_same_line(shell: Shell) -> None:
    seen(shell)
    line = shell.tankful("trend", "Cash").out.splitlines()[0]
    assert shell.tankful("show", "Cash").out.splitlines()[-2:] == ["", line]


def test_a_history_that_cannot_be_read_is_not_said_to_be_empty(
    shell: Shell, tmp_path: Path
) -> None:
    seen(shell)
    Path(database.path()).write_bytes(b"no database" * 99)
    for words in ((), ("--html", str(tmp_path / "cash.html"))):
        ran = shell.tankful("trend", "Cash", *words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == "tankful: history.db cannot be read; `tankful doctor` says why\n"


def test_no_history_is_said_to_be_none(shell: Shell) -> None:
    stored.account("kimi-cn", "Cash")
    with Cache() as cache:
        cache.put(Snapshot(accounts.load().accounts[0].id, Usage(), utc_now()))
    Path(database.path()).unlink(missing_ok=True)
    ran = shell.tankful("trend", "Cash")
    assert ran.out.startswith("no history of this account yet; ")
