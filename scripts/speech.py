"""What click says by itself — help, complaints about a command line — in the user's language.

The commands are written in English. Click asks ``gettext`` for each sentence of its own when it says
it, and hands all help to a formatter: in these two places the words are exchanged. Those words are in
``chinese``, which is loaded only when there is something to say in it.
"""

from __future__ import annotations

import gettext
from contextlib import contextmanager
from typing import Any, Iterator

import click

_HELP_OPTION = "Show this message and exit."


class Spoken(click.Command):
    """A command, or with ``click.Group`` a group, that speaks the user's language."""

    def main(self, *args: Any, **more: Any) -> Any:
        with _catalog():
            return super().main(*args, **more)

    def get_short_help_str(self, limit: int = 45) -> str:
        if not is_chinese():
            return super().get_short_help_str(limit)
        from scripts import chinese

        return chinese.short(self.help or "")


class Context(click.Context):
    """Where click gets the formatter of help and usage lines from."""

    def make_formatter(self) -> click.HelpFormatter:
        if not is_chinese():
            return super().make_formatter()
        from scripts import chinese

        return chinese.Formatter(width=self.terminal_width, max_width=self.max_content_width)


Spoken.context_class = Context


def is_chinese() -> bool:
    """Whether to speak 简体中文."""
    from scripts import console

    return console.language() == "zh"


class _Catalog(gettext.NullTranslations):
    """Click's own sentences. Chinese has no plural, but click's plurals are sentences of their own."""

    def gettext(self, message: str) -> str:
        if (
            message == _HELP_OPTION or not is_chinese()
        ):  # that one is made by every call, shown by few
            return message
        from scripts import chinese

        return chinese.MESSAGES.get(message, message)

    def ngettext(self, one: str, several: str, number: int) -> str:
        return self.gettext(one if number == 1 else several)


@contextmanager
def _catalog() -> Iterator[None]:
    """Let gettext, which else looks for files of the system's language, find the catalog of ours."""
    files = gettext.translation
    gettext.translation = lambda *_, **__: _Catalog()  # type: ignore[assignment]
    try:
        yield
    finally:
        gettext.translation = files
