"""Turn the job on and off, and report its state."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from .. import paths
from ..display.times import day_and_time
from ..errors import Mistake
from ..i18n.message import Message, _
from ..storage import accounts
from ..storage import files as disk
from . import launchd, runs, systemd
from .job import PERIOD, Job, job

MINUTES = PERIOD // 60
OFF: Message = _(
    "Background refresh is off: numbers are refreshed, and alerts come, when you "
    "look; tankful background on refreshes every {minutes} min",
    minutes=MINUTES,
)
_ON = _(
    "Background refresh is on: every {minutes} min, last {time}; tankful "
    "background off turns it off"
)
_NEW = _(
    "Background refresh is on: every {minutes} min, not run yet; tankful "
    "background off turns it off"
)
_LOCKED = _(
    "Background refresh is on: last {time}, when the keychain was locked and "
    "nothing was refreshed; unlock it"
)
_OTHER = _(
    "Background refresh is on, but runs another Tankful or Python; tankful "
    "background on switches it to this one"
)
_ELSEWHERE = _(
    "Background refresh is on, but works in {folder}; tankful background on switches it to {own}"
)
_IDLE_MAC = _(
    "Background refresh is set up, but macOS does not run it; allow “sh” in "
    "System Settings › General › Login Items, then run tankful background on"
)
_IDLE = _(
    "Background refresh is set up, but systemd does not run it; tankful background on starts it"
)
_NO_SYSTEM = _(
    "this system has neither launchd nor a systemd user manager; let your own "
    "scheduler run tankful refresh --due"
)
ENDED = _("Background refresh is off: there are no accounts any more.")
NO_ACCOUNT = _("there is no account yet; tankful add adds the first")
_STAND_IN = _("TANKFUL_LOOPBACK is set, so a test server would be asked; unset it")
_REFUSED = _("the system did not accept the job; log in on this machine's own screen and try again")


class System(Protocol):
    """The system's scheduler: launchd, or systemd's user manager."""

    def is_there(self) -> bool: ...
    def places(self) -> tuple[str, ...]: ...
    def files(self, job: Job) -> dict[str, bytes]: ...
    def command(self, known: Mapping[str, bytes]) -> object: ...
    def environ(self, known: Mapping[str, bytes]) -> dict[str, str]: ...
    def load(self) -> bool: ...
    def remove(self) -> None: ...
    def is_loaded(self) -> bool: ...


def _system() -> System:
    return launchd if sys.platform == "darwin" else systemd


def is_on() -> bool:
    """Tell whether the user has turned it on; ``status`` says whether the system runs it."""
    return os.path.exists(_system().places()[0])


def on(environ: Mapping[str, str]) -> None:
    """Turn it on, or set it up anew. Raises Mistake, after which it is off, and OSError."""
    if environ.get("TANKFUL_LOOPBACK"):
        raise Mistake(_STAND_IN)
    book = accounts.load()
    if not book.accounts:
        raise Mistake(book.complaint or NO_ACCOUNT)
    system = _system()
    if not system.is_there():
        raise Mistake(_NO_SYSTEM)
    for place, content in system.files(job(environ)).items():
        disk.write(place, content)
    if not system.load():
        off()
        raise Mistake(_REFUSED)


def off() -> bool:
    """Turn it off and remove its files. Returns whether it was on. Raises OSError."""
    was = is_on()
    runs.forget()
    if was:
        _system().remove()
    return was


def end_without_accounts() -> bool:
    """Turn it off if there is no account left. Returns whether that was so. Raises OSError.

    The job of another folder stays, since that folder may have accounts.
    """
    if not is_on() or accounts.load().accounts or elsewhere(os.environ):
        return False
    return off()


def problem() -> Message | None:
    """Say why the system does not run it although it is on; None if it does or is off."""
    if not is_on() or _system().is_loaded():
        return None
    return _IDLE_MAC if sys.platform == "darwin" else _IDLE


def status(environ: Mapping[str, str], now: datetime) -> Message:
    """Describe its state and the next step in one sentence; ``now`` is aware UTC."""
    if not is_on():
        return OFF
    idle = problem()
    if idle:
        return idle
    system, last = _system(), runs.last()
    away = elsewhere(environ)
    if away:
        return _ELSEWHERE.filled(folder=away[0], own=away[1])
    if not _is_this(system, job(environ)):
        return _OTHER
    if last is None:
        return _NEW.filled(minutes=MINUTES)
    when = day_and_time(last.at, now.timestamp())
    return _LOCKED.filled(time=when) if last.locked else _ON.filled(minutes=MINUTES, time=when)


def elsewhere(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the folder that the job works in, and ours; None if it is the same or not known."""
    with suppress(OSError, ValueError):
        home = {"HOME": environ["HOME"]} if environ.get("HOME") else {}
        theirs = {**home, **_system().environ(_written())}
        for folder in (paths.data, paths.cache):
            there, own = folder(theirs), folder(environ)
            if os.path.realpath(there) != os.path.realpath(own):
                return there, own
    return None


def _written() -> dict[str, bytes]:
    """Read the files of the job. Raises OSError."""
    return {place: disk.read(place) or b"" for place in _system().places()}


def _is_this(system: System, wanted: Job) -> bool:
    """Tell whether the files run the same command as if they were written now."""
    with suppress(OSError, ValueError):
        return system.command(_written()) == system.command(system.files(wanted))
    return False
