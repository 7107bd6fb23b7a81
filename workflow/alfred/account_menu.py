"""The lists about one account: details, manage, replace the credential, region. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Callable, NamedTuple

from ..display import names, privacy, threshold
from ..display.numbers import HIDDEN
from ..display.privacy import full_name
from ..display.row import Row
from ..display.times import JOINT
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account
from ..provider import address, own_files
from ..provider.contract import KEY, Provider
from ..settings import Settings
from ..storage.accounts import Accounts
from .account_row import Remedy
from .add_menu import ONLY, keys_row, way_rows
from .items import Item, Modifier, searchable
from .menu import REFRESH, Action, Menu, Rows, act, back, icon_of, page_url, scope_row

OPEN = _("↩ Open {page} · ⌘Y Quick Look")
_KEPT_UNTIL_CHECKED = _("The old one stays until the new one is checked and stored")
_NUMBERS_GO = _(
    "Its numbers are deleted. There is no credential, and the program itself is not touched."
)
_THRESHOLDS: Mapping[str, tuple[Message, Message]] = {  # by the unit of the threshold
    "%": (
        _("↩ Set at how many percent left {account} counts as low"),
        _("Low at … percent left or less"),
    ),
    "amount": (
        _("↩ Set at which balance {account} counts as low"),
        _("Low at a balance of … or less"),
    ),
    "": (
        _("↩ Set at how many percent left, or at which balance, {account} counts as low"),
        _("Low at … or less (percent left, or balance)"),
    ),
}
Facts = Sequence[tuple[str, str]]  # name, value (with markers)


class Look(NamedTuple):
    """A trend as a row: its line, and the page that Quick Look shows."""

    line: str
    page: str


def details(
    shown: Row,
    about: Provider | None,
    facts: Facts,
    trend: Look | None = None,
    reset: str = "",
    remedy: Remedy | None = None,
    private: bool = False,
) -> Rows:
    """List the facts about an account, each of which copies its value; the first row opens the dashboard.

    If something is wrong, the first fact says what, and its ↩ is the remedy.

    Args:
        about: the provider; None if this version does not know it.
        trend: its trend; None without history.
        reset: when its low quota resets; "" if it has none.
        remedy: the action that helps if something is wrong; None if nothing is.
    """
    account, title = shown.account, shown.title
    page = about.page_of(account) if about else ""
    unknown = _("This version of Tankful does not know the provider; update Tankful")
    if about is None and account.provider in own_files.names():
        file = f"{account.provider}{own_files.ENDING}"
        unknown = _("{file} cannot be used; tankful doctor says why", file=file)
    mods = _modifiers(shown)
    of_facts = mods(None)
    first = Item(
        title=title,
        subtitle=say(OPEN, page=privacy.page(account, about, private))
        if about and page
        else say(unknown),
        arg=page or None,
        icon=icon_of(about),
        valid=bool(page),
        quicklook=page or None,
        copy=title,
        mods=mods(title),
        variables=act("open", account=account.id),
    )
    seen = (_trend(shown, trend, mods(trend.line)),) if trend else ()
    rows = [_fact(name, value, page, of_facts) for name, value in facts]
    if remedy and remedy.action != "details":
        rows[0] = _problem(rows[0], account, remedy)
    return (
        first,
        *seen,
        *((_reminder(shown, reset, mods(reset)),) if reset else ()),
        *rows,
        back(),
    )


def _problem(fact: Item, account: Account, remedy: Remedy) -> Item:
    """Return the row of a problem, whose ↩ is the remedy; ⌘C and ⌥↩ copy the sentence as usual.

    The remedy comes first, since the launcher cuts the end of a long line.
    """
    value = fact.copy or ""
    how = f"{say(remedy.sentence)} · {JOINT}{value}{JOINT}"
    return fact._replace(
        subtitle=how,
        arg=remedy.arg or account.id,
        mods={**fact.mods, "alt": fact.mods["alt"]._replace(arg=value)},
        variables=act(remedy.action, account=account.id),
    )


def _reminder(shown: Row, reset: str, mods: Mapping[str, Modifier]) -> Item:
    return Item(
        title=say(_("Remind me at the reset")),
        subtitle=reset,
        arg=shown.account.id,
        icon="icons/settings.png",
        match="remind reminder 提醒",
        mods=mods,
        variables=act("remind", account=shown.account.id),
    )


def _trend(shown: Row, trend: Look, mods: Mapping[str, Modifier]) -> Item:
    return Item(
        title=trend.line,
        subtitle=say(_("{fact} · ⇧ or ⌘Y Show the charts · ↩ Open them"), fact=say(_("Trend"))),
        arg=page_url(trend.page),
        icon="icons/info.png",
        match=f"trend 走势 {trend.line}",
        copy=trend.line,
        large=trend.line,
        quicklook=trend.page,
        mods=mods,
        variables=act("open", account=shown.account.id),
    )


def _fact(name: str, value: str, page: str, mods: Mapping[str, Modifier]) -> Item:
    return Item(
        title=name,
        subtitle=say(_("{value} · ↩ Copy"), value=f"{JOINT}{value}{JOINT}"),
        arg=value,
        icon="icons/info.png",
        match=f"{searchable(name)} {JOINT}{value}",
        copy=value,
        large=value,
        quicklook=page or None,
        mods=mods,
        variables=mods["alt"].variables,  # ↩ copies, as ⌥↩ does
    )


def _modifiers(shown: Row) -> Callable[[str | None], dict[str, Modifier]]:
    """Return a maker of the modifiers of a row of details, for the value that ⌥↩ copies; None for the row's own."""

    def mod(subtitle: Message, action: Action, arg: str) -> Modifier:
        of_account = act(action, account=shown.account.id)
        return Modifier(say(subtitle, account=shown.name), of_account, arg)

    same = {
        "cmd+shift": mod(_("⌘⇧↩ Where the numbers come from"), "explain", ""),
        "cmd": mod(REFRESH, "refresh", shown.account.id),
        "ctrl": mod(_("⌃↩ Manage {account}"), "manage", shown.account.id),
    }
    copy = mod(_("⌥↩ Copy this value"), "copy", "")
    return lambda value: {**same, "alt": Modifier(copy.subtitle, copy.variables, value)}


def manage(
    account: Account,
    about: Provider | None,
    book: Accounts,
    chosen: Settings,
    keyword: str,
    unit: str = "",
) -> Rows:
    """List the actions for an account; ``unit`` is that of its threshold."""
    menu = Menu(account, full_name(account, chosen))
    numbers = say(_("↩ Every number of {account}"), account=menu.name)
    return (
        menu.row("details", "info", _("Details"), numbers),
        _rename(account, menu, chosen),
        *([] if account.kind == "none" or about is None else [_replace(menu)]),
        *([_exchange(menu)] if account.kind == "session" else []),
        *_places_of_key(account, about, menu, chosen),
        _threshold(account, menu, chosen, unit),
        *_arrangement(account, book, menu, chosen, keyword),
        *([_dashboard(account, about, menu, chosen)] if about else []),
        _remove(menu, has_secret=account.kind != "none"),
        back(),
    )


def _rename(account: Account, menu: Menu, chosen: Settings) -> Item:
    return menu.row(
        "prompt",
        "settings",
        _("Rename…"),
        say(_("Now “{account}” · ↩ Type another name"), account=menu.name),
        arg="" if chosen.privacy else account.label,
        next="rename",
        prompt=say(_("New name for {account}"), account=menu.name),
        hint=_("↩ Rename"),
    )


def _replace(menu: Menu) -> Item:
    return menu.row("replace", "settings", _("Replace the credential…"), _KEPT_UNTIL_CHECKED)


def _exchange(menu: Menu) -> Item:
    how = _("↩ Exchange the session for a new access token")
    return menu.row("exchange", "refresh", _("Re-exchange the session"), how)


def _dashboard(account: Account, about: Provider, menu: Menu, chosen: Settings) -> Item:
    page, title = about.page_of(account), _("Open the dashboard")
    how = say(OPEN, page=privacy.page(account, about, chosen.privacy))
    return menu.row("open", "info", title, how, arg=page, look=page)


def _places_of_key(
    account: Account, about: Provider | None, menu: Menu, chosen: Settings
) -> Iterator[Item]:
    """Yield the rows of region and scopes, if the provider has them."""
    if about is None:
        return
    if about.regions and account.region in ("", *about.regions):
        region = names.called(names.REGIONS, account.region) if account.region else "?"
        title = say(_("Region: {region}"), region=region)
        how = _("↩ Choose the region the key belongs to")
        yield menu.row("account_region", "settings", title, how)
    for scope, what in about.scopes.items():
        value = account.scope.get(scope, "")
        is_here = about.scope_regions.get(scope, account.region) == account.region
        if scope != address.SCOPE and (value or is_here):
            yield scope_row(scope, say(what), value, menu, hidden=chosen.privacy)


def _threshold(account: Account, menu: Menu, chosen: Settings, unit: str) -> Item:
    own = "" if account.threshold is None else f"{account.threshold.normalize():f}"
    value = threshold.value(account, unit, chosen)
    if HIDDEN in value:  # the text field is no less private; HIDDEN keeps the threshold
        own = HIDDEN
    how, prompt = _THRESHOLDS[unit if unit in ("", "%") else "amount"]
    hint = _("A number; leave empty for the value in the settings")
    if unit not in ("", "%"):
        hint = _("A number; leave empty for none")
    return menu.row(
        "prompt",
        "warning",
        say(_("Low threshold: {value}"), value=value),
        say(how, account=menu.name),
        arg=own,
        next="threshold",
        prompt=prompt,
        hint=hint,
    )


def _arrangement(
    account: Account, book: Accounts, menu: Menu, chosen: Settings, keyword: str
) -> Iterator[Item]:
    by_urgency = _(
        "The list is sorted by urgency now; this takes effect when it is sorted manually"
    )
    how = by_urgency if chosen.order == "urgency" else _("↩ Move one place in the list")
    first, last = book.ends.get(account.pinned, ("", ""))
    moves: tuple[tuple[Action, str, Message], ...] = (
        ("up", first, _("Move up")),
        ("down", last, _("Move down")),
    )
    for action, end, title in moves:
        if not account.hidden and account.id != end:
            yield menu.row(action, "settings", title, how)
    if account.pinned:
        yield menu.row("unpin", "settings", _("Unpin"), _("↩ Back to its place"))
    else:
        above = _("↩ Above all others, whatever the order")
        yield menu.row("pin", "settings", _("Pin to the top"), above)
    if account.hidden:
        yield menu.row("show", "settings", _("Show in the list again"), _("↩ It is hidden now"))
    else:
        hides = _("↩ Hide it from the list; “{keyword}” shows it again")
        yield menu.row("hide", "settings", _("Hide"), say(hides, keyword=f"{keyword}:"))


def _remove(menu: Menu, *, has_secret: bool) -> Item:
    explanation, how = _NUMBERS_GO, _("↩ Asks first")
    if has_secret:
        how = _("↩ Asks first; its credential is deleted from the keychain too")
        explanation = _(
            "Its credential is deleted from the keychain. The key itself stays valid at the provider."
        )
    return menu.row(
        "confirm",
        "remove",
        _("Remove…"),
        how,
        next="remove",
        question=say(_("Remove {account}?"), account=menu.name),
        explanation=explanation,
        yes=_("Remove"),
        no=_("Cancel"),
    )


def replace(account: Account, about: Provider, chosen: Settings, guide: str) -> Rows:
    """List the ways to a new credential; the first leads to the page where it is created."""
    menu = Menu(account, full_name(account, chosen))
    rows = way_rows(about, menu, "take_in", guide, {"provider": about.id})
    if about.has_address:
        shown = privacy.page(account, about, chosen.privacy)
        rows[0] = keys_row(menu, about.page_of(account), guide, shown)
    if account.kind == "session" and "cookie" in about.ways:
        rows.insert(about.ways.index("cookie"), _exchange(menu))
    if about.ways == KEY:
        rows += _places_of_key(account, about, menu, chosen)
    return (*rows, back())


def regions_of(account: Account, about: Provider, chosen: Settings) -> Rows:
    """List the regions that an account's key may belong to."""
    menu = Menu(account, full_name(account, chosen))
    rows = []
    for region in about.regions:
        name = names.called(names.REGIONS, region)
        title = say(_("{region} (now)"), region=name) if region == account.region else name
        how = say(ONLY, host=address.host(about.keys_page(region)))
        rows.append(menu.row("set_region", "settings", title, how, region=region))
    return (*rows, back())
