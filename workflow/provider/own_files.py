"""Lists the files of the user's own providers, ``providers/NAME.toml`` in the data folder. Opens none."""

from __future__ import annotations

import os
from contextlib import suppress

from .. import paths

ENDING = ".toml"


def folder() -> str:
    """Return the folder of the files. Raises paths.Unplaced."""
    return os.path.join(paths.data(os.environ), "providers")


def path(id: str) -> str:
    """Return the path of the file of an id. Raises paths.Unplaced."""
    return os.path.join(folder(), f"{id}{ENDING}")


def names() -> list[str]:
    """List the ids of all files, usable or not; those that begin with a dot are an editor's or the system's."""
    with suppress(OSError, paths.Unplaced):
        files = [name for name in os.listdir(folder()) if name.endswith(ENDING)]
        return sorted(name[: -len(ENDING)] for name in files if not name.startswith("."))
    return []


def marks() -> list[tuple[str, int]]:
    """List id and modification time (ns) of all files, to notice changes."""
    changes = []
    for name in names():
        with suppress(OSError):
            changes.append((name, os.stat(path(name)).st_mtime_ns))
    return changes
