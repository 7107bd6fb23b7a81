"""What the user can do, most helpful first. It contains no label, no amount and no text of a vendor."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime

from .. import paths
from .. import settings as preferences
from ..credentials import keychain
from ..credentials.store import NONE
from ..display.threshold import is_in_vain
from ..display.times import countdown
from ..errors import Mistake, UsageError
from ..i18n.message import Message, _
from ..models import Failure
from ..provider import discovery
from ..refresh import background
from ..schedule import schedule
from ..state import offline
from ..state import state as states
from ..state.state import State
from ..state.status import measure
from ..storage import files, last_refresh
from . import edge, launchers

AHEAD = 60  # seconds by which a time stamp may be ahead of now
WRONG = 120  # seconds by which our clock may differ from the providers'
COMMAND = "tankful"
_KINDS: Mapping[str, type[UsageError]] = {kind.kind: kind for kind in UsageError.__subclasses__()}
_UNWRITABLE = _("nothing can be kept in {folder} ({why}); check its permissions and its disk")
_PROBE = b"x" * 4096  # a full disk may still take a smaller file
_BAD_FILE = _("{file}: {why}; correct the file")
_OFFLINE = _(
    "no provider could be reached; check the connection or proxy, then run tankful refresh"
)
_CLOCK = _(
    "the last refresh is later than this machine's clock; set the clock, "
    "or if it is right by now, run tankful refresh"
)
_FAST = _(
    "at the last refresh this machine's clock was {span} fast; set it, since countdowns and expiries go by it"
)
_SLOW = _(
    "at the last refresh this machine's clock was {span} slow; set it, since countdowns and expiries go by it"
)
_LOOPBACK = _(
    "TANKFUL_LOOPBACK is set, so a test server is asked and not the providers; "
    "unset it when you are done"
)
_LOCAL = _("{provider} reports no numbers; for the setup see tankful guide {id}")
_OTHER_UNIT = _(
    "{provider}: a low threshold is not in the unit of the numbers, so it does not apply; "
    "tankful threshold {id} says more"
)
_STUCK = _("a refresh is stuck; stop it: kill {process}")
_OTHER = _("{other} comes first on PATH and is not this one; remove it, or put {own} before it")


def advice(now: datetime, environ: Mapping[str, str], own: str) -> list[Message]:
    """Look for problems that the user can mend; ``own`` is the path by which this program was started."""
    hints = [
        *_other_command(environ, own),
        *_surroundings(now, environ),
        *launchers.advice(environ),
    ]
    try:
        state = states.read()
    except Mistake as error:  # accounts.json cannot be used
        return [error.message, *_own_files(), *hints]
    lost = state.book.complaint
    first = [*filter(None, [lost]), *_store(state), *_own_files(), *hints]
    return [*first, *_accounts(state), *_thresholds(state)]


def _other_command(environ: Mapping[str, str], own: str) -> Iterator[Message]:
    """Warn of another program of the same name that a shell finds first."""
    other = shutil.which(COMMAND, path=environ.get("PATH"))
    is_same = os.path.realpath(other or own) == os.path.realpath(own)
    if other and not is_same and os.path.basename(own) == COMMAND:
        yield _OTHER.filled(other=other, own=os.path.dirname(os.path.abspath(own)))


def _surroundings(now: datetime, environ: Mapping[str, str]) -> Iterator[Message]:
    if environ.get("TANKFUL_LOOPBACK"):
        yield _LOOPBACK
    yield from _folders(environ)
    yield from filter(None, [preferences.complaint()])
    last = last_refresh.read().last
    if last and last.at - now.timestamp() > AHEAD:
        yield _CLOCK
    elif last and last.clock_ahead and abs(last.clock_ahead) > WRONG:
        sentence = _FAST if last.clock_ahead > 0 else _SLOW
        yield sentence.filled(span=countdown(abs(last.clock_ahead)))
    yield from filter(None, [schedule.problem()])
    if background.is_stuck(environ):
        holder = files.held_by(background.lock_path(environ))
        yield _STUCK.filled(process=holder[0] if holder else "?")


def _folders(environ: Mapping[str, str]) -> Iterator[Message]:
    """Warn if one of our folders cannot be written to."""
    for folder in (paths.data(environ), paths.cache(environ)):
        try:
            if os.path.lexists(folder):
                with tempfile.TemporaryFile(dir=folder) as probe:
                    probe.write(_PROBE)
        except OSError as error:
            yield _UNWRITABLE.filled(folder=folder, why=files.reason(error))
            if paths.cache(environ).startswith(f"{folder}/"):
                return  # the same disk


def _store(state: State) -> Iterator[Message]:
    """Say if the secret store cannot be used; no account can be added or asked without it."""
    accounts = state.book.accounts
    fault = keychain.fault()
    if fault and not (accounts and all(each.kind == NONE.kind for each in accounts)):
        yield fault


def _own_files() -> Iterator[Message]:
    """Name the files of the user's own providers that cannot be used."""
    for file, why in discovery.faults():
        yield _BAD_FILE.filled(file=file, why=why)


def _accounts(state: State) -> Iterator[Message]:
    """List the failures of the accounts, once per provider, region and kind of failure."""
    accounts = state.book.accounts
    if not accounts and not state.book.complaint:
        yield schedule.NO_ACCOUNT
    known = [(account, state.of(account).snapshot) for account in accounts]
    lost = offline.lost(known)
    if lost:
        yield _OFFLINE
    failures = [(account, each.failure) for account, each in known if account.id not in lost]
    faulty = {os.path.splitext(file)[0] for file, _why in discovery.faults()}
    messages: dict[tuple[str, str, Message], list[str]] = {}
    for account, failure in failures:
        if failure and account.provider not in faulty:
            key = (account.provider, account.region, _general_advice(failure))
            messages.setdefault(key, []).append(account.id)
    for (provider_id, region, message), ids in messages.items():
        provider = state.providers.get(provider_id)
        name = provider.name if provider else provider_id
        if len(ids) < sum(each.provider == provider_id for each in accounts):
            name = f"{name} · {', '.join(ids)}"  # no label, which may be private
        keys = provider.keys_place(region) if provider else ""
        if provider is not None and provider.is_local:
            message = _LOCAL.filled(id=provider_id)
        yield message.filled(provider=name, keys=keys)
    yield from edge.advice(failure for _account, failure in failures if failure)


def _thresholds(state: State) -> Iterator[Message]:
    """Name the accounts whose own threshold has lost its meaning."""
    for account in state.book.accounts:
        usage = state.of(account).snapshot.usage
        if is_in_vain(account, measure(usage, account.threshold_unit)):
            provider = state.providers.get(account.provider)
            name = provider.name if provider else account.provider
            yield _OTHER_UNIT.filled(provider=name, id=account.id)


def _general_advice(failure: Failure) -> Message:
    """Return the general advice for this kind of failure, since its own text may quote a vendor."""
    return edge.challenge(failure) or _KINDS[failure.kind].default
