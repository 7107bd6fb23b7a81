"""Take an account in: region found, credential checked live, stored, shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Callable, List, Mapping, Optional, Tuple, Union

from .. import settings as preferences
from ..chatgpt import edge, session
from ..client import Client
from ..credentials import store
from ..display.privacy import name as name_of
from ..errors import (
    BY_ITSELF,
    CredentialExpired,
    CredentialRejected,
    Mistake,
    StoreLocked,
    UsageError,
)
from ..i18n.message import Message, _
from ..models import Account, Credential, Snapshot, Usage, utc_now
from ..patience import unhurried
from ..provider import contract
from ..provider import discovery as providers
from ..provider.contract import Client as Connection
from ..provider.contract import Provider
from ..recognition.finding import Finding
from ..refresh import fetch as fetching
from ..storage import accounts, pages
from ..storage.snapshots import Cache

AUTO = "auto"
_LATER: Message = _("try again later")
_REGIONS = ("intl", "cn")
_FROM_HERE = {
    "blocked": _("chatgpt.com lets only a browser through"),
    "rate_limited": _("it was asked too often"),
    "unreachable": _("no answer came"),
    "": _("chatgpt.com gave no token"),
}
_KEY_TROUBLE = ("credential_rejected", "wrong_credential", "credential_expired")


@dataclass(frozen=True)
class Wish:
    """What the user wants to add."""

    finding: Finding
    label: str = ""  # "": the provider's short name
    region: str = AUTO
    scope: Mapping[str, str] = field(default_factory=dict)
    check: bool = True
    replaces: Optional[Account] = None  # the account whose credential this becomes
    read: Callable[[Account], Credential] = store.read  # who has read the store already


@dataclass(frozen=True)
class Enrolled:
    """The account as stored, and what is worth saying about it."""

    account: Account
    snapshot: Snapshot
    remarks: Tuple[Message, ...] = ()


@dataclass(frozen=True)
class _Try:
    account: Account
    credential: Credential
    snapshot: Optional[Snapshot] = None
    error: Optional[UsageError] = None


def _once(error: UsageError) -> UsageError:
    """The error of an account that is not stored: nobody tries that one again by itself."""
    said = error.message
    params = tuple((name, _LATER if told == BY_ITSELF else told) for name, told in said.params)
    if params == said.params:
        return error
    return type(error)(said._replace(params=params), retry_at=error.retry_at)


class CheckFailed(Exception):
    """The live check failed. ``error`` says why, ``account`` for whom.

    Nothing is stored, but for a session that was exchanged meanwhile: the pasted one may be dead by now.

    Args:
        error: why.
        account: for whom.
        credential: what to try again with.
        kept: the account as stored, where the exchanged session was kept.
        in_hand: the session was exchanged and could not be stored, so nobody but the caller has it.
    """

    def __init__(
        self,
        error: UsageError,
        account: Account,
        credential: Credential,
        kept: Optional[Account] = None,
        in_hand: bool = False,
    ) -> None:
        self.error = error if kept is not None else _once(error)
        self.account, self.credential = account, credential
        self.kept, self.in_hand = kept, in_hand
        super().__init__(str(error))

    @property
    def remark(self) -> Optional[Message]:
        """What became of an exchanged session, and what to do with it; None where there is none."""
        if self.kept is not None:
            return _(
                "the session was exchanged, so it is stored all the same; ask again: tankful refresh {id}, or drop it: tankful remove {id}",
                id=self.kept.id,
            )
        if self.in_hand:
            return _(
                "the session was exchanged, and only this window still holds the new one: unlock the keychain or free some disk, then store it again"
            )
        return None


def enrol(wish: Wish, now: Callable[[], datetime] = utc_now) -> Enrolled:
    """Check a credential at its provider, store it, and show the account.

    Raises CheckFailed when the provider says no, Mistake for a wish that cannot be, StoreLocked. Once a
    session was exchanged, whatever goes wrong is CheckFailed, which says where the session is.
    """
    if wish.replaces is None:
        return _enrolled(wish, now)
    with session.turn(wish.replaces.id):
        return _enrolled(wish, now)


def _enrolled(wish: Wish, now: Callable[[], datetime]) -> Enrolled:
    provider = providers.about(wish.finding.provider)
    candidates = _candidates(wish, provider)
    remarks = list(_remarks(wish, candidates[0]))
    if not wish.check:
        stored = store.store(candidates[0], wish.finding.credential)
        snapshot = Snapshot(stored.id)
    elif wish.finding.credential.kind == "session":
        stored, snapshot, more = _with_session(wish, candidates[0], now)
        remarks += more
    else:
        best, good = _checked(asyncio.run(_tried(candidates, wish.finding.credential, now)))
        remarks += _region_remarks(wish, provider, best, good)
        stored = store.store(best.account, best.credential)
        snapshot = best.snapshot or Snapshot(stored.id)
    _show(replace(snapshot, account_id=stored.id))
    return Enrolled(stored, replace(snapshot, account_id=stored.id), tuple(remarks))


def _show(snapshot: Snapshot) -> None:
    """Let every face show the account that was stored."""
    with Cache() as cache:
        cache.put(snapshot)
    pages.forget(snapshot.account_id)  # they may have been somebody else's
    store.sweep()


def _candidates(wish: Wish, provider: Provider) -> List[Account]:
    kept = wish.replaces.scope if wish.replaces else {}
    scope = {**wish.finding.scope, **kept, **wish.scope}
    for unknown in (name for name in scope if name not in provider.scopes):
        known = ", ".join(provider.scopes) or "-"
        raise Mistake(
            _(
                "{provider} has no scope {unknown!r}; it has: {known}",
                provider=provider.name,
                unknown=unknown,
                known=known,
            )
        )
    scope.update({n: contract.scope_value(provider, n, told) for n, told in wish.scope.items()})
    base = wish.replaces or Account(
        accounts.new_id(provider.id), provider.id, wish.label or provider.short
    )
    base = replace(base, scope=scope, kind=wish.finding.credential.kind)
    return [replace(base, region=region) for region in _regions(wish, provider)]


def _regions(wish: Wish, provider: Provider) -> Tuple[str, ...]:
    if wish.region not in (AUTO, *(provider.regions or _REGIONS)):
        known = ", ".join(provider.regions or _REGIONS)
        raise Mistake(
            _(
                "{provider} has no region {region!r}; it has: {known}",
                provider=provider.name,
                region=wish.region,
                known=known,
            )
        )
    if not provider.regions:
        return ("",)
    if wish.region != AUTO:
        return (wish.region,)
    if wish.replaces is not None:
        return (wish.replaces.region,)
    if wish.finding.region:
        return (wish.finding.region,)
    return provider.regions if wish.check else provider.regions[:1]


async def _tried(
    candidates: List[Account], credential: Credential, now: Callable[[], datetime]
) -> List[_Try]:
    async with edge.connect(now) as client:
        return list(await asyncio.gather(*(_try(client, a, credential, now) for a in candidates)))


async def _try(
    client: Client, account: Account, credential: Credential, now: Callable[[], datetime]
) -> _Try:
    try:
        asking = fetching.Round(client)
        account = await fetching.within_deadline(fetching.placed(asking, account, credential))
        told = await fetching.within_deadline(fetching.answered(asking, account, credential))
    except UsageError as error:
        return _Try(account, credential, error=error)
    return _Try(account, credential, fetching.succeeded(account, told, now()))


def _with_session(
    wish: Wish, account: Account, now: Callable[[], datetime]
) -> Tuple[Account, Snapshot, List[Message]]:
    """Check and store a session: the account, its snapshot, and what is worth saying."""
    session = _Session(account, wish.finding.credential, known=wish.replaces is not None)
    try:
        with store.storing():
            snapshot = asyncio.run(_session_tried(session, now))
            stored = session.kept or store.store(session.account, session.credential)
    except (UsageError, Mistake) as error:
        if not session.is_used_up and isinstance(error, (StoreLocked, Mistake)):
            raise
        raise _failed(session, error, now()) from None
    return stored, snapshot, session.remarks


def _failed(session: _Session, error: Union[UsageError, Mistake], now: datetime) -> CheckFailed:
    """The failure of a check; where the session is stored already, every face shows the account."""
    why = error if isinstance(error, UsageError) else StoreLocked(error.message)
    kept = session.kept
    if kept is not None:
        failure = fetching.failure(why, kept, providers.about(kept.provider), now)
        _show(fetching.failed(Snapshot(kept.id), failure))
    in_hand = session.is_used_up and kept is None
    return CheckFailed(why, session.account, session.credential, kept, in_hand)


async def _session_tried(session: _Session, now: Callable[[], datetime]) -> Snapshot:
    async with edge.connect(now) as client:
        told = await session.usage(fetching.Round(client))
    return fetching.succeeded(session.account, told, now())


class _Session:
    """A session on its way in: exchanged into a place that is written ahead, stored before it is used."""

    def __init__(self, account: Account, credential: Credential, known: bool) -> None:
        self.account, self.credential = account, credential
        self.kept: Optional[Account] = None  # the account as stored, since the exchange
        self.is_used_up = False  # the one that was pasted may be dead
        self.remarks: List[Message] = []
        self._known = known
        self._trouble: Optional[UsageError] = None  # why it could not be exchanged

    async def usage(self, client: Connection) -> Usage:
        """What the provider tells. Raises UsageError or Mistake.

        A pasted token that lives counts whether or not the exchange works. A refused token is exchanged
        once, with one retry.
        """
        try:
            await self._renew(client)
        except StoreLocked:
            raise
        except UsageError as error:
            if self.is_used_up or not session.lives(self.credential):
                raise
            self._trouble = error
        try:
            told = await self._answered(client)
        except (CredentialExpired, CredentialRejected):
            if self._trouble is not None:
                raise self._trouble from None
            await self._renew(client)
            told = await self._answered(client)
        if self._trouble is not None:
            self._settle_for_the_token(self._trouble)
        return told

    async def _answered(self, client: Connection) -> Usage:
        return await fetching.within_deadline(
            fetching.answered(client, self.account, self.credential)
        )

    async def _renew(self, client: Connection) -> None:
        known = self._known or self.kept is not None
        place = await unhurried(store.reserve, self.account, self.credential, known=known)
        try:
            told = await fetching.within_deadline(session.exchanged(client, self.credential))
        except BaseException:  # nothing came
            await unhurried(store.leave, place)
            raise
        if told.error is not None and not session.is_renewed(told, self.credential):
            await unhurried(store.leave, place)
            raise told.error
        self.credential, self.is_used_up, self.kept = told.credential, True, None
        await unhurried(session.keep, place, self.credential)
        self.account = self.kept = await unhurried(store.settle, place, self.credential)
        if told.error is not None:
            raise told.error

    def _settle_for_the_token(self, trouble: UsageError) -> None:
        """Say what did not work; a session that has ended is of no use beside its token."""
        ends = self.credential.expires_at
        until = _(" until {day}", day=f"{ends:%Y-%m-%d}") if ends else Message.quoted("")
        if isinstance(trouble, (CredentialExpired, CredentialRejected)):
            self.credential = Credential("access_token", self.credential.secret, expires_at=ends)
            self.remarks.append(
                _(
                    "the session in it has ended, so only the access token is stored; it carries the account{until}",
                    until=until,
                )
            )
            return
        why = _FROM_HERE.get(trouble.kind, _FROM_HERE[""])
        self.remarks.append(
            _(
                "the access token carries the account{until}; the session could not renew it from here ({why}) and is tried again by itself",
                until=until,
                why=why,
            )
        )


def _checked(tries: List[_Try]) -> Tuple[_Try, int]:
    """The first good try and how many are good. Raises CheckFailed with the most telling error."""
    good = [found for found in tries if found.error is None]
    if good:
        return good[0], len(good)
    told = [found for found in tries if found.error and found.error.kind not in _KEY_TROUBLE]
    worst = (told or tries)[0]
    if worst.error is None:
        raise AssertionError("unreachable: a try has a snapshot or an error")
    raise CheckFailed(worst.error, worst.account, worst.credential)


def _remarks(wish: Wish, account: Account) -> List[Message]:
    said = [wish.finding.note] if wish.finding.note else []
    twin = _twin(wish.finding.credential, account, wish.read)
    if twin is not None:
        name = name_of(twin, providers.about(twin.provider).short, preferences.load())
        said.append(
            _("{name} has the same credential; remove the account that you do not need", name=name)
        )
    return said


def _twin(
    credential: Credential, wanted: Account, read: Callable[[Account], Credential]
) -> Optional[Account]:
    """Another account that has the same credential and scope."""
    for account in accounts.load().accounts:
        if account.id == wanted.id or account.provider != wanted.provider:
            continue
        try:
            stored = read(account)
        except (UsageError, Mistake):  # one that cannot be read is none
            continue
        same = (stored.secret, stored.cookie) == (credential.secret, credential.cookie)
        if same and dict(account.scope) == dict(wanted.scope):
            return account
    return None


def _region_remarks(wish: Wish, provider: Provider, best: _Try, good: int) -> List[Message]:
    if len(provider.regions) < 2 or wish.region != AUTO or wish.replaces or wish.finding.region:
        return []
    names = {"intl": _("international"), "cn": _("China")}
    region = names.get(best.account.region, Message.quoted(best.account.region))
    if good > 1:
        return [
            _(
                "the key works in several regions; {region} was taken (--region chooses another)",
                region=region,
            )
        ]
    return [_("region: {region}", region=region)]
