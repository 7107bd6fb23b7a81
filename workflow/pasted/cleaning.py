"""Cleans pasted text: removes shell quoting, joins broken lines, unpacks JSON, splits it into words.

People paste keys with quotes, ``Bearer``, ``export X=`` and line breaks around them, whole commands from "Copy as
cURL" for bash and cmd, and JSON inside a JSON string. Which provider a key belongs to is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Callable, NamedTuple

from ..storage import json_codec
from . import addresses
from .addresses import Address

LONGEST_WORD = 16 * 1024  # characters; a token of ChatGPT has a few thousand
_MOST_LINES = 300  # lines that one key may be broken into
MOST_WORDS = 300  # candidates in one text
_BEFORE, _AFTER = 90, 64  # characters around a word that are read
_FEW, _LONG = 4, 20  # words of a text that is only a key, and minimum characters of a key
_DEEPEST = 40  # levels of nested objects
_LONGEST_FIELD = 20_000  # characters of a field that are searched for an address
_AROUND = "\"'`“”‘’,; \t\r\n"  # characters that may surround a line
_BUTTONS = frozenset(
    ["copy", "copied", "done", "show", "hide", "edit", "delete", "close", "revoke"]
)

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
    "|\x1b\\[20[01]~"  # bracketed paste
)
_SPACES = "\t\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ODD_SPACE = re.compile(rf"(?<=[A-Za-z0-9_-])([{_SPACES}])[{_SPACES} ]{{0,3}}(?=[A-Za-z0-9_-])")
HYPHENS = "\u02d7\u058a\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_LIKE = (  # Cyrillic and Greek letters that look like those in _LATIN
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03bf\u03bd\u03c1"
)
_LATIN = "ABEKMHOPCTXIJSaeopcyxijshdqwABEZHIKMNOPTYXovp"
_STRAIGHT: dict[int, str] = {
    **{ord(hyphen): "-" for hyphen in HYPHENS},
    **dict(zip(map(ord, _LIKE), _LATIN)),
    **{
        place: chr(place - 0xFEE0)
        for place in range(0xFF01, 0xFF5F)
        if chr(place - 0xFEE0).isalnum()
    },
    0xFF3F: "_",
    0xFF0E: ".",
}
_KEY = r"A-Za-z0-9_.\-+/~$%*@!#^"
_BEHIND_UUID = (
    r"(?:(?<=-[0-9A-Fa-f]{12}):(?:fx|[0-9A-Fa-f]{32})(?![\w-]))?"  # DeepL's and fal's keys
)
_INSIDE = "<__>"  # in You.com's keys
_WORD = re.compile(
    rf"(?<![A-Za-z0-9_])[A-Za-z0-9_][{_KEY}]{{5,}}(?:{_INSIDE}[\w-]+)?" + _BEHIND_UUID, re.ASCII
)
_ALONE = re.compile(  # export NAME=key, Header: key, Bearer key, "key"
    r"(?:export )?(?:[A-Z][A-Z0-9]*_[A-Z0-9_]*=)?(?:[A-Za-z][\w-]*: )?(?i:(?:bearer|basic|token) )?"
    r"[\"'`“‘]?((?![{\[])[!-~]+?)[\"'`”’]?",
    re.ASCII,
)
_LINE = re.compile(rf"(?:[{_KEY}]|{_INSIDE})+")  # a further line of a key in several lines
_GLUED = re.compile(r"[^\s!-~，。、；：！？（）【】《》“”‘’「」…•●]{1,40}[A-Za-z0-9]")
_SPACED = re.compile(r" {1,4}([A-Za-z0-9][\w.+/-]*)(?![\w.+/=:-])", re.ASCII)
_ODDLY_SPACED = re.compile(
    rf" {{0,3}}([{_SPACES}])[{_SPACES} ]{{0,3}}([A-Za-z0-9_-][\w.+/-]*)", re.ASCII
)
_MIXED = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}[a-z]|[\w-]{16}", re.ASCII)  # not an ordinary word
_CELL = re.compile(r"[\d.,:/-]{1,20}|[A-Z]?[a-z]{1,15}", re.ASCII)  # a date or a word in a table
_NAMED = (
    re.compile(  # NAME=, "NAME": ", set -x NAME, setx NAME, setenv("NAME", "; name: NAME, value:
        r"([A-Z][A-Z0-9_]{2,60})[\"']?\s{0,8}(?:[=:,]|\s)\s{0,8}"
        r"(?:-?-?[\"']?(?:value|body|b)[\"']?[=:\s]\s{0,8})?[\"'“]?(?:Bearer\s{1,4})?\Z"
    )
)
_SHORTENED = re.compile(r"…|\.\.\.|\*\*\*|[•●]{2}")

IsKey = Callable[[str], bool]
Around = tuple[tuple[Address, ...], ...]  # addresses in the objects around, the nearest first


class Word(NamedTuple):
    """A piece of the text that may be a key, and the text around it. Its repr shows nothing."""

    text: str
    before: str
    after: str
    at: int = 0  # where it begins
    name: str = ""  # of the variable that contains it

    def __repr__(self) -> str:
        return "Word()"

    def fault(self, is_key: IsKey) -> str | None:
        """Return the odd character that cuts a key off, "" if it is cut otherwise, None if it is whole."""
        if _SHORTENED.match(self.after) or "..." in self.text or self.before.endswith(("…", "...")):
            return ""
        if _GLUED.match(self.after):
            return self.after[0]
        odd = _ODDLY_SPACED.match(self.after)
        if odd is not None and not is_key(odd[2]):
            is_row = odd[1] == "\t" and self.before.endswith("\t")
            return None if is_row and _CELL.fullmatch(odd[2]) else odd[1]
        following = _SPACED.match(self.after)
        if following is None or is_key(following[1]):
            return None
        return "" if not self.before or _MIXED.search(following[1]) else None


class Part(NamedTuple):
    """A text with its surroundings: the whole pasted text, or one field of a document."""

    text: str
    name: str = ""  # of the field
    around: Around = ()

    def __repr__(self) -> str:
        return "Part()"


def clean(text: str) -> str:
    """Remove invisible characters and the quoting of a shell from a text."""
    if not text.isascii() or "\x1b" in text:
        text = _INVISIBLE.sub("", text)
    text = text.replace("：", ":").replace("＝", "=").strip()
    if '^"' in text:  # cmd
        text = "^".join(part.replace("^", "") for part in re.sub(r"\^\r?\n", " ", text).split("^^"))
    if "$'" in text:  # bash
        text = re.sub(r"\\u00([2-7][0-9a-fA-F])", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\\\r?\n", " ", text)


def alone(text: str) -> str:
    """Return the only word of a text, whatever its characters; "" if there are several, or it is shortened."""
    match = _ALONE.fullmatch(clean(text))
    return match[1] if match and not is_shortened(text) else ""


def mended(text: str, is_key: IsKey) -> str:
    """Join the lines of a single key or cookie; return any other text unchanged."""
    lines = [line.strip().strip(_AROUND) for line in text.splitlines()]
    first, *more = [line for line in lines if line] or [""]
    if not 1 <= len(more) <= _MOST_LINES or not all(_LINE.fullmatch(line) for line in more):
        return text
    if any(line.lower() in _BUTTONS or is_key(line) for line in more):
        return text
    return first + "".join(more)


def opened(text: str) -> tuple[str, Any]:
    """Return the text, and its document if it is JSON, else None; JSON in a JSON string is unpacked."""
    for _ in range(2):
        bare = text.strip("'`“”‘’; \t\r\n")
        document = json_codec.parsed(bare) if bare[:1] in ("{", "[", '"') else None
        if not isinstance(document, str):
            return text, document
        text = _INVISIBLE.sub("", document).strip()
    return text, None


def pieces(
    text: str, name: str = "", seen: set[str] | None = None, counts: IsKey | None = None
) -> Iterator[Word]:
    """Yield the words of a text that may be keys, each once.

    Args:
        text: the text.
        name: the name of the field that the text comes from.
        seen: the words that have been read, of other texts too; those of this text are added.
        counts: tells whether a word is wanted; all of them without it.
    """
    seen = set() if seen is None else seen
    most = len(seen) + MOST_WORDS
    for match in _WORD.finditer(text):
        word = match[0].rstrip(".*!~%")  # zsh shows % at the end of a text
        if word in seen or len(word) > LONGEST_WORD or not _may_be_key(word):
            continue
        seen.add(word)
        if counts is None or counts(word):
            start, end = match.start(), match.start() + len(word)
            before = text[max(0, start - _BEFORE) : start]
            named = _NAMED.search(before)
            yield Word(word, before, text[end : end + _AFTER], start, named[1] if named else name)
        if len(seen) >= most:
            return


def odd(text: str, is_key: IsKey) -> str:
    """Return the character that makes a key in this text invalid; "" if there is none."""
    straight = text.translate(_STRAIGHT)
    joined = _ODD_SPACE.sub("", straight)
    if joined == text:
        return ""
    known = {word.text for word in pieces(text)}
    fresh = [word.text for word in pieces(joined) if word.text not in known]
    is_alone = len(text.split(" ")) <= _FEW
    if not any(is_key(word) or (is_alone and _is_long(word)) for word in fresh):
        return ""
    space = _ODD_SPACE.search(straight)
    return space[1] if space else next(o for o, s in zip(text, straight) if o != s)


def _is_long(word: str) -> bool:
    return len(word) >= _LONG and any(letter.isdigit() for letter in word)


def parts(text: str, document: Any) -> list[Part]:
    """List the texts in a document, each with the addresses around it; without a document the text itself."""
    if not isinstance(document, (dict, list)):
        return [Part(text)]
    return [
        Part(value, name, around)
        for value, around in objects(document)
        for name, value in _fields(value)
        if isinstance(value, str)
    ]


def objects(document: Any) -> Iterator[tuple[Any, Around]]:
    """Yield every object and list in a document, in order, with the addresses in and around it."""
    waiting: list[tuple[Any, Around]] = [(document, ())]
    while waiting:
        value, around = waiting.pop()
        own = tuple(_addresses_of(value))
        around = (own, *around)[:_DEEPEST] if own else around
        yield value, around
        inner = _inner(value)
        waiting += [(each, around) for each in reversed(inner) if isinstance(each, (dict, list))]


def _inner(value: Any) -> list[Any]:
    """List the values of an object; of a response in a HAR file only its content: its cookies were set, not sent."""
    if isinstance(value, list):
        return value
    if "request" in value and isinstance(value.get("response"), dict):
        content = {"content": value["response"].get("content")}
        return [content if name == "response" else value for name, value in value.items()]
    return list(value.values())


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of an object, which may itself be a name and a value."""
    if isinstance(value, list):
        yield from (("", each) for each in value)
        return
    name = value.get("name", value.get("key"))
    if isinstance(name, str) and isinstance(value.get("value"), str):
        yield name, value["value"]
    else:
        yield from value.items()


def _addresses_of(value: Any) -> Iterator[Address]:
    """Yield the addresses in an object's fields, and in fields with small objects that contain no secret."""
    named = list(value.items()) if isinstance(value, dict) else []
    if isinstance(value, list):
        pairs = (
            each for each in value if isinstance(each, dict) and isinstance(each.get("value"), str)
        )
        named = [pair for each in pairs for pair in _fields(each)]
    for name, value in named:
        if isinstance(value, str):
            one = addresses.named(name, value)
            if one is not None:
                yield one
            elif "://" in value[:_LONGEST_FIELD]:
                yield from addresses.targets(value[:_LONGEST_FIELD])
        elif (
            isinstance(value, dict)
            and len(value) < 20
            and not any(map(_may_be_secret, value.values()))
        ):
            yield from (a for a in (addresses.named(k, str(v)) for k, v in value.items()) if a)


def _may_be_secret(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, (dict, list))
    return "://" not in value and any(True for _ in pieces(value))


def _may_be_key(word: str) -> bool:
    return len(word) >= 20 or any(mark in word for mark in "-_.")


def is_shortened(text: str) -> bool:
    """Tell whether a console or a web page has shortened or masked a part of a text."""
    return _SHORTENED.search(text) is not None
