"""Where each number of an account came from: its field or formula, unused fields, why there is no forecast."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..i18n.catalog import plain, say
from ..i18n.message import Message, _, enumerated
from ..models import Account, Usage
from ..provider import sources
from ..provider.sources import Field, Source
from ..settings import Settings
from ..state.state import AccountState, State
from . import details, forecasts, names, numbers, quotas
from .details import Fact
from .numbers import HIDDEN
from .privacy import CHANGED
from .row import row_of
from .summary import spoken
from .times import AGE_UNKNOWN, ago, clock

_NUMBERS: Mapping[str, Message] = {
    "used": _("used"),
    "limit": _("limit"),
    "remaining": _("left"),
    "resets_at": _("reset"),
    "granted": _("granted"),
}
_PATH = re.compile(r"([\w.:-]*/[^\s(),;`\x90-\x94]+)")  # JSON Pointer, or host and path; no marker
_NO_FIELD = _("{value}, from no field of this answer: counted, zero, or told earlier today")


def facts(state: State, account: Account) -> list[Fact]:
    """Return the whole explanation, in display order."""
    return state.render(account, lambda known: list(_facts(state, known)))


def _facts(state: State, known: AccountState) -> Iterator[Fact]:
    usage, settings = known.snapshot.usage, state.settings
    if usage is None:
        yield say(_("Numbers")), say(quotas.NO_NUMBERS)
        return
    origins = sources.read(usage)
    if usage.is_changed:
        yield say(_("Changed")), say(CHANGED)
        yield from ((say(_("New field")), _place(field, known, settings)) for field in origins.new)
        for case in origins.disagreeing:
            fields = say(_(" and ")).join(_place(field, known, settings) for field in case)
            yield say(_("Conflicting")), fields
    if not origins.numbers:
        yield say(_("Numbers")), say(_("their sources are recorded at the next refresh"))
    yield from _numbers(usage, origins.numbers, settings)
    yield from _endpoints(usage, known, settings)
    fetched = known.snapshot.fetched_at
    yield say(_("Fetched")), f"{clock(fetched)} · {ago(fetched)}" if fetched else say(AGE_UNKNOWN)
    yield from _foreseen(usage, known, settings, state.now)
    for field in origins.ignored:
        yield say(_("Not used")), _place(field, known, settings)


def _numbers(usage: Usage, origins: Iterable[Source], settings: Settings) -> Iterator[Fact]:
    """List each number with its field, or with its formula and the values of its fields."""
    several = {
        **{("quota", each.label): each for each in reversed(usage.quotas)},
        **{("balance", each.unit): each for each in reversed(usage.balances)},
        **{("spend", each.period or each.unit): each for each in reversed(usage.spends)},
    }
    for source in origins:
        each = several.get((source.kind, source.name))
        value = getattr(each, source.number, None)
        if value is not None:
            yield (
                _name(source, each),
                _formula(source, _shown(value, source, settings), settings),
            )


def _name(source: Source, each: Any) -> str:
    if source.kind == "spend":
        return f"{say(_('Spend'))} · {quotas.period(each)}"
    name = numbers.label(source.name) if source.kind == "quota" else say(_("Balance"))
    what = _NUMBERS.get(source.number)
    return f"{name} · {say(what) if what else numbers.unit(source.unit)}"


def _shown(value: Decimal | datetime, source: Source, settings: Settings) -> str:
    if isinstance(value, datetime):
        return clock(value)
    return quotas.exactly(value, source.unit, settings)


def _formula(source: Source, value: str, settings: Settings) -> str:
    """Format ``44% = /limits/0/percentage``; for a formula, add the values of its fields."""
    if not source.formula:
        return say(_NO_FIELD, value=value)
    equation = f"{value} = {plain(source.formula)}"
    stood = [plain(field.value) for field in source.fields if field.value]
    is_plain = len(source.fields) == 1 and source.fields[0].pointer == source.formula
    is_hidden = settings.privacy and numbers.is_currency(source.unit)
    if is_plain or is_hidden or not stood:
        return equation
    return f"{equation} ({', '.join(stood)})"


def _place(field: Field, known: AccountState, settings: Settings) -> str:
    """Format a field and its value; privacy hides the value, which may be money."""
    value = HIDDEN if settings.privacy else plain(field.value)
    shown = f"{plain(field.pointer)} = {value}" if field.value else plain(field.pointer)
    several = known.snapshot.usage is not None and len(known.snapshot.usage.endpoints) > 1
    return f"{shown} ({details.endpoint(field.endpoint, known, settings)})" if several else shown


def _endpoints(usage: Usage, known: AccountState, settings: Settings) -> Iterator[Fact]:
    """List the endpoints, and the numbers that came from each."""
    origins = sources.read(usage).numbers
    for endpoint in usage.endpoints:
        named = [
            say(_("Spend"))
            if each.kind == "spend"
            else numbers.short_label(each.name)
            if each.kind == "quota"
            else say(_("Balance"))
            for each in origins
            if any(field.endpoint == endpoint for field in each.fields)
        ]
        names = say(enumerated(dict.fromkeys(named))) if named else ""
        shown = details.endpoint(endpoint, known, settings)
        yield say(_("Endpoint")), f"{shown} · {names}" if names else shown


def _foreseen(
    usage: Usage, known: AccountState, settings: Settings, now: datetime
) -> Iterator[Fact]:
    """List the forecasts, or why there is none."""
    for quota, pace in details.paces(known):
        name = say(_("Forecast ({allowance})"), allowance=numbers.short_label(quota.label))
        yield name, forecasts.explained(quota, pace, now)
    for balance in usage.balances:
        runway = known.outlook.runway(balance)
        verdict = forecasts.runway_explained(balance, runway, settings) if runway else ""
        name = say(_("Forecast ({allowance})"), allowance=numbers.unit(balance.unit))
        yield name, verdict or forecasts.silent("too_little")


def markdown(state: State, account: Account, now: datetime) -> str:
    """Return the whole explanation as Markdown, as of now."""
    title = say(_("{account}: where the numbers come from"), account=row_of(state, account).name)
    lines = [f"# {numbers.escaped(title)}", ""]
    for name, value in facts(state, account):
        lines.append(names.headed(f"- **{numbers.escaped(name)}**", _with_code(value)))
    return spoken("\n".join(lines), now)


def _with_code(value: str) -> str:
    """Format a value as Markdown, with its paths as code, in which an underscore needs no backslash."""
    parts = enumerate(_PATH.split(value))
    return "".join(f"`{part}`" if at % 2 else numbers.escaped(part) for at, part in parts)
