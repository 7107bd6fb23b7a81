"""An info.plist as objects and links."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .failures import Failure


@dataclass(frozen=True)
class WorkflowObject:
    """One object of the canvas."""

    uid: str
    type: str
    version: int
    config: Mapping[str, Any] = field(default_factory=dict)
    inbound: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The type without Alfred's prefix: `input.scriptfilter`."""
        return self.type.replace("alfred.workflow.", "", 1)

    @property
    def name(self) -> str:
        """Its name in the message of a failure, enough to find the object."""
        hint = next(
            (str(self.config[key]) for key in ("scriptfile", "keyword", "triggerid", "title", "text")
             if self.config.get(key)),
            "",
        )  # fmt: skip
        return f"{self.kind} {self.uid}" + (f" ({hint})" if hint else "")

    def overridden(self, config: Mapping[str, Any]) -> WorkflowObject:
        """Return the object with parts of its config replaced, for one run."""
        return replace(self, config={**self.config, **config}) if config else self


@dataclass(frozen=True)
class Link:
    """One connection."""

    source: str
    destination: str
    modifiers: int
    subtext: str
    vitoclose: bool
    output: str | None


@dataclass(frozen=True)
class WorkflowFile:
    """A workflow folder's info.plist."""

    folder: Path
    plist: Mapping[str, Any]
    objects: Mapping[str, WorkflowObject]
    links: tuple[Link, ...]

    @classmethod
    def load(cls, folder: Path) -> WorkflowFile:
        """Read `info.plist` of *folder*."""
        with open(folder / "info.plist", "rb") as file:
            plist = plistlib.load(file)
        objects = {entry["uid"]: _object(entry) for entry in plist.get("objects", [])}
        links = tuple(
            _link(source, entry)
            for source, entries in plist.get("connections", {}).items()
            for entry in entries
        )
        return cls(folder=folder, plist=plist, objects=objects, links=links)

    @property
    def bundleid(self) -> str:
        """The bundle id of the workflow."""
        return str(self.plist.get("bundleid", ""))

    def of_kind(self, *kinds: str) -> list[WorkflowObject]:
        """Return the objects of some kinds (`trigger.hotkey`), in the file's order."""
        return [item for item in self.objects.values() if item.kind in kinds]

    def object(self, uid: str) -> WorkflowObject:
        """Return the object with this uid."""
        try:
            return self.objects[uid]
        except KeyError:
            raise Failure(f"a link leads to {uid}, which is no object") from None

    def links_from(self, uid: str, modifiers: int = 0, output: str | None = None) -> list[Link]:
        """Return the links that leave *uid* by one output with exactly these modifiers."""
        return [
            link
            for link in self.links
            if (link.source, link.modifiers, link.output) == (uid, modifiers, output)
        ]

    def called_externally(self, identifier: str) -> WorkflowObject | None:
        """Return the external trigger, or the object with this external id, or None."""
        for item in self.objects.values():
            if item.kind == "trigger.external" and item.config.get("triggerid") == identifier:
                return item
        for item in self.objects.values():
            if identifier and item.inbound.get("externalid") == identifier:
                return item
        return None


def _object(entry: Mapping[str, Any]) -> WorkflowObject:
    return WorkflowObject(
        uid=entry["uid"],
        type=entry.get("type", ""),
        version=entry.get("version", 0),
        config=entry.get("config", {}),
        inbound=entry.get("inboundconfig", {}),
    )


def _link(source: str, entry: Mapping[str, Any]) -> Link:
    return Link(
        source=source,
        destination=entry.get("destinationuid", ""),
        modifiers=entry.get("modifiers", 0),
        subtext=entry.get("modifiersubtext", ""),
        vitoclose=entry.get("vitoclose", False),
        output=entry.get("sourceoutputuid"),
    )
