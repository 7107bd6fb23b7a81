#!/usr/bin/python3 -IS
"""Render the Script Filter answer from accounts and cache, print it and leave it as the feed."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import speech
from workflow import publish
from workflow.models import utc_now


@click.command(cls=speech.Spoken, name="script-filter")
def command() -> None:
    """Print Alfred's Script Filter JSON. Always succeeds."""
    from scripts import last_resort

    try:
        told = answer()
    except BaseException as error:  # a launcher shows nothing at all when a script fails
        told = last_resort.answer(error)
    sys.stdout.buffer.write(told)


def answer() -> bytes:
    """The answer as of now; the feed is left for the next keystroke, and a due refresh started."""
    state, rendered = publish.publish()
    return publish.shown(rendered, state, utc_now())


if __name__ == "__main__":
    command()
