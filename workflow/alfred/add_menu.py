"""The lists that lead to a new account: provider, ChatGPT's ways, region, keys found. Pure."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import Dict, List, Mapping, Sequence, Tuple

from ..i18n import catalog
from ..i18n.alfred_messages import say
from ..i18n.messages import say as word
from ..provider.contract import Provider
from .items import Item, Modifier
from .menu import Menu, Rows, back, host, icon_of, page_url, plain, scope_row

CHATGPT = "https://chatgpt.com/"


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
    if about.id == "chatgpt":
        return {"action": "chatgpt", "provider": about.id, "account": ""}
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


def chatgpt(about: Provider, language: str, guide: str) -> Rows:
    """Ways to a ChatGPT credential: the console, the clipboard, the cookie."""
    menu = Menu(None, language, about.name)
    return (
        *chatgpt_rows(menu, "prompt", guide, label_step(about, "take_in", language)),
        back(language),
    )


def chatgpt_rows(menu: Menu, action: str, guide: str, more: Mapping[str, str]) -> List[Item]:
    """Console, clipboard, token, cookie, steps; ``action`` is what typing one leads to."""
    from ..guide.text import COPY  # the other lists do without the guide

    language = menu.language
    typed = {**more, "action": action}
    account = menu.account_id
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
        menu.row(
            "steps", "guide", action="open", arg=page_url(guide) or CHATGPT, look=guide or CHATGPT
        ),
    ]


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
    return (*rows, back(language)) if rows else (plain("no_candidate", "info", "list", language),)


def wanted(about: Provider, told: Mapping[str, str]) -> Dict[str, str]:
    """What the prompts have been told so far; the last answer belongs to ``field``."""
    names = ("label", *(f"scope_{name}" for name in about.scopes))
    kept = {name: told.get(name, "") for name in names}
    last = told.get("field", "")
    key = last if last == "label" else f"scope_{last}"
    if key in kept:
        kept[key] = told.get("answer", "")
    return {name: value for name, value in kept.items() if value.strip()}
