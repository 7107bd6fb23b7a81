"""Builds small workflows for tests, with every key that Alfred writes."""

from __future__ import annotations

import plistlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .keyboard import flags_of, modifiers_of

_SCRIPT = {
    "escaping": 102,
    "script": "",
    "scriptargtype": 1,
    "scriptfile": "",
    "type": 0,
}

CONFIGS: dict[str, tuple[int, dict[str, Any]]] = {
    "action.openurl": (1, {"browser": "", "spaces": "", "url": ""}),
    "action.revealfile": (1, {"path": ""}),
    "action.script": (2, {**_SCRIPT, "concurrently": False}),
    "input.keyword": (1, {"argumenttype": 0, "subtext": "", "text": "", "withspace": True}),
    "input.listfilter": (
        1,
        {
            "argumenttype": 1,
            "fixedorder": True,
            "items": "[]",
            "runningsubtext": "",
            "subtext": "",
            "title": "",
            "withspace": True,
        },
    ),
    "input.scriptfilter": (
        3,
        {
            **_SCRIPT,
            "alfredfiltersresults": False,
            "alfredfiltersresultsmatchmode": 0,
            "argumenttreatemptyqueryasnil": True,
            "argumenttrimmode": 0,
            "argumenttype": 1,
            "queuedelaycustom": 3,
            "queuedelayimmediatelyinitially": True,
            "queuedelaymode": 0,
            "queuemode": 1,
            "runningsubtext": "",
            "subtext": "",
            "title": "",
            "withspace": True,
        },
    ),
    "output.callexternaltrigger": (
        1,
        {
            "externaltriggerid": "",
            "passinputasargument": True,
            "passvariables": True,
            "workflowbundleid": "self",
        },
    ),
    "output.clipboard": (
        3,
        {
            "autopaste": False,
            "clipboardtext": "{query}",
            "ignoredynamicplaceholders": False,
            "transient": False,
        },
    ),
    "output.largetype": (2, {"largetypetext": "{query}"}),
    "output.notification": (
        1,
        {
            "lastpathcomponent": False,
            "onlyshowifquerypopulated": False,
            "removeextension": False,
            "text": "{query}",
            "title": "",
        },
    ),
    "output.playsound": (1, {"soundname": "Glass", "systemsound": True}),
    "output.writefile": (
        1,
        {
            "adduuid": False,
            "allowemptyfiles": False,
            "createintermediatefolders": True,
            "filename": "",
            "filetext": "",
            "ignoredynamicplaceholders": False,
            "relativepathmode": 0,
            "type": 1,
        },
    ),
    "trigger.external": (1, {"triggerid": ""}),
    "trigger.fallback": (1, {"text": ""}),
    "trigger.hotkey": (
        2,
        {
            "action": 0,
            "argument": 0,
            "hotkey": 0,
            "hotmod": 0,
            "leftcursor": False,
            "modsmode": 0,
            "relatedAppsMode": 0,
        },
    ),
    "trigger.universalaction": (
        1,
        {
            "acceptsfiles": False,
            "acceptsmulti": 0,
            "acceptstext": True,
            "acceptsurls": False,
            "name": "",
        },
    ),
    "userinterface.text": (
        1,
        {
            "behaviour": 0,
            "fontmode": 0,
            "footertext": "",
            "inputfile": "",
            "inputtype": 0,
            "loadingtext": "",
            "outputmode": 0,
            "scriptinput": 0,
            "stackview": False,
        },
    ),
    "utility.argument": (
        1,
        {"argument": "{query}", "passthroughargument": False, "variables": {}},
    ),
    "utility.conditional": (1, {"conditions": [], "elselabel": "else", "hideelse": False}),
    "utility.debug": (
        1,
        {"argument": "{query}", "cleardebuggertext": False, "processoutputs": True},
    ),
    "utility.delay": (1, {"seconds": "1"}),
    "utility.dialog": (
        1,
        {"button1": "OK", "button2": "Cancel", "button3": "", "description": "", "title": ""},
    ),
    "utility.filter": (
        1,
        {"inputstring": "{query}", "matchcasesensitive": True, "matchmode": 0, "matchstring": ""},
    ),
    "utility.hidealfred": (1, {"unstackview": False}),
    "utility.json": (1, {"json": "{}"}),
    "utility.junction": (1, {}),
    "utility.replace": (2, {"matchmode": 0, "matchstring": "", "replacestring": ""}),
    "utility.showalfred": (1, {"argument": "", "leftcursor": False}),
    "utility.split": (
        1,
        {
            "delimiter": ",",
            "discardemptyarguments": False,
            "outputas": 0,
            "trimarguments": True,
            "variableprefix": "split",
        },
    ),
    "utility.transform": (1, {"type": 0}),
}
"""A complete config per object kind, harmless everywhere."""


@dataclass
class Builder:
    """Collects objects and links, then writes `info.plist` into *folder*."""

    folder: Path
    plist: dict[str, Any] = field(default_factory=dict)
    objects: list[dict[str, Any]] = field(default_factory=list)
    connections: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    fields: list[dict[str, Any]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, inbound: Mapping[str, Any] | None = None, **config: Any) -> str:
        """Add an object of *kind* with *config* over the defaults, and return its uid."""
        version, complete = CONFIGS.get(kind, (1, {}))
        item: dict[str, Any] = {
            "uid": str(uuid.uuid4()).upper(),
            "type": f"alfred.workflow.{kind}",
            "version": version,
            "config": {**complete, **config},
        }
        if inbound is not None:
            item["inboundconfig"] = dict(inbound)
        self.objects.append(item)
        return str(item["uid"])

    def link(
        self,
        source: str,
        destination: str,
        modifiers: str = "",
        output: str | None = None,
        vitoclose: bool = False,
        subtext: str = "",
    ) -> None:
        """Connect two objects; *modifiers* such as `cmd+alt` have to be held for it."""
        entry: dict[str, Any] = {
            "destinationuid": destination,
            "modifiers": flags_of(modifiers_of(modifiers)),
            "modifiersubtext": subtext,
            "vitoclose": vitoclose,
        }
        if output is not None:
            entry["sourceoutputuid"] = output
        self.connections.setdefault(source, []).append(entry)

    def chain(self, *uids: str) -> None:
        """Connect objects one after the other."""
        for source, destination in zip(uids, uids[1:]):
            self.link(source, destination)

    def conditional(self, *conditions: Mapping[str, Any], **config: Any) -> str:
        """Add a Conditional. A condition needs its `uid` and the keys that differ from an `is`."""
        complete = {
            "inputstring": "",
            "matchcasesensitive": True,
            "matchmode": 0,
            "matchstring": "",
            "outputlabel": "",
        }
        entries = [{**complete, **condition} for condition in conditions]
        return self.add("utility.conditional", conditions=entries, **config)

    def setting(self, kind: str, variable: str, **config: Any) -> None:
        """Add a field of the Workflow Configuration."""
        entry = {"type": kind, "variable": variable, "label": "", "description": ""}
        self.fields.append({**entry, "config": config})

    def script(self, name: str, text: str, executable: bool = True) -> str:
        """Write a script file and return its name, to be used as `scriptfile`."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755 if executable else 0o644)
        return name

    def save(self) -> Path:
        """Write the file and return its folder."""
        plist = {
            "bundleid": "test.tankful",
            "connections": self.connections,
            "createdby": "",
            "description": "",
            "disabled": False,
            "name": "Test",
            "objects": self.objects,
            "readme": "",
            "uidata": {item["uid"]: {"xpos": 0, "ypos": 0} for item in self.objects},
            "userconfigurationconfig": self.fields,
            "variables": self.variables,
            "version": "1.0",
            "webaddress": "",
            **self.plist,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "info.plist").write_bytes(plistlib.dumps(plist, sort_keys=True))
        return self.folder
