"""Build the workflow that a double-click installs: our code and every dependency, pure Python.

Our code is what git tracks; the dependencies are the wheels of requirements.lock, whichever Python runs
this. Docstrings and comments are taken out. The same commit gives the same bytes: names are sorted,
permissions and times are set.
"""

from __future__ import annotations

import hashlib
import os
import plistlib
import re
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from typing import NamedTuple

from scripts.tools.abridge import abridged
from workflow import __version__

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUTPUT = os.path.join(ROOT, "dist", "Tankful.alfredworkflow")
FOLDERS = ("workflow", "scripts", "icons")
INGREDIENTS = (*FOLDERS, "info.plist", "LICENSE", "requirements.lock")
SOURCES = (".js", ".json", ".md", ".mo", ".png", ".py", ".sh")  # if there is no git to ask
NOT_FOR_USERS = (  # files and folders; pyproject.toml leaves the same out of the wheel
    "scripts/bundle",
    "scripts/check",
    "scripts/demo",
    "scripts/environment.sh",
    "scripts/installed.py",
    "scripts/test",
    "scripts/tools/",
    "icons/preview.png",
    "workflow/guide/reference.en.md",
    "workflow/guide/reference.zh.md",
)
READS_ITS_METADATA = ("keyring",)  # it finds its backends by entry points
NOT_AT_RUN_TIME = re.compile(
    r"/(tests|testing)/|/(testing|pytest_plugin|__main__|cli)\.py$|\.pyi$|/py\.typed$"
    r"|/click/_winconsole\.py$|/rich/_win(32_console|dows_renderer)\.py$"  # Alfred is on macOS
    r"|/diskcache/djangocache\.py$|/httpx/_main\.py$|/importlib_metadata/diagnose\.py$"
    r"|/idna/(codec|compat|uts46data)\.py$"  # for other standards than httpx's
    r"|/jaraco/classes/(ancestry|meta)\.py$"
    r"|/keyring/(backend_complete|completion|devpi_client|http)\b"  # its command
    r"|/rich/(_inspect|_stack|bar|columns|diagnose|json|layout|logging|markdown|prompt|syntax"
    r"|traceback|tree)\.py$"  # we use none of these
    r"|/mistune/(directives/|plugins/(?!__init__|footnotes|formatting|table)|renderers/(markdown|rst))"
)
COMPILED = (".so", ".dylib", ".pyd", ".a", ".o", ".dll", ".exe", ".pyc", ".pyo", ".node", ".wasm")
COMPILED_STARTS = (
    b"\x7fELF",
    b"MZ",
    b"!<arch>",
    b"\xca\xfe\xba\xbe",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
)
MAX_BYTES = 1_677_721  # 1.6 MiB, our limit for the download
COMMENT = re.compile(rb"^#.*\n|^\n", re.MULTILINE)
ABRIDGED = b"# Abridged: without docstrings and comments\n"  # some licences ask for such a notice
EARLIEST = 315532800  # 1980, the earliest time in a ZIP
LICENCES = "lib/licenses"
BUILD = "lib/build"  # a digest of the contents; compiled code of another build is never run
APACHE_NOTICE = b"Licensed under the Apache License"
APACHE_TERMS = b"TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"


class Entry(NamedTuple):
    """One file of the bundle."""

    content: bytes
    executable: bool = False


Entries = dict[str, Entry]


class Unfit(Exception):
    """The bundle cannot be built; the message says why."""


def main() -> None:
    """Build the bundle and print its path."""
    try:
        size, at, differs = build(ROOT, OUTPUT), timestamp(ROOT), uncommitted(ROOT)
    except Unfit as error:
        raise SystemExit(f"bundle: {error}") from None
    if differs:
        sys.stderr.write(f"bundle: this is not what is committed; {differs}\n")
    dated = time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(at))
    if at == EARLIEST:
        dated += " (there is no commit to take the date from; SOURCE_DATE_EPOCH sets it)"
    sys.stdout.write(f"{os.path.relpath(OUTPUT)}  {__version__}  {size / 1024:.0f} KiB  {dated}\n")


def build(root: str, output: str) -> int:
    """Build the bundle of the checkout in ``root``, and return its size in bytes. Raises Unfit."""
    at, entries = timestamp(root), ours(root)
    with tempfile.TemporaryDirectory() as folder:
        entries.update(vendored(downloaded(root, folder)))
    entries = {name: _for_users(name, entry) for name, entry in entries.items()}
    check(entries)
    entries[BUILD] = Entry(digest(entries).encode())
    os.makedirs(os.path.dirname(output), exist_ok=True)
    draft = f"{output}.new"
    write(draft, entries, at)
    size = os.path.getsize(draft)
    if size > MAX_BYTES:
        raise Unfit(f"{draft} has {size} bytes, more than {MAX_BYTES}")
    os.replace(draft, output)
    return size


def _for_users(name: str, entry: Entry) -> Entry:
    """Take out what only a reader of the file needs. Of certificates that is more than a tenth."""
    if not name.endswith((".py", ".pem")):
        return entry
    short = abridged(entry.content) if name.endswith(".py") else COMMENT.sub(b"", entry.content)
    return entry._replace(content=short + ABRIDGED if name.startswith("lib/") else short)


def uncommitted(root: str) -> str:
    """List the bundle's files that differ from the commit or are untracked; "" if there are none.

    Raises Unfit.
    """
    status = _git(root, "status", "--porcelain", "-z", "--no-renames", "-uall", "--", *INGREDIENTS)
    files = [(line[:2], line[3:]) for line in (status or "").split("\0")[:-1]]
    changed = [name for state, name in files if state != "??"]
    unknown = [name for state, name in files if state == "??"]
    differences = {"changed": changed, "left out, since git does not track it": unknown}
    return "; ".join(f"{how}: {', '.join(names)}" for how, names in differences.items() if names)


def digest(entries: Entries) -> str:
    """Return the digest of these contents."""
    sha = hashlib.sha256()
    for name in sorted(entries):
        sha.update(f"{name}\0{len(entries[name].content)}\0".encode())
        sha.update(entries[name].content)
    return sha.hexdigest()[:16]


def ours(root: str) -> Entries:
    """List our own files in the checkout in this folder. Raises Unfit."""
    entries = {name: _file(os.path.join(root, name)) for name in _names(root) if is_for_users(name)}
    entries["LICENSE"] = _file(os.path.join(root, "LICENSE"))
    entries["icon.png"] = _file(os.path.join(root, "icons", "icon.png"))
    plist = plistlib.loads(_file(os.path.join(root, "info.plist")).content)
    plist["version"] = __version__
    entries["info.plist"] = Entry(plistlib.dumps(plist, sort_keys=True))
    return entries


def is_for_users(name: str) -> bool:
    """Tell whether a file goes into the bundle; of a catalogue only the compiled file does."""
    folders = tuple(place for place in NOT_FOR_USERS if place.endswith("/"))
    return not (name in NOT_FOR_USERS or name.startswith(folders) or name.endswith(".po"))


def _names(root: str) -> list[str]:
    tracked = _git(root, "ls-files", "-z", "--", *FOLDERS)
    return list(_sources(root)) if tracked is None else tracked.split("\0")[:-1]


def _sources(root: str) -> Iterator[str]:
    for folder in FOLDERS:
        for place, folders, files in os.walk(os.path.join(root, folder)):
            folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
            within = os.path.relpath(place, root).replace(os.sep, "/")
            known = (name for name in files if name.endswith(SOURCES) and name[0] != ".")
            yield from (f"{within}/{name}" for name in known)


def _git(root: str, *arguments: str) -> str | None:
    """Return git's output for the checkout; None if it has no git. Raises Unfit."""
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    command = ["git", "--no-optional-locks", "-c", "safe.directory=*", "-C", root, *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except OSError as error:
        raise Unfit(f"this is a git checkout, and git cannot be run ({error.strerror})") from None
    except subprocess.CalledProcessError as error:
        raise Unfit(f"git {arguments[0]} failed: {' '.join(error.stderr.split())}") from None


def _file(path: str) -> Entry:
    try:
        with open(path, "rb") as file:
            return Entry(file.read(), bool(os.fstat(file.fileno()).st_mode & 0o100))
    except FileNotFoundError:
        raise Unfit(f"{os.path.basename(path)} is missing") from None


def downloaded(root: str, folder: str) -> list[str]:
    """Download the wheels of requirements.lock, whose hashes pip checks. Raises Unfit."""
    command = [
        *_pip(os.path.join(folder, "pip")),
        *("download", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "--no-deps", "--only-binary=:all:"),
        *("--python-version", "3.9", "--implementation", "py", "--abi", "none"),
        *("--platform", "any", "--dest", os.path.join(folder, "wheels")),
        *("--requirement", os.path.join(root, "requirements.lock")),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unfit(f"the dependencies could not be downloaded\n{done.stderr.strip()}")
    wheels = os.path.join(folder, "wheels")
    return sorted(os.path.join(wheels, name) for name in os.listdir(wheels))


def _pip(folder: str) -> list[str]:
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.SubprocessError):
        raise Unfit(f"{sys.executable} has neither pip nor ensurepip") from None
    return [os.path.join(folder, "bin", "python"), "-m", "pip"]


def vendored(wheels: list[str]) -> Entries:
    """List the files of the wheels for ``lib``: their code, and their licences by name and version."""
    entries: Entries = {}
    for wheel in wheels:
        name = "-".join(os.path.basename(wheel).split("-")[:2])
        with zipfile.ZipFile(wheel) as archive:
            brought = dict(_brought(archive, name))
        if not any(path.startswith(f"{LICENCES}/{name}/") for path in brought):
            raise Unfit(f"{name} brings no licence")
        twice = brought.keys() & entries.keys()
        if twice:
            raise Unfit(f"{name} brings {min(twice)} again")
        entries.update(brought)
    return {**entries, **_apache_terms(entries)}


def _apache_terms(entries: Entries) -> Entries:
    """Add the Apache License to packages that only refer to it; another package has the whole text."""
    licences = {n: e for n, e in entries.items() if n.startswith(LICENCES)}
    terms = [entry for entry in licences.values() if APACHE_TERMS in entry.content]
    alone = [
        name
        for name, entry in licences.items()
        if APACHE_NOTICE in entry.content and APACHE_TERMS not in entry.content
    ]
    if alone and not terms:
        raise Unfit(f"{alone[0]} refers to the Apache License, whose text is nowhere")
    return {f"{name.rpartition('/')[0]}/Apache-2.0.txt": terms[0] for name in alone}


def _brought(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Entry]]:
    metadata = f"{name}.dist-info/"
    for path in archive.namelist():
        file = path.rpartition("/")[2]
        if path.endswith("/"):
            continue
        if not path.startswith(metadata):
            if not NOT_AT_RUN_TIME.search(f"/{path}"):
                yield f"lib/{path}", Entry(archive.read(path))
        elif file.upper().startswith(("LICEN", "COPYING", "NOTICE", "AUTHORS")):
            yield f"{LICENCES}/{name}/{file}", Entry(archive.read(path))
        elif name.startswith(READS_ITS_METADATA) and file == "entry_points.txt":
            yield f"lib/{path}", Entry(archive.read(path))
        elif name.startswith(READS_ITS_METADATA) and file == "METADATA":
            head, _, _ = archive.read(path).partition(b"\n\n")  # behind it is the package's README
            yield f"lib/{path}", Entry(head + b"\n")


def check(entries: Entries) -> None:
    """Refuse compiled code: Gatekeeper blocks it in a downloaded workflow. Raises Unfit."""
    for name, entry in sorted(entries.items()):
        parts = name.lower().rpartition("/")[2].split(".")[1:]
        if any(f".{part}" in COMPILED for part in parts):
            raise Unfit(f"{name} is compiled")
        if entry.content.startswith(COMPILED_STARTS):
            raise Unfit(f"{name} holds machine code")


def timestamp(root: str) -> int:
    """Return SOURCE_DATE_EPOCH, or else the time of the commit, in epoch seconds. Raises Unfit.

    Without either it is the earliest time in a ZIP.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or _git(root, "log", "-1", "--format=%ct")
    if seconds is None:
        return EARLIEST
    if not seconds.strip().isdigit():
        raise Unfit(f"SOURCE_DATE_EPOCH is {seconds!r}, not a number of seconds")
    return max(EARLIEST, int(seconds))


def write(path: str, entries: Entries, at: int) -> None:
    """Write the archive: sorted, with one time, and with permissions that do not depend on the umask."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(entries):
            year, month, day, hour, minute, second = time.gmtime(at)[:6]
            entry = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
            entry.create_system = 3  # Unix, for the permissions
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if entries[name].executable else 0o100644) << 16
            archive.writestr(entry, entries[name].content)


if __name__ == "__main__":
    main()
