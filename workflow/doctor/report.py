"""A report to paste in public when something is wrong: versions, places, settings, states, timings.

No secret, label, e-mail address, workspace or amount is in it; a home folder reads "~".
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Callable

from .. import feed, paths
from .. import settings as preferences
from ..display.numbers import EMAIL, HIDDEN
from ..errors import Mistake
from ..history import database as history
from ..i18n.catalog import ENGLISH
from ..models import Account, Snapshot
from ..provider import discovery
from ..refresh import background
from ..schedule import runs, schedule
from ..state import state as states
from ..state.state import State
from ..state.status import FOREVER
from ..storage import files, last_refresh
from ..system import preferences as mac_preferences
from . import edge, installation, launchers, numbers

_HOMES = re.compile(r"(?i)(?:/System/Volumes/Data)?/(?:Users|home)/[^/\s:]+")  # anybody's
_HOST = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[\w-]+/")  # the beginning of an endpoint
_VOLUMES = re.compile(r"(?i)/Volumes/[^/\n]+")  # people name their disks
_PLAIN = re.compile(r"[^\w.-]")  # characters that no name of a locale has
Line = tuple[str, str]


def report(now: datetime) -> str:
    """Return the whole report as Markdown."""
    parts = (
        ("Tankful", installation.report),
        ("Places", installation.places),
        ("Settings", lambda: _settings(now)),
        ("Accounts", lambda: _accounts(now)),
        ("Refresh", lambda: _refresh(now)),
        ("Numbers", numbers.report),
        ("chatgpt.com", edge.report),
        ("Launchers", lambda: launchers.report(os.environ)),
        ("Providers", lambda: ((file, ENGLISH.say(why)) for file, why in discovery.faults())),
        ("History", _history),
        ("Timings", _timings),
    )
    lines: list[str] = []
    for title, part in parts:
        lines += [f"## {title}", *(f"- {name}: {value}" for name, value in _safely(part)), ""]
    return redacted("\n".join(lines))


def _safely(part: Callable[[], Iterator[Line]]) -> list[Line]:
    """Run one part; if it fails, say so and go on, since the report is for when things fail."""
    lines: list[Line] = []
    try:
        lines.extend(part())
    except Mistake as error:
        lines.append(("problem", ENGLISH.say(error.message)))
    except Exception as error:
        lines.append(("problem", type(error).__name__))
    return lines


def _history() -> Iterator[Line]:
    """Say how large the history is and whether it is intact."""
    aside = history.damaged()
    if aside:
        yield "damaged once", f"kept as {os.path.basename(aside)}"
    try:
        with history.reading() as connection:
            for table in ("series", "sample", "span"):
                count = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
                yield f"{table} rows", str(count[0])
            yield "check", str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        yield "size", f"{os.path.getsize(history.path()) / 1e6:.1f} MB"
    except FileNotFoundError:
        yield "history.db", "none yet"
    except history.Newer:
        yield "history.db", "of a newer Tankful, left as it is"


def _settings(now: datetime) -> Iterator[Line]:
    kept, in_force = preferences.chosen(), preferences.load()
    ours = "damaged once, kept aside" if preferences.complaint() else "ours"
    yield "settings.json", "of a newer Tankful, only read" if preferences.is_newer() else ours
    yield from kept.items()
    names = [name for name in kept if os.environ.get(f"TANKFUL_{name.upper()}")]
    yield "set for this call", ", ".join(names) or "nothing"
    yield "Alfred's configuration", "seen" if in_force.seen else "never seen"
    for name, value in (
        ("language", in_force.language),
        ("clock", "24" if in_force.hours24 else "12"),
    ):
        source = _source(name, value, kept[name])
        yield f"{name} in force", f"{value}, from {source}"
    local = now.astimezone()
    yield "time", f"{local:%Y-%m-%d %H:%M}, zone {local:%Z %z}"


def _source(name: str, value: str, kept: str) -> str:
    """Say where the value of a setting comes from, if it may follow the system."""
    variable = f"TANKFUL_{name.upper()}"
    given = os.environ.get(variable, "")
    if given and preferences.CHOICES[name].read(given) == value:
        return variable
    if kept == value:
        return "the settings"
    category = {"language": "LC_MESSAGES", "clock": "LC_TIME"}[name]
    locale = f"the locale {_PLAIN.sub('', mac_preferences.locale(os.environ, category))[:20] or '(none)'}"
    return f"the system's preferences or {locale}" if sys.platform == "darwin" else locale


def _accounts(now: datetime) -> Iterator[Line]:
    state, answers = states.read(), last_refresh.read().answers
    book = state.book
    hidden, pinned = sum(a.hidden for a in book.accounts), sum(a.pinned for a in book.accounts)
    yield "accounts", f"{len(book.accounts)} ({hidden} hidden, {pinned} pinned)"
    yield "noted secrets", str(len(book.pending_secrets))
    yield "damaged accounts.json", "kept aside" if book.damaged else "no"
    for provider in dict.fromkeys(account.provider for account in book.accounts):
        several = [account for account in book.accounts if account.provider == provider]
        yield provider, _provider_summary(several, state, answers)
    for account in book.accounts:
        yield account.id, _account(account, state.snapshots[account.id], now)


def _provider_summary(several: list[Account], state: State, answers: Mapping[str, float]) -> str:
    """Count the accounts of a provider by state, and say how fast it answers."""
    levels = Counter(state.of(account).status.level for account in several)
    summary = ", ".join(f"{count} {level}" for level, count in levels.items())
    slowest = max((answers[a.id] for a in several if a.id in answers), default=None)
    return summary if slowest is None else f"{summary}; last asked for {slowest:.2f} s"


def _account(account: Account, snapshot: Snapshot, now: datetime) -> str:
    parts = [account.kind, account.region or "one region"]
    parts += [f"scope {name}" for name in account.scope]
    if account.expires_at:
        parts.append(f"credential ends {account.expires_at:%Y-%m-%d %H:%M}Z")
    if snapshot.fetched_at:
        parts.append(f"fetched {_ago(snapshot.fetched_at.timestamp(), now)}")
    failure = snapshot.failure
    if failure:
        parts.append(f"{failure.kind} {_ago(failure.at.timestamp(), now)}")
    if failure and failure.retry_at:
        parts.append(f"not before {failure.retry_at:%H:%M:%S}Z")
    return ", ".join(parts)


def _refresh(now: datetime) -> Iterator[Line]:
    last = last_refresh.read().last
    if last:
        how = [f"{_ago(last.at, now)} for {last.seconds:.2f} s", f"{last.asked} asked"]
        how += [
            f"{last.failed} failed",
            f"{last.rate_limited} told to wait",
            f"{last.timed_out} out of time",
        ]
        how += [f"broken off by {last.defect}"] if last.defect else []
    yield "last refresh", ", ".join(how) if last else "none known"
    ahead = last.clock_ahead if last else None
    yield "clock", "not compared" if ahead is None else f"{ahead:+} s against the providers'"
    yield "background", _background(now)
    yield "running now", _running()
    written = _modified(feed.path(os.environ))
    yield "feed written", "never" if written is None else _ago(written, now)
    due = states.read().due_at()
    yield "next refresh due", "never" if due == FOREVER else _until(due.timestamp(), now)


def _background(now: datetime) -> str:
    """Describe the state of the operating system's job."""
    if not schedule.is_on():
        return "off"
    how, last = ["on"], runs.last()
    how += ["not run by the system"] if schedule.problem() else []
    how += ["for another folder"] if schedule.elsewhere(os.environ) else []
    how += [f"last {_ago(last.at, now)}" if last else "not run yet"]
    how += ["secret store locked"] if last and last.locked else []
    return ", ".join(how)


def _running() -> str:
    if not background.is_running(os.environ):
        return "no"
    holder = files.held_by(background.lock_path(os.environ))
    answer = f"yes, process {holder[0]} for {holder[1]:.0f} s" if holder else "yes"
    return f"{answer}; it does not end" if background.is_stuck(os.environ) else answer


def _modified(path: str) -> float | None:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return None


def _ago(moment: float, now: datetime) -> str:
    seconds = int(now.timestamp() - moment)
    return f"{seconds} s ago" if seconds >= 0 else f"{-seconds} s ahead of the clock"


def _until(moment: float, now: datetime) -> str:
    left = int(moment - now.timestamp())
    return f"in {left} s" if left > 0 else "now"


def _timings() -> Iterator[Line]:
    def serve() -> object:
        content = files.read(feed.path(os.environ), feed.MAX_BYTES)
        if content is None:
            raise FileNotFoundError
        book = feed.stamp(paths.data(os.environ))
        return feed.serve(os.environ, time.time(), content, book, lambda: False)

    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("serve the feed", serve),
        ("read everything", states.read),
    )
    for name, step in steps:
        begun = time.perf_counter()
        try:
            of_use = step() is not None
        except (OSError, Mistake):
            yield name, "not possible"
            continue
        took = f"{(time.perf_counter() - begun) * 1000:.1f} ms"
        yield name, took if of_use else f"{took}, but it has to be rendered anew"


def redacted(text: str) -> str:
    """Remove what names a person from a text: home folders, disks, e-mail addresses."""
    home = os.environ.get("HOME", "").rstrip("/")
    text = text.replace(home, "~") if len(home) > 1 else text
    text = re.sub(
        r"\S+", lambda word: word[0] if _HOST.match(word[0]) else _HOMES.sub("~", word[0]), text
    )
    return EMAIL.sub(HIDDEN, _VOLUMES.sub(f"/Volumes/{HIDDEN}", text))
