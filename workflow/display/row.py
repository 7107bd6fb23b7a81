"""One account in words, as every face shows it: pure, with every moving value as a marker of times.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, List, NamedTuple, Optional, Sequence, Tuple

from ..i18n import catalog
from ..i18n.messages import name_of, say
from ..models import Account, Quota, Snapshot, Usage
from ..provider.contract import Provider
from ..provider.notices import BETWEEN
from ..settings import Settings
from ..state import status as statuses
from ..state.status import Status
from . import numbers as formats
from . import privacy
from . import quotas as quota_texts
from .times import ago, columns

if TYPE_CHECKING:
    from ..state.state import State


GAP = "   "  # between the name and the number of a title
WIDTH = 106  # columns of a subtitle; Alfred cuts what is much longer, and the age comes last
SOON = timedelta(days=7)  # before the end of a token or session, from when on a row says it


class Part(NamedTuple):
    """A piece of the details, and how readily a line does without it; 0: never."""

    text: str
    rank: int = 0


_SPEND, _NOTICE, _PLAN, _COUNT, _LANE = range(1, 6)
BLOCKED = "⛔ "  # before the number of an account at which the provider refuses work


@dataclass(frozen=True)
class Row:
    """One account as every face shows it; texts carry markers."""

    account: Account
    name: str  # "GLM · Work"
    headline: str  # "41% left"
    bar: str  # " ▰▰▰▰▱▱▱▱▱▱", or "" without a share
    parts: Tuple[Part, ...]  # the details, the age last
    level: str  # "plenty", "low", "critical", "error", "unknown"
    markdown: bool = False  # the form in which it is copied

    @property
    def title(self) -> str:
        """Name, number and bar in one line."""
        return f"{self.name}{GAP}{self.headline}{self.bar}"

    @property
    def details(self) -> Tuple[str, ...]:
        """Everything there is to say beside the headline."""
        return tuple(part.text for part in self.parts)

    def subtitle(self, lead: str = "") -> str:
        """As much of the details as a line has room for after its first words."""
        first = [Part(lead)] if lead else []
        return " · ".join(part.text for part in fitted([*first, *self.parts]))

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.name}: {self._all}"

    @property
    def copied(self) -> str:
        """All of it in one line, in the form in which the user copies."""
        if not self.markdown:
            return self.line
        return f"- **{formats.escaped(self.name)}**: {formats.escaped(self._all)}"

    @property
    def _all(self) -> str:
        return " · ".join((self.headline, *self.details))


def row(
    account: Account, provider: Optional[Provider], snapshot: Snapshot, settings: Settings
) -> Row:
    """One account as every face shows it."""
    status = statuses.status(account, snapshot, settings)
    share, bar = _headline(snapshot, settings)
    return Row(
        account=account,
        name=privacy.name(account, provider.short if provider else account.provider, settings),
        headline=f"{BLOCKED}{share}" if status.is_blocked else share,
        bar=bar,
        parts=tuple(part for part in _parts(account, snapshot, status, settings) if part.text),
        level=status.level,
        markdown=settings.summary == "markdown",
    )


def _headline(snapshot: Snapshot, settings: Settings) -> Tuple[str, str]:
    usage, failure, language = snapshot.usage, snapshot.failure, settings.language
    if failure is not None and (usage is None or failure.kind in statuses.NEEDS_USER):
        return f"⚠ {name_of('kind', failure.kind, language)}", ""
    if usage is None:
        return say("nothing_yet", language), ""
    quota = statuses.headline(usage.quotas)
    if quota is not None and quota_texts.has_share(quota):
        said, bar = quota_texts.share(quota, settings)
        ended = say("has_reset", language)
        return quota_texts.until_reset(quota, said, ended), quota_texts.until_reset(quota, bar)
    if usage.balances:
        first = usage.balances[0]
        return quota_texts.amount(first.available, first.unit, settings), ""
    if usage.spends:
        return quota_texts.spend(usage.spends[0], settings), ""
    if quota is not None:
        said, _ = quota_texts.share(quota, settings)
        return quota_texts.until_reset(quota, said, say("has_reset", language)), ""
    return say("no_number", language), ""


def fitted(parts: Sequence[Part]) -> List[Part]:
    """What a line has room for: the least telling goes first, the last of its kind."""
    kept, room = list(parts), WIDTH - sum(columns(part.text) + 3 for part in parts)
    while room < 0:
        place = max(range(len(kept)), key=lambda i: (kept[i].rank, i))
        if not kept[place].rank:
            break
        room += columns(kept.pop(place).text) + 3
    return kept


def _parts(account: Account, snapshot: Snapshot, status: Status, settings: Settings) -> List[Part]:
    usage, failure, language = snapshot.usage, snapshot.failure, settings.language
    parts: List[Part] = []
    if failure is not None:
        parts.append(
            Part(f"⚠ {privacy.discreet(catalog.say(failure.message, language), settings)}")
        )
        if failure.retry_at:
            retry = quota_texts.moment("retry", failure.retry_at, "retry_now", language)
            parts.append(Part(retry))
    if usage is not None:
        numbers = [part for part in _numbers(usage, status, settings) if part.text]
        parts += _stated(status, snapshot, numbers, settings)
        between = catalog.say(BETWEEN, language)
        parts += [Part(said, _NOTICE) for said in privacy.notice(usage, settings).split(between)]
        parts.append(Part(privacy.discreet(usage.plan or "", settings), _PLAN))
    if _ends_soon(account, snapshot):
        parts.append(Part(quota_texts.expiry(account, settings)))
    if snapshot.fetched_at is not None:
        parts.append(Part(ago(snapshot.fetched_at)))
    elif usage is not None:
        parts.append(Part(say("age_unknown", language)))
    elif failure is None:
        parts.append(Part(say("never_asked", language)))
    return parts


def _stated(
    status: Status, snapshot: Snapshot, numbers: List[Part], settings: Settings
) -> List[Part]:
    """The numbers with the reason of the level, which a narrow row gives up last.

    It leads them, and is gone with the numbers that it speaks of once their reset has passed. A
    failure has said its own, and that no number is exposed says the headline.
    """
    cause, usage = status.cause, snapshot.usage
    if cause is None or usage is None or cause.name == "failed":
        return numbers
    reason = quota_texts.reason(status, snapshot, settings, brief=True)
    if cause.name == "untold":
        return [*numbers, Part(reason)] if usage.quotas or usage.spends else numbers
    if cause.quota is not None and numbers:
        lead = quota_texts.until_reset(cause.quota, f"{reason} · ")
        return [Part(f"{lead}{numbers[0].text}"), *numbers[1:]]
    parts = [Part(reason)]
    until = usage.blocked.until if usage.blocked else None
    if until and until not in [quota.resets_at for quota in usage.quotas]:
        parts.append(Part(quota_texts.moment("lifts", until, "has_reset", settings.language)))
    return parts + numbers


def _ends_soon(account: Account, snapshot: Snapshot) -> bool:
    if account.expires_at is None:
        return False
    return snapshot.fetched_at is None or account.expires_at - snapshot.fetched_at < SOON


def _numbers(usage: Usage, status: Status, settings: Settings) -> List[Part]:
    quotas = statuses.arranged(usage.quotas)
    main = [quota for quota in quotas if quota.role == "binding" or quota is status.headline]
    shared = [quota for quota in main if quota_texts.has_share(quota)]
    windows = [quota_texts.window(quota, settings) for quota in shared]
    if shared:
        windows[-1] += quota_texts.reset(shared[0], settings.language, lead=" · ")
    parts = [Part(window) for window in windows]
    for i, balance in enumerate(usage.balances):
        parts.append(Part(quota_texts.balance(balance, settings, headline=not shared and i == 0)))
    said = status.cause.name if status.cause else ""
    if usage.balances and usage.balances[0].low and said != "alert":
        parts.append(Part(say("below_alert", settings.language)))
    first = 0 if shared or usage.balances else 1
    parts += [Part(quota_texts.spend(spent, settings), _SPEND) for spent in usage.spends[first:]]
    counts = [quota for quota in main if not quota_texts.has_share(quota)]
    side = [quota for quota in quotas if quota not in main]
    side.sort(key=lambda quota: (not quota.alert, not quota_texts.has_share(quota)))
    parts += [Part(quota_texts.window(quota, settings), _COUNT) for quota in counts]
    return parts + [Part(quota_texts.window(quota, settings), _rank(quota, said)) for quota in side]


def _rank(quota: Quota, cause: str) -> int:
    """How readily a side lane is left out; a free reset is the way on for who cannot work."""
    helps = quota.unit == "resets" and cause in ("spent", "blocked")
    return _SPEND if quota.alert or helps else _LANE


def rows_of(state: State) -> Tuple[Row, ...]:
    """Every account as a row, in the order of the settings, the pinned ones first."""
    shown = list(state.book.accounts)
    if state.settings.order == "urgency":
        shown.sort(key=state.urgency)
    shown.sort(key=lambda account: not account.pinned)
    return tuple(row_of(state, account) for account in shown)


def row_of(state: State, account: Account) -> Row:
    """One account as a row."""
    provider = state.providers.get(account.provider)
    return state.tell(account, lambda told: row(account, provider, told, state.settings))
