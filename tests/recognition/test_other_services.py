"""Keys of services without support, and that no key of our providers is taken for one of them."""

from __future__ import annotations

import pytest

from tests.said import both
from tests.standin import KEYS
from tests.standin.keys import Key
from workflow.errors import Mistake
from workflow.provider import discovery, no_usage
from workflow.recognition import other_services, recognise

NAMES = {about.short.lower() for about in discovery.everything().values()}


USABLE = [
    key
    for key in KEYS.values()
    if key.kind == "api_key" and no_usage.of_key(key.value) is None  # a project's tells nothing
]


@pytest.mark.parametrize("key", USABLE, ids=lambda key: key.name)
def test_a_key_of_ours_is_no_strangers(key: Key) -> None:
    assert other_services.message([key.value]) is None
    assert recognise.read(key.value, key.provider).credential.secret == key.value


def test_a_variable_of_ours_is_no_strangers() -> None:
    variables = [name for about in discovery.everything().values() for name in about.variables]
    assert variables
    assert not [name for name in variables if other_services.message_of_variable(name)]


def test_a_provider_of_ours_is_called_by_nobody_elses_name() -> None:
    strangers = {owner.lower() for _, owner in other_services._FORMS}
    strangers |= {owner.lower() for owner in other_services._NAMES.values()}
    assert not strangers & NAMES


@pytest.mark.parametrize(
    ("pasted", "service"),
    [
        ("gsk_Canary0123456789", "groq"),
        ("BSAxCanary0123456789abcdefghij", "brave"),
        ("BRAVE_API_KEY=Canary0123456789abcdefghijklmn0", "brave"),
        ("AIzaCanary0123456789abcdefghij", "gemini"),
        ("pplx-Canary0123456789", "perplexity"),
        ("tgp_v1_Canary0123456789abcdef", "together"),
        ("r8_Canary0123456789abcdefgh", "replicate"),
        (f"key_{'5e7e' * 16}", "cursor"),
        ("xai-Canary0123456789", "xai-key"),
        ("sk-ant-api03-Canary0123456789", "anthropic-key"),
        ("sk-ant-oat01-Canary0123456789", "claude-token"),
        ("sk-sp-Canary0123456789", "alibaba-plan"),
        ("export MISTRAL_API_KEY=Canary0123456789abcdefghijklmn0", "mistral"),
        ("COHERE_API_KEY='Canary0123456789abcdefghijklmnopqrstuvw0'", "cohere"),
        ("KAGI_API_KEY=Canary01234.56789abcdefghijklmnopq", "kagi"),
        ("EXA_API_KEY=5e7e0000-1111-4222-8333-444444444444", "exa"),
        ("DASHSCOPE_API_KEY=sk-5e7e0000canary0000000000000000ab", "alibaba-plan"),
    ],
)
def test_a_key_that_tells_nothing_is_known_and_its_page_named(pasted: str, service: str) -> None:
    expected = no_usage.named(service)
    assert expected is not None
    with pytest.raises(Mistake) as caught:
        recognise.recognise(pasted)
    assert caught.value.message == expected.message_of_key()
    for said in both(caught.value.message):
        assert expected.page in said
        assert "anary" not in said
