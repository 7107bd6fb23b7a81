"""Write the fields that each provider is known to send, from its samples: ``python -m scripts.tools.fields``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflow.provider import discovery, drift

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests/samples"
WRITTEN = ROOT / "workflow/provider/fields.json"


def main() -> None:
    """Write the file."""
    WRITTEN.write_text(content(), encoding="utf-8")


def content() -> str:
    """Return the contents of the file: each provider's fields, by the field that contains them."""
    fields_of = {}
    for name in discovery.names():
        fields: dict[str, set[str]] = {}
        for path in sorted((SAMPLES / name).glob("*.json")):
            if path.name != "INDEX.json":
                for parent, field in pairs(json.loads(path.read_text(encoding="utf-8"))):
                    fields.setdefault(parent, set()).add(field)
        fields_of[name] = {parent: sorted(fields[parent]) for parent in sorted(fields)}
    text = json.dumps(fields_of, ensure_ascii=False, separators=(",", ":"))
    return text.replace("},", "},\n") + "\n"


def pairs(value: Any, parent: str = "") -> Iterator[tuple[str, str]]:
    """Yield every field that may hold an amount, after the name of the field that contains it."""
    if isinstance(value, list):
        for each in value:
            yield from pairs(each, parent)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        plain = drift.plain_name(name)
        if not drift.is_no_amount(plain):
            yield parent, plain
        yield from pairs(inner, plain)


if __name__ == "__main__":
    main()
