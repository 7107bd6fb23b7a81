#!/usr/bin/python3 -IS
"""Add an account from a hidden dialog or the clipboard: recognise the credential, check and store it."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: make our packages importable
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 3)[0])
    from scripts import bootstrap

    bootstrap.prepare()

import os
from typing import TYPE_CHECKING

import click

from scripts.alfred import action
from scripts.terminal import language, output
from workflow import settings as preferences
from workflow.actions import wizard
from workflow.actions.add import AUTO, Added
from workflow.actions.wizard import AddForm
from workflow.alfred import add_menu, run_script
from workflow.errors import Mistake
from workflow.i18n.catalog import say
from workflow.i18n.message import _
from workflow.models import utc_now
from workflow.provider import discovery as providers
from workflow.recognition import found_keys
from workflow.storage import accounts
from workflow.system import dialogs

if TYPE_CHECKING:
    from workflow.recognition.finding import Finding
    from workflow.settings import Settings


@click.command(cls=language.Translated, name="take-in")
@click.option("--provider", envvar="provider", default="", help="Whose credential it is.")
@click.option("--account", envvar="account", default="", help="The account that gets it.")
@click.option("--region", envvar="region", default=AUTO, help="intl, cn or auto.")
@click.option("--source", envvar="source", default="", help="clipboard, or ask for it.")
def command(provider: str, account: str, region: str, source: str) -> None:
    """Ask for a credential in a hidden dialog, check it, and store it."""
    settings = preferences.load()
    try:
        output.say_detour()
        added = wizard.run(_form(provider, account, region or AUTO, source), settings)
    except dialogs.Cancelled:
        _answer("" if _in_alfred() else say(_("Nothing was added")))
        return
    except Exception as error:  # a traceback could show a secret
        _answer(action.explain(error), failed=True)
        return
    messages = [_result(each, settings, replaced=bool(account)) for each in added]
    _answer(" · ".join(messages), then="list")


def _form(provider: str, account: str, region: str, source: str) -> AddForm:
    """Collect from Alfred's variables the account to add, or the one that gets a new credential."""
    from_clipboard = source == "clipboard"
    if account:
        chosen = accounts.load().named(account)
        return AddForm(chosen.provider, replaces=chosen, from_clipboard=from_clipboard)
    if not provider:
        return AddForm(from_clipboard=from_clipboard)
    about = providers.about(provider)
    given = add_menu.answers(about, os.environ)
    scopes = {name: given[f"scope_{name}"] for name in about.scopes if f"scope_{name}" in given}
    key = _on_machine(os.environ.get("place", ""), provider) if source == "machine" else None
    return AddForm(provider, given.get("label", ""), region, scopes, None, from_clipboard, key)


def _on_machine(place: str, provider: str) -> Finding:
    """Read the credential at the place that the user chose. Raises Mistake if it is gone."""
    for candidate in found_keys.look(os.environ).candidates:
        if (candidate.source, candidate.finding.provider) == (place, provider):
            return candidate.finding
    raise Mistake(_("no key at {place} any more", place=place[:60]))


def _result(added: Added, settings: Settings, replaced: bool) -> str:
    """Publish the added account, and describe it with the remarks about it."""
    output.after_change()
    line = output.line(added.account, added.snapshot, settings, utc_now())
    sentence = _("Replaced the credential of {account}") if replaced else _("Added {account}")
    return " · ".join([say(sentence, account=line), *map(say, added.remarks)])


def _in_alfred() -> bool:
    return bool(os.environ.get("alfred_version"))


def _answer(message: str, then: run_script.Then = "", failed: bool = False) -> None:
    """Print a line for a shell, or Alfred's answer with the next step."""
    if _in_alfred():
        click.echo(run_script.answer(message, then), nl=False)
        return
    click.echo(message, err=failed)
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    command([] if _in_alfred() else None)
