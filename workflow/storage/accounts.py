"""accounts.json, the list of accounts. It never holds a secret.

The file also names every stored secret that is not the current one of an account (``noted``): the
secret store cannot list its contents, so a name is written here before the store is touched.
A damaged file is renamed, never overwritten; one with a newer layout is left alone. Fields that we do
not know are kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import count
from typing import Any, Callable, cast

from ..errors import Mistake, WrongUsage, nearest
from ..i18n.message import Message, _, enumerated
from ..models import Account, CredentialKind, utc
from ..records import dataclass, replace
from .documents import Document, Fields

DOCUMENT = Document("accounts.json", layout=1)
_DAMAGED = _(
    "accounts.json was damaged and is kept as {kept}; repair it and rename it to "
    "accounts.json, or add the accounts again"
)
MAX_LABEL = 60  # characters
MAX_GENERATION = 2**31
_ID = re.compile(r"[a-z0-9_-]+-[0-9a-f]{6,32}\Z")
_PENDING = re.compile(r"[a-z0-9_-]+-[0-9a-f]{6,32}:[0-9]{1,9}\Z")


@dataclass(frozen=True)
class Accounts:
    """All accounts, in the order they are shown."""

    accounts: tuple[Account, ...] = ()
    pending_secrets: tuple[str, ...] = ()  # names of stored secrets that are not current
    damaged: str | None = None  # the path of a damaged accounts.json, while there is no account

    @cached_property
    def _by_id(self) -> dict[str, Account]:
        return {account.id: account for account in reversed(self.accounts)}

    @cached_property
    def ends(self) -> dict[bool, tuple[str, str]]:
        """The ids of the first and the last account shown, among the pinned ones and among the others."""
        groups: dict[bool, list[str]] = {}
        for account in self.accounts:
            if not account.hidden:
                groups.setdefault(account.pinned, []).append(account.id)
        return {pinned: (ids[0], ids[-1]) for pinned, ids in groups.items()}

    @property
    def is_all_hidden(self) -> bool:
        """Tell whether there are accounts, and every one is hidden."""
        return bool(self.accounts) and all(account.hidden for account in self.accounts)

    @property
    def complaint(self) -> Message | None:
        """The message that accounts.json was damaged and can be repaired; None if it was not."""
        return _DAMAGED.filled(kept=self.damaged) if self.damaged else None

    def check(self) -> None:
        """Raise Mistake if there is no account because accounts.json was damaged."""
        if self.complaint:
            raise Mistake(self.complaint)

    def get(self, account_id: str) -> Account | None:
        """Return the account with this id; None if there is none."""
        return self._by_id.get(account_id)

    def named(self, name: str) -> Account:
        """Find the account with this id, label or displayed name ("GLM · Work"), or a provider's only one.

        Raises Mistake if there is none or several.
        """
        alike = self.matching(name)
        if len(alike) == 1:
            return alike[0]
        raise _ambiguous(name, alike)

    def matching(self, name: str) -> list[Account]:
        """Find all accounts with this id, provider, label or name ("GLM · Work", "glm/Work").

        A provider's name means all of its accounts, even if it is also a label. Raises Mistake if there is none.
        """
        account = self.get(name)
        if account:
            return [account]
        wanted = clean_label(name).casefold()
        alike = self._of(wanted) or [a for a in self.accounts if a.label.casefold() == wanted]
        alike = alike or [a for a in self.accounts if wanted in _names_of(a)]
        self.check()
        if not alike:
            raise WrongUsage(_unknown(name, self.names), _unknown(name, self.discreet))
        return alike

    def alike(self, account: Account) -> list[Account]:
        """Return all accounts with the same label as this one."""
        label = account.label.casefold()
        return [each for each in self.accounts if each.label.casefold() == label]

    def meant(self, name: str) -> list[Account]:
        """Return all accounts of the provider with this name, else the one that ``named`` finds. Raises Mistake."""
        return self._of(clean_label(name).casefold()) or [self.named(name)]

    def _of(self, provider: str) -> list[Account]:
        return [a for a in self.accounts if a.provider == provider]

    @property
    def names(self) -> list[str]:
        """The names that can be asked for: labels, then "glm/Work", then providers."""
        known = self.accounts
        whole = [f"{a.provider}/{a.label}" for a in known]
        return [*(a.label for a in known), *whole, *(a.provider for a in known)]

    @property
    def discreet(self) -> list[str]:
        """The names that can be asked for and tell nothing: providers, then ids."""
        return [*(a.provider for a in self.accounts), *(a.id for a in self.accounts)]

    def label_for(self, provider: str, wanted: str, keep: str = "") -> str:
        """Make a label unique among the accounts of its provider: "Work 2", or "Work 3" if that is taken."""
        taken = {
            a.label.casefold() for a in self.accounts if a.provider == provider and a.id != keep
        }
        label = base = clean_label(wanted) or provider
        turn = 2
        counted = re.match(r"(.*\S) ([1-9][0-9]{0,2})\Z", base)
        if counted and label.casefold() in taken:
            base, turn = counted[1], int(counted[2]) + 1
        while label.casefold() in taken:
            label, turn = f"{base[: MAX_LABEL - 5].rstrip()} {turn}", turn + 1
        return label

    def number_for(self, account: Account) -> int:
        """Return the number of an account among those of its provider, of a new one the first that is free."""
        known = self.get(account.id)
        if known is not None:
            return known.number
        return next(_free(each.number for each in self._of(account.provider)))

    def with_account(self, account: Account) -> Accounts:
        """Add an account, or replace the one with its id."""
        if self.get(account.id) is None:
            return replace(self, accounts=(*self.accounts, account))
        changed = tuple(account if a.id == account.id else a for a in self.accounts)
        return replace(self, accounts=changed)

    def moved(self, account_id: str, places: int) -> Accounts:
        """Move an account up (below zero) or down by so many places."""
        rest = [a for a in self.accounts if a.id != account_id]
        moving = [a for a in self.accounts if a.id == account_id]
        at = [a.id for a in self.accounts].index(account_id) + places
        at = min(max(at, 0), len(rest))
        return replace(self, accounts=(*rest[:at], *moving, *rest[at:]))

    def without(self, account_id: str) -> Accounts:
        """Remove an account."""
        return replace(self, accounts=tuple(a for a in self.accounts if a.id != account_id))

    def with_pending(self, *names: str) -> Accounts:
        """Note the names of stored secrets that are not current."""
        return replace(self, pending_secrets=tuple(dict.fromkeys((*self.pending_secrets, *names))))

    def without_pending(self, *names: str) -> Accounts:
        """Drop names that the store no longer holds, or that became current."""
        return replace(
            self, pending_secrets=tuple(name for name in self.pending_secrets if name not in names)
        )


def typed(name: str) -> str:
    """Quote a name for a shell, if needed."""
    if all(c.isalnum() or c in "-_./@:+,%·" for c in name):
        return name
    import shlex

    return shlex.quote(name)


def new_id(provider: str) -> str:
    """Make a new random id."""
    return f"{provider}-{os.urandom(4).hex()}"


def clean_label(label: str) -> str:
    """Normalise a label: one line, NFC, at most MAX_LABEL characters, no control characters."""
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
    """Return the path of accounts.json."""
    return DOCUMENT.path()


def load() -> Accounts:
    """Read all accounts. A damaged file is renamed first; ``damaged`` is its new path.

    Raises Mistake if the file cannot be read or was written by a newer Tankful.
    """
    return DOCUMENT.load(_parse)


def change(edit: Callable[[Accounts], Accounts]) -> Accounts:
    """Apply ``edit`` under a lock, save the result and return it. Raises Mistake."""
    after = DOCUMENT.change(_parse, edit, _fields_of)
    return replace(after, damaged=None) if after.accounts else after


def _parse(fields: Fields | None) -> Accounts:
    if fields is None:
        return Accounts(damaged=DOCUMENT.set_aside())
    entries = fields["accounts"]
    accounts = tuple(map(_account, entries, _numbers(entries)))
    names = fields.get("noted", ())
    pending = tuple(name for name in names if isinstance(name, str) and _PENDING.match(name))
    return Accounts(accounts, pending, None if accounts else DOCUMENT.set_aside())


def _free(taken: Iterable[int]) -> Iterator[int]:
    """Yield the numbers from 1 on that are not taken."""
    others = set(taken)
    return (number for number in count(1) if number not in others)


def _numbers(entries: Sequence[dict[str, Any]]) -> list[int]:
    """Return the number of every account among those of its provider: the stored one, else the next that is free."""
    kept: list[int] = []
    taken: dict[object, set[int]] = {}
    for entry in entries:
        number, others = entry.get("number"), taken.setdefault(entry["provider"], set())
        if type(number) is not int or not 1 < number < MAX_GENERATION or number in others:
            number = 0
        kept.append(number)
        others.add(number)
    free = {provider: _free(numbers) for provider, numbers in taken.items()}
    return [number or next(free[entry["provider"]]) for number, entry in zip(kept, entries)]


def _account(entry: dict[str, Any], number: int) -> Account:
    if not _ID.match(entry["id"]) or not isinstance(entry["label"], str):
        raise ValueError("not an account")
    credential = entry["credential"]
    return Account(
        id=entry["id"],
        provider=str(entry["provider"]),
        label=_label(entry["label"]),
        region=str(entry.get("region", "")),
        scope={str(k): str(v) for k, v in entry.get("scope", {}).items()},
        kind=cast("CredentialKind", str(credential["kind"])),  # a later version may add others
        expires_at=utc(credential.get("expires_at")),
        generation=_generation(credential["generation"]),
        given=_generation(credential.get("given", 1)),
        replaced_at=utc(credential.get("replaced_at")),
        replaced_before=tuple(filter(None, map(utc, credential.get("replaced_before", ())))),
        threshold=_amount(entry.get("threshold")),
        threshold_unit=str(entry.get("threshold_unit") or ""),
        pinned=entry.get("pinned") is True,
        hidden=entry.get("hidden") is True,
        number=number,
    )


def _generation(value: Any) -> int:
    generation = int(value)
    if not 0 <= generation < MAX_GENERATION:
        raise ValueError("not a generation")
    return generation


def _label(value: str) -> str:
    """Clean a label only if it needs it, since the file may have been edited by hand."""
    if len(value) <= MAX_LABEL and value.isprintable():
        return value
    return clean_label(value[: 4 * MAX_LABEL])


def _amount(value: object) -> Decimal | None:
    amount = None if value is None else Decimal(str(value))
    if amount is not None and not amount.is_finite():
        raise ValueError("not an amount")
    return amount


def _fields_of(book: Accounts, kept: Fields) -> Fields:
    """Return the fields to write, including those in the file that we do not know."""
    known = {entry["id"]: entry for entry in kept.get("accounts", ())}
    entries = [_merged(known.get(account.id, {}), _entry(account)) for account in book.accounts]
    return {**kept, "accounts": entries, "noted": list(book.pending_secrets)}


def _merged(before: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    credential = {**before.get("credential", {}), **entry["credential"]}
    return {**before, **entry, "credential": credential}


def _entry(account: Account) -> dict[str, Any]:
    expires = account.expires_at.isoformat() if account.expires_at else None
    replaced = account.replaced_at.isoformat() if account.replaced_at else None
    earlier = [moment.isoformat() for moment in account.replaced_before]
    return {
        "id": account.id,
        "provider": account.provider,
        "label": account.label,
        "region": account.region,
        "scope": dict(account.scope),
        "threshold": None if account.threshold is None else str(account.threshold),
        "threshold_unit": account.threshold_unit,
        "pinned": account.pinned,
        "hidden": account.hidden,
        **({} if account.number == 1 else {"number": account.number}),
        "credential": {
            "kind": account.kind,
            "generation": account.generation,
            "expires_at": expires,
            **({} if account.given == 1 else {"given": account.given}),
            **({} if replaced is None else {"replaced_at": replaced}),
            **({"replaced_before": earlier} if earlier else {}),
        },
    }


def _names_of(account: Account) -> tuple[str, ...]:
    """Return the names with the provider, in lower case, as lists show them and as people type them."""
    label = account.label.casefold()
    return tuple(f"{account.provider}{between}{label}" for between in (" · ", "/", " "))


def _ambiguous(name: str, alike: list[Account]) -> WrongUsage:
    names, ids = [typed(f"{a.provider}/{a.label}") for a in alike], [a.id for a in alike]
    if len({name.casefold() for name in names}) < len(names):
        names = ids
    sentence, shown = _("which {name}? say one of: {names}"), name[:MAX_LABEL]
    return WrongUsage(
        sentence.filled(name=shown, names=enumerated(names)),
        sentence.filled(name=shown, names=enumerated(ids)),
    )


def _unknown(name: str, there: Sequence[str]) -> Message:
    shown = name[:MAX_LABEL]
    near = nearest(name, there)
    if near:
        return _("there is no account {name!r}; did you mean {near}?", name=shown, near=typed(near))
    return _("there is no account {name!r}; see `tankful list`", name=shown)
