"""Trade a ChatGPT session for a new access token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List, Optional, Tuple, Union

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.alfred import publish
from workflow.chatgpt import session
from workflow.client import PER_HOST
from workflow.credentials import store
from workflow.display.times import ahead
from workflow.errors import Mistake, StoreLocked, UsageError
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.models import Account, Credential, utc_now
from workflow.provider import discovery as providers
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.storage import accounts
from workflow.storage.snapshots import Cache

Outcome = Union[Credential, UsageError]
Outcomes = List[Tuple[Account, Outcome]]


@click.command(cls=output.Asking, name="exchange")
@click.argument("account", required=False)
@click.option("--brief", is_flag=True, help="One line for all accounts.")
def command(account: Optional[str], brief: bool) -> None:
    """Trade the session of ACCOUNT, or of all that have one, for a new access token now."""
    settings = preferences.load()
    chosen = _chosen(account, settings)
    outcomes = list(zip(chosen, _outcomes(chosen)))
    (_tell_briefly if brief else _tell)(outcomes, settings)
    _remember(outcomes)
    if _failed(outcomes):
        raise SystemExit(1)


def _chosen(named: Optional[str], settings: Settings) -> List[Account]:
    book = accounts.load()
    if named is None:
        found = [account for account in book.accounts if account.kind == "session"]
        if found:
            return found
        raise Mistake(_("no account has a session cookie; add one: tankful add chatgpt"))
    account = book.named(named)
    if account.kind == "session":
        return [account]
    name = output.name(account, settings)
    if account.kind != "access_token":
        raise Mistake(
            _(
                "{name} has an API key, which is never exchanged; refresh it: tankful refresh",
                name=name,
            )
        )
    raise Mistake(
        _(
            "{name} has an access token only; copy a new one (tankful guide chatgpt, method A) and store it: tankful replace {id}, or store a session cookie (method B)",
            name=name,
            id=account.id,
        )
    )


def _outcomes(chosen: List[Account]) -> List[Outcome]:
    """Exchange several at once, but read one secret after the other: each may need a dialog."""
    secrets = [_attempt(store.read, account) for account in chosen]
    with ThreadPoolExecutor(PER_HOST) as desks:
        return list(desks.map(_renewed, chosen, secrets))


def _renewed(account: Account, secret: Outcome) -> Outcome:
    if isinstance(secret, UsageError):
        return secret
    return _attempt(session.renew, account, secret)


def _attempt(call: Callable[..., Credential], *about: object) -> Outcome:
    try:
        return call(*about)
    except UsageError as error:
        return error
    except Mistake as error:  # of accounts.json, or the renewed session is not kept
        return StoreLocked(error.message)


def _failed(outcomes: Outcomes) -> Outcomes:
    return [(account, outcome) for account, outcome in outcomes if isinstance(outcome, UsageError)]


def _tell(outcomes: Outcomes, settings: Settings) -> None:
    """A line for every account: new tokens on stdout, failures on stderr."""
    for account, outcome in outcomes:
        words = _told(account, outcome, settings)
        if isinstance(outcome, UsageError):
            output.complain(words)
        else:
            click.echo(output.told(words))


def _tell_briefly(outcomes: Outcomes, settings: Settings) -> None:
    """One line for all accounts, which names those that failed."""
    count, failed = len(outcomes), _failed(outcomes)
    if count == 1:
        words = _told(*outcomes[0], settings)
    elif not failed:
        words = _("{count} sessions exchanged, all fine", count=count)
    elif len(failed) == 1:
        why = _told(*failed[0], settings)
        words = _("1 of {count} sessions failed: {why}", count=count, why=why)
    else:
        names = ", ".join(output.name(account, settings) for account, error in failed)
        words = _(
            "{failed} of {count} sessions failed: {names}; why: tankful exchange",
            failed=len(failed),
            count=count,
            names=names,
        )
    click.echo(output.told(words))


def _told(account: Account, outcome: Outcome, settings: Settings) -> Message:
    name = output.name(account, settings)
    if isinstance(outcome, UsageError):
        return _reason(outcome, account, name)
    return _("{account}: {news}", account=name, news=_lifetime(outcome, settings))


def _reason(error: UsageError, account: Account, name: str) -> Message:
    """Why it failed: with the account's name in the place of the provider's where that stands in front."""
    about = providers.about(account.provider)
    if say(error.message, "en").startswith("{provider}: "):
        return fetching.message(
            UsageError(error.message.filled(provider=name)), about, account.region
        )
    message = fetching.message(error, about, account.region)
    return _("{account}: {news}", account=name, news=message)


def _remember(outcomes: Outcomes) -> None:
    """Let every face show what came of it; an account that had failed is asked again."""
    with Cache() as cache:
        known = {account.id: cache.get(account.id) for account, outcome in outcomes}
        for account, outcome in outcomes:
            if isinstance(outcome, UsageError):
                about = providers.about(account.provider)
                why = fetching.failure(outcome, account, about, utc_now())
                cache.put(fetching.failed(known[account.id], why))
    again = [a.id for a, outcome in outcomes if isinstance(outcome, Credential)]
    again = [account_id for account_id in again if known[account_id].failure]
    if again:
        refresh.refresh(again, publish=publish.publish)
    else:
        publish.publish()


def _lifetime(credential: Credential, settings: Settings) -> Message:
    if credential.expires_at is None:
        return _("a new token")
    left = ahead(
        credential.expires_at.timestamp(),
        utc_now().timestamp(),
        settings.language,
        settings.hours24,
    )
    return _("a new token, which expires {left}", left=left)
