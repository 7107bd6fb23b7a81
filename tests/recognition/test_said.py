"""What is said of a text that holds no credential of the provider that was named."""

from __future__ import annotations

import pytest

from tests.said import both, chinese, english
from workflow.provider import discovery
from workflow.recognition import said


@pytest.mark.parametrize("provider", discovery.names())
def test_what_is_not_well_formed_is_told_the_sure_forms_once_each(provider: str) -> None:
    about = discovery.about(provider)
    told_en, told_zh = both(said.malformed(about))
    sure = dict.fromkeys(shape.what for shape in about.shapes if shape.sure)
    assert sure
    assert f"(known: {', '.join(map(english, sure))})" in told_en
    assert f"（已知：{'、'.join(map(chinese, sure))}）" in told_zh
    assert "possibly" not in told_en and "可能" not in told_zh
