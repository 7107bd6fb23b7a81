"""Show how an account's numbers developed: a line and a sentence each, or a page with charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from scripts.terminal import output, signs
from scripts.verbs.list import fresh
from workflow.display import times
from workflow.display.row import row_of
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.models import Account, utc_now
from workflow.trend import pages, sparkline, texts

if TYPE_CHECKING:
    from workflow.state.state import State
    from workflow.trend.trend import Trend

MOST = 3650  # days
NOTHING_KEPT: Message = _(
    "no history of this account yet; tankful refresh records the first numbers"
)
NOTHING_YET: Message = _("no history of this account yet")
NOTHING_TO_DRAW: Message = _(
    "a trend needs a percentage, a balance or a spend; this account reports none"
)
NOTHING_IS_KEPT: Message = _("no history is kept; tankful config history 730 keeps two years")


class _Days(click.IntRange):
    def _describe_range(self) -> str:
        return f"1–{MOST}"


@click.command(cls=output.Asking, name="trend")
@click.argument("account", shell_complete=output.account_names)
@click.option("--days", type=_Days(1, MOST), help="How many days to look back.", metavar="DAYS")
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write an HTML page to this file.",
)
def command(account: str, days: int | None, page: str | None) -> None:
    """Show the trend and forecast of ACCOUNT.

    Shows 30 days, or 3 days for windows of a day or less.
    """
    from scripts.verbs import history  # imported late: tankful show draws trends without it

    state, now = fresh(wait=False), utc_now()
    chosen = state.book.named(account)
    history.check()
    if page:
        content = pages.html(state, chosen, days).encode()
        output.write(page, content)
        if page not in output.STDOUT:
            click.echo(page)
        return
    shown = pages.of_account(state, chosen, days)
    if not shown:
        click.echo(_nothing(state, chosen))
    for trend in shown:
        click.echo(_line(trend))
        output.hang("  ", texts.sentence(state.of(chosen), trend, state.settings, now))


def _nothing(state: State, account: Account) -> str:
    """Say that there is no history, and what helps; without an answer of its provider that is its failure's remedy."""
    if not state.settings.history:
        return say(NOTHING_IS_KEPT)
    if state.of(account).status.needs_user:
        return f"{say(NOTHING_YET)}\n{times.fill(row_of(state, account).line, utc_now())}"
    usage = state.of(account).snapshot.usage
    if usage and usage.spends and account.id in state.history.accounts:
        return say(texts.NEEDS_TWO)
    shares = [quota.used_percent for quota in usage.quotas] if usage else []
    money = (usage.balances or usage.spends) if usage else ()
    is_endless = shares and not money and all(each is None for each in shares)
    return say(NOTHING_TO_DRAW if is_endless else NOTHING_KEPT)


def lines(state: State, account: Account) -> Iterator[str]:
    """Draw each trend of an account in a line, after an empty line; nothing without history."""
    shown = pages.of_account(state, account)
    if shown:
        yield ""
    yield from map(_line, shown)


def _line(trend: Trend) -> str:
    is_plain = not signs.can_be_shown("".join(sparkline.SIGNS))
    return f"{sparkline.sparkline(trend, is_plain)}  {texts.title(trend)}"
