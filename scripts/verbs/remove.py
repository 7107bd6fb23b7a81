"""Remove an account together with its secret."""

from __future__ import annotations

import sys

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.actions import edit
from workflow.errors import Mistake
from workflow.i18n.alfred_messages import say
from workflow.i18n.message import Message, _
from workflow.storage import accounts


@click.command(cls=output.Command, name="remove")
@click.argument("account")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(account: str, yes: bool) -> None:
    """Remove ACCOUNT, its secret in the keychain and what is cached of it."""
    found = accounts.load().named(account)
    name = output.name(found, preferences.load())
    question = output.told(_("Remove {name} and its credential?", name=name))
    if not yes and not (sys.stdin.isatty() and click.confirm(question, err=True)):
        raise Mistake(_("{name} stays; --yes removes it without asking", name=name))
    is_all_gone = edit.remove(found)
    output.after_change()
    if not is_all_gone:
        output.complain(Message.quoted(say("removed_but", output.language(), name)))
    click.echo(output.told(_("Removed {name}.", name=name)))
