"""Fixtures: a workflow to build, and recorded macOS commands. Tests import them by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from .builder import Builder
from .recorders import Recorders


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    """An empty workflow in a folder of its own."""
    folder = tmp_path / "user.workflow.TEST"
    folder.mkdir()
    return Builder(folder)


@pytest.fixture
def recorders(tmp_path: Path) -> Recorders:
    """The recorded macOS commands."""
    folder = tmp_path / "recorders"
    folder.mkdir()
    return Recorders(folder)
