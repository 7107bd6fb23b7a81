"""Check the file of a provider of the user's own before an account is added."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.terminal import entry, output
from scripts.terminal.language import OneOf
from workflow.display.names import headed
from workflow.display.numbers import label
from workflow.display.quotas import AMOUNTS
from workflow.errors import Mistake, UsageError
from workflow.http.client import Client
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.provider import declared, discovery, masking, own, own_files, pointers
from workflow.provider.reading import text
from workflow.recognition.explanations import EMPTY
from workflow.refresh import fetch as fetching

if TYPE_CHECKING:
    from workflow.models import Usage
    from workflow.provider.answer import Answer

_GOOD: Message = _("{file}: valid; its key goes to {origin} only")
_WRONG: Message = _("{file}: {why}")
_NOTHING: Message = _("nothing")


@click.command(cls=output.Asking, name="provider")
@click.argument("action", type=OneOf(("check",)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--no-ask", is_flag=True, help="Only read the file; send nothing.")
def command(action: str, file: Path, no_ask: bool) -> None:
    """Check FILE, a provider of your own: read it, ask once, print what each pointer found.

    The key is asked for at a hidden prompt, or read from standard input; it is not stored.
    """
    if discovery.is_built_in(file.stem):
        raise Mistake(_WRONG.filled(file=file.name, why=own.TAKEN))
    try:
        declaration = declared.read(file.stem, file.read_bytes())
    except Mistake as error:
        raise Mistake(_WRONG.filled(file=file.name, why=error.message)) from None
    click.echo(say(_GOOD, file=file.name, origin=declaration.origin))
    if file.resolve().parent == Path(own_files.folder()).resolve():
        output.after_change()  # launchers offer it at once
    if no_ask:
        return
    module = own.of(declaration)
    secret = entry.secret(module.PROVIDER).strip()
    if not secret:
        raise Mistake(EMPTY)
    try:
        answer = asyncio.run(_send(declaration, secret))
        for line in _pointer_lines(declaration, answer):
            click.echo(line)
        for line in _number_lines(own.parse(declaration, answer)):
            click.echo(line)
    except UsageError as error:
        output.fail(fetching.message(error, module.PROVIDER))


async def _send(declaration: declared.Declaration, secret: str) -> Answer:
    async with Client() as client:
        return await own.send(declaration, masking.MaskingClient(client, secret), secret)


def _pointer_lines(declaration: declared.Declaration, answer: Answer) -> Iterator[str]:
    """List the value at each pointer, whatever the answer is."""
    document = answer.document()
    yield f"HTTP {answer.status}"
    for pointer in dict.fromkeys(declaration.pointers):
        value = pointers.value(document, pointer)
        missing = value is pointers.MISSING
        shown = say(_NOTHING) if missing else text(str(value), 60) or repr("")
        yield f"{pointer}: {shown}"


def _number_lines(usage: Usage) -> Iterator[str]:
    for quota in usage.quotas:
        used, limit = (each if each is not None else "?" for each in (quota.used, quota.limit))
        parts = [f"{used} / {limit} {quota.unit}"]
        if quota.limit is None and quota.remaining is not None:
            left = say(AMOUNTS["left"], amount=f"{quota.remaining} {quota.unit}")
            parts = [left] if quota.used is None else [*parts, left]
        parts += [f"{quota.resets_at:%Y-%m-%d %H:%M} UTC"] if quota.resets_at else []
        yield headed(label(quota.label), " · ".join(parts))
    for balance in usage.balances:
        yield f"{balance.available} {balance.unit}"
