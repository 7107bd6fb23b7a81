"""Everything that happened, in order, as small records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .stream import Query


@dataclass(frozen=True)
class Event:
    """Anything that happened."""


@dataclass(frozen=True)
class ScriptRun(Event):
    """A script ran; `object` is the uid of the object it belongs to."""

    object: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    stdout: str
    stderr: str
    rc: int
    seconds: float


@dataclass(frozen=True)
class LinkFollowed(Event):
    """A connection was followed."""

    source: str
    destination: str
    modifiers: int
    vitoclose: bool
    output: str | None


@dataclass(frozen=True)
class InputShown(Event):
    """An input object took the search field, with *field* already in it."""

    object: str
    field: str


@dataclass(frozen=True)
class ClipboardSet(Event):
    """Text went to the clipboard, by a Clipboard object or by ⌘C on a row."""

    text: str
    transient: bool = False
    autopaste: bool = False


@dataclass(frozen=True)
class NotificationShown(Event):
    """A notification was posted."""

    title: str
    text: str


@dataclass(frozen=True)
class UrlOpened(Event):
    """An Open URL object opened an address."""

    url: str
    browser: str = ""


@dataclass(frozen=True)
class FileOpened(Event):
    """A file was opened, revealed or browsed; `action` is the object's type."""

    action: str
    path: str


@dataclass(frozen=True)
class LargeTypeShown(Event):
    """Text was shown across the screen, by an object or by ⌘L on a row."""

    text: str


@dataclass(frozen=True)
class QuickLookShown(Event):
    """A row was previewed with ⌘Y or ⇧."""

    url: str


@dataclass(frozen=True)
class TextViewShown(Event):
    """A text view showed *text*, for the first time or after a rerun."""

    object: str
    text: str
    footer: str


@dataclass(frozen=True)
class DialogShown(Event):
    """A native dialog opened."""

    object: str
    title: str
    description: str
    buttons: tuple[str, ...]


@dataclass(frozen=True)
class DialogAnswered(Event):
    """A button of a dialog was pressed."""

    object: str
    button: str


@dataclass(frozen=True)
class AlfredHidden(Event):
    """A Hide Alfred object closed the window."""


@dataclass(frozen=True)
class AlfredShown(Event):
    """A Show Alfred object opened the window with *text* in the field."""

    text: str


@dataclass(frozen=True)
class TriggerCalled(Event):
    """A Call External Trigger object called *trigger* of workflow *bundleid*."""

    bundleid: str
    trigger: str
    argument: Query
    variables: Mapping[str, str]


@dataclass(frozen=True)
class SoundPlayed(Event):
    """A system sound was played."""

    name: str


@dataclass(frozen=True)
class Delayed(Event):
    """A Delay object was reached; the harness does not wait."""

    seconds: str


@dataclass(frozen=True)
class Debugged(Event):
    """A Debug object wrote to the debugger."""

    text: str


AnyEvent = TypeVar("AnyEvent", bound=Event)


class Log(list[Event]):
    """The events in order, which can be picked by kind."""

    def of(self, kind: type[AnyEvent]) -> list[AnyEvent]:
        """Return all events of one kind, in order."""
        return [event for event in self if isinstance(event, kind)]

    def last(self, kind: type[AnyEvent]) -> AnyEvent:
        """Return the latest event of one kind."""
        found = self.of(kind)
        if not found:
            raise AssertionError(f"no {kind.__name__} happened; the log has {self.summary()}")
        return found[-1]

    def summary(self) -> str:
        """List the names of the events, for a failure's message."""
        return ", ".join(type(event).__name__ for event in self) or "nothing"

    @property
    def scripts(self) -> list[ScriptRun]:
        """Every script run."""
        return self.of(ScriptRun)

    @property
    def links(self) -> list[LinkFollowed]:
        """Every connection followed."""
        return self.of(LinkFollowed)

    @property
    def notifications(self) -> list[NotificationShown]:
        """Every notification."""
        return self.of(NotificationShown)

    @property
    def urls(self) -> list[str]:
        """Every address an Open URL object opened."""
        return [event.url for event in self.of(UrlOpened)]
