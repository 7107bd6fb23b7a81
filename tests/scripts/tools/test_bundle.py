"""The bundle: what is in it, that every build is the same, and that it runs where it is installed."""

from __future__ import annotations

import json
import os
import plistlib
import re
import shutil
import ssl
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Union

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.version import Version
from PIL import Image

from scripts import commands
from scripts.tools import bundle
from scripts.tools.bundle import Entry
from tests.alfred_harness.scripts import command
from tests.bundle import fixtures
from tests.bundle.fixtures import ROOT, Installed, bundle_file, unpacked_bundle
from tests.conftest import undetoured
from tests.standin import KEYS, StandIn
from workflow import __version__

__all__ = ["bundle_file", "unpacked_bundle"]

VERBS = (  # what a user sees most of each verb
    *(["--help"], ["list"], ["show", "Arbeit 工作"], ["summary"], ["guide"], ["guide", "glm"]),
    *(["config"], ["doctor"], ["refresh", "--all"], ["import", "--list"]),
)
PYTHONS, OLD_PYTHONS = fixtures.pythons(), fixtures.old_pythons()
NOT_IN_IT = re.compile(
    r"(^|/)(tests?|__pycache__|\.[^/]*|prefs\.plist|RECORD|preview\.png|dist)(/|$)"
    r"|\.(so|dylib|pyd|a|pyc|whl|orig|rej)$|~$",
    re.IGNORECASE,
)
FETCHES_CODE = re.compile(
    rb"\bpip\s+install\b|\bensurepip\b|brew\s+install|\bcurl\s+-|\bwget\s|com\.apple\.quarantine"
)


@pytest.fixture
def contents(bundle_file: Path) -> dict[str, bytes]:
    """Every file of the bundle."""
    with zipfile.ZipFile(bundle_file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def locked() -> dict[str, Version]:
    """The packages of requirements.lock."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {name: Version(told) for name, told in re.findall(r"^([\w.-]+)==(\S+)", lock, re.M)}


class TestContents:
    def test_the_root_is_what_alfred_reads(self, contents: dict[str, bytes]) -> None:
        roots = {name.partition("/")[0] for name in contents}
        assert roots == {
            *("info.plist", "icon.png", "LICENSE"),
            *("workflow", "scripts", "icons", "lib"),
        }

    def test_all_of_our_code_and_icons_is_in_it(self, contents: dict[str, bytes]) -> None:
        ours = [
            *ROOT.glob("workflow/**/*.py"),
            *ROOT.glob("scripts/**/*.py"),
            *ROOT.glob("icons/*"),
        ]
        names = {path.relative_to(ROOT).as_posix() for path in ours}
        for_users = set(filter(bundle.is_for_users, names))
        assert for_users <= contents.keys()
        assert {"scripts/verbs/add.py", "workflow/feed.py", "icons/icon.png"} <= for_users

    def test_nothing_else_is_in_it(self, contents: dict[str, bytes]) -> None:
        assert [name for name in contents if NOT_IN_IT.search(name)] == []
        ours = {name for name in contents if not name.startswith("lib/")}
        assert ours == set(filter(bundle.is_for_users, ours))

    def test_of_a_catalogue_it_has_what_is_compiled(self, contents: dict[str, bytes]) -> None:
        folder = "workflow/i18n/zh_CN/LC_MESSAGES"
        compiled = (ROOT / folder / "tankful.mo").read_bytes()
        assert contents[f"{folder}/tankful.mo"] == compiled
        assert [name for name in contents if name.endswith(".po")] == []

    def test_no_compiled_code_is_in_it(self, contents: dict[str, bytes]) -> None:
        bundle.check({name: Entry(content) for name, content in contents.items()})

    def test_every_dependency_brings_its_licence(self, contents: dict[str, bytes]) -> None:
        licences = {name.split("/")[2] for name in contents if name.startswith("lib/licenses/")}
        expected = {f"{name}-{version}" for name, version in locked().items()}
        assert {_normal(name) for name in licences} == {_normal(name) for name in expected}

    def test_the_apache_terms_are_in_it(self, contents: dict[str, bytes]) -> None:
        """diskcache's own licence only says where they are."""
        terms = contents[f"lib/licenses/diskcache-{locked()['diskcache']}/Apache-2.0.txt"]
        assert b"TERMS AND CONDITIONS FOR USE" in terms
        assert b"END OF TERMS" in terms

    def test_its_contents_have_a_name(self, contents: dict[str, bytes]) -> None:
        entries = {name: Entry(c) for name, c in contents.items() if name != bundle.BUILD}
        assert contents[bundle.BUILD].decode() == bundle.digest(entries)
        other = {**entries, "workflow/feed.py": Entry(entries["workflow/feed.py"].content + b"#")}
        assert bundle.digest(other) != bundle.digest(entries)

    def test_no_tool_is_in_it(self, contents: dict[str, bytes]) -> None:
        assert [name for name in contents if name.startswith("scripts/tools")] == []

    def test_notices_of_rights_are_in_it(self, contents: dict[str, bytes]) -> None:
        assert b"Permission  is  hereby granted" in contents["lib/backports/tarfile/__init__.py"]
        assert b"Copyright 2001-2006 Gregory P. Ward" in contents["lib/click/parser.py"]

    def test_every_certificate_is_in_it(self, contents: dict[str, bytes]) -> None:
        authorities = contents["lib/certifi/cacert.pem"].decode("ascii")
        context = ssl.create_default_context(cadata=authorities)
        assert len(context.get_ca_certs()) == authorities.count("BEGIN CERTIFICATE") > 100

    def test_keyring_keeps_the_metadata_it_reads(self, contents: dict[str, bytes]) -> None:
        kept = {name for name in contents if ".dist-info/" in name}
        folder = f"lib/keyring-{locked()['keyring']}.dist-info"
        assert kept == {f"{folder}/METADATA", f"{folder}/entry_points.txt"}
        assert b"[keyring.backends]" in contents[f"{folder}/entry_points.txt"]

    def test_scripts_stay_executable(self, bundle_file: Path) -> None:
        with zipfile.ZipFile(bundle_file) as archive:
            modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        for name, mode in modes.items():
            runs = name.startswith("scripts/") and os.access(ROOT / name, os.X_OK)
            assert mode == (0o100755 if runs else 0o100644), name

    def test_the_size_is_bounded(self, bundle_file: Path) -> None:
        assert bundle_file.stat().st_size <= bundle.MAX_BYTES == int(1.6 * 1024 * 1024)


def copied(folder: Path) -> Path:
    """The checkout's tracked files without its .git, in a folder of their own."""
    if not (ROOT / ".git").exists():
        ignored = shutil.ignore_patterns(".*", "dist", "__pycache__")
        return Path(shutil.copytree(ROOT, folder, ignore=ignored, dirs_exist_ok=True))
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    tracked = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for name in tracked.split("\0")[:-1]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class TestBuild:
    def test_two_builds_are_the_same(self, bundle_file: Path, tmp_path: Path) -> None:
        again = tmp_path / "again.alfredworkflow"
        before = os.umask(0o077)
        try:
            fixtures.build(again)
        finally:
            os.umask(before)
        assert again.read_bytes() == bundle_file.read_bytes()

    def test_one_command_builds_it(self, bundle_file: Path, tmp_path: Path) -> None:
        checkout = copied(tmp_path / "a clean checkout")
        when = str(bundle.timestamp(str(ROOT)))
        done = subprocess.run(
            [str(checkout / "scripts/bundle")],
            env={**os.environ, "PYTHON": sys.executable, "SOURCE_DATE_EPOCH": when},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "dist/Tankful.alfredworkflow" in done.stdout
        built = checkout / "dist/Tankful.alfredworkflow"
        assert built.read_bytes() == bundle_file.read_bytes()

    def test_only_what_git_tracks_is_in_it(self, tmp_path: Path) -> None:
        checkout = copied(tmp_path / "checkout")
        before = bundle.ours(str(checkout)).keys()
        for name in ("scripts/mine.py", "icons/.DS_Store", "workflow/notes.txt"):
            (checkout / name).write_text("not for users")
        without_git = bundle.ours(str(checkout)).keys()
        assert without_git - before == {"scripts/mine.py"}
        for told in ("init -q", "add info.plist LICENSE workflow/a* icons"):
            subprocess.run(["git", "-C", str(checkout), *told.split()], check=True)
        tracked = {name for name in bundle.ours(str(checkout)) if "/" in name}
        assert {name.split("/")[0] for name in tracked} == {"workflow", "icons"}
        assert all(name.startswith(("workflow/a", "icons/")) for name in tracked)

    def test_what_differs_from_the_commit_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(bundle, "ROOT", str(tmp_path))
        monkeypatch.setattr(bundle, "build", lambda *_: 1024)
        (tmp_path / "workflow").mkdir()
        for name in ("workflow/feed.py", "LICENSE", "README.md"):
            (tmp_path / name).touch()
        who = ["-c", "user.name=A", "-c", "user.email=a@b"]
        for told in ("init -q", "add .", "commit -q -m first"):
            subprocess.run(["git", *who, "-C", str(tmp_path), *told.split()], check=True)
        (tmp_path / "README.md").write_text("not in the bundle")
        (tmp_path / "notes.py").touch()
        bundle.main()
        assert capsys.readouterr().err == ""
        for name in ("workflow/feed.py", "LICENSE"):
            (tmp_path / name).write_text("changed")
        (tmp_path / "workflow" / "new 工作.py").touch()
        bundle.main()
        said = capsys.readouterr().err
        assert said == (
            "bundle: this is not what is committed; changed: LICENSE, workflow/feed.py; "
            "left out, since git does not track it: workflow/new 工作.py\n"
        )

    @pytest.mark.parametrize(
        ("git", "said"),
        [
            (None, "git cannot be run"),
            ("echo 'fatal: detected dubious ownership' >&2; exit 128", "dubious ownership"),
        ],
    )
    def test_a_git_that_refuses_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: str | None, said: str
    ) -> None:
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        (tmp_path / ".git").mkdir()
        if git:
            (tmp_path / "git").write_text(f"#!/bin/sh\n{git}\n")
            (tmp_path / "git").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        for ask in (bundle.timestamp, bundle.ours):
            with pytest.raises(bundle.Unfit, match=said):
                ask(str(tmp_path))

    def test_the_date_of_a_checkout_of_somebody_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Git refuses a folder of another user unless it is configured as safe."""
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        monkeypatch.setenv("GIT_COMMITTER_DATE", "1770000000 +0000")
        who = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "safe.directory=*"]
        for told in ("init -q", "commit -q --allow-empty -m first"):
            subprocess.run(["git", *who, "-C", str(tmp_path), *told.split()], check=True)
        assert bundle.timestamp(str(tmp_path)) == 1770000000

    def test_a_missing_or_odd_date_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        monkeypatch.setattr(bundle, "ROOT", str(tmp_path))
        monkeypatch.setattr(bundle, "build", lambda *_: 1024)
        bundle.main()
        assert "1980-01-01 00:00Z (there is no commit" in capsys.readouterr().out
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
        with pytest.raises(SystemExit, match="SOURCE_DATE_EPOCH is 'yesterday'"):
            bundle.main()

    def test_the_wheel_leaves_out_the_same(self) -> None:
        project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        told = re.search(r"^exclude = \[(.*?)^\]", project, re.M | re.S)
        assert told
        assert sorted(re.findall(r'"/(.*?)"', told[1])) == sorted(set(bundle.NOT_FOR_USERS))
        assert len(set(bundle.NOT_FOR_USERS)) == len(bundle.NOT_FOR_USERS)
        for name in bundle.NOT_FOR_USERS:
            assert (ROOT / name).exists(), name

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("lib/fast.so", b""),
            ("lib/fast.cpython-39-darwin.so", b""),
            ("lib/libz.so.1", b""),
            ("lib/libz.dylib", b""),
            ("lib/fast.pyd", b""),
            ("lib/fast.a", b""),
            ("workflow/__pycache__/feed.cpython-39.pyc", b""),
            ("scripts/helper", b"\xcf\xfa\xed\xfe\x07"),
            ("scripts/helper", b"\x7fELF\x02"),
        ],
    )
    def test_compiled_code_is_refused(self, name: str, content: bytes) -> None:
        with pytest.raises(bundle.Unfit, match=re.escape(name)):
            bundle.check({name: Entry(content)})

    def test_terms_that_are_only_referred_to_are_refused(self, tmp_path: Path) -> None:
        wheel = tmp_path / "bare-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            notice = "Licensed under the Apache License, Version 2.0"
            archive.writestr("bare-1.0.dist-info/LICENSE", notice)
        with pytest.raises(bundle.Unfit, match="whose text is nowhere"):
            bundle.vendored([str(wheel)])

    def test_a_dependency_without_licence_is_refused(self, tmp_path: Path) -> None:
        wheel = tmp_path / "bare-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("bare.py", "")
        with pytest.raises(bundle.Unfit, match=r"bare-1\.0 brings no licence"):
            bundle.vendored([str(wheel)])

    def test_what_is_missing_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(bundle.Unfit, match="LICENSE is missing"):
            bundle.ours(str(tmp_path))

    def test_a_changed_download_is_refused(self, tmp_path: Path) -> None:
        lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        tampered = re.sub(r"(zipp==\S+ \\\s+--hash=sha256:)\w{8}", r"\g<1>00000000", lock)
        (tmp_path / "requirements.lock").write_text(tampered, encoding="utf-8")
        with pytest.raises(bundle.Unfit):
            bundle.downloaded(str(tmp_path), str(tmp_path))


class TestLock:
    def test_every_dependency_but_orjson_is_locked(self) -> None:
        project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        told = re.search(r"^dependencies = \[(.*?)^\]", project, re.M | re.S)
        assert told
        for line in re.findall(r'"(.*?)"', told[1]):
            wanted = Requirement(line)
            if wanted.name != "orjson":
                assert locked()[wanted.name] in wanted.specifier, line

    def test_every_line_has_a_hash_and_no_address(self) -> None:
        lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        assert "://" not in lock
        assert lock.count("--hash=sha256:") == len(locked()) == lock.count("==")


@pytest.mark.skipif(not PYTHONS, reason="no Python 3.9 … 3.14")
@pytest.mark.parametrize("python", PYTHONS, ids=fixtures.spoken)
class TestInstalled:
    def test_the_main_journey(
        self, python: str, unpacked_bundle: Path, tmp_path: Path, world: StandIn, bytecode: Path
    ) -> None:
        mine = Installed(unpacked_bundle, tmp_path / "höme", python).detoured(world.url)
        mine.compiled(bytecode)
        store = mine.choose_keyring()
        key = next(key for key in KEYS.values() if key.provider == "tavily").value

        first = mine.run("usage.sh")
        assert _titles(first.stdout)[1:] == ["Add your first account"], first.stderr
        added = mine.run("tankful.py", "add", "tavily", "--label", "Arbeit 工作", stdin=key)
        assert (added.returncode, undetoured(added.stderr)) == (0, ""), added.stderr
        assert key in store.read_text(encoding="utf-8")
        refreshed = mine.run("tankful.py", "refresh", "Arbeit 工作")
        assert (refreshed.returncode, undetoured(refreshed.stderr)) == (0, "")
        listed = mine.run("tankful.py", "list")
        assert "Arbeit 工作" in listed.stdout, listed.stderr
        report = json.loads(mine.run("tankful.py", "list", "--json").stdout)
        assert [(a["provider"], a["failure"]) for a in report["accounts"]] == [("tavily", None)]
        for script in (("tankful.py", "script-filter"), ("usage.sh",)):
            (title,) = (t for t in _titles(mine.run(*script).stdout) if "Arbeit 工作" in t)
            assert title.startswith("Tavily")
        for args in VERBS if python == PYTHONS[0] else ():
            shown = undetoured(mine.at_terminal(*args))
            assert shown.strip() and "tankful: " not in shown, shown

    def test_accounts_and_secrets_survive_a_reinstall(
        self, python: str, bundle_file: Path, tmp_path: Path, world: StandIn
    ) -> None:
        """Alfred removes one folder and makes another, and so does a user who removes the workflow first."""
        old, new = tmp_path / "user.workflow.OLD", tmp_path / "user.workflow.NEW"
        fixtures.unpack(bundle_file, old)
        mine = Installed(old, tmp_path / "home", python).detoured(world.url)
        mine.choose_keyring()
        key = next(key for key in KEYS.values() if key.provider == "tavily").value
        added = mine.run("tankful.py", "add", "tavily", "--label", "Work", stdin=key)
        assert (added.returncode, undetoured(added.stderr)) == (0, "")

        shutil.rmtree(old)
        fixtures.unpack(bundle_file, new)
        (new / bundle.BUILD).write_text("newer")
        newer = replace(mine, folder=new)
        stale = newer.cache / "snapshots-0"
        for folder in (stale, newer.cache / "bytecode" / "newer"):
            folder.mkdir()
            os.utime(folder, (0, 0))
        asked = len(world.requests)
        refreshed = newer.run("tankful.py", "refresh", "Work")
        assert (refreshed.returncode, undetoured(refreshed.stderr)) == (0, "")
        assert refreshed.stdout.startswith("✓ Tavily · Work")
        assert len(world.requests) > asked
        assert len(os.listdir(newer.cache / "bytecode")) == 2
        assert not stale.exists()

    def test_the_report_knows_what_the_bundle_carries(
        self, python: str, unpacked_bundle: Path, tmp_path: Path, bytecode: Path
    ) -> None:
        mine = Installed(unpacked_bundle, tmp_path / "home", python).compiled(bytecode)
        told = mine.run("tankful.py", "doctor").stdout
        build = (unpacked_bundle / bundle.BUILD).read_text()
        assert f"- version: {__version__}, bundle {build}\n" in told
        for name in (
            "click",
            "httpx",
            "h11",
            "keyring",
            "diskcache",
            "mistune",
            "rich",
        ):
            assert f"- {name}: {locked()[name]}\n" in told
        assert "- orjson: not installed\n" in told

    def test_help_says_all_that_it_says_in_the_checkout(
        self, python: str, unpacked_bundle: Path, tmp_path: Path, bytecode: Path
    ) -> None:
        mine = Installed(unpacked_bundle, tmp_path / "home", python).compiled(bytecode)
        for line in (["--help"], ["guard", "--help"], ["provider", "check", "--help"]):
            shown = mine.run("tankful.py", *line).stdout
            ours = CliRunner().invoke(commands.main, line, prog_name="tankful").output
            assert shown.split() == ours.split()

    def test_nothing_compiled_is_borrowed_from_the_interpreter(
        self, python: str, unpacked_bundle: Path, tmp_path: Path
    ) -> None:
        mine = Installed(unpacked_bundle, tmp_path / "home", python)
        code = (
            f"import sys; sys.path[:0] = [{str(unpacked_bundle)!r}, {str(unpacked_bundle / 'lib')!r}]\n"
            "from workflow.storage import json_codec as codec; print(codec.fast() is not None)"
        )
        done = subprocess.run(
            [python, "-IBS", "-c", code],
            env=mine.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == "False"

    def test_compiled_code_goes_to_our_cache(
        self, python: str, unpacked_bundle: Path, tmp_path: Path
    ) -> None:
        mine = Installed(unpacked_bundle, tmp_path / "home", python)
        assert mine.run("tankful.py", "list").returncode == 0
        build = (unpacked_bundle / bundle.BUILD).read_text()
        kept = fixtures.listing(mine.cache / "bytecode" / build)
        assert any("/click/core." in name for name in kept)
        assert not list(unpacked_bundle.rglob("*.pyc"))

    def test_a_cache_that_cannot_be_written_costs_speed_only(
        self, python: str, unpacked_bundle: Path, tmp_path: Path
    ) -> None:
        mine = Installed(unpacked_bundle, tmp_path / "home", python)
        mine.cache.parent.mkdir(parents=True)
        mine.cache.write_text("a file where the folder should be", encoding="utf-8")
        assert _titles(mine.run("usage.sh").stdout) == ["Add your first account"]


@pytest.mark.skipif(not OLD_PYTHONS, reason="no Python older than 3.9")
@pytest.mark.parametrize("python", OLD_PYTHONS, ids=fixtures.spoken)
class TestOldPython:
    @pytest.mark.parametrize(
        ("language", "told"), [("en", "older than Python 3.9"), ("zh", "低于 3.9")]
    )
    def test_a_row_says_what_to_install(
        self, python: str, language: str, told: str, unpacked_bundle: Path, tmp_path: Path
    ) -> None:
        if language == "zh" and fixtures.version(python) < (3, 7):
            pytest.skip("the settings cannot be read")
        mine = Installed(unpacked_bundle, tmp_path, python, {"tankful_language": language})
        for folder in (Path("scripts"), unpacked_bundle / "scripts"):
            for name in ("usage.sh", "alfred/menu.sh", "alfred/fit.sh"):
                row = self.row(
                    [*command(unpacked_bundle / "scripts" / name, python)[:-1], folder / name], mine
                )
                assert row["valid"] is False
                assert "xcode-select --install" in row["subtitle"]
            row = self.row([python, "-IS", folder / "usage.py"], mine)
            assert told in row["subtitle"]

    def row(self, argv: Sequence[Union[str, Path]], mine: Installed) -> dict[str, Any]:
        done = subprocess.run(
            argv, env=mine.environ, cwd=mine.folder, stdout=subprocess.PIPE, check=True
        )
        found: dict[str, Any] = json.loads(done.stdout)["items"][0]
        return found

    def test_a_key_that_acts_says_it_in_a_notification(
        self, python: str, unpacked_bundle: Path, tmp_path: Path
    ) -> None:
        if fixtures.version(python) < (3, 7):
            pytest.skip("no Command Line Tools had a Python older than 3.7")
        for name in ("alfred/action.py", "alfred/add_account.py"):
            done = Installed(unpacked_bundle, tmp_path, python).run(name)
            assert (done.returncode, done.stderr) == (0, "")
            assert "older than Python 3.9" in json.loads(done.stdout)["alfredworkflow"]["arg"]

    def test_a_command_says_it_in_one_line(
        self, python: str, unpacked_bundle: Path, tmp_path: Path
    ) -> None:
        if fixtures.version(python) < (3, 7):
            pytest.skip("no Command Line Tools had a Python older than 3.7")
        done = Installed(unpacked_bundle, tmp_path, python).run("tankful.py", "list")
        assert (done.returncode, done.stdout) == (1, "")
        assert "older than Python 3.9" in done.stderr
        assert done.stderr.count("\n") == 1


def _titles(answer: str) -> list[str]:
    return [item["title"] for item in json.loads(answer)["items"]]


class TestGallery:
    """The requirements of the Alfred Gallery, as far as the files can show them."""

    @pytest.fixture
    def plist(self, contents: dict[str, bytes]) -> dict[str, object]:
        document: dict[str, object] = plistlib.loads(contents["info.plist"])
        return document

    def test_the_icon_is_large_enough(self, unpacked_bundle: Path) -> None:
        with Image.open(unpacked_bundle / "icon.png") as icon:
            assert min(icon.size) >= 256

    def test_the_version_is_ours(self, plist: dict[str, object]) -> None:
        assert plist["version"] == __version__

    def test_it_says_what_it_is(self, plist: dict[str, object]) -> None:
        for name in ("bundleid", "name", "description", "createdby", "readme"):
            assert plist[name], name
        for part in ("## Setup", "## Usage", "`xcode-select --install`"):
            assert part in str(plist["readme"])

    def test_its_keyword_is_the_users(self, plist: dict[str, object]) -> None:
        objects: list[dict[str, dict[str, object]]] = plist["objects"]  # type: ignore[assignment]
        keywords = [
            str(o["config"]["keyword"]) for o in objects if "keyword" in o.get("config", {})
        ]
        assert keywords
        assert all(keyword.startswith("{var:") for keyword in keywords)
        fields: list[dict[str, Any]] = plist["userconfigurationconfig"]  # type: ignore[assignment]
        used = {name for keyword in keywords for name in re.findall(r"\{var:(\w+)\}", keyword)}
        defaults = {f["variable"]: f["config"]["default"] for f in fields if f["variable"] in used}
        assert used == defaults.keys()
        assert all(len(default) >= 3 for default in defaults.values())

    def test_it_fetches_no_software(self, contents: dict[str, bytes]) -> None:
        ours = {n: c for n, c in contents.items() if n.startswith(("scripts/", "workflow/"))}
        assert [name for name, content in ours.items() if FETCHES_CODE.search(content)] == []
