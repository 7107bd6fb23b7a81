"""A timer of systemd's user manager with its service (systemd.timer(5), systemd.service(5)), and systemctl."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

from ..system.commands import exists, ran
from .job import PERIOD, Job

COMMAND = "systemctl"
TIMER, SERVICE = "tankful.timer", "tankful.service"
_TIMER = """[Unit]
Description=Ask every few minutes what is left of API accounts

[Timer]
OnActiveSec=1min
OnUnitActiveSec={period}s
AccuracySec=30s

[Install]
WantedBy=timers.target
"""
_SERVICE = """[Unit]
Description=Ask what is left of API accounts

[Service]
Type=oneshot
{environ}ExecStart={command}
TimeoutStartSec=5min
Nice=10
IOSchedulingClass=idle
SyslogIdentifier=tankful
"""
_VARIABLE = re.compile(r'^Environment="(\w+=.*)"$', re.MULTILINE)
_LEAVE = (
    f"systemctl --user disable {TIMER}; "
    f'cd "${{XDG_CONFIG_HOME:-$HOME/.config}}/systemd/user" && rm -f {TIMER} {SERVICE}; '
    f"systemctl --user stop {TIMER}; exec systemctl --user daemon-reload"
)


def is_there() -> bool:
    """Tell whether this system can run a job: a user manager answers."""
    return exists(COMMAND) and ran(COMMAND, "--user", "show-environment")


def places() -> tuple[str, ...]:
    """Return the paths of the files that schedule the job; if the first exists, the job is on."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    root = folder if folder.startswith("/") else os.path.expanduser("~/.config")
    return tuple(os.path.join(root, "systemd/user", name) for name in (TIMER, SERVICE))


def files(job: Job) -> dict[str, bytes]:
    """Return the files by path. The job runs every few minutes with low priority."""
    carried = {**job.environ, **job.language}
    environ = "".join(f"Environment={_quoted(f'{n}={v}')}\n" for n, v in carried.items())
    command = _line(job.shell(_LEAVE))
    texts = (_TIMER.format(period=PERIOD), _SERVICE.format(environ=environ, command=command))
    return {place: text.encode() for place, text in zip(places(), texts)}


def command(known: Mapping[str, bytes]) -> object:
    """Return the command in these files."""
    service = known[places()[1]]
    return [line for line in service.splitlines() if line.startswith(b"ExecStart=")]


def environ(known: Mapping[str, bytes]) -> dict[str, str]:
    """Return the variables in these files. Raises ValueError if they are not ours."""
    if not command(known):
        raise ValueError(SERVICE)
    variables = _VARIABLE.findall(known[places()[1]].decode())
    return dict(word.split("=", 1) for word in map(_unquoted, variables))


def load() -> bool:
    """Load the timer, and return whether that worked."""
    reload = ran(COMMAND, "--user", "daemon-reload")
    return reload and ran(COMMAND, "--user", "enable", "--now", TIMER)


def remove() -> None:
    """Remove the timer and its files; a run in progress ends by itself. Raises OSError."""
    ran(COMMAND, "--user", "disable", "--now", TIMER)
    for place in places():
        with suppress(FileNotFoundError):
            os.unlink(place)
    ran(COMMAND, "--user", "daemon-reload")


def is_loaded() -> bool:
    """Tell whether the timer is active."""
    return ran(COMMAND, "--user", "is-active", TIMER)


def _line(arguments: Iterable[str]) -> str:
    """Join a command line of unit files so that no variable in it is expanded."""
    return " ".join(_quoted(word).replace("$", "$$") for word in arguments)


def _quoted(word: str) -> str:
    """Quote one word for a unit file; specifiers in it are escaped."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.replace("%", "%%")


def _unquoted(word: str) -> str:
    """Read what is between the quotes of a word that ``_quoted`` wrote."""
    plain = word.replace("%%", "%")
    return re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], plain)
