"""The parts of a row's details, and which of them are left out on a narrow line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Callable, NamedTuple

BETWEEN = " · "
_ADDRESS = re.compile(r"https://([^/\s（），；]+)[^\s（），；]*")


class Part(NamedTuple):
    """A part of the details; on a launcher's line the highest rank is left out first, rank 0 never."""

    text: str
    rank: int = 0
    parts_itself: bool = False  # its text includes the separator, which disappears with it
    short: str = ""  # a shorter text to try before it is left out
    stays: tuple[int, int] = (0, 0)  # on a terminal: the lowest is shortened, or left out, first


class Piece(NamedTuple):
    """A part for a terminal, whose width is known; its moving values are filled in."""

    text: str
    short: str
    whole: int  # the lowest is shortened first
    kept: int  # the lowest is left out first


# ``Part.stays`` by kind of part
NOTICE, RESET, WINDOW, AGE = (0, 1), (1, 6), (2, 2), (3, 3)
PACE, HEADLINE, FAILURE, REASON = (4, 9), (5, 8), (5, 10), (7, 10)


def joined(parts: Sequence[Part]) -> str:
    """Join parts into one line; the last one gets no separator."""
    texts = [part.text if part.parts_itself else f"{part.text}{BETWEEN}" for part in parts[:-1]]
    return "".join((*texts, *(part.text for part in parts[-1:])))


def pieces(parts: Sequence[Part]) -> list[Piece]:
    """Make the pieces from which a terminal chooses."""
    return [Piece(part.text, part.short or _short(part.text), *_stays(part)) for part in parts]


def _short(text: str) -> str:
    """Replace addresses in a text by their hosts; "" if there are none."""
    return _ADDRESS.sub(r"\1", text) if _ADDRESS.search(text) else ""


def _stays(part: Part) -> tuple[int, int]:
    return part.stays if any(part.stays) else (-part.rank, -part.rank)


def chosen(of: Sequence[Piece], room: int, width: Callable[[str], int]) -> str:
    """Return the pieces of a row that fit in so many columns.

    The least important piece is shortened or left out first, of equal ones the last; then those that fit after
    all are restored. One piece always stays, even if it is too wide.
    """
    texts = [piece.text for piece in of]
    steps: list[tuple[int, str]] = []  # an index, and its previous text
    while width(_line(texts)) > room:
        place = min((i for i, text in enumerate(texts) if text), key=lambda i: _order(of, texts, i))
        shorter = of[place].short if _is_whole(of[place], texts[place]) else ""
        if not shorter and len(list(filter(None, texts))) == 1:
            break
        steps.append((place, texts[place]))
        texts[place] = shorter
    for place, text in reversed(steps):
        longer = [*texts[:place], text, *texts[place + 1 :]]
        if width(_line(longer)) <= room:
            texts = longer
    return _line(texts)


def _order(of: Sequence[Piece], texts: Sequence[str], place: int) -> tuple[int, int]:
    piece = of[place]
    return (piece.whole if _is_whole(piece, texts[place]) else piece.kept), -place


def _is_whole(piece: Piece, text: str) -> bool:
    """Tell whether there is a shorter text for this one."""
    return bool(piece.short) and text != piece.short


def _line(texts: Sequence[str]) -> str:
    return BETWEEN.join(text for text in texts if text)
