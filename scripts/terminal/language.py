"""What click says by itself — help, complaints about a command line — in the user's language.

The commands are written in English. Click asks ``gettext`` for each sentence of its own when it says
it, and hands all help to a formatter: in these two places the words are exchanged. Those words are in
``click_messages``, which is loaded only when there is something to say in it.
"""

from __future__ import annotations

import functools
import gettext
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Iterator, Optional

import click

from scripts.terminal import signs

_HELP_OPTION = "Show this message and exit."


class Spoken(click.Command):
    """A command, or with ``click.Group`` a group, that speaks the user's language."""

    def main(self, *args: Any, **more: Any) -> Any:
        signs.take_all()
        with _speaking():
            return super().main(*args, **more)

    def get_short_help_str(self, limit: int = 45) -> str:
        if not _catalog().is_chinese:
            return super().get_short_help_str(limit)
        from scripts.terminal import click_messages

        return click_messages.short(self.help or "")


class Context(click.Context):
    """Where click gets the formatter of help and usage lines from."""

    def make_formatter(self) -> click.HelpFormatter:
        if not _catalog().is_chinese:
            return super().make_formatter()
        from scripts.terminal import click_messages

        return click_messages.Formatter(width=self.terminal_width, max_width=self.max_content_width)


Spoken.context_class = Context


class _Catalog(gettext.NullTranslations):
    """Click's own sentences. Chinese has no plural, but click's plurals are sentences of their own."""

    @functools.cached_property
    def is_chinese(self) -> bool:
        """Whether to speak 简体中文, decided once."""
        from scripts.terminal import output

        return output.language() == "zh"

    def gettext(self, message: str) -> str:
        if message == _HELP_OPTION:  # made by every call, shown by few
            return message
        if not self.is_chinese:
            return message
        from scripts.terminal import click_messages

        return click_messages.MESSAGES.get(message, message)

    def ngettext(self, one: str, several: str, number: int) -> str:
        return self.gettext(one if number == 1 else several)


_CATALOG: ContextVar[Optional[_Catalog]] = ContextVar("catalog", default=None)


def _catalog() -> _Catalog:
    """The catalog of the command that runs."""
    return _CATALOG.get() or _Catalog()


@contextmanager
def _speaking() -> Iterator[None]:
    """Let gettext, which else looks for files of the system's language, find the catalog of ours.

    Only where the command itself runs: whatever other threads ask for is looked for as ever.
    """
    files = gettext.translation

    def found(*args: Any, **more: Any) -> Any:
        return _CATALOG.get() or files(*args, **more)

    before = _CATALOG.set(_Catalog())
    gettext.translation = found
    try:
        yield
    finally:
        gettext.translation = files
        _CATALOG.reset(before)
