"""Every account with what is left, as a table or as JSON."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Dict

import click

from scripts.terminal import output
from workflow.alfred import publish
from workflow.display import json_report
from workflow.i18n.message import Message, _
from workflow.models import Snapshot, utc_now
from workflow.state import state as states
from workflow.state.state import State
from workflow.storage import json_codec
from workflow.storage.accounts import Accounts


@click.command(cls=output.Asking, name="list")
@click.option("--json", "as_json", is_flag=True, help="The machine-readable answer.")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
def command(as_json: bool, wait: bool) -> None:
    """Show what is left of every account.

    What is known is shown at once, and a refresh is started behind it when it is due; with nothing
    known yet, or with --wait, the refresh is waited for.
    """
    state = fresh(wait)
    now = utc_now()
    if as_json:
        sys.stdout.buffer.write(json_codec.pretty(json_report.report(state, now)) + b"\n")
        return
    if not state.book.accounts:
        say_nothing(state.book)
        return
    from scripts.terminal import table

    table.show(state, now)


def fresh(wait: bool) -> State:
    """What is known, after the refresh that ``list`` and ``summary`` owe."""
    state = states.read()
    nothing = all(s.fetched_at is None and s.failure is None for s in state.snapshots.values())
    if state.book.accounts and (wait or nothing) and state.due_at() <= utc_now():
        return _refreshed()
    publish.keep_warm(state, utc_now())
    return state


def _refreshed() -> State:
    """What is known after a refresh, also where the disk has not kept it."""
    from workflow.refresh import run as refresh

    told: Dict[str, Snapshot] = {}
    try:
        refresh.refresh(
            told=lambda account, snapshot: told.update({account.id: snapshot}),
            publish=publish.publish,
        )
    except refresh.Stuck as stuck:  # what is known is shown all the same
        output.complain(stuck.message)
    state = states.read()
    told = {name: snapshot for name, snapshot in told.items() if name in state.snapshots}
    return replace(state, snapshots={**state.snapshots, **told})


def say_nothing(book: Accounts) -> None:
    """Say why there is no account to show, and what next."""
    if book.damaged:
        output.complain(output.damaged(book.damaged))
        return
    click.echo(output.told(_all_hidden(len(book.accounts)) if book.accounts else output.NO_ACCOUNT))


def _all_hidden(count: int) -> Message:
    if count == 1:
        return _(
            "The only account is hidden. Show one again: tankful order NAME show, or “usage:” in Alfred"
        )
    return _(
        "All {count} accounts are hidden. Show one again: tankful order NAME show, or “usage:” in Alfred",
        count=count,
    )
