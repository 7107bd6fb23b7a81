"""Print one account with every number, on a terminal or as Markdown."""

from __future__ import annotations

import sys

import click

from scripts.terminal import output
from scripts.verbs.list import fresh
from scripts.verbs.trend import lines
from workflow.display import details, explanation
from workflow.models import utc_now


@click.command(cls=output.Asking, name="show")
@click.argument("account", shell_complete=output.account_names)
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
@click.option(
    "--explain", is_flag=True, help="Show which field of the answer each number comes from."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(account: str, wait: bool, explain: bool, as_json: bool) -> None:
    """Show every detail of ACCOUNT.

    Prints Markdown when the output is not a terminal.
    """
    state = fresh(wait)
    output.complain_of_settings()
    chosen, now = state.book.named(account), utc_now()
    if as_json:
        from workflow.display import json_report

        output.print_json(json_report.account(state, chosen, now, explained=explain))
        return
    shown = explanation if explain else details
    if sys.stdout.isatty():
        from scripts.terminal import account as account_card

        account_card.show(state, chosen, now, shown.facts(state, chosen))
    else:
        click.echo(shown.markdown(state, chosen, now))
    for line in () if explain else lines(state, chosen):
        click.echo(line)
