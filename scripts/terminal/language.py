"""What click says by itself — help, complaints about a command line — in the user's language.

The commands are written in English. Click asks ``gettext`` for each sentence of its own when it says
it, which looks in our catalogue for the language that ``LANGUAGE`` names; all help goes through a
formatter, which says it in that language.
"""

from __future__ import annotations

import gettext
import os
import re
import textwrap
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Iterable, Iterator, Optional, Tuple

import click

from scripts.terminal import signs
from workflow import settings as preferences
from workflow.i18n import catalog
from workflow.i18n.message import _

_USAGE, _HEADING = _("Usage: "), _("{heading}:")
_PLACEHOLDERS = {each.id: each for each in (_("OPTIONS"), _("COMMAND"), _("ARGS"))}  # click's own
_HELP_OPTION = "Show this message and exit."
_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")  # of the command that runs


def language() -> str:
    """The language of messages, also when settings cannot be read."""
    try:
        return preferences.load().language
    except Exception:  # a message in English is better than none
        return "en"


class Spoken(click.Command):
    """A command, or with ``click.Group`` a group, that speaks the user's language."""

    def main(self, *args: Any, **more: Any) -> Any:
        signs.take_all()
        with _speaking():
            return super().main(*args, **more)

    def get_help_option(self, ctx: click.Context) -> Optional[click.Option]:
        """The option with its help in English, as all help: click may keep it for the next command."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP_OPTION
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        language = _LANGUAGE.get()
        return super().get_short_help_str(limit) if language == "en" else short(self.help, language)


class Context(click.Context):
    """Where click gets the formatter of help and usage lines from."""

    def make_formatter(self) -> click.HelpFormatter:
        if _LANGUAGE.get() == "en":
            return super().make_formatter()
        return Formatter(width=self.terminal_width, max_width=self.max_content_width)


Spoken.context_class = Context


def in_language(english: str, language: str) -> str:
    """A help text in a language; a paragraph is found by its words, whatever its line breaks."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in english.split("\n\n"))
    return "\n\n".join(catalog.translated(each, language) for each in paragraphs)


def short(english: Optional[str], language: str) -> str:
    """What the list of commands says of one."""
    return in_language(english or "", language).partition("\n")[0]


class Formatter(click.HelpFormatter):
    """Writes another language where click brings English.

    Its lines are broken in the catalogue: click counts characters, of which a Chinese one takes two
    columns of a terminal.
    """

    def write_usage(self, prog: str, args: str = "", prefix: Optional[str] = None) -> None:
        usage = catalog.say(_USAGE, _LANGUAGE.get())
        super().write_usage(prog, re.sub("[A-Z]+", _placeholder, args), usage)

    def write_heading(self, heading: str) -> None:
        said = catalog.say(_HEADING, _LANGUAGE.get(), heading=heading)
        self.write(f"{'':>{self.current_indent}}{said}\n")

    def write_text(self, text: str) -> None:
        room = self.width - self.current_indent
        for line in in_language(text, _LANGUAGE.get()).splitlines():
            for part in textwrap.wrap(line, room) if line.isascii() and line else [line]:
                self.write(f"{'':>{self.current_indent}}{part}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[Tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        super().write_dl([(name, _explained(told)) for name, told in rows], col_max, col_spacing)


def _placeholder(word: re.Match[str]) -> str:
    return catalog.say(_PLACEHOLDERS.get(word[0]), _LANGUAGE.get()) or word[0]


def _explained(told: str) -> str:
    """What an option does; click may have added more in brackets."""
    text, gap, more = told.partition("  [")
    return in_language(text, _LANGUAGE.get()) + gap + more


@contextmanager
def _speaking() -> Iterator[None]:
    """Let gettext find our catalogue, in the language of the settings, while a command runs."""
    spoken = language()
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    chosen = _LANGUAGE.set(spoken)
    gettext.bindtextdomain(catalog.DOMAIN, catalog.FOLDER)
    gettext.textdomain(catalog.DOMAIN)
    os.environ["LANGUAGE"] = catalog.locale(spoken) or spoken
    try:
        yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE")
        if before is not None:
            os.environ["LANGUAGE"] = before
        _LANGUAGE.reset(chosen)
