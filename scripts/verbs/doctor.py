"""Say what to do first, and print a redacted report to paste in public."""

from __future__ import annotations

import os
import sys
from datetime import datetime

import click

from scripts.terminal import output
from workflow.doctor import advice, report
from workflow.i18n.catalog import say
from workflow.i18n.message import _
from workflow.models import utc_now
from workflow.system import clipboard


@click.command(cls=output.Command, name="doctor")
@click.option("--copy", "copies", is_flag=True, help="Copy the report instead of printing it.")
def command(copies: bool) -> None:
    """Show what to fix first, then report versions, paths, states and timings.

    No secret, name or amount is in the report.
    """
    now = utc_now()
    _advise(now)
    text = report.report(now)
    if copies:
        clipboard.copy(text)
        text = say(_("Copied. It holds no secret, name or amount."))
    click.echo(text)


def _advise(now: datetime) -> None:
    hints = advice.advice(now, os.environ, sys.argv[0])
    click.echo(say(_("What to do first:") if hints else _("No problems found.")))
    for number, message in enumerate(hints, 1):
        click.echo(f"{number}. {say(message)}")
    click.echo()
