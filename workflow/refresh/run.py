"""All due accounts at once: secrets, providers, cache, feed. One refresh at a time."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, Union

from .. import patience
from ..chatgpt import edge
from ..client import PER_HOST, Client
from ..credentials import store
from ..errors import Mistake, NoCredential, StoreLocked, UnexpectedResponse, UsageError
from ..i18n.message import Message, _
from ..models import Account, Credential, Snapshot, utc_now
from ..patience import Clock
from ..state import state as states
from ..state import status
from ..state.state import State
from ..storage import accounts, cleanup, files, last_refresh
from ..storage.snapshots import Cache
from . import background
from . import fetch as fetching

TOTAL_SECONDS = 20.0  # what all accounts together get
STORE_SECONDS = patience.STORE_SECONDS  # how long a dialog of the secret store may stay open
PUBLISH_SECONDS = 1.0  # between two feeds while answers come in
REFRESHING: Message = _("refreshing")
LOOK = 1.0  # seconds between two looks at who holds the lock

Told = Callable[[Account, Snapshot], None]
Publish = Callable[[Callable[[], datetime]], object]  # shows what is known, by this clock
Secret = Union[Credential, UsageError, Mistake]  # or why there is none


@dataclass
class Outcome:
    """What a refresh did."""

    asked: List[Account] = field(default_factory=list)
    failed: List[Account] = field(default_factory=list)
    held: List[Tuple[Account, datetime]] = field(default_factory=list)  # Retry-After still runs
    left: List[Account] = field(default_factory=list)  # the deadline came first
    busy: bool = False  # somebody else was refreshing, and this one did not wait
    defect: str = ""  # the class of an error of ours, which cost the account its answer
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
    publish: Publish = lambda now: None,
    now: Callable[[], datetime] = utc_now,
) -> Outcome:
    """Refresh what is due, or the accounts of these ids whatever their age.

    A refresh that runs already is waited for no longer than one may last. Without a folder for the lock
    the accounts are asked all the same: the answers are told and not kept.

    Args:
        wanted: account ids; None for all that are due.
        force: ask also where a Retry-After still runs.
        wait: wait for a refresh that runs already; without it, leave at once.
        told: called with every account and its new snapshot.
        begin: called once with the accounts that will be asked.
        publish: called while answers come in, and at the end.
        now: the clock.

    Raises Stuck when another refresh does not end, and Mistake when accounts.json or a setting cannot be
    used.
    """
    since = now()
    with _turn(wait) as turn:
        if not turn.held:
            return Outcome(busy=True)
        state = states.read(now=now)
        outcome = Outcome()
        chosen = _chosen(state, wanted, force, now(), outcome)
        if turn.waited:
            chosen = _unanswered(state, chosen, since, now(), outcome, told)
        begin(chosen)
        try:
            if chosen:
                _ask(state, chosen, outcome, told, publish, now)
                _forget_removed()
        finally:
            publish(now)
            cleanup.sweep_drafts(os.environ)
        return outcome


class Stuck(Mistake):
    """Another refresh does not end; the message names its process and says what to do."""


@dataclass(frozen=True)
class _Turn:
    """Whether it is ours to refresh, and whether somebody else's refresh was waited for."""

    held: bool
    waited: bool = False


@contextmanager
def _turn(wait: bool) -> Iterator[_Turn]:
    """One refresh at a time. Raises Stuck."""
    path = background.lock_path(os.environ)
    with ExitStack() as stack:
        try:
            turn = _Turn(stack.enter_context(files.lock(path, 0.0)))
            if not turn.held and wait:
                turn = _waited(path, stack)
        except OSError as error:
            if error.errno not in files.REFUSED:
                raise
            turn = _Turn(held=True)  # nobody else can lock it either
        yield turn


def _waited(path: str, stack: ExitStack) -> _Turn:
    """The turn after the refresh that runs. Raises Stuck when that one is suspended or does not end."""
    until = time.monotonic() + background.LONGEST
    while True:
        with ExitStack() as attempt:
            if attempt.enter_context(files.lock(path, LOOK)):
                stack.push(attempt.pop_all())
                return _Turn(held=True, waited=True)
        if time.monotonic() >= until or files.comes_to_nothing(path, background.LONGEST):
            raise Stuck(files.kept(path, REFRESHING))


def _unanswered(
    state: State,
    chosen: List[Account],
    since: datetime,
    until: datetime,
    outcome: Outcome,
    told: Told,
) -> List[Account]:
    """The accounts that the refresh that was waited for has not asked; of the others its answer is told."""
    left = []
    for account in chosen:
        snapshot = state.snapshots[account.id]
        if _answered(snapshot, since, until):
            outcome.record(account, snapshot)
            told(account, snapshot)
        else:
            left.append(account)
    return left


def _forget_removed() -> None:
    """Drop what came in for accounts that were removed meanwhile."""
    with Cache() as cache, suppress(Mistake):
        known = cache.ids()  # an account is there before its numbers are
        current = {account.id for account in accounts.load().accounts}
        for account_id in known:
            if account_id not in current:
                cache.drop(account_id)


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
    return status.due_at(state.provider(account.id), known, state.settings) <= now


def _answered(snapshot: Snapshot, since: datetime, until: datetime) -> bool:
    """Whether the refresh that was waited for has asked this account already."""
    tries = (snapshot.fetched_at, snapshot.failure.at if snapshot.failure else None)
    return any(at is not None and since <= at <= until for at in tries)


def _ask(
    state: State,
    chosen: List[Account],
    outcome: Outcome,
    told: Told,
    publish: Publish,
    now: Callable[[], datetime],
) -> None:
    """Ask these accounts, and note for the report how that went, also when it broke off."""
    at, begun = now(), time.monotonic()
    try:
        asyncio.run(_run(state, chosen, outcome, told, publish, now))
    except BaseException as error:
        outcome.defect = type(error).__name__
        raise
    finally:
        _note(state, outcome, at, time.monotonic() - begun)


def _note(state: State, outcome: Outcome, at: datetime, seconds: float) -> None:
    last = last_refresh.Refresh(
        at=int(at.timestamp()),
        seconds=round(seconds, 3),
        asked=len(outcome.answers),
        failed=sum(account.id in outcome.answers for account in outcome.failed),
        held=len(outcome.held),
        left=len(outcome.left),
        defect=outcome.defect,
    )
    known = {**last_refresh.read().answers, **outcome.answers}
    current = {a.id: known[a.id] for a in state.book.accounts if a.id in known}
    last_refresh.write(last_refresh.Journal(last, current))


async def _run(
    state: State,
    chosen: List[Account],
    outcome: Outcome,
    told: Told,
    publish: Publish,
    now: Callable[[], datetime],
) -> None:
    secrets = await _secrets(chosen)
    with _Clerk(publish, now) as clerk:
        desk = _Desk(state, clerk, outcome, told, now)
        async with edge.connect(now) as client:
            with Clock(TOTAL_SECONDS) as clock:
                tasks = {
                    asyncio.ensure_future(desk.serve(client, account, secrets[account.id])): account
                    for account in chosen
                }
            try:
                done, late = await clock.wait(set(tasks))
            finally:  # also after Ctrl-C: a connection that we close ourselves says nothing of the network
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            asked = {account.id for account in outcome.asked}  # some answers beat the cancelling
            outcome.left.extend(a for t, a in tasks.items() if t in late and a.id not in asked)
            for task in done:
                task.result()  # a defect of ours is not kept quiet


class _Clerk:
    """Writes down what came in, one after the other, beside the loop that asks: a disk may be slow."""

    def __init__(self, publish: Publish, now: Callable[[], datetime]) -> None:
        self._publish, self._now = publish, now
        self._cache = Cache()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._painter = ThreadPoolExecutor(max_workers=1)  # no snapshot waits for a feed
        self._written: List[Future[Any]] = []
        self._shown: Optional[Future[Any]] = None

    def __enter__(self) -> _Clerk:
        self._written.append(self._thread.submit(self._cache.__enter__))
        return self

    async def keep(self, snapshot: Snapshot) -> None:
        """Remember a snapshot; a write that has been begun goes on when nobody waits for it."""
        written = self._thread.submit(self._cache.put, snapshot)
        self._written.append(written)
        await asyncio.shield(asyncio.wrap_future(written))

    def show(self) -> None:
        """Let an open launcher see what was kept, soon; what is not shown yet is shown with it."""
        if self._shown is None or self._shown.done():
            self._shown = self._painter.submit(self._publish, self._now)
            self._written.append(self._shown)

    def __exit__(self, kind: object, error: Optional[BaseException], trace: object) -> None:
        self._thread.submit(self._cache.__exit__, None, None, None)
        self._thread.shutdown()
        self._painter.shutdown()
        if error is None:
            for written in self._written:
                written.result()  # a defect of ours is not kept quiet


class _Desk:
    """Serves one account after the other at each provider's counter, eight at once."""

    def __init__(
        self,
        state: State,
        clerk: _Clerk,
        outcome: Outcome,
        told: Told,
        now: Callable[[], datetime],
    ) -> None:
        self._state, self._clerk, self._outcome = state, clerk, outcome
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
                usage = await fetching.usage(client, account, _given(secret))
                after = fetching.succeeded(account, usage, self._now())
            except Exception as error:
                why = self._reason(error)
                provider = self._state.provider(account.id)
                after = fetching.failed(
                    before, fetching.failure(why, account, provider, self._now())
                )
            self._outcome.answers[account.id] = round(time.monotonic() - begun, 3)
        self._outcome.record(account, after)
        await self._clerk.keep(after)  # what is told stands on the disk
        self._told(account, after)
        self._show()

    def _reason(self, error: Exception) -> UsageError:
        """Why an account has no answer, whatever went wrong: it is this account's failure alone."""
        if isinstance(error, UsageError):
            return error
        if isinstance(error, Mistake):  # of accounts.json, or a renewed session is not kept
            return StoreLocked(error.message)
        if isinstance(error, OSError):
            return StoreLocked(files.unusable(error))
        self._outcome.defect = type(error).__name__
        return UnexpectedResponse()

    def _show(self) -> None:
        """Let an open launcher see the answers as they come in."""
        passed = asyncio.get_running_loop().time() - self._published
        if passed >= PUBLISH_SECONDS:
            self._clerk.show()
            self._published = asyncio.get_running_loop().time()


def _given(secret: Secret) -> Credential:
    """The credential. Raises the reason why there is none."""
    if isinstance(secret, Credential):
        return secret
    raise secret


async def _secrets(chosen: Iterable[Account]) -> Dict[str, Secret]:
    """Every secret, read one after the other before any deadline starts.

    The store may show a dialog; what it has not given up after a minute counts as locked.
    """
    found: Dict[str, Secret] = {}
    waiting = list(chosen)

    def read() -> None:
        for account in waiting:
            try:
                found[account.id] = store.read(account)
            except (UsageError, Mistake) as error:
                found[account.id] = error
            except OSError as error:
                found[account.id] = StoreLocked(files.unusable(error))
            except Exception:  # whatever it is: the next account's secret is read all the same
                found[account.id] = NoCredential()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    loop = asyncio.get_running_loop()
    until = loop.time() + STORE_SECONDS
    while reader.is_alive() and loop.time() < until:
        await asyncio.sleep(0.005)
    return {account.id: found.get(account.id, StoreLocked()) for account in waiting}
