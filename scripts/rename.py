#!/usr/bin/python3 -IS
"""Give an account another label."""

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


@click.command(cls=console.Command, name="rename")
@click.argument("account")
@click.argument("label")
def command(account: str, label: str) -> None:
    """Call ACCOUNT by another LABEL."""
    renamed = upkeep.rename(accounts.load().named(account).id, label)
    console.after_change()
    click.echo(renamed.label)


if __name__ == "__main__":
    command()
