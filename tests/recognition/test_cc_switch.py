from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.said import english
from workflow.recognition import cc_switch, found_keys

GLM = "0123456789abcdef0123456789abcdef.CanaryAbCdEf0123"
RELAY = "sk-CanaryRelay0123456789abcdefghij"

FOLDER = ".cc-switch"


def database(home: Path, rows: Sequence[tuple[str, object]]) -> sqlite3.Connection:
    """A database as cc-switch makes it, with these names and settings."""
    (home / FOLDER).mkdir()
    made = sqlite3.connect(home / FOLDER / cc_switch.DATABASE)
    made.execute(
        "CREATE TABLE providers (id TEXT NOT NULL, app_type TEXT NOT NULL, name TEXT NOT NULL,"
        " settings_config TEXT NOT NULL, website_url TEXT, is_current BOOLEAN NOT NULL DEFAULT 0,"
        " PRIMARY KEY (id, app_type))"
    )
    made.executemany(
        "INSERT INTO providers (id, app_type, name, settings_config) VALUES (?, 'claude', ?, ?)",
        [(str(n), name, settings) for n, (name, settings) in enumerate(rows)],
    )
    made.commit()
    return made


def claude(address: str, key: str) -> str:
    return json.dumps({"env": {"ANTHROPIC_BASE_URL": address, "ANTHROPIC_AUTH_TOKEN": key}})


def codex(address: str, key: str) -> str:
    config = f'model_provider = "custom"\n[model_providers.custom]\nbase_url = "{address}"\n'
    return json.dumps({"auth": {"OPENAI_API_KEY": key}, "config": config})


def found(home: Path) -> list[tuple[str, str, str]]:
    inventory = found_keys.look({"HOME": str(home)})
    return [
        (one.source, one.finding.provider, one.finding.scope.get("address", ""))
        for one in inventory.candidates
    ]


def test_keys_and_relays_are_offered_by_the_name_of_their_service(tmp_path: Path) -> None:
    rows = [
        ("智谱", claude("https://open.bigmodel.cn/api/anthropic", GLM)),
        ("My relay", claude("https://relay.example", RELAY)),
        ("Codex relay", codex("https://other.example/v1", RELAY.replace("Relay", "Other"))),
        ("Official", json.dumps({"env": {}})),
    ]
    database(tmp_path, rows).close()
    place = "~/.cc-switch/cc-switch.db"
    assert found(tmp_path) == [
        (f"{place} (智谱)", "glm", ""),
        (f"{place} (My relay)", "relay", "https://relay.example"),
        (f"{place} (Codex relay)", "relay", "https://other.example"),
    ]


def test_nothing_is_written_and_nobody_is_waited_for(tmp_path: Path) -> None:
    rows = [("GLM", claude("https://api.z.ai/api/anthropic", GLM))]
    writing = database(tmp_path, rows)
    writing.execute("BEGIN EXCLUSIVE")
    before = sorted((tmp_path / FOLDER).iterdir())
    assert [provider for _, provider, _ in found(tmp_path)] == ["glm"]
    assert sorted((tmp_path / FOLDER).iterdir()) == before
    writing.close()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 200])
def test_what_is_no_database_offers_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / cc_switch.DATABASE).write_bytes(content)
    assert cc_switch.services(str(tmp_path / FOLDER)) == []


def test_odd_rows_are_passed_over_and_a_name_is_only_shown(tmp_path: Path) -> None:
    rows: list[tuple[str, object]] = [
        ("a\x07\n\u202eb" * 30, claude("https://api.z.ai/api/anthropic", GLM)),
        ("blob", b"\xff\xfe"),
        ("long", "x" * 70_000),
        ("text", "nothing"),
    ]
    database(tmp_path, rows).close()
    ((source, provider, _),) = found(tmp_path)
    assert (provider, source.isprintable(), len(source) < 80) == ("glm", True, True)
    assert GLM not in repr(cc_switch.services(str(tmp_path / FOLDER)))
    assert english(found_keys.look({"HOME": str(tmp_path)}).candidates[0].finding.what)


def test_settings_that_are_nested_too_deeply_are_left_out(tmp_path: Path) -> None:
    deep = '{"a":' * 300 + "1" + "}" * 300
    services = [
        f'"{at}": {{"name": "{at}", "settingsConfig": {settings}}}'
        for at, settings in enumerate((deep, claude("https://relay.example", RELAY)))
    ]
    (tmp_path / FOLDER).mkdir()
    config = tmp_path / FOLDER / cc_switch.FILE
    config.write_text(f'{{"claude": {{"providers": {{{", ".join(services)}}}}}}}')
    relay = ("~/.cc-switch/config.json (1)", "relay", "https://relay.example")
    assert found(tmp_path) == [relay]
