"""The size of the history, of one account and of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.history.given import NOW, balance, quota
from workflow.history import database, extent, recording


def test_it_counts_samples_and_accounts_from_the_oldest_on() -> None:
    for at, used in ((NOW, "40"), (NOW + 3600, "50")):
        recording.record([quota(used, at)], at, 730)
    recording.record([balance("9", NOW + 60)], NOW + 60, 730)
    every, size = extent.extent(), Path(database.path()).stat().st_size
    assert every.first == NOW
    assert every.size >= size
    assert every.samples == 3


def test_it_counts_one_account() -> None:
    told = quota("40", NOW)
    recording.record([told], NOW, 730)
    assert extent.extent(told.account_id)[:3] == (1, 1, NOW)
    assert extent.extent("nobody")[:3] == (0, 0, 0)


def test_without_a_history_there_is_none() -> None:
    with pytest.raises(FileNotFoundError):
        extent.extent()
