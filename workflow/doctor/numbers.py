"""Where the numbers of each provider came from, so that a changed answer can be fixed from a bug report.

The names of fields are shown; their values only if they cannot be money. Ids, the address of the user's own
relay and the scope of an account are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..display import privacy
from ..display.numbers import HIDDEN, is_currency
from ..models import Account, Usage
from ..provider import drift, sources
from ..provider.contract import Provider
from ..provider.sources import Field, Source
from ..state import state as states

_STEP = re.compile(r"(?<=/)[^/\s()]+")
Line = tuple[str, str]


def report() -> Iterator[Line]:
    """Report on one account of each provider, preferably one whose answer has changed."""
    state = states.read()
    seen: set[str] = set()
    several = [(account, state.snapshots[account.id].usage) for account in state.book.accounts]
    several.sort(key=lambda pair: not (pair[1] and pair[1].is_changed))
    for account, usage in several:
        if usage is not None and usage.sources and account.provider not in seen:
            seen.add(account.provider)
            yield from _Lines(account, state.of(account).provider).of(usage)


class _Lines:
    """The lines about one account; they contain nothing personal."""

    def __init__(self, account: Account, about: Provider | None) -> None:
        self._account, self._about = account, about

    def of(self, usage: Usage) -> Iterator[Line]:
        origins, name = sources.read(usage), self._account.provider
        has_money = any(is_currency(each.unit) for each in origins.numbers)
        for source in origins.numbers:
            yield f"{name}, {self._step(source.name)} {source.number}", self._number(source)
        for field in origins.new:
            yield f"{name}, new", self._field(field, hide=has_money)
        for case in origins.disagreeing:
            fields = (self._field(field, hide=has_money) for field in case)
            yield f"{name}, do not agree", ", ".join(fields)
        if origins.ignored:
            fields = (self._field(field, hide=True) for field in origins.ignored)
            yield f"{name}, not used", ", ".join(fields)

    def _number(self, source: Source) -> str:
        """Show the formula, the values of its fields unless they are money, and the endpoints asked."""
        formula = self._path(source.formula) or "no field"
        values = [field.value for field in source.fields if field.value]
        if values and not is_currency(source.unit):
            formula += f" ({', '.join(values)})"
        endpoints = dict.fromkeys(field.endpoint for field in source.fields)
        return " · ".join((formula, *map(self._endpoint, endpoints)))

    def _field(self, field: Field, *, hide: bool) -> str:
        """Show a field, and its value unless that may be money."""
        path = self._path(field.pointer)
        return path if hide or not field.value else f"{path} = {field.value}"

    def _endpoint(self, endpoint: str) -> str:
        host, slash, path = endpoint.partition("/")
        own = self._about is None or self._about.is_at_an_address
        return (HIDDEN if own else host) + self._path(slash + path)

    def _path(self, path: str) -> str:
        """Hide the steps of a pointer or an address that are ids."""
        return _STEP.sub(lambda step: self._step(step[0]), path)

    def _step(self, step: str) -> str:
        if step in self._account.scope.values():
            return HIDDEN
        is_known = drift.is_field(self._account.provider, step)
        return step if is_known or not privacy.is_id(step) else HIDDEN
