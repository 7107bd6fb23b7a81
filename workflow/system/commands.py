"""Run the desktop's and the system's commands. Few processes run one, so subprocess is imported late."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process

SECONDS = 15  # that a command may take by default


def exists(command: str) -> bool:
    """Tell whether there is such a command, as ``shutil.which`` does, which takes longer to import."""
    paths = (os.path.join(folder, command) for folder in os.get_exec_path())
    return any(os.path.isfile(path) and os.access(path, os.X_OK) for path in paths)


def ran(*command: str, seconds: float = SECONDS) -> bool:
    """Run a command, ignore its output, and return whether it succeeded in so many seconds.

    A program that it leaves running, such as a viewer, is not waited for.
    """
    import subprocess

    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


async def end(process: Process, seconds: float) -> None:
    """Kill the leader of a session and all that it has started, and wait so long until its pipes are closed."""
    import asyncio
    import signal
    from contextlib import suppress

    # it may have ended, which macOS says in its own way
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    try:
        await asyncio.wait_for(process.communicate(), seconds)  # drains the pipes, and closes them
    except asyncio.TimeoutError:  # what has left the session holds them
        process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way
