"""Record the alerts in the history's database, which is the lock: no alert is sent twice.

The process that inserts the row of a rule and a window sends the alert. The row is written first: if the
process dies before it has sent, that message is lost rather than repeated.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from .. import __version__
from ..history import database, recording
from ..history.series import AHEAD, SET_BACK, Sample, Series, rise
from ..records import dataclass
from ..settings import Settings
from . import rules
from .rules import Judged, Verdict
from .windows import Watch, following

PRIMED, SENT, WAITING = 0, 1, 2  # states of a row
LAPSE = 3600  # seconds, or two intervals, without an answer; the next one is then silent
STALE_RESET = 7200  # seconds after which a reset in the quiet hours is no longer worth a message
VERSION = crc32(__version__.encode())  # our version as a number
TWICE = 600  # seconds between two refreshes that must both foresee the end


class Event(NamedTuple):
    """One alert to send."""

    series: Series
    rule: str
    waited: bool = False  # it was held back during the quiet hours


@dataclass(frozen=True)
class Moment:
    """A point in time, with the settings that hold then."""

    now: int  # epoch seconds
    quiet: bool  # within the quiet hours
    settings: Settings


def is_asked() -> bool:
    """Tell whether any reminder waits for its reset or for the morning. Raises what the history raises."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM remind WHERE done IS NULL)"
        " OR EXISTS (SELECT 1 FROM alert WHERE state = ?)"
    )
    with database.reading() as connection:
        return bool(connection.execute(query, (WAITING,)).fetchone()[0])


def ask(name: Series, sample: Sample, window: int | None, now: int) -> None:
    """Note a reminder of a quota's reset, in place of an earlier one, and the window that it is about.

    While alerts are off nothing else notes the window, and the answers to come are compared with it.

    Args:
        name: the quota.
        sample: as of its last answer, with its reset.
        window: length of its window in seconds, if known.
        now: epoch seconds.

    Raises OSError, sqlite3.Error and database.Newer.
    """

    def act(connection: sqlite3.Connection) -> None:
        number = recording.numbers(connection, [name])[name]
        connection.execute("DELETE FROM remind WHERE series = ? AND done IS NULL", (number,))
        row = (name.account, number, sample.resets_at, now)
        connection.execute("INSERT OR REPLACE INTO remind VALUES (?, ?, ?, ?, NULL)", row)
        watch = _watch(connection, number)
        if watch is None or watch.at < sample.at:
            _save_watch(connection, number, following(watch, sample, window))

    database.change(act)


def _watch(connection: sqlite3.Connection, number: int) -> Watch | None:
    query = "SELECT at, span, resets_at, value FROM watch WHERE series = ?"
    row = connection.execute(query, (number,)).fetchone()
    return Watch._make(row) if row else None


def _save_watch(connection: sqlite3.Connection, number: int, watch: Watch) -> None:
    connection.execute("INSERT OR REPLACE INTO watch VALUES (?, ?, ?, ?, ?)", (number, *watch))


def note(verdicts: Iterable[Verdict], before: Mapping[str, int], moment: Moment) -> list[Event]:
    """Note what was crossed and return the alerts to send; among several processes, one gets each.

    ``before`` has the time of each account's previous answer, in epoch seconds.

    Raises OSError, sqlite3.Error and database.Newer.
    """
    known = list(verdicts)

    def act(connection: sqlite3.Connection) -> list[Event]:
        needed = [rules.account_series(verdict.account.id) for verdict in known]
        changed = {verdict.account.provider for verdict in known if verdict.is_changed}
        needed += map(rules.provider_series, changed)
        needed += [judged.series for verdict in known for judged in verdict.judged]
        ledger = _Ledger(connection, recording.numbers(connection, needed), moment)
        for verdict in known:
            ledger.judge(verdict, before.get(verdict.account.id))
        ledger.remind()
        return ledger.in_the_morning() + ledger.events

    return database.change(act)[0]


class _Ledger:
    """The work of one transaction.

    ``primes``: rows are noted without an alert, since there is nothing recent to compare with.
    """

    def __init__(
        self, connection: sqlite3.Connection, numbers: Mapping[Series, int], moment: Moment
    ) -> None:
        self._connection, self._run = connection, connection.execute
        self._numbers, self._moment = dict(numbers), moment
        self.events: list[Event] = []

    def judge(self, verdict: Verdict, before: int | None) -> None:
        """Note what one account's answer shows."""
        whole = rules.account_series(verdict.account.id)
        seen = self._watch(whole)
        lapse = max(LAPSE, 2 * self._moment.settings.interval)
        primes = seen is None or seen.at < (before or 0) - lapse
        if seen is not None and not self._is_later(seen.at, verdict.at):
            return
        self._save_watch(whole, Watch(verdict.at, 0))
        self._note_credential(whole, verdict, primes)
        if verdict.is_changed:
            self._note_drift(whole, verdict.account.provider, primes)
        for judged in verdict.judged:
            self._judge(judged, primes)

    def _is_later(self, seen: int, at: int) -> bool:
        """Tell whether an answer is newer than the last one, unless the last one's clock ran a day ahead."""
        return at > seen or seen - self._moment.now > SET_BACK

    def _judge(self, judged: Judged, primes: bool) -> None:
        name, watch = judged.series, self._watch(judged.series)
        noted = self._noted(name, watch.span) if watch else frozenset[str]()
        after = following(watch, judged.sample, judged.window, noted, bool(judged.crossed))
        primes = primes or watch is None
        if watch and after.span != watch.span:
            if _is_worse(noted):
                self._note(name, "reset", after.span, primes)
            self._remind_of_reset(name)
            self._forget(name, after.span)
        elif watch:
            self._recover(judged, watch)
        span = 0 if name.kind == "balance" else after.span
        self._note_worst(name, judged, span, primes)
        self._save_watch(name, after)

    def _note_worst(self, name: Series, judged: Judged, span: int, primes: bool) -> None:
        """Note every crossed limit; only the worst is sent, and only if it is new."""
        for place, rule in enumerate(judged.crossed):
            self._note(name, rule, span, primes or place > 0)
        if not judged.burning:
            self._run(
                "DELETE FROM alert WHERE series = ? AND rule = 'burns'", (self._numbers[name],)
            )
            return
        first = self._run(
            "SELECT at FROM alert WHERE series = ? AND rule = 'burns' AND span = ?",
            (self._numbers[name], span),
        ).fetchone()
        if first is None:
            self._insert(name, "burns", span, PRIMED, judged.sample.at)
        elif judged.sample.at - first[0] >= TWICE:
            self._note(name, "pace", span, primes or _is_worse(self._noted(name, span)))

    def _note_credential(self, whole: Series, verdict: Verdict, primes: bool) -> None:
        """Note a credential that ends or is refused; forget a refusal once a new credential has worked."""
        number, generation = self._numbers[whole], verdict.account.generation
        if verdict.is_good:
            self._run(
                "DELETE FROM alert WHERE series = ? AND rule = 'key_refused' AND span <> ?",
                (number, generation),
            )
        for rule, about in verdict.credential:
            query = "SELECT EXISTS (SELECT 1 FROM alert WHERE series = ? AND rule = ?)"
            again = rule == "key_refused" and self._run(query, (number, rule)).fetchone()[0]
            if not again:
                self._note(whole, rule, about, primes)

    def _note_drift(self, whole: Series, provider: str, primes: bool) -> None:
        """Alert once per provider and version of Tankful that the form of its answer has changed."""
        name = rules.provider_series(provider)
        if self._insert(name, "drift", VERSION, PRIMED, self._moment.now):
            self._note(whole, "drift", VERSION, primes)

    def _recover(self, judged: Judged, watch: Watch) -> None:
        """Let an amount be low again after a top-up, or once it is well above its limit.

        Only a top-up ends a burst of hours, since its rate wavers.
        """
        is_balance = judged.series.kind == "balance"
        is_topped_up = is_balance and rise(watch.value, judged.sample.value)
        if not judged.crossed and (judged.has_recovered or is_topped_up):
            kept = "" if is_topped_up else rules.HOURS
            self._forget(judged.series, 1 if is_balance else watch.span + 1, kept)

    def _remind_of_reset(self, name: Series) -> None:
        """Send the reminders of a quota that has reset, perhaps earlier than expected."""
        number = self._numbers[name]
        due = self._run("SELECT due FROM remind WHERE series = ? AND done IS NULL", (number,))
        for (at,) in due.fetchall():
            self._remind(name, at)

    def remind(self) -> None:
        """Send the reminders that are due; if the reset was postponed, the reminder is too."""
        late = self._run(
            "SELECT r.series, r.due, s.account, s.kind, s.name, s.unit, w.resets_at, w.at FROM remind r"
            " JOIN series s ON s.id = r.series LEFT JOIN watch w ON w.series = r.series"
            " WHERE r.done IS NULL AND r.due <= ?",
            (self._moment.now,),
        ).fetchall()
        for number, due, *key, resets_at, seen in late:
            name = Series(*key)
            self._numbers[name] = number
            if resets_at and resets_at > self._moment.now + AHEAD and seen >= due:
                self._run(
                    "UPDATE OR REPLACE remind SET due = ? WHERE series = ? AND due = ?",
                    (resets_at, number, due),
                )
            else:
                self._remind(name, due)

    def _remind(self, name: Series, due: int) -> None:
        """Send a reminder, which says the same as the plain alert of its reset."""
        number = self._numbers[name]
        done = "UPDATE remind SET done = ? WHERE series = ? AND due = ? AND done IS NULL"
        if self._run(done, (self._moment.now, number, due)).rowcount:
            if self._moment.quiet:
                insert = "INSERT OR REPLACE INTO alert VALUES (?, 'asked', ?, ?, ?)"
                self._run(insert, (number, due, self._moment.now, WAITING))
            else:
                self.events.append(Event(name, "asked"))

    def in_the_morning(self) -> list[Event]:
        """Take the alerts that waited for the end of the quiet hours; each is returned once."""
        if self._moment.quiet:
            return []
        waiting = self._run(
            "SELECT a.rule, a.at, s.account, s.kind, s.name, s.unit FROM alert a"
            " JOIN series s ON s.id = a.series WHERE a.state = ?",
            (WAITING,),
        ).fetchall()
        self._run("UPDATE alert SET state = ? WHERE state = ?", (SENT, WAITING))
        old = self._moment.now - STALE_RESET
        return [
            Event(Series(*key), rule, waited=True)
            for rule, at, *key in waiting
            if rules.is_wanted(rule, self._moment.settings) and not (rule == "reset" and at < old)
        ]

    def _note(self, name: Series, rule: str, span: int, primes: bool) -> None:
        """Note a rule once; the process that does sends the alert, unless it is silent or switched off."""
        silent = primes or not rules.is_wanted(rule, self._moment.settings)
        state = PRIMED if silent else WAITING if self._moment.quiet else SENT
        if self._insert(name, rule, span, state, self._moment.now) and state == SENT:
            self.events.append(Event(name, rule))

    def _insert(self, name: Series, rule: str, span: int, state: int, at: int) -> bool:
        row = (self._numbers[name], rule, span, at, state)
        return self._run("INSERT OR IGNORE INTO alert VALUES (?, ?, ?, ?, ?)", row).rowcount == 1

    def _noted(self, name: Series, span: int) -> frozenset[str]:
        query = "SELECT rule FROM alert WHERE series = ? AND span = ?"
        return frozenset(rule for (rule,) in self._run(query, (self._numbers[name], span)))

    def _forget(self, name: Series, before: int, kept: str = "") -> None:
        """Delete the alerts of windows that are over; reminders and the rule ``kept`` stay."""
        delete = "DELETE FROM alert WHERE series = ? AND span < ? AND rule NOT IN ('asked', ?)"
        self._run(delete, (self._numbers[name], before, kept))

    def _watch(self, name: Series) -> Watch | None:
        return _watch(self._connection, self._numbers[name])

    def _save_watch(self, name: Series, watch: Watch) -> None:
        _save_watch(self._connection, self._numbers[name], watch)


def _is_worse(noted: frozenset[str]) -> bool:
    """Tell whether a quota was low or used up already, so that a forecast is no news."""
    return any(rule == "full" or rule.startswith("low") for rule in noted)
