"""The only user of keyring: secrets, kept by the system's own store.

A stored secret is never overwritten: keyring's macOS backend deletes before it adds, and a crash in
between would lose it. A new secret is stored under the next generation (``<account>:<n>``), which
accounts.json notes beforehand; then accounts.json points to it; then the old one goes.

What is gone for good when it is not kept, like a session that was exchanged, has its place written ahead:
``reserve`` notes it and proves by a write that the store takes it, ``lay`` is one write, ``settle`` points.
"""

from __future__ import annotations

import configparser
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Dict, Iterator, List, Optional, Tuple

import keyring
import keyring.core
import keyring.errors
from keyring.backend import KeyringBackend
from keyring.util import platform_

from .. import paths
from ..errors import Mistake, NoCredential, StoreLocked, Words
from ..models import Account, Credential
from ..storage import accounts, files
from ..storage.accounts import Accounts

SERVICE = "Tankful"
WINDOWS_LIMIT = 2560  # bytes of UTF-16 that the Credential Locker takes
_CONFIG = "keyringrc.cfg"
_GROWTH = (
    4096  # characters that a session may be longer after its exchange: its token, a chunk more
)

_NO_STORE: Words = (
    "this system has no secret store; install one, or name one in {file} (default-keyring=…) or PYTHON_KEYRING_BACKEND",
    "系统没有可用的密钥存储；请安装一个，或在 {file}（default-keyring=…）或 PYTHON_KEYRING_BACKEND 中指定",
)
_UNLOADABLE: Words = (
    "{file} names a secret store that cannot be loaded; correct that line or remove it",
    "{file} 指定的密钥存储无法加载；请更正或删除该设置",
)
_TOO_LONG: Words = (
    "the Windows Credential Locker takes only 1280 characters, and this credential is longer; use the access token alone, or another keyring backend",
    "Windows 凭据管理器最多保存 1280 个字符，此凭证过长；请只用 access token，或改用其他 keyring 后端",
)
_LOST: Words = (
    "the secret store did not keep the credential; name another one in {file} (default-keyring=…) or PYTHON_KEYRING_BACKEND",
    "密钥存储没有保存凭证；请在 {file}（default-keyring=…）或 PYTHON_KEYRING_BACKEND 中指定其他后端",
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
    told = _held(stored)
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
    _check_fits(told)
    with storing():
        place = Place(*_reserved(account, known))
        try:
            _put(place.name, told)
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
    _check_fits(told)
    place = Place(*_reserved(account, known))
    try:
        _put(place.name, _blank(len(told) + _GROWTH))
    except (StoreLocked, Mistake):
        leave(place)
        raise
    return place


def lay(place: Place, credential: Credential) -> None:
    """Write a secret into its place, where it stays noted. Raises StoreLocked or Mistake."""
    _put(place.name, _packed(credential))


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
    while _held(name(account.id, generation)) is not None:
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
    gone = [stored for stored in names if _deleted(stored)]
    if gone:
        accounts.change(lambda book: book.unnoting(*gone))


def backend() -> str:
    """The class of the secret store in use, for a report."""
    try:
        found = _backend()
    except Exception as error:
        return f"none ({type(error).__name__})"
    return f"{type(found).__module__}.{type(found).__qualname__}"


def chooser() -> str:
    """Who chose the secret store in use, for a report: a variable, a file, or keyring itself."""
    if os.environ.get("PYTHON_KEYRING_BACKEND"):
        return "PYTHON_KEYRING_BACKEND"
    told = configparser.RawConfigParser()
    with suppress(configparser.Error, UnicodeError):
        told.read(os.path.join(platform_.config_root(), _CONFIG), encoding="utf-8")
    return _config_file() if told.has_option("backend", "default-keyring") else "keyring"


def _backend() -> KeyringBackend:
    """The secret store, from now on that of keyring's own calls too.

    One that nobody named counts only where keyring itself recommends it. Otherwise the first key goes to a plain file as soon as anything has installed keyrings.alt. The
    limit also holds within a chain of stores, whose own priority says nothing of its links.
    """
    if keyring.core._keyring_backend is None:  # keyring.get_keyring would choose without a limit
        keyring.core.init_backend(keyring.core.recommended)
    return keyring.get_keyring()


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


def _check_fits(told: str) -> None:
    store = type(_asking(_backend)).__module__
    if "Windows" in store and len(told.encode("utf-16-le")) > WINDOWS_LIMIT:
        raise Mistake(_TOO_LONG)


def _held(stored: str) -> Optional[str]:
    told: Optional[str] = _asking(lambda: keyring.get_password(SERVICE, stored))
    return told


def _put(stored: str, told: str) -> None:
    _asking(lambda: keyring.set_password(SERVICE, stored, told))
    if _held(stored) != told:
        raise Mistake(_naming(_LOST, _config_file()))


def _deleted(stored: str) -> bool:
    try:
        _backend()
        keyring.delete_password(SERVICE, stored)
    except keyring.errors.PasswordDeleteError:
        return _is_absent(stored)
    except Exception:
        return False
    return True


def _is_absent(stored: str) -> bool:
    try:
        return keyring.get_password(SERVICE, stored) is None
    except Exception:
        return False


def _asking(ask: Any) -> Any:
    """Ask the store. Backends raise what they like, so everything becomes StoreLocked."""
    try:
        _backend()
    except Exception:
        raise StoreLocked(_unusable()) from None
    try:
        return ask()
    except (keyring.errors.NoKeyringError, ImportError, AttributeError):
        raise StoreLocked(_naming(_NO_STORE, _config_file())) from None
    except Exception:
        raise StoreLocked from None


def _unusable() -> Words:
    """Why there is no store at all: who chose one that does not work, or that nobody did."""
    if os.environ.get("PYTHON_KEYRING_BACKEND"):
        return _naming(_UNLOADABLE, "PYTHON_KEYRING_BACKEND")
    chosen = os.path.exists(os.path.join(platform_.config_root(), _CONFIG))
    return _naming(_UNLOADABLE if chosen else _NO_STORE, _config_file())


def _config_file() -> str:
    """Where the user chooses a store, under -IS too; short, and without the name of a home folder."""
    root = "$XDG_CONFIG_HOME" if os.environ.get("XDG_CONFIG_HOME") else "~/.config"
    return f"{root}/python_keyring/{_CONFIG}"


def _naming(words: Words, file: str) -> Words:
    return words[0].replace("{file}", file), words[1].replace("{file}", file)


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
