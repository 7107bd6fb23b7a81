"""Render the Script Filter answer from accounts and cache, print it and leave it as the feed."""

from __future__ import annotations

import sys

import click

from scripts.terminal import language
from workflow.alfred import publish
from workflow.models import utc_now


@click.command(cls=language.Spoken, name="script-filter")
def command() -> None:
    """Print Alfred's Script Filter JSON. Always succeeds."""
    from scripts import fallback

    try:
        told = answer()
    except BaseException as error:  # a launcher shows nothing at all when a script fails
        told = fallback.answer(error)
    sys.stdout.buffer.write(told)


def answer() -> bytes:
    """The answer as of now; the feed is left for the next keystroke, and a due refresh started."""
    state, rendered = publish.publish()
    return publish.shown(rendered, state, utc_now())
