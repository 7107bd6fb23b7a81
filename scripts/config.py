#!/usr/bin/python3 -IS
"""Read and set what the user chose."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

from typing import Optional

import click

from scripts import console
from workflow import settings
from workflow.errors import Mistake


@click.command(cls=console.Command, name="config", epilog=f"NAME: {', '.join(settings.CHOICES)}")
@click.argument("name", required=False)
@click.argument("value", required=False)
def command(name: Optional[str], value: Optional[str]) -> None:
    """Show all settings, one of them, or set NAME to VALUE."""
    kept = settings.chosen()
    if value is None and settings.is_newer():
        console.complain(settings.NEWER)
    if name is None:
        for setting, current, values in settings.values(kept):
            click.echo(f"{setting:<10} {current:<8} ({values})")
        return
    if value is not None:
        click.echo(settings.choose(name, value))
        console.after_change()
        return
    if name not in kept:
        known = ", ".join(kept)
        raise Mistake(
            (
                f"there is no setting {name!r}; there are {known}",
                f"没有设置 {name!r}；可用：{known}",
            )
        )
    click.echo(kept[name])


if __name__ == "__main__":
    command()
