"""Move an account up or down, pin it to the top, hide it from the launcher's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from scripts.terminal import output
from scripts.terminal.language import OneOf
from workflow import settings as preferences
from workflow.actions import edit
from workflow.display import privacy
from workflow.display.row import Row, rows_of
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, listed
from workflow.state import state
from workflow.storage import accounts

if TYPE_CHECKING:
    from workflow.models import Account

_BY_URGENCY: Message = _(
    "the list is sorted by urgency, so a place shows only after: tankful config order hand"
)
_AT_THE_END: Message = _(
    "{name} is already at the {end} of its group; pin and unpin move it between "
    "the pinned accounts and the others"
)
AROUND = 3  # rows shown before and after the moved one
_DONE: Mapping[str, tuple[Message, Message]] = {  # if it changed, and if it was so already
    "up": (_("Moved {name} up."), Message.quoted("")),
    "down": (_("Moved {name} down."), Message.quoted("")),
    "pin": (_("Pinned {name}."), _("{name} is pinned already.")),
    "unpin": (_("Unpinned {name}."), _("{name} is not pinned.")),
    "hide": (_("Hid {name} from the list."), _("{name} is hidden already.")),
    "show": (_("{name} is in the list again."), _("{name} is in the list already.")),
}


@click.command(cls=output.Command, name="order")
@click.argument("account", shell_complete=output.account_names)
@click.argument("how", type=OneOf(edit.PLACES))
def command(account: str, how: str) -> None:
    """Move ACCOUNT up or down, pin or unpin it, hide or show it."""
    book = accounts.load()
    chosen = book.named(account)
    settings = preferences.load()
    name = privacy.full_name(chosen, settings)
    is_step = how in edit.STEPS
    is_end = is_step and edit.neighbour(book, chosen, edit.STEPS[how]) is None
    if is_step and settings.order == "urgency":
        output.note(_BY_URGENCY)
    elif is_end:
        end = _("top") if how == "up" else _("bottom")
        output.complain(_AT_THE_END.filled(name=name, end=end))
    if not is_end:
        after = edit.arrange(chosen.id, how)
        output.after_change()
        is_changed = is_step or after != chosen
        click.echo(say(_DONE[how][0 if is_changed else 1].filled(name=name)))
    _show_neighbours(rows_of(state.read(settings)), chosen)


def _show_neighbours(rows: Sequence[Row], chosen: Account) -> None:
    ids = [row.account.id for row in rows]
    place = ids.index(chosen.id) if chosen.id in ids else 0
    first, last = max(place - AROUND, 0), place + AROUND + 1
    shown = [row.name + _marks(row.account) for row in rows[first:last]]
    for line in (["…"] if first else []) + shown + (["…"] if last < len(rows) else []):
        click.echo(f"  {line}")


def _marks(account: Account) -> str:
    """Mark a pinned or hidden account: " (pinned, hidden)", or ""."""
    flags = ((account.pinned, _("pinned")), (account.hidden, _("hidden")))
    marks = [mark for flag, mark in flags if flag]
    return say(_(" ({marks})", marks=listed(marks))) if marks else ""
