"""Alfred itself: a test types, moves and presses keys, and reads what happened."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Callable, Union

from . import environment, keyboard, matching
from .configuration import Setting, settings
from .failures import EndlessFlow, NotOnScreen, UnknownTrigger, UnsupportedObject
from .inputs import INPUTS, NONE, REQUIRED, Input, Stage
from .log import (
    AlfredHidden,
    AlfredShown,
    ClipboardSet,
    DialogAnswered,
    DialogShown,
    InputShown,
    LargeTypeShown,
    LinkFollowed,
    Log,
    QuickLookShown,
    TriggerCalled,
)
from .objects import HANDLERS
from .recorders import Recorders
from .rows import Row
from .scripts import Runner
from .shims import python_shim
from .stream import Query, Scope, Stream, as_text
from .views import DialogView, ListView, TextView, View
from .workflow_file import Link, WorkflowFile, WorkflowObject

Target = Union[str, int, Callable[[Row], bool]]

MOST_STEPS = 300


class Alfred:
    """Interprets the workflow in *folder* as Alfred 5 does; README.md lists the limits.

    *home* is the user's home folder. *python* replaces the Python that a shebang or a shell starter
    names. *config* holds Workflow Configuration values, *env* is added to the environment, and *path*
    goes before Alfred's PATH. If *keep_session* is false, a modifier with variables of its own drops
    the top-level ones; it is not known which of the two Alfred does. Rows with a uid in *unseen* are
    left out: a workflow may show some only to its tests.
    """

    def __init__(
        self,
        folder: Path,
        home: Path,
        python: str | None = None,
        config: Mapping[str, Setting] | None = None,
        env: Mapping[str, str] | None = None,
        path: Sequence[Path | str] = (),
        recorders: Recorders | None = None,
        debug: bool = False,
        timeout: float = 30.0,
        keep_session: bool = True,
        unseen: Iterable[str] = (),
    ) -> None:
        self.workflow = WorkflowFile.load(folder)
        self.log = Log()
        self.dialog_answers: deque[str | int] = deque()
        self.keep_session = keep_session
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        first = [*path]
        if recorders:
            first.append(recorders.bin)
        if python:
            first.append(python_shim(home / "tmp" / "python", python))
        prepared = environment.prepopulated(self.workflow, home, debug)
        base = environment.base(home, first, env or {})
        self.stage = Stage(
            scope=Scope(prepared, settings(self.workflow, home, config)),
            runner=Runner(folder, {**base, **prepared}, self.log, python, timeout),
            unseen=frozenset(unseen),
        )
        self._clipboard = recorders.clipboard_file if recorders else home / "tmp" / "clipboard"
        self._shown: ListView | TextView | None = None
        self._dialogs: deque[DialogView] = deque()
        self._steps = 0

    @property
    def view(self) -> View | None:
        """The view on the screen, or None if Alfred is closed."""
        return self._dialogs[0] if self._dialogs else self._shown

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows on the screen."""
        return self.view.rows if self.view else ()

    @property
    def row(self) -> Row:
        """The selected row."""
        row = self._list().row
        if row is None:
            raise NotOnScreen(f"the list is empty; the field holds {self.field!r}")
        return row

    @property
    def field(self) -> str:
        """The text in the search field."""
        return self._list().field

    @property
    def clipboard(self) -> str:
        """The text on the clipboard, whichever program put it there."""
        return self._clipboard.read_text(encoding="utf-8") if self._clipboard.exists() else ""

    def type(self, text: str) -> tuple[Row, ...]:
        """Replace the text in the field: the whole line, or inside a flow the argument."""
        self._begin()
        shown = self._shown
        if isinstance(shown, TextView):
            if not shown.editable:
                raise NotOnScreen(f"{shown.object.name} is read-only")
            shown.text = text
        elif shown and shown.in_flow:
            shown.inputs[0].update(text)
            shown.field, shown.selected = text, 0
        else:
            self._search(text)
        return self.rows

    def move_to(self, target: Target) -> Row:
        """Select a row by its title or a part of it, by its index, or by a predicate."""
        view = self._list()
        places = _places(view.rows, target)
        titles = [row.title for row in view.rows]
        if len(places) != 1:
            raise NotOnScreen(f"{len(places)} rows are {target!r}; on screen: {titles}")
        view.selected = places[0]
        return view.rows[places[0]]

    def subtitle(self, modifiers: str = "") -> str:
        """The subtitle the selected row shows while *modifiers* are held."""
        row, held = self.row, keyboard.modifiers_of(modifiers)
        said = row.mod(held).subtitle
        if said is not None or not held:
            return row.subtitle if said is None else said
        links = self.workflow.links_from(row.source, keyboard.flags_of(held))
        return next((link.subtext for link in links if link.subtext), row.subtitle)

    def press(self, keys: str) -> None:
        """Press `enter`, `cmd+enter`, `tab`, `esc`, `up`, `down`, `cmd+c`, `cmd+l`, `cmd+y` …"""
        self._begin()
        chord = keyboard.chord(keys)
        if chord.modifiers == {"cmd"} and chord.key.isdigit() and chord.key != "0":
            self.move_to(int(chord.key) - 1)
            chord = keyboard.chord("enter")
        if chord.key == "enter":
            self._enter_pressed(chord)
        elif keys in ("tab", "esc", "up", "down"):
            {"tab": self._complete, "esc": self._escape, "up": self._up, "down": self._down}[keys]()
        elif (chord.modifiers, chord.key) in _ROW_KEYS:
            self._on_row(_ROW_KEYS[chord.modifiers, chord.key])
        else:
            raise NotOnScreen(f"{keys!r} means nothing here")

    def rerun(self) -> bool:
        """Do the rerun that the last answer asked for; return False if it asked for none."""
        self._begin()
        if isinstance(self._shown, TextView):
            if self._shown.pause is None:
                return False
            self._load(self._shown)
            return True
        return self._shown is not None and self._shown.rerun()

    def settle(self, timeout: float = 30.0) -> int:
        """Rerun at the intervals asked for until no answer asks for it; return how many reruns there were."""
        count, deadline = 0, time.monotonic() + timeout
        while self._shown and self._shown.pauses:
            if time.monotonic() > deadline:
                raise NotOnScreen(f"still asking for a rerun after {count} of them")
            time.sleep(min(self._shown.pauses))
            count += self.rerun()
        return count

    def close(self) -> None:
        """Close the window. After that, `type` sets the whole line again, also after a flow."""
        self._shown = None

    def trigger(
        self, identifier: str, argument: Query = "", variables: Mapping[str, str] | None = None
    ) -> None:
        """Call an external trigger from outside."""
        self._begin()
        self._external(identifier, Stream(argument, variables or {}))

    def hotkey(self, uid: str, selection: str = "") -> None:
        """Press the hotkey of a Hotkey object, with *selection* selected on the Mac."""
        self._begin()
        item = self._trigger_object("trigger.hotkey", uid)
        text = {1: selection, 3: item.config.get("argumenttext", "")}.get(
            item.config["argument"], ""
        )
        self._leave(item, Stream(self.stage.scope.expand(text, Stream())))

    def universal_action(self, uid: str, argument: Query, kind: str = "text") -> None:
        """Choose a Universal Action, by uid or name, on a text, url or file."""
        self._begin()
        item = self._trigger_object("trigger.universalaction", uid)
        if not item.config[
            {"text": "acceptstext", "url": "acceptsurls", "file": "acceptsfiles"}[kind]
        ]:
            raise UnknownTrigger(f"{item.name} does not accept a {kind}")
        self._leave(item, Stream(argument))

    def fallback(self, uid: str, query: str) -> None:
        """Choose a fallback search for *query*."""
        self._begin()
        self._leave(self._trigger_object("trigger.fallback", uid), Stream(query))

    def choose(self, button: str | int) -> None:
        """Press a button of the open dialog, by its label or number (1 to 3)."""
        self._steps = 0
        if not self._dialogs:
            raise NotOnScreen("no dialog is waiting")
        self._answer(self._dialogs.popleft(), button)

    def set_clipboard(self, text: str, transient: bool = False, autopaste: bool = False) -> None:
        """Put *text* on the clipboard, as a Clipboard object does."""
        self._clipboard.write_text(text, encoding="utf-8")
        self.log.append(ClipboardSet(text, transient, autopaste))

    def hide(self) -> None:
        """Close the window, as a Hide Alfred object does."""
        self._shown = None
        self.log.append(AlfredHidden())

    def show(self, text: str) -> None:
        """Open the window with *text* in the field, as a Show Alfred object does."""
        self.log.append(AlfredShown(text))
        self._shown = None
        self._search(text)

    def call_trigger(self, bundleid: str, identifier: str, stream: Stream) -> None:
        """Call a trigger, as a Call External Trigger object does; calls of other workflows are only logged."""
        ours = bundleid in ("self", "", self.workflow.bundleid)
        target = self.workflow.bundleid if ours else bundleid
        self.log.append(TriggerCalled(target, identifier, stream.query, stream.variables))
        if ours:
            self._external(identifier, stream)

    def _begin(self) -> None:
        self._steps = 0
        if self._dialogs:
            raise NotOnScreen(f"a dialog is waiting: {self._dialogs[0].title!r}; choose a button")

    def _list(self) -> ListView:
        if not isinstance(self.view, ListView):
            raise NotOnScreen(f"no list is on the screen, but {type(self.view).__name__}")
        return self.view

    def _search(self, text: str) -> None:
        shown = self._shown
        before = shown.inputs if isinstance(shown, ListView) and not shown.in_flow else []
        known = {source.object.uid: source for source in before}
        inputs: list[Input] = []
        for item in self.workflow.objects.values():
            found = self._keyword_in(text, item)
            if found is None:
                continue
            keyword, argument = found
            source = known.get(item.uid) or self._input(item, Stream())
            source.keyword = keyword
            source.update(argument)
            inputs.append(source)
        self._shown = ListView(text, inputs)

    def _keyword_in(self, text: str, item: WorkflowObject) -> tuple[str, str] | None:
        words = self.stage.scope.expand(str(item.config.get("keyword", "")), Stream()).split("||")
        if not item.kind.startswith("input."):
            return None
        for word in sorted(filter(None, map(str.strip, words)), key=len, reverse=True):
            rest = matching.keyword_argument(text, word, item.config["withspace"])
            if rest is not None and not (rest and item.config["argumenttype"] == NONE):
                return word, rest
        return None

    def _input(self, item: WorkflowObject, entry: Stream) -> Input:
        if item.kind not in INPUTS:
            raise UnsupportedObject(f"{item.name} is not interpreted")
        return INPUTS[item.kind](self.stage, item, entry)

    def _enter_pressed(self, chord: keyboard.Chord) -> None:
        view = self._shown
        if isinstance(view, TextView):
            if any(link.source == view.object.uid for link in self.workflow.links):
                self._leave(view.object, view.stream, chord.flags)
            return
        row = self.row
        source = self._list().source_of(row)
        if row.held(chord.modifiers).valid:
            stream = source.actioned(row, chord.modifiers, self.keep_session)
            self._leave(source.object, stream, chord.flags)
        elif not chord.modifiers:
            self._complete()

    def _complete(self) -> None:
        row = self.row
        source = self._list().source_of(row)
        if row.autocomplete is not None:
            self._fill(source, row.autocomplete)
        elif source.keyword is not None and source.argument_type == REQUIRED and not source.query:
            self._fill(source, "")

    def _fill(self, source: Input, argument: str) -> None:
        if source.keyword is None:
            self.type(argument)
        else:
            space = " " if source.object.config["withspace"] else ""
            self.type(source.keyword + space + argument)

    def _escape(self) -> None:
        self._shown = self._shown.below if isinstance(self._shown, TextView) else None

    def _up(self) -> None:
        view = self._list()
        view.selected = max(0, view.selected - 1)

    def _down(self) -> None:
        view = self._list()
        view.selected = min(len(view.rows) - 1, view.selected + 1)

    def _on_row(self, what: str) -> None:
        row = self.row
        if what == "copy" and row.copied:
            self.set_clipboard(row.copied)
        elif what == "enlarge" and row.enlarged:
            self.log.append(LargeTypeShown(row.enlarged))
        elif what == "preview" and row.previewed:
            self.log.append(QuickLookShown(row.previewed))

    def _leave(self, item: WorkflowObject, stream: Stream, modifiers: int = 0) -> None:
        links = self.workflow.links_from(item.uid, modifiers)
        links = links or self.workflow.links_from(item.uid)
        if not any(link.vitoclose for link in links):
            self._shown = None
        self._follow(links, stream)

    def _follow(self, links: Iterable[Link], stream: Stream) -> None:
        for link in links:
            self.log.append(
                LinkFollowed(
                    link.source, link.destination, link.modifiers, link.vitoclose, link.output
                )
            )
            self._arrive(self.workflow.object(link.destination), stream)

    def _arrive(self, item: WorkflowObject, stream: Stream) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise EndlessFlow(f"after {MOST_STEPS} objects the flow still goes on, at {item.name}")
        item = item.overridden(stream.overrides)
        stream = self._inbound(item, Stream(stream.query, stream.variables))
        if item.kind.startswith("input."):
            self._open_input(item, stream)
        elif item.kind == "userinterface.text":
            self._open_text(item, stream)
        elif item.kind == "utility.dialog":
            self._ask(item, stream)
        elif item.kind in HANDLERS:
            onward = HANDLERS[item.kind](self, item, stream)
            if onward:
                links = self.workflow.links_from(item.uid, output=onward.output)
                self._follow(links, onward.stream)
        else:
            raise UnsupportedObject(f"{item.name} is not interpreted")

    def _inbound(self, item: WorkflowObject, stream: Stream) -> Stream:
        if not item.inbound.get("usecustominputarg"):
            return stream
        text = item.inbound.get("custominputarg", "")
        return stream.with_query(self.stage.scope.expand(text, stream))

    def _open_input(self, item: WorkflowObject, stream: Stream) -> None:
        text = as_text(stream.query)
        source = self._input(item, stream)
        self.log.append(InputShown(item.uid, text))
        source.update(text)
        self._shown = ListView(text, [source], in_flow=True)

    def _open_text(self, item: WorkflowObject, stream: Stream) -> None:
        stacked = item.config["stackview"] and isinstance(self._shown, ListView)
        below = self._shown if stacked and isinstance(self._shown, ListView) else None
        view = TextView(self.stage, item, stream, below)
        self._shown = view
        self._load(view)

    def _load(self, view: TextView) -> None:
        view.load(self.log)
        if view.action_output:
            self._leave(view.object, view.stream)

    def _ask(self, item: WorkflowObject, stream: Stream) -> None:
        def fill(key: str) -> str:
            return self.stage.scope.expand(item.config[key], stream)

        buttons = tuple(map(fill, ("button1", "button2", "button3")))
        view = DialogView(item, stream, fill("title"), fill("description"), buttons)
        self.log.append(DialogShown(item.uid, view.title, view.description, buttons))
        if self.dialog_answers:
            self._answer(view, self.dialog_answers.popleft())
        else:
            self._dialogs.append(view)

    def _answer(self, dialog: DialogView, button: str | int) -> None:
        numbered = dict(enumerate(dialog.buttons, 1))
        label = numbered.get(button, "") if isinstance(button, int) else button
        if not label or label not in dialog.buttons:
            raise NotOnScreen(f"{dialog.object.name} has no button {button!r}: {dialog.buttons}")
        self.log.append(DialogAnswered(dialog.object.uid, label))
        output = f"_button{dialog.buttons.index(label) + 1}"
        self._follow(self.workflow.links_from(dialog.object.uid, output=output), dialog.stream)

    def _external(self, identifier: str, stream: Stream) -> None:
        item = self.workflow.called_externally(identifier)
        if item is None:
            raise UnknownTrigger(f"no external trigger or object is called {identifier!r}")
        self._arrive(item, stream)

    def _trigger_object(self, kind: str, uid: str) -> WorkflowObject:
        for item in self.workflow.of_kind(kind):
            if uid in (item.uid, item.config.get("name"), item.config.get("text")):
                return item
        raise UnknownTrigger(f"no {kind} is called {uid!r}")


_ROW_KEYS = {
    (frozenset({"cmd"}), "c"): "copy",
    (frozenset({"cmd"}), "l"): "enlarge",
    (frozenset({"cmd"}), "y"): "preview",
    (frozenset(), "shift"): "preview",
}


def _places(rows: Sequence[Row], target: Target) -> list[int]:
    if isinstance(target, int):
        return [range(len(rows))[target]] if -len(rows) <= target < len(rows) else []
    if not isinstance(target, str):
        return [place for place, row in enumerate(rows) if target(row)]
    exact = [place for place, row in enumerate(rows) if row.title == target]
    return exact or [place for place, row in enumerate(rows) if target in row.title]
