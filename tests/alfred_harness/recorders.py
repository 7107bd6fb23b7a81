"""Replaces the commands that only macOS has with executables that log how they were called."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import recorder_command
from .shims import write_shim

COMMANDS = (
    "afplay",
    "defaults",
    "launchctl",
    "open",
    "osascript",
    "pbcopy",
    "pbpaste",
    "say",
    "scutil",
    "security",
    "sw_vers",
)

_REFUSALS = {
    "defaults": {"rc": 1, "stderr": "The domain/default pair does not exist\n"},
    "security": {
        "rc": 44,
        "stderr": "security: The specified item could not be found in the keychain.\n",
    },
}


@dataclass(frozen=True)
class Call:
    """One call of a recorded command."""

    cmd: str
    argv: tuple[str, ...]
    stdin: str
    env: Mapping[str, str]
    cwd: str


class Recorders:
    """A folder of recorded commands; `bin` goes first in PATH.

    A command without a queued answer succeeds silently, or fails if it searches and finds nothing.
    pbcopy and pbpaste share `clipboard_file` and depend on the locale as on macOS.
    """

    def __init__(self, folder: Path, commands: Iterable[str] = COMMANDS) -> None:
        self._folder = folder
        self.bin = folder / "bin"
        self.clipboard_file = folder / "clipboard"
        for command in commands:
            program = [sys.executable, "-IS", str(Path(recorder_command.__file__).resolve())]
            write_shim(self.bin / command, [*program, str(folder), command], ["LC_CTYPE"])
        for command, reply in _REFUSALS.items():
            self._write(self._default(command), reply)

    def answer(
        self,
        command: str,
        stdout: str = "",
        rc: int = 0,
        stderr: str = "",
        containing: str = "",
        delay: float = 0.0,
    ) -> None:
        """Queue an answer; with *containing*, only for a call with this text in argv or stdin."""
        reply = {"stdout": stdout, "rc": rc, "stderr": stderr, "delay": delay}
        recorder_command.put(self._folder, command, {**reply, "containing": containing})

    def default(self, command: str, stdout: str = "", rc: int = 0, stderr: str = "") -> None:
        """Set the answer of *command* when none is queued."""
        self._write(self._default(command), {"stdout": stdout, "rc": rc, "stderr": stderr})

    def calls(self, command: str | None = None) -> list[Call]:
        """Return every call so far, or those of one command, in order."""
        file = self._folder / recorder_command.RECORD
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        found = [json.loads(line) for line in lines]
        return [
            Call(**{**call, "argv": tuple(call["argv"])})
            for call in found
            if command in (None, call["cmd"])
        ]

    def unused(self, command: str) -> int:
        """Return how many queued answers have not been used."""
        return len(recorder_command.queued(self._folder, command))

    @property
    def clipboard(self) -> str:
        """The text on the clipboard."""
        file = self.clipboard_file
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @clipboard.setter
    def clipboard(self, text: str) -> None:
        self.clipboard_file.write_text(text, encoding="utf-8")

    def _default(self, command: str) -> Path:
        return self._folder / f"{command}.default.json"

    def _write(self, file: Path, reply: Mapping[str, object]) -> None:
        file.write_text(json.dumps(reply), encoding="utf-8")
