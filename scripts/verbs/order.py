"""Move an account up or down, pin it to the top, hide it from the launcher's list."""

from __future__ import annotations

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.actions import edit
from workflow.display.row import rows_of
from workflow.i18n.message import Message, _, listed
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
    flags = ((account.pinned, _("pinned")), (account.hidden, _("hidden")))
    marks = [mark for flag, mark in flags if flag]
    return output.told(_(" ({marks})", marks=listed(marks))) if marks else ""


def _at_the_end(name: str, how: str) -> Message:
    end = _("top") if how == "up" else _("bottom")
    return _(
        "{name} is at the {end} of its group already and stays there; pin and unpin move it between the pinned accounts and the others",
        name=name,
        end=end,
    )
