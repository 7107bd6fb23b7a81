"""Update the READMEs' tables of providers: ``python -m scripts.tools.readme``."""

from __future__ import annotations

import re
from pathlib import Path

from workflow.guide import table
from workflow.i18n.catalog import Translation, speaking

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"en": "README.md", "zh": "README.zh-CN.md"}
_BLOCK = re.compile(r"(?s)<!-- providers:\w+ -->\n.*?<!-- /providers -->")
_KEYS = re.compile(r"(?m)(?:^\|.*\n)+(?=\n.*guide/\w+\.md\))")  # the table above the guide's line


def written(text: str, language: str) -> str:
    """Return a README with both tables as they are now."""
    with speaking(Translation(language, hours24=True)):
        block, keys = table.readme_block(), table.keys()
    text = _BLOCK.sub(lambda _: block, text, count=1)
    return _KEYS.sub(lambda _: keys, text, count=1)


def main() -> None:
    """Write both READMEs."""
    for language, name in NAMES.items():
        path = ROOT / name
        path.write_text(written(path.read_text(encoding="utf-8"), language), encoding="utf-8")


if __name__ == "__main__":
    main()
