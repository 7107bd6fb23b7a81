"""One account played over HTTP: it is asked at the stand-in, then shown by every face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Dict, List, Mapping

from tests import stored
from tests.said import english
from tests.standin import KEYS, StandIn
from tests.standin.server import Answers
from workflow.display import details, json_report, times
from workflow.display.row import Row, row_of
from workflow.models import Account, Snapshot, utc_now
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.state import ranking
from workflow.state.state import State, read

Routes = Mapping[str, Answers]  # "host/path" -> what it answers


@dataclass(frozen=True)
class Played:
    """What is known of the account, and how it is shown."""

    account: Account
    state: State
    now: datetime

    @property
    def snapshot(self) -> Snapshot:
        """What the cache holds of it."""
        return self.state.snapshots[self.account.id]

    @property
    def json(self) -> Dict[str, Any]:
        """Its part of the machine-readable answer."""
        (found,) = json_report.report(self.state, self.now)["accounts"]
        return dict(found)

    @property
    def failure(self) -> str:
        """The kind and the sentence of its failure; "" after a success."""
        failed = self.snapshot.failure
        return f"{failed.kind}: {english(failed.message)}" if failed else ""

    @property
    def row(self) -> Row:
        """Its row, with markers."""
        return row_of(self.state, self.account)

    def said(self, words: str) -> str:
        """A rendered text as it is read now."""
        settings = self.state.settings
        return times.fill(words, self.now, settings.language, settings.hours24)

    @property
    def line(self) -> str:
        """Its row as a launcher with its narrow lines shows it."""
        return self.said(f"{self.row.title} · {self.row.subtitle()}")

    @property
    def details(self) -> List[str]:
        """Everything that its details say."""
        facts = details.facts(self.state, self.account, self.now)
        return [self.said(f"{name}: {value}") for name, value in facts]

    @property
    def is_recommended(self) -> bool:
        """Whether it may be named as the place to work now."""
        state = self.state
        return bool(ranking.ranked(state.book.accounts, state.snapshots, state.settings, self.now))


def played(world: StandIn, key: str, routes: Routes, language: str = "en") -> Played:
    """Store an account with a key of the stand-in, let the routes answer, ask once."""
    known = KEYS[key]
    for route, answers in routes.items():
        host, _, path = route.partition("/")
        world.reply(host, f"/{path}", answers, credential=known.credential)
    account = stored.account(key, known.provider)
    refresh.refresh([account.id], force=True)
    return Played(account, read(Settings(language=language)), utc_now())
