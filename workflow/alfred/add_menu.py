"""The lists that lead to a new account: provider, ChatGPT's ways, region, keys found. Pure."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import Callable, Dict, List, Mapping, Sequence, Tuple

from ..i18n import catalog
from ..i18n.alfred_messages import say
from ..i18n.messages import say as word
from ..provider import discovery
from ..provider.contract import KEY, Provider, Way
from .items import Item, Modifier
from .menu import Menu, Rows, back, host, icon_of, page_url, plain, scope_row


def providers(
    known: Mapping[str, Provider], guides: Mapping[str, str], language: str, imports: bool
) -> Rows:
    """What can be added: what is on the clipboard, or an account of a provider."""
    menu = Menu(None, language)
    found = [menu.row("clipboard", "copy", action="take_in", source="clipboard")]
    if imports:
        found.append(menu.row("import", "add"))
    found += [_provider(about, guides.get(about.id, ""), language) for about in known.values()]
    return tuple(found)


def _provider(about: Provider, guide: str, language: str) -> Item:
    needs = catalog.say(about.needs, language)
    return Item(
        title=about.name,
        subtitle=say("provider_how", language, needs),
        arg="",
        uid=f"add-{about.id}",
        icon=icon_of(about),
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
            mods[key] = Modifier(say(sentence, language, host(page)), {"action": "open"}, page)
    return mods


def _first_step(about: Provider, language: str) -> Dict[str, str]:
    if about.ways != KEY:
        return {"action": "ways", "provider": about.id, "account": ""}
    return label_step(about, "region" if about.regions else "take_in", language)


def label_step(about: Provider, after: str, language: str, **more: str) -> Dict[str, str]:
    """The variables of a row that asks for the label of a new account."""
    return {
        "action": "prompt",
        "next": after,
        "field": "label",
        "provider": about.id,
        "account": "",
        "prompt": say("label_prompt", language, about.name),
        "hint": say("label_hint", language, about.short),
        **more,
    }


def ways(about: Provider, language: str, guide: str) -> Rows:
    """List the ways to a credential of a provider that has others than a key."""
    menu = Menu(None, language, about.name)
    rows = way_rows(about, menu, "prompt", guide, label_step(about, "take_in", language))
    return (*rows, back(language))


def way_rows(
    about: Provider, menu: Menu, action: str, guide: str, more: Mapping[str, str]
) -> List[Item]:
    """Make a row for each way in which a provider's credential is taken.

    Args:
        action: what typing one leads to.
        guide: the path of the guide's page, or "".
        more: variables of the rows where one is typed.
    """
    typed = {**more, "action": action, "account": menu.account_id}
    return [_WAYS[way](about, menu, guide, typed) for way in about.ways]


_WayRow = Callable[[Provider, Menu, str, Mapping[str, str]], Item]


def _page(about: Provider, menu: Menu, guide: str, typed: Mapping[str, str]) -> Item:
    page = about.keys_page(menu.region)
    how = say("open_keys_how", menu.language, page)
    return menu.row("open_keys", "info", how=how, action="open", arg=page, look=guide)


def _key(about: Provider, menu: Menu, guide: str, typed: Mapping[str, str]) -> Item:
    how = say("paste_how", menu.language, catalog.say(about.needs, menu.language))
    return menu.row("paste_new", "settings", action=typed["action"], how=how)


def _clipboard(about: Provider, menu: Menu, guide: str, typed: Mapping[str, str]) -> Item:
    whose = {} if about.ways == KEY else {"provider": about.id}
    return menu.row("clipboard", "copy", action="take_in", source="clipboard", **whose)


def _console(about: Provider, menu: Menu, guide: str, typed: Mapping[str, str]) -> Item:
    page = about.keys_page("")
    return menu.row(
        "console", "copy", arg=page, look=guide or page, copy=about.console, provider=about.id
    )


def _token(about: Provider, menu: Menu, guide: str, typed: Mapping[str, str]) -> Item:
    how = say("paste_how", menu.language, "accessToken / JSON")
    return _typed(say("token", menu.language), how, typed)


def _cookie(about: Provider, menu: Menu, guide: str, typed: Mapping[str, str]) -> Item:
    return _typed(say("cookie", menu.language), say("cookie_how", menu.language), typed)


def _typed(title: str, how: str, variables: Mapping[str, str]) -> Item:
    return Item(title=title, subtitle=how, arg="", icon="icons/add.png", variables=variables)


def _steps(about: Provider, menu: Menu, guide: str, typed: Mapping[str, str]) -> Item:
    page = about.keys_page("")
    return menu.row(
        "steps", "guide", action="open", arg=page_url(guide) or page, look=guide or page
    )


_WAYS: Mapping[Way, _WayRow] = {
    "page": _page,
    "key": _key,
    "clipboard": _clipboard,
    "console": _console,
    "token": _token,
    "cookie": _cookie,
    "steps": _steps,
}


def regions(about: Provider, wanted: Mapping[str, str], language: str) -> Rows:
    """Where the new key belongs, found out first; below it the teams a key may be asked about."""
    kept = {"provider": about.id, "account": "", **wanted}
    auto = Item(
        title=say("region_auto", language),
        subtitle=say("region_auto_how", language, about.name),
        arg="",
        icon=icon_of(about),
        variables={"action": "take_in", **kept, "region": "auto"},
    )
    found = [auto]
    for region in about.regions:
        page = about.keys_page(region)
        found.append(
            Item(
                title=say("region", language, word(f"region_{region}", language)),
                subtitle=say("region_how", language, host(page)),
                arg="",
                icon=icon_of(about),
                quicklook=page,
                variables={"action": "take_in", **kept, "region": region},
            )
        )
    menu = Menu(None, language, about.name)
    for name, what in about.scopes.items():
        value = wanted.get(f"scope_{name}", "")
        row = scope_row(name, catalog.say(what, language), value, menu)
        variables = {**row.variables, **kept, "next": "region", "field": name}
        found.append(replaced(row, variables=variables))
    return tuple(found)


def candidates(found: Sequence[Tuple[str, str, str, str]], language: str) -> Rows:
    """Keys that lie on this machine: provider's id, its name, where it lies, what it is."""
    menu = Menu(None, language)
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
    if rows:
        return (*rows, back(language))
    return (plain("no_candidate", "info", "list", language, str(len(discovery.names()))),)


def wanted(about: Provider, told: Mapping[str, str]) -> Dict[str, str]:
    """What the prompts have been told so far; the last answer belongs to ``field``."""
    names = ("label", *(f"scope_{name}" for name in about.scopes))
    kept = {name: told.get(name, "") for name in names}
    last = told.get("field", "")
    key = last if last == "label" else f"scope_{last}"
    if key in kept:
        kept[key] = told.get("answer", "")
    return {name: value for name, value in kept.items() if value.strip()}
