"""Sentences that are translated later, when the reader's language is known.

The code holds the English sentence, ``_("…")``, which is also its id in the catalogue; variable parts are
named placeholders. ``i18n.catalog.say`` translates it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce
from typing import NamedTuple, Union


class Message(NamedTuple):
    """One sentence: its id, and the values of its placeholders."""

    id: str  # the English sentence
    params: tuple[tuple[str, Param], ...] = ()
    several: str = ""  # the English plural, used if the parameter ``count`` is not one
    quote: str = ""  # the provider's own text, shown before the first semicolon

    @staticmethod
    def quoted(text: str) -> Message:
        """Wrap a foreign text, which is the same in every language."""
        return Message("{text}", (("text", text),))

    def filled(self, **params: Param) -> Message:
        """Return a copy with more placeholders filled, also in nested messages; unknown names are ignored."""
        inner = tuple(
            (name, value.filled(**params) if isinstance(value, Message) else value)
            for name, value in self.params
        )
        known = dict(inner)
        new = ((n, v) for n, v in params.items() if n not in known and f"{{{n}" in self.id)
        return self._replace(params=(*inner, *new))

    def param(self, name: str) -> str:
        """Return the text of a placeholder, also in a nested message; "" if there is none."""
        for key, value in self.params:
            text = value.param(name) if isinstance(value, Message) else value if key == name else ""
            if isinstance(text, str) and text:
                return text
        return ""

    def counting(self, count: int) -> Message:
        """Return a copy with another ``count``."""
        others = (param for param in self.params if param[0] != "count")
        return self._replace(params=(("count", count), *others))


Param = Union[str, int, Message]


def _(sentence: str, **params: Param) -> Message:
    """Make a message of an English sentence, and mark it for translation."""
    return Message(sentence, tuple(params.items())) if params else _bare(sentence)


_bare = cache(Message)  # the sentences in the code without parameters


def ngettext(one: str, several: str, count: int, **params: Param) -> Message:
    """Make a message with a singular and a plural, chosen by ``{count}``."""
    return Message(one, (("count", count), *params.items()), several)


def enumerated(names: Iterable[str]) -> Message:
    """Join at least one name, separated as in the reader's language."""
    return listed(map(Message.quoted, names))


def listed(parts: Iterable[Message]) -> Message:
    """Join at least one message with commas."""
    return reduce(lambda first, next: _("{first}, {next}", first=first, next=next), parts)
