"""The texts that the launcher shows in a text view, without a launcher."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.alfred import view
from tests import stored
from tests.alfred_harness import reference
from tests.standin import StandIn
from workflow.doctor import report
from workflow.refresh import run as refresh


def shown(action: str, **variables: str) -> dict[str, Any]:
    """The answer, as Alfred takes it."""
    told: dict[str, Any] = json.loads(view.answer({"action": action, **variables}))
    assert reference.violations("textview", told) == []
    return told


def test_where_the_numbers_come_from(world: StandIn) -> None:
    account = stored.account("tavily-dev", "Dev")
    refresh.refresh()
    told = shown("explain", account=account.id)
    assert told["response"].startswith("# Tavily · Dev: where the numbers come from\n")
    assert "- **Plan · used**: 361 credits = `/account/plan_usage`" in told["response"]
    assert (told["footer"], told["variables"]) == (
        "↩ Copy · esc Back",
        {"next": "copy_explanation"},
    )


def test_the_report(home: Path) -> None:
    told = shown("diagnostics")
    assert told["response"].startswith("## Tankful\n")
    assert told["variables"] == {"next": "copy_report"}


@pytest.mark.parametrize(("language", "word"), [("en", "Step by step"), ("zh", "步骤")])
def test_the_guide(home: Path, monkeypatch: pytest.MonkeyPatch, language: str, word: str) -> None:
    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    told = shown("read", provider="glm")
    assert word in told["response"]
    assert told["variables"] == {"next": "open_guide"}
    assert len(shown("read", provider="")["response"]) > len(told["response"])


def test_what_cannot_be_shown_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown("explain", account="gone")["response"] == "This account is no longer there"
    assert shown("fly")["response"] == "Unknown action “fly”"

    def broken(now: object) -> str:
        raise RuntimeError("a secret")

    monkeypatch.setattr(report, "report", broken)
    told = shown("diagnostics")["response"]
    assert told
    assert "a secret" not in told
