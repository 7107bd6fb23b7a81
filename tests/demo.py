"""The demo: made-up accounts at a stand-in for the providers, shown in a shell and as in Alfred.

Everything but the providers is real: the ``tankful`` command, HTTP, the cache, the Script Filter. The
secrets are made up and kept in a file in a temporary folder, which is deleted at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from tests.standin import KEYS, StandIn
from workflow import settings

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ACCOUNTS = (
    ("minimax", "Coding", "minimax-plan-intl"),
    ("glm", "Work", "glm-cn"),
    ("tavily", "Research", "tavily-dev"),
    ("openai", "Team", "openai-admin"),
    ("kimi", "主账号", "kimi-cn"),
    ("chatgpt", "Personal", "chatgpt-plus"),
)


_SENTENCES = {
    "en": (
        "Adding {count} made-up accounts; their providers answer at {url}.",
        "`tankful`: the list in a shell",
        "`usage`: the list in Alfred",
        "That was a demo; nothing of it is kept. To use Tankful, go on with:",
        "Stopped.",
        ("install the command", "add your first account", "or, without installing"),
    ),
    "zh": (
        "正在添加 {count} 个虚构账号，由 {url} 模拟各服务商。",
        "`tankful`：终端中的列表",
        "`usage`：Alfred 中的列表",
        "演示结束，没有留下任何数据。开始使用：",
        "已停止。",
        ("安装命令", "添加第一个账号", "或者不安装，直接运行"),
    ),
}


def main() -> None:
    """Run the demo; ⌃C ends it."""
    begin, shell, launcher, end, stopped, todo = _SENTENCES[settings.load().language]
    try:
        with tempfile.TemporaryDirectory(prefix="tankful-demo-") as folder, StandIn() as stand_in:
            environment = _environment(folder, stand_in.url)
            _say(begin.format(count=len(ACCOUNTS), url=stand_in.url))
            for provider, label, key in ACCOUNTS:
                secret = KEYS[key].value
                _tankful(environment, "add", provider, "--label", label, secret=secret, quiet=True)
            _tankful(environment, "refresh", "--brief")
            _say(shell)
            _tankful(environment, "list")
            _say(launcher)
            _alfred(environment)
        _say(end)
        sys.stdout.write(_next(todo))
    except BrokenPipeError:
        os._exit(0)  # who reads it has seen enough
    except KeyboardInterrupt:
        sys.stdout.write(f"\n{stopped}\n")
        raise SystemExit(130) from None


def _next(what: Sequence[str]) -> str:
    """Render the commands to type after the demo."""
    here = os.path.join(os.path.relpath(os.path.dirname(sys.executable)), "tankful")
    installer, (install, add, instead) = _installer(), what
    rows = [(f"{here} add", add)]
    if installer:
        rows = [(f"{installer} .", install), ("tankful add", add), (f"{here} add", instead)]
    width = max(len(each) for each, _said in rows) + 2
    return "".join(f"  {each:<{width}}# {said}\n" for each, said in rows)


def _installer() -> str:
    """Return the command of an installer that this machine has, or ""."""
    known = (("uv", "uv tool install"), ("pipx", "pipx install"))
    return next((command for name, command in known if shutil.which(name)), "")


def _environment(folder: str, url: str) -> dict[str, str]:
    ours = ("TANKFUL_", "tankful_", "alfred_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {
        **kept,
        "TANKFUL_HOME": os.path.join(folder, "home"),
        "TANKFUL_LANGUAGE": settings.load().language,
        "TANKFUL_LOOPBACK": url,
        "TANKFUL_TEST_KEYRING": os.path.join(folder, "keyring.json"),
        "PYTHON_KEYRING_BACKEND": "tests.keyrings.FileKeyring",
        "PYTHONPATH": ROOT,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _tankful(
    environment: dict[str, str], *words: str, secret: str = "", quiet: bool = False
) -> None:
    command = [sys.executable, "-m", "scripts.tankful", *words]
    done = subprocess.run(
        command,
        input=secret,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.PIPE,
    )
    said = [line for line in done.stderr.splitlines() if "TANKFUL_LOOPBACK" not in line]
    if (
        done.returncode or not quiet
    ):  # the line about the stand-in would only repeat what we said at the start
        sys.stderr.write("".join(f"{line}\n" for line in said))
    if done.returncode:
        raise SystemExit(done.returncode)


def _alfred(environment: dict[str, str]) -> None:
    script = os.path.join(ROOT, "scripts", "usage.py")
    told = _output([sys.executable, "-IS", script], environment)
    rows = (
        item
        for item in json.loads(told)["items"]
        if environment["TANKFUL_LOOPBACK"] not in item["title"]
    )
    for item in rows:
        sys.stdout.write(f"  {item['title']}\n      {item.get('subtitle', '')}\n")
    sys.stdout.flush()


def _output(command: Sequence[str], environment: dict[str, str]) -> str:
    words: list[str] = list(command)
    return subprocess.run(
        words, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _say(words: str) -> None:
    sys.stdout.write(f"\n\033[1m{words}\033[0m\n" if sys.stdout.isatty() else f"\n{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
