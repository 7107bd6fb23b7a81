"""All accounts in a few characters, for a status line. Pure; moving values are markers."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ..i18n.catalog import say
from ..models import Quota, Usage
from ..settings import Settings
from ..state.state import AccountState, State
from . import privacy
from . import quotas as quota_texts
from .row import BLOCKED, row_of
from .summary import lines
from .times import switch

MOST = 4  # accounts; the most urgent ones
BETWEEN = "  "
_DAMAGED = "⚠ accounts.json"
_WORST = ("critical", "error", "low", "unknown", "plenty")


class Prompt(NamedTuple):
    """The contents of a status line."""

    text: str  # "GLM 36%  ChatGPT 39%", or ""
    tooltip: str  # a line for every account
    level: str  # the worst of all


def prompt(state: State) -> Prompt:
    """Return name and number of the most urgent accounts, or which file was damaged."""
    if state.book.complaint:
        return Prompt(_DAMAGED, say(state.book.complaint), "error")
    shown = [account for account in state.book.accounts if not account.hidden]
    shown.sort(key=state.urgency)
    twice = Counter(account.provider for account in shown)
    parts = (
        state.render(
            account, lambda known: _part(known, state.settings, twice[known.account.provider] > 1)
        )
        for account in shown[:MOST]
    )
    levels = {
        state.piece(account, "level", lambda known: row_of(state, known.account).level)
        for account in shown
    }
    worst = next((level for level in _WORST if level in levels), "unknown")
    return Prompt(BETWEEN.join(parts), "\n".join(lines(state)), worst)


def _part(known: AccountState, settings: Settings, is_ambiguous: bool) -> str:
    name = privacy.name(known.account, known.short, settings) if is_ambiguous else known.short
    return f"{name} {_number(known, settings)}"


def _number(known: AccountState, settings: Settings) -> str:
    """Return the share or the balance, after a sign if work is refused; "⚠" if there is none to trust."""
    usage = known.snapshot.usage
    if usage is None or known.status.level == "error":
        return "⚠"
    number = _left(usage, known.status.headline, settings)
    return f"{BLOCKED}{number}" if known.status.is_blocked else number


def _left(usage: Usage, quota: Quota | None, settings: Settings) -> str:
    """Return what is left, or what was spent; "…" once a quota has reset or a period is over."""
    if quota is not None and quota_texts.has_share(quota):
        return quota_texts.until_reset(quota, quota_texts.percent(quota, settings), "…")
    if usage.balances:
        return quota_texts.amount(usage.balances[0].available, usage.balances[0].unit, settings)
    if usage.spends:
        spend = usage.spends[0]
        amount = quota_texts.amount(spend.amount, spend.unit, settings)
        used = say(quota_texts.AMOUNTS["used"], amount=amount)
        return switch(spend.ends_at, used, "…") if spend.ends_at else used
    return "–"
