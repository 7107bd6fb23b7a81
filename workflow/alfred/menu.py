"""What the launcher's lists below the list of accounts are made of.

Every row carries all the variables that its action needs, and so does every modifier: a modifier's
variables replace those of its row, and perhaps those of the list as well.
"""

from __future__ import annotations

from typing import Optional, Tuple

from ..i18n.alfred_messages import say
from ..models import Account
from ..provider import discovery
from ..provider.contract import Provider
from .items import Item

Rows = Tuple[Item, ...]


class Menu:
    """Makes the rows of one account's lists, or with None of no account's."""

    def __init__(self, account: Optional[Account], language: str, name: str = "") -> None:
        self.account_id = account.id if account else ""
        self.region = account.region if account else ""
        self.language, self.name = language, name

    def row(
        self,
        word_name: str,
        icon: str,
        *,
        title: str = "",
        how: str = "",
        part: str = "",
        action: str = "",
        arg: Optional[str] = None,
        look: Optional[str] = None,
        copy: Optional[str] = None,
        **variables: str,
    ) -> Item:
        """A row named after its sentence; without an action it does what it is named after."""
        return Item(
            title=title or say(word_name, self.language, part),
            subtitle=how or say(f"{word_name}_how", self.language, part),
            arg=self.account_id if arg is None else arg,
            icon=f"icons/{icon}.png",
            quicklook=look,
            copy=copy,
            variables={"action": action or word_name, "account": self.account_id, **variables},
        )


def add(language: str) -> Item:
    """The way to another account."""
    return Menu(None, language).row("add", "add", part=str(len(discovery.names())))


def back(language: str) -> Item:
    """The way back to the accounts."""
    return plain("back", "icon", "list", language)


def gone(language: str) -> Rows:
    """Instead of the rows of an account that was removed meanwhile."""
    return (plain("gone", "warning", "list", language),)


def unknown(action: str, language: str) -> Rows:
    """Instead of the rows that nobody knows."""
    return (plain("unknown", "warning", "list", language, action[:40]),)


def page_url(path: str) -> str:
    """The address of a file, for a browser; "" for none."""
    from urllib.parse import quote

    return f"file://{quote(path)}" if path else ""


def plain(name: str, icon: str, action: str, language: str, part: str = "") -> Item:
    """A row that needs nothing but its action."""
    return Item(
        title=say(name, language, part),
        subtitle=say(f"{name}_how", language, part),
        arg="",
        icon=f"icons/{icon}.png",
        variables={"action": action},
    )


def host(page: str) -> str:
    """The host of an address."""
    return page.partition("://")[2].partition("/")[0]


def icon_of(about: Optional[Provider]) -> str:
    """The picture of a provider, or our own."""
    return f"icons/{about.id}.png" if about else "icons/icon.png"


def scope_row(name: str, what: str, value: str, menu: Menu) -> Item:
    """A team, project or workspace, and the way to type another one."""
    language = menu.language
    return menu.row(
        "scope",
        "settings",
        title=say("scope", language, what, value or say("scope_none", language)),
        action="prompt",
        arg=value,
        next="scope",
        field=name,
        prompt=what,
        hint=say("scope_hint", language),
    )
