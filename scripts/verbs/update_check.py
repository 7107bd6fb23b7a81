"""Ask the release page whether there is a newer Tankful."""

from __future__ import annotations

import asyncio

import click

import workflow
from scripts.terminal import output
from workflow.doctor import updates
from workflow.errors import UsageError
from workflow.http.client import Client
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.refresh import fetch as fetching

NO_PAGE: Message = _(
    "This is {own}; it has no release page to ask, so look for a newer version where you got it."
)


@click.command(cls=output.Asking, name="update-check")
def command() -> None:
    """Ask the release page whether there is a newer Tankful.

    Asked only when you type this; nothing of you or your accounts is sent.
    """
    project, own = workflow.__url__, workflow.__version__
    if not project:
        click.echo(say(NO_PAGE, own=own))
        return
    try:
        newest = asyncio.run(_newest(project))
    except UsageError as error:
        output.fail(fetching.message(error, None, unknown=say(updates.PAGE_NAME)))
    click.echo(say(updates.verdict(own, newest, project)))


async def _newest(project: str) -> str | None:
    async with Client() as client:
        return await updates.newest(client, project)
