"""A report to paste in public when something is wrong: versions, places, states, timings.

No secret, label, address, workspace or amount is in it; the home folder reads "~".
"""

from __future__ import annotations

import os
import platform
import sys
import time
from datetime import datetime
from importlib import metadata
from typing import Callable, Iterator, List, Mapping, Tuple

from . import __version__, accounts, codec, credentials, feed, paths, publish
from . import settings as preferences
from .errors import Mistake
from .models import Account, Snapshot

PACKAGES = ("click", "httpx", "httpcore", "keyring", "diskcache", "orjson", "rich", "socksio")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE")
Line = Tuple[str, str]


def report(now: datetime, environ: Mapping[str, str] = os.environ) -> str:
    """The whole report as Markdown."""
    parts = (
        ("Headroom", _program),
        ("Places", lambda: _places(environ)),
        ("Settings", _settings),
        ("Accounts", lambda: _accounts(now)),
        ("Timings", lambda: _timings(environ)),
    )
    lines: List[str] = []
    for title, tell in parts:
        lines += [f"## {title}", *(f"- {name}: {value}" for name, value in _safely(tell)), ""]
    return _redacted("\n".join(lines), environ)


def _safely(tell: Callable[[], Iterator[Line]]) -> List[Line]:
    """What a part tells; a part that fails says so, since this report is for when things fail."""
    told: List[Line] = []
    try:
        told.extend(tell())
    except Mistake as error:
        told.append(("problem", error.words[0]))
    except Exception as error:
        told.append(("problem", type(error).__name__))
    return told


def _program() -> Iterator[Line]:
    yield "version", __version__
    yield "python", f"{platform.python_version()} at {sys.executable}"
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "launcher", os.environ.get("alfred_version", "none (shell or Raycast)")
    yield "json", "orjson" if hasattr(codec, "orjson") else "json"
    for package in PACKAGES:
        try:
            yield package, metadata.version(package)
        except metadata.PackageNotFoundError:
            yield package, "not installed"


def _places(environ: Mapping[str, str]) -> Iterator[Line]:
    yield "installation", paths.root()
    yield "data", paths.data(environ)
    yield "cache", paths.cache(environ)
    yield "secret store", credentials.backend()
    yield "loopback", "set" if environ.get("HEADROOM_LOOPBACK") else "not set"
    told = [n for n in _PROXIES if environ.get(n) or environ.get(n.lower())]
    yield "proxy variables", ", ".join(told) or "none"


def _settings() -> Iterator[Line]:
    yield from preferences.chosen().items()


def _accounts(now: datetime) -> Iterator[Line]:
    state = publish.read()
    book = accounts.load()
    yield "accounts", str(len(book.accounts))
    yield "noted secrets", str(len(book.noted))
    yield "damaged accounts.json", "kept aside" if book.damaged else "no"
    for account in book.accounts:
        yield account.id, _account(account, state.snapshots[account.id], now)


def _account(account: Account, snapshot: Snapshot, now: datetime) -> str:
    told = [account.kind, account.region or "one region"]
    told += [f"scope {name}" for name in account.scope]
    if account.expires_at:
        told.append(f"credential ends {account.expires_at:%Y-%m-%d %H:%M}Z")
    if snapshot.fetched_at:
        told.append(f"fetched {int((now - snapshot.fetched_at).total_seconds())} s ago")
    failure = snapshot.failure
    if failure:
        told.append(f"{failure.kind} {int((now - failure.at).total_seconds())} s ago")
    if failure and failure.retry_at:
        told.append(f"not before {failure.retry_at:%H:%M:%S}Z")
    return ", ".join(told)


def _timings(environ: Mapping[str, str]) -> Iterator[Line]:
    def serve() -> None:
        with open(feed.path(environ), "rb") as file:
            feed.serve(environ, time.time(), file.read(), lambda: False)

    for name, step in (("serve the feed", serve), ("read everything", publish.read)):
        begun = time.perf_counter()
        try:
            step()
        except (OSError, Mistake):
            yield name, "not possible"
            continue
        yield name, f"{(time.perf_counter() - begun) * 1000:.1f} ms"


def _redacted(text: str, environ: Mapping[str, str]) -> str:
    home = environ.get("HOME", "").rstrip("/")
    return text.replace(home, "~") if len(home) > 1 else text
