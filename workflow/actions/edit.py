"""Edit an existing account: its name, place, threshold, region or scope; or remove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Callable

from ..errors import Mistake, WrongUsage
from ..i18n.message import _
from ..models import Account
from ..records import replace
from ..storage import accounts
from ..storage.accounts import Accounts
from .label import check

STEPS = {"up": -1, "down": 1}
_FLAGS: Mapping[str, Mapping[str, Any]] = {
    "pin": {"pinned": True},
    "unpin": {"pinned": False},
    "hide": {"hidden": True},
    "show": {"hidden": False},
}
PLACES = (*STEPS, *_FLAGS)
SECRET_LEFT = _(
    "{account} is removed, but its credential is still in the keychain; unlock "
    "it: the credential is deleted when the next account is added or removed"
)


def arrange(account_id: str, how: str) -> Account:
    """Move an account one place, pin or hide it; ``how`` is one of PLACES. Raises Mistake."""
    return _changed(account_id, lambda book, account: _arranged(book, account, how))


def rename(account_id: str, label: str) -> Account:
    """Rename an account; the label is made unique. Raises Mistake, also if it is a credential."""
    if not accounts.clean_label(label):
        raise WrongUsage(_("a name needs at least one character"))
    check(label)

    def renamed(book: Accounts, account: Account) -> Accounts:
        free = book.label_for(account.provider, label, keep=account.id)
        return book.with_account(replace(account, label=free))

    return _changed(account_id, renamed)


def set_threshold(account_id: str, threshold: Decimal | None, unit: str = "") -> Account:
    """Set the account's own low threshold; None removes it. Raises Mistake.

    ``unit`` is what the account is measured in, "" if no numbers are known yet.
    """
    unit = "" if threshold is None else unit
    return _edited(
        account_id, lambda account: replace(account, threshold=threshold, threshold_unit=unit)
    )


def set_region(account_id: str, region: str) -> Account:
    """Set the region that the account's key belongs to. Raises Mistake."""
    return _without_pages(_edited(account_id, lambda account: replace(account, region=region)))


def set_scope(account_id: str, name: str, value: str) -> Account:
    """Set a team, project or workspace; "" removes it. Raises Mistake, also for a malformed value."""
    from ..provider import address  # imported late: the menus need this module without any provider
    from ..provider.contract import scope_value
    from ..provider.discovery import about

    if name == address.SCOPE:
        raise Mistake(_("a key belongs to its address; add the other address as a new account"))

    def scoped(account: Account) -> Account:
        scope: dict[str, str] = {k: v for k, v in account.scope.items() if k != name}
        if value.strip():
            scope[name] = scope_value(about(account.provider), name, value)
        return replace(account, scope=scope)

    return _without_pages(_edited(account_id, scoped))


def _without_pages(account: Account) -> Account:
    """Forget the pages of an account that were asked with another region or scope; return the account."""
    from ..storage import pages

    pages.forget(account.id)
    return account


def remove(account: Account) -> bool:
    """Remove an account, its secrets, its history and its cache. Returns whether every secret is gone.

    A secret that a locked store keeps is deleted when the next account is added or removed.
    Raises Mistake if accounts.json cannot be used.
    """
    from ..credentials import store  # imported late: the menus should not load the secret store
    from ..history import recording
    from ..storage import pages
    from ..storage.snapshots import Cache

    store.remove(account)
    with Cache() as cache:
        cache.drop(account.id)
    pages.forget(account.id)
    recording.forget(account.id)
    kept = accounts.load().pending_secrets
    return not any(stored.startswith(f"{account.id}:") for stored in kept)


def neighbour(book: Accounts, account: Account, step: int) -> Account | None:
    """Return the account before (-1) or after (+1) this one in a launcher's list; None at its ends."""
    group = [
        a
        for a in book.accounts
        if a.id == account.id or (a.pinned == account.pinned and not a.hidden)
    ]
    at = [a.id for a in group].index(account.id) + step
    return group[at] if 0 <= at < len(group) else None


def _arranged(book: Accounts, account: Account, how: str) -> Accounts:
    if how in _FLAGS:
        return book.with_account(replace(account, **_FLAGS[how]))
    other = neighbour(book, account, STEPS[how])
    if other is None:
        return book
    ids: Sequence[str] = [a.id for a in book.accounts]
    return book.moved(account.id, ids.index(other.id) - ids.index(account.id))


def _edited(account_id: str, edit: Callable[[Account], Account]) -> Account:
    return _changed(account_id, lambda book, account: book.with_account(edit(account)))


def _changed(account_id: str, edit: Callable[[Accounts, Account], Accounts]) -> Account:
    book = accounts.change(lambda book: edit(book, book.named(account_id)))
    return book.named(account_id)
