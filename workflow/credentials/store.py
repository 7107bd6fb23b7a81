"""The only user of keyring: secrets, kept by the system's own store.

A stored secret is never overwritten: keyring's macOS backend deletes before it adds, and a crash in
between would lose it. A new secret is stored under the next generation (``<account>:<n>``), which
accounts.json notes beforehand; then accounts.json points to it; then the old one goes.

What is gone for good when it is not kept, like a session that was exchanged, has its place written ahead:
``reserve`` notes it and proves by a write that the store takes it, ``lay`` is one write, ``settle`` points.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .. import paths
from ..errors import Mistake, NoCredential, StoreLocked
from ..models import Account, Credential
from ..storage import accounts, files
from ..storage.accounts import Accounts
from . import keychain

_GROWTH = (
    4096  # characters that a session may be longer after its exchange: its token, a chunk more
)


def name(account_id: str, generation: int) -> str:
    """What a stored secret is called in the store."""
    return f"{account_id}:{generation}"


@dataclass(frozen=True)
class Place:
    """Where the next secret of an account goes: a generation that is noted, and holds nothing yet."""

    account: Account
    known: bool  # the account is not new

    @property
    def name(self) -> str:
        """What the secret will be called in the store."""
        return name(self.account.id, self.account.generation)


def read(account: Account) -> Credential:
    """The current secret of an account, also when it was replaced since the account was read.

    Where it is gone, the latest that a crash left noted counts. Raises NoCredential or StoreLocked,
    and Mistake when accounts.json cannot be used.
    """
    found = look(name(account.id, account.generation))
    if found is None:
        newer = accounts.load().get(account.id)
        if newer is not None and newer.generation != account.generation:
            found = look(name(newer.id, newer.generation))
    if found is None:
        found = next(iter(pending(account.id)), None)
    if found is None:
        raise NoCredential
    return found


def pending(account_id: str) -> Iterator[Credential]:
    """The secrets that are noted for an account without being current, the latest first.

    Raises StoreLocked, and Mistake when accounts.json cannot be used.
    """
    for stored in _pending_names(accounts.load(), account_id):
        with suppress(NoCredential):
            found = look(stored)
            if found is not None:
                yield found


def _pending_names(book: Accounts, account_id: str) -> List[str]:
    parts = (stored.rpartition(":") for stored in book.noted)
    numbers = (int(n) for owner, _, n in parts if owner == account_id and _is_generation(n))
    return [name(account_id, number) for number in sorted(numbers, reverse=True)]


def _is_generation(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 10


def look(stored: str) -> Optional[Credential]:
    """The secret of this name, or None when the store has none. Raises StoreLocked or NoCredential."""
    told = keychain.held(stored)
    found = None if told is None else _unpacked(told)
    if found is not None and not found.kind:  # a place that nothing came to
        raise NoCredential
    return found


def store(account: Account, credential: Credential, *, known: bool = False) -> Account:
    """Store a secret as the account's next generation, save the account, drop the old secret.

    Args:
        account: may be new.
        credential: its secret.
        known: it is not new; an account that was removed meanwhile does not come back.

    Returns the account as saved. Raises StoreLocked, Mistake or NoCredential; then nothing changed.
    """
    told = _packed(credential)
    keychain.check_fits(told)
    with storing():
        place = Place(*_reserved(account, known))
        try:
            keychain.put(place.name, told)
            return settle(place, credential)
        except (StoreLocked, Mistake, NoCredential):
            forget(place.name)
            if place.known and accounts.load().get(account.id) is None:
                raise NoCredential from None
            raise


@contextmanager
def storing() -> Iterator[None]:
    """No other process sweeps meanwhile: a secret may be in the store before its account is saved."""
    with files.lock(_lock_path(), shared=True):
        yield


def reserve(account: Account, credential: Credential, *, known: bool = False) -> Place:
    """Note the account's next generation, and prove that the store keeps what is written there.

    Args:
        account: may be new; then ``storing`` is held until it is settled.
        credential: what is about to change; the blank that is written is longer than this.
        known: it is not new; an account that was removed meanwhile does not come back.

    Raises StoreLocked, Mistake or NoCredential; then nothing was stored.
    """
    told = _packed(credential)
    keychain.check_fits(told)
    place = Place(*_reserved(account, known))
    try:
        keychain.put(place.name, _blank(len(told) + _GROWTH))
    except (StoreLocked, Mistake):
        leave(place)
        raise
    return place


def lay(place: Place, credential: Credential) -> None:
    """Write a secret into its place, where it stays noted. Raises StoreLocked or Mistake."""
    keychain.put(place.name, _packed(credential))


def settle(place: Place, credential: Credential) -> Account:
    """Make what was laid the account's current secret, and drop the old one.

    Returns the account as saved. Raises NoCredential when it was removed meanwhile, and Mistake when
    accounts.json cannot be written; then what was laid stays, noted.
    """
    lives = credential.session_expires_at or credential.expires_at
    saved = replace(place.account, kind=credential.kind, expires_at=lives)
    try:
        saved, leftovers = _pointed(saved, place.known)
    except NoCredential:
        with suppress(Mistake):
            forget(place.name)
        raise
    with suppress(Mistake):  # the new secret is in place, and the old one is noted
        forget(*leftovers)
    return saved


def leave(place: Place) -> None:
    """Give a place up, with what it holds. What the store would not give up stays noted."""
    with suppress(Mistake):
        forget(place.name)


def _reserved(account: Account, known: bool) -> Tuple[Account, bool]:
    """The account under a generation that the store never held, noted, and whether it is known."""
    generation = _next_generation(accounts.load(), account)
    while keychain.held(name(account.id, generation)) is not None:
        generation += 1

    def note(book: Accounts) -> Accounts:
        nonlocal generation, known
        if known and book.get(account.id) is None:
            raise NoCredential
        known = book.get(account.id) is not None
        generation = max(generation, _next_generation(book, account))
        return book.noting(name(account.id, generation))

    accounts.change(note)
    return replace(account, generation=generation), known


def _pointed(saved: Account, known: bool) -> Tuple[Account, Tuple[str, ...]]:
    """Make the new secret the current one; the account as saved, and the secrets to drop."""
    fresh = name(saved.id, saved.generation)
    leftovers: Tuple[str, ...] = ()

    def point(book: Accounts) -> Accounts:
        nonlocal saved, leftovers
        before = book.get(saved.id)
        if known and before is None:
            raise NoCredential
        label = book.label_for(saved.provider, (before or saved).label, keep=saved.id)
        saved = replace(
            before or saved,
            label=label,
            region=saved.region,
            scope=saved.scope,
            kind=saved.kind,
            expires_at=saved.expires_at,
            generation=saved.generation,
        )
        old = [name(before.id, before.generation)] if before else []
        noted = [n for n in book.noted if _owner(n) == saved.id and n != fresh]
        leftovers = (*noted, *old)
        return book.with_account(saved).unnoting(fresh).noting(*old)

    accounts.change(point)
    return saved, leftovers


def remove(account: Account) -> None:
    """Remove an account and every secret it has. What the locked store keeps stays noted."""
    doomed = [name(account.id, account.generation)]

    def drop(book: Accounts) -> Accounts:
        current = book.get(account.id)
        doomed.extend(n for n in book.noted if _owner(n) == account.id)
        if current:
            doomed.append(name(current.id, current.generation))
        return book.without(account.id).noting(*doomed)

    accounts.change(drop)
    forget(*dict.fromkeys(doomed))
    sweep()


def forget(*names: str) -> None:
    """Delete these secrets; those that the store would not give up stay noted for later."""
    gone = [stored for stored in names if keychain.deleted(stored)]
    if gone:
        accounts.change(lambda book: book.unnoting(*gone))


def sweep() -> None:
    """Delete what crashes left behind for accounts that no longer exist, unless somebody stores:
    a secret is in the store before its account is in accounts.json.
    """
    with files.lock(_lock_path(), 0.0) as alone:
        if alone:
            book = accounts.load()
            forget(*(stored for stored in book.noted if book.get(_owner(stored)) is None))


def _lock_path() -> str:
    return os.path.join(paths.data(os.environ), "credentials.lock")


def _owner(stored: str) -> str:
    return stored.rpartition(":")[0]


def _next_generation(book: Accounts, account: Account) -> int:
    used = [int(n.rpartition(":")[2]) for n in _pending_names(book, account.id)]
    current = book.get(account.id)
    return max([0, *used, *([current.generation] if current else [])]) + 1


def _blank(size: int) -> str:
    """As much as this, in the form of a secret that is none."""
    return json.dumps({"kind": "", "secret": "", "blank": "-" * size}, separators=(",", ":"))


def _packed(credential: Credential) -> str:
    fields: Dict[str, Any] = {"kind": credential.kind, "secret": credential.secret}
    if credential.cookie:
        fields["cookie"] = credential.cookie
    for field in ("expires_at", "session_expires_at"):
        when = getattr(credential, field)
        if when:
            fields[field] = when.isoformat()
    return json.dumps(fields, separators=(",", ":"))


def _unpacked(told: str) -> Credential:
    try:
        fields = json.loads(told)
        return Credential(
            kind=_text(fields["kind"]),
            secret=_text(fields["secret"]),
            cookie=_text(fields.get("cookie", "")),
            expires_at=_time(fields.get("expires_at")),
            session_expires_at=_time(fields.get("session_expires_at")),
        )
    except Exception:  # whatever it is, its message may hold the secret
        raise NoCredential from None


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise TypeError("not text")
    return told


def _time(told: Optional[str]) -> Optional[datetime]:
    return None if told is None else datetime.fromisoformat(told).astimezone(timezone.utc)
