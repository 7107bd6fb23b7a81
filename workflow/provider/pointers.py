"""JSON Pointers (RFC 6901): the place of a value in a document."""

from __future__ import annotations

import re
from typing import Any

MAX_LENGTH, MAX_PARTS = 256, 32
MISSING = object()  # the value of a pointer that leads nowhere
_FORM = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_INDEX = re.compile(r"0|[1-9]\d{0,5}", re.ASCII)


def is_pointer(text: str) -> bool:
    """Tell whether a text is a pointer within MAX_LENGTH and MAX_PARTS."""
    fits = len(text.encode()) <= MAX_LENGTH and text.count("/") <= MAX_PARTS
    return fits and _FORM.fullmatch(text) is not None


def value(document: Any, pointer: str) -> Any:
    """Return the value that a pointer leads to; MISSING if there is none.

    >>> value({"a": [{"b/c": 7}]}, "/a/0/b~1c")
    7
    """
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and _INDEX.fullmatch(name) and int(name) < len(document):
            document = document[int(name)]
        else:
            return MISSING
    return document
