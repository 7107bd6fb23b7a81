"""Add a ChatGPT session: reserve its place in the store, exchange it, check it, store it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Callable, Union

from ..chatgpt import edge, session
from ..credentials import store
from ..errors import CredentialExpired, CredentialRejected, Mistake, StoreLocked, UsageError
from ..i18n.message import Message, _
from ..models import Account, Credential, Snapshot, Usage
from ..patience import in_thread
from ..provider import discovery as providers
from ..refresh import fetch as fetching
from ..storage import pages
from ..storage.snapshots import Cache
from ..system import endings
from .check import CheckFailed

if TYPE_CHECKING:
    from ..provider.contract import Client as Connection
    from .add import NewAccount

_TOKEN_ONLY = _("the session in it has ended, so only the access token is saved; it works{until}")
_NOT_RENEWED = _(
    "the account uses the access token{until}; the session could not renew it "
    "from this network ({why}), and Tankful tries again by itself"
)
_WHY_NOT_RENEWED = {
    "blocked": _("chatgpt.com lets only a browser through"),
    "rate_limited": _("it was asked too often"),
    "unreachable": _("no answer came"),
    "": _("chatgpt.com gave no token"),
}


def show(snapshot: Snapshot) -> None:
    """Cache the snapshot of a stored account, so that every face shows it."""
    with Cache() as cache:
        cache.put(snapshot)
    pages.forget(snapshot.account_id)  # the old credential may have been another person's
    store.sweep()


def add_session(
    new: NewAccount, account: Account, now: Callable[[], datetime]
) -> tuple[Account, Snapshot, list[Message]]:
    """Check and store a session. Returns the account, its snapshot and the remarks for the user."""
    session = _Session(account, new.finding.credential, known=new.replaces is not None)
    try:
        with store.holding_off_sweeps():
            snapshot = asyncio.run(_try_session(session, now))
            stored = session.kept or store.store(session.account, session.credential)
    except (UsageError, Mistake) as error:
        if not session.is_used_up and isinstance(error, (StoreLocked, Mistake)):
            raise
        raise _failed(session, error, now()) from None
    return stored, snapshot, session.remarks


def _failed(session: _Session, error: Union[UsageError, Mistake], now: datetime) -> CheckFailed:
    """Describe the failed check; if the session is stored already, show the account on every face."""
    why = error if isinstance(error, UsageError) else StoreLocked(error.message)
    kept = session.kept
    if kept is not None:
        failure = fetching.failure(why, kept, providers.about(kept.provider), now)
        show(fetching.failed(Snapshot(kept.id), failure))
    in_hand = session.is_used_up and kept is None
    return CheckFailed(why, session.account, session.credential, kept, in_hand)


async def _try_session(session: _Session, now: Callable[[], datetime]) -> Snapshot:
    async with edge.connect(now) as client:
        usage = await session.usage(fetching.CookieClient(client))
    return fetching.succeeded(session.account, usage, now())


class _Session:
    """A session being added: its place is reserved before the exchange, and it is stored before it is used."""

    def __init__(self, account: Account, credential: Credential, known: bool) -> None:
        self.account, self.credential = account, credential
        self.kept: Account | None = None  # the account as stored, since the exchange
        self.is_used_up = False  # the pasted session may be dead
        self.remarks: list[Message] = []
        self._known = known
        self._trouble: UsageError | None = None  # why it could not be exchanged

    async def usage(self, client: Connection) -> Usage:
        """Ask the provider. Raises UsageError or Mistake.

        A pasted token that is still valid is used even if the exchange fails. If the token is refused, the
        session is exchanged once more and the question repeated once.
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
            usage = await self._ask(client)
        except (CredentialExpired, CredentialRejected):
            if self._trouble is not None:
                raise self._trouble from None
            await self._renew(client)
            usage = await self._ask(client)
        if self._trouble is not None:
            self._fall_back_to_token(self._trouble)
        return usage

    async def _ask(self, client: Connection) -> Usage:
        return await fetching.within_deadline(
            fetching.answered(client, self.account, self.credential)
        )

    async def _renew(self, client: Connection) -> None:
        known = self._known or self.kept is not None
        place = await in_thread(store.reserve, self.account, self.credential, known=known)
        with endings.held_off():
            try:
                answer = await fetching.within_deadline(session.exchanged(client, self.credential))
            except BaseException:  # no answer
                await in_thread(store.release, place)
                raise
            if answer.error is not None and not session.is_renewed(answer, self.credential):
                await in_thread(store.release, place)
                raise answer.error
            self.credential, self.is_used_up, self.kept = answer.credential, True, None
            await in_thread(session.keep, place, self.credential)
            self.account = self.kept = await in_thread(store.commit, place, self.credential)
        if answer.error is not None:
            raise answer.error

    def _fall_back_to_token(self, trouble: UsageError) -> None:
        """Remark on the failed exchange; drop a session that has ended and keep its token alone."""
        ends = self.credential.expires_at
        until = _(" until {day}", day=f"{ends:%Y-%m-%d}") if ends else Message.quoted("")
        if isinstance(trouble, (CredentialExpired, CredentialRejected)):
            self.credential = Credential("access_token", self.credential.secret, expires_at=ends)
            self.remarks.append(_TOKEN_ONLY.filled(until=until))
            return
        why = _WHY_NOT_RENEWED.get(trouble.kind, _WHY_NOT_RENEWED[""])
        self.remarks.append(_NOT_RENEWED.filled(until=until, why=why))
