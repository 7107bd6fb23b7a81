"""What is said of a text that holds no credential of the provider that was named."""

from __future__ import annotations

import pytest

from workflow.provider import discovery
from workflow.recognition import said


@pytest.mark.parametrize("provider", discovery.names())
def test_what_is_not_well_formed_is_told_the_sure_forms_once_each(provider: str) -> None:
    about = discovery.about(provider)
    english, chinese = said.malformed(about)
    sure = dict.fromkeys(shape.what for shape in about.shapes if shape.sure)
    assert sure
    assert f"(known: {', '.join(what.en for what in sure)})" in english
    assert f"（已知：{'、'.join(what.zh for what in sure)}）" in chinese
    assert "possibly" not in english and "可能" not in chinese
