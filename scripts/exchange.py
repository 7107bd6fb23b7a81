#!/usr/bin/python3 -IS
"""Trade a ChatGPT session for a new access token."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

from concurrent.futures import ThreadPoolExecutor
from typing import List, Optional, Tuple, Union

import click

from scripts import console
from workflow import accounts, ask, exchange, publish, refresh
from workflow import provider as providers
from workflow import settings as preferences
from workflow.cache import Cache
from workflow.client import PER_HOST
from workflow.clock import ahead
from workflow.errors import Mistake, StoreLocked, UsageError
from workflow.models import Account, Credential, utc_now
from workflow.settings import Settings

Outcome = Union[Credential, UsageError]


@click.command(cls=console.Command, name="exchange")
@click.argument("account", required=False)
def command(account: Optional[str]) -> None:
    """Trade the session of ACCOUNT, or of all that have one, for a new access token now."""
    settings = preferences.load()
    chosen = _chosen(account, settings)
    with ThreadPoolExecutor(PER_HOST) as desks:
        outcomes = list(zip(chosen, desks.map(_outcome, chosen)))
    for found, outcome in outcomes:
        if isinstance(outcome, UsageError):
            console.complain_of(outcome, found)
        else:
            click.echo(f"{console.name(found, settings)}: {_lifetime(outcome, settings)}")
    _remember(outcomes)
    if any(isinstance(outcome, UsageError) for _, outcome in outcomes):
        raise SystemExit(1)


def _chosen(named: Optional[str], settings: Settings) -> List[Account]:
    book = accounts.load()
    if named is None:
        found = [account for account in book.accounts if account.kind == "session"]
        if found:
            return found
        raise Mistake(
            (
                "no account has a session cookie; add one: headroom add chatgpt",
                "没有使用会话 cookie 的账号；添加：headroom add chatgpt",
            )
        )
    account = book.named(named)
    if account.kind == "session":
        return [account]
    name = console.name(account, settings)
    if account.kind != "access_token":
        raise Mistake(
            (
                f"{name} has an API key, which is never exchanged; refresh it: headroom refresh",
                f"{name} 使用 API Key，无需换取令牌；可刷新：headroom refresh",
            )
        )
    raise Mistake(
        (
            f"{name} has an access token only; copy a new one (headroom guide chatgpt, method A) and store it: headroom replace {account.id}, or store a session cookie (method B)",
            f"{name} 只有访问令牌；请复制新令牌（headroom guide chatgpt，方法 A）并更换：headroom replace {account.id}，或改存会话 cookie（方法 B）",
        )
    )


def _outcome(account: Account) -> Outcome:
    try:
        return exchange.renew(account)
    except UsageError as error:
        return error
    except Mistake as error:  # the renewed session could not be kept
        return StoreLocked(error.words)


def _remember(outcomes: List[Tuple[Account, Outcome]]) -> None:
    """Let every face show what came of it; an account that had failed is asked again."""
    with Cache() as cache:
        known = {account.id: cache.get(account.id) for account, _ in outcomes}
        for account, outcome in outcomes:
            if isinstance(outcome, UsageError):
                about = providers.about(account.provider)
                why = ask.failure(outcome, account, about, utc_now())
                cache.put(ask.failed(known[account.id], why))
    again = [a.id for a, outcome in outcomes if isinstance(outcome, Credential)]
    again = [account_id for account_id in again if known[account_id].failure]
    if again:
        refresh.refresh(again)
    else:
        publish.publish()


def _lifetime(credential: Credential, settings: Settings) -> str:
    if credential.expires_at is None:
        return console.told(("a new token", "已换取新令牌"))
    left = ahead(
        credential.expires_at.timestamp(),
        utc_now().timestamp(),
        settings.language,
        settings.hours24,
    )
    return console.told((f"a new token, which expires {left}", f"已换取新令牌，{left}过期"))


if __name__ == "__main__":
    command()
