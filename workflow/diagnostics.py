"""A report to paste in public when something is wrong: versions, places, settings, states, timings.

No secret, label, e-mail address, workspace or amount is in it; a home folder reads "~".
"""

from __future__ import annotations

import os
import platform
import re
import ssl
import sys
import time
from collections import Counter
from datetime import datetime
from importlib import metadata
from typing import Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

from . import __version__, feed, paths
from . import settings as preferences
from .credentials import keychain as credentials
from .display.numbers import EMAIL
from .display.quotas import HIDDEN
from .errors import Mistake
from .i18n.catalog import say
from .models import Account, Snapshot
from .refresh import background
from .state import state as states
from .state import status
from .state.state import State
from .storage import files, json_codec, last_refresh
from .system import network
from .system import preferences as mac_preferences

PACKAGES = (
    "click",
    "httpx",
    "httpcore",
    "keyring",
    "diskcache",
    "mistune",
    "orjson",
    "rich",
    "socksio",
)
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", *network.AUTHORITIES)
_HOMES = re.compile(r"(?i)(?:/System/Volumes/Data)?/(?:Users|home)/[^/\s:]+")  # of whoever
_VOLUMES = re.compile(r"(?i)/Volumes/[^/\n]+")  # people name their disks
_PLAIN = re.compile(r"[^\w.-]")  # what no locale has in its name
Line = Tuple[str, str]


def report(now: datetime) -> str:
    """The whole report as Markdown."""
    parts = (
        ("Tankful", _program),
        ("Places", _places),
        ("Settings", lambda: _settings(now)),
        ("Accounts", lambda: _accounts(now)),
        ("Refresh", lambda: _refresh(now)),
        ("Timings", _timings),
    )
    lines: List[str] = []
    for title, tell in parts:
        lines += [f"## {title}", *(f"- {name}: {value}" for name, value in _safely(tell)), ""]
    return _redacted("\n".join(lines))


def _safely(tell: Callable[[], Iterator[Line]]) -> List[Line]:
    """What a part tells; a part that fails says so, since this report is for when things fail."""
    told: List[Line] = []
    try:
        told.extend(tell())
    except Mistake as error:
        told.append(("problem", say(error.message, "en")))
    except Exception as error:
        told.append(("problem", type(error).__name__))
    return told


def _program() -> Iterator[Line]:
    macos, machine = platform.mac_ver()[0], platform.machine()
    yield "version", f"{__version__}, {_build()}"
    yield "python", f"{platform.python_version()} at {sys.executable}"
    kernel = f"{platform.system()} {platform.release()} {machine}"
    yield "system", f"macOS {macos} ({kernel})" if macos else kernel
    yield "launcher", os.environ.get("alfred_version", "none (shell or Raycast)")
    yield "tls", ssl.OPENSSL_VERSION
    yield "json", "orjson" if hasattr(json_codec, "orjson") else "json"
    carried = _carried()
    for package in PACKAGES:
        yield package, carried.get(package) or _installed(package)


def _build() -> str:
    """What tells the bundle from others of its version."""
    told = files.read(os.path.join(paths.root(), "lib", "build"))
    return "no bundle" if told is None else f"bundle {told.decode('ascii', 'replace')}"


def _carried() -> Dict[str, str]:
    """The versions that the bundle carries, by the folders of their licences."""
    try:
        names = os.listdir(os.path.join(paths.root(), "lib", "licenses"))
    except OSError:
        return {}
    return {name: version for name, _, version in (told.rpartition("-") for told in names)}


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _places() -> Iterator[Line]:
    environ = os.environ
    yield "installation", paths.root()
    yield "data", paths.data(environ)
    yield "cache", paths.cache(environ)
    store = f"{credentials.backend()}, chosen by {credentials.chooser()}"
    yield "secret store", store
    yield "loopback", "set" if environ.get("TANKFUL_LOOPBACK") else "not set"
    told = [n for n in _PROXIES if environ.get(n) or environ.get(n.lower())]
    yield "proxy variables", ", ".join(told) or "none"


def _settings(now: datetime) -> Iterator[Line]:
    kept, in_force = preferences.chosen(), preferences.load()
    yield "settings.json", "of a newer Tankful, only read" if preferences.is_newer() else "ours"
    yield from kept.items()
    told = [name for name in kept if os.environ.get(f"TANKFUL_{name.upper()}")]
    yield "set for this call", ", ".join(told) or "nothing"
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
    """Where a setting comes from that may follow the system."""
    variable = f"TANKFUL_{name.upper()}"
    said = os.environ.get(variable, "")
    if said and preferences.CHOICES[name].read(said) == value:
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
    yield "noted secrets", str(len(book.noted))
    yield "damaged accounts.json", "kept aside" if book.damaged else "no"
    for provider, several in _by_provider(book.accounts).items():
        yield provider, _together(several, state, answers)
    for account in book.accounts:
        yield account.id, _account(account, state.snapshots[account.id], now)


def _by_provider(several: Iterable[Account]) -> Dict[str, List[Account]]:
    found: Dict[str, List[Account]] = {}
    for account in several:
        found.setdefault(account.provider, []).append(account)
    return found


def _together(several: List[Account], state: State, answers: Mapping[str, float]) -> str:
    """How many accounts of a provider are in which state, and how fast it answers."""
    levels = Counter(status.status(a, state.snapshots[a.id], state.settings).level for a in several)
    told = ", ".join(f"{count} {level}" for level, count in levels.items())
    slowest = max((answers[a.id] for a in several if a.id in answers), default=None)
    return told if slowest is None else f"{told}; last asked for {slowest:.2f} s"


def _account(account: Account, snapshot: Snapshot, now: datetime) -> str:
    told = [account.kind, account.region or "one region"]
    told += [f"scope {name}" for name in account.scope]
    if account.expires_at:
        told.append(f"credential ends {account.expires_at:%Y-%m-%d %H:%M}Z")
    if snapshot.fetched_at:
        told.append(f"fetched {_ago(snapshot.fetched_at.timestamp(), now)}")
    failure = snapshot.failure
    if failure:
        told.append(f"{failure.kind} {_ago(failure.at.timestamp(), now)}")
    if failure and failure.retry_at:
        told.append(f"not before {failure.retry_at:%H:%M:%S}Z")
    return ", ".join(told)


def _refresh(now: datetime) -> Iterator[Line]:
    last = last_refresh.read().last
    if last:
        how = [f"{_ago(last.at, now)} for {last.seconds:.2f} s", f"{last.asked} asked"]
        how += [f"{last.failed} failed", f"{last.held} told to wait", f"{last.left} out of time"]
        how += [f"broken off by {last.defect}"] if last.defect else []
    yield "last refresh", ", ".join(how) if last else "none known"
    yield "running now", _running()
    written = _modified(feed.path(os.environ))
    yield "feed written", "never" if written is None else _ago(written, now)
    due = states.read().due_at()
    yield "next refresh due", "never" if due == status.FOREVER else _until(due.timestamp(), now)


def _running() -> str:
    if not background.is_running(os.environ):
        return "no"
    found = files.held_by(background.lock_path(os.environ))
    told = f"yes, process {found[0]} for {found[1]:.0f} s" if found else "yes"
    return f"{told}; it does not end" if background.is_stuck(os.environ) else told


def _modified(path: str) -> Optional[float]:
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

    steps: Tuple[Tuple[str, Callable[[], object]], ...] = (
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


def _redacted(told: str) -> str:
    """A text that names nobody: no home folder, no disk, no e-mail address."""
    home = os.environ.get("HOME", "").rstrip("/")
    told = _HOMES.sub("~", told.replace(home, "~") if len(home) > 1 else told)
    return EMAIL.sub(HIDDEN, _VOLUMES.sub(f"/Volumes/{HIDDEN}", told))
