#!/usr/bin/python3 -IS
"""What the launcher does at a key: refresh, copy, rename, arrange, remove … and what is said then.

The variable ``action`` names it. The answer carries what a notification says, and what comes next.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import start

    start.prepare()

import json
import os
from dataclasses import dataclass
from typing import Callable, Dict, List

import click

from scripts import console, last_resort
from workflow import accounts, publish, run_script, summary, upkeep
from workflow import settings as preferences
from workflow.clock import ahead, day_and_time
from workflow.errors import CredentialExpired, Mistake, StoreLocked, UsageError
from workflow.menu_words import WORDS, say
from workflow.models import Account, Credential, utc_now
from workflow.settings import Settings
from workflow.text import say as in_language

SHORT = 60  # characters of what was copied that a notification repeats


@dataclass(frozen=True)
class Wish:
    """What the row said, and what was typed."""

    action: str
    account: str
    answer: str
    text: str
    settings: Settings

    def say(self, name: str, *parts: object) -> str:
        """A sentence in the user's language."""
        return say(name, self.settings.language, *parts)

    def found(self) -> Account:
        """The account. Raises Mistake when it is gone."""
        account = accounts.load().get(self.account)
        if account is None:
            raise Mistake(WORDS["gone"])
        return account

    def name(self, account: Account) -> str:
        """What an account is called on every face."""
        return console.name(account, self.settings)


@click.command(name="act")
@click.argument("text", default="")
@click.option("--action", envvar="action", default="")
@click.option("--account", envvar="account", default="")
@click.option("--answer", envvar="answer", default="")
def command(text: str, action: str, account: str, answer: str) -> None:
    """Do what the variables of a row say, and print Alfred's answer. Always succeeds."""
    try:
        wish = Wish(action, account, answer, text, preferences.load())
        told = done(wish)
    except Exception as error:  # what a launcher prints is seen by nobody
        told = run_script.answer(trouble(error), "list")
    click.echo(told, nl=False)


def done(wish: Wish) -> str:
    """Do it, and say what a notification says and what comes next."""
    act = ACTIONS.get(wish.action)
    if act is None:
        return run_script.answer(wish.say("unknown", wish.action[:40]), "list")
    return act(wish)


def trouble(error: Exception) -> str:
    """An error in one line, without a secret and without a traceback."""
    if isinstance(error, Mistake):
        return console.told(error.words)
    if isinstance(error, StoreLocked):
        english, chinese = (words.replace("{provider}", "Headroom") for words in error.words)
        return console.told((english, chinese))
    row = json.loads(last_resort.answer(error))["items"][0]
    return str(row["subtitle"])


def _refresh(wish: Wish) -> str:
    from workflow import refresh

    account = wish.found()
    outcome = refresh.refresh([account.id])
    now = utc_now().timestamp()
    for held, until in outcome.held:
        settings = wish.settings
        when = day_and_time(until.timestamp(), now, settings.language, settings.hours24)
        return run_script.answer(wish.say("waits", wish.name(held), when), "list")
    failure = publish.read(wish.settings).snapshots[account.id].failure
    if failure is None:
        return run_script.answer("", "list")
    said = in_language(failure.message, wish.settings.language)
    return run_script.answer(f"{wish.name(account)}: {said}", "list")


def _refresh_all(wish: Wish) -> str:
    from workflow import refresh

    outcome = refresh.refresh([account.id for account in accounts.load().accounts])
    asked, failed = len(outcome.asked), outcome.failed
    if not failed:
        return run_script.answer("", "list")
    names = ", ".join(wish.name(account) for account in failed[:5])
    return run_script.answer(wish.say("some_failed", len(failed), asked, names), "list")


def _copy(wish: Wish) -> str:
    from workflow import clipboard

    clipboard.copy(wish.text)
    short = wish.text if len(wish.text) <= SHORT else f"{wish.text[:SHORT]}…"
    return run_script.answer(wish.say("copied", " ".join(short.split())))


def _console(wish: Wish) -> str:
    from workflow import clipboard
    from workflow.adding_menus import CHATGPT
    from workflow.guide_text import COPY

    clipboard.copy(COPY)
    return run_script.answer(wish.say("command_copied"), "open", url=CHATGPT)


def _exchange(wish: Wish) -> str:
    account = wish.found()
    if account.kind != "session":
        return run_script.answer("", "menu", action="token", account=account.id)
    from workflow import exchange, refresh

    try:
        credential = exchange.renew(account)
    except CredentialExpired as error:
        said = _because(error, account, wish)
        return run_script.answer(said, "menu", action="replace", account=account.id)
    except UsageError as error:
        return run_script.answer(_because(error, account, wish), "list")
    refresh.refresh([account.id])
    return run_script.answer(_renewed(account, credential, wish), "list")


def _renewed(account: Account, credential: Credential, wish: Wish) -> str:
    if credential.expires_at is None:
        return wish.say("exchanged", wish.name(account), "")
    settings, end = wish.settings, credential.expires_at.timestamp()
    when = ahead(end, utc_now().timestamp(), settings.language, settings.hours24)
    return wish.say("exchanged", wish.name(account), wish.say("good_until", when))


def _because(error: UsageError, account: Account, wish: Wish) -> str:
    from workflow import ask
    from workflow import provider as providers

    about = providers.about(account.provider)
    failure = ask.failure(error, account, about, utc_now())
    return in_language(failure.message, wish.settings.language)


def _rename(wish: Wish) -> str:
    account = wish.found()
    before = wish.name(account)
    if not accounts.clean_label(wish.answer):
        return run_script.answer(wish.say("same_name", before), "list")
    after = upkeep.rename(account.id, wish.answer)
    publish.publish()
    return run_script.answer(wish.say("renamed", before, wish.name(after)), "list")


def _arrange(wish: Wish) -> str:
    after = upkeep.arrange(wish.found().id, wish.action)
    publish.publish()
    told = ""
    if wish.action == "hide":
        keyword = os.environ.get("keyword") or "usage"
        told = wish.say("is_hidden", wish.name(after), keyword)
    return run_script.answer(told, "list")


def _threshold(wish: Wish) -> str:
    account = wish.found()
    if not wish.answer.strip():
        upkeep.set_threshold(account.id, None)
        told = wish.say("is_low_as_set", wish.name(account))
    else:
        try:
            threshold = upkeep.read_threshold(wish.answer)
        except ValueError:
            return run_script.answer(wish.say("not_a_number", wish.answer.strip()[:20]), "list")
        upkeep.set_threshold(account.id, threshold)
        told = wish.say("is_low_at", wish.name(account), f"{threshold:f}")
    publish.publish()
    return run_script.answer(told, "list")


def _set_region(wish: Wish) -> str:
    from workflow import provider as providers

    account, region = wish.found(), os.environ.get("region", "")
    if region in providers.about(account.provider).regions:
        upkeep.set_region(account.id, region)
    return _refresh(wish)


def _scope(wish: Wish) -> str:
    from workflow import provider as providers

    account, field = wish.found(), os.environ.get("field", "")
    if field in providers.about(account.provider).scopes:
        upkeep.set_scope(account.id, field, wish.answer)
    return _refresh(wish)


def _remove(wish: Wish) -> str:
    from workflow import credentials
    from workflow.cache import Cache

    account = wish.found()
    name = wish.name(account)
    credentials.remove(account)
    with Cache() as cache:
        cache.drop(account.id)
    publish.publish()
    kept = [stored for stored in accounts.load().noted if stored.startswith(f"{account.id}:")]
    return run_script.answer(wish.say("removed_but" if kept else "removed", name), "list")


def _set(wish: Wish) -> str:
    preferences.choose(os.environ.get("setting", ""), os.environ.get("value", ""))
    publish.publish()
    return run_script.answer("", "menu", action="extras")


def _copy_summary(wish: Wish) -> str:
    from workflow import clipboard

    whole = summary.summary(publish.read(wish.settings), utc_now())
    if not whole:
        return run_script.answer(wish.say("nothing"))
    clipboard.copy(whole)
    return run_script.answer(wish.say("copied", f"{whole[:SHORT]}…".replace("\n", " ")))


def _diagnostics(wish: Wish) -> str:
    from workflow import clipboard, diagnostics

    clipboard.copy(diagnostics.report(utc_now()))
    return run_script.answer(wish.say("report_copied"))


def _configure(wish: Wish) -> str:
    uid = os.environ.get("alfred_workflow_uid", "")
    page = f"alfredpreferences://navigateto/workflows>workflow>{uid}>userconfig>headroom_language"
    return run_script.answer("", "open", url=page)


ACTIONS: Dict[str, Callable[[Wish], str]] = {
    "refresh": _refresh,
    "refresh_all": _refresh_all,
    "copy": _copy,
    "copy_summary": _copy_summary,
    "console": _console,
    "exchange": _exchange,
    "rename": _rename,
    "threshold": _threshold,
    "set_region": _set_region,
    "scope": _scope,
    "remove": _remove,
    "set": _set,
    "diagnostics": _diagnostics,
    "configure": _configure,
    **dict.fromkeys(upkeep.PLACES, _arrange),
}
NAMES: List[str] = list(ACTIONS)


if __name__ == "__main__":
    command(["--", *sys.argv[1:]])
