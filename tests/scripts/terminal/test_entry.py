"""What is asked at a terminal."""

from __future__ import annotations

import sys

import pytest

from scripts.terminal import entry
from tests.said import Phrase
from workflow.errors import Mistake


def test_without_a_terminal_nothing_is_agreed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(Mistake) as caught:
        entry.agreed(Phrase("Remove it?", "移除？"), Phrase("it was not removed", "未移除"))
    assert caught.value.message == Phrase("it was not removed", "未移除")
