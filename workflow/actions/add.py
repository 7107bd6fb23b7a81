"""Add an account: find its region, check its credential live, store it, show it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Callable

from .. import settings as preferences
from ..chatgpt import lock
from ..credentials import store
from ..display import names
from ..display.privacy import name as name_of
from ..errors import Mistake, UsageError, WrongUsage
from ..i18n.message import Message, _, enumerated
from ..models import Account, Credential, Snapshot, utc_now
from ..provider import address, contract
from ..provider import discovery as providers
from ..provider.contract import Provider
from ..recognition.finding import Finding
from ..records import dataclass, field, replace
from ..storage import accounts, files
from . import label
from .add_session import add_session, show
from .check import Attempt, best_of, try_all

AUTO = "auto"
_NO_ADDRESS: Message = _(
    "{provider} needs its address as well: {command} --address https://relay.example"
)
_OTHER_ADDRESS: Message = _(
    "this account belongs to {address}, and its key goes nowhere else; add the "
    "other address as a new account"
)
_ASSUMED: Message = _(
    "the region is taken to be {region}, as the key was not checked; --region names another one"
)
STORED: Message = _("this key is already stored as {name}; to add it once more, use --again")
_TWICE: Message = _("{name} already shows it; there is only one on this machine")
_REGIONS = ("intl", "cn")


class Stored(Mistake):
    """The key is stored already; ``name`` is how its account is shown."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(STORED.filled(name=name))


@dataclass(frozen=True)
class NewAccount:
    """An account that the user wants to add."""

    finding: Finding
    label: str = ""  # "": the provider's short name
    region: str = AUTO
    scope: Mapping[str, str] = field(default_factory=dict)
    check: bool = True
    replaces: Account | None = None  # the account that gets this credential
    read: Callable[[Account], Credential] = store.read  # or what the caller has read
    once: bool = False  # refuse a key that another process has stored meanwhile


@dataclass(frozen=True)
class Added:
    """The stored account, its numbers, and remarks for the user."""

    account: Account
    snapshot: Snapshot
    remarks: tuple[Message, ...] = ()


def add(new: NewAccount, now: Callable[[], datetime] = utc_now) -> Added:
    """Check a credential at its provider, store it, and show the account.

    Raises CheckFailed if the provider refuses it, Mistake if there can be no such account, StoreLocked. After a
    session has been exchanged every failure is a CheckFailed, which says where the session is.
    """
    if new.replaces is None:
        return _add(new, now)
    with lock.turn(new.replaces.id):
        return _add(new, now)


def _add(new: NewAccount, now: Callable[[], datetime]) -> Added:
    provider = providers.about(new.finding.provider)
    candidates = _candidates(new, provider, now())
    remarks = list(_remarks(new, candidates[0], provider))
    if not new.check:
        stored = _store(new, candidates[0], new.finding.credential)
        snapshot = Snapshot(stored.id)
        if _is_region_unknown(new, provider):
            site = names.SITES.get(stored.region, Message.quoted(stored.region))
            remarks.append(_ASSUMED.filled(region=site))
    elif new.finding.credential.kind == "session":
        stored, snapshot, more = add_session(new, candidates[0], now)
        remarks += more
    else:
        best, good = best_of(asyncio.run(try_all(candidates, new.finding.credential, now)))
        remarks += _region_remarks(new, provider, best, good)
        stored = _store(new, best.account, best.credential)
        snapshot = best.snapshot or Snapshot(stored.id)
    show(replace(snapshot, account_id=stored.id))
    return Added(stored, replace(snapshot, account_id=stored.id), tuple(remarks))


def _store(new: NewAccount, account: Account, credential: Credential) -> Account:
    """Store a credential; one process after the other, so that each sees what the others have stored."""
    try:
        with store.alone():
            twin = _shown_name(_twin(credential, account, new.read)) if new.once else ""
            if twin:
                raise Stored(twin)
            return store.store(account, credential)
    except OSError as error:
        raise Mistake(files.unusable(error)) from None


def _candidates(new: NewAccount, provider: Provider, now: datetime) -> list[Account]:
    label.check(new.label)
    lasting = (address.SCOPE, "kind", *provider.scopes)  # the rest was found out with the old key
    replaced = new.replaces.scope.items() if new.replaces else ()
    kept = {name: value for name, value in replaced if name in lasting}
    scope = {**new.finding.scope, **kept, **new.scope}
    if provider.origin:
        scope[address.SCOPE] = provider.origin
    scope.update(checked_scope(provider, new.scope))
    host = _host(provider, new, scope)
    name = accounts.clean_label(new.label) or host or provider.short
    base = new.replaces or Account(accounts.new_id(provider.id), provider.id, name)
    replaced_at = now if new.replaces else None
    base = replace(base, scope=scope, kind=new.finding.credential.kind, replaced_at=replaced_at)
    return [replace(base, region=region) for region in _regions(new, provider)]


def checked_scope(provider: Provider, scope: Mapping[str, str]) -> dict[str, str]:
    """Check the names and the values of a scope, and strip the values. Raises WrongUsage, Mistake."""
    for unknown in (name for name in scope if name not in provider.scopes):
        known = enumerated(provider.scopes or ("-",))
        sentence = _("{provider} has no scope {unknown!r}; it has: {known}")
        raise WrongUsage(sentence.filled(provider=provider.name, unknown=unknown, known=known))
    return {name: contract.scope_value(provider, name, value) for name, value in scope.items()}


def _host(provider: Provider, new: NewAccount, scope: Mapping[str, str]) -> str:
    """Return the host of the account's own address, "" if it has none.

    Raises Mistake if the address is missing, or differs from that of the account that is replaced.
    """
    if not provider.has_address:
        return ""
    base = scope.get(address.SCOPE, "")
    if not base:
        raise WrongUsage(
            _NO_ADDRESS.filled(provider=provider.short, command=f"tankful add {provider.id}")
        )
    others = {new.scope.get(address.SCOPE), new.finding.scope.get(address.SCOPE)} - {None, base}
    if new.replaces is not None and others:
        raise Mistake(_OTHER_ADDRESS.filled(address=base))
    return address.host(base)


def _regions(new: NewAccount, provider: Provider) -> tuple[str, ...]:
    if new.region not in (AUTO, *(provider.regions or _REGIONS)):
        known = enumerated(provider.regions or _REGIONS)
        sentence = _("{provider} has no region {region!r}; it has: {known}")
        raise WrongUsage(sentence.filled(provider=provider.name, region=new.region, known=known))
    if not provider.regions:
        return ("",)
    if new.region != AUTO:
        return (new.region,)
    if new.finding.region:
        return (new.finding.region,)
    if new.replaces is not None and new.replaces.region in provider.regions:
        return (new.replaces.region,)
    return provider.regions if new.check else provider.regions[:1]


def _remarks(new: NewAccount, account: Account, provider: Provider) -> list[Message]:
    remarks = [new.finding.note] if new.finding.note else []
    name = _other_name(new, account, provider)
    if name:
        remarks.append(
            _("{name} has the same credential; remove the account that you do not need", name=name)
        )
    return remarks


def twin_name(new: NewAccount) -> str:
    """Return the name of the account that has the same credential and scope; "" for none.

    Raises Mistake if there can be no such account, as where this machine has only one.
    """
    provider = providers.about(new.finding.provider)
    return _other_name(new, _candidates(new, provider, utc_now())[0], provider)


def _other_name(new: NewAccount, account: Account, provider: Provider) -> str:
    name = _shown_name(_twin(new.finding.credential, account, new.read))
    if name and provider.is_local:
        raise Mistake(_TWICE.filled(name=name))
    return name


def _shown_name(account: Account | None) -> str:
    if account is None:
        return ""
    return name_of(account, providers.about(account.provider).short, preferences.load())


def _twin(
    credential: Credential, wanted: Account, read: Callable[[Account], Credential]
) -> Account | None:
    """Find another account with the same credential and scope."""
    for account in accounts.load().accounts:
        if account.id == wanted.id or account.provider != wanted.provider:
            continue
        try:
            stored = read(account)
        except (UsageError, Mistake):  # a credential that cannot be read is no twin
            continue
        is_same = stored.identity == credential.identity
        if is_same and _chosen_scope(account) == _chosen_scope(wanted):
            return account
    return None


def _chosen_scope(account: Account) -> dict[str, str]:
    """Return the scope that the user chose, without what was discovered when the account was added."""
    chosen = {address.SCOPE, *providers.about(account.provider).scopes}
    return {name: value for name, value in account.scope.items() if name in chosen}


def _is_region_unknown(new: NewAccount, provider: Provider) -> bool:
    """Tell whether a key may belong to several regions and none was named."""
    known = new.region != AUTO or new.finding.region
    return len(provider.regions) > 1 and not (known or new.replaces)


def _region_remarks(new: NewAccount, provider: Provider, best: Attempt, good: int) -> list[Message]:
    if not _is_region_unknown(new, provider):
        return []
    region = names.SITES.get(best.account.region, Message.quoted(best.account.region))
    if good > 1:
        sentence = _("the key works in several regions; {region} was chosen (--region changes it)")
        return [sentence.filled(region=region)]
    return [_("region: {region}", region=region)]
