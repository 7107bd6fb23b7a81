"""Tell a script by the exit code whether enough is left, without asking a provider."""

from __future__ import annotations

from contextlib import suppress
from time import time
from typing import TYPE_CHECKING, Any, Callable

import click

from scripts.terminal import output, served_list
from scripts.terminal.language import OneOf
from workflow.alfred import pack
from workflow.display import guard as guard_texts
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.state import fit, guard
from workflow.storage import accounts

if TYPE_CHECKING:
    from workflow.state.state import State

UNKNOWN = 3
INSTEAD = {"ok": 0, "fail": 1}  # exit codes that --unknown puts in place of UNKNOWN


class Guard(output.Command):
    """A command that exits with 3, or as --unknown says, if it cannot tell for any reason."""

    failed = UNKNOWN

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SystemExit as ended:
            raise SystemExit(_exit_code(ctx.params.get("unknown"), ended.code)) from None


def _exit_code(unknown: str | None, code: Any) -> Any:
    """Return the exit code, with UNKNOWN replaced as chosen."""
    return INSTEAD.get(unknown or "", code) if code == UNKNOWN else code


class Measure(click.ParamType):
    """A number or a length of time, as ``read`` reads it."""

    def __init__(self, name: str, read: Callable[[str], float | None], sentence: Message) -> None:
        self.name, self._read, self._sentence = name, read, sentence

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        number = self._read(value) if isinstance(value, str) else value
        if number is None:
            self.fail(say(self._sentence, text=value), param, ctx)
        return float(number)


SHARE = Measure("percent", fit.percent, _("{text!r} is not a percentage from 0 to 100"))
AMOUNT = Measure(
    "amount",
    lambda text: fit.number(fit.narrow(text)),
    _("{text!r} is not an amount; type a number only, which is in the account's own unit"),
)
SPAN = Measure("time", fit.seconds, _("{text!r} is not a duration like 90m, 2h or 1d"))


def _targets(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Complete any, all, or the name of an account or a provider."""
    of_all = output.completed((guard.ANY, guard.ALL), begun)
    return [*of_all, *output.several_names(context, parameter, begun)]


@click.command(cls=Guard, name="guard")
@click.argument("target", metavar="NAME|PROVIDER|any|all", shell_complete=_targets)
@click.option("--left", type=SHARE, help="Percent that must be left.")
@click.option("--amount", type=AMOUNT, help="Money or credits that must be left, in their unit.")
@click.option("--window", default="", help="Which quota: 5h, Weekly.")
@click.option("--for", "seconds", type=SPAN, help="How long it must last: 90m, 2h, 1d.")
@click.option("--max-age", type=SPAN, help="How old the numbers may be.")
@click.option("--wait", is_flag=True, help="Refresh the numbers if they are older.")
@click.option("--unknown", type=OneOf(tuple(INSTEAD)), help="Exit 0 (ok) or 1 (fail), not 3.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    target: str,
    left: float | None,
    amount: float | None,
    window: str,
    seconds: float | None,
    max_age: float | None,
    wait: bool,
    unknown: str | None,
    as_json: bool,
) -> None:
    """Exit with 0 when enough is left, with 1 when not, with 3 when that cannot be known.

    Without --left, --amount and --for, an account has enough when it does not count as low. For
    PROVIDER and for any, one such account is enough. Without --wait, no provider is asked and
    no dialog opens.
    """
    wanted = fit.Wanted(left, amount, seconds, window, max_age)
    book = accounts.load()
    meant = [] if book.complaint else guard.named(book, target)
    chosen = [account.id for account in meant]
    begun = time()  # what is fetched from now on is not too old, however long that takes
    judged = _judged(_known(chosen), target, wanted, begun)
    old = [each.id for each, verdict in judged if verdict.why in ("stale", "state")]
    if wait and old:
        judged = _judged(_refreshed(chosen, old), target, wanted, begun)
    answer = guard.answer(judged, target == guard.ALL) if judged else None
    code = _exit_code(unknown, answer.code if answer else UNKNOWN)
    nothing = say(book.complaint or output.NO_ACCOUNT)
    line = guard_texts.line(answer, wanted, wait, time()) if answer else nothing
    if as_json:
        known = {account.id: account for account in book.accounts}
        output.print_json(guard_texts.report(answer, judged, wanted, known, time(), code, line))
    else:
        click.echo(line)
    raise SystemExit(code)


def _judged(
    known: list[fit.Account], target: str, wanted: fit.Wanted, now: float
) -> list[guard.Judged]:
    several = guard.places(known) if target in (guard.ANY, guard.ALL) else known
    return [(account, fit.judged(account, wanted, now)) for account in several]


def _known(chosen: list[str]) -> list[fit.Account]:
    """Read the numbers of these accounts from the pack, or if it cannot be used, from the state."""
    with suppress(ValueError):  # the lines are not ours
        served = served_list.served(pack.FIT, due=lambda: False)
        if served is not None:
            return _accounts_in(chosen, served.decode().split("\n"))
    from workflow.state import state

    return _worked_out(chosen, state.read(only=chosen))


def _refreshed(chosen: list[str], old: list[str]) -> list[fit.Account]:
    """Refresh the accounts with old numbers, and return the numbers of all chosen ones."""
    from scripts.verbs.list import refreshed

    output.say_detour()
    return _worked_out(chosen, refreshed(old))


def _worked_out(chosen: list[str], state: State) -> list[fit.Account]:
    from workflow.display import fit as fit_texts
    from workflow.display import times
    from workflow.models import utc_now

    known = [fit_texts.account_of(state, each) for each in state.book.accounts if each.id in chosen]
    lines = "\n".join(line for account in known for line in fit.written(account))
    return _accounts_in(chosen, times.fill(lines, utc_now()).split("\n"))


def _accounts_in(chosen: list[str], lines: list[str]) -> list[fit.Account]:
    return [account for account in fit.read(lines) if account.id in chosen]
