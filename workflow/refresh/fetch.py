"""Ask the provider about one account: its usage, or the failure that says why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, MutableMapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Callable, TypeVar

from ..chatgpt import cookies, session
from ..errors import (
    CredentialExpired,
    CredentialRejected,
    Mistake,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from ..http.client import ACCOUNT_SECONDS, TIMED_OUT, Client
from ..i18n.message import Message, _
from ..models import Account, Credential, Failure, Snapshot, Usage, utc_now
from ..patience import in_thread, within
from ..provider import address, masking, own_files, provenance, sources
from ..provider import discovery as providers
from ..provider.answer import Answer
from ..provider.contract import Client as Connection
from ..provider.contract import Provider
from ..provider.provenance import Trace
from ..records import replace
from ..storage import pages
from . import rate_limits
from .lately import Lately

LONGEST_WAIT = timedelta(days=1)  # after repeated challenges

_T = TypeVar("_T")

_UNKNOWN: Message = _("this version of Tankful does not know {provider}; update Tankful")
_BAD_FILE: Message = _("{fault}; correct the file")


async def usage(
    client: Client,
    account: Account,
    credential: Credential,
    content: bytes | None = None,
    *,
    in_line: bool = False,
) -> Usage:
    """Ask the provider, within the deadline of an account. Raises UsageError.

    A session is exchanged first if its token is about to end, and once more, with one retry, if the
    provider refuses the token anyway. The clock stops while the secret store is asked.

    Args:
        client: the HTTP client.
        account: the account to ask about.
        credential: its credential.
        content: its kept pages as stored on disk; None to read them.
        in_line: other accounts of its provider are asked too, so a recent copy of minor pages will do.
    """
    if content is None:
        content = await in_thread(pages.read, account.id)
    before = pages.parse(content, utc_now())
    del content  # there may be many of them
    kept = dict(before)
    asked = _usage(CookieClient(client), account, credential, kept, in_line)
    answer = await within_deadline(asked)
    if kept != before:
        await in_thread(pages.save, account.id, kept, utc_now())
    return answer


async def within_deadline(awaitable: Awaitable[_T]) -> _T:
    """Await a result within the deadline of an account. Raises Unreachable."""
    try:
        return await within(ACCOUNT_SECONDS, awaitable)
    except asyncio.TimeoutError:
        raise Unreachable(TIMED_OUT) from None


async def _usage(
    client: Connection,
    account: Account,
    credential: Credential,
    kept: dict[str, Any],
    in_line: bool,
) -> Usage:
    if credential.kind != "session":
        return await answered(client, account, credential, kept, in_line)
    held = await session.fresh(client, account, credential)
    try:
        return await answered(client, account, held, kept, in_line)
    except (CredentialExpired, CredentialRejected):
        newer = await session.fresh(client, account, credential, stale=held.secret)
        return await answered(client, account, newer, kept, in_line)


async def answered(
    client: Connection,
    account: Account,
    credential: Credential,
    kept: MutableMapping[str, Any] | None = None,
    in_line: bool = False,
) -> Usage:
    """Ask the provider with this credential and no other. Raises UsageError.

    A defect of ours in reading the answer raises UnexpectedResponse and does not crash.

    Args:
        client: the HTTP client.
        account: the account to ask about.
        credential: its credential.
        kept: the pages that the provider sent today; new ones are added.
        in_line: whether a recent copy of minor pages will do, see lately.py.
    """
    try:
        module = providers.load(account.provider)
    except Mistake as error:
        is_own = account.provider in own_files.names()
        raise UnexpectedResponse(
            _BAD_FILE.filled(fault=error.message) if is_own else _UNKNOWN
        ) from None
    pages_of = {} if kept is None else kept
    masked = masking.MaskingClient(client, credential.secret)
    listener = _Listener(masked, pages_of, module.PROVIDER, credential, in_line)
    try:
        usage = await module.fetch(listener, account, credential)
        if usage.blocked is not None:
            listener.forget_recent()
        usage = replace(usage, endpoints=tuple(sorted(listener.endpoints)))
        return sources.explained(usage, account.provider, listener.traces)
    except UsageError as error:
        clean = masking.without(error.message, credential.secret, credential.cookie)
        if clean == error.message:
            raise
        raise type(error)(clean, retry_at=error.retry_at) from None
    except (Mistake, asyncio.CancelledError):
        raise
    except Exception:
        raise UnexpectedResponse from None
    finally:
        listener.drop()


async def placed(client: Connection, account: Account, credential: Credential) -> Account:
    """Return the account with the scope that its provider derives from the credential.

    The provider's module may define ``scope_of(client, account, credential)``; the account's own scope takes
    precedence. Raises UsageError.
    """
    scope_of = getattr(providers.load(account.provider), "scope_of", None)
    if scope_of is None:
        return account
    masked = masking.MaskingClient(client, credential.secret)
    scope = await scope_of(masked, account, credential)
    return replace(account, scope={**scope, **account.scope})


class CookieClient:
    """A client for one account that returns the edge's cookies to it.

    They are dropped with it: they describe this network and this program, not who is signed in.
    """

    def __init__(self, client: Connection) -> None:
        self._client = client
        self._jars: dict[str, dict[str, str]] = {}  # by User-Agent, to which they belong

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        return await self._answer(url, headers, partial(self._client.get, url, params=params))

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        return await self._answer(url, headers, partial(self._client.post, url, json=json))

    async def _answer(
        self, url: str, headers: Mapping[str, str], ask: Callable[..., Awaitable[Answer]]
    ) -> Answer:
        if not url.startswith(cookies.ORIGIN):
            return await ask(headers=headers)
        jar = self._jars.setdefault(headers.get("User-Agent", ""), {})
        if jar:
            headers = {**headers, "Cookie": cookies.joined(headers.get("Cookie", ""), jar)}
        answer = await ask(headers=headers)
        jar.update(cookies.of_the_edge(answer.cookies, answer.at))
        return answer


class _Listener:
    """A client that notes which endpoints answered, by host and path, and keeps pages.

    It keeps to the vendor's rate limit; a request beyond it raises RateLimited.
    """

    def __init__(
        self,
        client: Connection,
        pages: MutableMapping[str, Any],
        about: Provider,
        credential: Credential,
        in_line: bool,
    ) -> None:
        self._client = client
        self._lately = Lately(pages, about.beside, utc_now(), in_line)
        self._about, self._secret = about, credential.secret
        self.pages = pages
        self._before = dict(pages)
        self._under_way, self._answered = 0, asyncio.Event()  # requests that have been sent
        self.endpoints: set[str] = set()
        self.traces: list[Trace] = []  # of answers that are no refusal
        self._all_traces: list[Trace] = []

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        ask = partial(self._client.get, url, headers=headers, params=params)
        return await self._answer(url, headers, params, ask)

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        ask = partial(self._client.post, url, headers=headers, json=json)
        return await self._answer(url, headers, json, ask)

    async def _answer(
        self,
        url: str,
        headers: Mapping[str, str],
        sent: object,
        ask: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        name = self._lately.name(url, self._secret, headers, sent)
        answer = self._lately.get(name)
        if answer is not None:
            await self._let_others_answer()
        else:
            await self._count_request(url)
            answer = await self._send(ask)
            self._lately.keep(name, answer)
        return self._with_trace(url, answer)

    async def _let_others_answer(self) -> None:
        """Wait for another answer before a kept page is read, which would delay sending and take memory."""
        if self._under_way:
            await self._answered.wait()

    async def _send(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        self._under_way += 1
        try:
            answer = await ask()
        finally:
            self._under_way -= 1
            self._answered.set()
        await asyncio.sleep(0)  # let a request that waited for this host go first
        return answer

    async def _count_request(self, url: str) -> None:
        counter = rate_limits.counter(self._about, self._secret, address.host(url))
        if counter is not None:
            await in_thread(rate_limits.take, counter, utc_now())

    def _with_trace(self, url: str, answer: Answer) -> Answer:
        endpoint = url.partition("://")[2].partition("?")[0]
        trace = Trace(endpoint)
        self._all_traces.append(trace)
        if answer.status < 400:
            self.endpoints.add(endpoint)
            self.traces.append(trace)
        return replace(answer, trace=trace)

    def forget_recent(self) -> None:
        """Ask all pages next time: those of a blocked account say when it works again."""
        self._lately.forget()

    def drop(self) -> None:
        """Release the documents of all answers; keep only the pages."""
        for name, page in self.pages.items():
            if page is not self._before.get(name):
                self.pages[name] = provenance.plain(page)
        for trace in self._all_traces:
            trace.drop()


def failure(
    error: UsageError, account: Account, provider: Provider | None, now: datetime
) -> Failure:
    """Turn an error into the failure that is kept of the account."""
    filled = message(error, provider, account.region, account.provider)
    return Failure(error.kind, filled, now, error.retry_at)


def message(
    error: UsageError, provider: Provider | None, region: str = "", unknown: str = "Tankful"
) -> Message:
    """Return the message of an error, with the provider's name and page filled in.

    Args:
        provider: the provider; None if unknown.
        region: the key's region.
        unknown: the name to use for an unknown provider.
    """
    return error.message.filled(
        provider=provider.name if provider else unknown,
        keys=provider.keys_place(region) if provider else "",
    )


def succeeded(account: Account, usage: Usage, now: datetime) -> Snapshot:
    """Return the snapshot after a good answer."""
    if usage.as_of is not None:
        return Snapshot(account.id, replace(usage, as_of=None), usage.as_of, None, now)
    return Snapshot(account.id, usage, now, None)


def failed(before: Snapshot, why: Failure) -> Snapshot:
    """Return the snapshot after a failure; the last good numbers stay.

    After each challenge of an edge the wait doubles, up to LONGEST_WAIT.
    """
    last = before.failure
    if why.kind == "blocked" and why.retry_at and last and last.kind == "blocked" and last.retry_at:
        wait = min(2 * (last.retry_at - last.at), LONGEST_WAIT)
        again = last.retry_at if why.at < last.retry_at else why.at + wait
        why = replace(why, retry_at=max(why.retry_at, again))
    return replace(before, failure=why)
