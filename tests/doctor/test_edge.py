"""How the report describes the way to chatgpt.com."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workflow import paths
from workflow.doctor import edge
from workflow.system import system_stack


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("", "Tankful's own way"),
        ('{"chatgpt.com": "own"}', "Tankful's own way"),
        ('{"chatgpt.com": "system"}', "the system's way"),
    ],
)
def test_the_way_that_worked_last(kept: str, said: str) -> None:
    folder = Path(paths.cache(os.environ))
    folder.mkdir(parents=True)
    (folder / "ways.json").write_text(kept)
    assert dict(edge.report())["chatgpt.com"] == said


@pytest.mark.parametrize(
    ("program", "said"), [("osascript", "osascript"), ("", "none (no osascript, no curl)")]
)
def test_the_program_of_the_systems_way(
    monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setattr(system_stack, "program", lambda: program)
    assert dict(edge.report())["system's way"] == said
