"""Output that the commands share: errors in one line on stderr, notes, completions, an account's line."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import click

from scripts.terminal import launcher
from scripts.terminal.language import Translated
from workflow import paths
from workflow import settings as preferences
from workflow.errors import Mistake, StoreLocked, UsageError, WrongUsage
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.models import Account, Snapshot, utc_now
from workflow.storage import accounts, files

if TYPE_CHECKING:
    from workflow.provider.contract import Provider
    from workflow.settings import Settings

WRONG_USAGE = 2  # exit code, as in click
STDOUT = ("-", "/dev/stdout", "/dev/fd/1")  # which may be a file that others have written to
COMPLETING = "_TANKFUL_COMPLETE"  # names the shell that asks for completions
NO_ACCOUNT: Message = _("No accounts yet. Add one: tankful add")
_UNPLACED: Message = _(
    "{name} must be a full path, like /Users/you/tankful or ~/tankful; correct it or unset it"
)


def complain(message: Message) -> None:
    """Print what went wrong and what to do, in one line on stderr; without our name if Raycast shows it."""
    prefix = "" if launcher.in_raycast() else "tankful: "
    click.echo(f"{prefix}{' '.join(say(message).split())}", err=True)


def complain_of_settings() -> None:
    """Complain if settings.json was damaged: what it hid is shown again."""
    lost = preferences.complaint()
    if lost:
        complain(lost)


def fail(message: Message, code: int = 1) -> NoReturn:
    """Complain, and exit with this code; a message that would repeat a credential becomes a warning."""
    from scripts.terminal import secret_arguments

    secret_arguments.keep_out(say(message))
    complain(message)
    raise SystemExit(code)


def give_up(error: OSError, code: int = 1) -> NoReturn:
    """Say that a file or standard output cannot be used, and exit; a reader that has gone is told nothing."""
    try:
        sys.stdout.flush()
    except OSError:  # Python would try again at its end, and complain in its own words
        with suppress(OSError), open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        raise SystemExit(code) from None
    fail(files.unusable(error), code)


def complain_of(error: UsageError, account: Account, more: Message | None = None) -> None:
    """Print an account's error in one line, followed by ``more``."""
    from workflow.refresh import fetch as fetching

    message = fetching.failure(error, account, _provider(account), utc_now()).message
    complain(message if more is None else _("{first}; {next}", first=message, next=more))


def _provider(account: Account) -> Provider | None:
    from workflow.provider import discovery

    with suppress(Mistake):
        return discovery.about(account.provider)
    return None


def say_detour() -> None:
    """Warn if every request goes to a test server. Raises Mistake if that is not allowed."""
    if os.environ.get("TANKFUL_LOOPBACK"):
        from workflow.system import network

        complain(network.detour(network.loopback(os.environ)))


class Command(Translated):
    """A command that reports errors in one line on stderr, with the exit code ``failed``, which is 1.

    Wrong usage is 2 for every command, as in click.
    """

    asks = False  # whether it asks a provider, or starts a refresh
    failed = 1

    def invoke(self, ctx: click.Context) -> Any:
        try:
            if self.asks:
                say_detour()
            return self._printed(ctx)
        except WrongUsage as error:
            discreet = error.discreet if error.discreet and preferences.load().privacy else None
            fail(discreet or error.message, WRONG_USAGE)
        except Mistake as error:
            fail(error.message, self.failed)
        except StoreLocked as error:
            is_default = error.message == StoreLocked.default  # it names no account
            fail(StoreLocked.reason if is_default else error.message, self.failed)
        except paths.Unplaced as error:
            fail(_UNPLACED.filled(name=str(error)), self.failed)
        except OSError as error:
            give_up(error, self.failed)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            fail(_unforeseen(error), self.failed)

    def _printed(self, ctx: click.Context) -> Any:
        """Run the command, and print everything while an error can still be told."""
        try:
            return super().invoke(ctx)
        finally:
            sys.stdout.flush()


class Asking(Command):
    """A command that asks providers, or starts a refresh."""

    asks = True


def _unforeseen(error: Exception) -> Message:
    """Describe an unexpected exception by type and line; its message might hold a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = trace.tb_frame.f_globals.get("__name__", "?") if trace else "?"
    where = f"{type(error).__name__}, {place}:{trace.tb_lineno if trace else 0}"
    return _(
        "unexpected error ({where}); no data is lost: try again, then update Tankful or report it",
        where=where,
    )


def account_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the name of an account: its label, or provider and label if the label is not unique.

    Under privacy, which a list of completions must not break, it is the account's id.
    """
    with suppress(Exception):  # no completion is better than an error in the user's command line
        known = accounts.load().accounts
        if preferences.load().privacy:
            return completed((each.id for each in known), begun)
        taken = [word for each in known for word in {each.label.casefold(), each.provider}]
        names = [
            each.label
            if taken.count(each.label.casefold()) == 1
            else f"{each.provider}/{each.label}"
            for each in known
        ]
        return list(map(_escaped, completed(names, begun)))
    return []


def _escaped(name: str) -> str:
    """Escape a name for bash, which inserts it as it is; the script of click takes one backslash of two."""
    if not os.environ.get(COMPLETING, "").startswith("bash"):
        return name
    return "".join(c if accounts.typed(c) == c else f"\\\\{c}" for c in name)


def several_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the name of an account, or of a provider, which stands for all of its accounts."""
    with suppress(Exception):
        owners = dict.fromkeys(each.provider for each in accounts.load().accounts)
        return [*completed(owners, begun), *account_names(context, parameter, begun)]
    return []


def provider_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the id of a provider."""
    from workflow.provider import discovery

    with suppress(Exception):
        return completed(discovery.names(), begun)
    return []


def completed(names: Iterable[str], begun: str) -> list[str]:
    """Return the names that begin with ``begun``, ignoring case."""
    return [each for each in names if each.casefold().startswith(begun.casefold())]


def write(path: str, content: bytes, mode: int = 0o600) -> None:
    """Write a file that the user named, see also STDOUT. Raises Mistake, which names the file.

    A file is replaced in one step, with these permissions, in a folder that exists; a link is followed. A pipe
    or a device is written to.
    """
    if path in STDOUT:
        sys.stdout.buffer.write(content)
        return
    with writing(path):
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(content)
        elif os.path.isdir(os.path.dirname(os.path.realpath(path))):
            files.replace(path, content, mode=mode)
        else:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Raise Mistake, which names the file, in place of an OSError."""
    try:
        yield
    except OSError as error:
        why = files.reason(error)
        raise Mistake(_("{file} cannot be written ({why})", file=path, why=why)) from None


def hang(mark: str, text: str, *, err: bool = False) -> None:
    """Print a text behind a mark, on a terminal with a hanging indent, else in one line."""
    stream = sys.stderr if err else sys.stdout
    if not stream.isatty():
        click.echo(f"{mark}{text}", err=err)
        return
    from scripts.terminal import cells, wrapping  # imported late: it loads rich

    indent = cells.width(mark)
    for line in wrapping.plain(text, shutil.get_terminal_size().columns - indent):
        click.echo(f"{mark}{line}", err=err)
        mark = " " * indent


def print_json(report: Mapping[str, Any]) -> None:
    """Print a report as JSON for programs."""
    from workflow.storage import json_codec

    click.echo(json_codec.pretty(report))


def note(message: Message) -> None:
    """Print a note in one line on stderr."""
    click.echo(say(_("Note: {remark}", remark=message)), err=True)


def changed_label(wanted: str, account: Account) -> Message | None:
    """Explain why an account did not get the label that the user wanted; None if it did."""
    clean = accounts.clean_label(wanted)
    if not clean or account.label == clean:
        typed = " ".join(wanted.split())
        if len(typed) <= accounts.MAX_LABEL:
            return None
        return _("the name was cut to {count} characters", count=accounts.MAX_LABEL)
    return _("“{wanted}” is taken, so it is called “{label}”", wanted=clean, label=account.label)


def note_label(wanted: str, account: Account) -> None:
    """Print why an account got another label, and warn if its label is also a command or a word of one."""
    from workflow.state import guard

    changed, label = changed_label(wanted, account), account.label
    name = accounts.typed(f"{account.provider}/{label}")
    if changed:
        note(changed)
    elif len(accounts.load().alike(account)) > 1:
        note(_("another account is called so too; this one: tankful show {name}", name=name))
    if label in (guard.ANY, guard.ALL):
        sentence = _("“{label}” is a word of guard too; this account: tankful guard {name}")
        note(sentence.filled(label=label, name=name))
    context = click.get_current_context(silent=True)
    root = context.find_root() if context else None
    if root is None or not isinstance(root.command, click.Group):
        return
    if label in root.command.list_commands(root):
        note(_("“{label}” is a command too; this account: tankful show {label}", label=label))


def line(account: Account, snapshot: Snapshot, settings: Settings, now: datetime) -> str:
    """Format one account in one line, as of now."""
    from workflow.display import row
    from workflow.display.summary import spoken
    from workflow.state.state import worked_out

    known = worked_out(account, _provider(account), snapshot, settings)
    return spoken(row.row(known, settings).line, now)


def after_change() -> None:
    """Render the lists again, so that the next keystroke shows what a command changed."""
    from workflow.alfred import publish

    publish.publish()
