"""What the commands share: one line on stderr for what went wrong, names, the clock."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn, Optional

import click

from scripts.terminal.language import Spoken
from scripts.terminal.language import language as language  # the verbs ask here
from workflow import paths
from workflow.alfred import publish
from workflow.display.summary import spoken
from workflow.errors import Mistake, StoreLocked, UsageError
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.models import Account, Snapshot, utc_now
from workflow.provider import contract as providers
from workflow.provider import discovery
from workflow.settings import Settings
from workflow.storage import files

NO_ACCOUNT: Message = _("No account yet. Add one: tankful add")


def damaged(kept: str) -> Message:
    """What to say while a damaged accounts.json waits to be mended."""
    return _(
        "accounts.json was damaged and is kept as {kept}; mend it and rename it to accounts.json, or add the accounts again",
        kept=kept,
    )


def told(message: Message) -> str:
    """A message in the user's language."""
    return say(message, language())


def complain(message: Message) -> None:
    """Say what went wrong and what next, in one line on stderr."""
    click.echo(f"tankful: {' '.join(told(message).split())}", err=True)


def fail(message: Message) -> NoReturn:
    """Complain, and exit with 1."""
    complain(message)
    raise SystemExit(1)


def complain_of(error: UsageError, account: Account, more: Optional[Message] = None) -> None:
    """Say in one line what went wrong with an account, and what more there is to know."""
    from workflow.refresh import fetch as fetching

    failure = fetching.failure(error, account, _provider(account), utc_now())
    said = failure.message
    if more is not None:
        said = _("{first}; {next}", first=said, next=more)
    complain(said)


def fail_with(error: UsageError, account: Account) -> NoReturn:
    """Complain about an account's error, and exit with 1."""
    complain_of(error, account)
    raise SystemExit(1)


def _provider(account: Account) -> Optional[providers.Provider]:
    with suppress(Mistake):
        return discovery.about(account.provider)
    return None


def say_detour() -> None:
    """Say it when everything goes to a stand-in. Raises Mistake where that must not be."""
    if os.environ.get("TANKFUL_LOOPBACK"):
        from workflow.system import network

        complain(network.detour(network.loopback(os.environ)))


class Command(Spoken):
    """A command whose foreseeable failures are one line on stderr and exit code 1."""

    asks = False  # a provider, or starts what does

    def invoke(self, ctx: click.Context) -> Any:
        try:
            if self.asks:
                say_detour()
            return super().invoke(ctx)
        except Mistake as error:
            fail(error.message)
        except StoreLocked as error:
            ours = error.message == StoreLocked.default  # of no account
            fail(StoreLocked.reason if ours else error.message)
        except BrokenPipeError:
            sys.stderr.close()
            raise SystemExit(1) from None
        except paths.Unplaced as error:
            fail(Message(error.sentences[0]).filled(name=error.name))
        except OSError as error:
            fail(files.unusable(error))
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # a message of somebody else may carry a secret
            fail(_unforeseen(error))


class Asking(Command):
    """A command that asks providers, or starts what does."""

    asks = True


def _unforeseen(error: Exception) -> Message:
    """What to say of a defect of ours: its kind and its place, without its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = trace.tb_frame.f_globals.get("__name__", "?") if trace else "?"
    where = f"{type(error).__name__}, {place}:{trace.tb_lineno if trace else 0}"
    return _(
        "an unforeseen error ({where}); nothing is lost: try again, then update Tankful or report it",
        where=where,
    )


def name(account: Account, settings: Settings) -> str:
    """What an account is called on every face."""
    from workflow.display import privacy

    provider = _provider(account)
    return privacy.name(account, provider.short if provider else account.provider, settings)


def line(account: Account, snapshot: Snapshot, settings: Settings, now: datetime) -> str:
    """One account in one line, as of now."""
    from workflow.display import row

    return spoken(row.row(account, _provider(account), snapshot, settings).line, settings, now)


def after_change() -> None:
    """Let the next keystroke show what a command has changed."""
    publish.publish()
