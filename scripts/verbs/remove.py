"""Remove an account together with its secret."""

from __future__ import annotations

import sys

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.actions import edit
from workflow.errors import Mistake
from workflow.i18n.alfred_messages import WORDS
from workflow.storage import accounts


@click.command(cls=output.Command, name="remove")
@click.argument("account")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(account: str, yes: bool) -> None:
    """Remove ACCOUNT, its secret in the keychain and what is cached of it."""
    found = accounts.load().named(account)
    name = output.name(found, preferences.load())
    question = output.told((f"Remove {name} and its credential?", f"移除 {name} 及其凭证？"))
    if not yes and not (sys.stdin.isatty() and click.confirm(question, err=True)):
        raise Mistake(
            (
                f"{name} stays; --yes removes it without asking",
                f"{name} 未移除；加 --yes 可直接移除",
            )
        )
    is_all_gone = edit.remove(found)
    output.after_change()
    if not is_all_gone:
        english, chinese = (words.format(name) for words in WORDS["removed_but"])
        output.complain((english, chinese))
    click.echo(output.told((f"Removed {name}.", f"已移除 {name}。")))
