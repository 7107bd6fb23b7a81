"""Static checks of a workflow folder. Each returns one sentence for each problem."""

from __future__ import annotations

import json
import re
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import reference
from .keyboard import FLAGS
from .scripts import BASH, EXTERNAL, ZSH, ZSH_NO_RCS, script_problem
from .stream import variables_named_in
from .workflow_file import Link, WorkflowFile, WorkflowObject

_UID = re.compile(r"[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}")
_FILE_IN_SCRIPT = re.compile(r"(?<![\w/$}.-])(?:\./)?((?:[\w-]+/)+[\w-]+\.(?:py|sh|js|rb))\b")
_INBOUND = {"externalid": str, "usecustominputarg": bool, "custominputarg": str}
_FIELD_KEYS = {
    "textfield": {"default", "placeholder", "required", "trim"},
    "textarea": {"default", "required", "trim", "verticalsize"},
    "checkbox": {"default", "required", "text"},
    "popupbutton": {"default", "pairs"},
    "filepicker": {"default", "placeholder", "required", "filtermode"},
    "slider": {
        "defaultvalue",
        "minvalue",
        "maxvalue",
        "markercount",
        "onlystoponmarkers",
        "showmarkers",
    },
}


def check_toplevel(workflow: WorkflowFile) -> list[str]:
    """The workflow has a bundle id and the keys of every workflow, with Alfred's types."""
    known = reference.toplevel_keys()
    always = {key for key, fact in known.items() if fact["present_in"] == fact["of"]}
    found = [
        f"the top level lacks {key}"
        for key in sorted(always | {"userconfigurationconfig"})
        if key not in workflow.plist
    ]
    for key, value in workflow.plist.items():
        if key not in known:
            found.append(f"the top level has the unknown key {key}")
        elif _kind(value) not in known[key]["types"]:
            found.append(f"the top-level key {key} is a {_kind(value)}")
    if not workflow.bundleid:
        found.append("the bundle id is empty, so scripts get no data and cache folder")
    return found


def check_configuration(workflow: WorkflowFile) -> list[str]:
    """Every field of the Workflow Configuration is complete and named once."""
    fields = workflow.plist.get("userconfigurationconfig", [])
    names = Counter(field.get("variable") for field in fields)
    found = [
        f"{count} configuration fields set {name}" for name, count in names.items() if count > 1
    ]
    for field in fields:
        where = f"the configuration field {field.get('variable')!r}"
        found += [
            f"{where} lacks {key}"
            for key in ("type", "variable", "label", "description", "config")
            if key not in field
        ]
        keys = _FIELD_KEYS.get(field.get("type", ""))
        if keys is None:
            found.append(f"{where} has the unknown type {field.get('type')!r}")
            continue
        config = field.get("config", {})
        found += [f"{where} lacks {key} in its config" for key in sorted(keys - set(config))]
        found += [
            f"{where} has the unknown {key} in its config" for key in sorted(set(config) - keys)
        ]
        if field["type"] == "popupbutton":
            values = [pair[1] for pair in config.get("pairs", [])]
            if config.get("default") not in values:
                found.append(
                    f"{where} defaults to {config.get('default')!r}, which it does not offer"
                )
    both = set(names) & set(workflow.plist.get("variables", {}))
    found += [f"{name} is a configuration field and a top-level variable" for name in sorted(both)]
    return found


def check_uids(workflow: WorkflowFile) -> list[str]:
    """Every object has an upper-case UUID of its own."""
    uids = Counter(item.get("uid") for item in workflow.plist.get("objects", []))
    found = [f"{count} objects have the uid {uid}" for uid, count in uids.items() if count > 1]
    found += [
        f"the uid {uid} is no upper-case UUID" for uid in uids if not _UID.fullmatch(str(uid))
    ]
    for item in workflow.of_kind("utility.conditional"):
        outputs = Counter(condition.get("uid") for condition in item.config["conditions"])
        found += [f"{item.name} has {n} conditions {uid}" for uid, n in outputs.items() if n > 1]
    return found


def check_links(workflow: WorkflowFile) -> list[str]:
    """Every connection has both ends, four keys, known modifiers and a known output."""
    found: list[str] = []
    for source, entries in workflow.plist.get("connections", {}).items():
        if source not in workflow.objects:
            found.append(f"links leave {source}, which is no object")
        for entry in entries:
            found += _link_keys(source, entry)
    for link in workflow.links:
        found += _link_problems(workflow, link)
    for link, count in Counter(workflow.links).items():
        if count > 1:
            found.append(f"the link {_arrow(link)} is drawn {count} times")
    return found


def check_uidata(workflow: WorkflowFile) -> list[str]:
    """Every object has a position on the canvas, and there is no position without an object."""
    places = workflow.plist.get("uidata", {})
    found = [
        f"{item.name} has no xpos and ypos in uidata"
        for item in workflow.objects.values()
        if not {"xpos", "ypos"} <= set(places.get(item.uid, {}))
    ]
    strange = [uid for uid in places if uid not in workflow.objects]
    return found + [f"uidata places {uid}, which is no object" for uid in strange]


def check_types(workflow: WorkflowFile) -> list[str]:
    """Every object is of a known type and version, with that type's keys (infoplist_types.json)."""
    found: list[str] = []
    for entry in workflow.plist.get("objects", []):
        item = workflow.objects[entry["uid"]]
        found += _config_problems(item, "config" in entry)
        for key, value in item.inbound.items():
            if not isinstance(value, _INBOUND.get(key, ())):
                found.append(f"{item.name} has {key} = {value!r} in its inboundconfig")
    return found


def check_variables(workflow: WorkflowFile, emitted: Collection[str] = ()) -> list[str]:
    """Every {var:x} is configured, set in the workflow, or *emitted* by a script."""
    known = set(emitted) | set(workflow.plist.get("variables", {}))
    known |= {field["variable"] for field in workflow.plist.get("userconfigurationconfig", [])}
    for item in workflow.objects.values():
        known |= set(_variables_set_by(item))
    found = []
    for item in workflow.objects.values():
        for name in sorted(set(_variables_used_by(item)) - known):
            found.append(f"{item.name} uses {{var:{name}}}, which nothing sets")
    return found


def check_files(workflow: WorkflowFile, package: Collection[str] | None = None) -> list[str]:
    """Every script and icon exists, can be run or shown, and is in *package*, if that is given."""
    found = []
    used = {"info.plist", "icon.png"}
    for item in workflow.objects.values():
        for name in _files_of(item):
            used.add(name)
            if not (workflow.folder / name).is_file():
                found.append(f"{item.name} names {name}, which does not exist")
        found += _script_problems(workflow.folder, item)
        own_icon = f"{item.uid}.png"
        if (workflow.folder / own_icon).exists():
            used.add(own_icon)
    found += _icon_problems(workflow.folder / "icon.png")
    if package is not None:
        found += [f"the package lacks {name}" for name in sorted(used - set(package))]
    return found


def check_triggers(workflow: WorkflowFile) -> list[str]:
    """Every external trigger that is called exists, and no two have the same name."""
    ids = [item.config.get("triggerid", "") for item in workflow.of_kind("trigger.external")]
    ids += [
        item.inbound["externalid"]
        for item in workflow.objects.values()
        if "externalid" in item.inbound
    ]
    found = [f"{n} triggers are called {name!r}" for name, n in Counter(ids).items() if n > 1]
    found += ["an external trigger has no id"] if "" in ids else []
    for item in _calls(workflow):
        if item.config.get("externaltriggerid") not in ids:
            found.append(
                f"{item.name} calls {item.config.get('externaltriggerid')!r}, which is nowhere"
            )
    return found


def check_loops(workflow: WorkflowFile) -> list[str]:
    """No flow returns to the same object without waiting for the user in between."""
    edges = {uid: _next(workflow, uid) for uid in workflow.objects}
    waiting = {item.uid for item in workflow.objects.values() if _waits(item)}
    found = []
    for uid, item in workflow.objects.items():
        if uid not in waiting and _reaches(uid, edges, waiting):
            found.append(f"{item.name} leads back to itself without an input in between")
    return found


def check_reachable(workflow: WorkflowFile) -> list[str]:
    """Every object starts a flow, or is reached by a link, a call or an external id."""
    led_to = {uid for source in workflow.objects for uid in _next(workflow, source)}
    return [
        f"nothing leads to {item.name}"
        for item in workflow.objects.values()
        if item.uid not in led_to and not _starts(item)
    ]


def check_rows(answer: Mapping[str, Any], folder: Path) -> list[str]:
    """A Script Filter's answer fits the schema, its icons exist, and the mods of an invalid row state `valid`."""
    found = reference.violations("scriptfilter", answer)
    if found:
        return found
    for item in answer["items"]:
        for icon in _icons(item):
            if "type" not in icon and not (folder / icon["path"]).is_file():
                found.append(
                    f"the row {item['title']!r} shows {icon['path']}, which does not exist"
                )
        for keys, mod in item.get("mods", {}).items():
            if not item.get("valid", True) and "valid" not in mod:
                found.append(
                    f"the row {item['title']!r} is invalid and its {keys} does not say if it is"
                )
    return found


def check_all(
    folder: Path, emitted: Collection[str] = (), package: Collection[str] | None = None
) -> list[str]:
    """Run all checks of one workflow folder."""
    repeated = check_uids(WorkflowFile.load(folder))
    if repeated:
        return repeated
    workflow = WorkflowFile.load(folder)
    return [
        *check_toplevel(workflow),
        *check_configuration(workflow),
        *check_links(workflow),
        *check_uidata(workflow),
        *check_types(workflow),
        *check_variables(workflow, emitted),
        *check_files(workflow, package),
        *check_triggers(workflow),
        *check_loops(workflow),
        *check_reachable(workflow),
    ]


def _kind(value: object) -> str:
    return type(value).__name__


def _link_keys(source: str, entry: Mapping[str, Any]) -> Iterator[str]:
    wanted = {"destinationuid": str, "modifiers": int, "modifiersubtext": str, "vitoclose": bool}
    for key, kind in wanted.items():
        if type(entry.get(key)) is not kind:
            yield f"a link from {source} has {key} = {entry.get(key)!r}"
    for key in sorted(set(entry) - {*wanted, "sourceoutputuid"}):
        yield f"a link from {source} has the unknown key {key}"


def _link_problems(workflow: WorkflowFile, link: Link) -> Iterator[str]:
    if link.destination not in workflow.objects:
        yield f"the link {_arrow(link)} leads to no object"
    if link.modifiers & ~sum(FLAGS.values()):
        yield f"the link {_arrow(link)} has the unknown modifiers {link.modifiers}"
    item = workflow.objects.get(link.source)
    if item is None:
        return
    if link.output is not None and link.output not in _outputs(item):
        yield f"the link {_arrow(link)} leaves by {link.output}, which {item.name} does not have"
    if item.kind == "utility.dialog" and link.output is None:
        yield f"the link {_arrow(link)} leaves a dialog by no button"
    if item.kind == "utility.conditional" and link.output is None and item.config.get("hideelse"):
        yield f"the link {_arrow(link)} leaves by an else that is hidden"
    if link.modifiers and not item.kind.startswith(("input.", "userinterface.")):
        yield f"the link {_arrow(link)} needs modifiers, but {item.name} waits for no key"


def _arrow(link: Link) -> str:
    return f"{link.source} → {link.destination}"


def _outputs(item: WorkflowObject) -> set[str]:
    if item.kind == "utility.conditional":
        return {condition["uid"] for condition in item.config["conditions"]}
    if item.kind == "utility.dialog":
        return {f"_button{n}" for n in (1, 2, 3) if item.config.get(f"button{n}")}
    return set()


def _config_problems(item: WorkflowObject, has_config: bool) -> Iterator[str]:
    known = reference.object_types().get(f"{item.type}@{item.version}")
    if known is None:
        yield f"{item.name} is of the unknown type {item.type} version {item.version}"
        return
    if not has_config:
        if not known["without_config"]:
            yield f"{item.name} has no config"
        return
    keys = known["config"]
    for key, fact in keys.items():
        if fact["required"] and key not in item.config:
            yield f"{item.name} lacks {key}"
    for key, value in item.config.items():
        if key not in keys:
            yield f"{item.name} has the unknown key {key}"
        elif _kind(value) not in keys[key]["types"]:
            yield f"{item.name} has {key} = {value!r}, a {_kind(value)}"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _variables_used_by(item: WorkflowObject) -> Iterator[str]:
    shown = {key: value for key, value in item.config.items() if key != "script"}
    for text in _texts([shown, dict(item.inbound)]):
        yield from variables_named_in(text)


def _variables_set_by(item: WorkflowObject) -> Iterable[str]:
    if item.kind == "utility.argument":
        return list(item.config.get("variables", {}))
    if item.kind == "utility.split":
        return [f"{item.config.get('variableprefix')}{place}" for place in range(1, 20)]
    if item.kind == "utility.json":
        try:
            return list(json.loads(item.config["json"])["alfredworkflow"].get("variables", {}))
        except (ValueError, KeyError):
            return []
    return []


def _files_of(item: WorkflowObject) -> Iterator[str]:
    if item.kind == "input.listfilter":
        rows = json.loads(item.config.get("items") or "[]")
        yield from (row["imagefile"] for row in rows if row.get("imagefile"))
    if item.kind == "userinterface.text" and item.config.get("inputtype") == 1:
        yield item.config.get("inputfile", "")
    if item.config.get("type") == EXTERNAL and "scriptfile" in item.config:
        yield item.config["scriptfile"]
    elif "script" in item.config:
        yield from _FILE_IN_SCRIPT.findall(item.config["script"])


def _script_problems(folder: Path, item: WorkflowObject) -> Iterator[str]:
    if item.kind == "userinterface.text" and item.config.get("inputtype") == 1:
        problem = script_problem(folder / item.config.get("inputfile", ""))
        if problem:
            yield f"{item.name}: {item.config.get('inputfile')!r} {problem}"
    if item.kind not in ("input.scriptfilter", "action.script"):
        return
    language, file = item.config.get("type"), item.config.get("scriptfile", "")
    if language not in (BASH, ZSH, EXTERNAL, ZSH_NO_RCS):
        yield f"{item.name} uses language {language}; only 0, 5, 8 and 11 are sure"
    if language == EXTERNAL:
        problem = script_problem(folder / file)
        if problem:
            yield f"{item.name}: {file!r} {problem}"
    elif file:
        yield f"{item.name} names {file} but is no External Script, so its text runs instead"


def _icon_problems(icon: Path) -> Iterator[str]:
    if not icon.is_file():
        yield "icon.png does not exist"
        return
    head = icon.read_bytes()[:24]
    if len(head) < 24 or not head.startswith(b"\x89PNG"):
        yield "icon.png is no PNG"
        return
    width, height = struct.unpack(">II", head[16:24])
    if min(width, height) < 256 or width != height:
        yield f"icon.png is {width}×{height}; it must be square and at least 256×256"


def _icons(item: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    for part in (item, *item.get("mods", {}).values()):
        if "icon" in part:
            yield part["icon"]


def _calls(workflow: WorkflowFile) -> list[WorkflowObject]:
    ours = ("self", "", workflow.bundleid)
    calls = workflow.of_kind("output.callexternaltrigger")
    return [item for item in calls if item.config.get("workflowbundleid") in ours]


def _next(workflow: WorkflowFile, uid: str) -> set[str]:
    found = {link.destination for link in workflow.links if link.source == uid}
    if workflow.objects[uid] in _calls(workflow):
        called = workflow.called_externally(workflow.objects[uid].config["externaltriggerid"])
        found |= {called.uid} if called else set()
    return found & set(workflow.objects)


def _waits(item: WorkflowObject) -> bool:
    return item.kind.startswith(("input.", "userinterface.")) or item.kind == "utility.dialog"


def _starts(item: WorkflowObject) -> bool:
    if item.kind.startswith("trigger."):
        return True
    return bool(item.kind.startswith("input.") and item.config.get("keyword")) or (
        "externalid" in item.inbound
    )


def _reaches(start: str, edges: Mapping[str, set[str]], waiting: set[str]) -> bool:
    seen: set[str] = set()
    ahead = list(edges[start] - waiting)
    while ahead:
        uid = ahead.pop()
        if uid == start:
            return True
        if uid not in seen:
            seen.add(uid)
            ahead += edges[uid] - waiting
    return False
