"""Standard output and error that no sign of ours breaks, whatever the terminal can show.

A terminal in GBK, Big5 or Latin-1 has no bar and no tick, and Python ends a program that prints one.
"""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper
from typing import Tuple

ERRORS = "tankful"
_INSTEAD = {**dict(zip("▰▱✓✗●○◆▲⚠·“”’–−", '#-+x*o!!!|""\'--')), "…": "..."}


def take_all() -> None:
    """Let standard output and error show something else instead of what they cannot show."""
    codecs.register_error(ERRORS, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=ERRORS)


def _replaced(error: UnicodeError) -> Tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_INSTEAD.get(sign, "?") for sign in signs), error.end
