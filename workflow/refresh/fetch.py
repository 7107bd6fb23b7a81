"""Ask one account: its provider's usage, or the failure that says why not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Awaitable, Dict, Mapping, MutableMapping, Optional, Set, TypeVar

from ..chatgpt import cookies, session
from ..client import ACCOUNT_SECONDS, SLOW, Client
from ..errors import (
    CredentialExpired,
    CredentialRejected,
    Mistake,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from ..i18n.message import Message, _
from ..models import Account, Credential, Failure, Snapshot, Usage, utc_now
from ..patience import unhurried, within
from ..provider import discovery as providers
from ..provider.answer import Answer
from ..provider.contract import Client as Connection
from ..provider.contract import Provider
from ..storage import pages

LONGEST_WAIT = timedelta(days=1)  # after one challenge more

_T = TypeVar("_T")

_UNKNOWN: Message = _("this Tankful does not know the provider {provider}; update Tankful")


async def usage(client: Client, account: Account, credential: Credential) -> Usage:
    """What the provider tells, within the deadline of an account. Raises UsageError.

    A session is exchanged first when its token is about to end, and once more, with one retry, when
    the provider refuses the token all the same. The clock stands still while the store is asked.
    """
    kept: Dict[str, Any] = await unhurried(pages.load, account.id, utc_now())
    told = await within_deadline(_usage(Round(client), account, credential, kept))
    if kept:
        await unhurried(pages.save, account.id, kept, utc_now())
    return told


async def within_deadline(telling: Awaitable[_T]) -> _T:
    """What is told, if that takes no more than an account's time. Raises Unreachable."""
    try:
        return await within(ACCOUNT_SECONDS, telling)
    except asyncio.TimeoutError:
        raise Unreachable(SLOW) from None


async def _usage(
    client: Connection, account: Account, credential: Credential, kept: Dict[str, Any]
) -> Usage:
    if credential.kind != "session":
        return await answered(client, account, credential, kept)
    held = await session.fresh(client, account, credential)
    try:
        return await answered(client, account, held, kept)
    except (CredentialExpired, CredentialRejected):
        newer = await session.fresh(client, account, credential, stale=held.secret)
        return await answered(client, account, newer, kept)


async def answered(
    client: Connection,
    account: Account,
    credential: Credential,
    kept: Optional[MutableMapping[str, Any]] = None,
) -> Usage:
    """What the provider tells with this very credential. Raises UsageError.

    Args:
        client: what to ask through.
        account: whose usage it is.
        credential: its credential.
        kept: the pages that the provider told today; takes what it tells now.

    A defect of ours in reading is an answer that is not understood, not a crash.
    """
    try:
        module = providers.load(account.provider)
    except Mistake:
        raise UnexpectedResponse(_UNKNOWN) from None
    listener = _Listener(client, {} if kept is None else kept)
    try:
        usage = await module.fetch(listener, account, credential)
        return replace(usage, endpoints=tuple(sorted(listener.endpoints)))
    except (UsageError, Mistake, asyncio.CancelledError):
        raise
    except Exception:
        raise UnexpectedResponse from None


async def placed(client: Connection, account: Account, credential: Credential) -> Account:
    """The account with the scope that its provider alone can tell of this credential.

    A provider that can has ``scope_of(client, credential)``; what the account has itself comes first.
    Raises UsageError.
    """
    tell = getattr(providers.load(account.provider), "scope_of", None)
    if tell is None:
        return account
    return replace(account, scope={**await tell(client, credential), **account.scope})


class Round:
    """A client for the asking of one account, in which the edge gets its own cookies back.

    They end with it: they tell how this network and this program look, not who is signed in.
    """

    def __init__(self, client: Connection) -> None:
        self._client = client
        self._jars: Dict[str, Dict[str, str]] = {}  # by User-Agent, to which they belong

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Optional[Mapping[str, Any]] = None,
    ) -> Answer:
        sent = self._with_cookies(url, headers)
        return self._taken(url, headers, await self._client.get(url, headers=sent, params=params))

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        sent = self._with_cookies(url, headers)
        return self._taken(url, headers, await self._client.post(url, headers=sent, json=json))

    def _jar(self, headers: Mapping[str, str]) -> Dict[str, str]:
        return self._jars.setdefault(headers.get("User-Agent", ""), {})

    def _with_cookies(self, url: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        if not url.startswith(cookies.ORIGIN) or not self._jar(headers):
            return headers
        return {**headers, "Cookie": cookies.joined(headers.get("Cookie", ""), self._jar(headers))}

    def _taken(self, url: str, headers: Mapping[str, str], answer: Answer) -> Answer:
        if url.startswith(cookies.ORIGIN):
            self._jar(headers).update(cookies.of_the_edge(answer.cookies, answer.at))
        return answer


class _Listener:
    """A client that notes which endpoints told something, by host and path, and keeps pages."""

    def __init__(self, client: Connection, pages: MutableMapping[str, Any]) -> None:
        self._client = client
        self.pages = pages
        self.endpoints: Set[str] = set()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Optional[Mapping[str, Any]] = None,
    ) -> Answer:
        return self._noted(url, await self._client.get(url, headers=headers, params=params))

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        return self._noted(url, await self._client.post(url, headers=headers, json=json))

    def _noted(self, url: str, answer: Answer) -> Answer:
        if answer.status < 400:
            self.endpoints.add(url.partition("://")[2].partition("?")[0])
        return answer


def failure(
    error: UsageError, account: Account, provider: Optional[Provider], now: datetime
) -> Failure:
    """An error of an account as it is kept."""
    said = message(error, provider, account.region, account.provider)
    return Failure(error.kind, said, now, error.retry_at)


def message(
    error: UsageError, provider: Optional[Provider], region: str = "", unknown: str = "Tankful"
) -> Message:
    """What an error says, with the provider's name and page filled in.

    Args:
        provider: whose it is; None where nobody knows.
        region: of the key.
        unknown: what stands in the place of a provider's name without one.
    """
    return error.message.filled(
        provider=provider.name if provider else unknown,
        keys=provider.keys_page(region) if provider else "",
    )


def succeeded(account: Account, told: Usage, now: datetime) -> Snapshot:
    """The snapshot after a good answer."""
    return Snapshot(account.id, told, now, None)


def failed(before: Snapshot, why: Failure) -> Snapshot:
    """The snapshot after a failure: the last good numbers stay.

    Whoever an edge has challenged waits twice as long after each challenge.
    """
    last = before.failure
    if why.kind == "blocked" and why.retry_at and last and last.kind == "blocked" and last.retry_at:
        wait = min(2 * (last.retry_at - last.at), LONGEST_WAIT)
        again = last.retry_at if why.at < last.retry_at else why.at + wait
        why = replace(why, retry_at=max(why.retry_at, again))
    return replace(before, failure=why)
