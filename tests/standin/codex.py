"""Plays Codex: a program of that name that speaks JSON-RPC over standard input and output, or fails to.

It logs its arguments, its environment and every message into files beside it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_SOURCE = """#!{python} -IS
import json, os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
told = json.load(open(here + "/told.json"))
with open(here + "/started.jsonl", "a") as log:
    log.write(json.dumps([sys.argv[1:], dict(os.environ), os.getpid()]) + "\\n")

def say(message):
    sys.stdout.write((message if isinstance(message, str) else json.dumps(message)) + "\\n")
    sys.stdout.flush()

for line in told.get("first", ()):
    say(line)
if "exit" in told:
    sys.exit(told["exit"])
if told.get("hangs"):
    if os.fork() == 0:
        open(here + "/child", "w").write(str(os.getpid()))
    time.sleep(600)
for line in sys.stdin:
    message = json.loads(line)
    with open(here + "/asked.jsonl", "a") as log:
        log.write(line)
    method = message["method"]
    if method not in told["answers"]:
        continue
    say({{"method": "account/updated", "params": {{"authMode": "chatgpt"}}}})
    say({{"id": message["id"], **told["answers"][method]}})
"""

GOOD: dict[str, Any] = {
    "initialize": {"result": {"userAgent": "tankful/0.77.0 (Mac OS)", "codexHome": "/home/x"}},
    "account/read": {
        "result": {
            "account": {"type": "chatgpt", "email": "someone@example.com", "planType": "plus"},
            "requiresOpenaiAuth": True,
        }
    },
    "account/rateLimits/read": {
        "result": {
            "rateLimits": {
                "limitId": "codex",
                "limitName": None,
                "primary": {
                    "usedPercent": 25,
                    "windowDurationMins": 300,
                    "resetsAt": 4102444800,
                },
                "secondary": {
                    "usedPercent": 41,
                    "windowDurationMins": 10080,
                    "resetsAt": 4102876800,
                },
                "credits": {"hasCredits": True, "unlimited": False, "balance": "12.5"},
                "planType": "plus",
                "rateLimitReachedType": None,
            }
        }
    },
}


class Codex:
    """Writes the program into a folder.

    Args:
        folder: holds the program and its logs.
        answers: the answer to each method, without the id; GOOD by default. Other methods get none.
        more: how it fails. ``first``: lines to print at the start; ``exit``: end at once with this code;
            ``hangs``: answer nothing, and leave a child with the same streams.
    """

    def __init__(self, folder: Path, answers: dict[str, Any] | None = None, **more: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.path = folder, folder / "codex"
        self.path.write_text(_SOURCE.format(python=sys.executable))
        self.path.chmod(0o755)
        self.tell(GOOD if answers is None else answers, **more)

    def tell(self, answers: dict[str, Any], **more: Any) -> None:
        """Change the answers, and how it fails, from the next start on."""
        told = json.dumps({"answers": answers, **more})
        (self.folder / "told.json").write_text(told)

    def _read(self, name: str) -> list[Any]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def started(self) -> list[Any]:
        """The arguments, environment and process id of each start."""
        return self._read("started.jsonl")

    @property
    def asked(self) -> list[Any]:
        """Every message that it got."""
        return self._read("asked.jsonl")
