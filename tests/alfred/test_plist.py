"""info.plist itself: the static checks, its layout, and that it agrees with the rest of the house."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any, get_args

import pytest

from scripts.alfred import action, view
from workflow import __version__, paths, settings
from workflow.alfred import lists as lists_of
from workflow.alfred.menu import Action

from ..alfred_harness.checks import check_all
from ..alfred_harness.matching import holds
from ..alfred_harness.workflow_file import WorkflowFile

ROOT = Path(__file__).resolve().parents[2]
EMITTED = (  # by the rows of the lists and by scripts/alfred/action.py
    *("action", "next", "prompt", "hint", "question", "explanation", "yes", "no", "then", "url"),
)
PLIST: dict[str, Any] = plistlib.loads((ROOT / "info.plist").read_bytes())
FIELDS = {field["variable"]: field for field in PLIST["userconfigurationconfig"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The workflow as installed in Alfred: with the icon at its root."""
    for part in ("info.plist", "icons", "scripts"):
        (tmp_path / part).symlink_to(ROOT / part)
    (tmp_path / "icon.png").symlink_to(ROOT / "icons/icon.png")
    return tmp_path


def test_static_checks(folder: Path) -> None:
    assert check_all(folder, EMITTED) == []


def test_it_is_written_as_alfred_writes_it() -> None:
    written = (ROOT / "info.plist").read_bytes()
    assert plistlib.dumps(PLIST, sort_keys=True) == written


def test_it_names_what_the_house_names() -> None:
    assert PLIST["bundleid"] == paths.BUNDLE_ID
    assert PLIST["version"] == __version__
    assert "category" not in PLIST
    assert PLIST["disabled"] is False


def test_configuration_has_a_setting_behind_it() -> None:
    ours = {name[8:]: field for name, field in FIELDS.items() if name != "keyword"}
    assert set(ours) <= set(settings.CHOICES)
    for name, field in ours.items():
        choice, config = settings.CHOICES[name], field["config"]
        default = config["defaultvalue"] if field["type"] == "slider" else config["default"]
        told = str(int(default)) if isinstance(default, (bool, int)) else default
        assert choice.read(told) == choice.default
        offered = [value for _, value in config.get("pairs", [])]
        assert all(choice.read(value) == value for value in offered)


def test_labels_are_in_both_languages() -> None:
    for field in FIELDS.values():
        texts = [field["label"], field["description"], field["config"].get("text", "")]
        texts += [label for label, _ in field["config"].get("pairs", [])]
        for text in filter(None, texts):
            if text not in ("English", "简体中文"):
                assert any("\u4e00" <= letter <= "\u9fff" for letter in text), text
                assert any(letter.isascii() and letter.isalpha() for letter in text), text


def test_every_list_and_action_has_its_way() -> None:
    workflow = WorkflowFile.load(ROOT)
    router = next(
        item
        for item in workflow.of_kind("utility.conditional")
        if item.config["elselabel"] == "act"
    )
    lists = next(c for c in router.config["conditions"] if c["outputlabel"] == "a list")
    texts = next(c for c in router.config["conditions"] if c["outputlabel"] == "a text")
    patterns = {lists["matchstring"], texts["matchstring"]}
    others = {c["matchstring"] for c in router.config["conditions"]} - patterns
    known = {*lists_of.NAMES, *view.NAMES, *action.NAMES, *others, "list"} - {""}
    assert known == set(get_args(Action))
    for name in lists_of.NAMES:
        assert holds(lists["matchmode"], name, lists["matchstring"], True)
        assert name not in others
    for name in view.NAMES:
        assert holds(texts["matchmode"], name, texts["matchstring"], True)
        assert not holds(lists["matchmode"], name, lists["matchstring"], True)
    for _footer, then, _make in view.VIEWS.values():
        assert then in action.NAMES
    for name in action.NAMES:
        assert name not in others
        if name != "refresh":
            assert not holds(lists["matchmode"], name, lists["matchstring"], True)


def test_hotkeys_are_not_set_for_the_user() -> None:
    for item in WorkflowFile.load(ROOT).of_kind("trigger.hotkey"):
        assert (item.config["hotkey"], item.config["hotmod"]) == (0, 0)


def test_the_trigger_with_variables_is_not_for_web_pages() -> None:
    """The triggers that a web page may call only show, refresh or copy a summary."""
    open_to_all = {
        item.config["triggerid"]
        for item in WorkflowFile.load(ROOT).of_kind("trigger.external")
        if item.config["availableviaurlhandler"]
    }
    assert open_to_all == {"show_list", "show_extras", "refresh", "copy_summary"}


def test_about_text_is_complete() -> None:
    readme = PLIST["readme"]
    for part in ("## Setup", "## Usage", "<kbd>↩</kbd>", "`usage`", "`usage:`", "ChatGPT"):
        assert part in readme
    for key in ("⌘", "⌥", "⌃"):
        assert f"<kbd>{key}</kbd><kbd>↩</kbd>" in readme


def test_a_dialog_covers_no_alfred_window() -> None:
    """Alfred is hidden before anything else takes the screen."""
    workflow = WorkflowFile.load(ROOT)
    for item in workflow.objects.values():
        takes_screen = item.kind in ("utility.dialog", "action.openurl")
        if takes_screen or item.config.get("scriptfile") == "scripts/alfred/add_account.py":
            before = [link.source for link in workflow.links if link.destination == item.uid]
            assert before
            for uid in before:
                assert workflow.objects[uid].kind == "utility.hidealfred"
