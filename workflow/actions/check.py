"""Check a credential live before it is stored: ask its provider, in all regions at once."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Callable

from ..chatgpt import edge
from ..display import remedy
from ..display.times import countdown
from ..errors import BY_ITSELF, CredentialRejected, UsageError
from ..http.client import Client
from ..i18n.message import Message, _
from ..models import Account, Credential, Snapshot, utc_now
from ..provider import discovery
from ..records import dataclass
from ..refresh import fetch as fetching

_LATER: Message = _("try again later")
_AGAIN: Message = _("try again in {span}")
_NOWHERE: Message = _(
    "{provider} does not accept this key at either site; copy it again, or make a new one at {keys}"
)
_KEY_TROUBLE = ("credential_rejected", "wrong_credential", "credential_expired")


def _without_retry(error: UsageError) -> UsageError:
    """Reword the error of an account that is not stored: Tankful does not retry it by itself."""
    message, again = error.message, _LATER
    if error.retry_at is not None:
        left = (error.retry_at - utc_now()).total_seconds()
        again = _AGAIN.filled(span=countdown(max(60.0, left)))
    params = tuple((name, again if value == BY_ITSELF else value) for name, value in message.params)
    if params == message.params:
        return error
    return type(error)(message._replace(params=params), retry_at=error.retry_at)


class CheckFailed(Exception):
    """The live check failed.

    Nothing is stored, except a session that was exchanged meanwhile: the pasted one may be dead by now.

    Args:
        error: why it failed.
        account: the account that was checked.
        credential: the one to try again with.
        kept: the stored account, if its exchanged session was stored.
        in_hand: the session was exchanged but could not be stored, so only the caller has it.
    """

    def __init__(
        self,
        error: UsageError,
        account: Account,
        credential: Credential,
        kept: Account | None = None,
        in_hand: bool = False,
    ) -> None:
        self.error = error if kept is not None else _without_retry(error)
        self.account, self.credential = account, credential
        self.kept, self.in_hand = kept, in_hand
        super().__init__(str(error))

    @property
    def remark(self) -> Message | None:
        """Say where an exchanged session is and what to do with it; None if none was exchanged."""
        if self.kept is not None:
            return _(
                "the session has been exchanged, so it is saved anyway; try again: tankful "
                "refresh {id}, or remove it: tankful remove {id}",
                id=self.kept.id,
            )
        if self.in_hand:
            return _(
                "the session has been exchanged, and only this window still holds the new "
                "one: unlock the keychain or free some disk space, then save it again"
            )
        return None


@dataclass(frozen=True)
class Attempt:
    """The check of one candidate; it has a snapshot or an error."""

    account: Account
    credential: Credential
    snapshot: Snapshot | None = None
    error: UsageError | None = None


async def try_all(
    candidates: list[Account], credential: Credential, now: Callable[[], datetime]
) -> list[Attempt]:
    """Check the credential for every candidate at once."""
    async with edge.connect(now) as client:
        return list(
            await asyncio.gather(*(_try_one(client, a, credential, now) for a in candidates))
        )


async def _try_one(
    client: Client, account: Account, credential: Credential, now: Callable[[], datetime]
) -> Attempt:
    try:
        with_cookies = fetching.CookieClient(client)
        account = await fetching.within_deadline(fetching.placed(with_cookies, account, credential))
        usage = await fetching.within_deadline(fetching.answered(with_cookies, account, credential))
    except UsageError as error:
        return Attempt(account, credential, error=error)
    return Attempt(account, credential, fetching.succeeded(account, usage, now()))


def best_of(tries: list[Attempt]) -> tuple[Attempt, int]:
    """Return the first good attempt and how many are good. Raises CheckFailed with the most telling error."""
    good = [attempt for attempt in tries if attempt.error is None]
    if good:
        return good[0], len(good)
    telling = [
        attempt for attempt in tries if attempt.error and attempt.error.kind not in _KEY_TROUBLE
    ]
    worst = (telling or tries)[0]
    if worst.error is None:
        raise AssertionError("unreachable: a try has a snapshot or an error")
    raise CheckFailed(_of_all(tries) or worst.error, worst.account, worst.credential)


def _of_all(tries: list[Attempt]) -> UsageError | None:
    """Return the error of a key that every site refused: none of them may be said to take it."""
    errors = [each.error for each in tries if each.error and remedy.is_refusal(each.error.message)]
    if not len(errors) == len(tries) > 1:
        return None
    keys = discovery.about(tries[0].account.provider).keys_pages()
    quote = next((each.message.quote for each in errors if each.message.quote), "")
    return CredentialRejected(_NOWHERE.filled(keys=keys)._replace(quote=quote))
