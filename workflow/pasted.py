"""What was copied, as text: without the quoting of shells, mended, unpacked, cut into words.

People paste keys with quotes, ``Bearer``, ``export X=`` and line breaks around them, whole commands
of "Copy as cURL" for bash and cmd, JSON within a JSON string. Whose key a word is, is not known here.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator, NamedTuple, Tuple

from . import codec

LONGEST_WORD = 16 * 1024  # characters; a token of ChatGPT has some thousand
_MOST_LINES = 300  # that one key is broken into
_MOST_WORDS = 300  # candidates in one text
_BEFORE, _AFTER = 90, 64  # characters around a word that are looked at
_AROUND = "\"'`“”‘’,; \t\r\n"  # what may stand around the whole
_BUTTONS = frozenset(
    ["copy", "copied", "done", "show", "hide", "edit", "delete", "close", "revoke"]
)

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|\x1b\\[20[01]~"  # bracketed paste
)
_KEY = r"A-Za-z0-9_.\-+/~$%*@!#^"
_WORD = re.compile(rf"(?<![A-Za-z0-9_])[A-Za-z0-9_][{_KEY}]{{5,}}")
_LINE = re.compile(rf"[{_KEY}]+")  # what a key that was broken into lines goes on with
_GLUED = re.compile(r"[^\s!-~，。、；：！？（）【】《》“”‘’「」…•●]{1,40}[A-Za-z0-9]")
_SPACED = re.compile(r" {1,4}([A-Za-z0-9][\w.+/-]*)(?![\w.+/=:-])", re.ASCII)
_SHORTENED = re.compile(r"…|\.\.\.|\*\*\*|[•●]{2}")

IsKey = Callable[[str], bool]


class Word(NamedTuple):
    """A piece of the text that may be a key, and what stands around it. Its repr shows nothing."""

    text: str
    before: str
    after: str

    def __repr__(self) -> str:
        return "Word()"

    def is_damaged(self, is_key: IsKey) -> bool:
        """Whether this is only a part of what the user meant to copy."""
        if _SHORTENED.match(self.after) or "..." in self.text:
            return True
        if self.before.endswith(("…", "...")) or _GLUED.match(self.after):
            return True
        following = _SPACED.match(self.after)
        if following is None or is_key(following[1]):
            return False
        return not self.before or any(letter.isdigit() for letter in following[1])


def clean(text: str) -> str:
    """The text without what is invisible, and without the quoting of a shell."""
    if not text.isascii() or "\x1b" in text:
        text = _INVISIBLE.sub("", text)
    text = text.replace("：", ":").replace("＝", "=").strip()
    if '^"' in text:  # cmd
        text = "^".join(part.replace("^", "") for part in re.sub(r"\^\r?\n", " ", text).split("^^"))
    if "$'" in text:  # bash
        text = re.sub(r"\\u00([2-7][0-9a-fA-F])", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\\r?\n", " ", text)


def mended(text: str, is_key: IsKey) -> str:
    """Lines of one key or cookie joined; the text itself when they are something else."""
    lines = [line.strip(_AROUND) for line in text.splitlines()]
    first, *more = [line for line in lines if line] or [""]
    if not 1 <= len(more) <= _MOST_LINES or not all(_LINE.fullmatch(line) for line in more):
        return text
    if any(line.lower() in _BUTTONS or is_key(line) for line in more):
        return text
    return first + "".join(more)


def opened(text: str) -> Tuple[str, Any]:
    """The text and, when it is JSON, the document in it; JSON in a JSON string is unpacked."""
    for _ in range(2):
        bare = text.strip("'`“”‘’; \t\r\n")
        document = _json(bare) if bare[:1] in ("{", "[", '"') else None
        if not isinstance(document, str):
            return text, document
        text = _INVISIBLE.sub("", document).strip()
    return text, None


def _json(text: str) -> Any:
    try:
        return codec.loads(text.encode())
    except ValueError:
        return None


def words(text: str) -> Iterator[Word]:
    """The pieces of a text that may be keys, each once."""
    seen = set()
    for match in _WORD.finditer(text):
        word = match[0].rstrip(".*!~")
        if word in seen or len(word) > LONGEST_WORD or not _may_be_key(word):
            continue
        start, end = match.start(), match.start() + len(word)
        yield Word(word, text[max(0, start - _BEFORE) : start], text[end : end + _AFTER])
        seen.add(word)
        if len(seen) >= _MOST_WORDS:
            return


def _may_be_key(word: str) -> bool:
    return len(word) >= 20 or any(mark in word for mark in "-_.")


def is_shortened(text: str) -> bool:
    """Whether a console or a web page has left out or masked a part of it."""
    return _SHORTENED.search(text) is not None
