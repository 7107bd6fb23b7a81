"""Ask for a secret at a terminal: without echo, of any length, with the line breaks of a paste.

A terminal normally passes on a line at a time, cut at 4096 bytes (1024 on macOS), and leaves further lines
of a paste to the next reader: the shell, which shows, runs and remembers them. So this module reads every
byte as it comes, and lets the terminal mark the beginning and end of a paste (bracketed paste, xterm's mode
2004). Without such marks, a line break followed by more bytes at once is part of a paste; any other is the end.
"""

from __future__ import annotations

import locale
import os
import re
import select
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Callable

from scripts.terminal import signals

PAUSE = 0.25  # seconds without a byte after which a line break ends the entry
CHUNK = 65536  # bytes that are read at once
CLEAR = "\x1b[K"  # clears the rest of the line
_BEGIN, _END = b"\x1b[200~", b"\x1b[201~"
_BRACKETS_ON, _BRACKETS_OFF = "\x1b[?2004h", "\x1b[?2004l"
_KEYS = re.compile(rb"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+")
_HALF_A_KEY = re.compile(rb"\x1b(?:\[[0-9;]*|O)?\Z")
_BREAKS = (b"\n", b"\r")
_ERASE, _ERASE_ALL, _END_OF_INPUT = (b"\x7f", b"\x08"), b"\x15", b"\x04"


class Entry:
    """Collects typed and pasted bytes.

    Args:
        limit: bytes that are kept; the rest is read and dropped.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = bytearray()
        self._half = b""
        self._pasting = False
        self.at_break = False  # the last key was Enter, or a line break of a paste without marks
        self.is_empty_line = False  # the last key was Enter, with nothing before it
        self.is_over = False

    @property
    def text(self) -> str:
        """The whole entry, without the line breaks at its ends."""
        return self._bytes.decode("utf-8", "replace").strip("\n")

    def take(self, part: bytes) -> None:
        """Add these bytes, which may begin and end in the middle of a key's sequence."""
        part = self._half + part
        half = _HALF_A_KEY.search(part)
        self._half = half[0] if half else b""
        keys = _KEYS.findall(part[: len(part) - len(self._half)])
        for key in keys:
            self._press(key)
        ended = bool(keys) and keys[-1] in _BREAKS and not self._pasting
        self.at_break = ended and bool(self._bytes.strip())
        self.is_empty_line = ended and not self.at_break

    def _press(self, key: bytes) -> None:
        if key in (_BEGIN, _END):
            self._pasting = key == _BEGIN
        elif key in (*_BREAKS, b"\t") or (key[0] >= 0x20 and key not in _ERASE):
            if len(self._bytes) < self._limit:
                self._bytes += b"\n" if key in _BREAKS else key
        elif not self._pasting:
            self._edit(key)

    def _edit(self, key: bytes) -> None:
        if key in _ERASE:
            while self._bytes and self._bytes.pop() & 0xC0 == 0x80:  # the rest of a character
                pass
        elif key == _ERASE_ALL:
            self._bytes.clear()
        elif key == _END_OF_INPUT:
            self.is_over = True


def read(
    prompt: str, shown: Callable[[str], str], limit: int, terminal: int = 0, hint: str = ""
) -> str:
    """Read an entry until Enter or Ctrl-D.

    Args:
        prompt: the text before the entry.
        shown: returns the line that the terminal shows for an entry.
        limit: bytes that are kept.
        terminal: its file descriptor.
        hint: the line to show after Enter with an empty entry.

    Raises EOFError if the input ends with an empty entry, KeyboardInterrupt for Ctrl-C.
    """
    entry = Entry(limit)
    with _opened(terminal) as descriptor, _without_echo(descriptor):
        _write(descriptor, prompt)
        while not entry.is_over:
            part = _read_part(descriptor, PAUSE if entry.at_break else None)
            if part is None:
                break
            entry.take(part)
            if has_escapes():
                line = hint if entry.is_empty_line else shown(entry.text)
                _write(descriptor, f"\r{prompt}{line}{CLEAR}")
        if not entry.text.strip():
            raise EOFError
        _write(descriptor, "\n")
    return entry.text


def _read_part(terminal: int, seconds: float | None) -> bytes | None:
    """Read the next bytes; None if none come in time. Raises EOFError if the terminal is gone."""
    if not select.select([terminal], [], [], seconds)[0]:
        return None
    part = b""
    with suppress(OSError):
        part = os.read(terminal, CHUNK)
    if not part:
        raise EOFError
    return part


@contextmanager
def _opened(terminal: int) -> Iterator[int]:
    """Open the terminal itself, so that the question is shown even if output is redirected."""
    try:
        descriptor = os.open(os.ttyname(terminal), os.O_RDWR | os.O_NOCTTY)
    except OSError:  # in some containers it has no name
        descriptor = os.dup(terminal)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _without_echo(terminal: int) -> Iterator[None]:
    """Switch echo off; at the end restore the terminal and discard unread input, whatever happens."""
    before = termios.tcgetattr(terminal)
    with signals.restored_first():
        try:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, _byte_by_byte(terminal, before))
            _write(terminal, _BRACKETS_ON if has_escapes() else "")
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
            with suppress(OSError):
                _write(terminal, _BRACKETS_OFF if has_escapes() else "")


def _byte_by_byte(terminal: int, before: list[Any]) -> list[Any]:
    """Return the modes without echo and line buffering; Ctrl-C works, but not the keys to suspend or dump."""
    modes, keys = [*before], [*before[6]]
    modes[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN)
    keys[termios.VMIN], keys[termios.VTIME] = 1, 0
    none = bytes([os.fpathconf(terminal, "PC_VDISABLE") & 0xFF])
    keys[termios.VSUSP] = keys[termios.VQUIT] = none
    modes[6] = keys
    return modes


def has_escapes() -> bool:
    """Tell whether the terminal understands escape sequences."""
    return os.environ.get("TERM", "") not in ("", "dumb")


def _write(terminal: int, text: str) -> None:
    os.write(terminal, text.encode(locale.getpreferredencoding(False), "replace"))
