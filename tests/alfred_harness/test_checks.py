"""Every static check finds its problem, and nothing in a correct workflow."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from . import checks
from .builder import CONFIGS, Builder
from .fixtures import builder
from .workflow_file import WorkflowFile

__all__ = ["builder"]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR"


@pytest.fixture
def sound(builder: Builder) -> Builder:
    """A small workflow without a fault."""
    builder.setting("textfield", "kw", default="u", placeholder="", required=True, trim=True)
    name = builder.script("scripts/list.sh", "#!/bin/sh\n")
    source = builder.add(
        "input.scriptfilter", keyword="{var:kw}", type=8, scriptfile=name, title="{var:action}"
    )
    choice = builder.conditional({"uid": "A", "inputstring": "{var:action}"})
    dialog = builder.add("utility.dialog", title="{var:set}?")
    setter = builder.add("utility.argument", variables={"set": "1"})
    trigger = builder.add("trigger.external", triggerid="list")
    call = builder.add("output.callexternaltrigger", externaltriggerid="list")
    builder.link(source, choice)
    builder.link(source, setter, "cmd+alt")
    builder.link(choice, setter, output="A")
    builder.link(choice, call)
    builder.chain(setter, dialog)
    builder.link(dialog, call, output="_button1")
    builder.link(trigger, source)
    icon(builder.folder / "icon.png", 256)
    return builder


def icon(file: Path, size: int) -> None:
    """Write as much of a PNG as says its size."""
    file.write_bytes(PNG + struct.pack(">II", size, size))


def load(builder: Builder) -> WorkflowFile:
    """Save and read back."""
    return WorkflowFile.load(builder.save())


def only(found: list[str], words: str) -> None:
    """Exactly one sentence was found, and it says this."""
    assert len(found) == 1, found
    assert words in found[0]


def test_a_sound_workflow_passes(sound: Builder) -> None:
    assert checks.check_all(sound.save(), emitted={"action"}) == []


def test_every_config_the_builder_makes_is_alfreds(builder: Builder) -> None:
    for kind in CONFIGS:
        builder.add(kind)
    assert checks.check_types(load(builder)) == []


def test_check_all_says_everything(sound: Builder) -> None:
    sound.plist["bundleid"] = ""
    found = checks.check_all(sound.save())
    assert any("bundle id" in sentence for sentence in found)
    assert any("{var:action}" in sentence for sentence in found)
    sound.objects.append(sound.objects[0])
    only(checks.check_all(sound.save()), "2 objects have the uid")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bundleid": ""}, "bundle id is empty"),
        ({"disabled": "no"}, "disabled is a str"),
        ({"colour": "red"}, "unknown key colour"),
    ],
)
def test_toplevel(sound: Builder, change: dict[str, Any], words: str) -> None:
    sound.plist.update(change)
    only(checks.check_toplevel(load(sound)), words)


def test_toplevel_lacking_a_key(sound: Builder) -> None:
    workflow = load(sound)
    plist = {key: value for key, value in workflow.plist.items() if key != "readme"}
    only(checks.check_toplevel(WorkflowFile(workflow.folder, plist, {}, ())), "lacks readme")


@pytest.mark.parametrize(
    ("kind", "config", "words"),
    [
        ("secretfield", {}, "unknown type 'secretfield'"),
        ("checkbox", {"default": True, "required": False}, "lacks text"),
        ("checkbox", {"default": True, "required": False, "text": "", "x": 1}, "unknown x"),
        ("popupbutton", {"default": "fr", "pairs": [["E", "en"]]}, "does not offer"),
    ],
)
def test_configuration(sound: Builder, kind: str, config: dict[str, Any], words: str) -> None:
    sound.setting(kind, "field", **config)
    only(checks.check_configuration(load(sound)), words)


def test_configuration_names_are_unique(sound: Builder) -> None:
    sound.fields.append(sound.fields[0])
    only(checks.check_configuration(load(sound)), "2 configuration fields set kw")
    sound.fields.pop()
    sound.variables["kw"] = "u"
    only(checks.check_configuration(load(sound)), "kw is a configuration field and a top-level")


def test_uids(sound: Builder) -> None:
    sound.objects[0]["uid"] = sound.objects[0]["uid"].lower()
    only(checks.check_uids(load(sound)), "no upper-case UUID")


def test_uids_of_conditions(builder: Builder) -> None:
    builder.conditional({"uid": "A"}, {"uid": "A"})
    only(checks.check_uids(load(builder)), "2 conditions A")


class TestLinks:
    def test_ends(self, sound: Builder) -> None:
        there, gone = sound.objects[0]["uid"], "00000000-0000-0000-0000-000000000000"
        sound.link(there, gone)
        only(checks.check_links(load(sound)), "leads to no object")
        sound.connections[there].pop()
        sound.link(gone, there)
        only(checks.check_links(load(sound)), "which is no object")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"modifiers": 16}, "unknown modifiers 16"),
            ({"vitoclose": 0}, "vitoclose = 0"),
            ({"modifiersubtext": None}, "modifiersubtext = None"),
            ({"vitoClose": True}, "unknown key vitoClose"),
            ({"sourceoutputuid": "B"}, "leaves by B"),
        ],
    )
    def test_keys(self, sound: Builder, change: dict[str, Any], words: str) -> None:
        entry = sound.connections[sound.objects[0]["uid"]][0]
        entry.update(change)
        for key in [key for key, value in entry.items() if value is None]:
            del entry[key]
        only(checks.check_links(load(sound)), words)

    def test_buttons_and_hidden_elses(self, builder: Builder) -> None:
        end = builder.add("utility.junction")
        dialog = builder.add("utility.dialog")
        builder.link(dialog, end)
        only(checks.check_links(load(builder)), "leaves a dialog by no button")
        builder.connections[dialog] = []
        builder.link(dialog, end, output="_button3")
        only(checks.check_links(load(builder)), "leaves by _button3")
        builder.connections[dialog] = []
        builder.link(builder.conditional(hideelse=True), end)
        only(checks.check_links(load(builder)), "else that is hidden")

    def test_modifiers_where_no_key_is_awaited(self, builder: Builder) -> None:
        builder.link(builder.add("utility.junction"), builder.add("utility.junction"), "cmd")
        only(checks.check_links(load(builder)), "waits for no key")

    def test_drawn_twice(self, sound: Builder) -> None:
        there = sound.objects[0]["uid"]
        sound.connections[there].append(sound.connections[there][0])
        only(checks.check_links(load(sound)), "is drawn 2 times")


def test_uidata(sound: Builder) -> None:
    places = {item["uid"]: {"xpos": 1, "ypos": 1} for item in sound.objects}
    uid = sound.objects[0]["uid"]
    sound.plist["uidata"] = {**places, uid: {"xpos": 1}}
    only(checks.check_uidata(load(sound)), "no xpos and ypos")
    sound.plist["uidata"] = {**places, "gone": {"xpos": 1, "ypos": 1}}
    only(checks.check_uidata(load(sound)), "places gone")


class TestTypes:
    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ({"script": 1}, "script = 1, a int"),
            ({"escaping": True}, "escaping = True, a bool"),
            ({"colour": "red"}, "unknown key colour"),
        ],
    )
    def test_keys(self, builder: Builder, config: dict[str, Any], words: str) -> None:
        builder.add("action.script", **config)
        only(checks.check_types(load(builder)), words)

    def test_a_missing_key(self, builder: Builder) -> None:
        builder.add("action.script")
        del builder.objects[0]["config"]["concurrently"]
        only(checks.check_types(load(builder)), "lacks concurrently")

    def test_unknown_types_and_versions(self, builder: Builder) -> None:
        builder.add("input.telepathy")
        only(checks.check_types(load(builder)), "unknown type")
        builder.objects.clear()
        builder.add("action.script")
        builder.objects[0]["version"] = 9
        only(checks.check_types(load(builder)), "version 9")

    def test_a_missing_config(self, builder: Builder) -> None:
        for kind in ("utility.junction", "output.clipboard"):
            builder.add(kind)
            del builder.objects[-1]["config"]
        only(checks.check_types(load(builder)), "has no config")

    def test_inbound(self, builder: Builder) -> None:
        builder.add("utility.junction", inbound={"usecustominputarg": "yes"})
        only(checks.check_types(load(builder)), "usecustominputarg = 'yes'")
        builder.objects[0]["inboundconfig"] = {"inputmode": 1}
        only(checks.check_types(load(builder)), "inputmode = 1")


def test_variables(sound: Builder) -> None:
    found = checks.check_variables(load(sound))
    assert len(found) == 2
    assert all("{var:action}, which nothing sets" in sentence for sentence in found)


def test_variables_of_splits_and_json(builder: Builder) -> None:
    body = json.dumps({"alfredworkflow": {"variables": {"j": "1"}}})
    builder.add("utility.json", json=body)
    builder.add("utility.split")
    builder.add("output.clipboard", clipboardtext="{var:j}{var:split2}")
    assert checks.check_variables(load(builder)) == []


class TestFiles:
    def test_missing_script(self, sound: Builder) -> None:
        (sound.folder / "scripts/list.sh").unlink()
        found = checks.check_files(load(sound))
        assert len(found) == 2
        assert all("does not exist" in sentence for sentence in found)

    @pytest.mark.parametrize(
        ("text", "executable", "words"),
        [("#!/bin/sh\n", False, "not executable"), ("echo\n", True, "no shebang")],
    )
    def test_broken_script(self, sound: Builder, text: str, executable: bool, words: str) -> None:
        sound.script("scripts/list.sh", text, executable)
        only(checks.check_files(load(sound)), words)

    def test_a_file_an_inline_script_names(self, sound: Builder) -> None:
        text = "/usr/bin/python3 ./scripts/gone.py; . /etc/x/y.sh; $HOME/a/b.sh"
        sound.add("action.script", script=text)
        only(checks.check_files(load(sound)), "names scripts/gone.py")

    def test_a_script_file_that_is_ignored(self, sound: Builder) -> None:
        sound.objects[0]["config"]["type"] = 0
        only(checks.check_files(load(sound)), "its text runs instead")

    def test_an_unsure_language(self, sound: Builder) -> None:
        sound.add("action.script", type=9)
        only(checks.check_files(load(sound)), "language 9")

    def test_icons(self, sound: Builder) -> None:
        icon(sound.folder / "icon.png", 128)
        only(checks.check_files(load(sound)), "128×128")
        (sound.folder / "icon.png").write_bytes(b"GIF89a")
        only(checks.check_files(load(sound)), "no PNG")
        (sound.folder / "icon.png").unlink()
        only(checks.check_files(load(sound)), "icon.png does not exist")

    def test_list_images_and_view_scripts(self, sound: Builder) -> None:
        sound.add("input.listfilter", items=json.dumps([{"title": "a", "imagefile": "a.png"}]))
        only(checks.check_files(load(sound)), "names a.png")
        sound.objects.pop()
        sound.add("userinterface.text", inputtype=1, inputfile=sound.script("v.sh", "echo\n"))
        only(checks.check_files(load(sound)), "no shebang")

    def test_the_package(self, sound: Builder) -> None:
        package = {"info.plist", "icon.png", "scripts/list.sh"}
        assert checks.check_files(load(sound), package) == []
        only(
            checks.check_files(load(sound), package - {"scripts/list.sh"}), "package lacks scripts"
        )


def test_triggers(sound: Builder) -> None:
    sound.add("output.callexternaltrigger", externaltriggerid="gone")
    only(checks.check_triggers(load(sound)), "calls 'gone', which is nowhere")
    sound.objects[-1]["config"]["workflowbundleid"] = "other"
    assert checks.check_triggers(load(sound)) == []
    sound.add("utility.junction", inbound={"externalid": "list"})
    only(checks.check_triggers(load(sound)), "2 triggers are called 'list'")
    sound.objects.pop()
    sound.add("trigger.external")
    only(checks.check_triggers(load(sound)), "has no id")


class TestLoops:
    def test_through_links(self, builder: Builder) -> None:
        one, two = builder.add("utility.junction"), builder.add("utility.junction")
        builder.chain(one, two, one)
        found = checks.check_loops(load(builder))
        assert len(found) == 2
        assert "without an input" in found[0]

    def test_through_a_trigger(self, builder: Builder) -> None:
        trigger = builder.add("trigger.external", triggerid="t")
        builder.chain(trigger, builder.add("output.callexternaltrigger", externaltriggerid="t"))
        assert len(checks.check_loops(load(builder))) == 2

    @pytest.mark.parametrize("kind", ["input.keyword", "utility.dialog", "userinterface.text"])
    def test_not_when_the_user_is_asked(self, builder: Builder, kind: str) -> None:
        one, two = builder.add("utility.junction"), builder.add(kind)
        builder.chain(one, two, one)
        assert checks.check_loops(load(builder)) == []


def test_reachable(sound: Builder) -> None:
    sound.add("output.clipboard")
    only(checks.check_reachable(load(sound)), "nothing leads to output.clipboard")
    sound.objects[-1]["inboundconfig"] = {"externalid": "copy"}
    assert checks.check_reachable(load(sound)) == []


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"title": "a", "valid": "no"}, "is not of type 'boolean'"),
        ({"title": "a", "icon": {"path": "gone.png"}}, "shows gone.png"),
        ({"title": "a", "mods": {"cmd": {"icon": {"path": "gone.png"}}}}, "shows gone.png"),
        ({"title": "a", "valid": False, "mods": {"cmd": {"arg": "x"}}}, "its cmd does not say"),
    ],
)
def test_rows(tmp_path: Path, item: dict[str, Any], words: str) -> None:
    only(checks.check_rows({"items": [item]}, tmp_path), words)


def test_sound_rows(tmp_path: Path) -> None:
    icon(tmp_path / "i.png", 256)
    items = [
        {"title": "a", "icon": {"path": "i.png"}, "mods": {"cmd": {"arg": "x"}}},
        {"title": "b", "icon": {"path": "public.text", "type": "filetype"}},
        {"title": "c", "valid": False, "mods": {"cmd": {"valid": True, "arg": "x"}}},
    ]
    assert checks.check_rows({"items": items}, tmp_path) == []
