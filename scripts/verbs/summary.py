"""Sum up all accounts in a few lines, to read or to copy."""

from __future__ import annotations

import click

from scripts.terminal import output
from scripts.verbs.list import fresh, say_nothing
from workflow.display import summary
from workflow.i18n.catalog import say
from workflow.i18n.message import _
from workflow.models import utc_now
from workflow.system import clipboard


@click.command(cls=output.Asking, name="summary")
@click.argument("account", nargs=-1, shell_complete=output.several_names)
@click.option("--copy", "copies", is_flag=True, help="Copy it instead of printing it.")
@click.option("--private", is_flag=True, help="Hide names, e-mails and amounts of money.")
@click.option("--glance", is_flag=True, help="One line for all accounts.")
@click.option("--full", is_flag=True, help="Print everything, not only what the list shows.")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
def command(
    account: tuple[str, ...], copies: bool, private: bool, glance: bool, full: bool, wait: bool
) -> None:
    """Print one line for every account, or for the named ACCOUNTs, the most urgent first."""
    if glance and full:
        raise click.UsageError(say(_("--glance and --full do not go together")))
    state = fresh(wait)
    output.complain_of_settings()
    only = [each.id for name in account for each in state.book.meant(name)] or None
    if glance:
        text = summary.glance(state, utc_now(), only, private=private)
    else:
        text = summary.summary(state, utc_now(), only, private=private, full=full)
    if not text:
        say_nothing(state.book)
        return
    if copies:
        clipboard.copy(text)
        text = say(_("Copied."))
    click.echo(text)
