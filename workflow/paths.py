"""Where things live: one home for Alfred, Raycast and the shell.

The keystroke path runs this, see feed.py. ``environ`` is any mapping of strings; a variable that is
set wins over the folder Alfred uses for our bundle id (Alfred sets ``alfred_workflow_data`` and
``alfred_workflow_cache`` itself).
"""

import sys

BUNDLE_ID = "app.tankful.usage"
NAMES = (BUNDLE_ID, "tankful", "bytecode", "snapshots-1")  # of folders that are nobody else's
SNAPSHOTS = "snapshots-1"  # in the cache folder, by the layout of its rows; another has its own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping


class Unplaced(ValueError):
    """A variable names a relative folder, which would be another one in every place; ``words`` say so."""

    sentences = (  # in the catalogue too, which is not looked for from here
        "{name} has to be a whole path, like /Users/you/tankful or ~/tankful; correct it or unset it",
        "{name} 必须是完整路径，例如 /Users/you/tankful 或 ~/tankful；请更正或取消设置",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.words = tuple(each.format(name=name) for each in self.sentences)
        super().__init__(self.words[0])


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
    home = (told("HOME") or _own_home()).rstrip("/")
    if told("TANKFUL_HOME"):
        return _whole("TANKFUL_HOME", environ["TANKFUL_HOME"], home).rstrip("/") + within or "/"
    if told(alfred):
        return _whole(alfred, environ[alfred], home)
    if sys.platform == "darwin":
        return f"{home}/Library/{library}/Workflow Data/{BUNDLE_ID}"
    base = told(xdg, "")
    return f"{base.rstrip('/') if base[:1] == '/' else f'{home}/{fallback}'}/tankful"


def _whole(name: str, path: str, home: str) -> str:
    """A folder that a variable names, from the root on. Raises Unplaced for a relative one."""
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
