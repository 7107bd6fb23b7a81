"""The display names of our own labels."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.said import CHINESE, Phrase, in_language
from workflow.display import names
from workflow.errors import CredentialRejected, FailureKind, Unreachable, UsageError
from workflow.models import Account, CredentialKind, utc_now
from workflow.provider import discovery
from workflow.refresh import fetch


@pytest.mark.parametrize(
    ("called", "words"),
    [
        (names.FAILURES, get_args(FailureKind)),
        (names.CREDENTIALS, get_args(CredentialKind)),
        (names.REGIONS, {r for about in discovery.everything().values() for r in about.regions}),
    ],
    ids=["failures", "credentials", "regions"],
)
def test_every_word_has_a_name_in_each_language(called: names.Names, words: set[str]) -> None:
    assert set(called) == set(words)
    for word in words:
        assert names.called(called, word) == called[word].id != word
        assert in_language("zh", names.called, called, word) == CHINESE.say(called[word])


def test_a_word_that_only_another_version_knows_stays() -> None:
    assert in_language("zh", names.called, names.FAILURES, "on\x91_strike") == "on_strike"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", UsageError.__subclasses__(), ids=lambda kind: kind.kind)
def test_beside_its_account_a_failure_does_not_name_the_provider(
    kind: type[UsageError], language: str
) -> None:
    failure = kind.default.filled(provider="GLM (智谱AI / Z.ai)", keys="https://z.ai/keys")
    said = in_language(language, names.unnamed, failure)
    assert "GLM" not in said
    assert said[0] not in " :：的"
    assert names.first_clause(said) in said
    assert names.last_clause(said) in said


def test_the_provider_stands_in_chinese_without_spaces() -> None:
    failure = Unreachable.default.filled(provider="GLM (智谱AI / Z.ai)")
    assert in_language("zh", names.unnamed, failure) == "无法连接服务商；请检查网络或代理"
    often = Phrase("asked {provider} 10 times", "查询 {provider} 10 次").filled(provider="fal")
    assert in_language("zh", names.unnamed, often) == "查询服务商 10 次"


def test_the_page_of_a_relay_stands_in_chinese_without_spaces() -> None:
    account, about = Account("relay-1", "relay", "Mine"), discovery.about("relay")
    failed = fetch.failure(CredentialRejected(), account, about, utc_now())
    told = in_language("zh", names.unnamed, failed.message)
    assert told == "不接受此凭证；请重新复制，或到中转站网页创建新的"
    assert names.unnamed(failed.message).endswith("make a new one at your relay's own page")


def test_somebody_elses_words_stay_as_they_are() -> None:
    assert names.unnamed(Phrase("no; wait", "拒绝；请稍候")) == "no; wait"
    assert names.first_clause("no; wait") == "no"
    assert names.last_clause("no; wait") == "wait"
    assert names.last_clause("no") == "no"
