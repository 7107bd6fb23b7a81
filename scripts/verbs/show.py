"""One account with every number, on a terminal or as Markdown."""

from __future__ import annotations

import sys

import click

from scripts.terminal import output
from scripts.verbs.list import fresh
from workflow.display import details
from workflow.models import utc_now


@click.command(cls=output.Asking, name="show")
@click.argument("account")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
def command(account: str, wait: bool) -> None:
    """Show everything that is known of ACCOUNT.

    Markdown when the output is no terminal.
    """
    state = fresh(wait)
    chosen = state.book.named(account)
    if sys.stdout.isatty():
        from scripts.terminal import account as account_card

        account_card.show(state, chosen, utc_now())
    else:
        click.echo(details.markdown(state, chosen, utc_now()))
