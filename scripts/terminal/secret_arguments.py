"""Refuse a command line that contains a credential, without repeating it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NoReturn

import click

from scripts.terminal import output
from scripts.terminal.language import TYPED
from workflow.errors import Mistake
from workflow.i18n.message import Message, _
from workflow.provider import discovery, masking
from workflow.recognition import recognise
from workflow.storage import accounts

MAX_WORD = 20  # characters of the longest verb, provider or option value
PREFIX = "sk-"  # most keys begin with it, and no name of ours does
MAX_NAME = 60  # characters of an account's name without a space; a longer one may be a key
_REFUSAL: Message = _(
    "do not put a key on the command line: it is now in your shell history, so "
    "replace it with a new one; tankful add asks for it at a hidden prompt"
)
_NOT_HERE: Message = _("a key is not taken on the command line; run {command} and paste it there")


class Careful(output.Asking):
    """A command that refuses a credential among its arguments, without repeating it; exit code 2."""

    free: frozenset[str] = frozenset(("label", "account"))  # names that the user chooses

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        values, extra, _ = self.make_parser(ctx).parse_args(list(args))
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        names = [text for name, text in texts.items() if name in self.free]
        others = [text for name, text in texts.items() if name not in (*self.free, "scope")]
        others = [text for text in others if text != texts.get("address") or _is_no_address(text)]
        if any(map(_is_no_name, names)) or any(map(may_be, (*others, *extra))):
            refuse()
        if extra and not ctx.resilient_parsing:
            named = [text for name, text in texts.items() if self._is_kept(name, text)]
            command = " ".join((ctx.command_path, *map(accounts.typed, named)))
            output.fail(_NOT_HERE.filled(command=command), output.WRONG_USAGE)
        return super().parse_args(ctx, args)

    def _is_kept(self, name: str, text: str) -> bool:
        """Tell whether an argument may be repeated: a known provider or account."""
        if name == "provider":
            return text in discovery.names()
        with suppress(Mistake):
            return name == "account" and bool(accounts.load().matching(text))
        return False


def refuse() -> NoReturn:
    """Warn that there is a credential on the command line, and exit with 2."""
    output.complain(_REFUSAL)
    raise SystemExit(2)


def keep_out(complaint: str) -> None:
    """Refuse the command line, see ``refuse``, if a complaint would repeat a credential that is on it."""
    context = click.get_current_context(silent=True)
    typed: tuple[str, ...] = context.meta.get(TYPED, ()) if context else ()
    if any(masking.repeats(complaint, word) and _is_key(word) for word in typed):
        refuse()


def _is_key(word: str) -> bool:
    """Tell whether a word where a name, a number or a path is expected is a credential."""
    is_path = "/" in word
    return word.startswith(PREFIX) or (is_known(word) if is_path else _is_no_name(word))


def may_be(word: str) -> bool:
    """Tell whether an unknown word may be a credential, or has one in it."""
    is_key = any(len(part) > MAX_WORD or part.startswith(PREFIX) for part in _ascii_parts(word))
    return is_key or is_known(word)


def _is_no_address(word: str) -> bool:
    return not ("." in word or "localhost" in word) or is_known(word)


def _is_no_name(word: str) -> bool:
    is_long = any(len(part) > MAX_NAME for part in _ascii_parts(word))
    return (is_long and len(word.split()) == 1) or is_known(word)


def _ascii_parts(word: str) -> list[str]:
    """Return the parts that may be credentials, which are ASCII: "Key：sk-…" has one behind a Chinese colon."""
    return [part.strip() for part in re.findall("[ -~]+", word)]


def is_known(word: str) -> bool:
    """Tell whether a word has the form of a credential of any provider or other service."""
    with suppress(Exception):  # a defect is reported when the credential itself is read
        return recognise.is_credential(word)
    return False
