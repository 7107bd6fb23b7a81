"""What the dialog that takes a key asks for."""

from __future__ import annotations

import pytest

from tests.said import in_language
from workflow.actions import wizard
from workflow.settings import Settings

SITES = "https://z.ai/manage-apikey/apikey-list (international) or https://bigmodel.cn/usercenter/proj-mgmt/apikeys (China)"


@pytest.mark.parametrize(
    ("provider", "language", "expected"),
    [
        ("glm", "en", f"Get it at {SITES}"),
        ("relay", "en", "Get it at your relay's own page"),
        ("relay", "zh", "中转站网页"),
        ("tavily", "en", "Get it at https://app.tavily.com/home"),
    ],
)
def test_a_dialog_says_where_the_key_is(provider: str, language: str, expected: str) -> None:
    conversation = wizard._Conversation(wizard.AddForm(provider), Settings(language=language))
    asked = in_language(language, conversation._prompt)
    assert asked.endswith(expected)
    assert "Message" not in asked
