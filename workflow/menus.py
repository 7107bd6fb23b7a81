"""The launcher's lists below the list of accounts: rows from what is known, and nothing else.

Every row carries all the variables that its action needs, and so does every modifier: a modifier's
variables replace those of its row, and perhaps those of the list as well.
"""

from __future__ import annotations

from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from . import render, settings, text, upkeep
from .accounts import Accounts
from .menu_words import say
from .models import Account
from .provider import Provider
from .script_filter import Item, Modifier
from .settings import Settings
from .words import say as word

CHATGPT = "https://chatgpt.com/"
SWITCHES = ("language", "show", "order", "best", "privacy", "clock", "summary")
Rows = Tuple[Item, ...]
Facts = Sequence[Tuple[str, str]]  # what it is, and its value as of now


def details(account: Account, about: Optional[Provider], name: str, facts: Facts, language: str) -> Rows:
    """One row per fact, each of which copies its value; the first opens the dashboard."""
    page = about.dashboard_page(account.region) if about else ""
    first = Item(
        title=name,
        subtitle=say("dashboard_how", language, page) if page else say("no_dashboard_how", language),
        arg=page or None,
        icon=_icon(about),
        valid=bool(page),
        quicklook=page or None,
        copy=name,
        mods=_account_mods(account, name, language, value=name),
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
    def mod(sentence: str, action: str, arg: str) -> Modifier:
        variables = {"action": action, "account": account.id}
        return Modifier(say(sentence, language, name), variables, arg)

    return {
        "cmd": mod("fact_refresh", "refresh", account.id),
        "alt": mod("fact_copy", "copy", value),
        "ctrl": mod("fact_manage", "manage", account.id),
    }


def manage(
    account: Account, about: Optional[Provider], book: Accounts, chosen: Settings, keyword: str
) -> Rows:
    """What can be done with an account."""
    language = chosen.language
    name = render.name(account, about.short if about else account.provider, chosen)
    menu = _Menu(account, language, name)
    found = [menu.row("details", "info", part=name), _rename(account, menu)]
    found.append(menu.row("replace", "settings"))
    if account.kind == "session":
        found.append(menu.row("exchange", "refresh"))
    found += _places_of_key(account, about, menu)
    found += [_threshold(account, menu, chosen), *_arrangement(account, book, menu, chosen, keyword)]
    if about:
        page = about.dashboard_page(account.region)
        how = say("dashboard_how", language, page)
        found.append(menu.row("dashboard", "info", action="open", arg=page, how=how, look=page))
    return (*found, _remove(menu), back(language))


class _Menu:
    """Makes the rows of one account's lists."""

    def __init__(self, account: Account, language: str, name: str) -> None:
        self.account, self.language, self.name = account, language, name

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
            arg=self.account.id if arg is None else arg,
            icon=f"icons/{icon}.png",
            quicklook=look,
            copy=copy,
            variables={"action": action or word_name, "account": self.account.id, **variables},
        )


def _rename(account: Account, menu: _Menu) -> Item:
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


def _places_of_key(account: Account, about: Optional[Provider], menu: _Menu) -> List[Item]:
    """Region and scopes, where the provider has them."""
    found: List[Item] = []
    if about and about.regions:
        region = word(f"region_{account.region}", menu.language) if account.region else "?"
        found.append(menu.row("account_region", "settings", part=region))
    for scope, what in (about.scopes if about else {}).items():
        found.append(_scope(scope, text.say(what, menu.language), account.scope.get(scope, ""), menu))
    return found


def _scope(name: str, what: str, value: str, menu: _Menu) -> Item:
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


def _threshold(account: Account, menu: _Menu, chosen: Settings) -> Item:
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
    account: Account, book: Accounts, menu: _Menu, chosen: Settings, keyword: str
) -> List[Item]:
    language = menu.language
    how = say("move_urgency_how" if chosen.order == "urgency" else "move_how", language)
    found = [
        menu.row(way, "settings", how=how)
        for way, step in (("up", -1), ("down", 1))
        if not account.hidden and upkeep.neighbour(book, account, step)
    ]
    found.append(menu.row("unpin" if account.pinned else "pin", "settings"))
    if account.hidden:
        return [*found, menu.row("show", "settings")]
    return [*found, menu.row("hide", "settings", part=f"{keyword}:")]


def _remove(menu: _Menu) -> Item:
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
    menu = _Menu(account, language, render.name(account, about.short, chosen))
    if about.id == "chatgpt":
        found = _chatgpt_rows(menu, "take_in", guide, {"provider": about.id})
        if account.kind == "session":
            found.insert(3, menu.row("exchange", "refresh"))
    else:
        page = about.keys_page(account.region)
        how = say("open_keys_how", language, page)
        needs = text.say(about.needs, language)
        found = [
            menu.row("open_keys", "info", how=how, action="open", arg=page, look=guide),
            menu.row("paste_new", "settings", action="take_in", how=say("paste_how", language, needs)),
            menu.row("clipboard", "copy", action="take_in", source="clipboard"),
        ]
        found += _places_of_key(account, about, menu)
    return (*found, back(language))


def regions_of(account: Account, about: Provider, chosen: Settings) -> Rows:
    """The regions that an account's key may belong to."""
    menu = _Menu(account, chosen.language, render.name(account, about.short, chosen))
    found = []
    for region in about.regions:
        name = word(f"region_{region}", chosen.language)
        now = region == account.region
        title = say("region_now" if now else "region", chosen.language, name)
        how = say("region_how", chosen.language, _host(about.keys_page(region)))
        found.append(
            menu.row("region", "settings", title=title, how=how, action="set_region", region=region)
        )
    return (*found, back(chosen.language))


def providers(
    known: Mapping[str, Provider], guides: Mapping[str, str], language: str, imports: bool
) -> Rows:
    """What can be added: what is on the clipboard, or an account of a provider."""
    menu = _Menu(Account("", "", ""), language, "")
    found = [menu.row("clipboard", "copy", action="take_in", source="clipboard")]
    if imports:
        found.append(menu.row("import", "add"))
    found += [_provider(about, guides.get(about.id, ""), language) for about in known.values()]
    return tuple(found)


def _provider(about: Provider, guide: str, language: str) -> Item:
    needs = text.say(about.needs, language)
    return Item(
        title=about.name,
        subtitle=say("provider_how", language, needs),
        arg="",
        uid=f"add-{about.id}",
        icon=_icon(about),
        match=f"{about.name} {about.id} {about.match}",
        copy=about.keys_page(""),
        quicklook=guide or about.keys_page(""),
        mods=_key_pages(about, language),
        variables=_first_step(about, language),
    )


def _key_pages(about: Provider, language: str) -> Dict[str, Modifier]:
    mods = {}
    for key, region in (("cmd", about.regions[0] if about.regions else ""), ("alt", "cn")):
        if key == "cmd" or region in about.regions:
            page = about.keys_page(region)
            sentence = "provider_keys" if key == "cmd" else "provider_keys_cn"
            mods[key] = Modifier(say(sentence, language, _host(page)), {"action": "open"}, page)
    return mods


def _first_step(about: Provider, language: str) -> Dict[str, str]:
    if about.id == "chatgpt":
        return {"action": "chatgpt", "provider": about.id}
    return label_step(about, "region" if about.regions else "take_in", language)


def label_step(about: Provider, after: str, language: str, **more: str) -> Dict[str, str]:
    """The variables of a row that asks for the label of a new account."""
    return {
        "action": "prompt",
        "next": after,
        "field": "label",
        "provider": about.id,
        "prompt": say("label_prompt", language, about.name),
        "hint": say("label_hint", language, about.short),
        **more,
    }


def chatgpt(about: Provider, language: str, guide: str) -> Rows:
    """Ways to a ChatGPT credential: the console, the clipboard, the cookie."""
    menu = _Menu(Account("", about.id, ""), language, about.name)
    return (*_chatgpt_rows(menu, "prompt", guide, label_step(about, "take_in", language)), back(language))


def _chatgpt_rows(menu: _Menu, action: str, guide: str, more: Mapping[str, str]) -> List[Item]:
    language = menu.language
    from .guide_text import COPY

    typed = {**more, "action": action}
    account = menu.account.id
    return [
        menu.row("console", "copy", arg=CHATGPT, look=guide or CHATGPT, copy=COPY),
        menu.row("clipboard", "copy", action="take_in", source="clipboard", provider="chatgpt"),
        Item(
            title=say("token", language),
            subtitle=say("paste_how", language, "accessToken / JSON"),
            arg="",
            icon="icons/add.png",
            variables={**typed, "account": account},
        ),
        Item(
            title=say("cookie", language),
            subtitle=say("cookie_how", language),
            arg="",
            icon="icons/add.png",
            variables={**typed, "account": account},
        ),
        menu.row("steps", "guide", action="open", arg=page_url(guide) or CHATGPT, look=guide or CHATGPT),
    ]


def regions(about: Provider, wanted: Mapping[str, str], language: str) -> Rows:
    """Where the new key belongs, found out first; below it the teams a key may be asked about."""
    kept = {"provider": about.id, **wanted}
    host = about.name
    auto = Item(
        title=say("region_auto", language),
        subtitle=say("region_auto_how", language, host),
        arg="",
        icon=_icon(about),
        variables={"action": "take_in", **kept, "region": "auto"},
    )
    found = [auto]
    for region in about.regions:
        page = about.keys_page(region)
        found.append(
            Item(
                title=say("region", language, word(f"region_{region}", language)),
                subtitle=say("region_how", language, _host(page)),
                arg="",
                icon=_icon(about),
                quicklook=page,
                variables={"action": "take_in", **kept, "region": region},
            )
        )
    menu = _Menu(Account("", about.id, ""), language, about.name)
    for name, what in about.scopes.items():
        value = wanted.get(f"scope_{name}", "")
        row = _scope(name, text.say(what, language), value, menu)
        variables = {**row.variables, **kept, "next": "region", "field": name}
        found.append(_with_variables(row, variables))
    return tuple(found)


def extras(book: Accounts, known: Mapping[str, Provider], chosen: Settings, kept: Mapping[str, str]) -> Rows:
    """The second keyword: everything that is not about one visible account."""
    language = chosen.language
    menu = _Menu(Account("", "", ""), language, "")
    found = [menu.row("add", "add")]
    if book.accounts:
        found = [menu.row("refresh_all", "refresh"), menu.row("summary", "copy"), *found]
    for account in book.accounts:
        if account.hidden:
            found.append(_shown_again(account, known.get(account.provider), chosen))
    found += [_switch(name, kept[name], menu) for name in SWITCHES if name in kept]
    found.append(menu.row("configure", "settings", arg=""))
    found += [menu.row("diagnostics", "info"), menu.row("guide", "guide")]
    return (*found, back(language))


def _shown_again(account: Account, about: Optional[Provider], chosen: Settings) -> Item:
    name = render.name(account, about.short if about else account.provider, chosen)
    menu = _Menu(account, chosen.language, name)
    return menu.row("hidden", "add", part=name, action="show")


def _switch(name: str, value: str, menu: _Menu) -> Item:
    """A setting; ↩ changes it to its next value."""
    values = settings.CHOICES[name].values.split(", ")
    after = values[(values.index(value) + 1) % len(values)] if value in values else values[0]
    language = menu.language
    return menu.row(
        "setting",
        "settings",
        title=say("setting", language, say(f"set_{name}", language), say(f"value_{value}", language)),
        how=say("setting_how", language, say(f"value_{after}", language)),
        action="set",
        setting=name,
        value=after,
    )


def summary(lines: Sequence[str], whole: str, language: str) -> Rows:
    """What is copied, line by line; the first row copies all of it."""
    if not lines:
        return (add(language),)
    menu = _Menu(Account("", "", ""), language, "")
    first = Item(
        title=say("copy_all", language),
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
    menu = _Menu(Account("", "", ""), language, "")
    how = say("steps_how", language)
    found = []
    if pages.get(""):
        found.append(
            menu.row("guide_all", "guide", how=how, action="open", arg=page_url(pages[""]), look=pages[""])
        )
    for about in known.values():
        page = pages.get(about.id, "")
        target = page_url(page) or about.keys_page("")
        row = menu.row("guide", about.id, title=about.name, how=how, action="open", arg=target)
        found.append(_with_look(row, page or target))
    return (*found, back(language))


def candidates(found: Sequence[Tuple[str, str, str, str]], language: str) -> Rows:
    """Keys that lie on this machine: provider's id, its name, where it lies, what it is."""
    menu = _Menu(Account("", "", ""), language, "")
    rows = [
        menu.row(
            "candidate",
            provider_id,
            title=say("candidate", language, name, place),
            how=say("candidate_how", language, what),
            action="take_in",
            source="machine",
            place=place,
            provider=provider_id,
        )
        for provider_id, name, place, what in found
    ]
    return (*rows, back(language)) if rows else (_plain("no_candidate", "info", "list", language),)


def add(language: str) -> Item:
    """The way to another account."""
    return _Menu(Account("", "", ""), language, "").row("add", "add")


def back(language: str) -> Item:
    """The way back to the accounts."""
    return _plain("back", "icon", "list", language)


def gone(language: str) -> Rows:
    """Instead of the rows of an account that was removed meanwhile."""
    return (_plain("gone", "warning", "list", language),)


def unknown(action: str, language: str) -> Rows:
    """Instead of the rows that nobody knows."""
    return (_plain("unknown", "warning", "list", language, action[:40]),)


def page_url(path: str) -> str:
    """The address of a file, for a browser; "" for none."""
    from urllib.parse import quote

    return f"file://{quote(path)}" if path else ""


def _plain(name: str, icon: str, action: str, language: str, part: str = "") -> Item:
    return Item(
        title=say(name, language, part),
        subtitle=say(f"{name}_how", language),
        arg="",
        icon=f"icons/{icon}.png",
        variables={"action": action},
    )


def _with_variables(item: Item, variables: Mapping[str, str]) -> Item:
    from dataclasses import replace as changed

    return changed(item, variables=dict(variables))


def _with_look(item: Item, look: str) -> Item:
    from dataclasses import replace as changed

    return changed(item, quicklook=look)


def _host(page: str) -> str:
    return page.partition("://")[2].partition("/")[0]


def _icon(about: Optional[Provider]) -> str:
    return f"icons/{about.id}.png" if about else "icons/icon.png"
