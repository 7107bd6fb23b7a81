"""Finds Codex on this machine, and makes the environment that it is started with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

NAME = "codex"
_USUAL = (  # of Homebrew, npm, its installer, bun, volta, its app; a launcher's PATH has none of them
    *("/opt/homebrew/bin", "/usr/local/bin", "~/.local/bin", "~/bin", "~/.npm-global/bin"),
    *("~/.bun/bin", "~/.volta/bin", "~/.cargo/bin", "/Applications/Codex.app/Contents/Resources"),
)
_VERSIONS = "~/.nvm/versions/node"  # versions of Node.js, each with its own programs
_PASSED_ON = (  # the only variables that are passed on, so that no key is
    *("HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_ALL", "CODEX_HOME", "XDG_RUNTIME_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "CODEX_CA_CERTIFICATE", "NODE_EXTRA_CA_CERTS"),
)


def find(environ: Mapping[str, str]) -> str | None:
    """Return the path of the program; None if it is not installed."""
    for folder in _folders(environ):
        path = os.path.join(folder, NAME)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def surroundings(path: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Make the environment of the program; its PATH has an interpreter beside the program.

    Args:
        path: the program's path.
        environ: our own environment.
    """
    kept = {name: environ[name] for name in _PASSED_ON if environ.get(name)}
    beside = [os.path.dirname(path), os.path.dirname(os.path.realpath(path))]
    return {**kept, "PATH": os.pathsep.join(dict.fromkeys([*beside, *_folders(environ)]))}


def _folders(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the folders of programs, without relative ones."""
    folders = environ.get("PATH", "").split(os.pathsep)
    home = environ.get("HOME", "")
    yield from (folder for folder in folders if os.path.isabs(folder))
    yield from (_at_home(folder, home) for folder in _USUAL if home or folder[0] != "~")
    versions = _at_home(_VERSIONS, home) if home else ""
    yield from (f"{versions}/{name}/bin" for name in _newest_first(versions))


def _newest_first(folder: str) -> list[str]:
    """List the versions in a folder, such as v22.1.0, the newest first; none if it cannot be read."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(names, key=lambda name: [*map(int, re.findall(r"\d+", name))], reverse=True)


def _at_home(folder: str, home: str) -> str:
    return home + folder[1:] if folder[0] == "~" else folder
