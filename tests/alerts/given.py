"""Plays refreshes of accounts over time, and returns the alerts that they cause."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

from tests.history.given import DAY, HOUR, NOW, moment
from workflow.alerts import ledger, messages, quiet, rules
from workflow.errors import FailureKind
from workflow.history import database, reading, recording
from workflow.i18n.catalog import speaking
from workflow.i18n.message import _
from workflow.models import Account, Balance, Failure, Quota, Snapshot, Usage
from workflow.provider import discovery
from workflow.records import dataclass, field, replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

WORK = Account("glm-0000000a", "glm", "Work")
CASH = Account("deepseek-0000000a", "deepseek", "Cash")
ALL = Settings(alert_limits=True, alert_money=True, alert_resets=True)
RESET = NOW + 5 * DAY


def week(used: float, resets_at: int | None = RESET, label: str = "Weekly") -> Quota:
    """Make a weekly quota with this many percent used."""
    at = None if resets_at is None else moment(resets_at)
    return Quota(label, "%", Decimal(str(used)), Decimal(100), None, 7 * DAY, at)


def yuan(amount: float) -> Usage:
    """Make a usage with a balance in yuan."""
    return Usage(balances=(Balance(Decimal(str(amount)), "CNY"),))


def shares(*used: float) -> Usage:
    """Make a usage with a weekly quota for each number of percent used, each with another name."""
    names = ("Weekly", "Other", "Third")
    return Usage(tuple(week(share, label=name) for share, name in zip(used, names)))


def forget() -> None:
    """Forget all alerts, but not the numbers that were seen."""
    with closing(sqlite3.connect(database.path())) as connection, connection:
        connection.execute("DELETE FROM alert")
        connection.execute("UPDATE watch SET at = at - 5")  # only one answer a second counts


@dataclass
class Days:
    """Plays refreshes, with time passing between them."""

    settings: Settings = ALL
    book: tuple[Account, ...] = (WORK,)
    now: int = NOW
    known: dict[str, Snapshot] = field(default_factory=dict)

    def refresh(self, *answers: Usage | FailureKind, after: int = HOUR) -> str:
        """Let the accounts answer in turn, ``after`` seconds later, and return the alert."""
        self.now += after
        for account, answer in zip(self.book, answers):
            self.known[account.id] = self._snapshot(account, answer)
        return self.speak({account.id for account, _ in zip(self.book, answers)})

    def _snapshot(self, account: Account, answer: Usage | FailureKind) -> Snapshot:
        before = self.known.get(account.id, Snapshot(account.id))
        self._before = {**getattr(self, "_before", {}), account.id: before}
        if isinstance(answer, Usage):
            return Snapshot(account.id, answer, moment(self.now))
        why = Failure(answer, _("It was refused"), moment(self.now))
        return replace(before, failure=why)

    @property
    def state(self) -> State:
        snapshots = {a.id: self.known.get(a.id, Snapshot(a.id)) for a in self.book}
        at, history = moment(self.now), reading.recent(self.now)
        return State(
            Accounts(self.book), snapshots, discovery.everything(), self.settings, history, at
        )

    def speak(self, asked: set[str]) -> str:
        """Judge and record these accounts as a refresh does, and return the alert."""
        answered = [self.known[name] for name in asked]
        recording.record(answered, self.now, self.settings.history)
        if not (rules.any_wanted(self.settings) or ledger.is_asked()):
            return ""
        state, now = self.state, moment(self.now)
        verdicts = [
            rules.judge(state.of(account), self.settings, now)
            for account in self.book
            if account.id in asked
        ]
        before = {
            name: int(snapshot.fetched_at.timestamp())
            for name, snapshot in self._before.items()
            if snapshot.fetched_at
        }
        hush = quiet.is_quiet(self.settings.quiet, now.astimezone())
        events = ledger.note(verdicts, before, ledger.Moment(self.now, hush, self.settings))
        with speaking(self.settings.translation):
            return messages.text(events, state, now)
