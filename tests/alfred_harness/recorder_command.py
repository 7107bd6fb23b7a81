"""The program behind a recorded command: it logs the call, then answers.

Started by path, so it uses the standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RECORD = "record.jsonl"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; recorded commands may run at the same time."""
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def queued(folder: Path, command: str) -> list[dict[str, Any]]:
    """Return the queued answers of *command*."""
    file = folder / f"{command}.queue.json"
    return list(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else []


def put(folder: Path, command: str, answer: Mapping[str, object]) -> None:
    """Add an answer to the end of the queue."""
    with locked(folder):
        _save(folder, command, [*queued(folder, command), dict(answer)])


def main(folder: Path, command: str, arguments: list[str]) -> int:
    """Log the call, give the answer and return its exit code."""
    stdin = b"" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read()
    text = stdin.decode("utf-8", "replace")
    with locked(folder):
        _note(folder, command, arguments, text)
        reply = _take(folder, command, "\n".join([*arguments, text]))
    time.sleep(reply.get("delay", 0.0))
    if command == "pbcopy":
        (folder / "clipboard").write_bytes(stdin.decode(_encoding(), "replace").encode())
    output = reply.get("stdout", "").encode("utf-8", "surrogateescape")
    if command == "pbpaste" and "stdout" not in reply and (folder / "clipboard").exists():
        output = (folder / "clipboard").read_bytes().decode().encode(_encoding(), "replace")
    sys.stdout.buffer.write(output)
    sys.stderr.write(reply.get("stderr", ""))
    return int(reply.get("rc", 0))


def _note(folder: Path, command: str, arguments: list[str], stdin: str) -> None:
    call = {
        "cmd": command,
        "argv": arguments,
        "stdin": stdin,
        "env": dict(os.environ),
        "cwd": os.getcwd(),
    }
    with open(folder / RECORD, "a", encoding="utf-8") as record:
        record.write(json.dumps(call) + "\n")


def _take(folder: Path, command: str, said: str) -> dict[str, Any]:
    answers = queued(folder, command)
    for place, answer in enumerate(answers):
        if answer["containing"] in said:
            _save(folder, command, answers[:place] + answers[place + 1 :])
            return answer
    default = folder / f"{command}.default.json"
    return dict(json.loads(default.read_text(encoding="utf-8"))) if default.exists() else {}


def _save(folder: Path, command: str, answers: list[dict[str, Any]]) -> None:
    (folder / f"{command}.queue.json").write_text(json.dumps(answers), encoding="utf-8")


def _restore_locale(ctype: str) -> None:
    """Undo that Python sets LC_CTYPE when it starts in the C locale (PEP 538)."""
    os.environ.pop("LC_CTYPE", None)
    if ctype:
        os.environ["LC_CTYPE"] = ctype


def _encoding() -> str:
    """Return the encoding of pbcopy: outside a UTF-8 locale macOS takes its bytes for Mac Roman."""
    said = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    return "utf-8" if "utf-8" in said.lower() or "utf8" in said.lower() else "mac_roman"


if __name__ == "__main__":
    _restore_locale(sys.argv[3])
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[4:]))
