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
    errors = _validator(schema).iter_errors(answer)
    found = sorted(errors, key=lambda error: list(map(str, error.path)))
    return [f"{error.json_path}: {error.message}" for error in found]


@functools.cache
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    rules = load(f"{schema}.schema.json")
    return jsonschema.Draft202012Validator(_without_references(rules, rules.get("$defs", {})))


def _without_references(rules: Any, named: dict[str, Any]) -> Any:
    """Put the rules themselves where a schema refers to them, as looking them up takes half of the time."""
    if isinstance(rules, list):
        return [_without_references(rule, named) for rule in rules]
    if not isinstance(rules, dict):
        return rules
    if list(rules) == ["$ref"]:
        return _without_references(named[rules["$ref"].removeprefix("#/$defs/")], named)
    return {key: _without_references(rule, named) for key, rule in rules.items() if key != "$defs"}


def read_json(text: str) -> Any:
    """Read JSON as macOS does, which knows neither NaN nor half a surrogate pair. Raises ValueError."""
    answer = json.loads(text, parse_constant=_refused)
    json.dumps(answer, ensure_ascii=False).encode()
    return answer


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def object_types() -> dict[str, Any]:
    """Return every `type@version` that Alfred writes, with its config keys (infoplist_types.json)."""
    types: dict[str, Any] = load("infoplist_types.json")["objects"]
    return types


def toplevel_keys() -> dict[str, Any]:
    """Return the top-level keys that Alfred writes."""
    keys: dict[str, Any] = load("infoplist_types.json")["toplevel"]
    return keys
