"""All due accounts at once: secrets, providers, cache, feed. One refresh at a time."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from . import ask, background, credentials, files, journal, standing
from . import publish as publishing
from .cache import Cache
from .client import PER_HOST, Client
from .errors import Mistake, StoreLocked, UsageError
from .models import Account, Credential, Snapshot, utc_now
from .publish import State

TOTAL_SECONDS = 20.0  # what all accounts together get
STORE_SECONDS = 60.0  # how long a dialog of the secret store may stay open
PUBLISH_SECONDS = 1.0  # between two feeds while answers come in

Told = Callable[[Account, Snapshot], None]
Secret = Union[Credential, UsageError, Mistake]  # or why there is none


@dataclass
class Outcome:
    """What a refresh did."""

    asked: List[Account] = field(default_factory=list)
    failed: List[Account] = field(default_factory=list)
    held: List[Tuple[Account, datetime]] = field(default_factory=list)  # Retry-After still runs
    left: List[Account] = field(default_factory=list)  # the deadline came first
    busy: bool = False  # somebody else was refreshing, and this one did not wait
    answers: Dict[str, float] = field(default_factory=dict)  # seconds, by account id

    def record(self, account: Account, snapshot: Snapshot) -> None:
        """Count an account as asked."""
        self.asked.append(account)
        if snapshot.failure:
            self.failed.append(account)


def refresh(
    wanted: Optional[Sequence[str]] = None,
    *,
    force: bool = False,
    wait: bool = True,
    told: Told = lambda account, snapshot: None,
    begin: Callable[[List[Account]], None] = lambda accounts: None,
    now: Callable[[], datetime] = utc_now,
) -> Outcome:
    """Refresh what is due, or the accounts of these ids whatever their age.

    Args:
        wanted: account ids; None for all that are due.
        force: ask also where a Retry-After still runs.
        wait: wait for a refresh that runs already; without it, leave at once.
        told: called with every account and its new snapshot.
        begin: called once with the accounts that will be asked.
        now: the clock.

    Raises Mistake when accounts.json or a setting cannot be used.
    """
    since = now()
    with files.lock(background.lock_path(os.environ), None if wait else 0.0) as held:
        if not held:
            return Outcome(busy=True)
        state = publishing.read(now=now)
        outcome = Outcome()
        chosen = _chosen(state, wanted, force, now(), outcome)
        until = now()
        waited_for = [a for a in chosen if _answered(state.snapshots[a.id], since, until)]
        for account in waited_for:
            outcome.record(account, state.snapshots[account.id])
            told(account, state.snapshots[account.id])
        chosen = [account for account in chosen if account not in waited_for]
        begin(chosen)
        try:
            if chosen:
                _ask(state, chosen, outcome, told, now)
        finally:
            publishing.publish(now)
        return outcome


def _chosen(
    state: State,
    wanted: Optional[Sequence[str]],
    force: bool,
    now: datetime,
    outcome: Outcome,
) -> List[Account]:
    chosen = []
    for account in state.book.accounts:
        snapshot = state.snapshots[account.id]
        until = snapshot.failure.retry_at if snapshot.failure else None
        if not (account.id in wanted if wanted is not None else _is_due(state, account, now)):
            continue
        if until and until > now and not force:
            outcome.held.append((account, until))
        else:
            chosen.append(account)
    return chosen


def _is_due(state: State, account: Account, now: datetime) -> bool:
    """Whether the account is due, a Retry-After aside."""
    known = state.snapshots[account.id]
    if known.failure:
        known = replace(known, failure=replace(known.failure, retry_at=None))
    return standing.due_at(state.provider(account.id), known, state.settings) <= now


def _answered(snapshot: Snapshot, since: datetime, until: datetime) -> bool:
    """Whether the refresh that was waited for has asked this account already."""
    tries = (snapshot.fetched_at, snapshot.failure.at if snapshot.failure else None)
    return any(at is not None and since <= at <= until for at in tries)


def _ask(
    state: State,
    chosen: List[Account],
    outcome: Outcome,
    told: Told,
    now: Callable[[], datetime],
) -> None:
    """Ask these accounts, and note for the report how that went, also when it broke off."""
    at, begun, defect = now(), time.monotonic(), ""
    try:
        asyncio.run(_run(state, chosen, outcome, told, now))
    except BaseException as error:
        defect = type(error).__name__
        raise
    finally:
        _note(state, outcome, at, time.monotonic() - begun, defect)


def _note(state: State, outcome: Outcome, at: datetime, seconds: float, defect: str) -> None:
    last = journal.Refresh(
        at=int(at.timestamp()),
        seconds=round(seconds, 3),
        asked=len(outcome.answers),
        failed=sum(account.id in outcome.answers for account in outcome.failed),
        held=len(outcome.held),
        left=len(outcome.left),
        defect=defect,
    )
    known = {**journal.read().answers, **outcome.answers}
    current = {a.id: known[a.id] for a in state.book.accounts if a.id in known}
    journal.write(journal.Journal(last, current))


async def _run(
    state: State,
    chosen: List[Account],
    outcome: Outcome,
    told: Told,
    now: Callable[[], datetime],
) -> None:
    secrets = await _secrets(chosen)
    with Cache() as cache:
        desk = _Desk(state, cache, outcome, told, now)
        async with Client(now) as client:
            tasks = {
                asyncio.ensure_future(desk.serve(client, account, secrets[account.id])): account
                for account in chosen
            }
            try:
                done, late = await asyncio.wait(tasks, timeout=TOTAL_SECONDS)
            finally:  # also after Ctrl-C: a connection that we close ourselves says nothing of the network
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            asked = {account.id for account in outcome.asked}  # some answers beat the cancelling
            outcome.left.extend(a for t, a in tasks.items() if t in late and a.id not in asked)
            for task in done:
                task.result()  # a defect of ours is not kept quiet


class _Desk:
    """Serves one account after the other at each provider's counter, eight at once."""

    def __init__(
        self,
        state: State,
        cache: Cache,
        outcome: Outcome,
        told: Told,
        now: Callable[[], datetime],
    ) -> None:
        self._state, self._cache, self._outcome = state, cache, outcome
        self._told, self._now = told, now
        self._counters: Dict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(PER_HOST)
        )
        self._published = asyncio.get_running_loop().time()

    async def serve(self, client: Client, account: Account, secret: Secret) -> None:
        """Ask one account and remember what came of it."""
        async with self._counters[account.provider]:
            begun = time.monotonic()
            before = self._state.snapshots[account.id]
            try:
                if not isinstance(secret, Credential):
                    raise secret
                usage = await ask.usage(client, account, secret)
                after = ask.succeeded(account, usage, self._now())
            except (UsageError, Mistake) as error:
                if isinstance(error, Mistake):  # of accounts.json, or a renewed session is not kept
                    error = StoreLocked(error.words)
                provider = self._state.provider(account.id)
                after = ask.failed(before, ask.failure(error, account, provider, self._now()))
            self._outcome.answers[account.id] = round(time.monotonic() - begun, 3)
        self._outcome.record(account, after)
        self._cache.put(after)
        self._told(account, after)
        self._show()

    def _show(self) -> None:
        """Let an open launcher see the answers as they come in."""
        passed = asyncio.get_running_loop().time() - self._published
        if passed >= PUBLISH_SECONDS:
            publishing.publish(self._now)
            self._published = asyncio.get_running_loop().time()


async def _secrets(chosen: Iterable[Account]) -> Dict[str, Secret]:
    """Every secret, read one after the other before any deadline starts.

    The store may show a dialog; what it has not given up after a minute counts as locked.
    """
    found: Dict[str, Secret] = {}
    waiting = list(chosen)

    def read() -> None:
        for account in waiting:
            try:
                found[account.id] = credentials.read(account)
            except (UsageError, Mistake) as error:
                found[account.id] = error

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    loop = asyncio.get_running_loop()
    until = loop.time() + STORE_SECONDS
    while reader.is_alive() and loop.time() < until:
        await asyncio.sleep(0.005)
    return {account.id: found.get(account.id, StoreLocked()) for account in waiting}
