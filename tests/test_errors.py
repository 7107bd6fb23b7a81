from __future__ import annotations

from datetime import datetime, timezone

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
TREE: list[type[UsageError]] = UsageError.__subclasses__()


def test_there_is_one_class_for_each_promised_kind() -> None:
    assert sorted(error.kind for error in TREE) == sorted(KINDS)


@pytest.mark.parametrize("error", TREE)
def test_the_tree_is_drawn_where_it_grows(error: type[UsageError]) -> None:
    assert f"── {error.__name__} " in str(errors.__doc__)


@pytest.mark.parametrize("error", TREE)
def test_a_sentence_says_who_and_what_next_in_both_languages(error: type[UsageError]) -> None:
    english, chinese = both(error.default)
    assert "{provider}" in english
    assert "; " in english
    assert "{provider}" in chinese
    assert "；" in chinese
    assert english.isascii()
    assert not chinese.isascii()
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


@pytest.mark.parametrize(("word", "near"), [("nope", ""), ("gllm", "glm"), ("opnai", "openai")])
def test_what_is_far_from_every_name_was_not_meant(word: str, near: str) -> None:
    assert errors.nearest(word, ["glm", "openai", "kimi"]) == near
