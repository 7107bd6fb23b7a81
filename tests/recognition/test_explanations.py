"""The message for a text without a credential of the named provider."""

from __future__ import annotations

import pytest

from tests.said import both, chinese, english
from workflow.provider import discovery
from workflow.recognition import explanations

WITH_A_CREDENTIAL = [name for name, each in discovery.everything().items() if not each.is_local]


@pytest.mark.parametrize("provider", WITH_A_CREDENTIAL)
def test_what_is_not_well_formed_is_told_the_sure_forms_once_each(provider: str) -> None:
    about = discovery.about(provider)
    told_en, told_zh = both(explanations.malformed(about, "nonsense"))
    sure = dict.fromkeys(shape.what for shape in about.shapes if shape.sure)
    listed = len(sure) > 1  # one form says what is needed already
    assert (f"(known: {', '.join(map(english, sure))})" in told_en) == listed
    assert (f"；可识别：{'、'.join(map(chinese, sure))}；" in told_zh) == listed
    assert "possibly" not in told_en
    assert "可能" not in told_zh


@pytest.mark.parametrize(
    ("provider", "pasted", "what"),
    [
        ("glm", "0123456789abcdef" * 2, "a GLM API key"),
        ("glm", "0123456789abcdef" * 2 + ".AbCd", "a GLM API key"),
        ("deepseek", "sk-0123456789abcde\n", "a DeepSeek API key"),
        ("elevenlabs", "sk_01234567", "an ElevenLabs API key"),
        ("fireworks", "fw_01234", "a Fireworks API key"),
    ],
)
def test_what_begins_like_a_key_may_be_cut(provider: str, pasted: str, what: str) -> None:
    message = english(explanations.malformed(discovery.about(provider), pasted))
    assert message.startswith(f"this begins like {what}, but part of it may be missing; copy it ")
    assert pasted.strip() not in message


@pytest.mark.parametrize(
    ("provider", "pasted"),
    [
        ("glm", "0123456789abcdef"),
        ("glm", "0123456789abcdef" * 2 + "0"),
        ("deepseek", "sk-0123"),
        ("deepseek", "sk-0123 4567 89ab"),
        ("deepseek", "my sk-0123456789"),
    ],
)
def test_what_does_not_begin_like_a_key_is_not_called_cut(provider: str, pasted: str) -> None:
    message = english(explanations.malformed(discovery.about(provider), pasted))
    assert message.startswith("this does not look like a credential of ")


@pytest.mark.parametrize("provider", ["codex", "claude"])
def test_where_no_credential_is_needed_that_is_said(provider: str) -> None:
    for told in both(explanations.malformed(discovery.about(provider), "")):
        assert f"tankful add {provider}" in told
