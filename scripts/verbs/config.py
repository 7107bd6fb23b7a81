"""Read and set what the user chose."""

from __future__ import annotations

from typing import Optional

import click

from scripts.terminal import output
from workflow import settings
from workflow.errors import Mistake
from workflow.i18n.message import _


@click.command(cls=output.Command, name="config", epilog=f"NAME: {', '.join(settings.CHOICES)}")
@click.argument("name", required=False)
@click.argument("value", required=False)
def command(name: Optional[str], value: Optional[str]) -> None:
    """Show all settings, one of them, or set NAME to VALUE."""
    kept = settings.chosen()
    if value is None and settings.is_newer():
        output.complain(settings.NEWER)
    if name is None:
        for setting, current, values in settings.values(kept):
            click.echo(f"{setting:<10} {current:<8} ({values})")
        return
    if value is not None:
        click.echo(settings.choose(name, value))
        output.after_change()
        return
    if name not in kept:
        known = ", ".join(kept)
        raise Mistake(_("there is no setting {name!r}; there are {known}", name=name, known=known))
    click.echo(kept[name])
