"""Replace signs that a terminal cannot show, on standard output and error.

A terminal in GBK, Big5 or Latin-1 has no bar and no tick, and printing one would raise UnicodeEncodeError.
"""

from __future__ import annotations

import codecs
import os
import sys
from io import TextIOWrapper

_YUAN = ("￥", "CNY ")  # GBK has only the wide sign
ERRORS = "tankful"
ASCII = "tankful_ascii"
_CHINESE = "简体中文"
_INSTEAD = {
    **dict(zip("▰▱✓✗●○◆▲⚠·“”’–−", '#-+x*o!!!|""\'--')),
    **dict(zip("┃≈│▁▂▃▄▅▆▇█", "|~| .:-=+*#")),
    "…": "...",
    "⛔": "! ",
    "≤": "<=",
    "∞": "oo",
    "→": "->",
    "⌃": "^",
    "€": "EUR ",
    "£": "GBP ",
}


def speak_what_can_be_shown() -> None:
    """Make this process write English if standard output cannot encode Chinese."""
    if not can_be_shown(_CHINESE):
        os.environ["TANKFUL_LANGUAGE"] = "en"


def can_be_shown(text: str) -> bool:
    """Tell whether standard output can encode a text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def install() -> None:
    """Make standard output and error replace what they cannot encode, instead of raising."""
    codecs.register_error(ERRORS, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper):
            continue
        if codecs.lookup(stream.encoding).name == "ascii":
            codecs.register(_ascii)
            stream.reconfigure(encoding=ASCII)
        stream.reconfigure(errors=ERRORS)


def _ascii(name: str) -> codecs.CodecInfo | None:
    """Provide ASCII under a name of ours: if the encoding is called ASCII, click writes UTF-8 instead."""
    if name != ASCII:
        return None
    known = codecs.lookup("ascii")
    return codecs.CodecInfo(
        known.encode,
        known.decode,
        incrementalencoder=known.incrementalencoder,
        incrementaldecoder=known.incrementaldecoder,
        name=ASCII,
    )


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_instead(sign, error.encoding) for sign in signs), error.end


def _instead(sign: str, encoding: str) -> str:
    if sign != "¥":
        return _INSTEAD.get(sign, "?")
    wide, name = _YUAN
    try:
        wide.encode(encoding)
    except UnicodeError:
        return name
    return wide
