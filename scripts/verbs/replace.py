"""Give an account a new credential; it keeps its id, its label and its scope."""

from __future__ import annotations

import click

from scripts.terminal import secret_arguments
from scripts.verbs import add
from workflow.actions import add as adding
from workflow.i18n.message import _
from workflow.provider import discovery as providers
from workflow.storage import accounts

_REPLACED = _("Replaced the credential of {account}")


@click.command(cls=secret_arguments.Careful, name="replace")
@click.argument("account")
@click.option(
    "--region", type=add.REGION, default=adding.AUTO, help="If the new one belongs elsewhere."
)
@click.option("--no-check", is_flag=True, help="Store it without asking the provider.")
def command(account: str, region: str, no_check: bool) -> None:
    """Give ACCOUNT a new credential.

    It is asked for at a hidden prompt, or read from standard input to its end, and checked live. A
    failed check changes nothing.
    """
    found = accounts.load().named(account)
    about = providers.about(found.provider)
    add.check_store()
    (finding,) = add.chosen(add.secret(about, found.region), about, every=None)
    add.check_region(about, region)
    wish = adding.Wish(finding, region=region, check=not no_check, replaces=found)
    add.take(wish, _REPLACED)
