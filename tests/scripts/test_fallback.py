"""The one row that is shown when everything else fails."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
from typing import Any

import pytest

from scripts import fallback
from tests.alfred_harness.reference import violations
from tests.conftest import ROOT
from tests.said import Phrase
from workflow import paths
from workflow.errors import Mistake
from workflow.storage import files

CANARY = "sk-canary-0123456789"
ERRORS = [
    pytest.param(ImportError("x", name="click"), "click is missing", "缺少组件 click", id="import"),
    pytest.param(ImportError("x"), "? is missing", "缺少组件 ?", id="nameless"),
    pytest.param(Mistake(Phrase("do this", "这样做")), "do this", "这样做", id="ours"),
    pytest.param(
        PermissionError(13, "Permission denied", "/x/feed"),
        "a file cannot be used (Permission denied)",
        "无法使用某个文件（没有权限）",
        id="a-file-of-somebody",
    ),
    pytest.param(OSError(), "a file cannot be used (OSError)", "（OSError）", id="no-file"),
    pytest.param(KeyboardInterrupt(), "(KeyboardInterrupt)", "KeyboardInterrupt", id="stopped"),
    pytest.param(ValueError(CANARY), "Unexpected error (ValueError)", "意外错误", id="unforeseen"),
    pytest.param(UnicodeError("\udcff"), "UnicodeError", "UnicodeError", id="no-text"),
    pytest.param(OSError(2, "No", "/\udcff"), "a file cannot be used", "某个文件", id="odd-path"),
]


def test_a_file_of_ours_is_named(home: Path) -> None:
    for name in ("accounts.json", "cache/feed", "cache/\udcff"):
        subtitle = row(PermissionError(13, "No", str(home / "tankful" / name)))["subtitle"]
        assert subtitle.startswith(f"{home}/tankful/{name}".replace("\udcff", "?"))


def test_without_our_own_words_no_file_is_named(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(files, "unusable", None)
    said = row(PermissionError(13, "No", str(home / "tankful" / "feed")))["subtitle"]
    assert said == "a file cannot be used (No); check its permissions and the disk"


def row(error: BaseException) -> dict[str, Any]:
    told = json.loads(fallback.answer(error))
    assert violations("scriptfilter", told) == []
    (found,) = told["items"]
    assert found["valid"] is False
    return dict(found)


@pytest.mark.parametrize(("error", "english", "chinese"), ERRORS)
def test_it_says_what_is_wrong_and_what_next(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, english: str, chinese: str
) -> None:
    assert english in row(error)["subtitle"]
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert chinese in row(error)["subtitle"]
    assert "无法显示" in row(error)["title"]


@pytest.mark.parametrize(("error", "english", "chinese"), ERRORS)
def test_it_says_nothing_of_what_an_error_quotes(
    error: BaseException, english: str, chinese: str
) -> None:
    assert CANARY not in json.dumps(row(error))


@pytest.mark.parametrize(
    ("environ", "settings", "chinese"),
    [
        pytest.param({}, "{}", False, id="english"),
        pytest.param({"LANG": "zh_CN"}, "{}", True, id="locale"),
        pytest.param({"tankful_language": "zh"}, "{}", True, id="alfred"),
        pytest.param({}, '{"layout": 1, "settings": {"language": "zh"}}', True, id="setting"),
        pytest.param({"TANKFUL_LANGUAGE": "en", "LANG": "zh_CN"}, "{}", False, id="one-call"),
        pytest.param({"LANG": "zh_CN"}, "rubbish", True, id="damaged-settings"),
    ],
)
def test_it_speaks_the_users_language(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], settings: str, chinese: bool
) -> None:
    folder = Path(paths.data(os.environ))
    folder.mkdir()
    (folder / "settings.json").write_text(settings)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert row(ValueError())["title"].startswith("Tankful 无法") is chinese


def test_it_needs_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "workflow", None)
    monkeypatch.setenv("LC_ALL", "zh_CN")
    assert row(ImportError("x", name="workflow"))["subtitle"].startswith("缺少组件 workflow")


@pytest.mark.parametrize("name", ["fallback", "bootstrap", "usage"])
def test_an_old_python_can_read_what_tells_it_so(name: str) -> None:
    source = (ROOT / "scripts" / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__" not in source
