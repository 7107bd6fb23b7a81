"""The models: shares, and secrets that are never shown."""

from __future__ import annotations

import traceback
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.said import Phrase
from workflow import models
from workflow.models import Account, Credential, Quota
from workflow.records import fields

CANARY = "sk-canary-0123456789"
AMOUNTS = st.decimals(-(10**9), 10**9, allow_nan=False, places=3)


def quota(used: str | None, limit: str | None, *, unlimited: bool = False) -> Quota:
    told = [None if amount is None else Decimal(amount) for amount in (used, limit)]
    return Quota("Weekly", "requests", told[0], told[1], None, unlimited=unlimited)


@pytest.mark.parametrize(
    ("given_quota", "share"),
    [
        pytest.param(quota("28", "100"), Decimal(28), id="percent"),
        pytest.param(quota("1", "3"), Decimal(100) / 3, id="third"),
        pytest.param(quota("150", "100"), Decimal(150), id="beyond-100-is-raw"),
        pytest.param(quota("-5", "100"), Decimal(0), id="never-below-zero"),
        pytest.param(quota("0", "100"), Decimal(0), id="untouched"),
        pytest.param(quota(None, "100"), None, id="use-not-told"),
        pytest.param(quota("5", None), None, id="limit-not-told"),
        pytest.param(quota("5", "0"), None, id="limit-zero"),
        pytest.param(quota("5", "100", unlimited=True), None, id="unlimited"),
    ],
)
def test_the_share_used(given_quota: Quota, share: Decimal | None) -> None:
    assert given_quota.used_percent == share


@given(used=AMOUNTS, limit=AMOUNTS)
def test_a_share_is_never_below_zero_and_never_made_up(used: Decimal, limit: Decimal) -> None:
    share = Quota("Weekly", "tokens", used, limit, None).used_percent
    assert (share is None) is (limit <= 0)
    assert share is None or share >= 0


def test_a_credential_never_shows_its_secret() -> None:
    ends = datetime(2026, 10, 13, tzinfo=timezone.utc)
    held = Credential("session", CANARY, f"session-token={CANARY}", ends)
    for shown in (repr(held), str(held), f"{held}", repr((held, [held]))):
        assert CANARY not in shown
    assert "session" in repr(held)


def test_a_traceback_does_not_show_a_secret() -> None:
    held = Credential("api_key", CANARY)
    nothing: dict[Credential, str] = {}
    with pytest.raises(KeyError) as told:
        nothing[held]
    lines = traceback.format_exception(told.type, told.value, told.tb)
    assert "Credential(kind='api_key'" in lines[-1]
    assert CANARY not in "".join(lines)


def test_an_account_has_no_room_for_a_secret() -> None:
    names = {field.name for field in fields(Account)}
    assert not names & {"secret", "cookie", "key", "token", "credential"}


@pytest.mark.parametrize(
    "word",
    [w for w in vars(models).values() if isinstance(w, type) and w.__module__ == models.__name__],
)
def test_every_word_is_frozen(word: type) -> None:
    made: object = object.__new__(word)
    for each in fields(word):
        with pytest.raises(AttributeError, match="frozen"):
            setattr(made, each.name, None)


def test_somebody_elses_words_are_the_same_in_both_languages() -> None:
    assert Phrase.quoted("GLM Coding Pro") == Phrase("GLM Coding Pro", "GLM Coding Pro")
