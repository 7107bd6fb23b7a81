"""Exchange a ChatGPT session for a new access token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Callable, Union

import click

from scripts.terminal import output, refreshing
from workflow import settings as preferences
from workflow.alfred import publish
from workflow.chatgpt import session
from workflow.credentials import store
from workflow.display import privacy
from workflow.display.times import ahead
from workflow.errors import Mistake, StoreLocked, UsageError
from workflow.http.client import PER_HOST
from workflow.i18n.catalog import ENGLISH, say
from workflow.i18n.message import Message, _
from workflow.models import Account, Credential, utc_now
from workflow.provider import discovery as providers
from workflow.refresh import fetch as fetching
from workflow.storage import accounts
from workflow.storage.snapshots import Cache
from workflow.system import endings

if TYPE_CHECKING:
    from workflow.settings import Settings

_KEY = _("{name} has an API key, which is never exchanged; refresh it: tankful refresh")
_TOKEN = _(
    "{name} has an access token only; copy a new one (tankful guide chatgpt, method A) and store it: tankful replace {id}, or store a session cookie (method B)"
)
Result = Union[Credential, UsageError]
Results = list[tuple[Account, Result]]


@click.command(cls=output.Asking, name="exchange")
@click.argument("account", required=False, shell_complete=output.account_names)
@click.option("--brief", is_flag=True, help="One line for all accounts.")
def command(account: str | None, brief: bool) -> None:
    """Exchange the session of ACCOUNT, or of all that have one, for a new access token now."""
    settings = preferences.load()
    chosen = _chosen(account, settings)
    secrets = [_attempt(store.read, each) for each in chosen]
    results = list(zip(chosen, _exchange(chosen, secrets)))
    (_print_briefly if brief else _print)(results, settings)
    _record([each for each, secret in zip(results, secrets) if not _can_wait(each[1], secret)])
    if _failed(results):
        raise SystemExit(1)


def _chosen(named: str | None, settings: Settings) -> list[Account]:
    book = accounts.load()
    if named is None:
        sessions = [account for account in book.accounts if account.kind == "session"]
        if sessions:
            return sessions
        book.check()
        raise Mistake(_("no account has a session cookie; add one: tankful add chatgpt"))
    account = book.named(named)
    if account.kind == "session":
        return [account]
    name = privacy.full_name(account, settings)
    if account.kind == "none":
        raise Mistake(_("{name} has no credential; there is nothing to exchange", name=name))
    if account.kind != "access_token":
        raise Mistake(_KEY.filled(name=name))
    raise Mistake(_TOKEN.filled(name=name, id=account.id))


def _exchange(chosen: list[Account], secrets: list[Result]) -> list[Result]:
    """Exchange several sessions at once; their secrets were read one by one, as each may need a dialog."""
    with endings.held_off(), ThreadPoolExecutor(PER_HOST) as threads:
        return list(threads.map(_renew, chosen, secrets))


def _renew(account: Account, secret: Result) -> Result:
    if isinstance(secret, UsageError):
        return secret
    return _attempt(session.renew, account, secret)


def _attempt(call: Callable[..., Credential], *arguments: object) -> Result:
    try:
        return call(*arguments)
    except UsageError as error:
        return error
    except Mistake as error:  # accounts.json, or a renewed session that cannot be stored
        return StoreLocked(error.message)


def _can_wait(result: Result, secret: Result) -> bool:
    """Tell whether an exchange failed although the token before it still works."""
    if isinstance(result, Credential) or isinstance(secret, UsageError):
        return False
    return session.lives(secret)


def _failed(results: Results) -> Results:
    return [(account, result) for account, result in results if isinstance(result, UsageError)]


def _print(results: Results, settings: Settings) -> None:
    """Print a line for every account: new tokens on stdout, failures on stderr."""
    for account, result in results:
        message = _message(account, result, settings)
        if isinstance(result, UsageError):
            output.complain(message)
        else:
            click.echo(say(message))


def _print_briefly(results: Results, settings: Settings) -> None:
    """Print one line for all accounts, with the names of those that failed."""
    count, failed = len(results), _failed(results)
    if count == 1:
        message = _message(*results[0], settings)
    elif not failed:
        message = _("{count} sessions exchanged, none failed", count=count)
    elif len(failed) == 1:
        why = _message(*failed[0], settings)
        message = _("1 of {count} sessions failed: {why}", count=count, why=why)
    else:
        names = privacy.full_names((account for account, error in failed), settings)
        message = _(
            "{failed} of {count} sessions failed: {names}; why: tankful exchange",
            failed=len(failed),
            count=count,
            names=names,
        )
    click.echo(say(message))


def _message(account: Account, result: Result, settings: Settings) -> Message:
    name = privacy.full_name(account, settings)
    if isinstance(result, UsageError):
        return _reason(result, account, name)
    return _("{account}: {news}", account=name, news=_lifetime(result))


def _reason(error: UsageError, account: Account, name: str) -> Message:
    """Say why it failed; if the message begins with the provider, put the account's name instead."""
    about = providers.about(account.provider)
    if ENGLISH.say(error.message).startswith("{provider}: "):
        named = UsageError(error.message.filled(provider=name))
        return fetching.message(named, about, account.region)
    message = fetching.message(error, about, account.region)
    return _("{account}: {news}", account=name, news=message)


def _record(results: Results) -> None:
    """Show these results on every face; refresh accounts whose last refresh had failed.

    A session may have been replaced or removed meanwhile, while the others were exchanged.
    """
    again: list[str] = []
    book = accounts.load()
    with Cache() as cache:
        for account, result in results:
            current = book.get(account.id)
            if current is None or (current.kind, current.given) != (account.kind, account.given):
                continue
            known = cache.get(account.id)
            if isinstance(result, UsageError):
                about = providers.about(account.provider)
                failure = fetching.failure(result, account, about, utc_now())
                cache.put(fetching.failed(known, failure))
            elif known.failure:
                again.append(account.id)
    if again:
        refreshing.refresh(again)
    else:
        publish.publish()


def _lifetime(credential: Credential) -> Message:
    if credential.expires_at is None:
        return _("new token")
    left = ahead(credential.expires_at.timestamp(), utc_now().timestamp())
    return _("new token, expires {left}", left=left)
