"""The page of Alfred's Gallery: the readme of ``info.plist`` with pictures, beside the icon."""

from __future__ import annotations

import plistlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from scripts.tools.draw_icons import ICONS
from scripts.tools.pictures.pictures import IMAGES

FOLDER = IMAGES.parent.parent
README, ICON = FOLDER / "readme.md", FOLDER / "icon.png"
SHOWN = {  # the beginning of a line of the readme, and the picture below it
    "See what is left": "![The list of accounts](images/about/list-light.png)",
    "* <kbd>⌘</kbd><kbd>C</kbd> Copy the row": "![Every number of an account](images/about/details.png)",
    "Press <kbd>⌘</kbd><kbd>Y</kbd> on the trend": "![How a week of an account goes, and where it leads](images/about/trend.png)",
}


def written() -> str:
    """Return the page."""
    readme = plistlib.loads((ICONS.parent / "info.plist").read_bytes())["readme"]
    lines: list[str] = []
    for line in str(readme).strip().splitlines():
        lines.append(line)
        for begin, picture in SHOWN.items():
            if line.startswith(begin):
                lines += ["", picture]
    return "\n".join(lines) + "\n"


def write() -> Iterator[Path]:
    """Write the page and the icon, and yield their paths."""
    README.write_text(written(), encoding="utf-8")
    shutil.copyfile(ICONS / "icon.png", ICON)
    yield from (README, ICON)
