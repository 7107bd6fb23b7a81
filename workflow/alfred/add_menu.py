"""The lists to add an account: providers, ways to a credential, regions, keys found. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Callable, NamedTuple

from ..display import names
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..provider import discovery, no_usage
from ..provider.address import host
from ..provider.contract import KEY, Provider, Way
from .items import Item, Modifier, searchable
from .menu import Action, Menu, Rows, act, back, icon_of, page_url, scope_row, to_list

if TYPE_CHECKING:
    from ..recognition.found_keys import Candidate

ONLY = _("↩ {host} only")
_NEEDS = _("{needs} · ↩ Continue")
_HERE = _("{needs} · found on this machine · ↩ Continue")
_LOCAL = _("{needs} · ↩ Add it")
STEPS = _("↩ Open the guide · ⌘Y Quick Look")


def providers(
    known: Mapping[str, Provider], guides: Mapping[str, str], here: Collection[str] = ()
) -> Rows:
    """List the ways to add an account: from the clipboard, from this machine, or by provider.

    Args:
        guides: the path of each provider's page in the guide.
        here: the ids of providers whose key was found on it; they come first.
    """
    menu = Menu(None)
    how = _("↩ Scans environment variables and logins; asks before saving anything")
    imports = menu.row("import", "add", _("Import keys found on this machine…"), how)
    rows = [_from_clipboard(menu), imports]
    for is_here in (True, False):
        rows += [
            _provider(about, guides.get(about.id, ""), is_here)
            for about in known.values()
            if (about.id in here) is is_here
        ]
    return (*rows, *nothing_to_ask())


def nothing_to_ask() -> Rows:
    """List the services without usage numbers: the reason, and their own page."""
    return tuple(
        Item(
            title=say(each.name),
            subtitle=say(_("{why} · ↩ Open {host}"), why=say(each.why), host=host(each.page)),
            arg=each.page,
            icon="icons/info.png",
            match=_terms(f"{say(each.name)} {each.id} {each.match}", [host(each.page)]),
            copy=each.page,
            quicklook=each.page,
            variables=act("open"),
        )
        for each in no_usage.SERVICES
    )


def _from_clipboard(menu: Menu, **more: str) -> Item:
    how = _("Key, cookie, JSON, cURL · ↩ Reads it once and asks before sending anything")
    title = _("From the clipboard…")
    return menu.row("take_in", "copy", title, how, source="clipboard", **more)


def _terms(text: str, hosts: Iterable[str]) -> str:
    """Return the search terms of a row: a text, and each host with and without its subdomains."""
    labels = [host.split(".") for host in hosts]
    domains = (".".join(each[at:]) for each in labels for at in range(len(each) - 1))
    return " ".join((searchable(text), *dict.fromkeys(domains)))


def terms_of(about: Provider) -> str:
    """Return what a provider's row is found by."""
    hosts = (*map(host, (*about.keys.values(), *about.dashboard.values())), *about.hosts)
    return _terms(f"{about.name} {about.id} {about.match}", hosts)


def _provider(about: Provider, guide: str, is_here: bool) -> Item:
    how = _HERE if is_here else _NEEDS
    needs = say(_LOCAL if about.is_local else how, needs=say(about.needs))
    return Item(
        title=about.name,
        subtitle=needs,
        arg="",
        uid=f"add-{about.id}",
        icon=icon_of(about),
        match=terms_of(about),
        copy=about.keys_page(""),
        quicklook=guide or about.keys_page(""),
        mods=_key_pages(about),
        variables=_first_step(about),
    )


def _key_pages(about: Provider) -> dict[str, Modifier]:
    def mod(sentence: Message, region: str) -> Modifier:
        page = about.keys_page(region)
        return Modifier(say(sentence, host=host(page)), act("open"), page)

    first, *others = about.sites or ("",)
    mods = {"cmd": mod(_("⌘↩ Open {host}"), first)}
    if others:
        other = _("⌥↩ Open {host} (China)")
        if others[0] == "intl":
            other = _("⌥↩ Open {host} (international)")
        mods["alt"] = mod(other, others[0])
    return mods


def _first_step(about: Provider) -> dict[str, str]:
    if about.is_local:
        return act("take_in", provider=about.id, account="", region="", source="")
    if about.ways != KEY:
        return act("ways", provider=about.id, account="")
    return label_step(about, "region" if about.regions else "take_in")


def label_step(about: Provider, after: Action) -> dict[str, str]:
    """Return the variables of a row that asks for the label of a new account."""
    return act(
        "prompt",
        next=after,
        field="label",
        provider=about.id,
        account="",
        prompt=say(_("Name of the new {provider} account"), provider=about.short),
        hint=say(_("e.g. Work · leave empty for “{name}” · ↩ Continue"), name=about.short),
    )


def ways(about: Provider, guide: str) -> Rows:
    """List the ways to a credential of a provider that needs more than a key."""
    menu = Menu(None, about.name)
    return (*way_rows(about, menu, "prompt", guide, label_step(about, "take_in")), back())


def way_rows(
    about: Provider, menu: Menu, action: Action, guide: str, more: Mapping[str, str]
) -> list[Item]:
    """Make a row for each way to enter a provider's credential.

    The rows in which it is typed have this action, and ``more`` variables.
    """
    query = _Query(about, menu, action, guide, more)
    return [_WAYS[way](query) for way in about.ways]


class _Query(NamedTuple):
    """The arguments of ``way_rows``."""

    about: Provider
    menu: Menu
    action: Action
    guide: str
    more: Mapping[str, str]


def keys_row(menu: Menu, page: str, guide: str, shown: str = "") -> Item:
    """Make the row that opens the page where keys are created, which may be shown as another text."""
    title, how = _("Open the page where keys are created"), say(_STEPS_OF, page=shown or page)
    return menu.row("open", "info", title, how, arg=page, look=guide)


def _page(query: _Query) -> Item:
    return keys_row(query.menu, query.about.keys_page(query.menu.region), query.guide)


def _key(query: _Query) -> Item:
    title, how = _("Paste the new credential…"), say(_DIALOG, credential=say(query.about.needs))
    return query.menu.row(query.action, "settings", title, how)


def _clipboard(query: _Query) -> Item:
    whose = {} if query.about.ways == KEY else {"provider": query.about.id}
    return _from_clipboard(query.menu, **whose)


def _console(query: _Query) -> Item:
    about, page = query.about, query.about.keys_page("")
    how = _("Log in, run it in the browser console, then choose “From the clipboard”")
    return query.menu.row(
        "console",
        "copy",
        _("A · Copy the console command, open chatgpt.com"),
        how,
        arg=page,
        look=query.guide or page,
        copy=about.console,
        provider=about.id,
    )


def _token(query: _Query) -> Item:
    how = say(_DIALOG, credential="accessToken / JSON")
    return _typed(say(_("A · Paste the access token…")), how, query)


def _cookie(query: _Query) -> Item:
    how = _("Renews itself · DevTools → Application → Cookies → __Secure-next-auth.session-token")
    return _typed(say(_("B · Paste the session cookie…")), say(how), query)


def _typed(title: str, how: str, query: _Query) -> Item:
    more = {**query.more, "account": query.menu.account_id, "action": query.action}
    return Item(title=title, subtitle=how, arg="", icon="icons/add.png", variables=more)


def _steps(query: _Query) -> Item:
    page, guide = query.about.keys_page(""), query.guide
    arg, look = page_url(guide) or page, guide or page
    return query.menu.row("open", "guide", _("Show the steps"), STEPS, arg=arg, look=look)


_STEPS_OF = _("↩ {page} · ⌘Y Steps")
_DIALOG = _("↩ Enter {credential} in a hidden dialog; it is checked before it is saved")
_WAYS: Mapping[Way, Callable[[_Query], Item]] = {
    "page": _page,
    "key": _key,
    "clipboard": _clipboard,
    "console": _console,
    "token": _token,
    "cookie": _cookie,
    "steps": _steps,
}


def regions(about: Provider, answers: Mapping[str, str]) -> Rows:
    """List the regions of a new key, automatic detection first, and below them the provider's scopes."""
    kept = {"provider": about.id, "account": "", **answers}
    how = _("↩ Tries each site of {provider} once, then uses only the one that accepts the key")
    auto = Item(
        title=say(_("Detect the region automatically")),
        subtitle=say(how, provider=about.name),
        arg="",
        icon=icon_of(about),
        variables=act("take_in", **kept, region="auto"),
    )
    rows = [auto]
    for region in about.regions:
        page = about.keys_page(region)
        rows.append(
            Item(
                title=names.called(names.REGIONS, region),
                subtitle=say(ONLY, host=host(page)),
                arg="",
                icon=icon_of(about),
                quicklook=page,
                variables=act("take_in", **kept, region=region),
            )
        )
    menu = Menu(None, about.name)
    for name, what in about.scopes.items():
        value = answers.get(f"scope_{name}", "")
        row = scope_row(name, say(what), value, menu)
        variables = {**row.variables, **kept, "next": "region", "field": name}
        rows.append(row._replace(variables=variables))
    return tuple(rows)


def candidates(keys: Sequence[Candidate]) -> Rows:
    """List the keys found on this machine."""
    menu, how = Menu(None), _("{credential} · ↩ Check it at the provider and add it")
    rows = [
        menu.row(
            "take_in",
            about.id,
            say(_("{provider} · from {place}"), provider=about.name, place=key.source),
            say(how, credential=say(key.finding.what)),
            source="machine",
            place=key.source,
            provider=about.id,
        )
        for key in keys
        for about in [discovery.about(key.finding.provider)]
    ]
    if rows:
        return (*rows, back())
    how = _(
        "Looked at the variables of the {count} providers and at Codex's login · ↩ Back to the list"
    )
    nothing = _("No key was found on this machine")
    return (to_list(nothing, say(how, count=len(discovery.names())), "info"),)


def answers(about: Provider, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to the prompts so far; the last one is that of ``field``."""
    names = ("label", *(f"scope_{name}" for name in about.scopes))
    kept = {name: variables.get(name, "") for name in names}
    last = variables.get("field", "")
    key = last if last == "label" else f"scope_{last}"
    if key in kept:
        kept[key] = variables.get("answer", "")
    return {name: value for name, value in kept.items() if value.strip()}
