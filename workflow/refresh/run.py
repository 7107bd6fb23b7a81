"""Refresh all due accounts at once: read secrets, ask providers, write cache and feed. One refresh at a time."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Callable

from .. import paths
from .. import settings as preferences
from ..chatgpt import edge
from ..errors import Mistake, StoreLocked, UnexpectedResponse, UsageError
from ..history import recording, visits
from ..http.client import PER_HOST, Client
from ..i18n.message import Message, _
from ..models import Account, Snapshot, utc_now
from ..patience import Clock, in_thread
from ..records import dataclass, field
from ..settings import Settings
from ..state import state as states
from ..state.state import State
from ..state.status import AT_ONCE
from ..storage import accounts, cleanup, files, last_refresh, pages, sqlite_errors
from ..storage.snapshots import Cache
from . import fetch as fetching
from .recorder import Publish, Recorder
from .secrets import Secret, given, read_all
from .turn import take_turn

TOTAL_SECONDS = 20.0  # for all accounts together
STEPS = 3  # of the loop, after which an account has sent or queued its requests
EARLY = timedelta(minutes=1)  # the system's job asks so much early, as it runs rarely

_UNKEPT = _(
    "the new numbers could not be kept ({why}); check {folder}, its permissions and its disk"
)
OnAnswer = Callable[[Account, Snapshot], None]
# gets the snapshots before the refresh, the ids of the accounts asked, and the time
Alert = Callable[[Mapping[str, Snapshot], Iterable[str], datetime], object]


@dataclass
class RefreshResult:
    """The result of a refresh."""

    asked: list[Account] = field(default_factory=list)
    failed: list[Account] = field(default_factory=list)
    # not asked, since its Retry-After has not passed
    rate_limited: list[tuple[Account, datetime]] = field(default_factory=list)
    timed_out: list[Account] = field(default_factory=list)  # the deadline came first
    defect: str = ""  # the class of an error of ours that cost an account its answer
    answers: dict[str, float] = field(default_factory=dict)  # seconds, by account id
    snapshots: list[Snapshot] = field(default_factory=list)  # the results of this refresh
    history_aside: str | None = None  # the new path of a damaged history
    clocks: Sequence[float] = ()  # seconds by which our clock was ahead of each server's
    locked: list[Account] = field(default_factory=list)  # skipped, since they need a dialog
    unkept: Message | None = None  # why the answers could not be stored, and what to do

    def record(self, account: Account, snapshot: Snapshot) -> None:
        """Count an account as asked."""
        self.asked.append(account)
        if snapshot.failure:
            self.failed.append(account)

    def forget(self, account: Account, snapshot: Snapshot) -> None:
        """Take back a result that is out of date; the account still counts as asked."""
        self.snapshots.remove(snapshot)
        if snapshot.failure:
            self.failed.remove(account)


def refresh(
    ids: Sequence[str] | None = None,
    *,
    force: bool = False,
    wait: bool = True,
    unasked: bool = False,
    on_answer: OnAnswer = lambda account, snapshot: None,
    on_begin: Callable[[list[Account]], None] = lambda accounts: None,
    preview: Publish = lambda now: None,
    publish: Publish = lambda now: None,
    alert: Alert = lambda before, asked, now: None,
    meanwhile: Callable[[], object] = lambda: None,
    now: Callable[[], datetime] = utc_now,
) -> RefreshResult:
    """Refresh the accounts that are due, or those with these ids whatever their age.

    If the lock's folder cannot be used, the accounts are asked anyway; the answers are reported but not kept.

    Args:
        ids: account ids; None for all that are due.
        force: also ask accounts whose Retry-After has not passed.
        wait: wait for a refresh that is running; otherwise return at once.
        unasked: started by the system, and nobody waits for it. An account whose secret is locked is skipped,
            and one that is due within ``EARLY`` is asked too.
        on_answer: called with every account and its new snapshot.
        on_begin: called once with the accounts that will be asked.
        preview: called while answers come in.
        publish: called once, at the end.
        alert: called once when all is stored and the lock is released.
        meanwhile: called in another thread while the first answers are awaited.
        now: the clock.

    Raises Stuck if another refresh does not end, and Mistake if accounts.json or a setting cannot be used.
    """
    since = now()
    with take_turn(wait) as turn:
        if not turn.held:
            return RefreshResult()
        state = states.read(foresee=False, now=now)
        outcome = RefreshResult()
        chosen = _chosen(state, ids, force, now(), outcome, EARLY if unasked else timedelta(0))
        if turn.waited:
            chosen = _unanswered(state, chosen, since, now(), outcome, on_answer)
        on_begin(chosen)
        try:
            if chosen:
                asker = _Asker(state, outcome, on_answer, preview, now)
                asker.ask(chosen, meanwhile, unasked)
                _forget_removed(chosen)
        finally:
            publish(now)
            cleanup.sweep_drafts(os.environ)
    alert(state.snapshots, [snapshot.account_id for snapshot in outcome.snapshots], now())
    return outcome


def _unanswered(
    state: State,
    chosen: list[Account],
    since: datetime,
    until: datetime,
    outcome: RefreshResult,
    on_answer: OnAnswer,
) -> list[Account]:
    """Return the accounts that the other refresh did not ask; report its answers for the rest."""
    left = []
    for account in chosen:
        snapshot = state.snapshots[account.id]
        if any(since <= at <= until for at in snapshot.tries):
            outcome.record(account, snapshot)
            on_answer(account, snapshot)
        else:
            left.append(account)
    return left


def _forget_removed(chosen: Iterable[Account]) -> None:
    """Delete the answers for accounts that were removed meanwhile."""
    with Cache(reading=True) as cache:
        known = cache.ids()  # read before the accounts: an account is stored before its numbers
    with suppress(Mistake):
        current = {account.id for account in accounts.load().accounts}
        gone = [account_id for account_id in known if account_id not in current]
        if gone:
            with Cache() as cache:
                for account_id in gone:
                    cache.drop(account_id)
        pages.sweep(current)
        for account in chosen:
            if account.id not in current:
                recording.forget(account.id)


def _chosen(
    state: State,
    ids: Sequence[str] | None,
    force: bool,
    now: datetime,
    outcome: RefreshResult,
    early: timedelta,
) -> list[Account]:
    chosen, named = [], None if ids is None else frozenset(ids)
    for account in state.book.accounts:
        status = state.of(account).status
        if not (account.id in named if named is not None else status.wanted_at <= now + early):
            continue
        if status.retry_at and status.retry_at > now and not force:
            outcome.rate_limited.append((account, status.retry_at))
        else:
            chosen.append(account)
    return sorted(
        chosen, key=lambda account: max(state.snapshots[account.id].tries, default=AT_ONCE)
    )


def _days(settings: Settings) -> int | None:
    """Return how many days history is kept; None if it is off for one call, which never deletes anything."""
    if not settings.one_call:
        return settings.history
    return max(settings.history, int(preferences.chosen()["history"])) if settings.history else None


def _note_for_report(state: State, outcome: RefreshResult, at: datetime, seconds: float) -> None:
    clocks = sorted(outcome.clocks)  # on their median one server with a wrong clock has no effect
    last = last_refresh.Refresh(
        at=int(at.timestamp()),
        seconds=round(seconds, 3),
        asked=len(outcome.answers),
        failed=sum(account.id in outcome.answers for account in outcome.failed),
        rate_limited=len(outcome.rate_limited),
        timed_out=len(outcome.timed_out),
        defect=outcome.defect,
        clock_ahead=round(clocks[len(clocks) // 2]) if clocks else None,
    )
    known = {**last_refresh.read().answers, **outcome.answers}
    current = {a.id: known[a.id] for a in state.book.accounts if a.id in known}
    last_refresh.write(last_refresh.Journal(last, current))


def _asked_with(account: Account) -> tuple[object, ...]:
    """Return what an account's answer depends on; a session renews its own credential while it is asked."""
    number = account.given if account.kind == "session" else account.generation
    return account.kind, number, account.region, account.scope


async def _stand_in_line() -> None:
    """Let an account send or queue all its requests before the next account does.

    The first accounts are then done while others still wait, instead of all at the very end.
    """
    for _step in range(STEPS):
        await asyncio.sleep(0)


async def _kept_pages(chosen: Sequence[Account]) -> dict[str, bytes]:
    """Read the kept pages of these accounts; none if the disk does not respond."""
    with suppress(StoreLocked):
        return await in_thread(lambda: {each.id: pages.read(each.id) for each in chosen})
    return {}


class _Asker:
    """Asks the accounts, at most ``PER_HOST`` of each provider at once."""

    def __init__(
        self,
        state: State,
        outcome: RefreshResult,
        on_answer: OnAnswer,
        preview: Publish,
        now: Callable[[], datetime],
    ) -> None:
        self._state, self._outcome = state, outcome
        self._on_answer, self._preview, self._now = on_answer, preview, now
        self._book, self._stamp = state.book, (0, 0)  # read again when accounts.json has changed
        self._limits: dict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(PER_HOST)
        )

    def ask(self, chosen: list[Account], meanwhile: Callable[[], object], unasked: bool) -> None:
        """Ask these accounts, and note how it went for the report, even if it broke off."""
        at, begun, outcome = self._now(), time.monotonic(), self._outcome
        try:
            asyncio.run(self._ask(chosen, meanwhile, unasked))
        except BaseException as error:
            outcome.defect = type(error).__name__
            raise
        finally:
            _note_for_report(self._state, outcome, at, time.monotonic() - begun)
            days, looked = _days(self._state.settings), visits.looked()
            second = int(self._now().timestamp())
            outcome.history_aside = recording.record(outcome.snapshots, second, days, looked)

    async def _ask(
        self, chosen: list[Account], meanwhile: Callable[[], object], unasked: bool
    ) -> None:
        outcome = self._outcome
        secrets, self._kept = await asyncio.gather(read_all(chosen), _kept_pages(chosen))
        if unasked:
            outcome.locked += [a for a in chosen if isinstance(secrets[a.id], StoreLocked)]
            chosen = [account for account in chosen if account not in outcome.locked]
        self._line = Counter(account.provider for account in chosen)
        with Recorder(self._preview, self._now) as self._recorder:
            async with edge.connect(self._now) as client:
                clock = Clock(TOTAL_SECONDS)
                tasks: dict[asyncio.Task[None], Account] = {}
                try:
                    with clock:
                        for account in chosen:
                            asking = self._fetch(client, account, secrets[account.id])
                            tasks[asyncio.ensure_future(asking)] = account
                            await _stand_in_line()
                    self._recorder.soon(meanwhile)
                    done, late = await clock.wait(set(tasks))
                finally:  # also after Ctrl-C, so that closed connections are not taken for failures
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                    outcome.clocks = client.clocks
                asked = {account.id for account in outcome.asked}  # some answered in time
                missed = (account for task, account in tasks.items() if task in late)
                outcome.timed_out.extend(each for each in missed if each.id not in asked)
                for task in done:
                    task.result()  # raises a defect of ours
        if self._recorder.fault is not None:
            folder = paths.cache(os.environ)
            why = files.reason(sqlite_errors.as_system(self._recorder.fault, folder))
            outcome.unkept = _UNKEPT.filled(folder=folder, why=why)

    async def _fetch(self, client: Client, account: Account, secret: Secret) -> None:
        async with self._limits[account.provider]:
            begun = time.monotonic()
            before = self._state.snapshots[account.id]
            try:
                usage = await fetching.usage(
                    client,
                    account,
                    given(secret),
                    self._kept.pop(account.id, b""),
                    in_line=self._line[account.provider] > 1,
                )
                after = fetching.succeeded(account, usage, self._now())
            except Exception as error:
                why = self._reason(error)
                provider = self._state.providers.get(account.provider)
                after = fetching.failed(
                    before, fetching.failure(why, account, provider, self._now())
                )
            self._outcome.answers[account.id] = round(time.monotonic() - begun, 3)
        self._outcome.record(account, after)
        self._outcome.snapshots.append(after)
        if not await self._recorder.keep(after, lambda: self._is_current(account)):
            self._outcome.forget(account, after)
            await in_thread(pages.forget, account.id)
            return
        self._on_answer(account, after)  # after it was stored
        self._recorder.show()

    def _is_current(self, account: Account) -> bool:
        """Tell whether an account still has the credential, region and scope that were asked with.

        An account that is gone counts as current: its answer is deleted at the end.
        """
        with suppress(Mistake, OSError):
            status = os.stat(accounts.path())
            stamp = status.st_ino, status.st_mtime_ns
            if stamp != self._stamp:
                self._book, self._stamp = accounts.load(), stamp
            return _asked_with(self._book.get(account.id) or account) == _asked_with(account)
        return True

    def _reason(self, error: Exception) -> UsageError:
        """Turn any error into a failure of this account, so that the others go on."""
        if isinstance(error, UsageError):
            return error
        if isinstance(error, Mistake):  # accounts.json, or a renewed session that cannot be stored
            return StoreLocked(error.message)
        if isinstance(error, OSError):
            return StoreLocked(files.unusable(error))
        self._outcome.defect = type(error).__name__
        return UnexpectedResponse()
