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

from scripts import add, console
from workflow import accounts, enrol
from workflow import provider as providers
from workflow import settings as preferences
from workflow.models import utc_now


@click.command(cls=console.Command, name="replace")
@click.argument("account")
@click.option("--region", default=enrol.AUTO, help="intl or cn, if the new one is of another.")
@click.option("--no-check", is_flag=True, help="Store it without asking the provider.")
def command(account: str, region: str, no_check: bool) -> None:
    """Give ACCOUNT a new credential.

    It is asked for at a hidden prompt, or read from standard input to its end, and checked live. A
    failed check changes nothing.
    """
    found = accounts.load().named(account)
    about = providers.about(found.provider)
    finding = add.finding(add.secret(about, found.region), about)
    wish = enrol.Wish(finding, region=region, check=not no_check, replaces=found)
    try:
        done = enrol.enrol(wish)
    except enrol.CheckFailed as failed:
        console.fail_with(failed.error, failed.account)
    for remark in done.remarks:
        console.complain(remark)
    click.echo(console.line(done.account, done.snapshot, preferences.load(), utc_now()))


if __name__ == "__main__":
    command()
