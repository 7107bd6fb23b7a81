"""Remove an account together with its secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.terminal import entry, output
from workflow import settings as preferences
from workflow.actions import edit
from workflow.display import privacy
from workflow.i18n.catalog import say
from workflow.i18n.message import _
from workflow.schedule import schedule
from workflow.storage import accounts

if TYPE_CHECKING:
    from workflow.models import Account


@click.command(cls=output.Command, name="remove")
@click.argument("account", nargs=-1, required=True, shell_complete=output.account_names)
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(account: tuple[str, ...], yes: bool) -> None:
    """Remove ACCOUNT with its credential, history and cached data.

    This cannot be undone; `tankful history --csv ACCOUNT` exports its history first. The key
    itself stays valid at the provider.
    """
    book = accounts.load()
    for chosen in {each.id: each for each in map(book.named, account)}.values():
        _remove(chosen, yes)
    if schedule.end_without_accounts():
        click.echo(say(schedule.ENDED))


def _remove(chosen: Account, yes: bool) -> None:
    """Remove an account after asking. Raises Mistake if there is no terminal to ask at."""
    name = privacy.full_name(chosen, preferences.load())
    question = _("Remove {name} with its credential and history?", name=name)
    if chosen.kind == "none":
        question = _("Remove {name} with its history?", name=name)
    refusal = _("{name} was not removed; --yes removes it without asking", name=name)
    if not (yes or entry.agreed(question, refusal)):
        click.echo(say(_("Kept {name}.", name=name)))
        return
    is_all_gone = edit.remove(chosen)
    output.after_change()
    if not is_all_gone:
        output.complain(edit.SECRET_LEFT.filled(account=name))
    click.echo(say(_("Removed {name}.", name=name)))
