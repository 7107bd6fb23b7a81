"""Services that report no usage to a key, and the message about them."""

from __future__ import annotations

import pytest

from tests.said import both
from workflow.i18n.message import _
from workflow.provider import discovery, no_usage
from workflow.provider.no_usage import SERVICES

ROW = 110  # columns that a launcher shows


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.id)
def test_a_service_is_told_in_a_line_of_each_language(service: no_usage.Service) -> None:
    english, chinese = both(service.message_of_key())
    assert english != chinese
    for said in (english, chinese, *both(service.message_of_name())):
        assert service.vendor in said
        assert service.page in said
        assert len(said) < 230
    assert all(len(said) + 30 < ROW for said in both(service.why))
    assert service.page.startswith("https://")


def test_a_name_says_which_keys_are_meant() -> None:
    names = {service.id: both(service.name) for service in SERVICES}
    assert names["openai-key"] == ("OpenAI (project key)", "OpenAI（项目 Key）")
    assert names["groq"] == ("Groq", "Groq")


def test_a_service_is_found_by_its_name() -> None:
    for service in SERVICES:
        assert no_usage.named(service.id) is service
        assert no_usage.named(f" {service.id.upper()} ") is service
    mistral = no_usage.named("mistral")
    assert mistral is not None and mistral.vendor == "Mistral"
    assert no_usage.named("claude") is no_usage.named("claude-token")
    assert no_usage.named("nobody") is no_usage.named("") is None


def test_no_service_has_the_name_of_a_provider() -> None:
    assert not {each.id for each in SERVICES} & set(discovery.names())


def test_a_page_is_read_only_out_of_what_was_said_of_a_service() -> None:
    service = SERVICES[0]
    assert no_usage.page_in(service.message_of_key()) == service.page
    assert no_usage.page_in(_("{first}; {next}", first=service.message_of_name(), next="")) == service.page  # fmt: skip
    assert no_usage.page_in(_("see {page}", page="https://elsewhere.example/")) == ""
    assert no_usage.page_in(_("nothing")) == ""


def test_a_variable_is_known_by_what_it_begins_with() -> None:
    assert no_usage.of_variable("GROQ_API_KEY") is no_usage.named("groq")
    assert no_usage.of_variable("GROQ") is None
    assert no_usage.of_variable("GROQUA_API_KEY") is None
