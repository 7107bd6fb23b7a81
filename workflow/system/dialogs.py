"""Native dialogs of macOS, through osascript: a secret is typed here and stays in this process.

Only prompts, titles and button names are arguments of osascript; what the user types comes back on
its standard output, which is a pipe to us.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import Sequence, Tuple

from ..errors import Mistake
from ..i18n.message import _

SECONDS = 300  # that a dialog stays open
_CANCELLED = "-128"
_ASKED = (
    "on run argv",
    "activate",
    "set told to display dialog (item 1 of argv) default answer (item 3 of argv){hidden} "
    "with title (item 2 of argv) buttons {{{buttons}}} default button {count} cancel button 1 "
    "with icon note giving up after {seconds}",
    "if gave up of told then error number -128",
    "return (button returned of told) & linefeed & (text returned of told)",
    "end run",
)
_CONFIRMED = (
    "on run argv",
    "activate",
    "set told to display dialog (item 1 of argv) with title (item 2 of argv) "
    "buttons {item 3 of argv, item 4 of argv} default button 2 cancel button 1 "
    f"with icon note giving up after {SECONDS}",
    "if gave up of told then error number -128",
    "return button returned of told",
    "end run",
)
_PICKED = (
    "on run argv",
    "activate",
    "set told to choose from list (items 5 thru -1 of argv) with title (item 2 of argv) "
    "with prompt (item 1 of argv) default items {item 5 of argv} "
    "OK button name (item 3 of argv) cancel button name (item 4 of argv)",
    "if told is false then error number -128",
    "return item 1 of told",
    "end run",
)


class Cancelled(Exception):
    """The user chose Cancel, or did not answer."""


@dataclass(frozen=True)
class Reply:
    """The button that was pressed and what was typed, which may be a secret."""

    button: str
    text: str = field(repr=False)


def secret(prompt: str, title: str, buttons: Sequence[str]) -> Reply:
    """Ask for a secret; nothing is seen of it. The first button cancels, the last is ↩.

    Raises Cancelled, and Mistake where there are no such dialogs.
    """
    return _asked(prompt, title, "", buttons, " with hidden answer")


def line(prompt: str, title: str, default: str, buttons: Sequence[str]) -> str:
    """Ask for a line that everybody may see. Raises Cancelled or Mistake."""
    return _asked(prompt, title, default, buttons, "").text


def confirm(prompt: str, title: str, buttons: Tuple[str, str]) -> None:
    """Show something and wait for the second button. Raises Cancelled or Mistake."""
    if _told(_CONFIRMED, prompt, title, *buttons).rstrip("\n") != buttons[1]:
        raise Cancelled


def pick(prompt: str, title: str, choices: Sequence[str], buttons: Tuple[str, str]) -> str:
    """Let one of several be chosen; ``buttons`` are Cancel and OK. Raises Cancelled or Mistake."""
    cancel, choose = buttons
    told = _told(_PICKED, prompt, title, choose, cancel, *choices).rstrip("\n")
    if told not in choices:
        raise Cancelled
    return told


def _asked(prompt: str, title: str, default: str, buttons: Sequence[str], hidden: str) -> Reply:
    items = ", ".join(f"item {4 + place} of argv" for place in range(len(buttons)))
    script = [
        text.format(hidden=hidden, buttons=items, count=len(buttons), seconds=SECONDS)
        for text in _ASKED
    ]
    told = _told(script, prompt, title, default, *buttons)
    button, _, text = told.partition("\n")
    if button not in buttons[1:]:
        raise Cancelled
    return Reply(button, text[:-1] if text.endswith("\n") else text)


def _told(script: Sequence[str], *arguments: str) -> str:
    command = ["osascript", *(part for text in script for part in ("-e", text)), *arguments]
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
        raise _trouble() from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace")
    if _CANCELLED in done.stderr.decode("utf-8", "replace"):
        raise Cancelled
    raise _trouble()


def _trouble() -> Mistake:
    return Mistake(
        _("no dialog can be shown here (osascript); add the account in a shell: tankful add")
    )
