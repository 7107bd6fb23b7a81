#!/usr/bin/python3 -IS
"""Trade a ChatGPT session for a new access token."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import asyncio

import click

from scripts import console
from workflow import accounts, exchange, publish
from workflow import settings as preferences
from workflow.client import ACCOUNT_SECONDS, Client, utc_now
from workflow.clock import ahead
from workflow.errors import Mistake, UsageError
from workflow.models import Account, Credential


@click.command(cls=console.Command, name="exchange")
@click.argument("account")
def command(account: str) -> None:
    """Trade the session of ACCOUNT for a new access token now."""
    found = accounts.load().named(account)
    if found.kind != "session":
        raise Mistake(
            (
                f"{found.label} has no session cookie to exchange; replace its credential (headroom replace {found.id})",
                f"{found.label} 没有可换取令牌的会话 cookie；请更换凭证（headroom replace {found.id}）",
            )
        )
    try:
        credential = asyncio.run(_exchanged(found))
    except UsageError as error:
        console.fail_with(error, found)
    publish.publish()
    settings = preferences.load()
    end = credential.expires_at.timestamp() if credential.expires_at else None
    now = utc_now().timestamp()
    english = f", good until {ahead(end, now, 'en', settings.hours24)[3:]}" if end else ""
    chinese = f"，有效期{ahead(end, now, 'zh', settings.hours24)}" if end else ""
    click.echo(console.told((f"A new token{english}.", f"已换取新令牌{chinese}。")))


async def _exchanged(account: Account) -> Credential:
    async with Client() as client:
        return await asyncio.wait_for(
            exchange.fresh(client, account, force=True), 2 * ACCOUNT_SECONDS
        )


if __name__ == "__main__":
    command()
