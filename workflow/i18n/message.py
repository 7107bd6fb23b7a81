"""Sentences that are said later, in the language of whoever reads them.

A sentence stands in the code in English, ``_("…")``, which is also its id in the catalogue; what differs
from one time to the next stands in it by name. ``i18n.catalog.say`` says it.
"""

from __future__ import annotations

from functools import reduce
from typing import Iterable, NamedTuple, Tuple, Union


class Message(NamedTuple):
    """One sentence: its id, and what fills its places."""

    id: str  # the English sentence
    params: Tuple[Tuple[str, Param], ...] = ()
    several: str = ""  # the English sentence where the param ``count`` is not one
    quote: str = (
        ""  # somebody else's words on the matter, shown before what comes after a semicolon
    )

    @staticmethod
    def quoted(words: str) -> Message:
        """Words of somebody else, which are the same in every language."""
        return Message("{words}", (("words", words),))

    def filled(self, **params: Param) -> Message:
        """The same with what fills places of it, also of a sentence inside it; other names are left out."""
        inner = tuple(
            (name, value.filled(**params) if isinstance(value, Message) else value)
            for name, value in self.params
        )
        known = dict(inner)
        new = ((n, v) for n, v in params.items() if n not in known and f"{{{n}" in self.id)
        return self._replace(params=(*inner, *new))

    def counting(self, count: int) -> Message:
        """The same for another number."""
        others = (param for param in self.params if param[0] != "count")
        return self._replace(params=(("count", count), *others))


Param = Union[str, int, Message]


def _(sentence: str, **params: Param) -> Message:
    """A sentence of ours."""
    return Message(sentence, tuple(params.items()))


def ngettext(one: str, several: str, count: int, **params: Param) -> Message:
    """A sentence of ours that a number, ``{count}`` in it, makes another one."""
    return Message(one, (("count", count), *params.items()), several)


def listed(parts: Iterable[Message]) -> Message:
    """One after the other, with commas; at least one."""
    return reduce(lambda first, next: _("{first}, {next}", first=first, next=next), parts)
