"""Refresh, render the feed and the other lists, then send alerts.

Rendering and alerts are not needed to ask, so they are imported while the first answers are awaited.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Callable

from workflow.refresh import run

if TYPE_CHECKING:
    from workflow.models import Snapshot

_LATER = ("workflow.alfred.publish", "workflow.alfred.served", "workflow.alerts.speak")


def refresh(wanted: Sequence[str] | None = None, **how: Any) -> run.RefreshResult:
    """Call ``run.refresh``, and show the results. Takes the same arguments and raises the same errors."""
    shown = {"preview": _preview, "publish": _publish, "alert": alert, "meanwhile": _load}
    return run.refresh(wanted, **{**shown, **how})


def _load() -> None:
    for name in _LATER:
        importlib.import_module(name)


def _preview(now: Callable[[], datetime]) -> None:
    from workflow.alfred import publish

    publish.preview(now)


def _publish(now: Callable[[], datetime]) -> None:
    from workflow.alfred import publish

    publish.publish(now)


def alert(before: Mapping[str, Snapshot], asked: Iterable[str], now: datetime, **how: Any) -> None:
    """Send the alerts that are due, see ``speak.speak``."""
    from workflow.alerts import speak

    speak.speak(before, asked, now, **how)
