"""Masking removes every piece of a credential from a message, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.said import both
from workflow.i18n.message import Message, _
from workflow.provider.masking import MASK, PIECE, without

SECRET = "abcdefghijklmnopqrstuvwxyz"


def test_words_with_a_piece_are_masked_wherever_they_stand() -> None:
    inner = Message.quoted(f"key {SECRET[:9]} is bad")
    message = _("{first}; {again}", first=inner, again=3)._replace(quote=f"see {SECRET[-8:]}.")
    told = without(message, SECRET, "")
    assert "key ••• is bad" in both(told)[0]
    assert told.quote == f"see {MASK}"
    assert dict(told.params)["again"] == 3


@given(st.text(max_size=40), st.integers(0, len(SECRET)), st.integers(0, len(SECRET)))
def test_no_piece_is_left(around: str, start: int, end: int) -> None:
    quote = without(Message("x", quote=f"{around}{SECRET[start:end]}{around}"), SECRET).quote
    assert not any(SECRET[i : i + PIECE] in quote for i in range(len(SECRET) - PIECE + 1))


@given(st.text(alphabet="xyz 019.", max_size=60))
def test_other_words_stay(said: str) -> None:
    assert without(Message("x", quote=said), "abcdefghij").quote == said


def test_a_short_secret_takes_nothing_out() -> None:
    assert without(Message("x", quote="ok is ok"), "ok").quote == "ok is ok"
