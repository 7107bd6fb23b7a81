"""How chatgpt.com is asked: which network stack worked last, and advice if its edge blocks us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import settings
from ..chatgpt import edge
from ..i18n.message import Message, _
from ..models import Failure
from ..system import system_stack

_SWITCHED_OFF = _(
    "the setting edge is off; tankful config edge auto lets the system's network stack ask chatgpt.com"
)
_NO_PROGRAM = _("chatgpt.com may let curl in where it challenges Tankful: install curl")


def report() -> Iterator[tuple[str, str]]:
    """List the network stack in use for each host, for the report."""
    for host in sorted(edge.HOSTS):
        way = edge.remembered().get(host, edge.OWN)
        yield host, "the system's way" if way == edge.SYSTEM else "Tankful's own way"
    yield "system's way", system_stack.program() or "none (no osascript, no curl)"


def challenge(failure: Failure) -> Message | None:
    """Return the sentence about a challenge of the edge; None for any other failure."""
    sentences = (edge.CHALLENGED, edge.TOKEN_CHALLENGED)
    return next((each for each in sentences if each.id == failure.message.id), None)


def advice(failures: Iterable[Failure]) -> Iterator[Message]:
    """Suggest the system's network stack if the edge challenged us and it is switched off or missing."""
    if not any(map(challenge, failures)):
        return
    if settings.load().edge == "off":
        yield _SWITCHED_OFF
    elif not system_stack.program():
        yield _NO_PROGRAM
