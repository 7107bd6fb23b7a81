"""Facts about Alfred as data: schemas, and the keys of real workflows."""

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
    """Return one sentence for each place where *answer* violates `<schema>.schema.json`."""
    validator = jsonschema.Draft202012Validator(load(f"{schema}.schema.json"))
    found = sorted(validator.iter_errors(answer), key=lambda error: list(map(str, error.path)))
    return [f"{error.json_path}: {error.message}" for error in found]


def object_types() -> dict[str, Any]:
    """Return every `type@version` that Alfred writes, with its config keys (infoplist_types.json)."""
    types: dict[str, Any] = load("infoplist_types.json")["objects"]
    return types


def toplevel_keys() -> dict[str, Any]:
    """Return the top-level keys that Alfred writes."""
    keys: dict[str, Any] = load("infoplist_types.json")["toplevel"]
    return keys
