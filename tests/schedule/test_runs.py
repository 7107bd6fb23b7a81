"""When the job ran last."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workflow import paths
from workflow.schedule import runs
from workflow.schedule.runs import Run


@pytest.mark.parametrize("run", [Run(1764300000), Run(1764300000, locked=True)])
def test_what_is_noted_is_read(run: Run) -> None:
    assert runs.last() is None
    runs.note(run)
    assert runs.last() == run
    runs.forget()
    runs.forget()
    assert runs.last() is None


@pytest.mark.parametrize("content", [b"", b"soon done", b"1 2 3", b"\xff\xfe", b"9" * 200])
def test_what_is_no_note_tells_nothing(content: bytes) -> None:
    runs.note(Run(1))
    Path(paths.cache(os.environ), runs.NAME).write_bytes(content)
    assert runs.last() is None
