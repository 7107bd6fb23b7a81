#!/usr/bin/python3 -IS
"""Give an account a new credential; it keeps its id, its label and its scope."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import click

from scripts import add, argument
from workflow import accounts, enrol
from workflow import provider as providers
from workflow.models import Phrase

_REPLACED = Phrase("Replaced the credential of {}", "已更换凭证：{}")


@click.command(cls=argument.Careful, name="replace")
@click.argument("account")
@click.option(
    "--region", type=add.REGION, default=enrol.AUTO, help="If the new one belongs elsewhere."
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
    wish = enrol.Wish(finding, region=region, check=not no_check, replaces=found)
    add.take(wish, _REPLACED)


if __name__ == "__main__":
    command()
