#!/usr/bin/python3 -IS
"""Perform the launcher's actions at a key: refresh, copy, rename, arrange, remove and others.

The variable ``action`` names the action. The answer holds the text of a notification and the next step.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: make our packages importable
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 3)[0])
    from scripts import bootstrap

    bootstrap.prepare()
    from workflow.system import lazy_imports

    lazy_imports.put_off_rare()

import os
from collections.abc import Mapping
from typing import Callable

from scripts.alfred import refreshing
from scripts.alfred.request import Request
from scripts.terminal import launcher
from workflow import settings as preferences
from workflow.actions import edit
from workflow.alfred import pending, run_script
from workflow.errors import Mistake
from workflow.i18n.catalog import ENGLISH, Translation, say, speaking
from workflow.i18n.message import _
from workflow.models import utc_now
from workflow.refresh import background
from workflow.storage import accounts

_KEPT = _("Nothing was changed")
MAX_SHOWN = 60  # characters of a copied text in its notification
_COMMAND_COPIED = _(
    "The command is copied. Run it in the console of chatgpt.com, then: Add account → ChatGPT → From the clipboard"
)
_COMMAND_COPIED_FOR = _(
    "The command is copied. Run it in the console of chatgpt.com, then: ⌃↩ on {account} → Replace the credential → From the clipboard"
)


def main() -> None:
    """Perform the action in the variables, and print Alfred's answer. Always succeeds."""
    sys.stdout.buffer.write(answer(os.environ, " ".join(sys.argv[1:])).encode("utf-8", "replace"))


def answer(variables: Mapping[str, str], text: str = "") -> str:
    """Perform an action and return Alfred's answer, also if it fails."""
    try:
        settings = preferences.load()
        with speaking(launcher.worded(settings.translation)):
            return perform(Request(variables, text, settings))
    except Exception as error:  # a launcher does not show stderr
        return run_script.answer(explain(error), "list")


def perform(request: Request) -> str:
    """Perform an action and return Alfred's answer. Raises any error."""
    act = ACTIONS.get(request["action"])
    return act(request) if act else _unknown(request["action"])


def explain(error: Exception) -> str:
    """Describe an error in one line, without a secret and without a traceback."""
    from scripts import fallback

    english, chinese = fallback.reason(error)
    if isinstance(error, Mistake):  # whose sentence may be another one in a launcher
        spoken = map(launcher.worded, (ENGLISH, Translation("zh")))
        english, chinese = (each.say(error.message) for each in spoken)
    return fallback.translate((english, chinese)).replace("{provider}", "Tankful")


def _unknown(name: str) -> str:
    """Answer a request that only another version of the workflow knows."""
    from workflow.alfred import menu

    return run_script.answer(say(menu.UNKNOWN, action=name[:40]), "list")


def _copy(request: Request) -> str:
    if not request.text.strip():
        return run_script.answer(say(_("Nothing to copy; the clipboard is unchanged")))
    return _copy_text(request.text)


def _copy_text(text: str) -> str:
    from workflow.system import clipboard

    clipboard.copy(text)
    short = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
    return run_script.answer(say(_("Copied: {text}"), text=" ".join(short.split())))


def _copy_console_command(request: Request) -> str:
    from workflow.provider import discovery
    from workflow.system import clipboard

    about = discovery.about(request["provider"])
    clipboard.copy(about.console)
    account = accounts.load().get(request["account"])
    sentence = say(_COMMAND_COPIED)
    if account:
        sentence = say(_COMMAND_COPIED_FOR, account=request.name(account))
    return run_script.answer(sentence, "open", url=about.keys_page(""))


def _rename(request: Request) -> str:
    account = request.account()
    before = request.name(account)
    if not accounts.clean_label(request["answer"]):
        kept = _("A name needs at least one character; {account} keeps its name")
        return run_script.answer(say(kept, account=before), "list")
    after = edit.rename(account.id, request["answer"])
    renamed = _("Renamed {before} to {after}")
    return _changed(say(renamed, before=before, after=request.name(after)))


def _arrange(request: Request) -> str:
    after = edit.arrange(request.account().id, request["action"])
    if request["action"] == "show":
        return _changed()
    if request["action"] != "hide":  # stay in the menu, since one may move several places
        return _changed("", "menu", action="manage", account=after.id)
    hidden = _("{account} is hidden; “{keyword}:” shows it again")
    keyword = request["keyword"] or "usage"
    return _changed(say(hidden, account=request.name(after), keyword=keyword))


def _threshold(request: Request) -> str:
    from workflow.actions.threshold import change
    from workflow.display import threshold
    from workflow.display.numbers import HIDDEN
    from workflow.state import state as states

    account, typed = request.account(), request["answer"].strip()
    if typed == HIDDEN:  # the text field was left as it was
        return run_script.answer(say(_KEPT), "list")
    known = states.read(request.settings, only=[account.id], foresee=False)
    usage = known.snapshots[account.id].usage
    name = request.name(account)
    changed = change(account, typed or None, usage, name)
    line = threshold.line(changed, name, usage, request.settings)
    return _changed(say(line))


def _set_region(request: Request) -> str:
    from workflow.provider import discovery as providers

    account, region = request.account(), request["region"]
    if region not in providers.about(account.provider).regions:
        return _unknown(region)
    edit.set_region(account.id, region)
    return refreshing.refresh(request)


def _scope(request: Request) -> str:
    from workflow.display.numbers import HIDDEN
    from workflow.provider import discovery as providers

    account, field = request.account(), request["field"]
    if field not in providers.about(account.provider).scopes:
        return _unknown(field)
    if HIDDEN in request["answer"]:
        return run_script.answer(say(_KEPT), "list")
    edit.set_scope(account.id, field, request["answer"])
    return refreshing.refresh(request)


def _remove(request: Request) -> str:
    from workflow.schedule import schedule

    account = request.account()
    name = request.name(account)
    removed = _("Removed {account}") if edit.remove(account) else edit.SECRET_LEFT
    text = say(removed, account=name)
    if schedule.end_without_accounts():
        text = f"{text}\n{say(schedule.ENDED)}"
    return _changed(text)


def _changed(message: str = "", then: run_script.Then = "list", **variables: str) -> str:
    """Answer, and render all lists again in a background process.

    The next list waits for the feed of that process. A menu is rendered by the process that shows it, which is
    faster than waiting for all lists.
    """
    try:
        pending.announce()
        background.aside(_publish)
    except OSError:  # each list is then rendered when it is shown
        pending.settle()
    return run_script.answer(message, then, **variables)


def _publish() -> None:
    from workflow.alfred import publish

    try:
        publish.feed_first()
    finally:
        pending.settle()


def _set(request: Request) -> str:
    setting = request["setting"]
    preferences.choose(setting, request["value"])
    return _changed("", "menu", action="alerts" if setting.startswith("alert") else "extras")


def _background(request: Request) -> str:
    from workflow.schedule import schedule

    if request["value"] == "on":
        schedule.on(os.environ)
    else:
        schedule.off()
    _publish()  # no file of ours changes, so the lists would seem current
    return run_script.answer(say(schedule.status(os.environ, utc_now())), "menu", action="extras")


def _quiet(request: Request) -> str:
    try:
        preferences.choose("quiet", request["answer"].strip() or "off")
    except Mistake:
        wrong = _("“{text}” is not a time range like 22:00-08:00; nothing was changed")
        return run_script.answer(say(wrong, text=request["answer"][:20]), "menu", action="alerts")
    return _changed("", "menu", action="alerts")


def _remind(request: Request) -> str:
    """Make a reminder for the reset of an account's low allowance."""
    from workflow.alerts import reminders
    from workflow.state import state as states

    account, now = request.account(), utc_now()
    known = states.read(request.settings, only=[account.id]).of(account)
    quota = reminders.limited(known, now)
    if quota is None:
        none = _("{account} has no known reset to remind you of")
        return run_script.answer(say(none, account=request.name(account)), "list")
    return run_script.answer(say(reminders.make(known, quota, request.settings, now)))


def _notice(request: Request) -> str:
    """Show an alert, whose text is looked up by its number, beside what the launcher shows meanwhile."""
    from workflow.alerts import notices

    return run_script.answer(notices.take(request.text.strip()), "stay")


def _copy_summary(request: Request) -> str:
    from workflow.display import summary
    from workflow.state import state as states

    state, private = states.read(request.settings), request["private"] == "1"
    whole = summary.summary(state, utc_now(), private=private)
    if whole:
        return _copy_text(whole)
    keyword = request["keyword"] or "usage"
    hidden = _("All accounts are hidden; “{keyword}:” shows them again", keyword=keyword)
    none = state.book.complaint or _("No accounts yet")
    return run_script.answer(say(hidden if state.book.accounts else none))


def _copy_report(request: Request) -> str:
    from workflow.doctor import report
    from workflow.system import clipboard

    clipboard.copy(report.report(utc_now()))
    return run_script.answer(say(_("The report is copied. It holds no secret, name or amount.")))


def explanation(request: Request) -> str:
    """Return where the numbers of an account come from, as Markdown."""
    from workflow.display import explanation as texts
    from workflow.state import state as states

    account = request.account()
    state = states.read(request.settings, only=[account.id])
    return texts.markdown(state, account, utc_now())


def _open_guide(request: Request) -> str:
    """Open the guide's page of a provider, or the whole guide, in the browser."""
    from workflow.alfred import menu
    from workflow.guide import pages
    from workflow.provider import discovery as providers

    page = pages.written(request["provider"])
    known = providers.about(request["provider"]).keys_page("") if request["provider"] else ""
    return run_script.answer("", "open", url=menu.page_url(page) or known)


def _configure(request: Request) -> str:
    uid = request["alfred_workflow_uid"]
    place = f"workflows>workflow>{uid}>userconfig>tankful_{request['setting']}"
    return run_script.answer("", "open", url=f"alfredpreferences://navigateto/{place}")


ACTIONS: dict[str, Callable[[Request], str]] = {
    "refresh": refreshing.refresh,
    "refresh_all": refreshing.refresh_all,
    "copy": _copy,
    "copy_summary": _copy_summary,
    "console": _copy_console_command,
    "exchange": refreshing.exchange,
    "rename": _rename,
    "threshold": _threshold,
    "set_region": _set_region,
    "scope": _scope,
    "remove": _remove,
    "set": _set,
    "quiet": _quiet,
    "background": _background,
    "notice": _notice,
    "remind": _remind,
    "copy_report": _copy_report,
    "copy_explanation": lambda request: _copy_text(explanation(request)),
    "open_guide": _open_guide,
    "configure": _configure,
    **dict.fromkeys(edit.PLACES, _arrange),
}
NAMES: list[str] = list(ACTIONS)


if __name__ == "__main__":
    main()
