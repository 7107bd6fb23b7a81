"""What each object does, for all objects that do not wait for the user."""

from __future__ import annotations

import os
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Callable, Protocol

from . import matching, reference
from .failures import BadOutput, UnsupportedObject
from .inputs import Stage
from .log import (
    Debugged,
    Delayed,
    FileOpened,
    LargeTypeShown,
    Log,
    NotificationShown,
    SoundPlayed,
    UrlOpened,
)
from .scripts import read_output
from .stream import Scope, Stream, as_query, as_text
from .workflow_file import WorkflowObject


class Host(Protocol):
    """The part of Alfred that objects use."""

    stage: Stage
    log: Log

    def set_clipboard(self, text: str, transient: bool = False, autopaste: bool = False) -> None:
        """Put *text* on the clipboard."""

    def hide(self) -> None:
        """Close the window."""

    def show(self, text: str) -> None:
        """Open the window with *text* in the field."""

    def call_trigger(self, bundleid: str, identifier: str, stream: Stream) -> None:
        """Call an external trigger."""


@dataclass(frozen=True)
class Onward:
    """Continue with *stream* by *output*; None is the ordinary output."""

    stream: Stream
    output: str | None = None


Handler = Callable[[Host, WorkflowObject, Stream], "Onward | None"]


def run_script(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Run Script: the output, not stripped, becomes the argument."""
    run = host.stage.runner.run(item, stream.query, host.stage.scope.variables(stream))
    if not re.match(r'\s*\{\s*"alfredworkflow"', run.stdout):
        return Onward(stream.with_query(run.stdout))
    answer = read_output(item, run, "runscript")
    return Onward(_taken(answer["alfredworkflow"], stream))


def _taken(answer: Mapping[str, Any], stream: Stream) -> Stream:
    arg = answer.get("arg")
    query = stream.query if arg == "{query}" else as_query(arg)
    after = stream.with_query(query).with_variables(answer.get("variables", {}))
    return replace(after, overrides=answer.get("config", {}))


def json_utility(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """JSON utility: like a Run Script that prints the configured JSON, with its placeholders filled."""
    try:
        answer = reference.read_json(item.config["json"])
    except ValueError as error:
        raise BadOutput(f"{item.name}: no valid JSON: {error}") from error
    problems = reference.violations("runscript", answer)
    if problems:
        raise BadOutput(f"{item.name}: against the schema: {'; '.join(problems)}")
    body = answer["alfredworkflow"]
    filled = _filled(body, host.stage.scope, stream)
    if body.get("arg") == "{query}":
        filled["arg"] = "{query}"
    return Onward(_taken(filled, stream))


def _filled(value: Any, scope: Scope, stream: Stream) -> Any:
    if isinstance(value, str):
        return scope.expand(value, stream)
    if isinstance(value, list):
        return [_filled(part, scope, stream) for part in value]
    if isinstance(value, dict):
        return {key: _filled(part, scope, stream) for key, part in value.items()}
    return value


def arg_and_vars(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Arg and Vars: both are filled from the incoming stream, never from each other."""
    scope = host.stage.scope
    variables = {
        name: scope.expand(text, stream) for name, text in item.config["variables"].items()
    }
    after = stream.with_variables(variables)
    if item.config.get("passthroughargument"):
        return Onward(after)
    return Onward(after.with_query(scope.expand(item.config["argument"], stream)))


def conditional(host: Host, item: WorkflowObject, stream: Stream) -> Onward | None:
    """Conditional: continue by the output of the first condition that holds, else by the unnamed one."""
    scope = host.stage.scope
    for condition in item.config["conditions"]:
        left = scope.expand(condition["inputstring"] or "{query}", stream)
        right = scope.expand(condition["matchstring"], stream)
        if _holds(item, condition["matchmode"], left, right, condition["matchcasesensitive"]):
            return Onward(stream, condition["uid"])
    return None if item.config.get("hideelse") else Onward(stream)


def filter_utility(host: Host, item: WorkflowObject, stream: Stream) -> Onward | None:
    """Filter: continue or end the flow; mode 2 is a regex."""
    scope = host.stage.scope
    left = scope.expand(item.config["inputstring"], stream)
    right = scope.expand(item.config["matchstring"], stream)
    mode = {2: matching.REGEX}.get(item.config["matchmode"], item.config["matchmode"])
    passes = _holds(item, mode, left, right, item.config["matchcasesensitive"])
    return Onward(stream) if passes else None


def _holds(item: WorkflowObject, mode: int, left: str, right: str, case_sensitive: bool) -> bool:
    try:
        return matching.holds(mode, left, right, case_sensitive)
    except (ValueError, re.error) as error:
        raise UnsupportedObject(f"{item.name}: {error}") from error


def pass_on(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Junctions and triggers: pass on what came in."""
    return Onward(stream)


def hide_alfred(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Hide Alfred."""
    host.hide()
    return Onward(stream)


def show_alfred(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Show Alfred: opens the window with the expanded argument in the field."""
    host.show(host.stage.scope.expand(item.config["argument"], stream))
    return Onward(stream)


def call_external_trigger(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Call External Trigger: start a new flow, with the argument and variables if configured so."""
    called = Stream(
        query=stream.query if item.config["passinputasargument"] else "",
        variables=stream.variables if item.config["passvariables"] else {},
    )
    host.call_trigger(item.config["workflowbundleid"], item.config["externaltriggerid"], called)
    return Onward(stream)


def clipboard(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Copy to Clipboard."""
    text = host.stage.scope.expand(item.config["clipboardtext"], stream)
    host.set_clipboard(text, bool(item.config["transient"]), bool(item.config["autopaste"]))
    return Onward(stream)


def notification(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Post Notification, except if it requires a query and there is none."""
    shown = as_text(stream.query)
    if shown or not item.config["onlyshowifquerypopulated"]:
        if item.config["lastpathcomponent"]:
            shown = os.path.basename(shown)
        if item.config["removeextension"]:
            shown = os.path.splitext(shown)[0]
        scope, there = host.stage.scope, stream.with_query(shown)
        title = scope.expand(item.config["title"], there)
        host.log.append(NotificationShown(title, scope.expand(item.config["text"], there)))
    return Onward(stream)


def large_type(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Large Type."""
    text = host.stage.scope.expand(item.config["largetypetext"], stream)
    host.log.append(LargeTypeShown(text))
    return Onward(stream)


def open_url(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Open URL: percent-encode values, unless the config forbids it or the argument is the whole address."""
    url, spaces = item.config["url"], item.config["spaces"]

    def encoded(text: str) -> str:
        return urllib.parse.quote(text.replace(" ", spaces or " "), safe="+" if spaces else "")

    def unchanged(text: str) -> str:
        return text

    whole = url in ("", "{query}")
    opened = host.stage.scope.expand(
        url or "{query}",
        stream,
        query=unchanged if whole or item.config.get("skipqueryencode") else encoded,
        variable=unchanged if item.config.get("skipvarencode") else encoded,
    )
    host.log.append(UrlOpened(opened, item.config["browser"]))
    return Onward(stream)


def file_action(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Open File, Reveal File, Browse in Alfred, Browse in Terminal."""
    text = item.config.get("sourcefile" if item.kind == "action.openfile" else "path", "")
    path = host.stage.scope.expand(text or "{query}", stream)
    host.log.append(FileOpened(item.kind, path))
    return Onward(stream)


def play_sound(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Play Sound."""
    host.log.append(SoundPlayed(item.config["soundname"]))
    return Onward(stream)


def split(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Split Arg: into numbered variables (outputas 0) or an array (1)."""
    parts = as_text(stream.query).split(host.stage.scope.expand(item.config["delimiter"], stream))
    if item.config["trimarguments"]:
        parts = [part.strip() for part in parts]
    if item.config["discardemptyarguments"]:
        parts = [part for part in parts if part]
    if item.config["outputas"] == 1:
        return Onward(stream.with_query(tuple(parts)))
    prefix = item.config["variableprefix"]
    return Onward(
        stream.with_variables({f"{prefix}{place}": part for place, part in enumerate(parts, 1)})
    )


def replace_utility(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Replace: a string (matchmode 0) or a regex (1)."""
    scope, text = host.stage.scope, as_text(stream.query)
    wanted = scope.expand(item.config["matchstring"], stream)
    instead = scope.expand(item.config["replacestring"], stream)
    if item.config["matchmode"] == 0:
        return Onward(stream.with_query(text.replace(wanted, instead)))
    flags = re.IGNORECASE if item.config.get("regexcaseinsensitive") else 0
    flags |= re.MULTILINE if item.config.get("regexmultiline") else 0
    instead = re.sub(r"\$(\d)", r"\\g<\1>", instead.replace("\\", "\\\\"))
    return Onward(stream.with_query(re.sub(wanted, instead, text, flags=flags)))


def transform(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Transform, type 0: trim white space."""
    if item.config["type"] != 0:
        raise UnsupportedObject(f"{item.name}: only type 0 (trim) is interpreted")
    if isinstance(stream.query, str):
        return Onward(stream.with_query(stream.query.strip()))
    return Onward(stream.with_query(tuple(part.strip() for part in stream.query)))


def delay(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Delay: log it without waiting."""
    seconds = host.stage.scope.expand(item.config["seconds"], stream)
    host.log.append(Delayed(seconds))
    return Onward(stream)


def debug(host: Host, item: WorkflowObject, stream: Stream) -> Onward:
    """Debug."""
    host.log.append(Debugged(host.stage.scope.expand(item.config["argument"], stream)))
    return Onward(stream)


HANDLERS: dict[str, Handler] = {
    "action.script": run_script,
    "action.openurl": open_url,
    "action.openfile": file_action,
    "action.revealfile": file_action,
    "action.browseinalfred": file_action,
    "action.browseinterminal": file_action,
    "output.callexternaltrigger": call_external_trigger,
    "output.clipboard": clipboard,
    "output.largetype": large_type,
    "output.notification": notification,
    "output.playsound": play_sound,
    "trigger.external": pass_on,
    "trigger.hotkey": pass_on,
    "trigger.universalaction": pass_on,
    "trigger.fallback": pass_on,
    "utility.argument": arg_and_vars,
    "utility.conditional": conditional,
    "utility.debug": debug,
    "utility.delay": delay,
    "utility.filter": filter_utility,
    "utility.hidealfred": hide_alfred,
    "utility.json": json_utility,
    "utility.junction": pass_on,
    "utility.replace": replace_utility,
    "utility.showalfred": show_alfred,
    "utility.split": split,
    "utility.transform": transform,
}
"""The objects that do something and go on; inputs, text views and dialogs wait instead."""
