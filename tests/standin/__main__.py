"""`python -m tests.standin` serves the default world until ⌃C."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .keys import Key
from .server import StandIn
from .world import KEYS

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROOT = Path(__file__).resolve().parent.parent.parent
TOLD = """\
The providers answer at {url} until you press ⌃C. For the shell in which you try Tankful:

export TANKFUL_LOOPBACK={url} TANKFUL_HOME={home}
export PYTHON_KEYRING_BACKEND=tests.keyrings.FileKeyring TANKFUL_TEST_KEYRING={keyring} PYTHONPATH={root}

The first line sends every request here and keeps accounts, settings and cache apart from your own. The
second keeps secrets in a file instead of the secret store; leave it out to try the store itself.
The synthetic keys are files, for example: .venv/bin/tankful add glm --label Work <{keys}/glm-intl

{table}
"""


def main() -> None:
    """Print the address and the keys, then serve."""
    parser = argparse.ArgumentParser(prog="standin", description="Serves the default world.")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: any)")
    port = parser.parse_args().port
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # in every thread; sigwait below takes them
    with TemporaryDirectory(prefix="tankful-") as folder, StandIn(port=port) as stand_in:
        sys.stdout.write(told(stand_in.url, Path(folder)))
        sys.stdout.flush()
        signal.sigwait(ENDS)


def told(url: str, folder: Path) -> str:
    """Write the keys into a folder, and return how to use the stand-in."""
    keys = folder / "keys"
    keys.mkdir()
    for key in KEYS.values():
        (keys / key.name).write_text(key.value, encoding="utf-8")
    places = {
        "home": folder / "home",
        "keyring": folder / "keyring.json",
        "keys": keys,
        "root": ROOT,
    }
    quoted = {name: shlex.quote(os.fspath(place)) for name, place in places.items()}
    return TOLD.format(url=url, table=table(), **quoted)


def table() -> str:
    """Render a table of the keys: name, provider and description."""
    rows = [("KEY", "PROVIDER", "STANDS FOR"), *map(_row, KEYS.values())]
    widths = [max(map(len, column)) + 2 for column in zip(*rows)]
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    )


def _row(key: Key) -> tuple[str, str, str]:
    scopes = (f"--scope {name}={value}" for name, value in key.scopes.items())
    return key.name, key.provider, "  ".join([key.about, *scopes])


if __name__ == "__main__":
    main()
