"""The domain model: account, credential, quota, balance, spend, usage, failure, snapshot.

Times are aware UTC, durations whole seconds, amounts Decimal. None always means "not known".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from .records import dataclass, field

if TYPE_CHECKING:
    from .errors import FailureKind
    from .i18n.message import Message

ROLES = ("binding", "reserve", "secondary", "part")  # in the order in which they are shown
Role = Literal["binding", "reserve", "secondary", "part"]
BlockedKind = Literal["spend_limit", "credits", "payment", "suspended", "other"]
Period = Literal["day", "month", "30 days"]
CredentialKind = Literal["api_key", "access_token", "session", "none"]

AHEAD = timedelta(minutes=1)  # a clock may be off by this; a time further in the future is wrong


def utc_now() -> datetime:
    """Return the current time, aware UTC like all times here."""
    return datetime.now(timezone.utc)


def utc(text: str | None) -> datetime | None:
    """Parse a time as ``isoformat`` writes it; None stays None. Raises ValueError or TypeError."""
    return None if text is None else datetime.fromisoformat(text).astimezone(timezone.utc)


@dataclass(frozen=True)
class Quota:
    """An allowance that is used up and usually resets.

    ``role``: a *binding* quota stops the work when it is used up; the lowest one is the headline. A
    *reserve* (pay-as-you-go, purchased credits) is used once the binding ones are used up. A *secondary*
    quota (video, MCP, code review) stops nothing else. A *part* is one purpose's share of what was used of
    another quota: only ``used`` is known, and it has no remainder.
    """

    label: str  # "5 hours", "Weekly", "Plan", "Deep research"
    unit: str  # "%" (limit is then 100, or None when unlimited), "requests", "credits", "tokens"
    used: Decimal | None  # as reported, or limit - remaining
    limit: Decimal | None  # None: no limit, or none reported
    remaining: Decimal | None  # as reported, or limit - used
    window: int | None = None  # seconds, only when the provider states it
    resets_at: datetime | None = None
    unlimited: bool = False  # the provider says there is no cap
    estimated: bool = False  # worked out by us, not reported: shown with ~
    role: Role = "binding"
    part_of: str | None = None  # of a part: the label of the whole quota
    alert: bool = False  # the provider itself says that this quota is used up

    def __hash__(self) -> int:
        return hash((self.label, self.unit, self.role))  # enough to tell a few quotas apart

    @cached_property
    def used_percent(self) -> Decimal | None:
        """The share that is used, at least 0 and possibly above 100; None without a limit."""
        if self.unlimited or self.limit is None or self.limit <= 0 or self.used is None:
            return None
        return max(Decimal(0), self.used * 100 / self.limit)


@dataclass(frozen=True)
class Balance:
    """Prepaid value left, in one unit."""

    available: Decimal  # below zero when money is owed
    unit: str  # ISO 4217 code or "credits"
    granted: Decimal | None = None  # the part that was not paid for, as reported
    low: bool = False  # below the alert threshold that the user set at the provider
    role: Literal["binding", "reserve"] = "binding"  # a reserve pays after the quotas are used up
    is_gift: bool = False  # the provider calls the granted part a gift, not a voucher


@dataclass(frozen=True)
class Spend:
    """An amount consumed in a period, without a limit."""

    amount: Decimal
    unit: str
    since: datetime
    until: datetime
    period: Period | None = None  # that the provider's module asked for

    @property
    def ends_at(self) -> datetime | None:
        """The beginning of the next day or calendar month; None for other periods."""
        if self.period == "day":
            return self.since + timedelta(days=1)
        if self.period == "month":
            return (self.since.replace(day=1) + timedelta(days=32)).replace(day=1)
        return None


@dataclass(frozen=True)
class WorkBlocked:
    """The provider refuses work, although an allowance may have room."""

    kind: BlockedKind
    reason: Message  # one sentence: which limit was reached, and who can do what about it
    until: datetime | None = None  # when it ends, according to the provider


@dataclass(frozen=True)
class Usage:
    """The numbers of one account as of one fetch, the most important entries first."""

    quotas: tuple[Quota, ...] = ()
    balances: tuple[Balance, ...] = ()
    spends: tuple[Spend, ...] = ()
    plan: str | None = None
    notice: Message | None = None
    blocked: WorkBlocked | None = None
    endpoints: tuple[str, ...] = field(default=(), compare=False)  # host and path of each answer
    as_of: datetime | None = None  # the time of the numbers, if they are older than the fetch
    is_changed: bool = field(default=False, compare=False)  # the answer has a new form
    # where each number comes from, as provider/sources.py writes and reads it
    sources: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True)
class Failure:
    """The reason why the last fetch gave no numbers, and what the user can do about it."""

    kind: FailureKind
    message: Message
    at: datetime
    retry_at: datetime | None = None  # do not ask again before this time


@dataclass(frozen=True)
class Snapshot:
    """The last good usage of an account, when it was fetched, and the failure since then.

    A program on this machine may have stored its numbers earlier: then ``fetched_at`` is the time of those
    numbers, and ``asked_at`` is when they were last looked for.
    """

    account_id: str
    usage: Usage | None = None
    fetched_at: datetime | None = None
    failure: Failure | None = None
    asked_at: datetime | None = None  # None: the same as ``fetched_at``

    @property
    def tries(self) -> list[datetime]:
        """The times of the last successful fetch and of the failed one since, as far as known."""
        failed_at = self.failure.at if self.failure else None
        return [at for at in (self.asked_at or self.fetched_at, failed_at) if at is not None]


@dataclass(frozen=True)
class Credential:
    """The secret of an account and its kind. Its repr never shows the secret."""

    kind: CredentialKind
    # key or access token; "" for a session not yet exchanged, or none
    secret: str = field(repr=False)
    cookie: str = field(default="", repr=False)  # Cookie header of a session
    expires_at: datetime | None = None  # of the access token in ``secret``
    session_expires_at: datetime | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """The secret texts, by which two credentials are the same."""
        return self.secret, self.cookie


@dataclass(frozen=True)
class Account:
    """One credential at one provider, with a label. Never holds the secret."""

    id: str
    provider: str
    label: str
    region: str = ""  # "intl", "cn", or "" if the provider has only one
    scope: Mapping[str, str] = field(default_factory=dict)  # organization, project, workspace
    kind: CredentialKind = "api_key"  # of the credential
    expires_at: datetime | None = None  # of the credential
    generation: int = 1  # number of the stored secret that is the current one
    given: int = 1  # number of the session that the user gave last; it has renewed itself since
    replaced_at: datetime | None = None  # when the user gave a credential in place of another
    replaced_before: tuple[datetime, ...] = ()  # the times before that, the newest last
    threshold: Decimal | None = None  # this account's low threshold: percent left, or an amount
    threshold_unit: str = ""  # that it was set in, "%" or a balance's; "" if it was not known yet
    pinned: bool = False  # stays on top in every order
    hidden: bool = False  # not shown in a launcher's list
    # among the accounts of its provider, which tells them apart under privacy
    number: int = field(default=1, compare=False)

    @property
    def replacements(self) -> tuple[datetime, ...]:
        """All known times at which the user gave another credential, the newest last."""
        return () if self.replaced_at is None else (*self.replaced_before, self.replaced_at)

    def threshold_in(self, unit: str) -> Decimal | None:
        """Return the low threshold if it applies to numbers in this unit, else None."""
        return self.threshold if self.threshold_unit in ("", unit) else None
