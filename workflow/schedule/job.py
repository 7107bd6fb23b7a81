"""The command that the operating system runs, and how it removes itself if Tankful is gone. Pure.

The job is a few lines for /bin/sh inside the file that schedules it, so that it can start even if Tankful,
its Python or its folders are gone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from .. import paths
from ..records import dataclass, field
from ..refresh import background

PERIOD = 300  # seconds between two runs
UPDATING = 60  # seconds for which an update may leave the program missing
_CARRIED = (  # folders, also of Codex, and secret store; no proxy, whose address may hold a password
    *("TANKFUL_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
    *("CODEX_HOME", "PYTHON_KEYRING_BACKEND"),
)
_LANGUAGE = ("LC_ALL", "LC_MESSAGES", "LANG")
_RUN = (
    'program=$1; patience=$2; shift 2; [ -e "$program" ] || sleep "$patience"; '
    'if [ -e "$program" ]; then [ ! -x "$1" ] || exec "$@"; exit 0; fi; '
)


@dataclass(frozen=True)
class Job:
    """One refresh as the operating system starts it.

    Attributes:
        command: Python, its flags, the program, its arguments.
        program: the file whose absence means that Tankful was deleted.
        environ: the variables by which it finds our files and the store.
        language: the variables of the language, for systems that do not provide it.
    """

    command: tuple[str, ...]
    program: str
    environ: Mapping[str, str] = field(default_factory=dict)
    language: Mapping[str, str] = field(default_factory=dict)

    def shell(self, leave: str) -> list[str]:
        """Return the command line that runs it; if the program is gone, ``leave`` removes the job.

        If only Python is missing, the run is skipped: the next update brings it back.
        """
        shell = ("/bin/sh", "-c", _RUN + leave, "tankful")
        return [*shell, self.program, str(UPDATING), *self.command]


def job(environ: Mapping[str, str]) -> Job:
    """Return the job of this installation in this environment; it carries no secret."""
    program = _program()
    command = (*background.interpreter(), program, "refresh", "--scheduled")

    def present(names: tuple[str, ...]) -> dict[str, str]:
        return {name: environ[name] for name in names if environ.get(name)}

    return Job(command, program, present(_CARRIED), present(_LANGUAGE))


def _program() -> str:
    """Return our file that Python runs: in an environment its command, whose path has no version of Python."""
    command = f"{sys.prefix}/bin/tankful"
    is_installed = paths.root().startswith(f"{sys.prefix}/lib/") and not sys.flags.no_site
    if is_installed and os.path.isfile(command):
        return command
    return f"{paths.root()}/scripts/tankful.py"
