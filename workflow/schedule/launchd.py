"""A LaunchAgent of macOS: its property list (launchd.plist(5)), and launchctl."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from .. import paths
from ..system.commands import exists, ran
from .job import PERIOD, Job

LABEL = f"{paths.BUNDLE_ID}.refresh"
COMMAND = "launchctl"
TRIES = 4  # of a bootstrap, since the bootout before it takes a moment to end
PAUSE = 0.5  # seconds between two tries
_LEAVE = 'rm -f "$HOME/Library/LaunchAgents/{label}.plist"; exec launchctl bootout "gui/$(id -u)/{label}"'


def is_there() -> bool:
    """Tell whether this system can run a job."""
    return exists(COMMAND)


def places() -> tuple[str, ...]:
    """Return the paths of the files that schedule the job; if the first exists, the job is on."""
    return (os.path.expanduser(f"~/Library/LaunchAgents/{LABEL}.plist"),)


def files(job: Job) -> dict[str, bytes]:
    """Return the files by path. The job runs every few minutes, not at once, with low priority."""
    import plistlib  # imported late: it loads XML, and most callers only ask whether the job is on

    fields = {
        "Label": LABEL,
        "ProgramArguments": job.shell(_LEAVE.format(label=LABEL)),
        "EnvironmentVariables": dict(job.environ),
        "StartInterval": PERIOD,
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "Nice": 10,
        "StandardOutPath": os.devnull,
        "StandardErrorPath": os.devnull,
    }
    return {places()[0]: plistlib.dumps(fields, sort_keys=True)}


def command(known: Mapping[str, bytes]) -> object:
    """Return the command in these files. Raises ValueError if they are not ours."""
    with _understood():
        return _fields(known)["ProgramArguments"]


def environ(known: Mapping[str, bytes]) -> dict[str, str]:
    """Return the variables in these files. Raises ValueError if they are not ours."""
    with _understood():
        variables = _fields(known)["EnvironmentVariables"].items()
        return {str(name): str(value) for name, value in variables}


def _fields(known: Mapping[str, bytes]) -> Any:
    import plistlib

    return plistlib.loads(known[places()[0]])


@contextmanager
def _understood() -> Iterator[None]:
    """Raise ValueError in place of anything that a property list of others raises."""
    try:
        yield
    except Exception as error:  # the parser raises many different ones
        raise ValueError(type(error).__name__) from None


def load() -> bool:
    """Load the job, and return whether that worked. A run in progress is ended."""
    ran(COMMAND, "bootout", _target())
    ran(COMMAND, "enable", _target())  # the user may have disabled it with launchctl
    for attempt in range(TRIES):
        time.sleep(PAUSE if attempt else 0)
        if ran(COMMAND, "bootstrap", _domain(), places()[0]):
            return True
    return False


def remove() -> None:
    """Remove the job and its file. Raises OSError.

    The file goes first: if the job itself does this, the second step ends it.
    """
    with suppress(FileNotFoundError):
        os.unlink(places()[0])
    ran(COMMAND, "bootout", _target())


def is_loaded() -> bool:
    """Tell whether the job is loaded; it is not if the user has disabled it in the login items."""
    return ran(COMMAND, "print", _target())


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _target() -> str:
    return f"{_domain()}/{LABEL}"
