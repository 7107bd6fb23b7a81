"""Show and change the settings."""

from __future__ import annotations

import os

import click

from scripts.terminal import output
from workflow import settings
from workflow.errors import WrongUsage
from workflow.i18n.catalog import say
from workflow.i18n.message import _, ngettext
from workflow.schedule import schedule

_MEANINGS = {
    "language": _("language of all texts"),
    "show": _("what is left, or what is used"),
    "interval": _("age at which numbers are refreshed when you look"),
    "low": _("percent left that counts as low; 5% always does"),
    "privacy": _("hide names, e-mail addresses and amounts of money"),
    "clock": _("clock of 12 or 24 hours"),
    "order": _("order of the list, by hand or the most urgent first"),
    "best": _("row that says where to work now"),
    "summary": _("form in which a summary is copied"),
    "pace_mark": _("mark of an even pace in bars"),
    "edge": _("reach chatgpt.com through the system's network stack"),
    "history": _("days that past numbers are kept"),
    "alert_limits": _("alert when a quota is low, used up or will run out"),
    "alert_money": _("alert when a balance is low"),
    "alert_resets": _("alert when a quota has reset"),
    "quiet": _("hours without alerts"),
}
_VALUES = _(" ({values})")
_SHORTER = _(
    "the next refresh deletes numbers older than {days}; tankful history --csv exports them first"
)
_WHEN = _("alerts come when you look or refresh; to get them on time: tankful background on")


def _values(context: click.Context, _parameter: object, begun: str) -> list[str]:
    """Complete a value of the named setting."""
    choice = settings.CHOICES.get(context.params["name"] or "")
    return output.completed(choice.values if choice else (), begun)


@click.command(
    cls=output.Command,
    name="config",
    epilog=f"NAME: {', '.join(settings.CHOICES)}",
    context_settings={"ignore_unknown_options": True},  # -3 is a number
)
@click.argument(
    "name",
    required=False,
    shell_complete=lambda *about: output.completed(settings.CHOICES, about[2]),
)
@click.argument("value", required=False, shell_complete=_values)
def command(name: str | None, value: str | None) -> None:
    """Show all settings, one of them, or set NAME to VALUE.

    Without NAME, shows what each is for and its values. A shorter history deletes the numbers
    that are older.
    """
    kept = settings.chosen()
    output.complain_of_settings()
    for remark in settings.remarks(os.environ, name):
        output.note(remark)
    if name is None:
        width = max(map(len, settings.CHOICES))
        for setting, current, values in settings.values(kept):
            explained = say(_MEANINGS[setting]) + say(_VALUES, values=say(values))
            output.hang(f"{setting:<{width}} {current:<8} ", explained)
    elif value is not None:
        if name == "history" and settings.CHOICES[name].read(value) == "0":
            from scripts.verbs import history

            if not history.give_up():
                return
        chosen = settings.choose(name, value)
        output.after_change()
        before = kept.get(name, chosen)
        changed = f"{name}: {chosen}" if chosen == before else f"{name}: {before} → {chosen}"
        click.echo(changed)
        if name == "history" and 0 < int(chosen) < int(before):
            output.note(_SHORTER.filled(days=ngettext("{count} day", "{count} days", int(chosen))))
        if name.startswith("alert_") and chosen == "1" and not schedule.is_on():
            output.note(_WHEN)
    elif name in kept:
        click.echo(kept[name])
    else:
        raise WrongUsage(settings.unknown(name))
