#!/usr/bin/python3 -IS
"""Where to find the credentials, on a terminal or as a page."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import console
from workflow import guide
from workflow import provider as providers


@click.command(
    cls=console.Command, name="guide", epilog=f"PROVIDER: {', '.join(providers.names())}"
)
@click.argument("provider", default="")
@click.option("--html", "as_page", is_flag=True, help="Write a page and print where it lies.")
def command(provider: str, as_page: bool) -> None:
    """Show where to find the credential of PROVIDER, or of all.

    Markdown when the output is no terminal.
    """
    language = console.language()
    if as_page:
        click.echo(guide.page_path(provider, language))
    elif sys.stdout.isatty():
        from scripts import leaflet

        leaflet.show(guide.title(language, provider), guide.sections(language, provider))
    else:
        click.echo(guide.markdown(language, provider), nl=False)


if __name__ == "__main__":
    command()
