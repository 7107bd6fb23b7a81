"""The hidden prompt at a real terminal: what it accepts, what it shows, and what it leaves behind."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import termios
import threading
import tty
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Callable, Union

import pytest

from scripts.terminal import secret_prompt

TOKEN = "eyJ" + "canary-Abc9" * 1090 + "end"
CURL = "curl 'https://chatgpt.com/backend-api/me' \\\n  -H 'authorization: Bearer canary' \\\n  -b 'a=b; c=canary' \\\n  --compressed"
Keys = Union[bytes, Callable[[], None]]


@dataclass
class Terminal:
    """A terminal and its user, who types the keys when asked, each after the one before is shown."""

    keys: Sequence[Keys] = ()
    seen: bytes = b""
    during: list[int] = field(default_factory=list)  # local modes while it asks

    def __post_init__(self) -> None:
        self.ours, self.theirs = os.openpty()
        self.before = termios.tcgetattr(self.theirs)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sit, daemon=True)

    def read(self, limit: int = 100_000) -> str:
        """Return the text that the prompt reads."""
        self._thread.start()
        try:
            return secret_prompt.read(
                "Secret: ", lambda text: f"{len(text)} got", limit, self.theirs, "nothing yet"
            )
        finally:
            self._over.set()
            self._thread.join()

    def _sit(self) -> None:
        waiting = list(self.keys)
        while not self._over.is_set() or select.select([self.ours], [], [], 0)[0]:
            if select.select([self.ours], [], [], 0.01)[0]:
                self.seen += os.read(self.ours, 65536)
            elif waiting and b"Secret: " in self.seen:
                self.during.append(termios.tcgetattr(self.theirs)[3])
                self._press(waiting.pop(0))

    def _press(self, key: Keys) -> None:
        if not isinstance(key, bytes):
            key()
            return
        while key:
            key = key[os.write(self.ours, key[:1000]) :]

    def check(self) -> None:
        """Check that the terminal is as before, no input is left for the shell, and no secret was shown."""
        assert termios.tcgetattr(self.theirs)[:4] == self.before[:4]
        assert all(not modes & termios.ECHO for modes in self.during)
        tty.setcbreak(self.theirs, termios.TCSANOW)  # so that half a line counts too
        unread = fcntl.ioctl(self.theirs, termios.FIONREAD, b"\0" * 4)
        assert struct.unpack("i", unread) == (0,)
        assert b"canary" not in self.seen

    def close(self) -> None:
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture(autouse=True)
def clever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def read(*keys: Keys, limit: int = 100_000) -> str:
    """Type these keys, each after the one before is read; check the terminal, and return what the prompt reads."""
    terminal = Terminal(keys)
    try:
        return terminal.read(limit)
    finally:
        terminal.check()
        terminal.close()


def bracketed(text: str) -> bytes:
    return b"\x1b[200~" + text.replace("\n", "\r").encode() + b"\x1b[201~"


def test_a_line_of_any_length() -> None:
    assert len(TOKEN) > 11_000
    assert read(TOKEN.encode() + b"\r") == TOKEN


def test_a_bracketed_paste_is_whole_and_ends_with_enter() -> None:
    assert read(bracketed(CURL + "\n"), b"\r") == CURL
    assert read(bracketed(TOKEN), b"\r") == TOKEN


def test_a_paste_without_brackets_is_whole() -> None:
    assert read(CURL.replace("\n", "\r").encode() + b"\r") == CURL
    entry = secret_prompt.Entry(1000)
    for line in CURL.splitlines():
        entry.take(line.encode())
        assert not entry.at_break
        entry.take(b"\r")
        assert entry.at_break
        assert not entry.is_over
    assert entry.text == CURL


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (b"canarx\x7fy\r", "canary"),
        ("密钥x\x7f\x7f\r".encode(), "密"),
        (b"wrong\x15canary\r", "canary"),
        (b"canary\x04", "canary"),
        (b"can\x1b[D\x1bOAary\x1b\r", "canary"),
        (b"\x7f\r\rcanary\r", "canary"),
        (b"a\tb\x01\r", "a\tb"),
    ],
)
def test_typing(keys: bytes, text: str) -> None:
    assert read(keys) == text


def test_keys_may_come_in_pieces() -> None:
    entry = secret_prompt.Entry(100)
    for byte in bracketed("密\n钥\x7f") + b"\x7f!\r":
        entry.take(bytes([byte]))
    assert entry.text == "密\n!"
    assert entry.at_break


def test_what_is_too_much_is_read_and_dropped() -> None:
    kept = read(TOKEN.encode() + b"\r", limit=5000)
    assert 5000 <= len(kept) < len(TOKEN)


def test_the_length_is_shown_as_it_grows() -> None:
    terminal = Terminal([bracketed(TOKEN), b"\r"])
    terminal.read()
    shown = terminal.seen.decode()
    terminal.close()
    assert f"\rSecret: {len(TOKEN)} got" in shown
    assert shown.startswith("\x1b[?2004hSecret: ")
    assert "\x1b[?2004l" in shown


def test_enter_with_nothing_typed_says_so() -> None:
    terminal = Terminal([b"\r", b"x", b"\r"])
    assert terminal.read() == "x"
    terminal.check()
    terminal.close()
    assert b"\rSecret: nothing yet\x1b[K\rSecret: " in terminal.seen


def test_a_plain_terminal_is_sent_letters_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal([b"canary\r"])
    assert terminal.read() == "canary"
    terminal.check()
    terminal.close()
    assert terminal.seen == b"Secret: \r\n"


def test_the_end_with_nothing_typed() -> None:
    with pytest.raises(EOFError):
        read(b"\x04")


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (signal.SIGINT, KeyboardInterrupt),
        (signal.SIGTERM, SystemExit),
        (signal.SIGHUP, SystemExit),
    ],
)
def test_a_signal_leaves_the_terminal_as_it_was(number: int, raised: type) -> None:
    before = signal.getsignal(number)
    if before == signal.SIG_IGN:
        pytest.skip("it is ignored here, as under nohup")
    with pytest.raises(raised):
        read(b"cana", lambda: signal.pthread_kill(threading.main_thread().ident or 0, number))
    assert signal.getsignal(number) is before


def test_so_does_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(part: bytes) -> None:
        raise ValueError

    monkeypatch.setattr(secret_prompt.Entry, "take", lambda self, part: broken(part))
    with pytest.raises(ValueError):
        read(b"canary\rcanary\r")


def test_ctrl_c_is_the_terminals_own_and_suspending_is_off() -> None:
    """A suspended job would leave the shell with a terminal that shows no input."""
    terminal = Terminal([b"x", b"\x1a\x1cy\r"])
    assert terminal.read() == "xy"
    assert all(modes & termios.ISIG for modes in terminal.during)
    terminal.check()
    terminal.close()
