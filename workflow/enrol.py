"""Take an account in: region found, credential checked live, stored, shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Callable, List, Mapping, Optional, Tuple

from . import accounts, ask, credentials, exchange, publish
from . import provider as providers
from . import settings as preferences
from .cache import Cache
from .client import Client
from .errors import Mistake, UsageError
from .models import Account, Credential, Phrase, Snapshot, utc_now
from .provider import Provider
from .recognise import Finding
from .row import name as name_of

AUTO = "auto"
_REGIONS = ("intl", "cn")
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
    read: Callable[[Account], Credential] = credentials.read  # who has read the store already


@dataclass(frozen=True)
class Enrolled:
    """The account as stored, and what is worth saying about it."""

    account: Account
    snapshot: Snapshot
    remarks: Tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class _Try:
    account: Account
    credential: Credential
    snapshot: Optional[Snapshot] = None
    error: Optional[UsageError] = None


class CheckFailed(Exception):
    """The live check failed; nothing is stored. ``error`` says why, ``account`` for whom.

    ``credential`` is what to try again with: an exchange may have rotated the session.
    """

    def __init__(self, error: UsageError, account: Account, credential: Credential) -> None:
        self.error, self.account, self.credential = error, account, credential
        super().__init__(str(error))


def enrol(wish: Wish, now: Callable[[], datetime] = utc_now) -> Enrolled:
    """Check a credential at its provider, store it, and show the account.

    Raises CheckFailed when the provider says no, Mistake for a wish that cannot be, StoreLocked.
    """
    if wish.replaces is None:
        return _enrolled(wish, now)
    with exchange.turn(wish.replaces.id):
        return _enrolled(wish, now)


def _enrolled(wish: Wish, now: Callable[[], datetime]) -> Enrolled:
    provider = providers.about(wish.finding.provider)
    candidates = _candidates(wish, provider)
    remarks = list(_remarks(wish, candidates[0]))
    if wish.check:
        best, more = _checked(asyncio.run(_tried(candidates, wish.finding.credential, now)))
        remarks += _region_remarks(wish, provider, best, more)
    else:
        best = _Try(candidates[0], wish.finding.credential)
    stored = credentials.store(best.account, best.credential)
    snapshot = replace(best.snapshot or Snapshot(stored.id), account_id=stored.id)
    with Cache() as cache:
        cache.put(snapshot)
    credentials.sweep()
    publish.publish()
    return Enrolled(stored, snapshot, tuple(remarks))


def _candidates(wish: Wish, provider: Provider) -> List[Account]:
    kept = wish.replaces.scope if wish.replaces else {}
    scope = {**wish.finding.scope, **kept, **wish.scope}
    for unknown in (name for name in scope if name not in provider.scopes):
        known = ", ".join(provider.scopes) or "-"
        raise Mistake(
            (
                f"{provider.name} has no scope {unknown!r}; it has: {known}",
                f"{provider.name} 没有范围 {unknown!r}；可用：{known}",
            )
        )
    base = wish.replaces or Account(
        accounts.new_id(provider.id), provider.id, wish.label or provider.short
    )
    base = replace(base, scope=scope, kind=wish.finding.credential.kind)
    return [replace(base, region=region) for region in _regions(wish, provider)]


def _regions(wish: Wish, provider: Provider) -> Tuple[str, ...]:
    if wish.region not in (AUTO, *(provider.regions or _REGIONS)):
        known = ", ".join(provider.regions or _REGIONS)
        raise Mistake(
            (
                f"{provider.name} has no region {wish.region!r}; it has: {known}",
                f"{provider.name} 没有地区 {wish.region!r}；可用：{known}",
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
    async with Client(now) as client:
        return list(await asyncio.gather(*(_try(client, a, credential, now) for a in candidates)))


async def _try(
    client: Client, account: Account, credential: Credential, now: Callable[[], datetime]
) -> _Try:
    try:
        if credential.kind == "session":
            credential = await ask.within_deadline(exchange.exchanged(client, credential))
        account = await ask.within_deadline(ask.placed(client, account, credential))
        told = await ask.within_deadline(ask.answered(client, account, credential))
    except UsageError as error:
        return _Try(account, credential, error=error)
    return _Try(account, credential, ask.succeeded(account, told, now()))


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


def _remarks(wish: Wish, account: Account) -> List[Phrase]:
    said = [wish.finding.note] if wish.finding.note else []
    twin = _twin(wish.finding.credential, account, wish.read)
    if twin is not None:
        name = name_of(twin, providers.about(twin.provider).short, preferences.load())
        said.append(
            Phrase(
                f"{name} has the same credential; remove the account that you do not need",
                f"{name} 使用相同的凭证；请移除不需要的账号",
            )
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


def _region_remarks(wish: Wish, provider: Provider, best: _Try, good: int) -> List[Phrase]:
    if len(provider.regions) < 2 or wish.region != AUTO or wish.replaces or wish.finding.region:
        return []
    names = {"intl": Phrase("international", "国际"), "cn": Phrase("China", "中国")}
    region = names.get(best.account.region, Phrase.quoted(best.account.region))
    if good > 1:
        return [
            Phrase(
                f"the key works in several regions; {region.en} was taken (--region chooses another)",
                f"此密钥在多个地区可用；已选择{region.zh}（可用 --region 更改）",
            )
        ]
    return [Phrase(f"region: {region.en}", f"地区：{region.zh}")]
