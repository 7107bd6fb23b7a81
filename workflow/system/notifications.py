"""Post a desktop notification through Alfred, osascript, notify-send or D-Bus.

Every text is passed as data, never as part of a script. If there is no such program, or it fails, nothing
is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from .commands import exists, ran

SECONDS = 10  # that a program may take
NAME = "Tankful"
TRIGGER = "notify"  # the workflow's external trigger
_ALFRED = (
    "function run(argv) { Application('com.runningwithcrayons.Alfred')"
    ".runTrigger(argv[0], { inWorkflow: argv[1], withArgument: argv[2] }); }"
)
_SHOWN = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)


def by_alfred(environ: Mapping[str, str], number: Callable[[], str]) -> bool:
    """Ask Alfred to show a notification, if it runs us. Returns whether it was asked.

    ``number`` keeps the text and returns its number; only the number is passed to Alfred.
    """
    bundle = environ.get("alfred_workflow_bundleid", "")
    if not bundle or not exists("osascript"):
        return False
    try:
        kept = number()
    except OSError:
        return False
    script = ("osascript", "-l", "JavaScript", "-e", _ALFRED)
    return ran(*script, TRIGGER, bundle, kept, seconds=SECONDS)


def post(title: str, text: str, icon: str = "") -> bool:
    """Show a notification with the first program that works. Returns whether one did.

    Some programs take ``icon``, the path of an image.
    """
    commands = (way(title, text, icon) for way in (_osascript, _notify_send, _gdbus))
    return any(exists(command[0]) and ran(*command, seconds=SECONDS) for command in commands)


def _osascript(title: str, text: str, icon: str) -> list[str]:
    return ["osascript", *(part for line in _SHOWN for part in ("-e", line)), title, text]


def _notify_send(title: str, text: str, icon: str) -> list[str]:
    picture = [f"--icon={icon}"] if icon else []
    return ["notify-send", f"--app-name={NAME}", *picture, "--", title, _markup(text)]


def _gdbus(title: str, text: str, icon: str) -> list[str]:
    name, picture, summary, body = map(_variant, (NAME, icon, title, _markup(text)))
    return [
        *("gdbus", "call", "--session", "--dest=org.freedesktop.Notifications"),
        "--object-path=/org/freedesktop/Notifications",
        "--method=org.freedesktop.Notifications.Notify",
        *("--", name, "uint32 0", picture, summary, body, "@as []", "@a{sv} {}", "int32 -1"),
    ]


def _markup(text: str) -> str:
    """Escape a text for a body that may contain markup."""
    from html import escape  # imported late: it loads a table of all entities

    return escape(text, quote=False)


def _variant(text: str) -> str:
    """Write a text in the notation of GVariant."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
