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
from workflow.errors import Words
from workflow.models import Account

STEPS = {"up": -1, "down": 1}


@click.command(cls=console.Command, name="order")
@click.argument("account")
@click.argument("how", type=click.Choice(upkeep.PLACES))
def command(account: str, how: str) -> None:
    """Move ACCOUNT up or down, pin or unpin it, hide or show it."""
    book = accounts.load()
    chosen = book.named(account)
    settings = preferences.load()
    if how in STEPS and upkeep.neighbour(book, chosen, STEPS[how]) is None:
        console.complain(_at_the_end(console.name(chosen, settings), how))
    else:
        upkeep.arrange(chosen.id, how)
        console.after_change()
    for row in publish.read(settings).rows():
        click.echo(row.name + _marks(row.account))


def _marks(account: Account) -> str:
    """What is particular to its place: " (pinned, hidden)", or ""."""
    flags = ((account.pinned, ("pinned", "已置顶")), (account.hidden, ("hidden", "已隐藏")))
    marks = [console.told(words) for flag, words in flags if flag]
    joined = console.told((", ", "、")).join(marks)
    return console.told((" ({})", "（{}）")).format(joined) if marks else ""


def _at_the_end(name: str, how: str) -> Words:
    english, chinese = ("top", "最上面") if how == "up" else ("bottom", "最下面")
    return (
        f"{name} is at the {english} of its group already and stays there; pin and unpin move it between the pinned accounts and the others",
        f"{name} 已在本组{chinese}，位置不变；可用 pin 或 unpin 在置顶账号与其他账号之间移动",
    )


if __name__ == "__main__":
    command()
