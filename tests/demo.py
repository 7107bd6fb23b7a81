"""The demo: a stand-in for the providers, an account of each, and what the faces show.

Everything real but the providers: the ``tankful`` command, HTTP, the cache, the Script Filter. The
secrets of the demo are made up and kept in a file of a temporary folder that is gone afterwards.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Dict, List, Sequence

from tests.standin import KEYS, StandIn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ACCOUNTS = (
    ("minimax", "Coding", "minimax-plan-intl"),
    ("glm", "Work", "glm-cn"),
    ("tavily", "Research", "tavily-dev"),
    ("openai", "Team", "openai-admin"),
    ("kimi", "主账号", "kimi-cn"),
    ("chatgpt", "Personal", "chatgpt-plus"),
)


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="tankful-demo-") as folder, StandIn() as stand_in:
        environment = _environment(folder, stand_in.url)
        _say(f"{len(ACCOUNTS)} providers answer at {stand_in.url}. Adding an account of each:")
        for provider, label, key in ACCOUNTS:
            _tankful(environment, "add", provider, "--label", label, secret=KEYS[key].value)
        _say("Asking all of them again over HTTP:")
        _tankful(environment, "refresh", *(label for _, label, _ in ACCOUNTS))
        _say("tankful list")
        _tankful(environment, "list")
        _say("What Alfred shows for `usage`:")
        _alfred(environment)
    _say("Nothing of this is left but the environment. Your own accounts: tankful add")


def _environment(folder: str, url: str) -> Dict[str, str]:
    ours = ("TANKFUL_", "tankful_", "alfred_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {
        **kept,
        "TANKFUL_HOME": os.path.join(folder, "home"),
        "TANKFUL_LOOPBACK": url,
        "TANKFUL_TEST_KEYRING": os.path.join(folder, "keyring.json"),
        "PYTHON_KEYRING_BACKEND": "tests.keyrings.FileKeyring",
        "PYTHONPATH": ROOT,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _tankful(environment: Dict[str, str], *words: str, secret: str = "") -> None:
    command = [sys.executable, "-m", "scripts.tankful", *words]
    done = subprocess.run(
        command,
        input=secret,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
        stderr=subprocess.PIPE,
    )
    said = [line for line in done.stderr.splitlines() if "TANKFUL_LOOPBACK" not in line]
    sys.stderr.write("".join(f"{line}\n" for line in said))  # that all is made up we have said
    if done.returncode:
        raise SystemExit(done.returncode)


def _alfred(environment: Dict[str, str]) -> None:
    script = os.path.join(ROOT, "scripts", "usage.py")
    told = _output([sys.executable, "-IS", script], environment)
    for item in json.loads(told)["items"]:
        sys.stdout.write(f"  {item['title']}\n      {item.get('subtitle', '')}\n")
    sys.stdout.flush()


def _output(command: Sequence[str], environment: Dict[str, str]) -> str:
    words: List[str] = list(command)
    return subprocess.run(
        words, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _say(words: str) -> None:
    sys.stdout.write(f"\n\033[1m{words}\033[0m\n" if sys.stdout.isatty() else f"\n{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
