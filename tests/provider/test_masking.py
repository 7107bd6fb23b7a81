"""Masking removes every piece of a credential from a message, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.said import both
from workflow.i18n.message import Message, _
from workflow.provider.masking import MASK, PIECE, masked_body, without

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


def test_a_whole_secret_is_masked_wherever_it_stands_in_a_body() -> None:
    body = f'{{"plan": "{SECRET}", "{SECRET}": {{"left": 7}}, "id": "{SECRET[:9]}"}}'.encode()
    left = f'{{"plan": "{MASK}", "{MASK}": {{"left": 7}}, "id": "{SECRET[:9]}"}}'
    assert masked_body(body, SECRET).decode() == left


@pytest.mark.parametrize("secret", ["abcdefgh<__>ijklmnopq", "abcdefgh/ijklmnopq=", "+abcdefghijk"])
def test_a_secret_that_json_escapes_is_masked_in_a_body(secret: str) -> None:
    said = json.dumps({"key": secret}).replace("/", "\\/").replace("<", "\\u003c")
    left = masked_body(said.encode(), secret).decode()
    assert json.loads(left)
    assert not any(part in left for part in ("abcdefgh", "ijklmnopq"))


@pytest.mark.parametrize("secret", ["", "1234567", "1/2/3", "key-1"])
def test_a_body_stays_where_the_secret_is_short(secret: str) -> None:
    body = b'{"key-1": 1234567, "1/2/3": ""}'
    assert masked_body(body, secret) == body
