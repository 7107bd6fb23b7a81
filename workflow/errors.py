"""The error tree: one class for each thing that the user can do about it.

UsageError
├── NoCredential           the secret store has nothing for this account: replace the credential
├── CredentialRejected     the provider refuses the credential: make or copy another one
├── CredentialExpired      the credential is no longer valid: get a new one
├── WrongCredential        a valid key for something else: add it where it belongs
├── NotAvailable           valid, but without a plan: subscribe, or remove the account
├── RateLimited            too many requests: wait
├── Blocked                the edge or the country blocks us: change the network
├── Unreachable            no answer: check the connection
├── ProviderFailed         the provider has a server error: wait
├── UnexpectedResponse     Tankful does not understand the answer: update Tankful
└── StoreLocked            the secret store is locked or refuses: unlock it

Mistake                    the user asked for something that cannot be done; exit code 1
└── WrongUsage             an unknown name or an invalid value; exit code 2

A message may contain ``{provider}`` and ``{keys}`` (the page where the credential
is made); they are filled in as soon as the account is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from .i18n.catalog import ENGLISH
from .i18n.message import Message, _

FailureKind = Literal[
    "no_credential",
    "credential_rejected",
    "credential_expired",
    "wrong_credential",
    "not_available",
    "rate_limited",
    "blocked",
    "unreachable",
    "provider_failed",
    "unexpected_response",
    "store_locked",
]
BY_ITSELF: Message = _("Tankful tries again by itself")


class UsageError(Exception):
    """An account could not be read. ``message`` replaces the class's own sentence.

    Args:
        message: one line: what happened, and what to do next.
        retry_at: aware UTC; do not ask the account again before this time.
    """

    kind: FailureKind = "unexpected_response"
    default: Message = _("{provider} failed")

    def __init__(self, message: Message | None = None, *, retry_at: datetime | None = None) -> None:
        self.message = message or self.default
        self.retry_at = retry_at
        super().__init__(ENGLISH.say(self.message))


class NoCredential(UsageError):
    """Nothing is stored for this account."""

    kind = "no_credential"
    default = _("{provider}: no credential is stored; replace it (a new one: {keys})")


class CredentialRejected(UsageError):
    """The provider refuses the credential."""

    kind = "credential_rejected"
    default = _(
        "{provider} does not accept this credential; copy it again or make a new one at {keys}"
    )


class CredentialExpired(UsageError):
    """The credential was valid and no longer is."""

    kind = "credential_expired"
    default = _("{provider}: the credential has expired; get a new one at {keys} and replace it")


class WrongCredential(UsageError):
    """The credential is valid, but for something else."""

    kind = "wrong_credential"
    default = _("{provider}: this is a credential for something else; see {keys}")


class NotAvailable(UsageError):
    """The credential is valid, but has no plan."""

    kind = "not_available"
    default = _(
        "{provider}: the credential is valid but has no plan; subscribe, or use another one"
    )


class RateLimited(UsageError):
    """The provider was asked too often."""

    kind = "rate_limited"
    default = _("{provider} asks to slow down; {by_itself}", by_itself=BY_ITSELF)


class Blocked(UsageError):
    """Something between us and the provider refuses the request; the credential may be fine."""

    kind = "blocked"
    default = _(
        "{provider} is blocked from this network (the credential may be fine); try another network or proxy"
    )


class Unreachable(UsageError):
    """No answer came."""

    kind = "unreachable"
    default = _("{provider} cannot be reached; check the connection or proxy")


class ProviderFailed(UsageError):
    """The provider answered with a server error."""

    kind = "provider_failed"
    default = _("{provider} has a server problem; {by_itself}", by_itself=BY_ITSELF)


class UnexpectedResponse(UsageError):
    """The answer does not have the form that the provider is known for."""

    kind = "unexpected_response"
    default = _(
        "{provider} gave an answer that Tankful does not understand; try again, then update Tankful"
    )


LASTING = (CredentialRejected, WrongCredential, NotAvailable, UnexpectedResponse)
"""Errors of a page that do not pass by themselves, so that other pages are shown without it.

After any other error the earlier numbers of all pages say more, until the page answers again.
"""


class StoreLocked(UsageError):
    """The secret store is locked, or its dialog was refused or not answered."""

    kind = "store_locked"
    reason = _(
        "the keychain is locked or refused access; unlock it (over SSH: security unlock-keychain) and try again"
    )
    default = _("{provider}: {why}", why=reason)


class Mistake(Exception):
    """The user asked for something that cannot be done; ``message`` says why, and what to do next."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(ENGLISH.say(message))


class WrongUsage(Mistake):
    """The user typed an unknown name or an invalid value; ``message`` lists the valid ones.

    ``discreet`` says so without the names of accounts, if the message has any.
    """

    def __init__(self, message: Message, discreet: Message | None = None) -> None:
        self.discreet = discreet
        super().__init__(message)


def nearest(word: str, names: Iterable[str]) -> str:
    """Return the name that was probably meant by a mistyped one, "" if none is close."""
    from difflib import get_close_matches

    by_small = {each.casefold(): each for each in names}
    close = get_close_matches(word.casefold(), by_small, 1, 0.65)
    return by_small[close[0]] if close else ""
