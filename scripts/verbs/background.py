"""Turn the operating system's refresh every few minutes on or off, or show its state."""

from __future__ import annotations

import os

import click

from scripts.terminal import output
from scripts.terminal.language import OneOf
from workflow.i18n.catalog import say
from workflow.models import utc_now
from workflow.schedule import schedule


@click.command(cls=output.Command, name="background")
@click.argument(
    "what", type=OneOf(["on", "off", "status"]), default="status", metavar="[on|off|status]"
)
def command(what: str) -> None:
    """Turn the background refresh on or off, or show its state.

    When it is on, numbers stay fresh and alerts are on time even when you do not look.

    It is a LaunchAgent on macOS and a systemd user timer on Linux.
    """
    if what == "on":
        schedule.on(os.environ)
    elif what == "off":
        schedule.off()
    if what != "status":
        output.after_change()
    click.echo(say(schedule.status(os.environ, utc_now())))
