#!/usr/bin/python3 -IS
"""Trade a ChatGPT session for a new access token."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import asyncio
from typing import Optional

import click

from scripts import console
from workflow import accounts, exchange, publish
from workflow import settings as preferences
from workflow.client import ACCOUNT_SECONDS, Client, utc_now
from workflow.clock import ahead
from workflow.errors import Mistake, UsageError
from workflow.models import Account, Credential
from workflow.settings import Settings

SECONDS = 2 * ACCOUNT_SECONDS  # a bare token may be tried under two names


@click.command(cls=console.Command, name="exchange")
@click.argument("account", required=False)
def command(account: Optional[str]) -> None:
    """Trade the session of ACCOUNT, or of all that have one, for a new access token now."""
    book = accounts.load()
    chosen = [book.named(account)] if account else [a for a in book.accounts if a.kind == "session"]
    if not chosen:
        raise Mistake(
            (
                "no account has a session cookie; add one: headroom add chatgpt",
                "没有使用会话 cookie 的账号；添加：headroom add chatgpt",
            )
        )
    settings = preferences.load()
    failed = [found for found in chosen if not _told(found, settings)]
    publish.publish()
    if failed:
        raise SystemExit(1)


def _told(account: Account, settings: Settings) -> bool:
    name = console.name(account, settings)
    if account.kind != "session":
        raise Mistake(
            (
                f"{name} has an access token only; copy a new one (headroom guide chatgpt, method A), or replace it with a session cookie",
                f"{name} 只有访问令牌；请复制新令牌（headroom guide chatgpt，方法 A），或更换为会话 cookie",
            )
        )
    try:
        credential = asyncio.run(_exchanged(account))
    except UsageError as error:
        console.complain_of(error, account)
        return False
    click.echo(f"{name}: {_lifetime(credential, settings)}")
    return True


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


async def _exchanged(account: Account) -> Credential:
    async with Client() as client:
        return await asyncio.wait_for(exchange.fresh(client, account, force=True), SECONDS)


if __name__ == "__main__":
    command()
