"""Claude on this machine: what Claude Code handed to the status line."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from time import time

import pytest

from tests.providers.contract import ScriptedClient, document
from tests.said import both
from workflow import paths
from workflow.claude import limits, status_line
from workflow.claude.limits import Kept
from workflow.credentials import store
from workflow.errors import NoCredential
from workflow.models import Account, Quota, Usage
from workflow.providers import claude
from workflow.refresh import fetch as fetching

ACCOUNT = Account("claude-1", "claude", "Claude", kind="none")
NOW = 1791190800  # 2026-10-05 09:00 UTC


def usage() -> Usage:
    client = ScriptedClient({})
    told = asyncio.run(fetching.answered(client, ACCOUNT, store.read(ACCOUNT)))
    assert client.asked == []
    return told


def window(label: str, used: str, seconds: int, reset: int) -> Quota:
    share, resets_at = Decimal(used), datetime.fromtimestamp(reset, timezone.utc)
    return Quota(label, "%", share, Decimal(100), 100 - share, seconds, resets_at)


def test_the_windows_are_as_old_as_the_hand_over() -> None:
    kept = limits.handed(document("claude/status_line.json"), NOW)
    told = claude.parse(kept)
    assert told.quotas == (
        window("5 hours", "23.5", 18000, 1791198000),
        window("Weekly", "41.2", 604800, 1791450000),
    )
    assert told.as_of == datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)


def test_a_window_of_one_model_stops_nothing_else() -> None:
    windows = {
        "seven_day_opus_max": (80.0, NOW + 9),
        "five_hour": (1.0, NOW),
        "_other_use_": (2.0, NOW),
    }
    told = claude.parse(Kept(NOW, "", windows))
    assert [(q.label, q.role, q.window) for q in told.quotas] == [
        ("5 hours", "binding", 18000),
        ("Opus max · Weekly", "secondary", 604800),
        ("Other use", "secondary", None),
    ]
    with pytest.raises(NoCredential, match="passed on no limits"):
        claude.parse(Kept(NOW, "", {}))


def test_what_was_kept_is_read_without_asking_anybody() -> None:
    place = Path(status_line.path(paths.cache(os.environ)))
    place.parent.mkdir(parents=True)
    now = int(time()) - 3600
    place.write_bytes(limits.packed(Kept(now, "a", {"five_hour": (50.0, now + 9000)})))
    told = usage()
    assert [q.used for q in told.quotas] == [50]
    snapshot = fetching.succeeded(ACCOUNT, told, datetime.fromtimestamp(now + 3600, timezone.utc))
    assert snapshot.fetched_at == datetime.fromtimestamp(now, timezone.utc)
    assert snapshot.asked_at == datetime.fromtimestamp(now + 3600, timezone.utc)
    assert snapshot.usage is not None
    assert snapshot.usage.as_of is None


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\x00", b'{"at":1,"windows":{}}'])
def test_where_nothing_was_handed_over_it_says_how(content: bytes | None) -> None:
    place = Path(status_line.path(paths.cache(os.environ)))
    if content is not None:
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
    with pytest.raises(NoCredential) as caught:
        usage()
    for words in both(caught.value.message):
        assert "tankful statusline" in words
        assert "tankful guide claude" in words
