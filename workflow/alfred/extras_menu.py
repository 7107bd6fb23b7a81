"""The lists of the second keyword: refresh all, summary, settings, hidden accounts, guide. Pure."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import Mapping, Optional, Sequence

from .. import settings
from ..display import privacy
from ..i18n.alfred_messages import say
from ..models import Account
from ..provider.contract import Provider
from ..settings import Settings
from ..storage.accounts import Accounts
from .items import Item, Modifier
from .menu import Menu, Rows, add, back, host, page_url

SWITCHES = ("language", "show", "order", "best", "privacy", "clock", "summary")


def extras(
    book: Accounts, known: Mapping[str, Provider], chosen: Settings, kept: Mapping[str, str]
) -> Rows:
    """The second keyword: everything that is not about one visible account."""
    language = chosen.language
    menu = Menu(None, language)
    found = [add(language)]
    if book.accounts:
        found = [
            menu.row("refresh_all", "refresh"),
            menu.row("summary", "copy", private=""),
            menu.row("summary_private", "copy", action="summary", private="1"),
            *found,
        ]
    for account in book.accounts:
        if account.hidden:
            found.append(_shown_again(account, known.get(account.provider), chosen))
    found += [_switch(name, kept[name], menu) for name in SWITCHES if name in kept]
    found.append(menu.row("configure", "settings", arg=""))
    found += [menu.row("diagnostics", "info"), menu.row("guide", "guide", provider="")]
    return (*found, back(language))


def _shown_again(account: Account, about: Optional[Provider], chosen: Settings) -> Item:
    name = privacy.name(account, about.short if about else account.provider, chosen)
    menu = Menu(account, chosen.language, name)
    return menu.row("hidden", "add", part=name, action="show")


def _switch(name: str, value: str, menu: Menu) -> Item:
    """A setting; ↩ changes it to its next value."""
    values = settings.CHOICES[name].values
    after = values[(values.index(value) + 1) % len(values)] if value in values else values[0]
    language = menu.language
    return menu.row(
        "setting",
        "settings",
        title=say(
            "setting", language, say(f"set_{name}", language), say(f"value_{value}", language)
        ),
        how=say("setting_how", language, say(f"value_{after}", language)),
        action="set",
        setting=name,
        value=after,
    )


def nothing(book: Accounts, known: Mapping[str, Provider], chosen: Settings) -> Rows:
    """Instead of a summary without a line: the ways to show a hidden account, and to add one."""
    hidden = (account for account in book.accounts if account.hidden)
    rows = (_shown_again(account, known.get(account.provider), chosen) for account in hidden)
    return (*rows, add(chosen.language))


def summary(lines: Sequence[str], whole: str, language: str, private: bool = False) -> Rows:
    """What is copied, line by line; the first row copies all of it."""
    menu = Menu(None, language)
    first = Item(
        title=say("copy_private" if private else "copy_all", language),
        subtitle=say("copy_all_how", language, len(lines)),
        arg=whole,
        icon="icons/copy.png",
        copy=whole,
        large=whole,
        variables={"action": "copy"},
    )
    rest = [
        menu.row("line", "info", title=line, action="copy", arg=line, copy=line) for line in lines
    ]
    return (first, *rest, back(language))


def guides(known: Mapping[str, Provider], pages: Mapping[str, str], language: str) -> Rows:
    """The credential guide as a whole, and of each provider."""
    menu = Menu(None, language)
    how = say("steps_how", language)
    found = []
    if pages.get(""):
        found.append(
            menu.row(
                "guide_all",
                "guide",
                how=how,
                action="open",
                arg=page_url(pages[""]),
                look=pages[""],
            )
        )
    for about in known.values():
        page = pages.get(about.id, "")
        target = page_url(page) or about.keys_page("")
        row = menu.row("guide", about.id, title=about.name, how=how, action="open", arg=target)
        here = Modifier(say("steps_here", language), {"action": "guide", "provider": about.id}, "")
        found.append(replaced(row, quicklook=page or target, mods={"cmd": here}))
    return (*found, back(language))


def steps(about: Provider, told: Sequence[str], page: str, language: str) -> Rows:
    """The steps to a credential, a row each; any of them opens the page where it is made."""
    keys = about.keys_page("")
    menu, how = Menu(None, language), say("step_how", language, host(keys))
    rows = (
        menu.row("step", about.id, title=step, how=how, action="open", arg=keys, look=page or keys)
        for step in told
    )
    return (*rows, back(language))
