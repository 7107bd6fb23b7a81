#!/usr/bin/python3 -IS
"""Every account with what is left, as a table or as JSON."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import console
from workflow import codec, publish, report
from workflow.models import utc_now
from workflow.publish import State


@click.command(cls=console.Command, name="list")
@click.option("--json", "as_json", is_flag=True, help="The machine-readable answer.")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
def command(as_json: bool = False, wait: bool = False) -> None:
    """Show what is left of every account.

    What is known is shown at once, and a refresh is started behind it when it is due; with nothing
    known yet, or with --wait, the refresh is waited for.
    """
    state = fresh(wait)
    now = utc_now()
    if as_json:
        sys.stdout.buffer.write(codec.pretty(report.report(state, now)) + b"\n")
        return
    if state.book.damaged:
        console.complain(console.damaged(state.book.damaged))
    if not state.book.accounts:
        click.echo(console.told(console.NO_ACCOUNT))
        return
    from scripts import table

    table.show(state, now)


def fresh(wait: bool) -> State:
    """What is known, after the refresh that ``list`` and ``summary`` owe."""
    state = publish.read()
    nothing = all(s.fetched_at is None and s.failure is None for s in state.snapshots.values())
    if state.book.accounts and (wait or nothing) and state.due_at() <= utc_now():
        from workflow import refresh

        refresh.refresh()
        return publish.read()
    publish.keep_warm(state, utc_now())
    return state


if __name__ == "__main__":
    command()
