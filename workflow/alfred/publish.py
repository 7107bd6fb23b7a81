"""Accounts, snapshots and settings as one Script Filter answer, and as the feed.

Whoever changed something calls ``publish``; the next keystroke shows it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Callable, Dict, List, Optional, Tuple, TypeVar

from .. import __version__, feed, paths
from .. import settings as preferences
from ..display import quotas, times
from ..display.numbers import say as in_language
from ..display.row import Part, Row, fitted, row
from ..display.times import ago
from ..errors import Mistake, UnexpectedResponse, Words
from ..i18n.alfred_messages import say as tell
from ..i18n.messages import say
from ..models import Account, Failure, Phrase, Snapshot, utc_now
from ..provider import contract as providers
from ..provider.contract import Provider
from ..refresh import background
from ..settings import Settings
from ..state import ranking, status
from ..storage import accounts, files, json_codec
from ..storage.accounts import Accounts
from ..storage.snapshots import Cache
from ..system import network
from . import account_row
from . import items as alfred_items
from .items import Item

NEXT_BEST = 3  # accounts that the first row names
DETOUR = "detour"  # the row that says where everything goes instead
PATIENCE = 2.0  # seconds to wait for another writer of the feed
STUCK = 10.0  # seconds after which that one does not count any more


_T = TypeVar("_T")
_UNTOLD: Words = (
    "{provider}: the numbers that are kept cannot be shown; refresh, then update Tankful",
    "{provider}：已保存的数据无法显示；请刷新，仍不行请更新 Tankful",
)


@dataclass(frozen=True)
class State:
    """All that a face shows, read from disk at one moment."""

    book: Accounts
    snapshots: Dict[str, Snapshot]
    providers: Dict[str, Provider]
    settings: Settings

    def provider(self, account_id: str) -> Optional[Provider]:
        """The provider of an account; None when this Tankful does not know it."""
        account = self.book.get(account_id)
        return self.providers.get(account.provider) if account else None

    def tell(self, account: Account, tell: Callable[[Snapshot], _T]) -> _T:
        """What is told of an account's numbers; where that fails, of a failure of this account alone."""
        try:
            return tell(self.snapshots[account.id])
        except Exception:  # a defect of ours, which must not take the other accounts with it
            provider = self.provider(account.id)
            name = provider.name if provider else account.provider
            words = Phrase(*(each.replace("{provider}", name) for each in _UNTOLD))
            failure = Failure(UnexpectedResponse.kind, words, utc_now())
            return tell(Snapshot(account.id, failure=failure))

    def due_at(self) -> datetime:
        """When the next account is to be asked."""
        return min(map(self._due_at, self.book.accounts), default=status.FOREVER)

    def _due_at(self, account: Account) -> datetime:
        provider = self.providers.get(account.provider)
        return self.tell(account, lambda told: status.due_at(provider, told, self.settings))

    def rows(self) -> Tuple[Row, ...]:
        """Every account as a row, in the order of the settings, the pinned ones first."""
        shown = list(self.book.accounts)
        if self.settings.order == "urgency":
            shown.sort(key=self.urgency)
        shown.sort(key=lambda account: not account.pinned)
        return tuple(self.row(account) for account in shown)

    def urgency(self, account: Account) -> Tuple[int, Decimal]:
        """A sort key, the most urgent first."""
        return self.tell(account, lambda told: status.urgency(account, told, self.settings))

    def row(self, account: Account) -> Row:
        """One account as a row."""
        provider = self.providers.get(account.provider)
        return self.tell(account, lambda told: row(account, provider, told, self.settings))


def read(settings: Optional[Settings] = None, *, now: Callable[[], datetime] = utc_now) -> State:
    """Everything from disk, as of now. Raises Mistake when accounts.json cannot be used."""
    settings = settings or preferences.load()
    book = accounts.load()
    with Cache(now=now) as cache:
        snapshots = cache.all(account.id for account in book.accounts)
    return State(book, snapshots, known_providers(book), settings)


def known_providers(book: Accounts) -> Dict[str, Provider]:
    """The providers that these accounts belong to."""
    found: Dict[str, Provider] = {}
    for name in dict.fromkeys(account.provider for account in book.accounts):
        try:
            found[name] = providers.about(name)
        except Mistake:  # an account of a provider that a newer Tankful brought
            continue
    return found


def publish(now: Callable[[], datetime] = utc_now) -> Tuple[State, bytes]:
    """Render the answer and leave it as the feed; what is shown, and the answer. Raises Mistake."""
    preferences.load()  # what changed in Alfred's configuration is written before the stamp
    with suppress(OSError), files.lock(f"{feed.path(os.environ)}.lock", PATIENCE) as alone:
        return _published(now, alone)
    state = read(now=now)  # an answer without a feed is slower, not wrong
    return state, rendered(state)


def _published(now: Callable[[], datetime], alone: bool) -> Tuple[State, bytes]:
    """What is shown, and the answer, left as the feed.

    The stamp is older than what is read after it, so a change meanwhile is seen at the next keystroke.
    """
    stamp = feed.stamp(paths.data(os.environ))
    state = read(now=now)
    answer = rendered(state)
    if not state.settings.one_call:
        with suppress(OSError):
            _leave(_feed(state, answer, stamp, now()) if alone or _is_stuck() else None)
    return state, answer


def _is_stuck() -> bool:
    """Whether who holds the lock has been at it far too long: a suspended process has nothing to say."""
    found = files.held_by(f"{feed.path(os.environ)}.lock")
    return found is not None and found[1] > STUCK


def _leave(content: Optional[bytes]) -> None:
    """Write the feed; without one, leave none: whoever holds the lock may have read what is old."""
    if content is not None:
        files.write(feed.path(os.environ), content, lasting=False)
        return
    with suppress(FileNotFoundError):
        os.unlink(feed.path(os.environ))


def shown(answer: bytes, state: State, now: datetime) -> bytes:
    """A rendered answer with its moving values said as of now.

    A refresh that is due is started, and ``rerun`` asks for its result.
    """
    settings = state.settings
    words = times.words(settings.language, settings.hours24)
    said = feed.fill(answer, now.timestamp(), words)
    return feed.again(said) if keep_warm(state, now) else said


def rendered(state: State) -> bytes:
    """The Script Filter answer, with markers."""
    return json_codec.dumps(alfred_items.answer(tuple(items(state))))


def items(state: State, now: Optional[datetime] = None) -> List[Item]:
    """The rows of the list; one that says how to begin when there is none."""
    language = state.settings.language
    found: List[Item] = []
    if state.book.damaged:
        found.append(
            Item(
                title=say("damaged", language),
                subtitle=say("damaged_how", language, os.path.basename(state.book.damaged)),
                icon="icons/warning.png",
                arg=state.book.damaged,
                variables={"action": "reveal"},
            )
        )
    found += _detour_row(language)
    with suppress(
        Exception
    ):  # who cannot be told is not recommended, and the others have their rows
        found += _best_row(state, now or utc_now())
    found += [_item(state, each) for each in state.rows() if not each.account.hidden]
    return [*found, _add_row(bool(state.book.accounts), language)]


def _item(state: State, row: Row) -> Item:
    """One account as a row of a launcher."""
    provider = state.provider(row.account.id)
    return state.tell(
        row.account, lambda told: account_row.item(row, provider, told, state.settings)
    )


def _detour_row(language: str) -> List[Item]:
    """That everything goes to a stand-in, or why nothing goes anywhere; no row in real use."""
    try:
        address = network.loopback(os.environ)
        if not address:
            return []
        title, how = say("detour", language, address), say("detour_how", language)
    except Mistake as error:
        title, how = say("asks_nobody", language), in_language(Phrase(*error.words), language)
    return [Item(title=title, subtitle=how, uid=DETOUR, icon="icons/warning.png", valid=False)]


def _best_row(state: State, now: datetime) -> List[Item]:
    """Where to work now, in one line; nothing with fewer than two accounts to choose from."""
    settings, language = state.settings, state.settings.language
    if not settings.best or sum(not account.hidden for account in state.book.accounts) < 2:
        return []
    places = ranking.ranked(state.book.accounts, state.snapshots, settings, now)
    if not places:
        return []
    best, *others = (state.row(place.account) for place in places[:NEXT_BEST])
    snapshot, quota = state.snapshots[best.account.id], places[0].quota
    parts = [Part(best.headline + (quotas.reset(quota, language, lead=" · ") if quota else ""))]
    for number, other in enumerate(others):
        said = f"{other.name} {other.headline}"
        parts.append(Part(said if number else tell("best_then", language, said), number + 1))
    if snapshot.fetched_at:
        parts.append(Part(ago(snapshot.fetched_at)))
    return [
        Item(
            title=tell("best", language, best.name),
            subtitle=" · ".join(part.text for part in fitted(parts)),
            arg=best.account.id,
            uid="best",
            icon="icons/best.png",
            match=f"best work now 现在 {best.name}",
            copy=best.copied,
            large=f"{best.title}\n{' · '.join(best.details)}",
            quicklook=account_row.dashboard(best, state.provider(best.account.id)),
            mods=account_row.mods(best, snapshot, language),
            variables={"action": "details", "account": best.account.id},
        )
    ]


def _add_row(has_some: bool, language: str) -> Item:
    """The last row of the list, and the only one of an empty list."""
    return Item(
        title=tell("add", language) if has_some else say("add_first", language),
        subtitle=tell("add_how", language) if has_some else say("add_first_how", language),
        arg="add",
        uid="add",
        icon="icons/add.png",
        match="add new account 添加 新 账号",
        variables={"action": "add"},
    )


def _feed(state: State, answer: bytes, stamp: str, now: datetime) -> bytes:
    settings = state.settings
    made = (feed.locale(os.environ), settings.seen, __version__, stamp)
    words = times.words(settings.language, settings.hours24)
    return feed.written(now.timestamp(), state.due_at().timestamp(), made, words, answer)


def keep_warm(state: State, now: datetime) -> bool:
    """Start the background refresh if an account is due; say whether one is under way."""
    return state.due_at() <= now and _may_ask() and background.start(os.environ)


def _may_ask() -> bool:
    """Whether a refresh would ask anybody; a stand-in may be refused."""
    with suppress(Mistake):
        network.loopback(os.environ)
        return True
    return False
