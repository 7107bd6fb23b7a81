"""Give an account a new credential; it keeps its id, its label and its scope."""

from __future__ import annotations

import click

from scripts.terminal import credential, output, secret_arguments
from scripts.verbs import add
from workflow.actions import add as adding
from workflow.errors import Mistake
from workflow.i18n.message import _
from workflow.provider import discovery as providers
from workflow.storage import accounts

_NOTHING = _("{provider} has no credential; there is nothing to replace")
_REPLACED = _("Replaced the credential of {account}")


@click.command(cls=secret_arguments.Careful, name="replace")
@click.argument("account", shell_complete=output.account_names)
@click.option(
    "--region", type=add.REGION, default=adding.AUTO, help="Region of the new key, if it differs."
)
@click.option("--no-check", is_flag=True, help="Save it without checking.")
def command(account: str, region: str, no_check: bool) -> None:
    """Give ACCOUNT a new credential.

    It is read from a hidden prompt, or from standard input to its end, and checked with the
    provider. If the check fails, nothing changes; otherwise the old one is deleted here. The
    name and the history stay.
    """
    chosen = accounts.load().named(account)
    about = providers.about(chosen.provider)
    if about.is_local:
        raise Mistake(_NOTHING.filled(provider=about.short))
    add.check_store()
    (finding,) = credential.asked(about, chosen.region, every=None).findings
    add.check_region(about, region)
    request = adding.NewAccount(finding, region=region, check=not no_check, replaces=chosen)
    add.take(request, _REPLACED)
