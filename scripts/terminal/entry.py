"""Read a credential, or a choice, at a terminal or from standard input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scripts.terminal import output, secret_prompt
from workflow.errors import Mistake
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, ngettext

if TYPE_CHECKING:
    from workflow.provider import contract as providers

MAX_INPUT = 1024 * 1024  # characters that are read at most
_COLON: Message = _(": ")
_NOTHING_YET = _("nothing typed yet; type an answer, or press ⌃C to cancel")
_NOTHING_PASTED = _("nothing pasted yet; paste the credential, or press ⌃C to cancel")
_YES, _NO = ("y", "yes"), ("n", "no")
_MAX_CHOICE = 8  # characters; a longer entry is not shown as it is typed


def secret(about: providers.Provider | None, region: str = "") -> str:
    """Read the credential from a hidden prompt or from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(MAX_INPUT + 1).decode("utf-8", "replace")
    if about is not None:
        page = about.keys_pages(region)
        where = page if isinstance(page, str) else say(page)
        click.echo(f"{say(about.needs)} · {where}", err=True)
    return prompt(_("Credential (hidden)"), max_shown=0)


def confirm(question: Message | str, *, default: bool = False) -> bool:
    """Ask a yes/no question."""
    asked = say(question) if isinstance(question, Message) else question
    gap, keys = "" if asked[-1] in "？）" else " ", "Y/n" if default else "y/N"
    end = say(_COLON)
    text = f"{asked}{gap}[{keys}]"
    while True:
        answer = click.prompt(text, "", prompt_suffix=end, show_default=False, err=True)
        word = answer.strip().lower()
        if not word or word in (*_YES, *_NO):
            return word in _YES if word else default
        click.echo(say(_("answer y or n")), err=True)


def agreed(question: Message, refusal: Message) -> bool:
    """Ask before a step that cannot be undone. Raises Mistake with ``refusal`` if there is no terminal to ask at."""
    if not sys.stdin.isatty():
        raise Mistake(refusal)
    return confirm(question)


def option(number: int, text: str, digits: int = 1) -> None:
    """Print an option to choose by its number of so many digits, with a hanging indent."""
    output.hang(f"{number:>{digits}}  ", text, err=True)


def name(free: str) -> str:
    """Ask for a name, with a free one as the default."""
    return str(click.prompt(say(_("Name")), default=free, prompt_suffix=say(_COLON), err=True))


def prompt(question: Message, max_shown: int = _MAX_CHOICE) -> str:
    """Read an entry at a terminal; of one with more than ``max_shown`` characters only the length is shown."""

    def shown(text: str) -> str:
        is_short = len(text) <= max_shown and text.isprintable()
        return text if is_short else say(_received(len(text)))

    label, hint = say(question), _NOTHING_YET if max_shown else _NOTHING_PASTED
    end = " " if label[-1] in "?？" else say(_COLON)
    return secret_prompt.read(f"{label}{end}", shown, MAX_INPUT + 1, hint=say(hint))


def _received(count: int) -> Message:
    return ngettext(
        "received {count} character; press Enter to continue",
        "received {count:,} characters; press Enter to continue",
        count,
    )
