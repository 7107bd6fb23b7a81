"""One account as a row of text, as every face shows it. Pure; moving values are markers, see times.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import cast

from ..i18n.catalog import current, say
from ..i18n.message import _
from ..models import Account, Quota, Snapshot, Usage
from ..records import dataclass, replace
from ..settings import Settings
from ..state.state import AccountState, State
from ..state.status import Level, Status
from . import changes, forecasts, names, privacy, remedy
from . import numbers as formats
from . import part as parting
from . import quotas as quota_texts
from .part import BETWEEN, Part, joined
from .times import AGE_UNKNOWN, JOINT, ago, columns

GAP = "   "  # between the name and the number of a title
WIDTH = 106  # columns of a subtitle; Alfred cuts longer ones, and the age comes last
SOON = timedelta(days=7)  # a token or session that ends sooner is mentioned in the row

_FAILED, _PACE, _RESET, _VERDICT, _OTHER = range(1, 6)
_SPEND, _NOTICE, _SINCE, _PLAN, _COUNT, _LANE = range(6, 12)
_SHORTENED = {_FAILED: 0, _RESET: 0, _VERDICT: _PACE, _OTHER: 0}  # the rank after shortening
_CHANGED = _("the provider changed its answer")
BLOCKED = "⛔ "  # before the number if the provider refuses work


@dataclass(frozen=True)
class Row:
    """One account as every face shows it; texts carry markers."""

    account: Account
    name: str  # "GLM · Work"
    headline: str  # "41% left"
    bar: str  # " ▰▰▰▰▱▱▱▱▱▱", or "" without a share
    parts: tuple[Part, ...]  # the details, the age last
    level: Level
    markdown: bool = False  # whether it is copied as Markdown
    advice: tuple[str, str] = ("", "")  # what to type against a failure in a shell; shorter
    guess: str = ""  # at which site a refused key may be good

    @property
    def title(self) -> str:
        """The name, number and bar in one line."""
        return f"{self.name}{GAP}{self.headline}{self.bar}"

    @cached_property
    def shown(self) -> list[Part]:
        """The details that fit in a line."""
        return fitted(self.parts)

    def subtitle(self, lead: str = "") -> str:
        """Return the details that fit in a line, after ``lead``.

        The lead says what ↩ does, so a failure may then leave out what to do.
        """
        if not lead:
            return joined(self.shown)
        if self.guess:
            how = say(_("{guess} · ⌃↩ Change the region"), guess=self.guess)
            return joined(fitted([Part(lead), *self._instead(Part(how))]))
        if self.advice[0]:  # the headline says what is wrong, and the first words what helps
            return joined(fitted([Part(lead), *(p for p in self.parts if p.rank != _FAILED)]))
        parts = (
            part._replace(short=names.first_clause(part.text)) if part.rank == _FAILED else part
            for part in self.parts
        )
        return joined(fitted([Part(lead), *parts]))

    def _instead(self, part: Part) -> list[Part]:
        """The details with another part in the place of the failure."""
        return [part if each.rank == _FAILED else each for each in self.parts]

    @property
    def in_shell(self) -> list[Part]:
        """The details that fit in a line of a shell, if the headline has said what failed."""
        text, short = self.advice
        if not text:
            return self.shown
        return fitted(self._instead(Part(text, short=short, stays=parting.FAILURE)))

    @property
    def line(self) -> str:
        """The row as one line of the list, with a failure in full."""
        if self.advice[0]:
            return names.headed(self.name, self._text(self.in_shell))
        parts = [
            part._replace(rank=0, short="") if part.rank == _FAILED else part for part in self.parts
        ]
        return names.headed(self.name, self._text(fitted(parts)))

    @cached_property
    def copied(self) -> str:
        """The row as the user copies it, as text or Markdown."""
        return self._copied(self.shown)

    @property
    def copied_whole(self) -> str:
        """The row as the user copies it, with all details."""
        return self._copied(self.parts)

    def _copied(self, parts: Sequence[Part]) -> str:
        if not self.markdown:
            return names.headed(self.name, self._text(parts))
        name, text = formats.escaped(self.name), formats.escaped(self._text(parts))
        return names.headed(f"- **{name}**", text)

    def _text(self, parts: Sequence[Part]) -> str:
        return f"{self.headline}{BETWEEN}{JOINT}{joined(parts)}" if parts else self.headline


def row(known: AccountState, settings: Settings) -> Row:
    """Make the row of an account."""
    account, provider, status = known.account, known.provider, known.status
    failure = known.snapshot.failure if status.level == "error" else None
    has_worked = known.snapshot.usage is not None  # so the region is right
    site = "" if has_worked else remedy.other_site(account, provider, failure)
    share, bar = _headline(known, settings)
    return Row(
        account=account,
        name=_name(known, settings),
        headline=f"{BLOCKED}{share}" if status.is_blocked else share,
        bar=bar,
        parts=tuple(part for part in _parts(known, settings) if part.text),
        level=status.level,
        markdown=settings.summary == "markdown",
        advice=remedy.in_shell(account, provider, failure, site, settings),
        guess=site,
    )


def _name(known: AccountState, settings: Settings) -> str:
    return privacy.name(known.account, known.short, settings)


def _failure_name(account: Account, kind: str) -> str:
    """Name a failure; an account without a credential has no numbers rather than no credential."""
    if account.kind == "none" and kind in ("no_credential", "not_available"):
        return say(quota_texts.NO_NUMBERS)
    return names.called(names.FAILURES, kind)


def _headline(known: AccountState, settings: Settings) -> tuple[str, str]:
    snapshot, status = known.snapshot, known.status
    usage, failure = snapshot.usage, snapshot.failure
    if failure is not None and status.level == "error":
        return f"⚠ {_failure_name(known.account, failure.kind)}", ""
    if usage is None:
        return say(quota_texts.NO_NUMBERS), ""
    quota = status.headline
    if quota is not None and quota_texts.has_share(quota):
        share, bar = quota_texts.share(quota, settings)
        before, mark, behind = forecasts.mark(known.outlook.pace(quota), bar, settings)
        cells = [quota_texts.until_reset(quota, each) if each else "" for each in (before, behind)]
        ended = say(quota_texts.HAS_RESET)
        return quota_texts.until_reset(quota, share, ended), mark.join(cells)
    if usage.balances:
        first = usage.balances[0]
        return quota_texts.amount(first.available, first.unit, settings), ""
    if usage.spends:
        return quota_texts.spend(usage.spends[0], settings), ""
    if quota is not None:
        share = quota_texts.share(quota, settings)[0]
        return quota_texts.until_reset(quota, share, say(quota_texts.HAS_RESET)), ""
    return say(quota_texts.NO_NUMBER), ""


def fitted(parts: Sequence[Part]) -> list[Part]:
    """Keep the parts that fit in a line: the highest rank is shortened or left out first, of equal ones the last."""
    kept, room = list(parts), WIDTH - sum(map(_width, parts))
    while room < 0:
        place = max(range(len(kept)), key=lambda i: (kept[i].rank, i))
        if not kept[place].rank:
            break
        left_out = kept.pop(place)
        room += _width(left_out)
        if left_out.short:
            rank = _SHORTENED.get(left_out.rank, left_out.rank)
            kept.insert(place, left_out._replace(text=left_out.short, short="", rank=rank))
            room -= _width(kept[place])
    return kept


def _width(part: Part) -> int:
    return columns(part.text) + (0 if part.parts_itself else len(BETWEEN))


def _parts(known: AccountState, settings: Settings) -> list[Part]:
    account, snapshot, status = known.account, known.snapshot, known.status
    usage, failure = snapshot.usage, snapshot.failure
    parts: list[Part] = []
    if failure is not None:
        why = privacy.discreet(names.unnamed(failure.message), settings)
        if status.level == "error" and remedy.echoes(failure):  # the headline has said it
            why = names.after_first_clause(why)
        clause = names.last_clause if status.level == "error" else names.first_clause
        parts.append(Part(f"⚠ {why}", _FAILED, short=f"⚠ {clause(why)}", stays=parting.FAILURE))
        if failure.retry_at:
            retry = quota_texts.moment(quota_texts.RETRY, failure.retry_at, quota_texts.RETRY_NOW)
            parts.append(Part(retry))
    if usage is not None:
        numbers = [part for part in _numbers(usage, known, settings) if part.text]
        parts += _stated(status, snapshot, numbers, settings)
        if usage.is_changed:
            parts.append(Part(say(privacy.CHANGED), _NOTICE, short=say(_CHANGED)))
        for notice in privacy.own_notices(usage, settings):
            parts.append(Part(notice, _NOTICE, short=names.gist(notice), stays=parting.NOTICE))
        parts.append(Part(privacy.discreet(usage.plan or "", settings), _PLAN))
        parts.append(Part(privacy.host(account, settings), _PLAN))
        change, short = changes.row_phrase(known, settings)
        parts.append(Part(change, _SINCE, parts_itself=True, short=short))
    if _ends_soon(account, snapshot):
        parts.append(Part(quota_texts.expiry(account)))
    if snapshot.fetched_at is not None:
        parts.append(Part(ago(snapshot.fetched_at), stays=parting.AGE))
    elif usage is not None:
        parts.append(Part(say(AGE_UNKNOWN)))
    return parts


def _stated(
    status: Status, snapshot: Snapshot, numbers: list[Part], settings: Settings
) -> list[Part]:
    """Add the reason of the level to the numbers; a narrow row leaves it out last.

    It comes first, and disappears together with its numbers at their reset. A failure gives its own reason, and
    a headline without a number says so itself.
    """
    reason, usage = status.reason, snapshot.usage
    if reason is None or usage is None or reason.kind == "failed":
        return numbers
    sentence = quota_texts.reason(status, snapshot, settings, brief=True)
    if reason.kind == "untold":
        last = Part(sentence, stays=parting.WINDOW)
        return [*numbers, last] if usage.quotas or usage.spends else numbers
    short = quota_texts.short_reason(reason, settings)
    if reason.quota is not None and numbers:
        lead, brief = (
            quota_texts.until_reset(reason.quota, f"{text}{BETWEEN}" if text else "")
            for text in (sentence, short)
        )
        return [Part(lead, parts_itself=True, short=brief, stays=parting.REASON), *numbers]
    parts = [Part(sentence, short=short, stays=parting.REASON)]
    until = usage.blocked.until if usage.blocked else None
    if until and until not in [quota.resets_at for quota in usage.quotas]:
        parts.append(Part(quota_texts.moment(quota_texts.LIFTED, until, quota_texts.HAS_RESET)))
    return parts + numbers


def _ends_soon(account: Account, snapshot: Snapshot) -> bool:
    failure = snapshot.failure
    if account.expires_at is None or (failure and failure.kind == "credential_expired"):
        return False
    return snapshot.fetched_at is None or account.expires_at - snapshot.fetched_at < SOON


def _numbers(usage: Usage, known: AccountState, settings: Settings) -> list[Part]:
    status, outlook = known.status, known.outlook
    main = [quota for quota in status.quotas if quota.role == "binding" or quota is status.headline]
    shared = [quota for quota in main if quota_texts.has_share(quota)]
    parts = [_window(quota, quota is status.headline, len(shared), settings) for quota in shared]
    phrase, short = forecasts.row_phrase(status, outlook)
    verdict = Part(phrase, _VERDICT, parts_itself=True, short=short, stays=parting.PACE)
    if shared:
        parts[1:1] = [_reset(shared[0], _RESET if phrase else 0), verdict]
    for i, balance in enumerate(usage.balances):
        is_headline = not shared and i == 0
        parts.append(Part(quota_texts.balance(balance, settings, headline=is_headline)))
        if is_headline:
            runway = forecasts.balance_phrase(outlook.runway(balance))
            parts.append(Part(runway, _PACE, parts_itself=True))
    kind = status.reason.kind if status.reason else ""
    if usage.balances and usage.balances[0].low and kind != "alert":
        parts.append(Part(say(quota_texts.BELOW_ALERT)))
    first = 0 if shared or usage.balances else 1
    parts += [Part(quota_texts.spend(spent, settings), _SPEND) for spent in usage.spends[first:]]
    counts = [quota for quota in main if not quota_texts.has_share(quota)]
    if not (shared or usage.balances or usage.spends):  # the headline has said it
        counts = [quota for quota in counts if quota is not status.headline]
    side = [quota for quota in status.quotas if quota not in main]
    side.sort(key=lambda quota: (not quota.alert, not quota_texts.has_share(quota)))
    parts += [Part(quota_texts.window(quota, settings), _COUNT) for quota in counts]
    return parts + [Part(quota_texts.window(quota, settings), _rank(quota, kind)) for quota in side]


def _window(quota: Quota, is_headline: bool, count: int, settings: Settings) -> Part:
    """Return the part of a window; on a narrow terminal the headline's has no number, which is shown already.

    If it is the only one and has no length, it can be left out, since no other window can be meant. For other
    quotas the short form is the share instead of a count.
    """
    text = quota_texts.window(quota, settings)
    if not is_headline:
        short = quota_texts.window_share(quota, settings)
        return Part(text, _OTHER if short else 0, short=short, stays=parting.WINDOW)
    if quota.window is None and count == 1:
        return Part(text, stays=parting.WINDOW)
    label = quota_texts.until_reset(quota, formats.short_label(quota.label))
    return Part(text, short=label, stays=parting.HEADLINE)


def _reset(quota: Quota, rank: int) -> Part:
    """Return the part of a reset; its short form leaves out the clock time, to make room for a forecast."""
    long, short = (quota_texts.reset(quota, end=BETWEEN, brief=brief) for brief in (False, True))
    return Part(long, rank, parts_itself=True, short=short, stays=parting.RESET)


def _rank(quota: Quota, reason: str) -> int:
    """Rank a quota that is not binding; a free reset stays if the user can otherwise not work."""
    helps = quota.unit == "resets" and reason in ("spent", "blocked")
    return _SPEND if quota.alert or helps else _LANE


def arranged(state: State) -> list[Account]:
    """List the accounts in the order of the settings, the pinned ones first."""
    shown = list(state.book.accounts)
    if state.settings.order == "urgency":
        shown.sort(key=state.urgency)
    shown.sort(key=lambda account: not account.pinned)
    return shown


def rows_of(state: State) -> tuple[Row, ...]:
    """Return the rows of all accounts, as ``arranged``."""
    return tuple(row_of(state, account) for account in arranged(state))


def row_of(state: State, account: Account, *, private: bool = False) -> Row:
    """Return the row of an account; ``private`` hides what privacy hides, whatever the settings say."""
    return state.render(account, lambda known: _kept(known, state.settings, private))


def _kept(known: AccountState, settings: Settings, private: bool) -> Row:
    """Return the row that was made before, or make it."""
    key = ("row", private, current())
    if key not in known.rendered:
        known.rendered[key] = (_private if private else row)(known, settings)
    return cast("Row", known.rendered[key])


def _private(known: AccountState, settings: Settings) -> Row:
    """Make a row as under privacy, from the usual one if only its name is another."""
    hidden = settings.but(privacy=True)
    if not privacy.hides_only_name(known.account, known.snapshot):
        return row(known, hidden)
    return replace(_kept(known, settings, private=False), name=_name(known, hidden))
