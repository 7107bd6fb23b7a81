"""Tell from the accounts that there is no connection at all: no provider was reached, and none answered since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..models import Account, Snapshot

ROUND = timedelta(minutes=1)  # failures of one refresh are at most so far apart
_LOST = "unreachable"
_HERE = ("no_credential", "store_locked")  # failures on this machine, before any request


def lost(known: Iterable[tuple[Account, Snapshot]]) -> frozenset[str]:
    """Return the ids of the accounts without a connection; none if only their provider may be down."""
    asked = [(account, snapshot) for account, snapshot in known if account.kind != "none"]
    failed = {
        account.id: snapshot.failure.at
        for account, snapshot in asked
        if snapshot.failure and snapshot.failure.kind == _LOST
    }
    if len(failed) < 2:
        return frozenset()
    others = [(account, snapshot) for account, snapshot in asked if account.id not in failed]
    owners = {account.provider for account, _snapshot in asked if account.id in failed}
    begin = min(failed.values()) - ROUND
    is_partly = others and len(owners) == 1
    if is_partly or any(_answered_since(begin, snapshot) for _account, snapshot in others):
        return frozenset()
    return frozenset(failed)


def _answered_since(begin: datetime, snapshot: Snapshot) -> bool:
    failure, good = snapshot.failure, snapshot.asked_at or snapshot.fetched_at
    is_answer = failure is not None and failure.kind not in _HERE
    last = failure.at if failure and is_answer else good
    return last is not None and last >= begin
