"""The texts of each account from which the lists of all accounts are made. They are kept beside the pack, and
those of an account that has not changed are used again.

The first line has the layout and a checksum of the rest. Then come for each account its id, the word for what
its pieces were made of, and the pieces in the order of NAMES; one that was not needed is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from ..i18n.catalog import Translation, current
from ..state.state import State
from ..storage import files
from ..system import builds
from . import source
from .pack import LARGEST

FILE = "pieces"
_LAYOUT = b"tankful-pieces-2"
_PIECE, _ACCOUNT = "\x96", "\x97"  # separate the pieces of an account, and accounts
NAMES = ("row", "line", "level", "copied", "private", "fit", "report")


def path() -> str:
    """Return the path of the file."""
    return files.in_cache(FILE)


def recall(state: State) -> None:
    """Load into a state the pieces of the accounts that have not changed."""
    if not builds.current():
        return  # the code of a checkout may have changed
    known, names = source.of_accounts(state), _names()
    for of_account in _kept():
        name, made_of, texts = of_account.split(_PIECE.encode(), 2)
        account_id = name.decode()
        if known.get(account_id) == made_of.decode():
            pieces = zip(names, texts.decode().split(_PIECE))
            state.pieces.update({(account_id, *each): text for each, text in pieces if text})


def keep(state: State) -> None:
    """Save the pieces of a state for the next one. Raises OSError."""
    if not builds.current():
        return
    names = _names()
    content = _ACCOUNT.join(
        [
            _PIECE.join([name, made_of, *(state.pieces.get((name, *each), "") for each in names)])
            for name, made_of in source.of_accounts(state).items()
        ]
    ).encode()
    files.write(path(), b"\n".join((_head(content), content)), lasting=False)


def _names() -> list[tuple[str, Translation]]:
    return [(name, current()) for name in NAMES]


def _kept() -> Iterator[bytes]:
    """Read what was kept of each account; nothing if the file is damaged."""
    try:
        content = files.read(path(), LARGEST) or b""
    except OSError:
        return
    head, _, rest = content.partition(b"\n")
    if rest and head == _head(rest):
        yield from rest.split(_ACCOUNT.encode())


def _head(content: bytes) -> bytes:
    return b"%b\t%08x" % (_LAYOUT, crc32(content))  # quicker than the checksum of a feed
