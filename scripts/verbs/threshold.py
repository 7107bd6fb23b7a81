"""Show or set the threshold below which an account counts as low."""

from __future__ import annotations

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.actions import threshold as actions
from workflow.display import privacy, threshold
from workflow.i18n.catalog import say
from workflow.state import state
from workflow.storage import accounts

OFF = "off"


@click.command(
    cls=output.Command,
    name="threshold",
    context_settings={"ignore_unknown_options": True},  # -3 is a number
)
@click.argument("account", shell_complete=output.account_names)
@click.argument("value", nargs=-1, metavar="[VALUE]")
def command(account: str, value: tuple[str, ...]) -> None:
    """Show the low threshold of ACCOUNT, set it to VALUE, or turn it off.

    VALUE is the percentage left, or for a prepaid account the balance; “off” sets none.
    """
    chosen, settings = accounts.load().named(account), preferences.load()
    usage = state.read(settings, only=(chosen.id,), foresee=False).snapshots[chosen.id].usage
    name = privacy.full_name(chosen, settings)
    if value:
        text = " ".join(value)  # "10 credits" without quotes
        chosen = actions.change(chosen, None if text == OFF else text, usage, name)
        output.after_change()
    click.echo(say(threshold.line(chosen, name, usage, settings)))
