"""All that is known at one moment, read from disk: accounts, snapshots, providers, settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Callable, Dict, Optional, Tuple, TypeVar

from .. import settings as preferences
from ..errors import Mistake, UnexpectedResponse
from ..i18n.message import Message, _
from ..models import Account, Failure, Snapshot, utc_now
from ..provider import discovery as providers
from ..provider.contract import Provider
from ..settings import Settings
from ..storage import accounts
from ..storage.accounts import Accounts
from ..storage.snapshots import Cache
from . import status

_T = TypeVar("_T")
_UNTOLD: Message = _(
    "{provider}: the numbers that are kept cannot be shown; refresh, then update Tankful"
)


@dataclass(frozen=True)
class State:
    """All that a face shows, read from disk at one moment."""

    book: Accounts
    snapshots: Dict[str, Snapshot]
    providers: Dict[str, Provider]
    settings: Settings

    def provider(self, account_id: str) -> Optional[Provider]:
        """The provider of an account; None when this Tankful does not know it."""
        account = self.book.get(account_id)
        return self.providers.get(account.provider) if account else None

    def tell(self, account: Account, tell: Callable[[Snapshot], _T]) -> _T:
        """What is told of an account's numbers; where that fails, of a failure of this account alone."""
        try:
            return tell(self.snapshots[account.id])
        except Exception:  # a defect of ours, which must not take the other accounts with it
            provider = self.provider(account.id)
            name = provider.name if provider else account.provider
            message = _UNTOLD.filled(provider=name)
            failure = Failure(UnexpectedResponse.kind, message, utc_now())
            return tell(Snapshot(account.id, failure=failure))

    def due_at(self) -> datetime:
        """When the next account is to be asked."""
        return min(map(self._due_at, self.book.accounts), default=status.FOREVER)

    def _due_at(self, account: Account) -> datetime:
        provider = self.providers.get(account.provider)
        return self.tell(account, lambda told: status.due_at(provider, told, self.settings))

    def urgency(self, account: Account) -> Tuple[int, Decimal]:
        """A sort key, the most urgent first."""
        return self.tell(account, lambda told: status.urgency(account, told, self.settings))


def read(settings: Optional[Settings] = None, *, now: Callable[[], datetime] = utc_now) -> State:
    """Everything from disk, as of now. Raises Mistake when accounts.json cannot be used."""
    settings = settings or preferences.load()
    book = accounts.load()
    with Cache(now=now) as cache:
        snapshots = cache.all(account.id for account in book.accounts)
    return State(book, snapshots, known_providers(book), settings)


def known_providers(book: Accounts) -> Dict[str, Provider]:
    """The providers that these accounts belong to."""
    found: Dict[str, Provider] = {}
    for name in dict.fromkeys(account.provider for account in book.accounts):
        try:
            found[name] = providers.about(name)
        except Mistake:  # an account of a provider that a newer Tankful brought
            continue
    return found
