"""Ask the providers about all accounts, the named ones, or those that are due."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial, reduce
from itertools import chain
from typing import TYPE_CHECKING

import click

from scripts.terminal import launcher, output, refreshing, signals
from workflow import paths
from workflow import settings as preferences
from workflow.credentials import keychain
from workflow.display import privacy
from workflow.display.times import day_and_time
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, ngettext
from workflow.models import Account, Snapshot, utc_now
from workflow.schedule import runs, schedule
from workflow.state import offline
from workflow.storage import accounts

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from workflow.refresh.run import RefreshResult
    from workflow.settings import Settings

MAX_NAMES = 5  # accounts named in a complaint
_OFFLINE = _("no connection: {count} accounts could not be reached; check the connection or proxy")
NOTHING_DUE: Message = _("All numbers are fresh. Refresh anyway: tankful refresh")
_FAILED_BEFORE = _(
    "Nothing is due yet; the last refresh failed: {who} (tankful list says what helps)"
)


@click.command(cls=output.Asking, name="refresh")
@click.argument("account", nargs=-1, shell_complete=output.several_names)
@click.option("--all", "every", is_flag=True, help="All accounts, as without a name.")
@click.option(
    "--due", is_flag=True, help="Only accounts whose numbers are older than the interval."
)
@click.option("--force", is_flag=True, help="Ignore a provider's request to wait.")
@click.option("--brief", is_flag=True, help="One line for all accounts.")
@click.option("--background", is_flag=True, hidden=True)
@click.option("--scheduled", is_flag=True, hidden=True)
def command(
    account: tuple[str, ...],
    every: bool,
    due: bool,
    force: bool,
    brief: bool,
    background: bool,
    scheduled: bool,
) -> None:
    """Refresh all accounts, or the named ACCOUNTs, whatever the age of their numbers.

    Accounts that have to wait are skipped. Exits 1 only when every account it tried failed.
    """
    if background:
        refreshing.refresh(wait=False)
        return
    if scheduled:
        _run_unasked()
        return
    settings = preferences.load()
    ids = _ids(account, every, due)
    if brief:
        alerts: list[str] = []
        alert = refreshing.alert
        if launcher.in_raycast():
            alert = partial(alert, post=alerts.append)
        result = refreshing.refresh(ids, force=force, alert=alert)
        _print_briefly(result, settings, alerts)
        return
    with Progress(settings) as progress:
        result = refreshing.refresh(
            ids, force=force, on_answer=progress.show, on_begin=progress.begin
        )
    _print_rest(result, settings)


def _run_unasked() -> None:
    """Refresh what is due as the operating system's job: without dialogs, and only if there are accounts."""
    if os.environ.get("TANKFUL_HOME") and not os.path.isdir(paths.data(os.environ)):
        return  # it is on a disk that is not there now
    is_damaged = accounts.load().damaged is not None  # and may be repaired
    if not is_damaged and schedule.end_without_accounts():
        return
    keychain.forbid_dialogs()
    result = refreshing.refresh(wait=False, unasked=True)
    runs.note(runs.Run(int(utc_now().timestamp()), bool(result.locked)))


def _ids(named: tuple[str, ...], every: bool, due: bool) -> list[str] | None:
    """Return the ids of the accounts to ask; None for all that are due. Raises UsageError, Mistake."""
    if due + every + bool(named) > 1:
        raise click.UsageError(say(_("name accounts, or --all, or --due")))
    book = accounts.load()
    book.check()
    if due:
        return None
    several = chain.from_iterable(map(book.meant, named)) if named else book.accounts
    return list(dict.fromkeys(account.id for account in several))


def _print_briefly(result: RefreshResult, settings: Settings, alerts: Iterable[str]) -> None:
    """Print one line, beginning with the alerts that a launcher shows."""
    news = [*_refreshed(result, settings), *_left_out(result, settings)] or [_nothing(settings)]
    parts = (*map(Message.quoted, alerts), *news)
    line = reduce(lambda first, next: _("{first}; {next}", first=first, next=next), parts)
    click.echo(say(line))
    if result.failed and len(result.failed) == len(result.asked):
        raise SystemExit(1)


def _nothing(settings: Settings) -> Message:
    """Say why no account was asked."""
    from workflow.state import state as states

    state = states.read(settings, foresee=False)
    if not state.book.accounts:
        return output.NO_ACCOUNT
    failed = [each for each in state.book.accounts if state.snapshots[each.id].failure]
    if not failed:
        return NOTHING_DUE
    return _FAILED_BEFORE.filled(who=privacy.full_names(failed, settings, MAX_NAMES))


def _refreshed(result: RefreshResult, settings: Settings) -> Iterator[Message]:
    asked, failed = len(result.asked), len(result.failed)
    if failed:
        names = privacy.full_names(result.failed, settings)
        yield _(
            "{failed} of {asked} accounts failed to refresh: {who}",
            asked=asked,
            failed=failed,
            who=names,
        )
    elif asked:
        yield _("{asked} refreshed, none failed", asked=asked)


def _left_out(result: RefreshResult, settings: Settings) -> Iterator[Message]:
    if result.rate_limited:
        until = max(end for account, end in result.rate_limited)
        when = day_and_time(until.timestamp(), utc_now().timestamp())
        names = privacy.full_names((account for account, end in result.rate_limited), settings)
        yield _("waiting until {when}: {who}", when=when, who=names)
    if result.timed_out:
        names = privacy.full_names(result.timed_out, settings)
        yield _("timed out before refreshing: {who}", who=names)
    if result.unkept:
        yield result.unkept


def _print_rest(result: RefreshResult, settings: Settings) -> None:
    """Print which accounts were not asked, and why. Exits with 1 if all that were asked failed."""
    now = utc_now().timestamp()
    if result.history_aside:
        kept = os.path.basename(result.history_aside)
        output.complain(
            _("history.db was damaged and is kept as {kept}; a new one was started", kept=kept)
        )
    for account, until in result.rate_limited:
        when = day_and_time(until.timestamp(), now)
        name = privacy.full_name(account, settings)
        output.complain(
            _("{name} has to wait until {when}; --force refreshes anyway", name=name, when=when)
        )
    if result.timed_out:
        output.complain(late_message(result.timed_out, settings))
    if result.unkept:
        output.complain(result.unkept)
    if not (result.asked or result.rate_limited or result.timed_out):
        click.echo(say(_nothing(settings)), err=True)
    if result.asked and len(result.failed) == len(result.asked):
        raise SystemExit(1)


def late_message(late: list[Account], settings: Settings) -> Message:
    """Say which accounts were not asked in time; only the first few are named."""
    count = len(late)
    names = privacy.full_names(late, settings, MAX_NAMES)
    return ngettext(
        "timed out before {count} account was refreshed ({names}); the next refresh continues",
        "timed out before {count} accounts were refreshed ({names}); the next refresh continues",
        count,
        names=names,
    )


class Progress:
    """Prints a line for each account as its answer comes in, with a bar on a terminal."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bar: RichProgress | None = None
        self._known: list[tuple[Account, Snapshot]] = []
        self._ends = ExitStack()

    def __enter__(self) -> Progress:
        return self

    def begin(self, chosen: list[Account]) -> None:
        """Show the bar, which counts the accounts."""
        if sys.stderr.isatty() and chosen:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task(say(_("Refreshing")), total=len(chosen))
            self._ends.enter_context(signals.restored_first())
            self._bar.start()

    def show(self, account: Account, snapshot: Snapshot) -> None:
        """Print the line of an account; one that was not reached is printed at the end."""
        self._known.append((account, snapshot))
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])
        if not (snapshot.failure and snapshot.failure.kind == "unreachable"):
            self._print(account, snapshot)

    def _print(self, account: Account, snapshot: Snapshot) -> None:
        line = output.line(account, snapshot, self._settings, utc_now())
        self._mark(line, failed=snapshot.failure is not None)

    def _mark(self, line: str, *, failed: bool) -> None:
        mark = "✗" if failed else "✓"
        if self._bar is None:
            click.echo(f"{mark} {line}")
            return
        from rich.text import Text  # in markup, ":b:" would become an emoji

        shown = Text.assemble((mark, "red" if failed else "green"), f" {line}")
        self._bar.console.print(shown, highlight=False)

    def _print_lost(self) -> None:
        """Print the accounts that were not reached, in one line if there is no connection at all."""
        lost = offline.lost(self._known)
        for account, snapshot in self._known:
            failure = snapshot.failure
            if failure and failure.kind == "unreachable" and account.id not in lost:
                self._print(account, snapshot)
        if lost:
            self._mark(say(_OFFLINE.filled(count=len(lost))), failed=True)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._print_lost()
        if self._bar is not None:
            self._bar.stop()  # shows the cursor again
        self._ends.close()
