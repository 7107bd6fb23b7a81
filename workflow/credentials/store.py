"""Secrets in the system's secret store.

A stored secret is never overwritten: keyring's macOS backend deletes before it adds, and a crash in between
would lose it. Instead, a new secret gets the next generation as its name (``<account>:<n>``). First
accounts.json notes that name as pending, then the secret is stored, then accounts.json makes it the current
one, then the old secret is deleted.

An exchanged session would be lost for good if it could not be stored. So its place is prepared before the
exchange: ``reserve`` notes the name and proves by a write that the store works, ``write`` stores the session,
``commit`` makes it the current one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..errors import Mistake, NoCredential, StoreLocked
from ..models import Account, Credential
from ..records import dataclass, replace
from ..storage import accounts, files
from ..storage.accounts import Accounts
from . import keychain
from .packing import blank, pack, unpack

NONE = Credential("none", "")  # of an account whose numbers are on this machine
REPLACEMENTS = 9  # earlier times of another credential that an account remembers
_GROWTH = 4096  # characters by which a session may grow in an exchange: a token, one more chunk
_LOCK = "credentials.lock"  # in the data folder


def name(account_id: str, generation: int) -> str:
    """Return the name of a secret in the store."""
    return f"{account_id}:{generation}"


@dataclass(frozen=True)
class Reservation:
    """The reserved place of an account's next secret: a pending generation without a secret yet."""

    account: Account
    known: bool  # the account is not new
    renews: bool = False  # a session that renewed itself, not one that the user gave

    @property
    def name(self) -> str:
        """The name of the secret in the store."""
        return name(self.account.id, self.account.generation)


def read(account: Account) -> Credential:
    """Return the current secret of an account, even if it was replaced since the account was read.

    If it is missing, the latest pending secret counts, as a crash may have left it. Returns NONE for an
    account without a secret. Raises NoCredential or StoreLocked, and Mistake if accounts.json cannot be used.
    """
    if account.kind == NONE.kind:
        return NONE
    credential = get(name(account.id, account.generation))
    if credential is None:
        newer = accounts.load().get(account.id)
        if newer is not None and newer.generation != account.generation:
            credential = get(name(newer.id, newer.generation))
    if credential is None:
        credential = next(iter(pending(account.id)), None)
    if credential is None:
        raise NoCredential
    return credential


def pending(account_id: str) -> Iterator[Credential]:
    """Yield the pending secrets of an account (noted but not current), the latest first.

    Raises StoreLocked, and Mistake if accounts.json cannot be used.
    """
    for stored in _pending_names(accounts.load(), account_id):
        with suppress(NoCredential):
            credential = get(stored)
            if credential is not None:
                yield credential


def _pending_names(book: Accounts, account_id: str) -> list[str]:
    parts = (stored.rpartition(":") for stored in book.pending_secrets)
    numbers = (int(n) for owner, _, n in parts if owner == account_id)
    return [name(account_id, number) for number in sorted(numbers, reverse=True)]


def get(stored: str) -> Credential | None:
    """Return the secret of this name, None if there is none. Raises StoreLocked or NoCredential."""
    text = keychain.get(stored)
    credential = None if text is None else unpack(text)
    if credential is not None and not credential.kind:  # a placeholder
        raise NoCredential
    return credential


def store(account: Account, credential: Credential, *, known: bool = False) -> Account:
    """Store a secret as the account's next generation, save the account, delete the old secret.

    Args:
        account: may be new.
        credential: its secret; if its kind is "none", only the account is saved.
        known: the account is not new; if it was removed meanwhile, it is not added again.

    Returns the account as saved. Raises StoreLocked, Mistake or NoCredential; then nothing has changed.
    """
    if credential.kind == NONE.kind:
        return _save(replace(account, kind=NONE.kind))
    text = pack(credential)
    keychain.check_fits(text)
    with holding_off_sweeps():
        place = Reservation(*_note_next_generation(account, known))
        try:
            keychain.put(place.name, text)
            return commit(place, credential)
        except (StoreLocked, Mistake, NoCredential):
            delete(place.name)
            if place.known and accounts.load().get(account.id) is None:
                raise NoCredential from None
            raise


def _save(account: Account) -> Account:
    """Save an account that has no secret."""
    saved = account

    def add(book: Accounts) -> Accounts:
        nonlocal saved
        label = book.label_for(account.provider, account.label, keep=account.id)
        saved = replace(account, label=label, number=book.number_for(account))
        return book.with_account(saved)

    accounts.change(add)
    return saved


@contextmanager
def alone() -> Iterator[None]:
    """Hold off other processes that add a credential. Raises Mistake, and OSError if there can be no lock."""
    with files.lock(files.in_data("adding.lock")):
        yield


@contextmanager
def holding_off_sweeps() -> Iterator[None]:
    """Keep other processes from sweeping, while secrets may be stored before their account is saved."""
    with files.lock(files.in_data(_LOCK), shared=True):
        yield


def reserve(
    account: Account, credential: Credential, *, known: bool = False, renews: bool = False
) -> Reservation:
    """Note the account's next generation as pending, and prove by a placeholder that the store keeps it.

    Args:
        account: may be new; then hold ``holding_off_sweeps`` until the place is committed or released.
        credential: the one that will be replaced; the placeholder is longer than this.
        known: the account is not new; if it was removed meanwhile, it is not added again.
        renews: the account's session renews itself; otherwise the user gives another one.

    Raises StoreLocked, Mistake or NoCredential; then nothing was stored.
    """
    text = pack(credential)
    keychain.check_fits(text)
    place = Reservation(*_note_next_generation(account, known), renews)
    try:
        keychain.put(place.name, blank(len(text) + _GROWTH))
    except (StoreLocked, Mistake):
        release(place)
        raise
    return place


def write(place: Reservation, credential: Credential) -> None:
    """Store a secret in its place; it stays pending. Raises StoreLocked or Mistake."""
    keychain.put(place.name, pack(credential))


def commit(place: Reservation, credential: Credential) -> Account:
    """Make the written secret the account's current one, and delete the old one.

    Returns the account as saved. Raises NoCredential if the account was removed meanwhile, and Mistake if
    accounts.json cannot be written; in that case the secret stays pending.
    """
    lives = credential.session_expires_at or credential.expires_at
    saved = replace(place.account, kind=credential.kind, expires_at=lives)
    try:
        saved, leftovers = _make_current(saved, place.known, place.renews)
    except NoCredential:
        with suppress(Mistake):
            delete(place.name)
        raise
    with suppress(Mistake):  # the new secret is current, and the old one is noted for deletion
        delete(*leftovers)
    return saved


def release(place: Reservation) -> None:
    """Delete a place and its secret. If the store refuses to delete it, it stays pending."""
    with suppress(Mistake):
        delete(place.name)


def _note_next_generation(account: Account, known: bool) -> tuple[Account, bool]:
    """Note an unused generation as pending; return the account with it, and whether it is known."""
    generation = _next_generation(accounts.load(), account)
    while keychain.get(name(account.id, generation)) is not None:
        generation += 1

    def note(book: Accounts) -> Accounts:
        nonlocal generation, known
        if known and book.get(account.id) is None:
            raise NoCredential
        known = book.get(account.id) is not None
        generation = max(generation, _next_generation(book, account))
        return book.with_pending(name(account.id, generation))

    accounts.change(note)
    return replace(account, generation=generation), known


def _make_current(saved: Account, known: bool, renews: bool) -> tuple[Account, tuple[str, ...]]:
    """Make the new secret the current one; return the account as saved, and the secrets to delete."""
    fresh = name(saved.id, saved.generation)
    leftovers: tuple[str, ...] = ()

    def point(book: Accounts) -> Accounts:
        nonlocal saved, leftovers
        before = book.get(saved.id)
        if known and before is None:
            raise NoCredential
        label = book.label_for(saved.provider, (before or saved).label, keep=saved.id)
        is_given = saved.kind == "session" and not renews
        times = (before or saved).replacements
        if saved.replaced_at is not None and not renews:
            times = tuple(dict.fromkeys((*times, saved.replaced_at)))
        saved = replace(
            before or saved,
            label=label,
            number=book.number_for(saved),
            region=saved.region,
            scope=saved.scope,
            kind=saved.kind,
            expires_at=saved.expires_at,
            generation=saved.generation,
            given=saved.generation if is_given else (before or saved).given,
            replaced_at=times[-1] if times else None,
            replaced_before=times[:-1][-REPLACEMENTS:],
        )
        old = [name(before.id, before.generation)] if before else []
        noted = [n for n in book.pending_secrets if _owner(n) == saved.id and n != fresh]
        leftovers = (*noted, *old)
        return book.with_account(saved).without_pending(fresh).with_pending(*old)

    accounts.change(point)
    return saved, leftovers


def remove(account: Account) -> None:
    """Remove an account and all its secrets; those in a locked store stay pending, to be deleted later."""
    doomed: list[str] = []

    def drop(book: Accounts) -> Accounts:
        current = book.get(account.id)
        doomed.extend(n for n in book.pending_secrets if _owner(n) == account.id)
        if current and current.kind != NONE.kind:
            doomed.append(name(current.id, current.generation))
        return book.without(account.id).with_pending(*doomed)

    accounts.change(drop)
    delete(*doomed)
    sweep()


def delete(*names: str) -> None:
    """Delete secrets; those that the store refuses to delete stay pending, to be deleted later."""
    gone = [stored for stored in names if keychain.delete(stored)]
    if gone:
        accounts.change(lambda book: book.without_pending(*gone))


def sweep() -> None:
    """Delete pending secrets of accounts that no longer exist.

    Does nothing while another process stores a secret, which happens before its account is saved.
    """
    with files.lock(files.in_data(_LOCK), 0.0) as alone:
        if alone:
            book = accounts.load()
            delete(*(stored for stored in book.pending_secrets if book.get(_owner(stored)) is None))


def _owner(stored: str) -> str:
    return stored.rpartition(":")[0]


def _next_generation(book: Accounts, account: Account) -> int:
    used = [int(n.rpartition(":")[2]) for n in _pending_names(book, account.id)]
    current = book.get(account.id)
    return max([0, *used, *([current.generation] if current else [])]) + 1
