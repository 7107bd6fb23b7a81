"""Print the launcher's list as JSON, to see it without a launcher."""

from __future__ import annotations

import sys

import click

from scripts.terminal import language


@click.command(cls=language.Translated, name="script-filter")
def command() -> None:
    """Print Alfred's Script Filter JSON. Always succeeds."""
    from scripts import fallback

    try:
        from scripts.alfred import render

        output = render.answer()
    except BaseException as error:  # a launcher shows nothing at all when a script fails
        output = fallback.answer(error)
    sys.stdout.buffer.write(output)
