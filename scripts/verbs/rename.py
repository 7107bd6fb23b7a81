"""Give an account another label."""

from __future__ import annotations

import click

from scripts.terminal import output
from workflow.actions import edit
from workflow.storage import accounts


@click.command(cls=output.Command, name="rename")
@click.argument("account")
@click.argument("label")
def command(account: str, label: str) -> None:
    """Call ACCOUNT by another LABEL."""
    renamed = edit.rename(accounts.load().named(account).id, label)
    output.after_change()
    click.echo(renamed.label)
