#!/usr/bin/python3 -IS
"""The launcher's lists below the list of accounts: which one, the variable ``action`` says.

Nothing is asked of a provider, the secret store or the clipboard here, so the modules for that are
not loaded, and neither is click.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 3)[0])
    from scripts import bootstrap

    bootstrap.prepare()
    from workflow.system import lazy_imports

    lazy_imports.put_off("asyncio", "pickletools", "shutil", "tempfile")
    lazy_imports.without("orjson")
    if sys.version_info < (3, 13):  # dataclasses imports it, and needs it from 3.13 on only
        lazy_imports.put_off("inspect")

import os
from contextlib import suppress
from typing import Callable, Dict, Mapping, Optional, Tuple

from workflow import paths
from workflow import settings as preferences
from workflow.alfred import account_menu, add_menu, extras_menu, items
from workflow.alfred import menu as menus
from workflow.errors import Mistake
from workflow.models import Account, utc_now
from workflow.provider import discovery as providers
from workflow.provider.contract import Provider
from workflow.settings import Settings
from workflow.storage import accounts, files, json_codec
from workflow.storage.accounts import Accounts
from workflow.system import builds

Menu = Callable[[Mapping[str, str], Settings], menus.Rows]


def main() -> None:
    """Print the list. Never fails."""
    try:
        told = json_codec.dumps(items.answer(rows(os.environ)))
    except BaseException as error:  # a launcher shows nothing at all when a script fails
        from scripts import fallback

        told = fallback.answer(error)
    sys.stdout.buffer.write(told)


def rows(environ: Mapping[str, str]) -> menus.Rows:
    """The rows of the list that is asked for."""
    settings = preferences.load()
    action = environ.get("action") or "extras"
    menu = MENUS.get(action)
    return menu(environ, settings) if menu else menus.unknown(action, settings.language)


def _of_account(
    show: Callable[
        [Account, Optional[Provider], Accounts, Settings, Mapping[str, str]], menus.Rows
    ],
) -> Menu:
    """A list about one account, which may be gone by now."""

    def menu(environ: Mapping[str, str], settings: Settings) -> menus.Rows:
        book = accounts.load()
        account = book.get(environ.get("account", ""))
        if account is None:
            return menus.gone(settings.language)
        return show(account, _about(account.provider), book, settings, environ)

    return menu


def _of_provider(
    show: Callable[[Provider, Settings, Mapping[str, str]], menus.Rows],
) -> Menu:
    """A list about one provider."""

    def menu(environ: Mapping[str, str], settings: Settings) -> menus.Rows:
        about = _about(environ.get("provider", ""))
        return show(about, settings, environ) if about else _add(environ, settings)

    return menu


def _about(provider_id: str) -> Optional[Provider]:
    with suppress(Mistake):
        return providers.about(provider_id)
    return None


def _details(
    account: Account,
    about: Optional[Provider],
    book: Accounts,
    settings: Settings,
    environ: Mapping[str, str],
) -> menus.Rows:
    from workflow.display import details
    from workflow.display.row import row_of
    from workflow.display.summary import spoken
    from workflow.state import state as states
    from workflow.storage.snapshots import Cache

    with Cache() as cache:
        snapshots = cache.all([account.id])
    known = {account.provider: about} if about else {}
    state, now = states.State(Accounts((account,)), snapshots, known, settings), utc_now()
    told = details.facts(state, account, now)
    facts = [(name, spoken(value, settings, now)) for name, value in told]
    row = row_of(state, account)
    title = spoken(row.title, settings, now)
    return account_menu.details(row, title, about, facts, settings.language)


def _manage(
    account: Account,
    about: Optional[Provider],
    book: Accounts,
    settings: Settings,
    environ: Mapping[str, str],
) -> menus.Rows:
    return account_menu.manage(account, about, book, settings, environ.get("keyword") or "usage")


def _replace(
    account: Account,
    about: Optional[Provider],
    book: Accounts,
    settings: Settings,
    environ: Mapping[str, str],
) -> menus.Rows:
    if about is None:
        return menus.gone(settings.language)
    return account_menu.replace(account, about, settings, guide_page(about.id, settings.language))


def _account_region(
    account: Account,
    about: Optional[Provider],
    book: Accounts,
    settings: Settings,
    environ: Mapping[str, str],
) -> menus.Rows:
    return (
        account_menu.regions_of(account, about, settings)
        if about
        else menus.gone(settings.language)
    )


def _add(environ: Mapping[str, str], settings: Settings) -> menus.Rows:
    known = providers.everything()
    pages = {name: guide_page(name, settings.language) for name in known}
    return add_menu.providers(known, pages, settings.language, imports=True)


def _ways(about: Provider, settings: Settings, environ: Mapping[str, str]) -> menus.Rows:
    page = guide_page(about.id, settings.language)
    return add_menu.ways(about, settings.language, page)


def _region(about: Provider, settings: Settings, environ: Mapping[str, str]) -> menus.Rows:
    return add_menu.regions(about, add_menu.wanted(about, environ), settings.language)


def _import(environ: Mapping[str, str], settings: Settings) -> menus.Rows:
    from workflow.i18n.catalog import say
    from workflow.recognition import found_keys

    found = [
        (
            candidate.finding.provider,
            providers.about(candidate.finding.provider).name,
            candidate.source,
            say(candidate.finding.what, settings.language),
        )
        for candidate in found_keys.look(environ).candidates
    ]
    return add_menu.candidates(found, settings.language)


def _extras(environ: Mapping[str, str], settings: Settings) -> menus.Rows:
    book = accounts.load()
    return extras_menu.extras(book, _providers(book), settings, preferences.chosen())


def _providers(book: Accounts) -> Dict[str, Provider]:
    known = {name: _about(name) for name in {a.provider for a in book.accounts}}
    return {name: about for name, about in known.items() if about}


def _summary(environ: Mapping[str, str], settings: Settings) -> menus.Rows:
    from workflow.display import summary
    from workflow.state import state as states

    private = environ.get("private") == "1"
    state = states.read(settings)
    whole = summary.summary(state, utc_now(), private=private)
    lines = [line for line in whole.split("\n") if line]
    if not lines:
        return extras_menu.nothing(state.book, state.providers, settings)
    return extras_menu.summary(lines, whole, settings.language, private)


def _guide(environ: Mapping[str, str], settings: Settings) -> menus.Rows:
    language, about = settings.language, _about(environ.get("provider", ""))
    if about:
        from workflow.guide import guide

        told = guide.rows(about.id, language)
        return extras_menu.steps(about, told, guide_page(about.id, language), language)
    known = providers.everything()
    pages = {name: guide_page(name, language) for name in ("", *known)}
    return extras_menu.guides(known, pages, language)


def guide_page(provider_id: str, language: str) -> str:
    """The file that Quick Look shows, or "" when it cannot be written.

    One that this build has written needs no look at the guide itself.
    """
    name = f"guide-{provider_id or 'all'}-{language}.html"
    page = os.path.join(paths.cache(os.environ), name)
    try:
        if _is_fresh(page):
            return page
        from workflow.guide import guide

        return guide.page_path(provider_id, language)
    except OSError:
        return ""


def _is_fresh(page: str) -> bool:
    mark = builds.mark()
    return bool(mark) and (files.read(page) or b"").endswith(mark)


MENUS: Dict[str, Menu] = {
    "details": _of_account(_details),
    "manage": _of_account(_manage),
    "replace": _of_account(_replace),
    "token": _of_account(_replace),
    "account_region": _of_account(_account_region),
    "add": _add,
    "ways": _of_provider(_ways),
    "region": _of_provider(_region),
    "import": _import,
    "extras": _extras,
    "summary": _summary,
    "guide": _guide,
}
NAMES: Tuple[str, ...] = tuple(MENUS)


if __name__ == "__main__":
    main()
