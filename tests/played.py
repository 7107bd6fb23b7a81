"""Plays one account: it is refreshed over HTTP from the stand-in, then displayed in every form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, TypeVar

from tests import stored
from tests.said import english
from tests.standin import KEYS, StandIn
from tests.standin.server import Answers
from workflow.display import details, json_report, times
from workflow.display.row import Row, row_of
from workflow.i18n.catalog import speaking
from workflow.models import Account, Snapshot, utc_now
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.state import ranking
from workflow.state.state import State, read

_T = TypeVar("_T")
Routes = Mapping[str, Answers]  # "host/path" -> its answers


@dataclass(frozen=True)
class Played:
    """The state of the account after a refresh, and how it is displayed."""

    account: Account
    state: State
    now: datetime

    @property
    def snapshot(self) -> Snapshot:
        """Its snapshot in the cache."""
        return self.state.snapshots[self.account.id]

    @property
    def json(self) -> dict[str, Any]:
        """Its entry in the JSON report."""
        (found,) = self._shown(json_report.report, self.state, self.now)["accounts"]
        return dict(found)

    @property
    def failure(self) -> str:
        """The kind and the English message of its failure; "" after a success."""
        failed = self.snapshot.failure
        return f"{failed.kind}: {english(failed.message)}" if failed else ""

    @property
    def row(self) -> Row:
        """Its row, in which times are still markers."""
        return self._shown(row_of, self.state, self.account)

    def said(self, words: str) -> str:
        """Fill the time markers of a rendered text."""
        return self._shown(times.fill, words, self.now)

    @property
    def line(self) -> str:
        """The title and subtitle that a launcher shows for it."""
        return self.said(f"{self.row.title} · {self.row.subtitle()}")

    @property
    def details(self) -> list[str]:
        """The lines of its details."""
        facts = self._shown(details.facts, self.state, self.account)
        return [self.said(f"{name}: {value}") for name, value in facts]

    def _shown(self, render: Callable[..., _T], *args: Any) -> _T:
        with speaking(self.state.settings.translation):
            return render(*args)

    @property
    def is_recommended(self) -> bool:
        """True if it may be recommended as the account to work with now."""
        return bool(ranking.ranked(self.state.everything, self.now))


def played(world: StandIn, key: str, routes: Routes, language: str = "en") -> Played:
    """Store an account with a key of the stand-in, set the answers of these routes, and refresh it once."""
    known = KEYS[key]
    for route, answers in routes.items():
        host, _, path = route.partition("/")
        world.reply(host, f"/{path}", answers, credential=known.credential)
    account = stored.account(key, known.provider)
    refresh.refresh([account.id], force=True)
    return Played(account, read(Settings(language=language)), utc_now())
