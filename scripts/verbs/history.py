"""Show how much history is kept, export it, or delete it."""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from scripts.terminal import entry, output
from workflow import settings as preferences
from workflow.display import privacy, samples_report
from workflow.display.times import day_and_time
from workflow.errors import Mistake
from workflow.history import database, extent, reading, recording
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, ngettext
from workflow.models import Account, utc_now
from workflow.storage import accounts

CLEAR = "clear"
SPANS = {"h": 3600, "d": 86400, "w": 7 * 86400}
NEWER: Message = _("history.db was written by a newer Tankful and is left as it is; update Tankful")
NOTHING_KEPT: Message = _("no history yet; tankful refresh records the first numbers")
NOTHING_IS_KEPT: Message = _("no history is kept; tankful config history 730 keeps two years")
USES = (
    ("tankful trend NAME", _("trend and forecast")),
    ("tankful history --csv", _("all of them as a table; --since 30d, NAME for one account")),
    ("tankful history --json", _("the same for programs")),
    ("tankful history clear", _("deletes them; NAME for one account")),
)
_ALL: Message = _("Delete the history of all accounts?")
_KEPT: Message = _("Kept the history.")
_FIRST: Message = _(
    "nothing was changed: there is a history; run tankful history clear --yes first, then this again"
)
_EXPORTS: Message = _("{first} or {last}", first="--csv", last="--json")
_ONLY_WITH: Message = _("{option} works only with {partner}")
UNREADABLE: Message = _("history.db cannot be read; `tankful doctor` says why")


def _seconds(context: click.Context, option: click.Parameter, text: str | None) -> int:
    """Read "30d", "12h" or "2w" as the epoch seconds of its beginning; 0 if not given."""
    if text is None:
        return 0
    match = re.fullmatch(r"(\d{1,5})\s*([hdw])", text.strip().lower())
    if not match:
        raise click.BadParameter(say(_("takes a duration like 12h, 30d or 8w")))
    return int(time.time()) - int(match[1]) * SPANS[match[2]]


@click.command(cls=output.Command, name="history")
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV table, one row per number.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--since", callback=_seconds, metavar="TIME", help="Only the last 12h, 30d or 8w.")
@click.option("--excel", is_flag=True, help="With --csv: so that Excel reads every character.")
@click.option("--yes", is_flag=True, help="With clear: do not ask.")
@click.argument("arguments", nargs=-1, metavar="[clear] [NAME]")
def command(
    as_csv: bool, as_json: bool, since: int, excel: bool, yes: bool, arguments: tuple[str, ...]
) -> None:
    """Show how much history is kept, export it, or delete it.

    For NAME, or for all accounts; `clear` deletes, which cannot be undone. The setting history
    says how long numbers are kept.
    """
    clears = arguments[:1] == (CLEAR,)
    named = arguments[1:] if clears else arguments
    if len(named) > 1 or (as_csv + as_json + clears) > 1:
        raise click.UsageError(
            say(_("use only one of --csv, --json and clear, and at most one name"))
        )
    for option, is_idle, partner in (
        ("--since", since and not (as_csv or as_json), _EXPORTS),
        ("--excel", excel and not as_csv, "--csv"),
        ("--yes", yes and not clears, CLEAR),
    ):
        if is_idle:
            raise click.UsageError(say(_ONLY_WITH.filled(option=option, partner=partner)))
    book = accounts.load()
    chosen = book.named(named[0]) if named else None
    if not (as_csv or as_json or clears):
        _overview(chosen)
        return
    if clears:
        _clear(chosen, yes)
        return
    samples = _read(chosen, since)
    known = {account.id: account for account in book.accounts}
    if as_json:
        output.print_json(samples_report.report(samples, known, utc_now()))
        return
    private = preferences.load().privacy
    text = samples_report.table(samples, known, private=private, excel=excel)
    sys.stdout.buffer.write(text.encode())


def _overview(chosen: Account | None) -> None:
    """Print how much history is kept, since when and for how long, and the commands to use it."""
    kept, days = _extent(chosen), preferences.load().history
    click.echo(say(_extent_message(kept, chosen, days) if kept.samples else _nothing_message(days)))
    if kept.samples:
        width = max(len(usage) for usage, _what in USES) + 2
        for usage, what in USES:
            output.hang(f"  {usage:<{width}}", say(what))


def _extent_message(kept: extent.Extent, chosen: Account | None, days: int) -> Message:
    since = day_and_time(kept.first, utc_now().timestamp())
    size = f"{kept.size / 1e6:.1f} MB" if kept.size > 1e6 else f"{kept.size / 1e3:.0f} KB"
    lasting = ngettext("{count} day", "{count} days", days)
    numbers = ngettext("{count} number", "{count} numbers", kept.samples)
    if chosen:
        name = privacy.full_name(chosen, preferences.load())
        return _("{numbers} of {name} since {since}", numbers=numbers, name=name, since=since)
    return _(
        "{numbers} of {accounts} since {since}, {size}; kept for {days} (tankful config history)",
        numbers=numbers,
        accounts=ngettext("{count} account", "{count} accounts", kept.accounts),
        since=since,
        size=size,
        days=lasting,
    )


def _nothing_message(days: int) -> Message:
    return NOTHING_KEPT if days else NOTHING_IS_KEPT


def _extent(chosen: Account | None) -> extent.Extent:
    """Count what is kept. Raises Mistake if the history cannot be read."""
    with _readable():
        return extent.extent(chosen.id if chosen else "")
    return extent.Extent(0, 0, 0, 0)


def _read(chosen: Account | None, since: int) -> reading.Samples:
    """Read the samples. Raises Mistake if the history cannot be read."""
    with _readable(), database.reading():
        return reading.read(chosen.id if chosen else None, since)
    return {}


def check() -> None:
    """Raise Mistake, or OSError, if there is a history and it cannot be read."""
    with _readable(), database.reading():
        pass


@contextmanager
def _readable() -> Iterator[None]:
    """Ignore a missing history. Raises Mistake if it cannot be read."""
    try:
        yield
    except FileNotFoundError:
        return
    except database.Newer:
        raise Mistake(NEWER) from None
    except sqlite3.Error:
        raise Mistake(UNREADABLE) from None


def _clear(chosen: Account | None, yes: bool) -> None:
    """Delete the history after asking, if there is one. Raises Mistake."""
    if not (yes or _extent(chosen).samples):
        click.echo(say(_nothing_message(preferences.load().history)))
        return
    question = _ALL
    if chosen:
        name = privacy.full_name(chosen, preferences.load())
        question = _("Delete the history of {name}?", name=name)
    refusal = _("the history was not deleted; --yes deletes it without asking")
    if not (yes or entry.agreed(question, refusal)):
        click.echo(say(_KEPT))
        return
    _delete(chosen)
    output.after_change()


def give_up() -> bool:
    """Delete all history after asking. Returns whether the user agreed. Raises Mistake without a terminal."""
    try:
        kept = _extent(None).samples
    except Mistake:  # a history that cannot be read stays
        return True
    if not kept:
        return True
    if not entry.agreed(_ALL, _FIRST):
        click.echo(say(_KEPT))
        return False
    _delete(None)
    return True


def _delete(chosen: Account | None) -> None:
    """Delete the history and print how much it was. Raises Mistake."""
    numbers = ngettext("{count} number", "{count} numbers", _extent(chosen).samples)
    with _readable():
        recording.clear(chosen.id if chosen else None)
    done = _("Deleted the history: {numbers}.", numbers=numbers)
    if chosen:
        name = privacy.full_name(chosen, preferences.load())
        done = _("Deleted the history of {name}: {numbers}.", name=name, numbers=numbers)
    click.echo(say(done))
