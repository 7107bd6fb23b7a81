"""The few lines of shell that the system starts: they run Tankful, or end the job for good."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workflow import paths
from workflow.schedule import job as jobs
from workflow.schedule.job import Job

NASTY = 'it\'s $HOME "50%" \\ `id` 周'


def started(job: Job, leave: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(job.shell(leave), capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program in a folder of an awkward name."""
    file = tmp_path / NASTY / "tankful.py"
    file.parent.mkdir()
    file.touch()
    return file


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "UPDATING", 0)


def of(program: Path, python: str = sys.executable) -> Job:
    return Job((python, "-c", "import sys; print(sys.argv[1:])", NASTY), str(program))


def test_it_runs_the_program_with_every_word_as_it_is(program: Path) -> None:
    done = started(of(program), "echo left")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{[NASTY]!r}\n", "")


def test_it_takes_over_the_folders_of_the_shell_and_no_secret() -> None:
    folders = {"TANKFUL_HOME": "/t", "XDG_CACHE_HOME": "/c", "CODEX_HOME": "/x"}
    others = {"HTTPS_PROXY": "http://me:secret@proxy", "CODEX_API_KEY": "sk-x", "XDG_DATA_HOME": ""}
    assert jobs.job({**folders, **others}).environ == folders


def test_without_the_program_it_leaves(program: Path) -> None:
    program.unlink()
    assert started(of(program), "echo left").stdout == "left\n"


def test_an_update_in_which_the_program_is_away_for_a_moment_ends_nothing(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "UPDATING", 2)
    program.unlink()
    with subprocess.Popen(
        of(program).shell("echo left"), stdout=subprocess.PIPE, text=True
    ) as running:
        program.touch()
        assert running.communicate(timeout=20)[0] == f"{[NASTY]!r}\n"


def test_a_python_that_is_missing_is_waited_for_quietly(program: Path) -> None:
    done = started(of(program, "/gone/bin/python3"), "echo left")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_is_this_installation_and_carries_no_secret() -> None:
    told = {
        "TANKFUL_HOME": "/t",
        "XDG_CACHE_HOME": "",
        "LANG": "zh_CN.UTF-8",
        "HTTPS_PROXY": "http://user:hunter2@proxy",
        "OPENAI_API_KEY": "sk-hunter2",
        "KEYRING_PROPERTY_KEYRING_KEY": "hunter2",
    }
    job = jobs.job(told)
    assert job.program == f"{paths.root()}/scripts/tankful.py"
    assert Path(job.program).is_file()
    assert job.command[-3:] == (job.program, "refresh", "--scheduled")
    assert (job.environ, job.language) == ({"TANKFUL_HOME": "/t"}, {"LANG": "zh_CN.UTF-8"})
    assert "hunter2" not in repr(job)


@pytest.mark.parametrize("has_command", [True, False])
def test_in_an_environment_it_outlives_a_newer_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_command: bool
) -> None:
    """uv and pipx write the command anew; the folder of the packages has another name."""
    root = f"{tmp_path}/lib/python3.12/site-packages/tankful"
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(paths, "root", lambda: root)
    command = tmp_path / "bin" / "tankful"
    command.parent.mkdir()
    if has_command:
        command.touch()
    expected = str(command) if has_command else f"{root}/scripts/tankful.py"
    job = jobs.job({})
    assert job.program == expected
    assert job.command[-3:] == (expected, "refresh", "--scheduled")
