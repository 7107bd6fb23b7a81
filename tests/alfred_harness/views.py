"""The views that can be on the screen: a list, a text view, a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from .failures import BadScript, UnsupportedObject
from .inputs import Input, ScriptFilter, Stage
from .log import Log, TextViewShown
from .rows import Row
from .scripts import read_output
from .stream import Stream, as_text
from .workflow_file import WorkflowObject


@dataclass
class ListView:
    """The search field, and the rows of every input object that reacts to it."""

    field: str
    inputs: list[Input]
    in_flow: bool = False
    selected: int = 0

    @property
    def object(self) -> WorkflowObject | None:
        """The input object; the first one if there are several."""
        return self.inputs[0].object if self.inputs else None

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, top to bottom."""
        return tuple(row for source in self.inputs for row in source.rows)

    @property
    def row(self) -> Row | None:
        """The selected row."""
        return self.rows[self.selected] if self.selected < len(self.rows) else None

    def source_of(self, row: Row) -> Input:
        """Return the input object that made *row*."""
        return next(source for source in self.inputs if source.object.uid == row.source)

    def rerun(self) -> bool:
        """Rerun the inputs that asked for it, and keep the selection. Returns False if none did."""
        asking = [source for source in self.inputs if source.rerun is not None]
        before = self.row
        for source in asking:
            source.again()
        self.selected = self._place_of(before)
        return bool(asking)

    def _place_of(self, row: Row | None) -> int:
        if row and row.uid:
            for place, other in enumerate(self.rows):
                if (other.uid, other.source) == (row.uid, row.source):
                    return place
        return max(0, min(self.selected, len(self.rows) - 1))

    @property
    def pauses(self) -> list[float]:
        """The rerun intervals that were asked for."""
        return [source.rerun for source in self.inputs if source.rerun is not None]

    @property
    def may_be_reordered(self) -> bool:
        """True if Alfred may sort the rows by what it has learned (a uid without skipknowledge)."""
        return any(
            isinstance(source, ScriptFilter)
            and not source.skipknowledge
            and any(row.uid for row in source.rows)
            for source in self.inputs
        )


@dataclass
class TextView:
    """A text view."""

    stage: Stage
    object: WorkflowObject
    entry: Stream
    below: ListView | None = None
    text: str = ""
    footer: str = ""
    pause: float | None = None
    action_output: bool = False
    session: Mapping[str, str] = field(default_factory=dict)

    rows: tuple[Row, ...] = ()

    @property
    def editable(self) -> bool:
        """True if the text can be edited."""
        return bool(self.object.config["behaviour"] == 1)

    @property
    def stream(self) -> Stream:
        """The stream that leaves the view."""
        return self.entry.with_variables(self.session).with_query(self.text)

    def load(self, log: Log) -> None:
        """Load the text, for the first time or again."""
        if self.object.config["behaviour"] not in (0, 1):
            raise UnsupportedObject(f"{self.object.name}: chat behaviour is not interpreted")
        kind = self.object.config["inputtype"]
        scope = self.stage.scope
        if kind == 1:
            self._run()
        elif kind == 2:
            name = scope.expand(self.object.config["inputfile"], self.entry)
            file = self.stage.runner.folder / (name or as_text(self.entry.query))
            if not file.is_file():
                raise BadScript(f"{self.object.name}: there is no file {file.name}")
            self.text = file.read_text(encoding="utf-8")
        else:
            self.text = as_text(self.entry.query)
        self.footer = self.footer or scope.expand(self.object.config["footertext"], self.entry)
        log.append(TextViewShown(self.object.uid, self.text, self.footer))

    @property
    def pauses(self) -> list[float]:
        """The rerun interval that was asked for."""
        return [] if self.pause is None else [self.pause]

    def _run(self) -> None:
        stream = self.entry.with_variables(self.session)
        run = self.stage.runner.run_file(
            self.object,
            self.object.config["inputfile"],
            self.entry.query,
            self.stage.scope.variables(stream),
        )
        self._take(read_output(self.object, run, "textview"))

    def _take(self, answer: Mapping[str, Any]) -> None:
        if "response" in answer:
            way = answer.get("behaviour", {}).get("response", "replace")
            self.text = _combined(self.text, answer["response"], way)
        self.footer = answer.get("footer", "")
        self.pause = answer.get("rerun")
        self.session = {**self.session, **answer.get("variables", {})}
        self.action_output = answer.get("actionoutput", False)


@dataclass
class DialogView:
    """A native dialog that waits for a button."""

    object: WorkflowObject
    stream: Stream
    title: str
    description: str
    buttons: tuple[str, ...]

    rows: tuple[Row, ...] = ()


View = Union[ListView, TextView, DialogView]


def _combined(before: str, response: str, way: str) -> str:
    if way == "append":
        return before + response
    if way == "prepend":
        return response + before
    return response
