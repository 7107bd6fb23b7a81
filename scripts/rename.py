#!/usr/bin/python3 -IS
"""Give an account another label."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

from dataclasses import replace

import click

from scripts import console
from workflow import accounts
from workflow.accounts import Accounts
from workflow.errors import Mistake


@click.command(cls=console.Command, name="rename")
@click.argument("account")
@click.argument("label")
def command(account: str, label: str) -> None:
    """Call ACCOUNT by another LABEL."""
    found = accounts.load().named(account)
    if not accounts.clean_label(label):
        raise Mistake(("a label needs at least one character", "名称至少需要一个字符"))

    def renamed(book: Accounts) -> Accounts:
        current = book.named(found.id)
        return book.with_account(
            replace(current, label=book.label_for(current.provider, label, keep=current.id))
        )

    book = accounts.change(renamed)
    console.after_change()
    click.echo(book.named(found.id).label)


if __name__ == "__main__":
    command()
