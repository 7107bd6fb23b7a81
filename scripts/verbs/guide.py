"""Where to find the credentials, on a terminal or as a page."""

from __future__ import annotations

import sys

import click

from scripts.terminal import output
from workflow.guide import guide
from workflow.provider import discovery as providers


@click.command(cls=output.Command, name="guide", epilog=f"PROVIDER: {', '.join(providers.names())}")
@click.argument("provider", default="")
@click.option("--html", "as_page", is_flag=True, help="Write a page and print where it lies.")
def command(provider: str, as_page: bool) -> None:
    """Show where to find the credential of PROVIDER, or of all.

    Markdown when the output is no terminal.
    """
    language = output.language()
    if as_page:
        click.echo(guide.page_path(provider, language))
    elif sys.stdout.isatty():
        from scripts.terminal import guide as guide_text

        guide_text.show(guide.syntax_tree(language, provider))
    else:
        click.echo(guide.markdown(language, provider), nl=False)
