"""How a script that a launcher runs finds our packages, and where compiled code goes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import bootstrap
from tests.conftest import ROOT, Shell
from workflow import paths
from workflow.storage import cleanup

TELL = """\
import sys
sys.path.insert(0, sys.argv[1])
from scripts import bootstrap
bootstrap.VENDORED = sys.argv[2]
bootstrap.prepare()
print(sys.path[0], sys.path[1], sys.dont_write_bytecode, sys.pycache_prefix, "site" in sys.modules, sep="\\n")
"""
SCRIPTS = sorted(
    path.relative_to(ROOT / "scripts").as_posix()
    for path in (ROOT / "scripts").rglob("*.py")
    if path.read_text(encoding="utf-8").startswith("#!/usr/bin/python3 -IS\n")
)


HURRIED = """
import atexit, gc, sys
sys.path.insert(0, sys.argv[1])
atexit.register(lambda: print(gc.get_freeze_count() > 0))  # asked after the hurry's own
from scripts import bootstrap
bootstrap.hurry()
print(gc.isenabled(), gc.get_threshold()[0] == bootstrap.MANY_OBJECTS)
"""


def test_a_command_does_not_search_for_garbage_at_its_end(shell: Shell) -> None:
    ran = shell.run([sys.executable, "-IS", "-c", HURRIED, str(ROOT)])
    assert (ran.code, ran.out.split()) == (0, ["True", "True", "True"])


def prepared(shell: Shell, *flags: str, vendored: str = "/nowhere") -> dict[str, str]:
    """Prepare a process, and return what it reports about itself."""
    ran = shell.run([sys.executable, *flags, "-c", TELL, str(ROOT), vendored])
    assert (ran.code, ran.err) == (0, "")
    names: list[str] = ["first", "second", "dry", "prefix", "site"]
    return dict(zip(names, ran.out.splitlines()))


def test_a_checkout_borrows_the_packages_of_the_interpreter(shell: Shell) -> None:
    told = prepared(shell, "-IS")
    assert (told["first"], told["site"]) == (str(ROOT), "True")


def test_an_installed_workflow_brings_its_own(tmp_path: Path, shell: Shell) -> None:
    told = prepared(shell, "-IS", vendored=str(tmp_path))
    assert (told["first"], told["second"], told["site"]) == (str(ROOT), str(tmp_path), "False")


REFUSED = """\
import sys
sys.path.insert(0, sys.argv[1])
from scripts import bootstrap
bootstrap.VENDORED = "/nowhere"
exec(sys.argv[2])
sys.argv = ["scripts/" + sys.argv[3]]
bootstrap.prepare()
"""
UNREADY = {
    "no-package": (
        "bootstrap.BORROWED = ('click', 'no_such_package')",
        (
            "the package no_such_package is missing; install Tankful again",
            "缺少组件 no_such_package；请重新安装",
        ),
        ("scripts/demo", "scripts/bundle"),
    ),
    "old-python": (
        "bootstrap.OLDEST = (9, 9)",
        ("/usr/bin/python3 is older than Python 3.9", "/usr/bin/python3 的版本低于 3.9"),
        ("xcode-select --install",),
    ),
}


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize(("how", "said", "remedies"), UNREADY.values(), ids=UNREADY.keys())
def test_where_it_cannot_run_one_line_says_what_helps(
    shell: Shell, how: str, said: tuple[str, str], remedies: tuple[str, ...], chinese: bool
) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh" if chinese else "en"}
    ran = shell.run([sys.executable, "-IS", "-c", REFUSED, str(ROOT), how, "tankful.py"])
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(f"tankful: {said[chinese]}")
    assert all(remedy in ran.err for remedy in remedies)


@pytest.mark.parametrize("menu", [False, True])
@pytest.mark.parametrize(("how", "said", "remedies"), UNREADY.values(), ids=UNREADY.keys())
def test_a_script_filter_says_it_in_a_row(
    shell: Shell, how: str, said: tuple[str, str], remedies: tuple[str, ...], menu: bool
) -> None:
    program = REFUSED.replace("bootstrap.prepare()", "from scripts import usage\nusage.main()")
    if menu:
        program = program.replace("sys.argv[3]]", 'sys.argv[3], "menu"]')
    ran = shell.run([sys.executable, "-IS", "-c", program, str(ROOT), how, "usage.py"])
    assert (ran.code, ran.err) == (0, "")
    (row,) = json.loads(ran.out)["items"]
    assert row["valid"] is False
    assert row["subtitle"].startswith(said[0])
    assert all(remedy in row["subtitle"] for remedy in remedies)


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("name", bootstrap.RUN_SCRIPTS)
@pytest.mark.parametrize(("how", "said", "remedies"), UNREADY.values(), ids=UNREADY.keys())
def test_a_run_script_says_it_in_a_notification(
    shell: Shell,
    how: str,
    said: tuple[str, str],
    remedies: tuple[str, ...],
    name: str,
    chinese: bool,
) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh" if chinese else "en"}
    ran = shell.run([sys.executable, "-IS", "-c", REFUSED, str(ROOT), how, name])
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)["alfredworkflow"]
    assert answer["arg"].startswith(said[chinese])
    assert answer["variables"] == {"then": ""}
    assert all(remedy in answer["arg"] for remedy in remedies)


def test_a_checkout_borrows_what_the_project_depends_on() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    depends = project.partition("\ndependencies = [\n")[2].partition("\n]")[0]
    assert set(re.findall(r'"(\w+)', depends)) == {*bootstrap.BORROWED, "h11", "orjson", "tomli"}


def test_compiled_code_goes_to_our_cache(shell: Shell) -> None:
    told = prepared(shell, "-IS")
    kept = f"{paths.cache(os.environ)}/bytecode/checkout"
    assert (told["dry"], told["prefix"]) == ("False", kept)
    assert os.stat(kept).st_mode & 0o777 == 0o700


class TestKept:
    """Compiled code of one build, in a cache folder that other builds and users may share."""

    @pytest.fixture(autouse=True)
    def build(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The folder for the compiled code of the build "mine"."""
        monkeypatch.setattr(bootstrap, "VENDORED", str(tmp_path))
        (tmp_path / "build").write_text("mine")
        monkeypatch.setattr(sys, "pycache_prefix", None)
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        return tmp_path / "cache" / "bytecode" / "mine"

    def keeps(self, build: Path) -> bool:
        bootstrap.keep_compiled(str(build.parent.parent))
        assert sys.dont_write_bytecode is (sys.pycache_prefix is None)
        return sys.pycache_prefix == str(build)

    def aged(self, folder: Path, seconds: float) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        at = time.time() - seconds
        os.utime(folder, (at, at))
        return folder

    def test_two_builds_in_turn_delete_nothing(
        self, build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(2):
            for name in ("mine", "other"):
                (tmp_path / "build").write_text(name)
                assert self.keeps(build.with_name(name))
                self.aged(build.with_name(name), 3 * bootstrap.HOUR)
        assert sorted(os.listdir(build.parent)) == ["mine", "other"]

    def test_a_build_in_use_shows_it_and_sweeps_what_is_not(self, build: Path) -> None:
        unused = self.aged(build.with_name("old"), cleanup.UNUSED + 1)
        assert self.keeps(build) and unused.exists(), "not at every start"
        self.aged(build, cleanup.UNUSED + 1)
        assert self.keeps(build)
        assert not unused.exists()
        assert time.time() - build.stat().st_mtime < bootstrap.HOUR

    def test_a_folder_of_a_clock_that_ran_ahead_shows_it_too(self, build: Path) -> None:
        unused = self.aged(build.with_name("old"), cleanup.UNUSED + 1)
        self.aged(build, -400 * 86400)
        assert self.keeps(build)
        assert not unused.exists()
        assert abs(time.time() - build.stat().st_mtime) < bootstrap.HOUR

    def test_a_folder_that_is_everybody_s_keeps_nothing_and_its_mode(self, build: Path) -> None:
        shared = build.parent.parent
        shared.mkdir()
        shared.chmod(0o1777)
        assert not self.keeps(build)
        assert shared.stat().st_mode & 0o7777 == 0o1777

    @pytest.mark.parametrize("open_to_others", ["mine", "bytecode"])
    def test_what_others_could_have_put_there_is_not_run(
        self, build: Path, open_to_others: str
    ) -> None:
        build.mkdir(parents=True)
        foreign = build / "foreign.pyc"
        foreign.touch()
        cache = build.parent.parent
        for folder in (cache, build if open_to_others == "mine" else build.parent):
            folder.chmod(0o777)
        assert self.keeps(build)
        assert not foreign.exists()
        assert {f.stat().st_mode & 0o777 for f in (cache, build.parent, build)} <= {0o700, 0o755}

    def test_what_only_we_could_write_stays_in_an_open_cache(self, build: Path) -> None:
        build.mkdir(parents=True)
        (build / "ours.pyc").touch()
        build.parent.parent.chmod(0o777)
        assert self.keeps(build)
        assert (build / "ours.pyc").exists()
        assert build.parent.parent.stat().st_mode & 0o777 == 0o700

    def test_in_a_folder_of_somebody_else_nothing_is_kept(
        self, build: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        foreign = build / "foreign.pyc"
        build.mkdir(parents=True)
        foreign.touch()
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert not self.keeps(build)
        assert foreign.exists()

    def test_a_folder_elsewhere_is_not_ours(self, build: Path, tmp_path: Path) -> None:
        build.parent.mkdir(parents=True)
        build.symlink_to(self.aged(tmp_path / "downloads", 0))
        build.parent.chmod(0o777)
        assert self.keeps(build)
        assert not build.is_symlink()


def test_a_cache_that_cannot_be_written_hides_nothing(home: Path, shell: Shell) -> None:
    """Otherwise the standard library would be compiled again each time."""
    Path(paths.data(os.environ)).mkdir()
    Path(paths.cache(os.environ)).write_text("in the way")
    told = prepared(shell, "-IS")
    assert (told["dry"], told["prefix"]) == ("True", "None")


def test_outside_a_launcher_python_does_as_it_likes(shell: Shell) -> None:
    shell.env = {"PYTHONDONTWRITEBYTECODE": "1"}
    told = prepared(shell)
    assert (told["dry"], told["prefix"]) == ("True", str(sys.pycache_prefix))


def test_there_are_scripts() -> None:
    assert {"usage.py", "alfred/action.py", "tankful.py"} <= set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_can_be_run_by_its_name(name: str) -> None:
    assert os.access(ROOT / "scripts" / name, os.X_OK)


@pytest.mark.parametrize("name", ["tankful.py", "alfred/add_account.py"])
def test_a_script_runs_from_anywhere_with_nothing_set(
    tmp_path: Path, shell: Shell, name: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-IS", str(ROOT / "scripts" / name), "--help"],
        env=shell.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Usage: ")
    assert done.stderr == ""
