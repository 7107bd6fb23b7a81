"""What other builds left in the cache folder: compiled code, and snapshots of another layout."""

from __future__ import annotations

import os
import shutil
from typing import Collection, List

from . import cache


def sweep(folder: str, keep: Collection[str]) -> None:
    """Delete them from the cache folder, except the compiled code of the builds to ``keep``.

    What cannot be deleted stays; it does no harm.
    """
    bytecode = os.path.join(folder, "bytecode")
    doomed = [os.path.join(bytecode, name) for name in _names(bytecode) if name not in keep]
    doomed += [
        os.path.join(folder, name)
        for name in _names(folder)
        if name.startswith("snapshots-") and name != f"snapshots-{cache.LAYOUT}"
    ]
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)


def _names(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
