"""Decoding of tokens: what they say, and that nothing else ever comes out."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.contract import body, document
from workflow.chatgpt import token as tokens

PLUS = body("chatgpt/jwt.access_token_plus.txt").decode().strip()
EXPIRED = body("chatgpt/jwt.access_token_expired.txt").decode().strip()
BARE = body("chatgpt/credential.bare_session_token.txt").decode().strip()


def token(claims: Any, header: Any = None) -> str:
    parts = (json.dumps(part).encode() for part in (header or {"alg": "RS256"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + ".sig"


def test_the_recorded_token() -> None:
    assert tokens.claims(PLUS) == document("chatgpt/jwt.payload_decoded.json")
    assert tokens.expiry(PLUS) == datetime(2026, 10, 13, 9, tzinfo=timezone.utc)
    assert tokens.account_id(PLUS) == "00000000-aaaa-4bbb-8ccc-000000000001"
    assert tokens.plan(PLUS) == "plus"
    assert tokens.email(PLUS) == "ada@example.com"
    assert tokens.expiry(EXPIRED) == datetime(2026, 10, 5, 8, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "a.b.c",
        "..",
        "eyJ.é.c",
        BARE,
        PLUS.rpartition(".")[0],
        PLUS + ".more",
        PLUS + "x" * 40_000,
        token([1]),
        token("text"),
        token({"exp": 1}, ["no object"]),
        "eyJhbGciOiJub25lIn0." + base64.urlsafe_b64encode(b"[" * 9000).decode() + ".c",
        "eyJhbGciOiJub25lIn0." + base64.urlsafe_b64encode(b'{"a": "\xff"}').decode() + ".c",
    ],
)
def test_what_is_no_token_has_no_claims(odd: str) -> None:
    assert tokens.claims(odd) == {}
    assert tokens.expiry(odd) is None
    assert tokens.account_id(odd) is tokens.plan(odd) is tokens.email(odd) is None


@pytest.mark.parametrize(
    "exp", [None, True, "1791882000", -1, 0, 10**300, float("inf"), float("nan"), [], {}]
)
def test_an_odd_end_is_no_end(exp: object) -> None:
    assert tokens.expiry(token({"exp": exp})) is None


def test_an_end_may_have_a_fraction() -> None:
    assert tokens.expiry(token({"exp": 1791882000.5})) == datetime(
        2026, 10, 13, 9, 0, 0, 500000, tzinfo=timezone.utc
    )


@pytest.mark.parametrize("group", [None, [], "x", {"chatgpt_account_id": 7}, {}])
def test_odd_claims_tell_nothing(group: object) -> None:
    assert tokens.account_id(token({tokens.CHATGPT: group})) is None


def test_texts_are_bounded_and_printable() -> None:
    said = token({tokens.CHATGPT: {"chatgpt_account_id": "a" * 999, "chatgpt_plan_type": "a\nb"}})
    assert len(tokens.account_id(said) or "") == 320
    assert tokens.plan(said) is None


@given(st.text())
def test_never_raises(text: str) -> None:
    assert isinstance(tokens.claims(text), dict)
    assert isinstance(tokens.claims(f"eyJhbGciOiJub25lIn0.{text}.c"), dict)
