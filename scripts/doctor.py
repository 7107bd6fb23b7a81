#!/usr/bin/python3 -IS
"""A redacted report of how Headroom is doing, to paste in public."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import console
from workflow import clipboard, diagnostics
from workflow.models import utc_now


@click.command(cls=console.Command, name="doctor")
@click.option("--copy", "copies", is_flag=True, help="Copy it instead of printing it.")
def command(copies: bool) -> None:
    """Report versions, places, states and timings; no secret, label or amount is in it."""
    told = diagnostics.report(utc_now())
    if copies:
        clipboard.copy(told)
        told = console.told(
            ("Copied. It holds no secret, label or amount.", "已复制。不含密钥、名称或金额。")
        )
    click.echo(told)


if __name__ == "__main__":
    command()
