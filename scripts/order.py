#!/usr/bin/python3 -IS
"""Move an account up or down, pin it to the top, hide it from the launcher's list."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import console
from workflow import accounts, publish, upkeep
from workflow import settings as preferences


@click.command(cls=console.Command, name="order")
@click.argument("account")
@click.argument("how", type=click.Choice(upkeep.PLACES))
def command(account: str, how: str) -> None:
    """Move ACCOUNT up or down one place, pin or unpin it, hide it or show it again."""
    upkeep.arrange(accounts.load().named(account).id, how)
    console.after_change()
    settings = preferences.load()
    for row in publish.read(settings).rows():
        marks = [
            console.told(words)
            for words, on in (
                (("pinned", "置顶"), row.account.pinned),
                (("hidden", "隐藏"), row.account.hidden),
            )
            if on
        ]
        click.echo(f"{row.name} ({', '.join(marks)})" if marks else row.name)


if __name__ == "__main__":
    command()
