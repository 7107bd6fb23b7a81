"""Fixtures: the bundle, built once, and unpacked read-only. Also the Pythons that must run it.

Tests elsewhere import the fixtures by name: ``from tests.bundle.fixtures import bundle_file, unpacked_bundle``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scripts.tools import bundle
from tests import compiled, keyrings, terminal
from tests.alfred_harness import Alfred, WorkflowFile, environment, scripts
from workflow.alfred.account_list import DETOUR

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = ("connection", "name resolution", "timed out", "no route to host", "unreachable")

_KEYRING = """\
from keyrings import FileKeyring


class Kept(FileKeyring):
    _path = {path!r}
"""


@pytest.fixture(scope="session")
def bundle_file(together: Path) -> Path:
    """The built ``.alfredworkflow``. The first worker builds it for all."""
    path = together / "Tankful.alfredworkflow"
    with _alone(together):
        if not path.exists():
            build(path)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with open(folder / "bundle.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(path: Path) -> None:
    """Build the bundle. Skips the test if no package registry can be reached."""
    try:
        bundle.build(str(ROOT), str(path))
    except bundle.Unfit as error:
        if any(sign in str(error).lower() for sign in OFFLINE):
            pytest.skip("no package registry is reachable")
        raise


@pytest.fixture(scope="session")
def unpacked_bundle(bundle_file: Path, together: Path) -> Iterator[Path]:
    """The installed folder, which is read-only, and whose name has spaces and letters of other scripts."""
    folder = together / "Alfred préférences 工作流" / "user.workflow.0F00 ü"
    with _alone(together):
        if not folder.exists():
            unpack(bundle_file, folder)
            for path in [folder, *folder.rglob("*")]:
                path.chmod(path.stat().st_mode & ~0o222)
    before = listing(folder)
    yield folder
    assert listing(folder) == before, "something was written into the installed folder"


def unpack(file: Path, folder: Path) -> None:
    """Unpack as Alfred does, keeping permissions and times."""
    at = bundle.timestamp(str(ROOT))
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)
            os.utime(path, (at, at))


def listing(folder: Path) -> list[str]:
    """List every path below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def pythons() -> list[str]:
    """Return the lowest and the highest Python of 3.9 … 3.14 on this machine."""
    minors = range(9, 15)
    found = (next(_runs(order), None) for order in (minors, reversed(minors)))
    return list(dict.fromkeys(python for python in found if python))


def old_pythons() -> list[str]:
    """Return the Pythons on this machine that are too old for us, but have the option ``-I``."""
    return list(_runs((6, 7, 8)))


def _runs(minors: Iterable[int]) -> Iterator[str]:
    for minor in minors:
        yield from (each for each in _candidates(minor) if version(each) == (3, minor))


def _candidates(minor: int) -> list[str]:
    if sys.version_info[:2] == (3, minor):
        return [sys.executable]
    found = shutil.which(f"python3.{minor}")
    installed = Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}")
    return [*map(str, sorted(installed)), *([found] if found else [])]


@cache
def version(python: str) -> tuple[int, ...]:
    """Return the major and minor version of a Python; () if it does not run."""
    code = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        done = subprocess.run(
            [python, "-IS", "-c", code], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(map(int, done.stdout.split()))


def spoken(python: str) -> str:
    """Return the version of a Python as text: ``3.9``."""
    return ".".join(map(str, version(python)))


@dataclass
class Installed:
    """An installed workflow, which a Python runs for a user as Alfred does."""

    folder: Path
    home: Path
    python: str
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.home / "tmp").mkdir(parents=True, exist_ok=True)

    def detoured(self, url: str) -> Installed:
        """Return the same with a stand-in instead of the providers, and a separate TANKFUL_HOME, which that requires."""
        home = str(self.home / "tankful")
        return replace(self, more={"TANKFUL_LOOPBACK": url, "TANKFUL_HOME": home})

    def compiled(self, bytecode: Path) -> Installed:
        """Return the same, after it has been given the compiled code that all homes share."""
        compiled.share(self.cache, bytecode, self.folder)
        return self

    @property
    def environ(self) -> dict[str, str]:
        """Alfred's variables and PATH; none of ours but ``more``."""
        told = environment.prepopulated(WorkflowFile.load(self.folder), self.home)
        return {**environment.base(self.home, (), self.more), **told}

    @property
    def cache(self) -> Path:
        """The cache folder of this workflow: Alfred's, or that in TANKFUL_HOME."""
        environ = self.environ
        own = environ.get("TANKFUL_HOME")
        return Path(own, "cache") if own else Path(environ["alfred_workflow_cache"])

    def choose_keyring(self) -> Path:
        """Choose a file as secret store with keyringrc.cfg, as a user does, and return that file."""
        store, code = self.home / "secrets.json", self.home / "backends"
        code.mkdir()
        shutil.copy(str(keyrings.__file__), code / "keyrings.py")
        (code / "kept.py").write_text(_KEYRING.format(path=str(store)), encoding="utf-8")
        config = self.home / ".config" / "python_keyring" / "keyringrc.cfg"
        config.parent.mkdir(parents=True)
        told = f"[backend]\ndefault-keyring=kept.Kept\nkeyring-path={code}\n"
        config.write_text(told, encoding="utf-8")
        return store

    def run(
        self, script: str, *args: str, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a script of the workflow by its shebang, from the workflow's folder."""
        command = [*scripts.command(self.folder / "scripts" / script, self.python), *args]
        how: dict[str, Any] = {"input": stdin} if stdin else {"stdin": subprocess.DEVNULL}
        return subprocess.run(
            command,
            **how,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            env=self.environ,
            cwd=self.folder,
            check=False,
        )

    def at_terminal(self, *args: str) -> str:
        """Run ``tankful`` at a terminal and return what it shows. It has to exit with 0."""
        command = scripts.command(self.folder / "scripts/tankful.py", self.python)
        return terminal.shown([*command, *args], self.environ, self.folder)

    def alfred(self, **more: Any) -> Alfred:
        """Return an Alfred with this workflow, to type and press keys in."""
        more = {
            "env": self.more,
            "unseen": {DETOUR},
            **more,
        }  # users never see the row about a stand-in
        return Alfred(self.folder, self.home, self.python, **more)
