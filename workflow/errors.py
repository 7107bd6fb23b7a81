"""Everything that can go wrong, one class for each thing the user can do about it.

UsageError
├── NoCredential           the secret store has nothing for this account: replace the credential
├── CredentialRejected     the provider refuses the credential: make or copy another one
├── CredentialExpired      it was good once: get a fresh one
├── WrongCredential        a good key for something else: add it where it belongs
├── NotAvailable           valid, but no plan behind it: subscribe, or remove the account
├── RateLimited            asked too often: wait
├── Blocked                the edge or the country is in the way: change the network
├── Unreachable            no answer: check the connection
├── ProviderFailed         the provider is broken: wait
├── UnexpectedResponse     an answer nobody understands: update Tankful
└── StoreLocked            the secret store is locked or refuses: unlock it

Mistake                    the user asked for something that cannot be done; exit code 1

In a message ``{provider}`` and ``{keys}`` (the page where the credential is
made) are filled in where the account is known.
"""

from __future__ import annotations

from datetime import datetime
from typing import Optional

from .i18n.catalog import say
from .i18n.message import Message, _

BY_ITSELF: Message = _("Tankful tries again by itself")


class UsageError(Exception):
    """An account could not be read. ``message`` replaces the class's own sentence.

    Args:
        message: one line that says what, and what next.
        retry_at: aware UTC; the account is not to be asked again before.
    """

    kind = "unexpected_response"
    default: Message = _("{provider} failed")

    def __init__(
        self, message: Optional[Message] = None, *, retry_at: Optional[datetime] = None
    ) -> None:
        self.message = message or self.default
        self.retry_at = retry_at
        super().__init__(say(self.message, "en"))


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
    """The credential was good once and is no longer."""

    kind = "credential_expired"
    default = _("{provider}: the credential has expired; get a fresh one at {keys} and replace it")


class WrongCredential(UsageError):
    """A good credential, for something else."""

    kind = "wrong_credential"
    default = _("{provider}: this is a credential for something else; see {keys}")


class NotAvailable(UsageError):
    """The credential is valid, and there is no such plan behind it."""

    kind = "not_available"
    default = _(
        "{provider}: the credential is valid but has no plan; subscribe, or use another one"
    )


class RateLimited(UsageError):
    """Asked too often."""

    kind = "rate_limited"
    default = _("{provider} asks to slow down; {by_itself}", by_itself=BY_ITSELF)


class Blocked(UsageError):
    """Something between us and the provider refuses; the credential may be fine."""

    kind = "blocked"
    default = _(
        "{provider} is blocked from this network (the credential may be fine); try another network or proxy"
    )


class Unreachable(UsageError):
    """No answer."""

    kind = "unreachable"
    default = _("{provider} cannot be reached; check the connection or proxy")


class ProviderFailed(UsageError):
    """The provider answered that it is broken."""

    kind = "provider_failed"
    default = _("{provider} has a problem of its own; {by_itself}", by_itself=BY_ITSELF)


class UnexpectedResponse(UsageError):
    """An answer that is not what the provider is known to say."""

    kind = "unexpected_response"
    default = _(
        "{provider} gave an answer that Tankful does not understand; try again, then update Tankful"
    )


class StoreLocked(UsageError):
    """The secret store is locked, or its dialog was refused or left unanswered."""

    kind = "store_locked"
    reason = _(
        "the keychain is locked or refused access; unlock it (over SSH: security unlock-keychain) and try again"
    )
    default = _("{provider}: {why}", why=reason)


class Mistake(Exception):
    """The user asked for something that cannot be done; ``message`` says what and what next."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(say(message, "en"))
