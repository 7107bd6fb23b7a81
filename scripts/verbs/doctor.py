"""A redacted report of how Tankful is doing, to paste in public."""

from __future__ import annotations

import click

from scripts.terminal import output
from workflow import diagnostics
from workflow.i18n.message import _
from workflow.models import utc_now
from workflow.system import clipboard


@click.command(cls=output.Command, name="doctor")
@click.option("--copy", "copies", is_flag=True, help="Copy it instead of printing it.")
def command(copies: bool) -> None:
    """Report versions, places, states and timings; no secret, label or amount is in it."""
    told = diagnostics.report(utc_now())
    if copies:
        clipboard.copy(told)
        told = output.told(_("Copied. It holds no secret, label or amount."))
    click.echo(told)
