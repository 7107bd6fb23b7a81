"""Paths of the files in which other programs keep their credentials. Opens none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping


def folder(environ: Mapping[str, str], folders: Mapping[str, str]) -> str:
    """Return the folder of another program; "" if it does not exist.

    Args:
        environ: the variables of the user.
        folders: the default folder in the user's home, by the variable that overrides it.
    """
    places = (_home(environ, name, usual) for name, usual in folders.items())
    return next((place for place in places if os.path.isdir(place)), "")


def codex_path(environ: Mapping[str, str]) -> str:
    """Return the path of Codex's sign-in."""
    return os.path.join(_home(environ, "CODEX_HOME", ".codex"), "auth.json")


def claude_path(environ: Mapping[str, str]) -> str:
    """Return the path of Claude Code's settings."""
    return os.path.join(_home(environ, "CLAUDE_CONFIG_DIR", ".claude"), "settings.json")


def cc_switch_folder(environ: Mapping[str, str]) -> str:
    """Return the folder of cc-switch's settings."""
    return os.path.join(_user(environ), ".cc-switch")


def shown(path: str, environ: Mapping[str, str]) -> str:
    """Return a path as people write it, with "~" for the user's home."""
    home = _user(environ).rstrip(os.sep)
    return f"~{path[len(home) :]}" if home and path.startswith(home + os.sep) else path


def _home(environ: Mapping[str, str], name: str, usual: str) -> str:
    """Return the folder of another program; expands "~", as a launcher passes variables unexpanded."""
    folder, home = environ.get(name, ""), _user(environ)
    if folder == "~" or folder.startswith("~/"):
        return home + folder[1:]
    return folder or os.path.join(home, usual)


def _user(environ: Mapping[str, str]) -> str:
    """Return the user's home; without HOME the system's, since a relative path would depend on where we run."""
    return environ.get("HOME") or os.path.expanduser("~")
