"""Draw ``icons/preview.png``: the list as it stands in Alfred, in both themes, and all icons.

The rows are those that Tankful shows for the accounts of this file; nothing is written by hand. The
fonts are those of this machine. Run it with ``python -m scripts.tools.draw_preview``; it needs Pillow.
"""

from __future__ import annotations

import collections
import functools
import os
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

import click

from scripts.tools.draw_icons import ACTIONS, ICONS, LEVELS, PROVIDERS, Polygon, all_icons, box
from workflow.alfred import account_list
from workflow.alfred.items import Item
from workflow.display import times
from workflow.errors import CredentialRejected
from workflow.models import Account, Balance, Quota, Snapshot, Usage
from workflow.provider import discovery
from workflow.refresh import fetch as fetching
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

if TYPE_CHECKING:
    from PIL import Image, ImageFont

NOW = datetime(2026, 11, 18, 14, 40, tzinfo=timezone.utc)  # a Wednesday
SETTINGS = Settings()
ROWS = "Rows"  # the name under which the picture keeps its text


def quota(label: str, left: int, resets: Optional[timedelta] = None, window: int = 0) -> Quota:
    """An allowance with so many percent left."""
    at = NOW + resets if resets else None
    left_, whole = Decimal(left), Decimal(100)
    return Quota(label, "%", whole - left_, whole, left_, window or None, at)


def known(name: str, label: str, minutes: int = 2, **usage: Any) -> tuple[Account, Snapshot]:
    """An account, and what it answered so many minutes ago."""
    account = Account(f"{name}-{label}", name, label)
    return account, Snapshot(account.id, Usage(**usage), NOW - timedelta(minutes=minutes))


def refused(name: str, label: str, minutes: int) -> tuple[Account, Snapshot]:
    """An account that answered so many minutes ago, and whose credential is refused now."""
    account, snapshot = known(name, label, minutes)
    failure = fetching.failure(CredentialRejected(), account, discovery.about(name), NOW)
    return account, replace(snapshot, failure=failure)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EXAMPLES = (
    known(
        "chatgpt",
        "Personal",
        0,
        quotas=(quota("5 hours", 92, 2 * HOUR), quota("Weekly", 78, 4 * DAY + 2 * HOUR)),
        plan="Plus",
    ),
    known(
        "glm",
        "Work",
        quotas=(quota("5 hours", 72, 3 * HOUR), quota("Weekly", 41, 2 * DAY + 4 * HOUR)),
        plan="Pro",
    ),
    known("minimax", "Coding", quotas=(quota("5 hours", 17, 1.2 * HOUR),), plan="Max"),
    known(
        "tavily",
        "Research",
        quotas=(
            replace(
                Quota("Plan", "credits", Decimal(970), Decimal(1000), Decimal(30)),
                resets_at=datetime(2026, 12, 1, tzinfo=timezone.utc),
                estimated=True,
            ),
        ),
    ),
    known("kimi", "主账号", balances=(Balance(Decimal("42.18"), "CNY", Decimal(12)),)),
    refused("openai", "Team", 180),
    (Account("glm-side", "glm", "Side project"), Snapshot("glm-side")),
)


def shown() -> tuple[Item, ...]:
    """The rows of the list, as of now, as they are read."""
    state = State(
        Accounts(tuple(account for account, _ in EXAMPLES)),
        {snapshot.account_id: snapshot for _, snapshot in EXAMPLES},
        discovery.everything(),
        SETTINGS,
    )
    return tuple(
        replace(item, title=said(item.title), subtitle=said(item.subtitle))
        for item in account_list.items(state, NOW)
    )


def said(told: str) -> str:
    """A text with its moving values as of now."""
    return times.fill(told, NOW, SETTINGS.language, SETTINGS.hours24)


def written(items: tuple[Item, ...]) -> str:
    """What the picture says, a row in a line: it is kept in the file, to tell when that is stale."""
    return "\n".join(f"{item.title}\t{item.subtitle}" for item in items)


class Theme(NamedTuple):
    """The colours of Alfred's window and of what lies behind it."""

    desk: str
    window: str
    edge: str
    selected: str
    text: str
    dim: str


RETINA = 2
LIGHT = Theme("#d9dee7", "#f5f5f5", "#c3c8d2", "#dfe3ee", "#1c1c1e", "#6a6a70")
DARK = Theme("#0b0c0f", "#1e1e1e", "#3a3a3d", "#34363d", "#f2f2f4", "#a0a0a8")
WIDTH, ROW, SEARCH, EDGE, LEGEND = 680, 50, 62, 24, 206


@functools.cache
def font_for(character: str, size: int, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The first font on this machine that suits a character."""
    from PIL import ImageFont

    names = ["Inter-Medium.otf" if bold else "Inter-Regular.otf", "DejaVuSans.ttf"]
    if character in "▰▱↩⌘":
        names = ["DejaVuSans.ttf"]
    elif ord(character) > 0x2E80:
        names = ["NotoSansCJK-Regular.ttc"]
    for name in names:
        try:
            return ImageFont.truetype(name, size * RETINA)
        except OSError:
            continue
    return ImageFont.load_default(size * RETINA)


class Desk:
    """The preview of one theme."""

    def __init__(
        self, theme: Theme, icons: dict[str, Image.Image], items: tuple[Item, ...]
    ) -> None:
        from PIL import Image, ImageDraw

        self.items = items
        size = WIDTH + 2 * EDGE, 3 * EDGE + SEARCH + ROW * len(self.items) + 8 + LEGEND
        self.theme, self.icons = theme, icons
        self.image = Image.new("RGBA", (size[0] * RETINA, size[1] * RETINA), theme.desk)
        self.draw = ImageDraw.Draw(self.image)

    def panel(self, polygon: Polygon, radius: int, colour: str, edge: Optional[str] = None) -> None:
        """A rectangle with rounded corners."""
        left, top, right, bottom = (v * RETINA for v in (*polygon[0], *polygon[2]))
        self.draw.rounded_rectangle((left, top, right, bottom), radius * RETINA, colour, edge, 2)

    def write(
        self, x: float, y: float, text: str, size: int, colour: str, bold: bool = False
    ) -> None:
        """A line of text, its baseline at y, a font for each character; cut at the edge as Alfred does."""
        x, end = x * RETINA, (EDGE + WIDTH - 74) * RETINA
        for character in text:
            font = font_for(character, size, bold)
            if x > end:
                self.draw.text((x, y * RETINA), "…", colour, font, anchor="ls")
                return
            self.draw.text((x, y * RETINA), character, colour, font, anchor="ls")
            x += font.getlength(character)

    def icon(self, name: str, x: int, y: int, pixels: int) -> None:
        """An icon, that many pixels of the picture wide."""
        from PIL import Image

        small = self.icons[name].resize((pixels, pixels), Image.Resampling.LANCZOS)
        self.image.alpha_composite(small, (x * RETINA, y * RETINA))

    def window(self) -> None:
        """Alfred, with ``usage`` typed."""
        bottom = EDGE + SEARCH + ROW * len(self.items) + 8
        self.panel(box(EDGE, EDGE, EDGE + WIDTH, bottom), 12, self.theme.window, self.theme.edge)
        self.write(EDGE + 18, EDGE + 41, "usage", 28, self.theme.text)
        self.icon("icon", EDGE + WIDTH - 50, EDGE + 15, 64)
        for number, item in enumerate(self.items):
            self.row(number, item, EDGE + SEARCH + number * ROW)

    def row(self, number: int, item: Item, top: int) -> None:
        """One row: icon, title over subtitle, shortcut."""
        if not number:
            area = box(EDGE + 6, top, EDGE + WIDTH - 6, top + ROW)
            self.panel(area, 8, self.theme.selected)
        self.icon(Path(item.icon or "").stem, EDGE + 18, top + 9, 64)
        self.write(EDGE + 64, top + 22, item.title, 16, self.theme.text, bold=True)
        self.write(EDGE + 64, top + 40, item.subtitle, 12, self.theme.dim)
        shortcut = f"⌘{number + 1}" if number else "↩"
        self.draw.text(
            ((EDGE + WIDTH - (42 if number else 34)) * RETINA, (top + 31) * RETINA),
            shortcut,
            self.theme.dim,
            font_for("⌘", 14, False),
            anchor="ls",
        )

    def legend(self) -> None:
        """Each level at 2x and in plain 32 pixels, then the actions."""
        left, top = EDGE + 20, 2 * EDGE + SEARCH + ROW * len(self.items) + 8
        area = box(EDGE, top, EDGE + WIDTH, top + LEGEND)
        self.panel(area, 12, self.theme.window, self.theme.edge)
        for column, word in enumerate(("", *LEVELS)):
            self.level(word, left + column * 108, top)
        for column, name in enumerate(ACTIONS):
            self.icon(name, left + column * 42, top + 160, 64)
            self.icon(name, left + 9 * 42 + 58 + column * 22, top + 168, 32)

    def level(self, word: str, left: int, top: int) -> None:
        """All providers in one level."""
        self.write(left, top + 22, word or "no level", 11, self.theme.dim)
        for place, name in enumerate(PROVIDERS):
            stem, across, down = f"{name}-{word}" if word else name, place % 3, place // 3
            self.icon(stem, left + across * 33, top + 32 + down * 35, 64)
            self.icon(stem, left + across * 22, top + 108 + down * 20, 32)


def with_palette(picture: Image.Image) -> Image.Image:
    """The picture in its 128 most frequent colours and 128 spread over all the others."""
    from PIL import Image

    data = picture.tobytes()
    counts = collections.Counter(data[i : i + 3] for i in range(0, len(data), 3))
    frequent = b"".join(colour for colour, _ in counts.most_common(128))
    spread = bytes(picture.quantize(128, Image.Quantize.MAXCOVERAGE).getpalette() or ())
    palette = Image.new("P", (1, 1))
    palette.putpalette(frequent + spread)
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def draw_preview() -> Image.Image:
    """The list in the light theme and, to its right, in the dark one."""
    from PIL import Image

    icons, items = dict(all_icons()), shown()
    desks = [Desk(theme, icons, items) for theme in (LIGHT, DARK)]
    for desk in desks:
        desk.window()
        desk.legend()
    width, height = desks[0].image.size
    preview = Image.new("RGB", (2 * width, height))
    for place, desk in enumerate(desks):
        preview.paste(desk.image.convert("RGB"), (place * width, 0))
    return with_palette(preview)


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ICONS / "preview.png",
    help="File to draw into; the repository's icons/preview.png unless told.",
)
def main(out: Path) -> None:
    """Draw the picture of the list."""
    from PIL.PngImagePlugin import PngInfo

    os.environ["TZ"] = "UTC"
    time.tzset()
    info = PngInfo()
    info.add_itxt(ROWS, written(shown()))
    draw_preview().save(out, optimize=True, pnginfo=info)
    click.echo(f"the list in {out}")


if __name__ == "__main__":
    main()
