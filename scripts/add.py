#!/usr/bin/python3 -IS
"""Add an account: the secret comes from a hidden prompt or from standard input, never from argv."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

from typing import Dict, Optional, Tuple

import click

from scripts import console
from workflow import enrol, recognise
from workflow import provider as providers
from workflow import settings as preferences
from workflow.errors import Mistake, UsageError
from workflow.models import Account, utc_now
from workflow.text import say

LARGEST = 1024 * 1024  # characters that are ever read


@click.command(cls=console.Command, name="add")
@click.argument("provider", required=False)
@click.option("--label", default="", help="What to call the account.")
@click.option("--region", default=enrol.AUTO, show_default=True, help="intl, cn or auto.")
@click.option("--scope", multiple=True, metavar="NAME=VALUE", help="A team, project or workspace.")
@click.option("--no-check", is_flag=True, help="Store it without asking the provider.")
def command(
    provider: Optional[str], label: str, region: str, scope: Tuple[str, ...], no_check: bool
) -> None:
    """Add an account of PROVIDER.

    The credential is asked for at a hidden prompt, or read from standard input to its end. It is
    checked live before it is stored; with --region auto the provider's own regional hosts are asked.
    Without PROVIDER it is recognised.
    """
    scopes = dict(_scope(told) for told in scope)
    if provider is None and sys.stdin.isatty():
        provider = _pick()
    about = providers.about(provider) if provider else None
    found = finding(secret(about), about)
    wish = enrol.Wish(found, label, region, scopes, check=not no_check)
    try:
        done = enrol.enrol(wish)
    except enrol.CheckFailed as failed:
        console.fail_with(failed.error, failed.account)
    settings = preferences.load()
    for remark in done.remarks:
        console.complain(remark)
    click.echo(console.line(done.account, done.snapshot, settings, utc_now()))


def finding(pasted: str, about: Optional[providers.Provider]) -> recognise.Finding:
    """What was pasted, for this provider or for any. Exits with a complaint, or raises Mistake."""
    if about is not None:
        try:
            return recognise.read(pasted, about.id)
        except UsageError as error:
            console.fail_with(error, Account("", about.id, ""))
    found = recognise.recognise(pasted)
    if len(found) > 1 and not found[0].sure:
        names = ", ".join(dict.fromkeys(each.provider for each in found))
        raise Mistake(
            (
                f"this may be a key of {names}; name the one it belongs to: headroom add PROVIDER",
                f"此密钥可能属于 {names}；请指明：headroom add 服务名",
            )
        )
    return found[0]


def _scope(told: str) -> Tuple[str, str]:
    name, equals, value = told.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise click.BadParameter(
            console.told(("takes NAME=VALUE", "格式为 NAME=VALUE")), param_hint="--scope"
        )
    return name.strip(), value.strip()


def _pick() -> str:
    """The provider, chosen from a list on a terminal."""
    language = console.language()
    choices: Dict[str, str] = {}
    for number, (name, about) in enumerate(providers.everything().items(), 1):
        choices[str(number)] = name
        click.echo(f"{number}  {about.name}: {say(about.needs, language)}", err=True)
    told: str = click.prompt(
        console.told(("Which one?", "选择哪一个？")),
        type=click.Choice([*choices, *choices.values()]),
        show_choices=False,
        err=True,
    )
    return choices.get(told, told)


def secret(about: Optional[providers.Provider], region: str = "") -> str:
    """The credential, from a hidden prompt or from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(LARGEST + 1).decode("utf-8", "replace")
    language = console.language()
    if about is not None:
        click.echo(f"{say(about.needs, language)} · {about.keys_page(region)}", err=True)
    told: str = click.prompt(
        console.told(("Credential (hidden)", "凭证（不显示）")), hide_input=True, err=True
    )
    return told


if __name__ == "__main__":
    command()
