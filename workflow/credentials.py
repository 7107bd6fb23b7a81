"""The only user of keyring: secrets, kept by the system's own store.

A stored secret is never overwritten: keyring's macOS backend deletes before it adds, and a crash in
between would lose it. A new secret is stored under the next generation (``<account>:<n>``), which
accounts.json notes beforehand; then accounts.json points to it; then the old one goes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Dict, Optional

import keyring
import keyring.errors

from . import accounts
from .accounts import Accounts
from .errors import Mistake, NoCredential, StoreLocked, Words
from .models import Account, Credential

SERVICE = "Headroom"
WINDOWS_LIMIT = 2560  # bytes of UTF-16 that the Credential Locker takes

_NO_STORE: Words = (
    "{provider}: this system has no secret store; install one, or choose one with PYTHON_KEYRING_BACKEND (python -m keyring --list-backends shows them)",
    "{provider}：系统没有可用的密钥存储；请安装一个，或用 PYTHON_KEYRING_BACKEND 指定（python -m keyring --list-backends 可列出）",
)
_TOO_LONG: Words = (
    "the Windows Credential Locker takes only 1280 characters, and this credential is longer; use the access token alone, or another keyring backend",
    "Windows 凭据管理器最多保存 1280 个字符，此凭证过长；请只用 access token，或改用其他 keyring 后端",
)
_LOST: Words = (
    "the secret store did not keep the credential; choose another one with PYTHON_KEYRING_BACKEND (python -m keyring --list-backends shows them)",
    "密钥存储没有保存凭证；请用 PYTHON_KEYRING_BACKEND 指定其他后端（python -m keyring --list-backends 可列出）",
)


def name(account_id: str, generation: int) -> str:
    """What a stored secret is called in the store."""
    return f"{account_id}:{generation}"


def read(account: Account) -> Credential:
    """The current secret of an account. Raises NoCredential or StoreLocked."""
    found = look(name(account.id, account.generation))
    if found is None:
        raise NoCredential
    return found


def look(stored: str) -> Optional[Credential]:
    """The secret of this name, or None when the store has none. Raises StoreLocked."""
    told = _asking(lambda: keyring.get_password(SERVICE, stored))
    return None if told is None else _unpacked(told)


def store(account: Account, credential: Credential) -> Account:
    """Store a secret as the account's next generation, save the account, drop the old secret.

    The account may be new. Returns it as saved. Raises StoreLocked or Mistake; then nothing changed.
    """
    saved: Account = account

    def note(book: Accounts) -> Accounts:
        nonlocal saved
        saved = replace(account, generation=_next_generation(book, account))
        return book.noting(name(saved.id, saved.generation))

    accounts.change(note)
    fresh = name(saved.id, saved.generation)
    try:
        _put(fresh, credential)
    except (StoreLocked, Mistake):
        forget(fresh)
        raise
    saved = replace(saved, kind=credential.kind, expires_at=_lives_until(credential))
    leftovers: Dict[str, None] = {}

    def point(book: Accounts) -> Accounts:
        nonlocal saved
        before = book.get(saved.id)
        label = book.label_for(saved.provider, (before or saved).label, keep=saved.id)
        base = replace(before, label=label) if before else replace(saved, label=label)
        saved = replace(
            base,
            region=saved.region,
            scope=saved.scope,
            kind=saved.kind,
            expires_at=saved.expires_at,
            generation=saved.generation,
        )
        old = [name(before.id, before.generation)] if before else []
        leftovers.update(dict.fromkeys(n for n in (*book.noted, *old) if _owner(n) == saved.id))
        leftovers.pop(fresh, None)
        return book.with_account(saved).unnoting(fresh).noting(*leftovers)

    accounts.change(point)
    forget(*leftovers)
    return saved


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


def forget(*names: str) -> None:
    """Delete these secrets; those that the store would not give up stay noted for later."""
    gone = [stored for stored in names if _deleted(stored)]
    if gone:
        accounts.change(lambda book: book.unnoting(*gone))


def backend() -> str:
    """The class of the secret store in use, for a report."""
    try:
        found = keyring.get_keyring()
    except Exception as error:
        return f"none ({type(error).__name__})"
    return f"{type(found).__module__}.{type(found).__qualname__}"


def sweep() -> None:
    """Delete what crashes left behind for accounts that no longer exist."""
    book = accounts.load()
    forget(*(stored for stored in book.noted if book.get(_owner(stored)) is None))


def _owner(stored: str) -> str:
    return stored.rpartition(":")[0]


def _next_generation(book: Accounts, account: Account) -> int:
    used = [int(n.rpartition(":")[2]) for n in book.noted if _owner(n) == account.id]
    current = book.get(account.id)
    return max([0, *used, *([current.generation] if current else [])]) + 1


def _put(stored: str, credential: Credential) -> None:
    told = _packed(credential)
    backend = _asking(keyring.get_keyring)
    if "Windows" in type(backend).__module__ and len(told.encode("utf-16-le")) > WINDOWS_LIMIT:
        raise Mistake(_TOO_LONG)
    _asking(lambda: keyring.set_password(SERVICE, stored, told))
    if _asking(lambda: keyring.get_password(SERVICE, stored)) != told:
        raise Mistake(_LOST)


def _deleted(stored: str) -> bool:
    try:
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
        return ask()
    except keyring.errors.NoKeyringError:
        raise StoreLocked(_NO_STORE) from None
    except (ImportError, AttributeError, ModuleNotFoundError):
        raise StoreLocked(_NO_STORE) from None
    except Exception:
        raise StoreLocked from None


def _lives_until(credential: Credential) -> Optional[datetime]:
    return credential.session_expires_at or credential.expires_at


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
            kind=fields["kind"],
            secret=fields["secret"],
            cookie=fields.get("cookie", ""),
            expires_at=_time(fields.get("expires_at")),
            session_expires_at=_time(fields.get("session_expires_at")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoCredential from None


def _time(told: Optional[str]) -> Optional[datetime]:
    return None if told is None else datetime.fromisoformat(told).astimezone(timezone.utc)
