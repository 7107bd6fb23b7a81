"""The words of a command line, among which no credential belongs: none of it is ever repeated."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, FrozenSet, Iterator, List

import click

from scripts.terminal import output
from workflow.errors import Mistake
from workflow.i18n.message import Message, _
from workflow.recognition import other_services, recognise

LONGEST = 20  # characters that a word of ours may have
LONGEST_NAME = 60  # likewise a name without a space that somebody gave an account
_TOLD: Message = _(
    "a key does not belong on a command line: it is in the shell's history now, so make a new one in its place; tankful add asks for it hidden"
)


class Careful(output.Asking):
    """A command that refuses a credential among its arguments, without repeating it; exit code 2."""

    free: FrozenSet[str] = frozenset(("label", "account"))  # what people name, at any length

    def parse_args(self, ctx: click.Context, args: List[str]) -> List[str]:
        told, more, _ = self.make_parser(ctx).parse_args(list(args))
        named = (value for name in self.free for value in _words(told.get(name)))
        ours = (v for name in told if name not in (*self.free, "scope") for v in _words(told[name]))
        if any(map(_is_no_name, named)) or any(map(may_be, (*ours, *more))):
            refuse()
        return super().parse_args(ctx, args)


def refuse() -> None:
    """Say that a credential stands on the command line, and exit with 2."""
    output.complain(_TOLD)
    raise SystemExit(2)


def may_be(word: str) -> bool:
    """Whether a word that we do not know may be a credential."""
    return len(word) > LONGEST or is_known(word)


def _is_no_name(word: str) -> bool:
    return (len(word) > LONGEST_NAME and len(word.split()) == 1) or is_known(word)


def is_known(word: str) -> bool:
    """Whether a word has the form of a credential, ours or a stranger's."""
    with suppress(Exception):  # a defect is told where the credential itself is read
        return bool(other_services.said([word])) or _is_recognised(word)
    return False


def _is_recognised(word: str) -> bool:
    try:
        recognise.recognise(word)
    except Mistake:
        return False
    return True


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
