"""Translate click's own sentences, help and usage errors, into the user's language.

The commands are written in English. When click prints one of its own sentences, it calls ``gettext``, which
looks it up in our catalogue for the language in ``LANGUAGE``; all help goes through a formatter, which
translates it.
"""

from __future__ import annotations

import gettext
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from scripts.terminal import cells, launcher, signs
from workflow import settings as preferences
from workflow.i18n import catalog
from workflow.i18n.catalog import ENGLISH, Translation, current, say
from workflow.i18n.message import _, enumerated
from workflow.system import preferences as system

_USAGE, _HEADING = _("Usage: "), _("{heading}:")
_PLACEHOLDERS = {each.id: each for each in (_("OPTIONS"), _("COMMAND"), _("ARGS"))}  # click's own
TYPED = "tankful.typed"  # the arguments of the command line, in the meta of a context
CANCELLED = 130  # exit code after ⌃C
_HALF_WIDTH = re.compile(r"\.\s*$|\.\s|\s+(?=（)|,?\n\t|, (?='?--)")
_MOST = 40  # characters of a wrong argument that are repeated
_HELP_OPTION = "Show this message and exit."


class Translated(click.Command):
    """A command (with ``click.Group``, a group) in the user's language."""

    def main(self, *args: Any, **more: Any) -> Any:
        signs.install()
        with translating():
            try:
                try:
                    return super().main(*args, **more)
                finally:
                    sys.stdout.flush()
            except OSError as error:
                from scripts.terminal import output

                output.give_up(error)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; in Chinese, replace half-width signs in click's complaints."""
        try:
            return super().parse_args(ctx, args)
        except (click.MissingParameter, click.NoSuchOption) as error:
            if not _is_translated():
                raise
            complaint = _HALF_WIDTH.sub(_full_width, error.format_message()).strip()
            raise click.UsageError(complaint, error.ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; ⌃C, or the end of input at a question, ends it quietly."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, EOFError, click.Abort):
            end = "\n" if sys.stderr.isatty() else ""
            click.echo(end + say(_("Cancelled.")), err=True)
            raise click.exceptions.Exit(CANCELLED) from None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option with its English help, since click may reuse it for the next command."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP_OPTION
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        return short(self.help) if _is_translated() else super().get_short_help_str(limit)


class Context(click.Context):
    """Gives click the formatter of help and usage lines."""

    def make_formatter(self) -> click.HelpFormatter:
        if _is_translated():
            return Formatter(width=self.terminal_width, max_width=self.max_content_width)
        return super().make_formatter()


Translated.context_class = Context


def _is_translated() -> bool:
    return current().language != ENGLISH.language


def translated(english: str) -> str:
    """Translate a help text by paragraphs, regardless of line breaks."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in english.split("\n\n"))
    return "\n\n".join(current().sentence(each) for each in paragraphs)


def short(english: str | None) -> str:
    """Return a command's line in the list of commands."""
    return translated(english or "").partition("\n")[0]


def one_line(english: str, limit: int) -> str:
    """Return a command's line in the list of commands, from its first sentence."""
    if _is_translated():
        return short(english)
    command = click.Command(None)
    command.help = english
    return command.get_short_help_str(limit)


class OneOf(click.Choice):
    """An argument or option with a few choices; complaints list them as the reader's language does."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            text, choices = str(value)[:_MOST], list(map(str, self.choices))
            sentence = _("{text!r} is not one of {known}", text=text, known=enumerated(choices))
            if isinstance(param, click.Option):
                *first, last = choices
                known = _("{first} or {last}", first=enumerated(first), last=last)
                sentence = _(
                    "{name} must be {values}, not {value!r}",
                    name=param.opts[0],
                    values=known,
                    value=text,
                )
            raise click.UsageError(say(sentence), ctx) from None


class Formatter(click.HelpFormatter):
    """Writes help in another language than English.

    A Chinese character takes two columns of a terminal, and may end a line.
    """

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        usage = say(_USAGE)
        args = re.sub("[A-Z]+", lambda word: say(_PLACEHOLDERS.get(word[0])) or word[0], args)
        wider = cells.width(usage + args) - len(usage + args)  # click counts characters
        self.width -= wider
        super().write_usage(prog, args, usage)
        self.width += wider

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{say(_HEADING, heading=heading)}\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for line in _wrapped(translated(text), self.width - self.current_indent):
            self.write(f"{indent}{line}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        listed = [(name, _explained(text)) for name, text in rows]
        widest = min(max(cells.width(name) for name, _text in listed), col_max)
        column = self.current_indent + widest + col_spacing
        for name, text in listed:
            begin = f"{'':>{self.current_indent}}{name}"
            if cells.width(name) > widest:
                self.write(f"{begin}\n")
                begin = ""
            for line in _wrapped(text, self.width - column):
                self.write(f"{begin:<{column}}{line}".rstrip() + "\n")
                begin = ""


def _wrapped(text: str, room: int) -> list[str]:
    """Split a text into lines of so many columns, at its own line breaks and where Chinese allows one."""
    from scripts.terminal import wrapping  # imported late: it loads rich

    return wrapping.plain(text, room)


def _full_width(sign: re.Match[str]) -> str:
    """Replace click's full stop, gap before a bracket, or comma of a list by what Chinese uses."""
    if sign[0].startswith("."):
        return "；" if sign.end() < len(sign.string) else ""
    return "、" if sign[0].startswith(",") else ""


def _explained(text: str) -> str:
    """Translate an option's help; click has translated what it added in brackets."""
    ours, gap, more = text.partition("  [")
    return translated(ours) + gap + more


def _translation() -> Translation:
    """Return the user's translation; if the settings cannot be read, that of the system."""
    try:
        return launcher.worded(preferences.load().translation)
    except Exception:  # the system's language, or English, is better than no message
        return _of_the_system()


def _of_the_system() -> Translation:
    wanted = os.environ.get("TANKFUL_LANGUAGE", "")
    if wanted not in preferences.LANGUAGES:
        wanted = system.language(os.environ, preferences.LANGUAGES)
    return launcher.worded(Translation(wanted))


@contextmanager
def translating() -> Iterator[None]:
    """Point gettext to our catalogue, in the language of the settings, while a command runs."""
    translation = _translation()
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(catalog.DOMAIN, catalog.FOLDER)
    gettext.textdomain(catalog.DOMAIN)
    os.environ["LANGUAGE"] = translation.locale or translation.language
    try:
        with catalog.speaking(translation):
            yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE")
        if before is not None:
            os.environ["LANGUAGE"] = before
