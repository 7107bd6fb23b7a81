"""The output of a Run Script object."""

from __future__ import annotations

import runpy
import typing

import pytest

from workflow.alfred import run_script


def test_a_python_that_is_too_old_can_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(typing, "Literal")
    assert "answer" in runpy.run_path(run_script.__file__)
