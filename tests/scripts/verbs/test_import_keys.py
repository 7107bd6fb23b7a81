from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scripts.terminal.cells import width
from tests import stored
from tests.conftest import Ran, Shell
from tests.standin import KEYS, StandIn, faults
from tests.terminal import terminal
from workflow.credentials import store
from workflow.recognition import found_keys, owners
from workflow.storage import accounts

SIX = {
    "MINIMAX_API_KEY": "minimax-plan-intl",
    "ZAI_API_KEY": "glm-intl",
    "TAVILY_API_KEY": "tavily-dev",
    "OPENAI_ADMIN_KEY": "openai-admin",
    "MOONSHOT_API_KEY": "kimi-intl",
}
FOREIGN = ("_API_KEY", "_ADMIN_KEY", "_BASE_URL", "_TOKEN", "CODEX_HOME", "CLAUDE_CONFIG_DIR")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the keys of the user who runs the tests."""
    for name in [name for name in os.environ if name.endswith(FOREIGN)]:
        monkeypatch.delenv(name)


def place(shell: Shell, **keys: str) -> None:
    """Put keys of the stand-in into variables."""
    shell.env.update({name: KEYS[key].value for name, key in keys.items()})


def sign_in(folder: Path, key: str) -> Path:
    """Codex's sign-in with this token."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "auth.json"
    tokens = {"access_token": KEYS[key].value, "refresh_token": "rt-canary", "id_token": "x.y.z"}
    path.write_text(json.dumps({"OPENAI_API_KEY": None, "tokens": tokens}), encoding="utf-8")
    path.chmod(0o400)
    return path


def take(shell: Shell, *args: str) -> Ran:
    ran = shell.tankful("import", *args)
    for key in KEYS.values():
        assert key.value not in ran.out + ran.err
    return ran


def listed(shell: Shell, *args: str) -> list[dict[str, Any]]:
    document = json.loads(take(shell, "--json", *args).out)
    assert document["schema"] == "tankful.import.v1"
    return list(document["keys"])


def test_nothing_is_taken_by_being_listed(world: StandIn, shell: Shell) -> None:
    place(shell, **SIX)
    ran = take(shell, "--list")
    assert ran.code == 0
    assert ran.err.startswith("tankful: 5 found, none added; --yes adds all")
    assert "--list" not in ran.err  # they stand there already
    assert "--list lists them" in take(shell).err
    lines = dict(line.split(": ", 1) for line in ran.out.splitlines())
    assert list(lines) == [
        "ZAI_API_KEY",
        "MOONSHOT_API_KEY",
        "MINIMAX_API_KEY",
        "OPENAI_ADMIN_KEY",
        "TAVILY_API_KEY",
    ]
    assert lines["ZAI_API_KEY"].endswith("international")
    assert lines["TAVILY_API_KEY"].startswith("Tavily · ")
    assert accounts.load().accounts == ()
    assert world.requests == []


def test_a_launcher_reads_json(shell: Shell, home: Path) -> None:
    place(shell, TAVILY_API_KEY="tavily-dev", ZHIPU_API_KEY="glm-cn")
    path = sign_in(home / ".codex", "chatgpt-plus")
    found = {entry["source"]: entry for entry in listed(shell)}
    assert list(found) == [str(path), "ZHIPU_API_KEY", "TAVILY_API_KEY"]
    assert [entry["region"] for entry in found.values()] == [None, "cn", None]
    codex = found[str(path)]
    assert (codex["provider"], codex["kind"]) == ("chatgpt", "access_token")
    assert codex["expires_at"].endswith("Z")
    assert "never renews it" in codex["note"]
    assert {entry["stored_as"] for entry in found.values()} == {None}


def test_yes_takes_all(world: StandIn, shell: Shell, home: Path) -> None:
    place(shell, **SIX)
    sign_in(home / ".codex", "chatgpt-plus")
    ran = take(shell, "--yes")
    assert ran.code == 0, ran.err
    known = {account.provider: account for account in accounts.load().accounts}
    assert ran.out.count("\n") == len(known)
    assert set(known) == {"minimax", "glm", "tavily", "openai", "kimi", "chatgpt"}
    assert known["glm"].region == "intl"
    assert store.read(known["tavily"]).secret == KEYS["tavily-dev"].value
    assert all(stored.snapshot(account.id).usage for account in known.values())


def test_what_is_stored_is_said_and_skipped(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev", label="Work")
    place(shell, TAVILY_API_KEY="tavily-dev")
    ran = take(shell, "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert "already stored as Tavily · Work" in ran.out
    assert accounts.load().accounts == (account,)
    assert world.requests == []
    assert [entry["stored_as"] for entry in listed(shell)] == [account.id]


@pytest.mark.parametrize(
    ("key", "variable", "line"),
    [
        (
            "glm-cn",
            "ZAI_API_KEY",
            "GLM (智谱AI / Z.ai) · a GLM API key · already stored as GLM · Work (China)",
        ),
        (
            "glm-cn",
            "GLM_API_KEY",
            "GLM (智谱AI / Z.ai) · a GLM API key · already stored as GLM · Work (China)",
        ),
        (
            "glm-cn",
            "ZHIPU_API_KEY",
            "GLM (智谱AI / Z.ai) · a GLM API key · China · already stored as GLM · Work",
        ),
        (
            "kimi-intl",
            "MOONSHOT_API_KEY",
            "KIMI (Moonshot) · an API key of the Moonshot platform · already stored as KIMI · Work (international)",
        ),
    ],
)
def test_what_is_stored_at_the_other_site_is_not_offered_there(
    shell: Shell, key: str, variable: str, line: str
) -> None:
    account = stored.account(key, label="Work")
    place(shell, **{variable: key})
    assert take(shell, "--list").out == f"{variable}: {line}\n"
    (entry,) = listed(shell)
    assert (entry["region"], entry["stored_as"]) == (account.region, account.id)


def test_nothing_found_says_where_it_looked(shell: Shell, home: Path) -> None:
    short, ran = take(shell), take(shell, "--list")
    assert (short.code, short.err, len(short.out.splitlines())) == (0, "", 1)
    assert (ran.code, ran.err) == (0, "")
    files = ("~/.codex/auth.json", "~/.claude/settings.json")
    for name in (*SIX, "GLM_API_KEY", "CODEX_ACCESS_TOKEN", "ANTHROPIC_AUTH_TOKEN", *files):
        assert name in ran.out
    assert "CHATGPT_API_KEY" not in ran.out  # there is no such variable
    assert ran.out.splitlines()[0].endswith("Add one by hand: tankful add")
    assert re.search("^GLM +BIGMODEL_API_KEY GLM_API_KEY ", ran.out, re.M)
    assert "tankful add" in short.out and "tankful import --list" in short.out
    assert listed(shell) == []


def test_where_it_looked_stands_in_columns(shell: Shell) -> None:
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    rows = [line for line in take(shell, "--list").out.splitlines()[2:-2] if "~" not in line]
    begins = {width(re.sub(r"[A-Z0-9]+_[A-Z_]+.*", "", row)) for row in rows}
    assert len(begins) == 1 and any(row.startswith("其他") for row in rows)


def test_the_variables_of_a_provider_stand_together(shell: Shell) -> None:
    looked = json.loads(take(shell, "--json").out)["looked_at"][:-4]
    meant = [owners.variable(name) for name in looked]
    assert sorted(looked) == sorted(found_keys.variables())
    whose = [found[0] for found in meant if found]
    assert whose == sorted(whose)
    assert len(whose) == len(looked)


def test_without_a_terminal_and_yes_nothing_is_taken(world: StandIn, shell: Shell) -> None:
    place(shell, TAVILY_API_KEY="tavily-dev")
    ran = take(shell)
    assert ran.code == 1
    assert "--yes" in ran.err
    assert ran.err.count("\n") == 1
    assert accounts.load().accounts == ()
    assert world.requests == []


def test_a_terminal_asks_for_each(world: StandIn, shell: Shell) -> None:
    place(shell, MINIMAX_API_KEY="minimax-plan-intl", TAVILY_API_KEY="tavily-dev")
    shell.env["MINIMAX_API_HOST"] = "https://api.minimax.io"
    shown = terminal(shell, "import", typed=["n", "y"])
    assert "MINIMAX_API_KEY: MiniMax" in shown
    assert "TAVILY_API_KEY: Tavily" in shown
    assert KEYS["tavily-dev"].value not in shown
    assert [account.provider for account in accounts.load().accounts] == ["tavily"]


def test_a_key_of_the_other_site_is_told_how_to_get_there(world: StandIn, shell: Shell) -> None:
    place(shell, ZAI_API_KEY="glm-cn")
    ran = take(shell, "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "Note: if it is a key of https://bigmodel.cn/" in ran.err
    assert ran.err.endswith("try it there: tankful import --region cn\n")
    assert take(shell, "--list", "--region", "cn").out.endswith("China\n")
    assert listed(shell, "--region", "auto")[0]["region"] is None
    assert {request.host for request in world.requests} == {"api.z.ai"}
    assert take(shell, "--yes", "--region", "cn").code == 0
    assert [account.region for account in accounts.load().accounts] == ["cn"]


def test_auto_asks_both_sites(world: StandIn, shell: Shell) -> None:
    place(shell, ZAI_API_KEY="glm-cn", TAVILY_API_KEY="tavily-dev")
    assert take(shell, "--yes", "--region", "auto").code == 0
    known = {account.provider: account.region for account in accounts.load().accounts}
    assert known == {"glm": "cn", "tavily": ""}


def test_an_address_beside_a_key_is_believed_before_the_option(
    world: StandIn, shell: Shell
) -> None:
    place(shell, ZAI_API_KEY="glm-cn")
    shell.env["ZAI_BASE_URL"] = "https://api.z.ai/api/paas/v4"
    ran = take(shell, "--yes", "--region", "cn")
    assert ran.code == 1
    assert "try it there" not in ran.err
    assert {request.host for request in world.requests} == {"api.z.ai"}


def test_one_that_fails_does_not_keep_the_others(world: StandIn, shell: Shell) -> None:
    place(shell, MINIMAX_API_KEY="minimax-plan-intl", TAVILY_API_KEY="tavily-dev")
    world.reply("api.minimax*", "*", faults.wrong_key("minimax"))
    ran = take(shell, "--yes")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "MiniMax" in ran.err
    assert [account.provider for account in accounts.load().accounts] == ["tavily"]


@pytest.mark.parametrize("way", ["home", "CODEX_HOME"])
def test_codex_is_read_only(world: StandIn, shell: Shell, home: Path, way: str) -> None:
    folder = home / (".codex" if way == "home" else "elsewhere")
    if way == "CODEX_HOME":
        shell.env["CODEX_HOME"] = str(folder)
    path = sign_in(folder, "chatgpt-plus")
    before = path.read_bytes(), path.stat().st_mtime_ns, sorted(os.listdir(folder))
    assert take(shell, "--yes").code == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(os.listdir(folder))) == before
    (account,) = accounts.load().accounts
    assert (account.provider, account.kind) == ("chatgpt", "access_token")
    assert {request.host for request in world.requests} == {"chatgpt.com"}
    assert "rt-canary" not in Path(os.environ["TANKFUL_TEST_KEYRING"]).read_text()


def test_a_newer_token_of_codex_takes_the_place_of_the_older(
    world: StandIn, shell: Shell, home: Path
) -> None:
    account = stored.account("chatgpt-expired", label="Codex")
    sign_in(home / ".codex", "chatgpt-plus")
    assert take(shell, "--yes").code == 0
    (after,) = accounts.load().accounts
    assert (after.id, after.label) == (account.id, "Codex")
    assert store.read(after).secret == KEYS["chatgpt-plus"].value


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\0" * 100, '{"tokens": {}}'])
def test_a_damaged_sign_in_is_nothing(shell: Shell, home: Path, content: str) -> None:
    (home / ".codex").mkdir()
    (home / ".codex/auth.json").write_text(content)
    assert listed(shell) == []


def test_a_folder_in_its_place_is_nothing(shell: Shell, home: Path) -> None:
    (home / ".codex/auth.json").mkdir(parents=True)
    assert listed(shell) == []


def test_a_locked_store_is_told(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-paygo")
    place(shell, TAVILY_API_KEY="tavily-dev")
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.LockedKeyring"
    ran = take(shell, "--yes")
    assert ran.code == 1
    assert "the keychain is locked" in ran.err
    assert world.requests == []


def test_it_speaks_chinese(shell: Shell) -> None:
    shell.env["LANG"] = "zh_CN.UTF-8"
    assert take(shell).out.startswith("没有找到 Key")


def test_each_secret_is_read_once(world: StandIn, shell: Shell) -> None:
    for name in ("tavily-paygo", "tavily-dev", "glm-intl"):
        stored.account(name, label=name)
    place(shell, TAVILY_API_KEY="tavily-capped", GLM_API_KEY="glm-cn", ZAI_API_KEY="glm-intl")
    program = (
        "import sys; from workflow.credentials import store as credentials; from scripts.tankful import main; read = credentials.read\n"
        "def counted(account):\n    print('read', account.id, file=sys.stderr); return read(account)\n"
        "credentials.read = counted; main()"
    )
    ran = shell.run([sys.executable, "-c", program, "import", "--yes"])
    assert ran.code == 0, ran.err
    told = [line for line in ran.err.splitlines() if line.startswith("read ")]
    assert len(told) >= 3
    assert len(told) == len(set(told))


def test_a_sign_in_in_the_keychain_is_said(shell: Shell, home: Path) -> None:
    (home / ".codex").mkdir()
    config = home / ".codex/config.toml"
    config.write_text('cli_auth_credentials_store = "keyring"\n')
    ran = take(shell, "--list")
    assert "Codex's login is not in a file" in ran.err
    assert "No key found" in ran.out
    (remark,) = json.loads(take(shell, "--json").out)["remarks"]
    assert "tankful add codex" in remark
    shell.env["LANG"] = "zh_CN.UTF-8"
    assert "Codex 的登录信息不在文件中" in take(shell, "--list").err


def test_claude_codes_settings_are_offered(world: StandIn, shell: Shell, home: Path) -> None:
    (home / ".claude").mkdir()
    path = home / ".claude/settings.json"
    told = {
        "ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic",
        "ANTHROPIC_AUTH_TOKEN": KEYS["glm-intl"].value,
    }
    path.write_text(json.dumps({"env": told}))
    assert take(shell, "--list").out.startswith(
        "~/.claude/settings.json (ANTHROPIC_AUTH_TOKEN): GLM"
    )
    assert take(shell, "--yes").code == 0
    (account,) = accounts.load().accounts
    assert (account.provider, account.region) == ("glm", "intl")


def test_a_key_of_another_service_is_said_and_left(world: StandIn, shell: Shell) -> None:
    shell.env["ANTHROPIC_BASE_URL"] = "http://api.other.example/anthropic"
    place(shell, ANTHROPIC_AUTH_TOKEN="kimi-intl")
    ran = take(shell, "--yes")
    assert "api.other.example, which Tankful does not support" in ran.err
    assert accounts.load().accounts == ()
    assert world.requests == []


def test_a_key_is_not_sent_in_clear_to_a_private_network_unasked(
    world: StandIn, shell: Shell
) -> None:
    shell.env["ANTHROPIC_BASE_URL"] = "http://192.168.1.5:3000"
    shell.env["ANTHROPIC_AUTH_TOKEN"] = "sk-canary0123456789canary0123456789"
    place(shell, TAVILY_API_KEY="tavily-dev")
    ran = take(shell, "--yes")
    assert ran.code == 1
    assert "http://192.168.1.5:3000 is not encrypted" in ran.err
    assert [account.provider for account in accounts.load().accounts] == ["tavily"]
    assert {request.host for request in world.requests} == {"api.tavily.com"}


@pytest.mark.parametrize("listing", ["--list", "--json"])
def test_a_list_adds_nothing_and_says_so(shell: Shell, listing: str) -> None:
    place(shell, TAVILY_API_KEY="tavily-dev")
    ran = take(shell, listing, "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert "--yes does not go together with --list or --json" in ran.err


@pytest.mark.slow
def test_of_two_that_import_the_same_key_at_once_one_adds_it(world: StandIn, shell: Shell) -> None:
    place(shell, TAVILY_API_KEY="tavily-dev")
    world.delay = 0.5  # both have looked for the key before one stores it
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(shell.tankful, "import", "--yes") for _ in range(2)]
        ran = sorted((each.result() for each in both), key=lambda each: each.out, reverse=True)
    assert [each.code for each in ran] == [0, 0]
    assert ran[0].out.endswith("· already stored as Tavily\n")
    assert ran[1].out.startswith("Added Tavily: ")
    assert len(accounts.load().accounts) == 1
