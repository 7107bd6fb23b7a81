"""Store the limits that Claude Code passes to its status line, and print them in one line."""

from __future__ import annotations

import click

from scripts.terminal import output, status_line
from workflow.i18n.catalog import say
from workflow.i18n.message import _

SETTING = '"statusLine": {"type": "command", "command": "tankful statusline"}'


@click.command(cls=output.Command, name="statusline")
def command() -> None:
    """Store the limits that Claude Code passes on, and print them in one line.

    Claude Code runs it as its status line; tankful add claude then shows the limits of a Pro or
    Max plan.
    """
    if not status_line.answered():
        how = _(
            "Claude Code runs this command; put this into ~/.claude/settings.json: {setting}",
            setting=SETTING,
        )
        click.echo(say(how))
