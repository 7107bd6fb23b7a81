"""Move an account up or down, pin it to the top, hide it from the launcher's list."""

from __future__ import annotations

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.actions import edit
from workflow.display.row import rows_of
from workflow.errors import Words
from workflow.models import Account
from workflow.state import state
from workflow.storage import accounts

STEPS = {"up": -1, "down": 1}


@click.command(cls=output.Command, name="order")
@click.argument("account")
@click.argument("how", type=click.Choice(edit.PLACES))
def command(account: str, how: str) -> None:
    """Move ACCOUNT up or down, pin or unpin it, hide or show it."""
    book = accounts.load()
    chosen = book.named(account)
    settings = preferences.load()
    if how in STEPS and edit.neighbour(book, chosen, STEPS[how]) is None:
        output.complain(_at_the_end(output.name(chosen, settings), how))
    else:
        edit.arrange(chosen.id, how)
        output.after_change()
    for row in rows_of(state.read(settings)):
        click.echo(row.name + _marks(row.account))


def _marks(account: Account) -> str:
    """What is particular to its place: " (pinned, hidden)", or ""."""
    flags = ((account.pinned, ("pinned", "已置顶")), (account.hidden, ("hidden", "已隐藏")))
    marks = [output.told(words) for flag, words in flags if flag]
    joined = output.told((", ", "、")).join(marks)
    return output.told((" ({})", "（{}）")).format(joined) if marks else ""


def _at_the_end(name: str, how: str) -> Words:
    english, chinese = ("top", "最上面") if how == "up" else ("bottom", "最下面")
    return (
        f"{name} is at the {english} of its group already and stays there; pin and unpin move it between the pinned accounts and the others",
        f"{name} 已在本组{chinese}，位置不变；可用 pin 或 unpin 在置顶账号与其他账号之间移动",
    )
