from __future__ import annotations

import os
from pathlib import Path

import pytest

from workflow import paths
from workflow.provider import discovery
from workflow.recognition import seen

NOBODY = [(False, False), (False, False)]  # neither Codex nor Claude Code
DEEPSEEK = "sk-5e7e00000000000000000000000000ab"


def update(**environ: str) -> set[str]:
    return set(seen.update(discovery.everything(), environ))


def test_a_variable_with_a_key_of_its_provider_is_seen() -> None:
    assert update(HOME="/nobody", DEEPSEEK_API_KEY=f' "{DEEPSEEK}"') == {"deepseek"}
    with open(os.path.join(paths.cache(os.environ), seen.NAME), encoding="utf-8") as file:
        assert file.read() == '["deepseek"]'  # an id, nothing of the key


@pytest.mark.parametrize("value", ["", "  ", "changeme", "sk-proj-abcdefgh12345678"])
def test_what_could_not_be_added_is_not_seen(value: str) -> None:
    assert update(HOME="/nobody", DEEPSEEK_API_KEY=value) == set()


def test_codex_is_seen_by_its_file_which_is_not_opened(tmp_path: Path) -> None:
    sign_in = tmp_path / ".codex" / "auth.json"
    sign_in.parent.mkdir()
    os.mkfifo(sign_in)  # opening it would wait for ever
    assert update(HOME=str(tmp_path)) == {"chatgpt", "codex"}


def test_what_a_shell_saw_is_good_for_a_launcher_until_keys_are_looked_for() -> None:
    update(HOME="/nobody", DEEPSEEK_API_KEY=DEEPSEEK)
    assert update(HOME="/nobody") == {"deepseek"}
    seen.keep(["glm", "kimi", "glm"])
    assert update(HOME="/nobody") == {"glm", "kimi"}
    seen.keep([])
    assert seen.kept() == ()


def test_a_provider_that_is_gone_is_not_told() -> None:
    seen.keep(["glm", "orchard"])
    assert update(HOME="/nobody") == {"glm"}


@pytest.mark.parametrize("content", ["", "{", "null", '{"glm": 1}', "[1, null]"])
def test_a_damaged_file_tells_nothing(content: str) -> None:
    folder = Path(paths.cache(os.environ))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / seen.NAME).write_text(content)
    assert seen.kept() == ()


def test_nothing_is_written_when_nothing_is_new() -> None:
    seen.keep(["glm"])
    file = Path(paths.cache(os.environ)) / seen.NAME
    before = file.stat()
    seen.keep(["glm"])
    update(HOME="/nobody")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_every_variable_of_a_provider_is_a_sign() -> None:
    nothing = seen.signs({"HOME": "/nobody", "PATH": "/bin", "EMPTY_API_KEY": ""})
    assert nothing == ([], NOBODY, (), [])
    for about in discovery.everything().values():
        for name in about.variables:
            assert seen.signs({"HOME": "/nobody", name: "x"}) == ([name], NOBODY, (), []), name


def test_a_file_of_a_provider_of_ones_own_is_a_sign() -> None:
    before = seen.signs(os.environ)
    folder = Path(paths.data(os.environ), "providers")
    folder.mkdir(parents=True)
    (folder / "acme.toml").write_text("")
    added = seen.signs(os.environ)
    os.utime(folder / "acme.toml", (1, 1))
    assert len({repr(each) for each in (before, added, seen.signs(os.environ))}) == 3
