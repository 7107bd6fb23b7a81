"""The lists about one account: details, manage, replace the credential, region. Pure."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

from ..actions import edit
from ..display.privacy import name as name_of
from ..display.row import Row
from ..i18n import catalog
from ..i18n.alfred_messages import say
from ..i18n.messages import say as word
from ..models import Account
from ..provider.contract import KEY, Provider
from ..settings import Settings
from ..storage.accounts import Accounts
from .add_menu import way_rows
from .items import Item, Modifier
from .menu import Menu, Rows, back, host, icon_of, scope_row

Facts = Sequence[Tuple[str, str]]  # what it is, and its value as of now


def details(shown: Row, title: str, about: Optional[Provider], facts: Facts, language: str) -> Rows:
    """One row per fact, each of which copies its value; the first opens the dashboard.

    ``title`` is that of the shown row as of now.
    """
    account, name = shown.account, shown.name
    page = about.dashboard_page(account.region) if about else ""
    first = Item(
        title=title,
        subtitle=say("dashboard_how", language, page)
        if page
        else say("no_dashboard_how", language),
        arg=page or None,
        icon=icon_of(about),
        valid=bool(page),
        quicklook=page or None,
        copy=title,
        mods=_account_mods(account, name, language, value=title),
        variables={"action": "open", "account": account.id},
    )
    rest = [_fact(account, name, fact, value, page, language) for fact, value in facts]
    return (first, *rest, back(language))


def _fact(account: Account, name: str, fact: str, value: str, page: str, language: str) -> Item:
    return Item(
        title=value,
        subtitle=say("fact_how", language, fact),
        arg=value,
        icon="icons/info.png",
        match=f"{fact} {value}",
        copy=value,
        large=value,
        quicklook=page or None,
        mods=_account_mods(account, name, language, value=value),
        variables={"action": "copy", "account": account.id},
    )


def _account_mods(account: Account, name: str, language: str, value: str) -> Dict[str, Modifier]:
    def mod(said: str, action: str, arg: str) -> Modifier:
        return Modifier(said, {"action": action, "account": account.id}, arg)

    return {
        "cmd": mod(word("mod_refresh", language, name), "refresh", account.id),
        "alt": mod(say("fact_copy", language), "copy", value),
        "ctrl": mod(say("fact_manage", language, name), "manage", account.id),
    }


def manage(
    account: Account, about: Optional[Provider], book: Accounts, chosen: Settings, keyword: str
) -> Rows:
    """What can be done with an account."""
    language = chosen.language
    name = name_of(account, about.short if about else account.provider, chosen)
    menu = Menu(account, language, name)
    found = [menu.row("details", "info", part=name), _rename(account, menu)]
    found.append(menu.row("replace", "settings"))
    if account.kind == "session":
        found.append(menu.row("exchange", "refresh"))
    found += _places_of_key(account, about, menu)
    found += [
        _threshold(account, menu, chosen),
        *_arrangement(account, book, menu, chosen, keyword),
    ]
    if about:
        page = about.dashboard_page(account.region)
        how = say("dashboard_how", language, page)
        found.append(menu.row("dashboard", "info", action="open", arg=page, how=how, look=page))
    return (*found, _remove(menu), back(language))


def _rename(account: Account, menu: Menu) -> Item:
    return menu.row(
        "rename",
        "settings",
        part=menu.name,
        action="prompt",
        arg=account.label,
        next="rename",
        prompt=say("rename_prompt", menu.language, menu.name),
        hint=say("rename_hint", menu.language),
    )


def _places_of_key(account: Account, about: Optional[Provider], menu: Menu) -> List[Item]:
    """Region and scopes, where the provider has them."""
    found: List[Item] = []
    if about and about.regions:
        region = word(f"region_{account.region}", menu.language) if account.region else "?"
        found.append(menu.row("account_region", "settings", part=region))
    for scope, what in (about.scopes if about else {}).items():
        found.append(
            scope_row(scope, catalog.say(what, menu.language), account.scope.get(scope, ""), menu)
        )
    return found


def _threshold(account: Account, menu: Menu, chosen: Settings) -> Item:
    language = menu.language
    own = account.threshold
    told = say("threshold_as_set", language, chosen.low) if own is None else f"{own.normalize():f}"
    return menu.row(
        "threshold",
        "warning",
        title=say("threshold", language, told),
        how=say("threshold_how", language, menu.name),
        action="prompt",
        arg="" if own is None else f"{own.normalize():f}",
        next="threshold",
        prompt=say("threshold_prompt", language),
        hint=say("threshold_hint", language),
    )


def _arrangement(
    account: Account, book: Accounts, menu: Menu, chosen: Settings, keyword: str
) -> List[Item]:
    language = menu.language
    how = say("move_urgency_how" if chosen.order == "urgency" else "move_how", language)
    found = [
        menu.row(way, "settings", how=how)
        for way, step in (("up", -1), ("down", 1))
        if not account.hidden and edit.neighbour(book, account, step)
    ]
    found.append(menu.row("unpin" if account.pinned else "pin", "settings"))
    if account.hidden:
        return [*found, menu.row("show", "settings")]
    return [*found, menu.row("hide", "settings", part=f"{keyword}:")]


def _remove(menu: Menu) -> Item:
    language = menu.language
    return menu.row(
        "remove",
        "remove",
        action="confirm",
        next="remove",
        question=say("remove_title", language, menu.name),
        explanation=say("remove_text", language),
        yes=say("remove_yes", language),
        no=say("cancel", language),
    )


def replace(account: Account, about: Provider, chosen: Settings, guide: str) -> Rows:
    """Ways to a new credential; the first leads to the page where it is made."""
    language = chosen.language
    menu = Menu(account, language, name_of(account, about.short, chosen))
    found = way_rows(about, menu, "take_in", guide, {"provider": about.id})
    if account.kind == "session" and "cookie" in about.ways:
        found.insert(about.ways.index("cookie"), menu.row("exchange", "refresh"))
    if about.ways == KEY:
        found += _places_of_key(account, about, menu)
    return (*found, back(language))


def regions_of(account: Account, about: Provider, chosen: Settings) -> Rows:
    """The regions that an account's key may belong to."""
    menu = Menu(account, chosen.language, name_of(account, about.short, chosen))
    found = []
    for region in about.regions:
        name = word(f"region_{region}", chosen.language)
        now = region == account.region
        title = say("region_now" if now else "region", chosen.language, name)
        how = say("region_how", chosen.language, host(about.keys_page(region)))
        found.append(
            menu.row("region", "settings", title=title, how=how, action="set_region", region=region)
        )
    return (*found, back(chosen.language))
