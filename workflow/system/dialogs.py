"""Show native dialogs of macOS with osascript, without exposing a typed secret.

Only prompts, titles and button names are arguments of osascript; the typed text comes back on its
standard output, which is a pipe to this process.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from ..errors import Mistake
from ..i18n.message import _
from ..records import dataclass, field

SECONDS = 300  # after which a dialog closes
_CANCELLED = "-128"
_FORM = (
    (
        "set reply to display dialog (item 1 of argv) default answer (item 3 of argv){hidden} "
        "with title (item 2 of argv) buttons {{{buttons}}} default button {count} cancel button 1 "
        "with icon note giving up after {seconds}"
    ),
    "if gave up of reply then error number -128",
    "return (button returned of reply) & linefeed & (text returned of reply)",
)
_CONFIRMED = (
    (
        "set reply to display dialog (item 1 of argv) with title (item 2 of argv) "
        "buttons {item 3 of argv, item 4 of argv} default button 2 cancel button 1 "
        f"with icon note giving up after {SECONDS}"
    ),
    "if gave up of reply then error number -128",
    "return button returned of reply",
)
_PICKED = (
    (
        "set choice to choose from list (items 5 thru -1 of argv) with title (item 2 of argv) "
        "with prompt (item 1 of argv) default items {item 5 of argv} "
        "OK button name (item 3 of argv) cancel button name (item 4 of argv)"
    ),
    "if choice is false then error number -128",
    "return item 1 of choice",
)
_UNAVAILABLE = _("no dialog can be shown here (osascript); add the account in a shell: tankful add")


class Cancelled(Exception):
    """The user chose Cancel, or did not answer."""


@dataclass(frozen=True)
class Reply:
    """A pressed button and the typed text, which may be a secret."""

    button: str
    text: str = field(repr=False)


def secret(prompt: str, title: str, buttons: Sequence[str]) -> Reply:
    """Ask for a secret without showing it. The first button cancels, the last is ↩.

    Raises Cancelled, and Mistake if this system has no such dialogs.
    """
    return _dialog(prompt, title, "", buttons, " with hidden answer")


def line(prompt: str, title: str, default: str, buttons: Sequence[str]) -> str:
    """Ask for a line of text, shown as it is typed. Raises Cancelled or Mistake."""
    return _dialog(prompt, title, default, buttons, "").text


def confirm(prompt: str, title: str, buttons: tuple[str, str]) -> None:
    """Show a text and wait for the second button. Raises Cancelled or Mistake."""
    if _run(_CONFIRMED, prompt, title, *buttons).rstrip("\n") != buttons[1]:
        raise Cancelled


def pick(prompt: str, title: str, choices: Sequence[str], buttons: tuple[str, str]) -> str:
    """Let the user choose from a list; ``buttons`` are Cancel and OK. Raises Cancelled or Mistake."""
    cancel, ok = buttons
    choice = _run(_PICKED, prompt, title, ok, cancel, *choices).rstrip("\n")
    if choice not in choices:
        raise Cancelled
    return choice


def _dialog(prompt: str, title: str, default: str, buttons: Sequence[str], hidden: str) -> Reply:
    items = ", ".join(f"item {4 + place} of argv" for place in range(len(buttons)))
    script = [
        text.format(hidden=hidden, buttons=items, count=len(buttons), seconds=SECONDS)
        for text in _FORM
    ]
    button, _, text = _run(script, prompt, title, default, *buttons).partition("\n")
    if button not in buttons[1:]:
        raise Cancelled
    return Reply(button, text[:-1] if text.endswith("\n") else text)


def _run(script: Sequence[str], *arguments: str) -> str:
    lines = ("on run argv", "activate", *script, "end run")
    command = ["osascript", *(part for line in lines for part in ("-e", line)), *arguments]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS + 10,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Cancelled from None
    except OSError:
        raise Mistake(_UNAVAILABLE) from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace")
    if _CANCELLED in done.stderr.decode("utf-8", "replace"):
        raise Cancelled
    raise Mistake(_UNAVAILABLE)
