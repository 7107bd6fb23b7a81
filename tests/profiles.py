"""Sets how many examples Hypothesis tries (fewer in the inner loop), and where temporary folders go."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

ALL = 100
FEW = 25
ROOM = 2 << 30
settings.register_profile(
    "all",
    max_examples=ALL,
    deadline=None,  # machines are noisy
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("few", settings.get_profile("all"), max_examples=FEW)


def scaled(most: int) -> int:
    """Scale a number of examples as the current profile scales ``ALL``."""
    examples: int = settings().max_examples
    return most * examples // ALL


def load(inner: bool) -> None:
    """Choose the profile of all properties that are defined from now on."""
    settings.load_profile("few" if inner else "all")


def temporary_root(memory: Path = Path("/dev/shm")) -> str:  # noqa: S108
    """Return the root of the tests' folders: in memory if programs may run there and 2 GiB are free, else on disk."""
    if not os.access(memory, os.W_OK):
        return tempfile.gettempdir()
    there = os.statvfs(memory)
    may_run = not there.f_flag & os.ST_NOEXEC
    return (
        str(memory)
        if may_run and there.f_bavail * there.f_frsize >= ROOM
        else tempfile.gettempdir()
    )
