"""Folders of data and cache, the same for Alfred, Raycast and the shell.

The keystroke path runs this, see feed.py. ``environ`` is any mapping of strings. TANKFUL_HOME wins over
Alfred's ``alfred_workflow_data`` and ``alfred_workflow_cache``, and these win over the defaults: on macOS
the folders that Alfred uses for our bundle id, elsewhere those of XDG.
"""

import sys

BUNDLE_ID = "app.tankful.usage"
NAMES = (BUNDLE_ID, "tankful", "bytecode", "snapshots-1")  # names of folders that only we use
SNAPSHOTS = "snapshots-1"  # in the cache folder; another layout of rows gets another number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Unplaced(ValueError):
    """A variable (the first argument) names a relative folder, which depends on where we run."""


def data(environ: "Mapping[str, str]") -> str:
    """Return the folder of accounts.json and settings.json. Raises Unplaced."""
    support = "Application Support/Alfred"
    return _folder(environ, "", "alfred_workflow_data", support, "XDG_DATA_HOME", ".local/share")


def cache(environ: "Mapping[str, str]") -> str:
    """Return the folder of snapshots, feed and locks, which can be lost safely. Raises Unplaced."""
    caches = "Caches/com.runningwithcrayons.Alfred"
    return _folder(environ, "/cache", "alfred_workflow_cache", caches, "XDG_CACHE_HOME", ".cache")


def root() -> str:
    """Return the folder of the installation, which contains ``workflow`` and ``scripts``."""
    return __file__.rsplit("/", 2)[0]


def _folder(
    environ: "Mapping[str, str]", within: str, alfred: str, library: str, xdg: str, fallback: str
) -> str:
    variable = environ.get
    home = (variable("HOME") or _own_home()).rstrip("/")
    if variable("TANKFUL_HOME"):
        return _whole("TANKFUL_HOME", environ["TANKFUL_HOME"], home).rstrip("/") + within or "/"
    if variable(alfred):
        return _whole(alfred, environ[alfred], home)
    if sys.platform == "darwin":
        return f"{home}/Library/{library}/Workflow Data/{BUNDLE_ID}"
    base = variable(xdg, "")
    return f"{base.rstrip('/') if base[:1] == '/' else f'{home}/{fallback}'}/tankful"


def _whole(name: str, path: str, home: str) -> str:
    """Return the absolute form of a path in a variable. Raises Unplaced for a relative one."""
    if path == "~" or path[:2] == "~/":
        return home + path[1:]
    if path[:1] != "/":
        raise Unplaced(name)
    return path


def _own_home() -> str:
    import posix
    import pwd

    try:
        return pwd.getpwuid(posix.getuid()).pw_dir
    except KeyError:
        return "/"
