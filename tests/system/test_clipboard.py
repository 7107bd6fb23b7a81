"""The clipboard, with stand-ins for the system's programs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.alfred_harness.recorders import Recorders
from tests.said import both
from workflow.errors import Mistake
from workflow.system import clipboard

WRITES = (
    '#!/bin/sh\n/bin/cat > "{0}/content"\necho "$0 $*" > "{0}/called"\n/usr/bin/env > "{0}/env"\n'
)
READS = '#!/bin/sh\n/bin/cat "{0}/content"\n'


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script.format(folder), encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("pbcopy", ""),
        ("wl-copy", ""),
        ("xclip", "-selection clipboard"),
        ("xsel", "--clipboard --input"),
    ],
)
def test_a_text_goes_by_pipe(programs: Path, name: str, called: str) -> None:
    program(programs, name, WRITES)
    clipboard.copy("GLM · 主账号\n41% left")
    assert (programs / "content").read_text(encoding="utf-8") == "GLM · 主账号\n41% left"
    assert (programs / "called").read_text().strip() == f"{programs}/{name} {called}".strip()
    assert "41%" not in (programs / "env").read_text()


@pytest.mark.parametrize("name", ["pbpaste", "wl-paste", "xclip", "xsel"])
def test_what_is_there_is_read(programs: Path, name: str) -> None:
    program(programs, name, READS)
    (programs / "content").write_text("sk-主", encoding="utf-8")
    assert clipboard.paste() == "sk-主"


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8")))
def test_any_text_comes_back(programs: Path, text: str) -> None:
    program(programs, "pbcopy", WRITES)
    program(programs, "pbpaste", READS)
    clipboard.copy(text)
    assert clipboard.paste() == text


@pytest.mark.parametrize("locale", ["", "C", "en_US.ISO8859-1", "zh_CN.UTF-8", "de_DE.utf8"])
def test_the_programs_work_in_utf8_whatever_the_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    mac = Recorders(tmp_path, ("pbcopy", "pbpaste"))
    monkeypatch.setenv("PATH", f"{mac.bin}:{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", locale)
    clipboard.copy("¥42.18 · 主账号")
    assert mac.clipboard == clipboard.paste() == "¥42.18 · 主账号"
    for call in mac.calls():
        assert call.env["LC_CTYPE"] == "UTF-8"
        assert call.env.get("LC_ALL") == (locale if "utf" in locale.lower() else None)


def test_only_a_sane_amount_is_read(programs: Path) -> None:
    program(programs, "pbpaste", READS)
    (programs / "content").write_bytes(b"\xff" + b"x" * 2_000_000)
    assert clipboard.paste() == "\ufffd" + "x" * (1024 * 1024 - 1)


@pytest.mark.parametrize(
    "script", [None, "#!/bin/sh\nexit 1\n", "#!/nowhere/sh\n"], ids=["none", "fails", "broken"]
)
def test_without_a_clipboard_it_is_said_what_to_do(programs: Path, script: str) -> None:
    for name in ("pbcopy", "pbpaste") if script else ():
        program(programs, name, script)
    for use in (lambda: clipboard.copy("x"), clipboard.paste):
        with pytest.raises(Mistake) as told:
            use()
        assert "--copy" in both(told.value.message)[0]
        assert "--copy" in both(told.value.message)[1]


def test_a_program_that_hangs_is_not_waited_for(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "pbpaste", "#!/bin/sh\nexec /bin/sleep 30\n")
    monkeypatch.setattr(clipboard, "_SECONDS", 0.2)
    with pytest.raises(Mistake):
        clipboard.paste()
