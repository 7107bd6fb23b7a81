"""The bundle built once, unpacked and read-only, and the Pythons that must run it.

Tests elsewhere import the fixtures by name: ``from tests.bundle.fixtures import bundle_file, unpacked_bundle``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from scripts.tools import bundle
from tests import keyrings, terminal
from tests.alfred_harness import Alfred, WorkflowFile, environment, scripts

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = ("connection", "name resolution", "timed out", "no route to host", "unreachable")

_KEYRING = """\
from keyrings import FileKeyring


class Kept(FileKeyring):
    _path = {path!r}
"""


@pytest.fixture(scope="session")
def bundle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built ``.alfredworkflow``."""
    path = tmp_path_factory.mktemp("dist") / "Tankful.alfredworkflow"
    build(path)
    return path


def build(path: Path) -> None:
    """Build the bundle there. Skips the test where no package registry is reachable."""
    try:
        bundle.build(str(ROOT), str(path))
    except bundle.Unfit as error:
        if any(sign in str(error).lower() for sign in OFFLINE):
            pytest.skip("no package registry is reachable")
        raise


@pytest.fixture(scope="session")
def unpacked_bundle(bundle_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The installed folder: spaces and other scripts in its name, and nothing in it can be written."""
    folder = tmp_path_factory.mktemp("Alfred préférences 工作流") / "user.workflow.0F00 ü"
    unpack(bundle_file, folder)
    before = listing(folder)
    _writable(folder, False)
    yield folder
    _writable(folder, True)
    assert listing(folder) == before, "something was written into the installed folder"


def unpack(file: Path, folder: Path) -> None:
    """Unpack as Alfred does: with permissions and times."""
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)
            at = bundle.timestamp(str(ROOT))
            os.utime(path, (at, at))


def listing(folder: Path) -> List[str]:
    """Every file below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def _writable(folder: Path, writable: bool) -> None:
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | 0o200 if writable else mode & ~0o222)


def pythons() -> List[str]:
    """The lowest and the highest Python of 3.9 … 3.14 on this machine."""
    found: Dict[int, str] = {}
    for minor in range(9, 15):
        for candidate in _candidates(minor):
            if version(candidate) == (3, minor):
                found[minor] = candidate
                break
    lowest_and_highest = {min(found): "", max(found): ""} if found else {}
    return [found[minor] for minor in lowest_and_highest]


def old_pythons() -> List[str]:
    """The Pythons on this machine that are too old for us and know ``-I``."""
    found = [(minor, c) for minor in (6, 7, 8) for c in _candidates(minor)]
    return [candidate for minor, candidate in found if version(candidate) == (3, minor)]


def _candidates(minor: int) -> List[str]:
    if sys.version_info[:2] == (3, minor):
        return [sys.executable]
    found = shutil.which(f"python3.{minor}")
    installed = Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}")
    return [*map(str, sorted(installed)), *([found] if found else [])]


def version(python: str) -> Tuple[int, ...]:
    """Major and minor version of a Python; () of one that does not run."""
    code = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        done = subprocess.run(
            [python, "-IS", "-c", code], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(map(int, done.stdout.split()))


def spoken(python: str) -> str:
    """The version of a Python as people say it."""
    return ".".join(map(str, version(python)))


@dataclass
class Installed:
    """The workflow in a folder, for one user, run by one Python as Alfred runs it."""

    folder: Path
    home: Path
    python: str
    more: Dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.home / "tmp").mkdir(parents=True, exist_ok=True)

    def detoured(self, url: str) -> Installed:
        """The same with a stand-in instead of the providers, which needs a home of its own."""
        home = str(self.home / "tankful")
        return replace(self, more={"TANKFUL_LOOPBACK": url, "TANKFUL_HOME": home})

    @property
    def environ(self) -> Dict[str, str]:
        """Alfred's variables and PATH, and nothing of ours."""
        told = environment.prepopulated(WorkflowFile.load(self.folder), self.home)
        return {**environment.base(self.home, (), self.more), **told}

    @property
    def cache(self) -> Path:
        """The cache folder of this workflow: Alfred's, or that of a home of its own."""
        environ = self.environ
        own = environ.get("TANKFUL_HOME")
        return Path(own, "cache") if own else Path(environ["alfred_workflow_cache"])

    def choose_keyring(self) -> Path:
        """Choose a file as secret store, the way a user would: keyringrc.cfg. Returns that file."""
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
        self, script: str, *args: str, stdin: Optional[str] = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a script of the workflow as it says it is to be run, from its folder."""
        command = [*scripts.command(self.folder / "scripts" / script, self.python), *args]
        how: Dict[str, Any] = {"input": stdin} if stdin else {"stdin": subprocess.DEVNULL}
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
        """What a terminal shows of ``tankful``; it ends well."""
        command = scripts.command(self.folder / "scripts/tankful.py", self.python)
        return terminal.shown([*command, *args], self.environ, self.folder)

    def alfred(self, **more: Any) -> Alfred:
        """Alfred with this workflow, to type and press keys in."""
        return Alfred(self.folder, self.home, self.python, env=self.more, **more)
