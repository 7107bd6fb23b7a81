"""The building blocks of the launcher's submenus.

Every row carries all variables that its action needs, and so does every modifier: a modifier's variables
replace those of its row, and perhaps those of the list as well.
"""

from __future__ import annotations

from typing import Literal, Union

from ..display.names import SCOPES, UNSET, called
from ..display.numbers import HIDDEN
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account
from ..provider import discovery
from ..provider.contract import Provider
from .items import Item

Rows = tuple[Item, ...]
Text = Union[Message, str]  # a sentence, or a text in the reader's language
# fmt: off
Action = Literal[
    "list", "open", "reveal", "prompt", "confirm", "take_in",  # objects of info.plist
    "details", "manage", "replace", "token", "account_region",  # lists of an account
    "add", "ways", "region", "import", "extras", "alerts", "summary", "guide",  # other lists
    "explain", "diagnostics", "read",  # texts
    "refresh", "refresh_all", "copy", "copy_summary", "console", "exchange",  # actions without a list
    "rename", "threshold", "set_region", "scope", "remove", "set", "quiet", "background", "notice", "remind",
    "copy_report", "copy_explanation", "open_guide", "configure",
    "up", "down", "pin", "unpin", "hide", "show",
]
# fmt: on
GONE = _("This account is no longer there")
REFRESH = _("⌘↩ Refresh {account} now")
UNKNOWN = _("Unknown action “{action}”")


def act(action: Action, **variables: str) -> dict[str, str]:
    """Return the variables of a row or modifier that leads to an action."""
    return {"action": action, **variables}


def _spoken(text: Text) -> str:
    return text if isinstance(text, str) else say(text)


class Menu:
    """Makes the rows of an account's lists; None for lists about no account."""

    def __init__(self, account: Account | None, name: str = "") -> None:
        self.account_id = account.id if account else ""
        self.region = account.region if account else ""
        self.name = name

    def row(
        self,
        action: Action,
        icon: str,
        title: Text,
        how: Text,
        *,
        arg: str | None = None,
        look: str | None = None,
        copy: str | None = None,
        **variables: Text,
    ) -> Item:
        """Make a row whose ↩ performs an action; its second line says how.

        Args:
            arg: the argument of the action; None for the account's id.
            look: a page or a file for Quick Look.
            copy: the text that ⌘C copies.
            variables: further variables of the action.
        """
        more = {name: _spoken(value) for name, value in variables.items()}
        return Item(
            title=_spoken(title),
            subtitle=_spoken(how),
            arg=self.account_id if arg is None else arg,
            icon=f"icons/{icon}.png",
            quicklook=look,
            copy=copy,
            variables=act(action, account=self.account_id, **more),
        )


def add() -> Item:
    """Return the row to add an account."""
    return Menu(None).row("add", "add", _("Add account…"), choice())


def all_hidden() -> Item:
    """Return the row that stands in place of the accounts if every one is hidden."""
    how = _("↩ Open the menu that shows them again")
    return Menu(None).row("extras", "settings", _("All accounts are hidden"), how)


def choice() -> str:
    """Say how an account can be added."""
    sentence = _("↩ Choose one of {count} providers, or read the clipboard")
    return say(sentence, count=len(discovery.names()))


def back() -> Item:
    """Return the row that leads back to the list of accounts."""
    return to_list(_("Back to the list"), _("↩ Show all accounts"), "icon")


def gone() -> Rows:
    """Return the list for an account that was removed meanwhile."""
    return (to_list(GONE, _("It was removed meanwhile · ↩ Back to the list")),)


def unknown(action: str) -> Rows:
    """Return the list for an unknown action."""
    how = _("Try updating the workflow · ↩ Back to the list")
    return (to_list(say(UNKNOWN, action=action[:40]), how),)


def to_list(title: Text, how: Text, icon: str = "warning") -> Item:
    """Return a row whose ↩ leads back to the list of accounts."""
    icon = f"icons/{icon}.png"
    return Item(
        title=_spoken(title), subtitle=_spoken(how), arg="", icon=icon, variables=act("list")
    )


def page_url(path: str) -> str:
    """Return the address of a file for a browser; "" for none."""
    from urllib.parse import quote

    return f"file://{quote(path)}" if path else ""


def icon_of(about: Provider | None) -> str:
    """Return the path of a provider's icon, or of our own."""
    return f"icons/{about.id}.png" if about and not about.origin else "icons/icon.png"


def scope_row(name: str, what: str, value: str, menu: Menu, *, hidden: bool = False) -> Item:
    """Return the row of a team, project or workspace; ↩ asks for another value.

    If the value is hidden, the text field has HIDDEN too, which keeps it.
    """
    unset = say(UNSET.get(name) or _("not set"))
    shown = HIDDEN if value and hidden else value
    return menu.row(
        "prompt",
        "settings",
        say(_("{scope}: {value}"), scope=called(SCOPES, name), value=shown or unset),
        say(_("{what} · ↩ Type another value; leave empty to remove it"), what=what),
        arg=shown,
        next="scope",
        field=name,
        prompt=what,
        hint=_("↩ Save; leave empty for none"),
    )
