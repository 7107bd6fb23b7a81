"""The pack's part for ``usage fit …``: every account's numbers and row, and hints at what may be typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from ..display import fit as fit_texts
from ..display.guard import NO_SHARE, STALE
from ..display.moving import enclosed
from ..display.row import GAP, row_of
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account
from ..state import fit
from ..state.state import State
from . import account_row, items
from .fit_answer import EMPTY, HINT, ICON, ODD, REASON, TEXTS, TYPED, VERDICT
from .items import Item
from .menu import add, all_hidden

NAMES = (_("Yes"), _("Tight"), _("No"), _("Not known"))  # in the order of fit_answer.ORDER
LEVELS = ("plenty", "low", "critical", "unknown")
TIMES = (
    ("30m", _("half an hour")),
    ("1h", _("an hour")),
    ("2h", _("two hours")),
    ("5h", _("five hours")),
    ("1d", _("a day")),
)
SHARES = ("10%", "20%", "50%")


def rendered(state: State) -> str:
    """Return its lines in the reader's language, with markers."""
    return "\n".join(_lines(state, lambda account: _of_account(state, account, str, items.row)))


def written(state: State) -> str:
    """Return the same with enclosed texts, for the pack; each account's lines are written once."""
    write = items.writer_of(state).row

    def of_account(account: Account) -> str:
        return state.piece(
            account, "fit", lambda known: _of_account(state, known.account, enclosed, write)
        )

    return "\n".join(_lines(state, of_account))


def _lines(state: State, of_account: Callable[[Account], str]) -> Iterator[str]:
    texts = (*NAMES, STALE, NO_SHARE)
    yield fit.GAP.join([TEXTS, *map(say, texts)])
    for account in state.book.accounts:
        yield of_account(account)
    if state.book.is_all_hidden or not state.book.accounts:
        instead = all_hidden() if state.book.accounts else add()
        yield fit.GAP.join([EMPTY, items.row(instead)])
    for typed, span in TIMES:
        yield fit.GAP.join([HINT, typed, items.row(_hint(typed, _("Does it last {span}?"), span))])
    for share in SHARES:
        yield fit.GAP.join([HINT, share, items.row(_hint(share, _("Is at least {span} left?")))])
    yield fit.GAP.join([ODD, items.row(_odd())])


def _of_account(
    state: State, account: Account, enclose: Callable[[str], str], write: Callable[[Item], str]
) -> str:
    entry = fit_texts.account_of(state, account)
    entry.reason, entry.remedy = enclose(entry.reason), enclose(entry.remedy)
    entry.rest = _row(state, account, write)
    own, *lanes = fit.written(entry)
    return "\n".join((own, *map(enclose, lanes)))


def _row(state: State, account: Account, write: Callable[[Item], str]) -> str:
    """Return the icons and the row of an account, with placeholders for the verdict."""
    icons = "|".join(account_row.icon(account.provider, level) for level in LEVELS)
    return f"{icons} {write(_item(state, account))}"


def _item(state: State, account: Account) -> Item:
    row = row_of(state, account)
    title = f"{VERDICT} · {row.name}{GAP}{row.headline}"
    return account_row.item_of(state, account)._replace(
        title=title, subtitle=REASON, icon=ICON, uid=None, match=None, quicklook=None
    )


def _hint(typed: str, question: Message, span: Message | None = None) -> Item:
    return Item(
        title=say(question, span=say(span) if span else typed),
        subtitle=say(_("↩ or type {example}; any duration or percentage works"), example=typed),
        icon="icons/best.png",
        valid=False,
        autocomplete=typed,
    )


def _odd() -> Item:
    return Item(
        title=say(_("“{text}” is neither a duration nor a percentage"), text=TYPED),
        subtitle=say(
            _("Type how long you want to work (90m, 2h, 1d), or how much must be left (20%)")
        ),
        icon="icons/warning.png",
        valid=False,
    )
