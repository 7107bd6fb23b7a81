"""Checks what the user typed as the name of an account."""

from __future__ import annotations

from ..errors import WrongUsage
from ..i18n.message import Message, _

SHORTEST = 16  # characters of the shortest key
_KEY: Message = _(
    "this is a key, not a name; nothing was stored: choose a short name, and paste the key where "
    "it is asked for"
)


class IsKey(WrongUsage):
    """The name is a credential, which the message does not repeat."""

    def __init__(self) -> None:
        super().__init__(_KEY)


def check(label: str) -> None:
    """Check that a name is no credential, which lists would show. Raises IsKey."""
    if any(len(word) >= SHORTEST for word in label.split()):
        from ..recognition import recognise  # imported late: it loads every provider

        if recognise.is_credential(label):
            raise IsKey
