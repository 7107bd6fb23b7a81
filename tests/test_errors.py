from __future__ import annotations

from datetime import datetime, timezone
from typing import List, Type

import pytest

from tests.said import Phrase, both
from workflow import errors
from workflow.errors import Mistake, UsageError

KINDS = [
    "no_credential",
    "credential_rejected",
    "credential_expired",
    "wrong_credential",
    "not_available",
    "rate_limited",
    "blocked",
    "unreachable",
    "provider_failed",
    "unexpected_response",
    "store_locked",
]
TREE: List[Type[UsageError]] = UsageError.__subclasses__()


def test_there_is_one_class_for_each_promised_kind() -> None:
    assert sorted(error.kind for error in TREE) == sorted(KINDS)


@pytest.mark.parametrize("error", TREE)
def test_the_tree_is_drawn_where_it_grows(error: Type[UsageError]) -> None:
    assert f"── {error.__name__} " in str(errors.__doc__)


@pytest.mark.parametrize("error", TREE)
def test_a_sentence_says_who_and_what_next_in_both_languages(error: Type[UsageError]) -> None:
    english, chinese = both(error.default)
    assert "{provider}" in english and "; " in english
    assert "{provider}" in chinese and "；" in chinese
    assert english.isascii() and not chinese.isascii()
    assert "\n" not in english + chinese


def test_other_words_take_the_place_of_the_sentence() -> None:
    at = datetime(2026, 11, 22, tzinfo=timezone.utc)
    told = errors.RateLimited(Phrase("busy", "忙"), retry_at=at)
    assert (both(told.message), told.retry_at, str(told)) == (("busy", "忙"), at, "busy")
    assert errors.RateLimited().retry_at is None


def test_a_mistake_is_no_failure_of_an_account() -> None:
    told = Mistake(Phrase("no such label", "没有此标签"))
    assert not isinstance(told, UsageError)
    assert (both(told.message), str(told)) == (("no such label", "没有此标签"), "no such label")
