"""The launcher's submenus by name, with every moving value as a marker.

No provider, secret store or clipboard is used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Callable

from .. import settings as preferences
from ..display import times
from ..display.moving import Moment, quoted, repeated
from ..errors import Mistake
from ..guide import pages
from ..i18n.catalog import speaking
from ..models import Account, utc_now
from ..provider import discovery as providers
from ..provider.contract import Provider
from ..recognition import seen
from ..records import dataclass
from ..schedule import schedule
from ..settings import Settings
from ..state import state as states
from ..state.state import State
from ..state.status import measure
from ..trend import pages as trends
from ..trend import texts
from ..trend.sparkline import sparkline
from . import account_menu, account_row, add_menu, extras_menu, fit_menu, items, pack
from . import menu as menus


@dataclass(frozen=True)
class Query:
    """The request for a list, and the state from which it is made.

    Attributes:
        state: the state.
        environ: the launcher's variables.
        page: returns the path of a provider's page of the guide, or for "" of the whole guide.
        trend: returns the path of the page with an account's trends; "" if there is none.
    """

    state: State
    environ: Mapping[str, str]
    page: Callable[[str], str] = pages.written
    trend: Callable[[State, Account], str] = trends.look

    @property
    def settings(self) -> Settings:
        return self.state.settings

    def get(self, variable: str) -> str:
        """Return a variable; "" if it is not set."""
        return self.environ.get(variable, "")


List = Callable[[Query], menus.Rows]


def answer(environ: Mapping[str, str]) -> bytes:
    """Return the list named by these variables, as Script Filter JSON as of now. Raises Mistake."""
    state = _known(environ)
    with speaking(state.settings.translation):
        return times.fill(rendered(Query(state, environ)), utc_now()).encode()


def _known(environ: Mapping[str, str]) -> State:
    """Read only the state that the list needs: reading a snapshot takes longer than making most lists."""
    action = environ.get("action", "")
    if action in ("summary", pack.FIT):
        return states.read()
    of = environ.get("account", "") if action in ("details", "manage") else ""
    return states.read(only=[of] if of else [], foresee=action == "details")


def rendered(query: Query, moment: Moment | None = None) -> str:
    """Return the list as Script Filter JSON in the reader's language; for FIT, its lines.

    A moment encloses moving texts; without it they are written with markers.
    """
    action = query.get("action") or "extras"
    if action == pack.FIT:
        write = fit_menu.rendered if moment is None else fit_menu.written
        return write(query.state)
    make = LISTS.get(action)
    rows = make(query) if make else menus.unknown(action)
    if moment is None:
        return items.answer(rows)
    return items.answer(rows, quoted, repeated)


def _of_account(make: Callable[[Query, Account, Provider | None], menus.Rows]) -> List:
    """Make a list about one account, which may be gone by now."""

    def of_account(query: Query) -> menus.Rows:
        account = query.state.book.get(query.get("account"))
        if account is None:
            return menus.gone()
        return make(query, account, _provider(query, account.provider))

    return of_account


def _of_provider(make: Callable[[Query, Provider], menus.Rows]) -> List:
    def of_provider(query: Query) -> menus.Rows:
        about = _provider(query, query.get("provider"))
        return make(query, about) if about else _add(query)

    return of_provider


def _provider(query: Query, provider_id: str) -> Provider | None:
    with suppress(Mistake):
        return query.state.providers.get(provider_id) or providers.about(provider_id)
    return None


def _details(query: Query, account: Account, about: Provider | None) -> menus.Rows:
    from ..display import details
    from ..display.row import row_of

    look = _look(query, account)
    facts = details.facts(query.state, account)
    row, known = row_of(query.state, account), query.state.of(account)
    failed = known.snapshot.failure is not None
    remedy = account_row.remedy(row, about, known.snapshot) if failed else None
    reset, private = account_row.reset(known), query.settings.privacy
    return account_menu.details(row, about, facts, look, reset, remedy, private)


def _look(query: Query, account: Account) -> account_menu.Look | None:
    """Return the trend of an account as a row; None without history, or if no page can be written."""
    page = query.trend(query.state, account)
    shown = trends.of_account(query.state, account) if page else []
    if not shown:
        return None
    return account_menu.Look(f"{sparkline(shown[0])} {texts.title(shown[0])}", page)


def _manage(query: Query, account: Account, about: Provider | None) -> menus.Rows:
    keyword = pack.keyword(query.environ)
    known = query.state.snapshots.get(account.id)
    unit = measure(known.usage if known else None, account.threshold_unit)
    return account_menu.manage(account, about, query.state.book, query.settings, keyword, unit)


def _replace(query: Query, account: Account, about: Provider | None) -> menus.Rows:
    if about is None:
        return menus.gone()
    return account_menu.replace(account, about, query.settings, query.page(about.id))


def _account_region(query: Query, account: Account, about: Provider | None) -> menus.Rows:
    if about is None:
        return menus.gone()
    return account_menu.regions_of(account, about, query.settings)


def _add(query: Query) -> menus.Rows:
    known = providers.everything()
    guides = {name: query.page(name) for name in known}
    here = seen.update(known, query.environ)
    return add_menu.providers(known, guides, here)


def _region(query: Query, about: Provider) -> menus.Rows:
    return add_menu.regions(about, add_menu.answers(about, query.environ))


def _import(query: Query) -> menus.Rows:
    from ..recognition import found_keys

    candidates = found_keys.look(query.environ).candidates
    seen.keep(candidate.finding.provider for candidate in candidates)
    return add_menu.candidates(candidates)


def _extras(query: Query) -> menus.Rows:
    book = query.state.book
    return extras_menu.extras(book, query.settings, preferences.chosen(), schedule.is_on())


def _summary(query: Query) -> menus.Rows:
    from ..display import summary

    private = query.get("private") == "1"
    lines = summary.lines(query.state, private=private)
    if not lines:
        return extras_menu.nothing(query.state.book, query.settings)
    return extras_menu.summary(lines, private)


def _guide(query: Query) -> menus.Rows:
    about = _provider(query, query.get("provider"))
    if about:
        from ..guide import guide

        page = query.page(about.id)
        return extras_menu.steps(about, guide.rows(about.id), page)
    known = providers.everything()
    guides = {name: query.page(name) for name in ("", *known)}
    return extras_menu.guides(known, guides)


LISTS: dict[str, List] = {
    "details": _of_account(_details),
    "manage": _of_account(_manage),
    "replace": _of_account(_replace),
    "token": _of_account(_replace),
    "account_region": _of_account(_account_region),
    "add": _add,
    "ways": _of_provider(lambda query, about: add_menu.ways(about, query.page(about.id))),
    "region": _of_provider(_region),
    "import": _import,
    "extras": _extras,
    "alerts": lambda query: extras_menu.alerts(preferences.chosen(), schedule.is_on()),
    "summary": _summary,
    "guide": _guide,
}
NAMES: tuple[str, ...] = tuple(LISTS)
