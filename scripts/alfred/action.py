#!/usr/bin/python3 -IS
"""What the launcher does at a key: refresh, copy, rename, arrange, remove … and what is said then.

The variable ``action`` names it. The answer carries what a notification says, and what comes next.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 3)[0])
    from scripts import bootstrap

    bootstrap.prepare()

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Callable, Dict, List, Mapping, Sequence

from workflow import settings as preferences
from workflow.actions import edit
from workflow.alfred import run_script
from workflow.display.times import ahead, day_and_time
from workflow.errors import CredentialExpired, Mistake, UsageError
from workflow.i18n.alfred_messages import WORDS, say
from workflow.i18n.catalog import say as in_language
from workflow.models import Account, Credential, utc_now
from workflow.settings import Settings
from workflow.storage import accounts

if TYPE_CHECKING:
    from workflow.models import Failure, Snapshot
    from workflow.refresh.run import Outcome

SHORT = 60  # characters of what was copied that a notification repeats
NAMED = 5  # accounts that a notification names


@dataclass(frozen=True)
class Wish:
    """What the row said in variables, what was typed, and how the user wants to be spoken to."""

    told: Mapping[str, str]
    text: str
    settings: Settings

    def __getitem__(self, name: str) -> str:
        """A variable; "" when it is not told."""
        return self.told.get(name, "")

    def say(self, name: str, *parts: object) -> str:
        """A sentence in the user's language."""
        return say(name, self.settings.language, *parts)

    def found(self) -> Account:
        """The account. Raises Mistake when it is gone."""
        account = accounts.load().get(self["account"])
        if account is None:
            raise Mistake(WORDS["gone"])
        return account

    def name(self, account: Account) -> str:
        """What an account is called on every face."""
        from scripts.terminal import output

        return output.name(account, self.settings)

    def why(self, failure: Failure) -> str:
        """Why an account failed, as the rows say it."""
        from workflow.display import privacy

        return privacy.discreet(in_language(failure.message, self.settings.language), self.settings)

    def names(self, several: Sequence[Account]) -> str:
        """What the first few of these accounts are called."""
        called = [self.name(account) for account in several[:NAMED]]
        return ", ".join([*called, "…"] if len(several) > NAMED else called)

    def span(self, moments: Sequence[datetime]) -> str:
        """The clock time of the first and of the last moment; one where they are the same."""
        settings, now = self.settings, utc_now().timestamp()
        ends = [
            day_and_time(moment.timestamp(), now, settings.language, settings.hours24)
            for moment in (min(moments), max(moments))
        ]
        return " – ".join(dict.fromkeys(ends))


def main() -> None:
    """Do what the variables of a row say, and print Alfred's answer. Always succeeds."""
    told = answer(os.environ, " ".join(sys.argv[1:]))
    sys.stdout.buffer.write(told.encode("utf-8", "replace"))


def answer(told: Mapping[str, str], text: str = "") -> str:
    """Alfred's answer: what a notification says, also when it went wrong, and what comes next."""
    try:
        return done(Wish(told, text, preferences.load()))
    except Exception as error:  # what a launcher's script complains of is seen by nobody
        return run_script.answer(trouble(error), "list")


def done(wish: Wish) -> str:
    """Do it, and say what a notification says and what comes next."""
    act = ACTIONS.get(wish["action"])
    if act is None:
        return _unknown(wish["action"], wish)
    return act(wish)


def _unknown(told: str, wish: Wish) -> str:
    """The answer to what only another version of the workflow knows."""
    return run_script.answer(wish.say("unknown", told[:40]), "list")


def trouble(error: Exception) -> str:
    """An error in one line, without a secret and without a traceback."""
    from scripts import fallback

    return fallback.told(fallback.reason(error)).replace("{provider}", "Tankful")


def _refresh(wish: Wish) -> str:
    from workflow.alfred import publish
    from workflow.refresh import run as refresh

    said: List[str] = []

    def told(account: Account, snapshot: Snapshot) -> None:
        if snapshot.failure:
            said.append(f"{wish.name(account)}: {wish.why(snapshot.failure)}")

    outcome = refresh.refresh([wish.found().id], told=told, publish=publish.publish)
    return run_script.answer("".join(said) or _unasked(outcome, wish), "list")


def _refresh_all(wish: Wish) -> str:
    from workflow.alfred import publish
    from workflow.refresh import run as refresh

    outcome = refresh.refresh(
        [account.id for account in accounts.load().accounts], publish=publish.publish
    )
    asked, failed = len(outcome.asked), outcome.failed
    said = wish.say("some_failed", len(failed), asked, wish.names(failed)) if failed else ""
    told = "; ".join(part for part in (said, _unasked(outcome, wish)) if part)
    return run_script.answer(told, "list")


def _unasked(outcome: Outcome, wish: Wish) -> str:
    """Which accounts were not asked, and why; "" when all were."""
    said: List[str] = []
    held, late = [account for account, _ in outcome.held], outcome.left
    if held:
        until = wish.span([end for _, end in outcome.held])
        alone = wish.say("waits", wish.names(held), until)
        said.append(
            alone if len(held) == 1 else wish.say("wait", len(held), until, wish.names(held))
        )
    if late:
        said.append(wish.say("left_out", wish.names(late)))
    return "; ".join(said)


def _copy(wish: Wish) -> str:
    if not wish.text.strip():
        return run_script.answer(wish.say("nothing_to_copy"))
    return _copied(wish.text, wish)


def _copied(text: str, wish: Wish) -> str:
    from workflow.system import clipboard

    clipboard.copy(text)
    short = text if len(text) <= SHORT else f"{text[:SHORT]}…"
    return run_script.answer(wish.say("copied", " ".join(short.split())))


def _console(wish: Wish) -> str:
    from workflow.provider import discovery
    from workflow.system import clipboard

    about = discovery.about(wish["provider"])
    clipboard.copy(about.console)
    return run_script.answer(wish.say("command_copied"), "open", url=about.keys_page(""))


def _exchange(wish: Wish) -> str:
    from workflow.alfred import publish

    account = wish.found()
    if account.kind != "session":
        return run_script.answer("", "menu", action="token", account=account.id)
    from workflow.chatgpt import session
    from workflow.refresh import run as refresh

    try:
        credential = session.renew(account)
    except CredentialExpired as error:
        said = _because(error, account, wish)
        return run_script.answer(said, "menu", action="replace", account=account.id)
    except UsageError as error:
        return run_script.answer(_because(error, account, wish), "list")
    refresh.refresh([account.id], publish=publish.publish)
    return run_script.answer(_renewed(account, credential, wish), "list")


def _renewed(account: Account, credential: Credential, wish: Wish) -> str:
    if credential.expires_at is None:
        return wish.say("exchanged", wish.name(account), "")
    settings, end = wish.settings, credential.expires_at.timestamp()
    when = ahead(end, utc_now().timestamp(), settings.language, settings.hours24)
    return wish.say("exchanged", wish.name(account), wish.say("good_until", when))


def _because(error: UsageError, account: Account, wish: Wish) -> str:
    from workflow.provider import discovery as providers
    from workflow.refresh import fetch as fetching

    about = providers.about(account.provider)
    return wish.why(fetching.failure(error, account, about, utc_now()))


def _rename(wish: Wish) -> str:
    account = wish.found()
    before = wish.name(account)
    if not accounts.clean_label(wish["answer"]):
        return run_script.answer(wish.say("same_name", before), "list")
    after = edit.rename(account.id, wish["answer"])
    _publish()
    return run_script.answer(wish.say("renamed", before, wish.name(after)), "list")


def _arrange(wish: Wish) -> str:
    after = edit.arrange(wish.found().id, wish["action"])
    _publish()
    told = ""
    if wish["action"] == "hide":
        told = wish.say("is_hidden", wish.name(after), wish["keyword"] or "usage")
    return run_script.answer(told, "list")


def _threshold(wish: Wish) -> str:
    account, typed, always = wish.found(), wish["answer"].strip(), wish.settings.low
    if not typed:
        edit.set_threshold(account.id, None)
        told = wish.say("is_low_as_set", wish.name(account), always)
    else:
        try:
            threshold = edit.read_threshold(typed)
        except ValueError:
            return run_script.answer(wish.say("not_a_number", typed[:20]), "list")
        edit.set_threshold(account.id, threshold)
        told = wish.say("is_low_at", wish.name(account), f"{threshold:f}", always)
    _publish()
    return run_script.answer(told, "list")


def _set_region(wish: Wish) -> str:
    from workflow.provider import discovery as providers

    account, region = wish.found(), wish["region"]
    if region not in providers.about(account.provider).regions:
        return _unknown(region, wish)
    edit.set_region(account.id, region)
    return _refresh(wish)


def _scope(wish: Wish) -> str:
    from workflow.provider import discovery as providers

    account, field = wish.found(), wish["field"]
    if field not in providers.about(account.provider).scopes:
        return _unknown(field, wish)
    edit.set_scope(account.id, field, wish["answer"])
    return _refresh(wish)


def _remove(wish: Wish) -> str:
    account = wish.found()
    is_all_gone = edit.remove(account)
    _publish()
    told = wish.say("removed" if is_all_gone else "removed_but", wish.name(account))
    return run_script.answer(told, "list")


def _set(wish: Wish) -> str:
    preferences.choose(wish["setting"], wish["value"])
    _publish()
    return run_script.answer("", "menu", action="extras")


def _copy_summary(wish: Wish) -> str:
    from workflow.display import summary
    from workflow.state import state as states

    state, private = states.read(wish.settings), wish["private"] == "1"
    whole = summary.summary(state, utc_now(), private=private)
    return _copied(whole, wish) if whole else run_script.answer(wish.say("nothing"))


def _diagnostics(wish: Wish) -> str:
    from workflow import diagnostics
    from workflow.system import clipboard

    clipboard.copy(diagnostics.report(utc_now()))
    return run_script.answer(wish.say("report_copied"))


def _configure(wish: Wish) -> str:
    place = f"workflows>workflow>{wish['alfred_workflow_uid']}>userconfig>tankful_language"
    return run_script.answer("", "open", url=f"alfredpreferences://navigateto/{place}")


def _publish() -> None:
    """Let the next keystroke show what has changed."""
    from workflow.alfred import publish

    publish.publish()


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
    **dict.fromkeys(edit.PLACES, _arrange),
}
NAMES: List[str] = list(ACTIONS)


if __name__ == "__main__":
    main()
