"""The collected facts as data: schemas and the keys real workflows have."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).parent / "facts"


@functools.cache
def load(name: str) -> Any:
    """Read one file of the facts folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def violations(schema: str, answer: object) -> list[str]:
    """Say where *answer* differs from `<schema>.schema.json`, one sentence each."""
    validator = jsonschema.Draft202012Validator(load(f"{schema}.schema.json"))
    found = sorted(validator.iter_errors(answer), key=lambda error: list(map(str, error.path)))
    return [f"{error.json_path}: {error.message}" for error in found]


def object_types() -> dict[str, Any]:
    """Every `type@version` Alfred writes, with its config keys (infoplist_types.json)."""
    types: dict[str, Any] = load("infoplist_types.json")["objects"]
    return types


def toplevel_keys() -> dict[str, Any]:
    """The top-level keys Alfred writes (alfred.md 3.1)."""
    keys: dict[str, Any] = load("infoplist_types.json")["toplevel"]
    return keys
