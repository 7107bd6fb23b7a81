"""Shares compiled code between the homes of all tests: otherwise each would compile for seconds.

The folder of a build must not be a link, so the links to the shared code lie below it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts import bootstrap

ROOT = Path(__file__).resolve().parent.parent


def share(cache: Path, shared: Path, installed: Path = ROOT) -> None:
    """Let isolated processes that use this cache folder read and write compiled code in ``shared``."""
    named = installed / Path(bootstrap.VENDORED).relative_to(ROOT) / "build"
    build = named.read_text("ascii") if named.is_file() else bootstrap.CHECKOUT
    folder = cache / "bytecode" / build
    cache.mkdir(0o700, parents=True, exist_ok=True)
    folder.mkdir(0o700, parents=True)
    (shared / build).mkdir(0o700, exist_ok=True)
    for top in {Path(place).parts[1] for place in (installed, sys.prefix, sys.base_prefix)}:
        (shared / build / top).mkdir(0o700, exist_ok=True)
        (folder / top).symlink_to(shared / build / top)
