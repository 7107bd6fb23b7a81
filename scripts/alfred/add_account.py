#!/usr/bin/python3 -IS
"""Take a credential in by a hidden dialog or from the clipboard: recognised, checked, stored, shown."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 3)[0])
    from scripts import bootstrap

    bootstrap.prepare()

import os
from typing import Optional

import click

from scripts.alfred import action
from scripts.terminal import language, output
from workflow import settings as preferences
from workflow.actions import wizard
from workflow.actions.add import AUTO, Enrolled
from workflow.actions.wizard import Order
from workflow.alfred import add_menu, run_script
from workflow.errors import Mistake
from workflow.i18n.alfred_messages import say
from workflow.i18n.catalog import say as in_language
from workflow.i18n.message import _
from workflow.models import utc_now
from workflow.provider import discovery as providers
from workflow.recognition import found_keys
from workflow.recognition.finding import Finding
from workflow.settings import Settings
from workflow.storage import accounts
from workflow.system import dialogs


@click.command(cls=language.Spoken, name="take-in")
@click.option("--provider", envvar="provider", default="", help="Whose credential it is.")
@click.option("--account", envvar="account", default="", help="The account that gets it.")
@click.option("--region", envvar="region", default=AUTO, help="intl, cn or auto.")
@click.option("--source", envvar="source", default="", help="clipboard, or ask for it.")
def command(provider: str, account: str, region: str, source: str) -> None:
    """Ask for a credential in a hidden dialog, check it, and store it."""
    settings = preferences.load()
    try:
        output.say_detour()
        done = wizard.take_in(_order(provider, account, region or AUTO, source), settings)
    except dialogs.Cancelled:
        _answer("" if _in_alfred() else say("cancelled", settings.language))
        return
    except Exception as error:  # no traceback where a secret was at hand
        _answer(action.trouble(error), failed=True)
        return
    told = [_told(each, settings, bool(account)) for each in done]
    _answer(" · ".join(told), then="list")


def _order(provider: str, account: str, region: str, source: str) -> Order:
    if account:
        replaces = accounts.load().named(account)
        return Order(replaces=replaces, from_clipboard=source == "clipboard")
    if not provider:
        return Order(from_clipboard=source == "clipboard")
    about = providers.about(provider)
    told = add_menu.wanted(about, os.environ)
    scopes = {name: told[f"scope_{name}"] for name in about.scopes if f"scope_{name}" in told}
    found = _on_machine(os.environ.get("place", ""), provider) if source == "machine" else None
    return Order(
        provider, told.get("label", ""), region, scopes, None, source == "clipboard", found
    )


def _on_machine(place: str, provider: str) -> Finding:
    """The credential that lies where the user chose. Raises Mistake when it is gone."""
    for candidate in found_keys.look(os.environ).candidates:
        if (candidate.source, candidate.finding.provider) == (place, provider):
            return candidate.finding
    raise Mistake(_("there is no key at {place} any more", place=place[:60]))


def _told(done: Enrolled, settings: Settings, replaced: bool) -> str:
    output.after_change()
    line = output.line(done.account, done.snapshot, settings, utc_now())
    said = say("replaced" if replaced else "added", settings.language, line)
    remarks = [in_language(remark, settings.language) for remark in done.remarks]
    return " · ".join([said, *remarks])


def _in_alfred() -> bool:
    return bool(os.environ.get("alfred_version"))


def _answer(told: str, then: Optional[str] = None, failed: bool = False) -> None:
    """One line for a shell, variables too for Alfred."""
    if _in_alfred():
        click.echo(run_script.answer(told, then or ""), nl=False)
        return
    click.echo(told, err=failed)
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    command([] if _in_alfred() else None)
