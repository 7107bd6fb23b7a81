"""Print every account with what is left, as a table or as JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scripts.terminal import output
from workflow.alfred import publish
from workflow.display import json_report
from workflow.history import visits
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.models import Snapshot, utc_now
from workflow.records import replace
from workflow.state import state as states

if TYPE_CHECKING:
    from workflow.display.table import Table
    from workflow.state.state import State
    from workflow.storage.accounts import Accounts


@click.command(cls=output.Asking, name="list")
@click.argument("account", nargs=-1, shell_complete=output.several_names)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
@click.option("--all", "every", is_flag=True, help="Include hidden accounts.")
@click.option("--plain", is_flag=True, help="Name, number and details, separated by tabs.")
@click.option("--watch", is_flag=True, help="Keep the list up to date until ⌃C.")
def command(
    account: tuple[str, ...], as_json: bool, wait: bool, every: bool, plain: bool, watch: bool
) -> None:
    """Show what is left of every account, or of the named ACCOUNTs.

    Shows the cached numbers at once and refreshes in the background when due; with nothing
    cached, or with --wait, waits for the refresh.
    """
    if as_json + plain + watch > 1:
        raise click.UsageError(say(_("--watch, --json and --plain do not go together")))
    if watch:
        from scripts.terminal import watching

        watching.watch(lambda: _watched(account, every))
        return
    state = fresh(wait)
    now = utc_now()
    output.complain_of_settings()
    if as_json:
        named = None if state.book.complaint else _named(state, account)
        sys.stdout.buffer.write(json_report.printed(state, now, named))
        state.book.check()
        return
    visits.look()
    shown = _tabulate(state, account, every) if account or state.book.accounts else None
    if shown is None or not shown.lines:
        say_nothing(state.book, is_read_by_program=plain)
        return
    from scripts.terminal import table

    (table.show_plainly if plain else table.show)(shown)


def _tabulate(state: State, named: tuple[str, ...], every: bool) -> Table:
    """Put the accounts into a table, as of now. Raises Mistake for an unknown name."""
    from workflow.display import table as cells

    return cells.spoken(cells.table(state, _named(state, named), every=every), utc_now())


def _watched(named: tuple[str, ...], every: bool) -> Table:
    """Tabulate the accounts as of now; without any account, say so."""
    from workflow.display.table import Table

    state = fresh(wait=False)
    table = _tabulate(state, named, every)
    return table if table.lines else Table([], [say(_nothing(state.book))])


def _named(state: State, names: tuple[str, ...]) -> set[str] | None:
    """Return the ids of the named accounts; None if no name is given. Raises Mistake for an unknown name."""
    return {each.id for name in names for each in state.book.matching(name)} if names else None


def fresh(wait: bool) -> State:
    """Read the state. A refresh that is due is waited for with ``wait``, or if nothing is known yet."""
    state = states.read()
    if state.book.accounts and (wait or state.is_empty) and state.due_at() <= utc_now():
        return refreshed()
    publish.keep_warm(state, utc_now())
    return state


def refreshed(ids: list[str] | None = None) -> State:
    """Refresh what is due, or the accounts with these ids, then read the state.

    The answers are included even if they could not be stored.
    """
    from scripts.terminal import refreshing
    from workflow.refresh import turn

    answers: dict[str, Snapshot] = {}
    try:
        result = refreshing.refresh(
            ids, on_answer=lambda account, snapshot: answers.update({account.id: snapshot})
        )
        if result.unkept:
            output.complain(result.unkept)
    except turn.Stuck as stuck:  # the list is shown anyway
        output.complain(stuck.message)
    state = states.read()
    kept = {name: snapshot for name, snapshot in answers.items() if name in state.snapshots}
    return replace(state, snapshots={**state.snapshots, **kept})


def say_nothing(book: Accounts, is_read_by_program: bool = False) -> None:
    """Say why there is no account to show, and what to do; on stderr if it is no answer to a program.

    Raises Mistake if accounts.json was damaged.
    """
    book.check()
    if is_read_by_program:
        output.complain(_nothing(book))
        return
    click.echo(say(_nothing(book)))


def _nothing(book: Accounts) -> Message:
    count = len(book.accounts)
    if not count:
        return book.complaint or output.NO_ACCOUNT
    if count == 1:
        return _(
            "The only account is hidden. Show one again: tankful order NAME show, or “usage:” in Alfred"
        )
    return _(
        "All {count} accounts are hidden. Show one again: tankful order NAME show, or “usage:” in Alfred",
        count=count,
    )
