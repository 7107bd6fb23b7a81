"""Show where to find the credentials, on a terminal or as a page."""

from __future__ import annotations

import sys

import click

from scripts.terminal import output
from workflow.guide import guide, pages
from workflow.provider import discovery as providers


@click.command(cls=output.Command, name="guide", epilog=f"PROVIDER: {', '.join(providers.names())}")
@click.argument("provider", default="", shell_complete=output.provider_names)
@click.option("--html", "as_page", is_flag=True, help="Write an HTML page and print its path.")
def command(provider: str, as_page: bool) -> None:
    """Show where to find the credential of PROVIDER, or of all.

    Prints Markdown when the output is not a terminal.
    """
    provider = providers.named(provider) if provider else ""
    if as_page:
        click.echo(pages.compared(provider))
    elif sys.stdout.isatty():
        from scripts.terminal import guide as guide_text

        guide_text.show(guide.syntax_tree(provider))
    else:
        click.echo(guide.markdown(provider), nl=False)
