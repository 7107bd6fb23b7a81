from __future__ import annotations

from scripts.tools import fields
from workflow.provider import discovery, drift


def test_the_file_has_what_the_samples_have() -> None:
    assert fields.WRITTEN.read_text(encoding="utf-8") == fields.content()


def test_every_provider_has_its_fields() -> None:
    for name in discovery.names():
        assert any(drift._all_known()[name].values()), name


def test_only_names_of_amounts_are_kept() -> None:
    told = {"items": [{"left": 1, "createdAt": 2, "inner": {"sessionCount": 3}}], "id": 4}
    assert set(fields.pairs(told)) == {
        ("", "items"),
        ("items", "left"),
        ("items", "inner"),
        ("inner", "session_count"),
    }
