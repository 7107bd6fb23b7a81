"""All accounts in a few lines, to read or to copy."""

from __future__ import annotations

from typing import Tuple

import click

from scripts.terminal import output
from scripts.verbs.list import fresh, say_nothing
from workflow.display import summary
from workflow.i18n.message import _
from workflow.models import utc_now
from workflow.system import clipboard


@click.command(cls=output.Asking, name="summary")
@click.argument("account", nargs=-1)
@click.option("--copy", "copies", is_flag=True, help="Copy it instead of printing it.")
@click.option("--private", is_flag=True, help="Hide labels, e-mails and amounts of money.")
@click.option("--glance", is_flag=True, help="One line for all accounts.")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
def command(
    account: Tuple[str, ...], copies: bool, private: bool, glance: bool, wait: bool
) -> None:
    """Say what is left of all accounts, or of the named ACCOUNTs, in a line each."""
    state = fresh(wait)
    only = [state.book.named(name).id for name in account] or None
    told = (summary.glance if glance else summary.summary)(state, utc_now(), only, private=private)
    if not told:
        say_nothing(state.book)
        return
    if copies:
        clipboard.copy(told)
        told = output.told(_("Copied."))
    click.echo(told)
