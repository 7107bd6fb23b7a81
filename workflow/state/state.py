"""The state at one moment, read from disk: accounts, snapshots, providers, settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Callable, TypeVar, cast

from .. import settings as preferences
from ..errors import Mistake, UnexpectedResponse
from ..forecast.outlook import Outlook, outlook
from ..history.series import History
from ..i18n.catalog import Translation, current
from ..i18n.message import Message, _
from ..models import Account, Failure, Snapshot, utc_now
from ..provider import discovery as providers
from ..provider.contract import Provider
from ..records import dataclass, field
from ..settings import Settings
from ..storage import accounts
from ..storage.accounts import Accounts
from .status import FOREVER, Status, status

_T = TypeVar("_T")
_UNTOLD: Message = _("{provider}: the saved numbers cannot be shown; refresh, then update Tankful")


@dataclass(frozen=True)
class AccountState:
    """The snapshot of one account and what it means; ``rendered`` caches what faces make of it."""

    account: Account
    provider: Provider | None  # None if this Tankful does not know it
    snapshot: Snapshot
    status: Status
    outlook: Outlook = field(default_factory=Outlook)
    rendered: dict[object, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    history: History = field(default_factory=History)

    @property
    def short(self) -> str:
        """The provider's name at the beginning of a row; its id if this Tankful does not know it."""
        return self.provider.short if self.provider else self.account.provider


def worked_out(
    account: Account,
    provider: Provider | None,
    snapshot: Snapshot,
    settings: Settings,
    outlook: Outlook | None = None,
    history: History | None = None,
) -> AccountState:
    """Work out the state of an account; its provider is None if this Tankful does not know it."""
    known = status(account, snapshot, settings, provider)
    return AccountState(
        account, provider, snapshot, known, outlook or Outlook(), history or History()
    )


@dataclass(frozen=True)
class State:
    """All that a face shows, read from disk at one moment; ``rendered`` caches as in AccountState.

    Attributes:
        pieces: texts that lists wrote for accounts, by account id, name and language.
    """

    book: Accounts
    snapshots: dict[str, Snapshot]
    providers: dict[str, Provider]
    settings: Settings
    history: History = field(default_factory=History)
    at: datetime | None = None  # aware UTC; None: no forecasts
    rendered: dict[object, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    pieces: dict[tuple[str, str, Translation], str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _worked_out: dict[str, AccountState] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, account: Account) -> AccountState:
        """Return the state of an account; its status is worked out once."""
        if account.id not in self._worked_out:
            try:
                provider = self.providers.get(account.provider)
                snapshot = self.snapshots[account.id]
                foreseen = self._outlook(account, snapshot)
                known = worked_out(
                    account, provider, snapshot, self.settings, foreseen, self.history
                )
            except Exception:  # a defect of ours, which must not break the other accounts
                known = self._unshowable(account)
            self._worked_out[account.id] = known
        return self._worked_out[account.id]

    def render(self, account: Account, render: Callable[[AccountState], _T]) -> _T:
        """Call ``render`` with an account's state; if that fails, with a failed state of this account."""
        try:
            return render(self.of(account))
        except Exception:  # as above
            return render(self._unshowable(account))

    def once(self, key: object, make: Callable[[], _T]) -> _T:
        """Return what ``make`` makes for a face, cached under a key."""
        if key not in self.rendered:
            self.rendered[key] = make()
        return cast("_T", self.rendered[key])

    def piece(self, account: Account, name: str, write: Callable[[AccountState], str]) -> str:
        """Return the text that ``write`` makes of an account, cached under a name."""
        key = account.id, name, current()
        if key not in self.pieces:
            self.pieces[key] = self.render(account, write)
        return self.pieces[key]

    def _outlook(self, account: Account, snapshot: Snapshot) -> Outlook:
        """Return the forecast of an account; an empty one if that fails, so that its numbers are shown."""
        with suppress(Exception):
            if self.at is not None:
                interval, times = self.settings.interval, account.replacements
                return outlook(snapshot, self.history, self.at, interval, times)
        return Outlook()

    def _unshowable(self, account: Account) -> AccountState:
        provider = self.providers.get(account.provider)
        message = _UNTOLD.filled(provider=provider.name if provider else account.provider)
        failure = Failure(UnexpectedResponse.kind, message, utc_now())
        return worked_out(account, provider, Snapshot(account.id, failure=failure), self.settings)

    @property
    def now(self) -> datetime:
        """The moment at which it was read, aware UTC; the present if there are no forecasts."""
        return self.at or utc_now()

    @property
    def everything(self) -> tuple[AccountState, ...]:
        """Every account, in the order of accounts.json."""
        return tuple(map(self.of, self.book.accounts))

    @property
    def is_empty(self) -> bool:
        """Tell whether no account has been asked yet."""
        return all(s.fetched_at is None and s.failure is None for s in self.snapshots.values())

    def due_at(self) -> datetime:
        """Return the time when the next account is due."""
        return min((known.status.due_at for known in self.everything), default=FOREVER)

    def urgency(self, account: Account) -> tuple[int, Decimal]:
        """Return a sort key, the most urgent first."""
        return self.of(account).status.urgency


def read(
    settings: Settings | None = None,
    *,
    only: Collection[str] | None = None,
    foresee: bool = True,
    now: Callable[[], datetime] = utc_now,
) -> State:
    """Read everything from disk, as of now. Raises Mistake if accounts.json cannot be used.

    Args:
        settings: read from disk if not given.
        only: the ids of the accounts whose numbers and providers are needed; None for all.
        foresee: whether forecasts are needed, and the history for them.
        now: the clock, aware UTC.
    """
    settings = settings or preferences.load()
    book = accounts.load()
    chosen = [account for account in book.accounts if only is None or account.id in only]
    if not chosen:
        return State(book, {}, {}, settings)
    from ..storage.snapshots import Cache  # imported late: slow, and most lists need no numbers

    with Cache(now=now, reading=True) as cache:
        snapshots = cache.all(account.id for account in chosen)
    about = known_providers(chosen)
    if not foresee:
        return State(book, snapshots, about, settings)
    from ..history import reading

    at = now()
    history = reading.recent(int(at.timestamp()))
    return State(book, snapshots, about, settings, history, at)


def known_providers(accounts: Iterable[Account]) -> dict[str, Provider]:
    """Return the known providers of these accounts, by id."""
    known: dict[str, Provider] = {}
    for name in dict.fromkeys(account.provider for account in accounts):
        try:
            known[name] = providers.about(name)
        except Mistake:  # a provider that only a newer Tankful knows
            continue
    return known
