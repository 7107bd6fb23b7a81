#!/usr/bin/python3 -IS
"""Remove an account together with its secret."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import console
from workflow import accounts, upkeep
from workflow import settings as preferences
from workflow.errors import Mistake
from workflow.menu_words import WORDS


@click.command(cls=console.Command, name="remove")
@click.argument("account")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(account: str, yes: bool) -> None:
    """Remove ACCOUNT, its secret in the keychain and what is cached of it."""
    found = accounts.load().named(account)
    name = console.name(found, preferences.load())
    question = console.told((f"Remove {name} and its credential?", f"移除 {name} 及其凭证？"))
    if not yes and not (sys.stdin.isatty() and click.confirm(question, err=True)):
        raise Mistake(
            (
                f"{name} stays; --yes removes it without asking",
                f"{name} 未移除；加 --yes 可直接移除",
            )
        )
    is_all_gone = upkeep.remove(found)
    console.after_change()
    if not is_all_gone:
        english, chinese = (words.format(name) for words in WORDS["removed_but"])
        console.complain((english, chinese))
    click.echo(console.told((f"Removed {name}.", f"已移除 {name}。")))


if __name__ == "__main__":
    command()
