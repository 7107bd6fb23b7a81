"""What Alfred and Raycast need on this machine: the workflow, the script commands, a Python for each.

Alfred's ``prefs.json`` says where its workflows are. Raycast does not say which folders it reads.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .. import __version__, paths
from ..i18n.message import Message, _
from ..storage import files, json_codec

ALFRED, RAYCAST = "Alfred", "com.raycast.macos"  # in ~/Library/Application Support
OLDEST = (3, 9)
SECONDS = 5.0  # seconds in which an interpreter must report its version
_ALFREDS_PYTHON = "/usr/bin/python3"  # in the first line of every script
# without the developer tools that Python is a stub, which opens a dialog
_DEVELOPER_TOOLS = ("/usr/bin/xcode-select", "-p")
_VERSION = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
_RAYCASTS_PYTHON = '. "$0" && printf %s "$python"'  # the same way its commands do
_OFF = _("Tankful is switched off in Alfred's Preferences › Workflows; switch it on there")
_TWICE = _("Tankful is installed twice in Alfred; remove one in Alfred's Preferences › Workflows")
_VERSIONS = _(
    "the workflow in Alfred is {installed}, this command is {own}; install the same release of both"
)
_NO_PYTHON = _(
    "{launcher} needs Python 3.9 or newer, and {python} does not run; "
    "xcode-select --install installs it"
)
Line = tuple[str, str]


class Workflow(NamedTuple):
    """Tankful as it is installed in Alfred."""

    folder: str
    version: str
    is_off: bool

    def __str__(self) -> str:
        return f"{self.version} at {self.folder}{', switched off' * self.is_off}"


class Python(NamedTuple):
    """An interpreter; the version is () if it does not run."""

    path: str
    version: tuple[int, ...]

    @property
    def works(self) -> bool:
        """Tell whether Tankful runs on it."""
        return self.version >= OLDEST

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.version)) or 'none that runs'} at {self.path}"


def report(environ: Mapping[str, str]) -> Iterator[Line]:
    """List what is installed, for the report."""
    if has(ALFRED, environ):
        for copy in list(map(str, workflows(environ))) or ["not installed"]:
            yield "Alfred's workflow", copy
        yield "Alfred's Python", str(python(_ALFREDS_PYTHON))
    if has(RAYCAST, environ):
        yield "Raycast's commands", os.path.dirname(_commands())
        yield "Raycast's Python", str(python(_raycasts_python()))
    if not (has(ALFRED, environ) or has(RAYCAST, environ)):
        yield "Alfred, Raycast", "neither is here"


def advice(environ: Mapping[str, str]) -> Iterator[Message]:
    """List the problems that the user can mend."""
    installed = workflows(environ)
    if len(installed) > 1:
        yield _TWICE
    elif installed and installed[0].is_off:
        yield _OFF
    elif installed and installed[0].version != __version__:
        yield _VERSIONS.filled(installed=installed[0].version, own=__version__)
    needed = {"Alfred": _ALFREDS_PYTHON} if installed else {}
    if has(RAYCAST, environ):
        needed["Raycast"] = _raycasts_python()
    for launcher, path in needed.items():
        if not python(path).works:
            yield _NO_PYTHON.filled(launcher=launcher, python=path)


def has(launcher: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a launcher has been used on this machine."""
    return os.path.isdir(_support(launcher, environ))


def workflows(environ: Mapping[str, str]) -> list[Workflow]:
    """Find every copy of Tankful among Alfred's workflows."""
    folder = os.path.join(_preferences(environ), "workflows")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    several = (_workflow(os.path.join(folder, name)) for name in names)
    return [each for each in several if each]


def _workflow(folder: str) -> Workflow | None:
    """Read a workflow's info.plist; None if it is another workflow or damaged."""
    try:
        content = files.read(os.path.join(folder, "info.plist")) or b""
        about = plistlib.loads(content) if paths.BUNDLE_ID.encode() in content else {}
    except Exception:  # plistlib raises many different ones
        return None
    if not isinstance(about, dict) or about.get("bundleid") != paths.BUNDLE_ID:
        return None
    return Workflow(folder, str(about.get("version", "?"))[:20], bool(about.get("disabled")))


def _preferences(environ: Mapping[str, str]) -> str:
    """Return the folder of Alfred's preferences, which people keep in a synchronised folder."""
    folder = environ.get("alfred_preferences", "")
    support = _support(ALFRED, environ)
    try:
        document = json_codec.loads(files.read(os.path.join(support, "prefs.json")) or b"{}")
        folder = folder or str(document["current"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return (
        os.path.expanduser(folder) if folder else os.path.join(support, "Alfred.alfredpreferences")
    )


def _support(launcher: str, environ: Mapping[str, str]) -> str:
    return os.path.join(environ.get("HOME", ""), "Library", "Application Support", launcher)


def python(path: str) -> Python:
    """Ask an interpreter for its version; Apple's stub is not started, since it opens a dialog."""
    is_stub = (
        sys.platform == "darwin" and path == _ALFREDS_PYTHON and not _output(*_DEVELOPER_TOOLS)
    )
    version = "" if is_stub else _output(path, "-IS", "-c", _VERSION)
    try:
        return Python(path, tuple(int(part) for part in version.split(".")))
    except ValueError:
        return Python(path, ())


def _commands() -> str:
    return os.path.join(paths.root(), "scripts", "raycast", "raycast.sh")


def _raycasts_python() -> str:
    return _output("/bin/bash", "-c", _RAYCASTS_PYTHON, _commands()) or "?"


def _output(*command: str) -> str:
    """Return what a program prints; "" if it fails."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True
        )
        return done.stdout.decode("utf-8", "replace").strip()
    except (OSError, subprocess.SubprocessError):
        return ""
