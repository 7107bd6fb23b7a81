"""accounts.json: which accounts there are. It never holds a secret.

The file also notes every stored secret that is not the current one of an account (``noted``): the
secret store cannot list what it holds, so a name is written down here before the store is touched.
A damaged file is kept aside under another name, never overwritten; one of a newer layout is left
alone. What a file says beyond what we know stays in it.
"""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from .. import paths
from ..errors import Mistake
from ..i18n.message import Message, _
from ..models import Account, utc_now
from . import files, json_codec

LAYOUT = 1
_TOO_LARGE: Message = _(
    "accounts.json is larger than 16 MB and is left as it is; take out what does not belong there"
)
STEPS: Dict[int, Callable[[Dict[str, Any]], Dict[str, Any]]] = {}  # layout -> makes the next one
MAX_LABEL = 60  # characters
MAX_GENERATION = 2**31
_ID = re.compile(r"[a-z0-9_]+-[0-9a-f]{6,32}\Z")
_NOTED = re.compile(r"[a-z0-9_]+-[0-9a-f]{6,32}:[0-9]{1,9}\Z")


@dataclass(frozen=True)
class Accounts:
    """All accounts, in the order they are shown."""

    accounts: Tuple[Account, ...] = ()
    noted: Tuple[str, ...] = ()  # names of stored secrets that are not current
    damaged: Optional[str] = (
        None  # where a damaged accounts.json is kept, while there is no account
    )

    def get(self, account_id: str) -> Optional[Account]:
        """The account of this id."""
        return next((a for a in self.accounts if a.id == account_id), None)

    def named(self, name: str) -> Account:
        """The account with this id, label, or name as it is shown ("GLM · Work"). Raises Mistake."""
        found = self.get(name)
        if found:
            return found
        wanted = clean_label(name).casefold()
        alike = [a for a in self.accounts if a.label.casefold() == wanted]
        alike = alike or [a for a in self.accounts if _shown(a) == wanted or a.provider == wanted]
        if len(alike) == 1:
            return alike[0]
        raise _ambiguous(name, alike) if alike else _unknown(name)

    def label_for(self, provider: str, wanted: str, keep: str = "") -> str:
        """The label, made unique among the accounts of its provider ("Work 2")."""
        taken = {
            a.label.casefold() for a in self.accounts if a.provider == provider and a.id != keep
        }
        label = base = clean_label(wanted) or provider
        turn = 2
        while label.casefold() in taken:
            label, turn = f"{base[: MAX_LABEL - 5].rstrip()} {turn}", turn + 1
        return label

    def with_account(self, account: Account) -> Accounts:
        """Add an account, or put it in the place of the one with its id."""
        if self.get(account.id) is None:
            return replace(self, accounts=(*self.accounts, account))
        changed = tuple(account if a.id == account.id else a for a in self.accounts)
        return replace(self, accounts=changed)

    def moved(self, account_id: str, places: int) -> Accounts:
        """The account further up (below zero) or down by so many places."""
        rest = [a for a in self.accounts if a.id != account_id]
        moving = [a for a in self.accounts if a.id == account_id]
        at = [a.id for a in self.accounts].index(account_id) + places
        at = min(max(at, 0), len(rest))
        return replace(self, accounts=(*rest[:at], *moving, *rest[at:]))

    def without(self, account_id: str) -> Accounts:
        """Remove an account."""
        return replace(self, accounts=tuple(a for a in self.accounts if a.id != account_id))

    def noting(self, *names: str) -> Accounts:
        """Write down the names of stored secrets that are not current."""
        return replace(self, noted=tuple(dict.fromkeys((*self.noted, *names))))

    def unnoting(self, *names: str) -> Accounts:
        """Forget names that the store no longer holds, or that became current."""
        return replace(self, noted=tuple(name for name in self.noted if name not in names))


def new_id(provider: str) -> str:
    """An id that no other account has."""
    return f"{provider}-{_chance(4)}"


def _chance(size: int) -> str:
    """So many random bytes, as text."""
    return os.urandom(size).hex()


def clean_label(label: str) -> str:
    """A label as it is kept: one line, composed, bounded, without control characters."""
    import unicodedata

    kept = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in label
        if unicodedata.category(c) not in ("Cs", "Co") and c not in _DIRECTIONS
    )
    whole = unicodedata.normalize("NFC", " ".join(kept.split()))
    return whole[:MAX_LABEL].strip()


_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def path() -> str:
    """Where accounts.json is."""
    return os.path.join(paths.data(os.environ), "accounts.json")


def load() -> Accounts:
    """All accounts. A damaged file is kept aside first, and said in ``damaged``.

    Raises Mistake when the file cannot be read or belongs to a newer Tankful.
    """
    try:
        return _read()
    except _Damaged:
        try:
            with files.lock(f"{path()}.lock"):
                return _read_or_keep_aside()
        except OSError as error:
            raise _unusable(error) from error


def change(edit: Callable[[Accounts], Accounts]) -> Accounts:
    """Apply ``edit`` while no other process does, save, and return what was saved."""
    try:
        with files.lock(f"{path()}.lock"):
            before = _read_or_keep_aside()
            after = edit(before)
            if after != before:
                before_us = _on_disk()
                _keep_older(before_us)
                files.write(path(), _written(after, before_us) + b"\n")
            return replace(after, damaged=None) if after.accounts else after
    except OSError as error:
        raise _unusable(error) from error


def _on_disk() -> Dict[str, Any]:
    """What a readable accounts.json says, word for word."""
    content = files.read(path())
    found = {} if content is None else json_codec.of_file(content)
    return found if isinstance(found, dict) else {}


def _keep_older(document: Mapping[str, Any]) -> None:
    """Keep a copy of a file that is about to be written in a newer layout."""
    content = files.read(path())
    if content is not None and int(document["layout"]) < LAYOUT:
        files.keep(path(), content, f"layout-{document['layout']}")


class _Damaged(Exception):
    """The file is there and makes no sense."""


def _read_or_keep_aside() -> Accounts:
    try:
        return _read()
    except _Damaged:
        stamp = utc_now().strftime("%Y%m%dT%H%M%SZ")
        aside = f"{path()[:-5]}.damaged-{stamp}-{_chance(2)}.json"
        os.rename(path(), aside)
        return _read()


def _read() -> Accounts:
    try:
        files.check(os.path.dirname(path()))
        content = files.read(path())
    except OSError as error:
        raise _unusable(error) from error
    if content is None:
        return Accounts(damaged=_kept_aside())
    try:
        document = json_codec.of_file(content)
        if int(document["layout"]) > LAYOUT:
            raise _newer()
        for layout in range(int(document["layout"]), LAYOUT):
            document = STEPS[layout](document)
        known = tuple(_account(entry) for entry in document["accounts"])
        told = document.get("noted", ())
        noted = tuple(name for name in told if isinstance(name, str) and _NOTED.match(name))
        return Accounts(known, noted, None if known else _kept_aside())
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise _Damaged from error


def _kept_aside() -> Optional[str]:
    folder = os.path.dirname(path())
    try:
        found = [name for name in os.listdir(folder) if name.startswith("accounts.damaged-")]
    except OSError:
        return None
    return os.path.join(folder, max(found)) if found else None


def _account(entry: Dict[str, Any]) -> Account:
    if not _ID.match(entry["id"]) or not isinstance(entry["label"], str):
        raise ValueError("not an account")
    credential = entry["credential"]
    generation = int(credential["generation"])
    if not 0 <= generation < MAX_GENERATION:
        raise ValueError("not a generation")
    return Account(
        id=entry["id"],
        provider=str(entry["provider"]),
        label=_label(entry["label"]),
        region=str(entry.get("region", "")),
        scope={str(k): str(v) for k, v in entry.get("scope", {}).items()},
        kind=str(credential["kind"]),
        expires_at=_time(credential.get("expires_at")),
        generation=generation,
        threshold=_amount(entry.get("threshold")),
        pinned=entry.get("pinned") is True,
        hidden=entry.get("hidden") is True,
    )


def _label(told: str) -> str:
    """A label that somebody may have edited; what we have written is as it should be."""
    if len(told) <= MAX_LABEL and told.isprintable():
        return told
    return clean_label(told[: 4 * MAX_LABEL])


def _time(told: Optional[str]) -> Optional[datetime]:
    return None if told is None else datetime.fromisoformat(told).astimezone(timezone.utc)


def _amount(told: object) -> Optional[Decimal]:
    amount = None if told is None else Decimal(str(told))
    if amount is not None and not amount.is_finite():
        raise ValueError("not an amount")
    return amount


def _written(book: Accounts, before: Mapping[str, Any]) -> bytes:
    """The file, with what it said before beyond what we know."""
    entries = [_entry(account) for account in book.accounts]
    before = before if before.get("layout") == LAYOUT else {}
    ours = {"layout": LAYOUT, "accounts": entries, "noted": list(book.noted)}
    known = {entry["id"]: entry for entry in before.get("accounts", ())}
    merged = [_merged(known.get(entry["id"], {}), entry) for entry in entries]
    try:
        return json_codec.pretty({**before, **ours, "accounts": merged})
    except ValueError:  # nested more deeply than we write
        return json_codec.pretty(ours)


def _merged(before: Mapping[str, Any], entry: Mapping[str, Any]) -> Dict[str, Any]:
    credential = {**before.get("credential", {}), **entry["credential"]}
    return {**before, **entry, "credential": credential}


def _entry(account: Account) -> Dict[str, Any]:
    expires = account.expires_at.isoformat() if account.expires_at else None
    return {
        "id": account.id,
        "provider": account.provider,
        "label": account.label,
        "region": account.region,
        "scope": dict(account.scope),
        "threshold": None if account.threshold is None else str(account.threshold),
        "pinned": account.pinned,
        "hidden": account.hidden,
        "credential": {
            "kind": account.kind,
            "generation": account.generation,
            "expires_at": expires,
        },
    }


def _shown(account: Account) -> str:
    """The name in lists, in small letters: a provider is called there as its file."""
    return f"{account.provider} · {account.label.casefold()}"


def _names(alike: Sequence[Account]) -> str:
    return ", ".join(account.id for account in alike)


def _ambiguous(name: str, alike: List[Account]) -> Mistake:
    return Mistake(
        _(
            "several accounts are called {name!r}; name one by its id: {names}",
            name=name,
            names=_names(alike),
        )
    )


def _unknown(name: str) -> Mistake:
    return Mistake(_("there is no account {name!r}; see `tankful list`", name=name[:MAX_LABEL]))


def _newer() -> Mistake:
    return Mistake(
        _("accounts.json was written by a newer Tankful and is left as it is; update Tankful")
    )


def _unusable(error: OSError) -> Mistake:
    if error.errno == errno.EFBIG and error.filename == path() and _is_too_large():
        return Mistake(_TOO_LARGE)
    return Mistake(files.unusable(error, path()))


def _is_too_large() -> bool:
    """Whether it is the file, and not the disk's limit for one that is written."""
    try:
        return os.stat(path()).st_size > files.LARGEST
    except OSError:
        return False
