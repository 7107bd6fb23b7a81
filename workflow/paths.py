"""Where things live: one home for Alfred, Raycast and the shell.

The keystroke path imports this, so it needs nothing but ``sys``. ``environ`` is any mapping of
strings; a variable that is set wins over the folder Alfred uses for our bundle id (alfred sets
``alfred_workflow_data`` and ``alfred_workflow_cache`` itself).
"""

from __future__ import annotations

import sys

BUNDLE_ID = "app.headroom.usage"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping


def data(environ: Mapping[str, str]) -> str:
    """The folder of accounts.json and settings.json."""
    if environ.get("HEADROOM_HOME"):
        return environ["HEADROOM_HOME"].rstrip("/") or "/"
    if environ.get("alfred_workflow_data"):
        return environ["alfred_workflow_data"]
    if sys.platform == "darwin":
        return f"{_home(environ)}/Library/Application Support/Alfred/Workflow Data/{BUNDLE_ID}"
    return f"{_xdg(environ, 'XDG_DATA_HOME', '.local/share')}/headroom"


def cache(environ: Mapping[str, str]) -> str:
    """The folder of snapshots, the feed and the locks; losing it loses nothing for good."""
    if environ.get("HEADROOM_HOME"):
        return f"{environ['HEADROOM_HOME'].rstrip('/')}/cache"
    if environ.get("alfred_workflow_cache"):
        return environ["alfred_workflow_cache"]
    if sys.platform == "darwin":
        caches = f"{_home(environ)}/Library/Caches/com.runningwithcrayons.Alfred"
        return f"{caches}/Workflow Data/{BUNDLE_ID}"
    return f"{_xdg(environ, 'XDG_CACHE_HOME', '.cache')}/headroom"


def root() -> str:
    """The folder of the installation, which holds ``workflow`` and ``scripts``."""
    return __file__.rsplit("/", 2)[0]


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME", "").rstrip("/")


def _xdg(environ: Mapping[str, str], name: str, fallback: str) -> str:
    told = environ.get(name, "")
    return told.rstrip("/") if told.startswith("/") else f"{_home(environ)}/{fallback}"
