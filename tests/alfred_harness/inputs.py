"""Input objects on the screen: Script Filter, List Filter and Keyword."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from . import rows
from .matching import matches
from .rows import Row
from .scripts import Runner, read_output
from .stream import Scope, Stream
from .workflow_file import WorkflowObject

REQUIRED, OPTIONAL, NONE = range(3)


@dataclass(frozen=True)
class Stage:
    """What all input objects share: placeholders, scripts, and the answers that Alfred keeps (`cache`).

    `unseen` are the uids of rows to leave out, because a workflow shows them only to its tests.
    """

    scope: Scope
    runner: Runner
    unseen: frozenset[str] = frozenset()
    kept: dict[str, tuple[float, Any]] = field(default_factory=dict)


@dataclass
class Input:
    """An input object that takes what is typed.

    `keyword` is None inside a flow. `session` holds the variables of the last answer.
    """

    kind: ClassVar[str] = ""
    stage: Stage
    object: WorkflowObject
    entry: Stream
    keyword: str | None = None
    query: str = ""
    rows: tuple[Row, ...] = ()
    session: Mapping[str, str] = field(default_factory=dict)
    rerun: float | None = None

    @property
    def argument_type(self) -> int:
        """0 if an argument is required, 1 if it is optional, 2 if there is none."""
        return int(self.object.config["argumenttype"])

    @property
    def stream(self) -> Stream:
        """The stream that came in, with the session's variables over it."""
        return self.entry.with_variables(self.session)

    def update(self, query: str) -> None:
        """Set the text in the field to *query*. A change ends the reruns."""
        self.query = query
        if self.argument_type == NONE and query:
            self.rows, self.rerun = (), None
        elif self.argument_type == REQUIRED and not query:
            self.rows, self.rerun = (self._placeholder(),), None
        else:
            self.rerun = None
            self._answer()

    def again(self) -> None:
        """Rerun."""

    def actioned(self, row: Row, modifiers: frozenset[str], keep_session: bool) -> Stream:
        """Return the stream that leaves when *row* is actioned."""
        raise NotImplementedError

    def _answer(self) -> None:
        raise NotImplementedError

    def _expand(self, key: str) -> str:
        text = str(self.object.config.get(key, ""))
        return self.stage.scope.expand(text, self.stream.with_query(self.query))

    def _placeholder(self) -> Row:
        return Row(
            title=self._expand("title"),
            subtitle=self._expand("subtext"),
            valid=False,
            source=self.object.uid,
        )


class ScriptFilter(Input):
    """Runs its script and shows the rows that it prints."""

    kind = "input.scriptfilter"
    feed: tuple[Row, ...] | None = None
    skipknowledge = False

    def update(self, query: str) -> None:
        """Trim unless argumenttrimmode forbids it, then run or filter."""
        super().update(query if self.object.config.get("argumenttrimmode") == 1 else query.strip())

    def again(self) -> None:
        """Run the script again with the same query and the session's variables."""
        self.feed = None
        self._answer()

    def actioned(self, row: Row, modifiers: frozenset[str], keep_session: bool) -> Stream:
        held = row.held(modifiers)
        replaced = row.mod(modifiers).variables is not None
        stream = self.entry if replaced and not keep_session else self.stream
        return stream.with_query(held.arg or "").with_variables(held.variables)

    @property
    def _filters(self) -> bool:
        return bool(self.object.config.get("alfredfiltersresults"))

    def _answer(self) -> None:
        if not self._filters or self.feed is None:
            self.feed = self._read("" if self._filters else self.query)
        self.rows = self.feed
        if self._filters:
            mode = self.object.config.get("alfredfiltersresultsmatchmode", 0)
            self.rows = tuple(row for row in self.feed if _kept(row, self.query, mode))

    def _read(self, query: str) -> tuple[Row, ...]:
        answer = self._kept() or self._run(query)
        self.session = {**self.session, **answer.get("variables", {})}
        self.rerun = answer.get("rerun")
        self.skipknowledge = answer.get("skipknowledge", False)
        items = [item for item in answer["items"] if item.get("uid") not in self.stage.unseen]
        found = [rows.read(item, self.object.uid) for item in items]
        return tuple(row for row in found if _exists(row, self.stage.runner.env["HOME"]))

    def _kept(self) -> dict[str, Any] | None:
        until, answer = self.stage.kept.get(self.object.uid, (0.0, None))
        return answer if self._filters and time.monotonic() < until else None

    def _run(self, query: str) -> dict[str, Any]:
        variables = self.stage.scope.variables(self.stream)
        if self.keyword is not None:
            variables["alfred_workflow_keyword"] = self.keyword
        run = self.stage.runner.run(self.object, query, variables)
        answer = read_output(self.object, run, "scriptfilter")
        if "cache" in answer:
            until = time.monotonic() + answer["cache"]["seconds"]
            self.stage.kept[self.object.uid] = until, answer
        return dict(answer)


class ListFilter(Input):
    """Shows fixed rows and filters them itself."""

    kind = "input.listfilter"

    def update(self, query: str) -> None:
        """Trim unless argumenttrimmode forbids it, then filter."""
        super().update(query if self.object.config.get("argumenttrimmode") == 1 else query.strip())

    def actioned(self, row: Row, modifiers: frozenset[str], keep_session: bool) -> Stream:
        return self.entry.with_query(row.arg or "")

    def _answer(self) -> None:
        mode = self.object.config.get("matchmode", 0)
        items = json.loads(self.object.config["items"])
        self.rows = tuple(row for row in map(self._row, items) if _kept(row, self.query, mode))

    def _row(self, item: Mapping[str, str]) -> Row:
        def fill(key: str) -> str:
            return self.stage.scope.expand(item.get(key, ""), self.entry)

        icon = rows.Icon(item["imagefile"]) if item.get("imagefile") else None
        return Row(
            title=fill("title"),
            subtitle=fill("subtitle"),
            arg=fill("arg"),
            icon=icon,
            source=self.object.uid,
        )


class Keyword(Input):
    """Shows one row that passes on what was typed; without a keyword, a prompt."""

    kind = "input.keyword"

    def actioned(self, row: Row, modifiers: frozenset[str], keep_session: bool) -> Stream:
        return self.entry.with_query(self.query)

    def _answer(self) -> None:
        self.rows = (
            Row(
                title=self._expand("text"),
                subtitle=self._expand("subtext"),
                arg=self.query,
                source=self.object.uid,
            ),
        )

    def _placeholder(self) -> Row:
        return Row(
            title=self._expand("text"),
            subtitle=self._expand("subtext"),
            valid=False,
            source=self.object.uid,
        )


INPUTS: dict[str, type[Input]] = {kind.kind: kind for kind in (ScriptFilter, ListFilter, Keyword)}


def _kept(row: Row, query: str, mode: int) -> bool:
    return matches(row.title if row.match is None else row.match, query, mode)


def _exists(row: Row, home: str) -> bool:
    if row.type != "file" or not isinstance(row.arg, str):
        return True
    return os.path.exists(home + row.arg[1:] if row.arg.startswith("~") else row.arg)
