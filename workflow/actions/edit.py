"""What a user changes about an account that is there: name, place, threshold, region, scope; or its end."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Callable, Dict, Mapping, Optional, Sequence

from ..errors import Mistake
from ..i18n.message import _
from ..models import Account
from ..storage import accounts
from ..storage.accounts import Accounts

_FLAGS: Mapping[str, Callable[[Account], Account]] = {
    "pin": lambda account: replace(account, pinned=True),
    "unpin": lambda account: replace(account, pinned=False),
    "hide": lambda account: replace(account, hidden=True),
    "show": lambda account: replace(account, hidden=False),
}
PLACES = ("up", "down", *_FLAGS)
_LARGEST = Decimal(10) ** 9


def arrange(account_id: str, how: str) -> Account:
    """Move an account one place, pin or hide it; ``how`` is one of PLACES. Raises Mistake."""
    return _changed(account_id, lambda book, account: _arranged(book, account, how))


def rename(account_id: str, label: str) -> Account:
    """Call an account otherwise; the label is made unique. Raises Mistake."""
    if not accounts.clean_label(label):
        raise Mistake(_("a label needs at least one character"))

    def renamed(book: Accounts, account: Account) -> Accounts:
        free = book.label_for(account.provider, label, keep=account.id)
        return book.with_account(replace(account, label=free))

    return _changed(account_id, renamed)


def set_threshold(account_id: str, threshold: Optional[Decimal]) -> Account:
    """Keep the account's own low threshold, or none. Raises Mistake."""
    return _edited(account_id, lambda account: replace(account, threshold=threshold))


def set_region(account_id: str, region: str) -> Account:
    """Keep the region that the account's key belongs to. Raises Mistake."""
    return _edited(account_id, lambda account: replace(account, region=region))


def set_scope(account_id: str, name: str, value: str) -> Account:
    """Keep a team, project or workspace; "" removes it. Raises Mistake, also for one of another form."""
    from ..provider.contract import scope_value  # a list of what can be done knows no provider
    from ..provider.discovery import about

    def scoped(account: Account) -> Account:
        scope: Dict[str, str] = {k: v for k, v in account.scope.items() if k != name}
        if value.strip():
            scope[name] = scope_value(about(account.provider), name, value)
        return replace(account, scope=scope)

    return _edited(account_id, scoped)


def remove(account: Account) -> bool:
    """Remove an account, its secrets and what is cached of it; say whether every secret is gone.

    What a locked store keeps goes with the next account that is added or removed.
    Raises Mistake when accounts.json cannot be used.
    """
    from ..credentials import store  # a list of what can be done should not load the secret store
    from ..storage import pages
    from ..storage.snapshots import Cache

    store.remove(account)
    with Cache() as cache:
        cache.drop(account.id)
    pages.forget(account.id)
    kept = accounts.load().noted
    return not any(stored.startswith(f"{account.id}:") for stored in kept)


def read_threshold(told: str) -> Optional[Decimal]:
    """A threshold as a user types it: "10", "10 %", "¥5". Raises ValueError for what is none."""
    digits = told.strip().strip("%％¥￥$€£ ").replace(",", ".")
    try:
        found = Decimal(digits)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not (found.is_finite() and 0 < found < _LARGEST):
        raise ValueError("not a threshold")
    return found


def neighbour(book: Accounts, account: Account, step: int) -> Optional[Account]:
    """The account that stands before (-1) or after (+1) this one in the list of a launcher."""
    group = [
        a
        for a in book.accounts
        if a.id == account.id or (a.pinned == account.pinned and not a.hidden)
    ]
    at = [a.id for a in group].index(account.id) + step
    return group[at] if 0 <= at < len(group) else None


def _arranged(book: Accounts, account: Account, how: str) -> Accounts:
    if how in _FLAGS:
        return book.with_account(_FLAGS[how](account))
    other = neighbour(book, account, -1 if how == "up" else 1)
    if other is None:
        return book
    ids: Sequence[str] = [a.id for a in book.accounts]
    return book.moved(account.id, ids.index(other.id) - ids.index(account.id))


def _edited(account_id: str, edit: Callable[[Account], Account]) -> Account:
    return _changed(account_id, lambda book, account: book.with_account(edit(account)))


def _changed(account_id: str, edit: Callable[[Accounts, Account], Accounts]) -> Account:
    book = accounts.change(lambda book: edit(book, book.named(account_id)))
    return book.named(account_id)
