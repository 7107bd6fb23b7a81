"""Where things live: one home for Alfred, Raycast and the shell.

The keystroke path runs this, see feed.py. ``environ`` is any mapping of strings; a variable that is
set wins over the folder Alfred uses for our bundle id (Alfred sets ``alfred_workflow_data`` and
``alfred_workflow_cache`` itself).
"""

import sys

BUNDLE_ID = "app.headroom.usage"
SNAPSHOTS = "snapshots-1"  # in the cache folder, by the layout of its rows; another has its own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping


def data(environ: "Mapping[str, str]") -> str:
    """The folder of accounts.json and settings.json."""
    support = "Application Support/Alfred"
    return _folder(environ, "", "alfred_workflow_data", support, "XDG_DATA_HOME", ".local/share")


def cache(environ: "Mapping[str, str]") -> str:
    """The folder of snapshots, the feed and the locks; losing it loses nothing for good."""
    caches = "Caches/com.runningwithcrayons.Alfred"
    return _folder(environ, "/cache", "alfred_workflow_cache", caches, "XDG_CACHE_HOME", ".cache")


def root() -> str:
    """The folder of the installation, which holds ``workflow`` and ``scripts``."""
    return __file__.rsplit("/", 2)[0]


def _folder(
    environ: "Mapping[str, str]", within: str, alfred: str, library: str, xdg: str, fallback: str
) -> str:
    told = environ.get
    if told("HEADROOM_HOME"):
        return environ["HEADROOM_HOME"].rstrip("/") + within or "/"
    if told(alfred):
        return environ[alfred]
    home = (told("HOME") or _own_home()).rstrip("/")
    if sys.platform == "darwin":
        return f"{home}/Library/{library}/Workflow Data/{BUNDLE_ID}"
    base = told(xdg, "")
    return f"{base.rstrip('/') if base[:1] == '/' else f'{home}/{fallback}'}/headroom"


def _own_home() -> str:
    import posix
    import pwd

    try:
        return pwd.getpwuid(posix.getuid()).pw_dir
    except KeyError:
        return "/"
