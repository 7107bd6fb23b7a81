"""Alfred's window: the list of accounts, and the details of one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scripts.tools.pictures import examples
from scripts.tools.pictures.canvas import EDGE, Canvas, Icons, Theme
from scripts.tools.shapes import box
from workflow.alfred import account_list, lists
from workflow.display import times
from workflow.storage import json_codec

WIDTH, ROW, SEARCH = 680, 50, 62
PLACEHOLDER = "Tankful"  # shown by Alfred until something is typed
MOST = 9  # rows that Alfred shows at once


class Shown(NamedTuple):
    """A row as the user sees it."""

    title: str
    subtitle: str
    icon: str  # the stem of its file


def accounts() -> list[Shown]:
    """Return the rows of the list."""
    items = account_list.items(examples.state(), examples.NOW)
    return [_shown(item.title, item.subtitle, item.icon or "") for item in items]


def details() -> list[Shown]:
    """Return the first rows of the details of the account ``examples.WATCHED``."""
    state = examples.state()
    account = state.book.named(examples.WATCHED)
    environ = {"action": "details", "account": account.id}
    query = lists.Query(state, environ, lambda provider: "", lambda state, account: "")
    rows = json_codec.loads(lists.rendered(query).encode())["items"][:MOST]
    return [_shown(row["title"], row["subtitle"], row["icon"]["path"]) for row in rows]


def _shown(title: str, subtitle: str, icon: str) -> Shown:
    title, subtitle = (times.fill(text, examples.NOW) for text in (title, subtitle))
    return Shown(title, subtitle, Path(icon).stem)


def written(rows: list[Shown]) -> str:
    """Return the text of the picture, a line for each row."""
    return "\n".join(f"{row.title}\t{row.subtitle}" for row in rows)


def window(theme: Theme, typed: str, rows: list[Shown], icons: Icons) -> Canvas:
    """Draw Alfred with these rows, the first one selected."""
    canvas = Canvas(theme, WIDTH, SEARCH + ROW * len(rows) + 8)
    canvas.write(EDGE + 18, EDGE + 41, typed or PLACEHOLDER, 28, theme.text if typed else theme.dim)
    canvas.icon(icons["icon"], EDGE + WIDTH - 50, EDGE + 15, 32)
    for number, row in enumerate(rows):
        _row(canvas, number, row, EDGE + SEARCH + number * ROW, icons)
    return canvas


def _row(canvas: Canvas, number: int, row: Shown, top: int, icons: Icons) -> None:
    """Draw icon, title over subtitle, and shortcut."""
    theme, end = canvas.theme, EDGE + WIDTH - 62
    if not number:
        canvas.panel(box(EDGE + 6, top, EDGE + WIDTH - 6, top + ROW), 8, theme.selected)
    canvas.icon(icons[row.icon], EDGE + 18, top + 9, 32)
    canvas.write(EDGE + 64, top + 22, row.title, 16, theme.text, "bold", end)
    canvas.write(EDGE + 64, top + 40, row.subtitle, 12, theme.dim, "", end)
    if number < MOST:
        shortcut, left = (f"⌘{number + 1}", 46) if number else ("↩", 34)
        canvas.write(EDGE + WIDTH - left, top + 31, shortcut, 14, theme.dim)
