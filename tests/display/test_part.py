"""The part of a row for a narrow terminal: it keeps the reason and the verdict, and shortens the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scripts.terminal.cells import width
from tests.examples import NOW, share
from tests.said import in_language
from workflow.display import names, part, times
from workflow.display.part import Piece
from workflow.display.table import table, unpacked
from workflow.models import Account, Snapshot, Usage
from workflow.provider import discovery
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

HOUR = 3600


def pieces(language: str, left: str, resets: timedelta) -> tuple[Piece, ...]:
    """The details of an account with a day's quota, of which a third has passed, and a month's."""
    day = replace(share("Daily", left, resets), window=24 * HOUR)
    account = Account("glm-1", "glm", "Work")
    snapshot = Snapshot(account.id, Usage((day, share("Monthly", "80"))), NOW)

    def details() -> tuple[Piece, ...]:
        state = State(
            Accounts((account,)),
            {account.id: snapshot},
            discovery.everything(),
            Settings(language=language),
            at=NOW,
        )
        return unpacked(times.fill(table(state), NOW)).lines[0].pieces

    return tuple(in_language(language, details))


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (99, "Spend limit 64% · resets in 13d 21h (2 Dec 12:00) · Month 80% · just now"),
        (60, "Spend limit 64% · resets in 13d 21h · Month 80% · just now"),
        (32, "Spend limit · resets in 13d 21h"),
        (14, "Spend limit"),
    ],
)
def test_a_reset_follows_the_name_of_the_quota_that_it_belongs_to(room: int, shown: str) -> None:
    resets = timedelta(days=13, hours=21)
    monthly = share("Monthly", "80", timedelta(days=30), 30 * 24 * HOUR)
    quotas = (share("Spend limit", "64", resets), monthly)
    account = Account("glm-1", "glm", "Work")
    known = {account.id: Snapshot(account.id, Usage(quotas), NOW)}
    state = State(Accounts((account,)), known, discovery.everything(), Settings(), at=NOW)
    of = unpacked(times.fill(table(state), NOW)).lines[0].pieces
    assert part.chosen(of, room, width) == shown


@pytest.mark.parametrize(
    ("language", "left", "room", "shown"),
    [
        (
            "en",
            "70",
            99,
            "Day 70% · resets in 8h (23:00) · lasts, 55% to spare · Month 80% · just now",
        ),
        ("en", "70", 60, "Day 70% · resets in 8h · lasts, 55% to spare · just now"),
        ("en", "70", 32, "Day 70% · resets in 8h · lasts"),
        ("en", "70", 24, "Day 70% · lasts"),
        ("en", "70", 8, "lasts"),
        ("en", "12", 60, "low (≤ 20%) · Day 12% · resets in 8h · runs out 17:10"),
        ("en", "12", 40, "low (≤ 20%) · Day 12% · runs out 17:10"),
        ("en", "12", 24, "low · runs out 17:10"),
        ("en", "12", 4, "low"),
        ("zh", "70", 60, "每日 70% · 8 小时后重置（23:00） · 够用，预计剩余 55% · 刚刚"),
        ("zh", "70", 36, "每日 70% · 8 小时后重置 · 够用"),
        ("zh", "70", 24, "每日 70% · 够用 · 刚刚"),
        ("zh", "12", 40, "额度不足 · 每日 12% · 预计用完：17:10"),
        ("zh", "12", 32, "额度不足 · 预计用完：17:10"),
        ("zh", "12", 12, "额度不足"),
    ],
)
def test_a_narrow_row_keeps_the_reason_and_the_verdict(
    language: str, left: str, room: int, shown: str
) -> None:
    found = part.chosen(pieces(language, left, timedelta(hours=8)), room, width)
    assert found == shown


def test_one_piece_is_left_and_what_is_whole_comes_back() -> None:
    both = (Piece("a long reason", "", 7, 7), Piece("window 41%", "window", 5, 8))
    assert part.chosen(both, 3, width) == "window"
    assert part.chosen(both, 11, width) == "window 41%"
    assert part.chosen(both, 22, width) == "a long reason · window"
    assert part.chosen((), 3, width) == ""


def test_an_address_that_finds_no_room_gives_its_host() -> None:
    text = "⚠ make a new one at https://platform.openai.com/settings/organization/admin-keys"
    (piece,) = part.pieces([part.Part(text)])
    assert part.chosen((piece,), 40, width) == "⚠ make a new one at platform.openai.com"
    assert part.chosen((piece,), 99, width) == text
    (piece,) = part.pieces([part.Part("请到 https://z.ai/manage-apikey（国际站）创建")])
    assert part.chosen((piece,), 30, width) == "请到 z.ai（国际站）创建"


def test_a_gist_is_what_a_sentence_begins_with() -> None:
    for sentence, begin in (
        ("no coding plan, only the balance (that of a team)", "no coding plan"),
        ("没有编程套餐，仅有余额（团队套餐）", "没有编程套餐"),
        ("plus a credit line of $1,000.00", ""),
    ):
        assert names.gist(sentence) == begin
