"""The answer of a guard, in one line and as JSON (schema tankful.guard.v1)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from time import gmtime, strftime
from typing import TYPE_CHECKING, Any

from ..i18n.catalog import say
from ..i18n.message import Message, _, enumerated
from ..state import fit
from . import names, numbers, times

if TYPE_CHECKING:
    from ..models import Account
    from ..state.guard import Answer, Judged

SCHEMA = "tankful.guard.v1"
STALE: Message = _("the numbers are too old")
NO_SHARE: Message = _("a balance has no percentage")
_NO_LIMIT: Message = _("no limit is reported")
_NO_BALANCE: Message = _("no balance is reported")
_NO_WINDOW: Message = _("there is no quota called “{window}”")
_CHOOSE: Message = _("there is no quota called “{window}”; choose from: {names}")
_CHOOSABLE = ("binding", "reserve", "secondary")  # roles with a number of their own
_OTHERS: Mapping[str, Message] = {
    fit.NOT_ENOUGH: _("also not enough: {names}"),
    fit.UNKNOWN: _("also not known: {names}"),
}
_NAMED = 5  # other accounts that a line names; more are counted
_WANTED: Message = _("{left}, {wanted} wanted")
_MORE_WANTED: Message = _("{left}, more than {wanted} wanted")
_VERDICTS: Mapping[str, Message] = {
    fit.ENOUGH: _("enough"),
    fit.TIGHT: _("enough, but tight"),
    fit.NOT_ENOUGH: _("not enough"),
    fit.UNKNOWN: _("not known"),
}


def line(answer: Answer, wanted: fit.Wanted, waited: bool, now: float) -> str:
    """Say the answer in one line, the verdict first, with a hint at --wait if that may help."""
    verdict = say(_VERDICTS[answer.verdict.kind])
    why = reason(answer.account, answer.verdict, wanted)
    sentence = f"{verdict} · {names.headed(answer.account.name, why)}"
    is_old = answer.code == 3 and answer.verdict.why in ("stale", "state")
    if is_old and not waited and answer.account.may_answer(now):
        sentence = say(_("{reason}; --wait asks the provider"), reason=sentence)
    if answer.verdict.why in ("no_limit", "no_share") and wanted.amount is None:
        sentence = say(_("{reason}; ask with --amount"), reason=sentence)
    if answer.code and answer.others:
        others = _joined(*(_named(answer, kind) for kind in _OTHERS))
        sentence = say(_("{reason} ({others})"), reason=sentence, others=others)
    return sentence


def _named(answer: Answer, kind: str) -> str:
    called = [account.name for account, verdict in answer.others if verdict.kind == kind]
    if not called:
        return ""
    shown, more = say(enumerated(called[:_NAMED])), len(called) - _NAMED
    if more > 0:
        shown = say(_("{first}, and {count} more"), first=shown, count=more)
    return say(_OTHERS[kind], names=shown)


def reason(account: fit.Account, verdict: fit.Verdict, wanted: fit.Wanted) -> str:
    """Explain a verdict."""
    lane, why = verdict.lane, verdict.why
    if why == "no_window":
        return _no_window(account, wanted)
    if lane is None or why == "no_number":
        return say(STALE) if why == "stale" else account.remedy or account.reason
    if why == "outlook":
        span = times.countdown(wanted.seconds or 0)
        first = say(_("{left}, {span} wanted"), left=lane.outlook, span=span)
        return _joined(first, lane.amount, lane.reset)
    texts = {"stale": STALE, "no_share": NO_SHARE, "no_limit": _NO_LIMIT, "no_balance": _NO_BALANCE}
    lead = say(texts[why]) if why in texts else _amount(lane, wanted)
    rest = (lane.reset,) if why == "amount" else (lane.amount, lane.reset)
    return _joined(lead, *rest)


def _no_window(account: fit.Account, wanted: fit.Wanted) -> str:
    """Say that no quota has the typed name, and which names there are."""
    called = [
        lane.names.partition("|")[0]
        for lane in account.lanes
        if lane.role in _CHOOSABLE and lane.kind != "balance"
    ]
    if not called:
        return say(_NO_WINDOW, window=wanted.window)
    return say(_CHOOSE, window=wanted.window, names=say(enumerated(called)))


def _joined(*parts: str) -> str:
    """Join the parts that are not empty into one line."""
    first, *rest = [part for part in parts if part] or [""]
    for more in rest:
        first = say(_("{first}; {next}"), first=first, next=more)
    return first


def _amount(lane: fit.Lane, wanted: fit.Wanted) -> str:
    """Say how much is left and how much was asked for."""
    threshold = wanted.share if lane.kind == "quota" else wanted.amount
    asked = (wanted.share, wanted.amount, wanted.seconds or None)
    if threshold is None and any(each is not None for each in asked):
        return lane.amount
    least = lane.least if threshold is None else threshold
    if least == fit.ALERTED:
        from .quotas import BELOW_ALERT

        return _joined(lane.amount, say(BELOW_ALERT))
    sentence = _MORE_WANTED if threshold is None else _WANTED
    number = _number_of(lane, least)
    if threshold is None and lane.kind != "quota" and numbers.HIDDEN in lane.amount:
        number = numbers.hidden(number)  # which was stored, not typed just now
    return say(sentence, left=lane.amount, wanted=number) if least else lane.amount


def _number_of(lane: fit.Lane, number: float) -> str:
    """Format a share, or an amount in the unit of a count or a balance."""
    unit = "%" if lane.kind == "quota" else lane.unit
    if numbers.is_currency(unit):
        return numbers.money(Decimal(repr(number)), unit)
    shown = numbers.digits(Decimal(repr(number)))
    return f"{shown}%" if unit == "%" else numbers.counted(shown, unit)


def report(
    answer: Answer | None,
    judged: Sequence[Judged],
    wanted: fit.Wanted,
    known: Mapping[str, Account],
    now: float,
    code: int,
    sentence: str,
) -> dict[str, Any]:
    """Return JSON values: numbers as numbers, times ISO 8601 UTC with Z, null unknown."""
    return {
        "schema": SCHEMA,
        "generated_at": _time(now),
        "verdict": answer.verdict.kind if answer else fit.UNKNOWN,
        "exit_code": code,
        "reason": sentence,
        "wanted": {
            "left_percent": wanted.share,
            "amount": wanted.amount,
            "seconds": wanted.seconds,
            "window": wanted.window or None,
            "max_age_seconds": wanted.max_age,
        },
        "accounts": [_account(each, verdict, wanted, known) for each, verdict in judged],
    }


def _account(
    account: fit.Account, verdict: fit.Verdict, wanted: fit.Wanted, known: Mapping[str, Account]
) -> dict[str, Any]:
    lane = verdict.lane
    is_quota = lane is not None and lane.kind == "quota"
    return {
        "id": account.id,
        "provider": known[account.id].provider,
        "label": known[account.id].label,
        "verdict": verdict.kind,
        "why": verdict.why,
        "reason": reason(account, verdict, wanted),
        "left_percent": _number(lane.left) if lane and is_quota else None,
        "available": _number(lane.left) if lane and not is_quota else None,
        "resets_at": _time(lane.resets_at) if lane else None,
        "runs_out_at": _time(lane.out_at) if lane else None,
        "fetched_at": _time(account.fetched_at) if account.fetched_at else None,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _time(seconds: float) -> str | None:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(seconds)) if math.isfinite(seconds) else None
