"""Give an account another label."""

from __future__ import annotations

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.actions import edit
from workflow.actions.label import IsKey
from workflow.display import privacy
from workflow.i18n.catalog import say
from workflow.i18n.message import _
from workflow.storage import accounts


@click.command(cls=output.Command, name="rename")
@click.argument("account", shell_complete=output.account_names)
@click.argument("label")
def command(account: str, label: str) -> None:
    """Rename ACCOUNT to LABEL."""
    try:
        renamed = edit.rename(accounts.load().named(account).id, label)
    except IsKey:
        from scripts.terminal import secret_arguments

        secret_arguments.refuse()
    output.after_change()
    name = privacy.full_name(renamed, preferences.load())
    click.echo(say(_("Renamed to {name}.", name=name)))
    output.note_label(label, renamed)
