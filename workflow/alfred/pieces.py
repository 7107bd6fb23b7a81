"""The texts of each account from which the lists of all accounts are made. They are kept in the pack, like a
list, and those of an account that has not changed are used again.

The first line is a checksum of the rest. Then come for each account its id, the word for what its pieces were
made of, and the pieces in the order of NAMES; one that was not needed is empty.
"""

from __future__ import annotations

from zlib import crc32

from ..i18n.catalog import Translation, current
from ..state.state import State
from ..storage import files
from ..system import builds
from . import pack, source

KEY = "pieces"  # in the pack
_PIECE, _ACCOUNT = "\x96", "\x97"  # separate the pieces of an account, and accounts
NAMES = ("row", "line", "level", "copied", "private", "fit", "report")


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


def content(state: State) -> bytes:
    """Write the pieces of a state, for the next one."""
    names = _names()
    written = _ACCOUNT.join(
        [
            _PIECE.join([name, made_of, *(state.pieces.get((name, *each), "") for each in names)])
            for name, made_of in source.of_accounts(state).items()
        ]
    ).encode()
    return b"\n".join((_sum(written), written))


def _names() -> list[tuple[str, Translation]]:
    return [(name, current()) for name in NAMES]


def _kept() -> list[bytes]:
    """Read what was kept of each account; nothing if the file is damaged."""
    try:
        whole = pack.read(files.in_cache(pack.LISTS), KEY)
    except (OSError, ValueError):
        return []
    summed, _, rest = whole.partition(b"\n")
    return list(filter(None, rest.split(_ACCOUNT.encode()))) if summed == _sum(rest) else []


def _sum(content: bytes) -> bytes:
    return b"%08x" % crc32(content)  # quicker than the checksum of a feed
