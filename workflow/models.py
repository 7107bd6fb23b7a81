"""The words of the house: account, credential, quota, balance, spend, usage, failure, snapshot.

Times are aware UTC, durations whole seconds, amounts Decimal. None always means "not told".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Literal, Mapping, Optional, Tuple

from .i18n.message import Message

ROLES = ("binding", "reserve", "secondary", "part")  # in the order in which they are shown
Role = Literal["binding", "reserve", "secondary", "part"]
BlockedKind = Literal["spend_limit", "credits", "payment", "suspended", "other"]
Period = Literal["day", "month", "30 days"]

AHEAD = timedelta(minutes=1)  # that a clock may be off; a moment further ahead of now tells nothing


def utc_now() -> datetime:
    """The time now, as every time of ours: aware UTC."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Quota:
    """An allowance that is used up and mostly comes back.

    ``role``: *binding* ones stop the work, the least of them is the headline; a *reserve*
    (pay-as-you-go, purchased credits) begins when they are used up, and adds; *secondary* ones
    (video, MCP, code review) stop nothing else; a *part* is the share of another quota that one
    use of it took: ``used`` alone is known, nothing is left of it.
    """

    label: str  # "5 hours", "Weekly", "Plan", "Deep research"
    unit: str  # "%" (limit is then 100, or None when unlimited), "requests", "credits", "tokens"
    used: Optional[Decimal]  # as told, or limit - remaining
    limit: Optional[Decimal]  # None: no limit, or none reported
    remaining: Optional[Decimal]  # as told, or limit - used
    window: Optional[int] = None  # seconds, only when the provider states it
    resets_at: Optional[datetime] = None
    unlimited: bool = False  # the provider says there is no cap
    estimated: bool = False  # ours, not told: shown with ~
    role: Role = "binding"
    part_of: Optional[str] = None  # the label of the whole, for a part
    alert: bool = False  # the provider itself says that this one is used up

    @property
    def used_percent(self) -> Optional[Decimal]:
        """Share used, 0 and above, raw beyond 100; None without a limit."""
        if self.unlimited or self.limit is None or self.limit <= 0 or self.used is None:
            return None
        return max(Decimal(0), self.used * 100 / self.limit)


@dataclass(frozen=True)
class Balance:
    """Prepaid value left, in one unit."""

    available: Decimal  # below zero when money is owed
    unit: str  # ISO 4217 code or "credits"
    granted: Optional[Decimal] = None  # vouchers, as reported
    low: bool = False  # below the alert that the user set at the provider
    role: Literal["binding", "reserve"] = "binding"  # a reserve pays when the quotas are used up


@dataclass(frozen=True)
class Spend:
    """Value consumed in a period, without a ceiling."""

    amount: Decimal
    unit: str
    since: datetime
    until: datetime
    period: Optional[Period] = None  # what the provider's module asked for


@dataclass(frozen=True)
class WorkBlocked:
    """That the provider refuses work, although an allowance may have room."""

    kind: BlockedKind
    reason: Message  # one sentence: what was reached, and who can do what about it
    until: Optional[datetime] = None  # when the provider says that it ends


@dataclass(frozen=True)
class Usage:
    """One answer of a provider, the most telling entries first."""

    quotas: Tuple[Quota, ...] = ()
    balances: Tuple[Balance, ...] = ()
    spends: Tuple[Spend, ...] = ()
    plan: Optional[str] = None
    notice: Optional[Message] = None
    blocked: Optional[WorkBlocked] = None
    endpoints: Tuple[str, ...] = field(
        default=(), compare=False
    )  # where it was told: host and path


@dataclass(frozen=True)
class Failure:
    """Why the last attempt gave no numbers, and what the user can do about it."""

    kind: str  # one of the kinds in errors.py
    message: Message
    at: datetime
    retry_at: Optional[datetime] = None  # not to be asked again before


@dataclass(frozen=True)
class Snapshot:
    """What is known of an account: the last good usage, when, and what failed since."""

    account_id: str
    usage: Optional[Usage] = None
    fetched_at: Optional[datetime] = None
    failure: Optional[Failure] = None


@dataclass(frozen=True)
class Credential:
    """The secret of an account and its kind. Its repr never shows the secret."""

    kind: str  # "api_key", "access_token" or "session"
    secret: str = field(repr=False)  # key or access token; "" for a session not yet exchanged
    cookie: str = field(default="", repr=False)  # Cookie header of a session
    expires_at: Optional[datetime] = None  # of the access token in ``secret``
    session_expires_at: Optional[datetime] = None


@dataclass(frozen=True)
class Account:
    """One credential at one provider, with a label. It never holds the secret."""

    id: str
    provider: str
    label: str
    region: str = ""  # "intl", "cn", or "" where the provider has only one
    scope: Mapping[str, str] = field(default_factory=dict)  # organization, project, workspace
    kind: str = "api_key"  # of its credential
    expires_at: Optional[datetime] = None  # of its credential
    generation: int = 1  # which stored secret is the current one
    threshold: Optional[Decimal] = None  # its own low threshold: percent left, or an amount
    pinned: bool = False  # stays on top, whatever the order
    hidden: bool = False  # not in the list of a launcher
