"""A secret asked for at a terminal: unseen, of any length, with the line breaks of a paste.

A terminal gives a line at a time, cut at 4096 bytes (1024 on macOS), and keeps the next lines of a
paste for who reads next: the shell, which shows, runs and remembers them. So here it gives every byte
as it comes, and says where a paste begins and ends (bracketed paste, xterm's mode 2004). One that
cannot say so is waited for: behind the line break of a paste more comes at once, behind a typed one
nothing.
"""

from __future__ import annotations

import locale
import os
import re
import select
import signal
import termios
from contextlib import contextmanager, suppress
from typing import Any, Callable, Iterator, List, NoReturn, Optional

PAUSE = 0.25  # seconds without a byte after which a line break was the last
PART = 65536  # bytes that are read at once
CLEAR = "\x1b[K"  # the rest of the line
_BEGIN, _END = b"\x1b[200~", b"\x1b[201~"
_BRACKETS_ON, _BRACKETS_OFF = "\x1b[?2004h", "\x1b[?2004l"
_KEYS = re.compile(rb"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+")
_HALF_A_KEY = re.compile(rb"\x1b(?:\[[0-9;]*|O)?\Z")
_BREAKS = (b"\n", b"\r")
_ERASE, _ERASE_ALL, _OVER = (b"\x7f", b"\x08"), b"\x15", b"\x04"
_DEADLY = (signal.SIGTERM, signal.SIGHUP)


class Entry:
    """What was typed and pasted so far.

    Args:
        limit: bytes after which the rest is read and dropped.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = bytearray()
        self._half = b""
        self._pasting = False
        self.at_break = False  # the last key was Enter, or a paste without brackets goes on
        self.is_over = False

    @property
    def text(self) -> str:
        """All of it, without the line break that ends it."""
        return self._bytes.decode("utf-8", "replace").strip("\n")

    def take(self, part: bytes) -> None:
        """Go on with these bytes, which may begin and end within a key."""
        part = self._half + part
        half = _HALF_A_KEY.search(part)
        self._half = half[0] if half else b""
        keys = _KEYS.findall(part[: len(part) - len(self._half)])
        for key in keys:
            self._press(key)
        ended = bool(keys) and keys[-1] in _BREAKS and not self._pasting
        self.at_break = ended and bool(self._bytes.strip())

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
        elif key == _OVER:
            self.is_over = True


def read(prompt: str, shown: Callable[[str], str], limit: int, terminal: int = 0) -> str:
    """What is typed or pasted until Enter or Ctrl-D; the terminal shows ``shown`` of it.

    Args:
        prompt: what to ask, as it stands on the terminal.
        shown: what may be seen of a text behind the prompt; one line.
        limit: bytes that are kept.
        terminal: its file descriptor.

    Raises EOFError when it ends with nothing typed, KeyboardInterrupt for Ctrl-C.
    """
    entry = Entry(limit)
    with _opened(terminal) as ours, _unseen(ours):
        _write(ours, prompt)
        while not entry.is_over:
            part = _part(ours, PAUSE if entry.at_break else None)
            if part is None:
                break
            entry.take(part)
            if is_clever():
                _write(ours, f"\r{prompt}{shown(entry.text)}{CLEAR}")
        if not entry.text.strip():
            raise EOFError
        _write(ours, "\n")
    return entry.text


def _part(terminal: int, seconds: Optional[float]) -> Optional[bytes]:
    """The next bytes; None when none come in time. Raises EOFError when the terminal has gone."""
    if not select.select([terminal], [], [], seconds)[0]:
        return None
    part = b""
    with suppress(OSError):
        part = os.read(terminal, PART)
    if not part:
        raise EOFError
    return part


@contextmanager
def _opened(terminal: int) -> Iterator[int]:
    """The terminal to read from and write to; who redirected our output still sees the question."""
    try:
        ours = os.open(os.ttyname(terminal), os.O_RDWR | os.O_NOCTTY)
    except OSError:  # in some containers it has no name
        ours = os.dup(terminal)
    try:
        yield ours
    finally:
        os.close(ours)


@contextmanager
def _unseen(terminal: int) -> Iterator[None]:
    """Whatever happens within, the terminal is afterwards as it was, and has nothing unread."""
    before = termios.tcgetattr(terminal)
    with _ended_in_order():
        try:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, _byte_by_byte(terminal, before))
            _write(terminal, _BRACKETS_ON if is_clever() else "")
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
            with suppress(OSError):
                _write(terminal, _BRACKETS_OFF if is_clever() else "")


def _byte_by_byte(terminal: int, before: List[Any]) -> List[Any]:
    """The modes without echo and lines; Ctrl-C stays, what would suspend or dump us does not."""
    modes, keys = [*before], [*before[6]]
    modes[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN)
    keys[termios.VMIN], keys[termios.VTIME] = 1, 0
    none = bytes([os.fpathconf(terminal, "PC_VDISABLE") & 0xFF])
    keys[termios.VSUSP] = keys[termios.VQUIT] = none
    modes[6] = keys
    return modes


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a signal that would end us at once unwind what we have begun."""
    before = {number: signal.getsignal(number) for number in _DEADLY}
    ours = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def is_clever() -> bool:
    """Whether the terminal understands more than letters."""
    return os.environ.get("TERM", "") not in ("", "dumb")


def _write(terminal: int, text: str) -> None:
    os.write(terminal, text.encode(locale.getpreferredencoding(False), "replace"))
