"""Ask the providers: of all accounts, of the named ones, or of those that are due."""

from __future__ import annotations

import sys
from functools import reduce
from typing import Iterable, Iterator, List, Optional, Tuple

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.alfred import publish
from workflow.display.times import day_and_time
from workflow.i18n.message import Message, _, ngettext
from workflow.models import Account, Snapshot, utc_now
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.storage import accounts

NAMED = 5  # accounts that a complaint names
NOTHING_DUE: Message = _("Nothing is due; tankful refresh asks all the same.")


@click.command(cls=output.Asking, name="refresh")
@click.argument("account", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All accounts, as without a name.")
@click.option("--due", is_flag=True, help="Only accounts whose numbers are old.")
@click.option("--force", is_flag=True, help="Ask also where a provider said to wait.")
@click.option("--brief", is_flag=True, help="One line for all accounts.")
@click.option("--background", is_flag=True, hidden=True)
def command(
    account: Tuple[str, ...], every: bool, due: bool, force: bool, brief: bool, background: bool
) -> None:
    """Ask the providers of all accounts, or of the named ACCOUNTs, whatever the age of their numbers.

    Only who told us to wait is not asked. Exits 1 only when every account that was asked failed.
    """
    if background:
        refresh.refresh(wait=False, publish=publish.publish)
        return
    settings = preferences.load()
    wanted = _wanted(account, every, due)
    if brief:
        _told_briefly(refresh.refresh(wanted, force=force, publish=publish.publish), settings)
        return
    with Progress(settings) as progress:
        outcome = refresh.refresh(
            wanted, force=force, told=progress.told, begin=progress.begin, publish=publish.publish
        )
    _conclude(outcome, settings)


def _wanted(named: Tuple[str, ...], every: bool, due: bool) -> Optional[List[str]]:
    """The ids of the accounts to ask; None for those that are due. Raises click.UsageError, Mistake."""
    if due + every + bool(named) > 1:
        raise click.UsageError(output.told(_("name accounts, or --all, or --due")))
    book = accounts.load()
    if due:
        return None
    return [found.id for found in (map(book.named, named) if named else book.accounts)]


def _told_briefly(outcome: refresh.Outcome, settings: Settings) -> None:
    click.echo(output.told(_in_brief(outcome, settings)))
    if outcome.failed and len(outcome.failed) == len(outcome.asked):
        raise SystemExit(1)


def _in_brief(outcome: refresh.Outcome, settings: Settings) -> Message:
    """What came of a refresh, in one line for all accounts."""
    parts = [*_asked(outcome, settings), *_not_asked(outcome, settings)]
    if not parts:
        return NOTHING_DUE if accounts.load().accounts else output.NO_ACCOUNT
    return reduce(lambda first, next: _("{first}; {next}", first=first, next=next), parts)


def _asked(outcome: refresh.Outcome, settings: Settings) -> Iterator[Message]:
    asked, failed = len(outcome.asked), len(outcome.failed)
    if failed:
        who = _names(outcome.failed, settings)
        yield _("{asked} asked, {failed} failed: {who}", asked=asked, failed=failed, who=who)
    elif asked:
        yield _("{asked} asked, all fine", asked=asked)


def _not_asked(outcome: refresh.Outcome, settings: Settings) -> Iterator[Message]:
    if outcome.held:
        until, now = max(end for account, end in outcome.held).timestamp(), utc_now().timestamp()
        when = day_and_time(until, now, settings.language, settings.hours24)
        who = _names((account for account, end in outcome.held), settings)
        yield _("asked to be left alone until {when}: {who}", when=when, who=who)
    if outcome.left:
        who = _names(outcome.left, settings)
        yield _("time ran out before these were asked: {who}", who=who)


def _names(told: Iterable[Account], settings: Settings) -> str:
    return ", ".join(output.name(account, settings) for account in told)


def _conclude(outcome: refresh.Outcome, settings: Settings) -> None:
    now = utc_now().timestamp()
    for account, until in outcome.held:
        when = day_and_time(until.timestamp(), now, settings.language, settings.hours24)
        name = output.name(account, settings)
        output.complain(
            _(
                "{name} asked to be left alone until {when}; --force asks all the same",
                name=name,
                when=when,
            )
        )
    if outcome.left:
        output.complain(_left(outcome.left, settings))
    if not (outcome.asked or outcome.held or outcome.left):
        nothing = NOTHING_DUE if accounts.load().accounts else output.NO_ACCOUNT
        click.echo(output.told(nothing), err=True)
    if outcome.asked and len(outcome.failed) == len(outcome.asked):
        raise SystemExit(1)


def _left(late: List[Account], settings: Settings) -> Message:
    """Who was not asked in time; a few are named."""
    count, more = len(late), " …" if len(late) > NAMED else ""
    names = _names(late[:NAMED], settings) + more
    return ngettext(
        "time ran out before {count} account was asked ({names}); the next refresh asks again",
        "time ran out before {count} accounts were asked ({names}); the next refresh asks again",
        count,
        names=names,
    )


class Progress:
    """One line for each account as its answer comes in, and a bar on a terminal."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bar: object = None

    def __enter__(self) -> Progress:
        return self

    def begin(self, chosen: List[Account]) -> None:
        """Show how many accounts are asked."""
        if sys.stderr.isatty() and chosen:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            bar.add_task(output.told(_("Asking")), total=len(chosen))
            bar.start()
            self._bar = bar

    def told(self, account: Account, snapshot: Snapshot) -> None:
        """Say what one account answered."""
        said = output.line(account, snapshot, self._settings, utc_now())
        mark = "✗" if snapshot.failure else "✓"
        bar: object = self._bar
        if bar is None:
            click.echo(f"{mark} {said}")
            return
        from rich.markup import escape

        colour = "red" if snapshot.failure else "green"
        bar.console.print(f"[{colour}]{mark}[/] {escape(said)}", highlight=False)  # type: ignore[attr-defined]
        bar.advance(0)  # type: ignore[attr-defined]

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()  # type: ignore[attr-defined]
