"""The lists of the second keyword: refresh all, summary, settings, hidden accounts, guide. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .. import settings
from ..display import privacy
from ..i18n.catalog import say
from ..i18n.message import Message, _, ngettext
from ..provider.address import host
from ..provider.contract import Provider
from ..schedule import schedule
from ..settings import Settings
from ..storage.accounts import Accounts
from .add_menu import nothing_to_ask, terms_of
from .items import Item, Modifier, searchable
from .menu import Menu, Rows, act, add, back, icon_of, page_url

SETTINGS: Mapping[str, Message] = {
    "language": _("Language"),
    "show": _("Show"),
    "order": _("List order"),
    "best": _("“Work here now” row"),
    "privacy": _("Privacy (names and money hidden)"),
    "clock": _("Clock"),
    "pace_mark": _("Even pace mark in bars"),
    "summary": _("Summary as"),
}
ALERTS: Mapping[str, Message] = {
    "alert_limits": _("Alert: low, used up, will run out"),
    "alert_money": _("Alert: balance low"),
    "alert_resets": _("Alert: has reset"),
}
_SWITCHES = {**SETTINGS, **ALERTS}
_VALUES: Mapping[str, Message] = {
    "auto": _("system default"),
    "left": _("what is left"),
    "used": _("what is used"),
    "0": _("off"),
    "1": _("on"),
    "12": _("12 hours"),
    "24": _("24 hours"),
    "hand": _("manual"),
    "urgency": _("most urgent first"),
    "text": _("text"),
    "markdown": _("Markdown"),
}
_READ = _("↩ Read it here · ⌥↩ In the browser · ⌘Y Quick Look")


def extras(
    book: Accounts, chosen: Settings, kept: Mapping[str, str], is_background: bool = False
) -> Rows:
    """List everything that is not about one visible account, for the second keyword."""
    menu = Menu(None)
    return (
        *(_of_all(menu) if book.accounts else ()),
        add(),
        *_hidden(book, chosen),
        *(_switch(name, kept[name], menu) for name in SETTINGS if name in kept),
        *((_history(int(kept["history"]), menu),) if "history" in kept else ()),
        *((_ways_to_alerts(kept, menu, is_background),) if set(ALERTS) <= set(kept) else ()),
        *((_background(menu, is_background),) if book.accounts or is_background else ()),
        *_of_tankful(menu),
        back(),
    )


def _of_all(menu: Menu) -> Iterator[Item]:
    how = _("↩ Refresh every account now")
    yield menu.row("refresh_all", "refresh", _("Refresh all accounts"), how)
    yield menu.row("summary", "copy", _("Summary"), _("↩ Preview it, then copy it"), private="")
    how = _("↩ Preview it without names, e-mails and amounts of money, then copy it")
    yield menu.row("summary", "copy", _("Private summary"), how, private="1")


def _of_tankful(menu: Menu) -> Iterator[Item]:
    how = _("↩ Keyword, language, refresh interval, low threshold …")
    title = _("Configure Workflow…")
    yield menu.row("configure", "settings", title, how, arg="", setting="language")
    how = _("↩ Show a report without secrets, names or amounts, to copy")
    yield menu.row("diagnostics", "info", _("Diagnostics"), how)
    how = _("↩ What each provider needs, and where to find it")
    yield menu.row("guide", "guide", _("Credential guide"), how, provider="")


def _hidden(book: Accounts, chosen: Settings) -> Iterator[Item]:
    how = _("Hidden from the list · ↩ Show it")
    for account in book.accounts:
        if account.hidden:
            title = say(_("Show {account} again"), account=privacy.full_name(account, chosen))
            row = Menu(account).row("show", "add", title, how)
            yield row._replace(match=searchable(title))


def _switch(name: str, value: str, menu: Menu) -> Item:
    """Return the row of a setting; ↩ changes it to its next value."""
    values = settings.CHOICES[name].values
    after = values[(values.index(value) + 1) % len(values)] if value in values else values[0]
    title = say(_("{setting}: {value}"), setting=_SWITCHES[name], value=_shown(value))
    how = say(_("↩ Change to {value}"), value=_shown(after))
    row = menu.row("set", "settings", title, how, setting=name, value=after)
    return row._replace(match=searchable(title))


def alerts(kept: Mapping[str, str], is_background: bool = False) -> Rows:
    """List the alerts, and the quiet hours."""
    menu = Menu(None)
    return (
        *(_switch(name, kept[name], menu) for name in ALERTS),
        _quiet(kept["quiet"], menu),
        _background(menu, is_background),
        menu.row("extras", "icon", _("Back to the settings"), _("↩ Show all settings")),
    )


def _background(menu: Menu, is_on: bool) -> Item:
    """Return the row that turns the operating system's job on or off."""
    now = _shown(str(int(is_on)))
    title = say(_("{setting}: {value}"), setting=_("Background refresh"), value=now)
    how = (
        _("↩ Turn it off; numbers are then refreshed, and alerts come, when you look")
        if is_on
        else _(
            "↩ Refresh every {minutes} min in the background; numbers stay fresh, alerts "
            "are on time"
        )
    )
    value, minutes = "off" if is_on else "on", schedule.MINUTES
    return menu.row("background", "settings", title, say(how, minutes=minutes), arg="", value=value)


def _ways_to_alerts(kept: Mapping[str, str], menu: Menu, is_background: bool) -> Item:
    """Return the row that leads to the alerts, with how many kinds are on."""
    count = sum(kept[name] == "1" for name in ALERTS)
    value = say(ngettext("{count} kind on", "{count} kinds on", count)) if count else say(_("off"))
    title = say(_("{setting}: {value}"), setting=say(_("Alerts")), value=value)
    how = (
        _("↩ Be told when something is low, used up or has reset")
        if is_background
        else _(
            "↩ Be told when something is low, used up or has reset · on time only with "
            "background refresh"
        )
    )
    return menu.row("alerts", "settings", title, how, arg="")


def _quiet(hours: str, menu: Menu) -> Item:
    value = say(_("off")) if hours == "off" else hours.replace("-", "–")
    return menu.row(
        "prompt",
        "settings",
        say(_("{setting}: {value}"), setting=say(_("Quiet hours")), value=value),
        _("↩ Type a time range like 22:00-08:00; leave empty to turn it off"),
        arg="" if hours == "off" else hours,
        next="quiet",
        prompt=_("Quiet hours"),
        hint=_("↩ Save; a time range like 22:00-08:00, or empty for none"),
    )


def _history(days: int, menu: Menu) -> Item:
    """Return the row of the history; ↩ opens the configuration, since a shorter time deletes numbers."""
    kept = say(ngettext("{count} day", "{count} days", days)) if days else say(_("off"))
    title = say(_("History: {value}"), value=kept)
    how = _("↩ How long past numbers are kept; a shorter time deletes older ones")
    return menu.row("configure", "settings", title, how, arg="", setting="history")


def _shown(value: str) -> str:
    """Return the text of a setting's value; a language has its own name."""
    return settings.LANGUAGES.get(value) or say(_VALUES[value])


def nothing(book: Accounts, chosen: Settings) -> Rows:
    """List, instead of an empty summary, the hidden accounts to show again, and a way to add one."""
    return (*_hidden(book, chosen), add())


def summary(lines: Sequence[str], private: bool = False) -> Rows:
    """List the lines of the summary, each of which can be copied; the first row copies all of them."""
    menu, how, whole = Menu(None), _("↩ Copy this line"), "\n".join(lines)
    title = (
        _("Copy the summary without names, e-mails and amounts")
        if private
        else _("Copy the summary of all accounts")
    )
    exactly = ngettext("↩ Copy exactly this line", "↩ Copy exactly these {count} lines", len(lines))
    first = Item(
        title=say(title),
        subtitle=say(exactly),
        arg=whole,
        icon="icons/copy.png",
        copy=whole,
        large=whole,
        variables=act("copy"),
    )
    return (
        first,
        *(menu.row("copy", "info", line, how, arg=line, copy=line) for line in lines),
        back(),
    )


def _in_browser(target: str) -> Modifier:
    return Modifier(say(_("⌥↩ Open it in the browser")), act("open"), target)


def guides(known: Mapping[str, Provider], pages: Mapping[str, str]) -> Rows:
    """List the whole credential guide and each provider's part."""
    menu, how, whole = Menu(None), _READ, pages.get("", "")
    rows = []
    if whole:
        title = _("The whole guide")
        row = menu.row("read", "guide", title, how, arg="", look=whole, provider="")
        rows.append(row._replace(mods={"alt": _in_browser(page_url(whole))}))
    for about in known.values():
        page = pages.get(about.id, "")
        target = page_url(page) or about.keys_page("")
        row = menu.row(
            "read", "icon", about.name, how, arg="", look=page or target, provider=about.id
        )
        steps = act("guide", provider=about.id)
        here = Modifier(say(_("Show the steps in this list")), steps, "")
        mods = {"cmd": here, "alt": _in_browser(target)}
        rows.append(row._replace(icon=icon_of(about), match=terms_of(about), mods=mods))
    return (*rows, *nothing_to_ask(), back())


def steps(about: Provider, sentences: Sequence[str], page: str) -> Rows:
    """List the steps to a credential; ↩ on any of them opens the page where it is created."""
    keys = about.keys_page("")
    menu, how = Menu(None), say(_("↩ Open {host} · ⌘Y the guide"), host=host(keys))
    rows = (menu.row("open", "icon", step, how, arg=keys, look=page or keys) for step in sentences)
    return (*(row._replace(icon=icon_of(about)) for row in rows), back())
