#!/usr/bin/python3 -IS
"""One account with every number, on a terminal or as Markdown."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import console
from scripts.list import fresh
from workflow import details
from workflow.models import utc_now


@click.command(cls=console.Asking, name="show")
@click.argument("account")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
def command(account: str, wait: bool) -> None:
    """Show everything that is known of ACCOUNT.

    Markdown when the output is no terminal.
    """
    state = fresh(wait)
    chosen = state.book.named(account)
    if sys.stdout.isatty():
        from scripts import card

        card.show(state, chosen, utc_now())
    else:
        click.echo(details.markdown(state, chosen, utc_now()))


if __name__ == "__main__":
    command()
