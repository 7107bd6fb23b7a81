"""What was copied, as text: without the quoting of shells, mended, unpacked, cut into words.

People paste keys with quotes, ``Bearer``, ``export X=`` and line breaks around them, whole commands
of "Copy as cURL" for bash and cmd, JSON within a JSON string. Whose key a word is, is not known here.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..storage import json_codec
from . import addresses
from .addresses import Address

LONGEST_WORD = 16 * 1024  # characters; a token of ChatGPT has some thousand
_MOST_LINES = 300  # that one key is broken into
MOST_WORDS = 300  # candidates in one text
_BEFORE, _AFTER = 90, 64  # characters around a word that are looked at
_FEW, _LONG = 4, 20  # pieces of a text that is but a key, and characters of one
_DEEPEST = 40  # objects within objects
_LONGEST_FIELD = 20_000  # characters of a field that are searched for an address
_AROUND = "\"'`“”‘’,; \t\r\n"  # what may stand around the whole
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
_LIKE = (  # Cyrillic and Greek
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03bf\u03bd\u03c1"
)
_LATIN = "ABEKMHOPCTXIJSaeopcyxijshdqwABEZHIKMNOPTYXovp"
_STRAIGHT: Dict[int, str] = {
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
_WORD = re.compile(rf"(?<![A-Za-z0-9_])[A-Za-z0-9_][{_KEY}]{{5,}}")
_LINE = re.compile(rf"[{_KEY}]+")  # what a key that was broken into lines goes on with
_GLUED = re.compile(r"[^\s!-~，。、；：！？（）【】《》“”‘’「」…•●]{1,40}[A-Za-z0-9]")
_SPACED = re.compile(r" {1,4}([A-Za-z0-9][\w.+/-]*)(?![\w.+/=:-])", re.ASCII)
_ODDLY_SPACED = re.compile(
    rf" {{0,3}}([{_SPACES}])[{_SPACES} ]{{0,3}}([A-Za-z0-9_-][\w.+/-]*)", re.ASCII
)
_MIXED = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}[a-z]|[\w-]{16}", re.ASCII)  # no word of a sentence
_CELL = re.compile(r"[\d.,:/-]{1,20}|[A-Z]?[a-z]{1,15}", re.ASCII)  # a date or a word in a table
_NAMED = (
    re.compile(  # NAME=, "NAME": ", set -x NAME, setx NAME, setenv("NAME", "; name: NAME, value:
        r"([A-Z][A-Z0-9_]{2,60})[\"']?\s{0,8}(?:[=:,]|\s)\s{0,8}"
        r"(?:-?-?[\"']?(?:value|body|b)[\"']?[=:\s]\s{0,8})?[\"'“]?(?:Bearer\s{1,4})?\Z"
    )
)
_SHORTENED = re.compile(r"…|\.\.\.|\*\*\*|[•●]{2}")

IsKey = Callable[[str], bool]


class Word(NamedTuple):
    """A piece of the text that may be a key, and what stands around it. Its repr shows nothing."""

    text: str
    before: str
    after: str
    at: int = 0  # where it begins
    name: str = ""  # of the variable that holds it

    def __repr__(self) -> str:
        return "Word()"

    def is_damaged(self, is_key: IsKey) -> bool:
        """Whether this is only a part of what the user meant to copy."""
        return self.fault(is_key) is not None

    def fault(self, is_key: IsKey) -> Optional[str]:
        """The character that cuts this off from its rest, "" for a plain one; None when it is whole."""
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
    """A text with its surroundings: all of what was pasted, or one field of a document."""

    text: str
    name: str = ""  # of the field
    around: Tuple[
        Tuple[Address, ...], ...
    ] = ()  # addresses in the objects around it, the nearest first

    def __repr__(self) -> str:
        return "Part()"


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
    lines = [line.strip().strip(_AROUND) for line in text.splitlines()]
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
        return json_codec.loads(text.encode())
    except ValueError:
        return None


def words(text: str, name: str = "") -> Iterator[Word]:
    """The pieces of a text that may be keys, each once.

    Args:
        name: of the field whose text this is.
    """
    seen = set()
    for match in _WORD.finditer(text):
        word = match[0].rstrip(".*!~")
        if word in seen or len(word) > LONGEST_WORD or not _may_be_key(word):
            continue
        start, end = match.start(), match.start() + len(word)
        before = text[max(0, start - _BEFORE) : start]
        found = _NAMED.search(before)
        yield Word(word, before, text[end : end + _AFTER], start, found[1] if found else name)
        seen.add(word)
        if len(seen) >= MOST_WORDS:
            return


def odd(text: str, is_key: IsKey) -> str:
    """The character that keeps a key in this text from being one, "" when there is none."""
    straight = text.translate(_STRAIGHT)
    joined = _ODD_SPACE.sub("", straight)
    if joined == text:
        return ""
    known = {word.text for word in words(text)}
    fresh = [word.text for word in words(joined) if word.text not in known]
    is_alone = len(text.split(" ")) <= _FEW
    if not any(is_key(word) or (is_alone and _is_long(word)) for word in fresh):
        return ""
    space = _ODD_SPACE.search(straight)
    return space[1] if space else next(o for o, s in zip(text, straight) if o != s)


def _is_long(word: str) -> bool:
    return len(word) >= _LONG and any(letter.isdigit() for letter in word)


Around = Tuple[
    Tuple[Address, ...], ...
]  # addresses in the objects around a field, the nearest first


def parts(text: str, document: Any) -> List[Part]:
    """The texts in a document, each with the addresses around it; the text itself without one."""
    if not isinstance(document, (dict, list)):
        return [Part(text)]
    return [
        Part(value, name, around)
        for found, around in objects(document)
        for name, value in _fields(found)
        if isinstance(value, str)
    ]


def objects(document: Any) -> Iterator[Tuple[Any, Around]]:
    """Every object and list in a document, as they come, with the addresses in and around it."""
    waiting: List[Tuple[Any, Around]] = [(document, ())]
    while waiting:
        found, around = waiting.pop()
        told = tuple(_told(found))
        around = (told, *around)[:_DEEPEST] if told else around
        yield found, around
        inner = _inner(found)
        waiting += [(each, around) for each in reversed(inner) if isinstance(each, (dict, list))]


def _inner(found: Any) -> List[Any]:
    """What an object holds; of an answer in a HAR only its content, since its cookies were sent to us."""
    if isinstance(found, list):
        return found
    if "request" in found and isinstance(found.get("response"), dict):
        content = {"content": found["response"].get("content")}
        return [content if name == "response" else value for name, value in found.items()]
    return list(found.values())


def _fields(found: Any) -> Iterator[Tuple[str, Any]]:
    """Names and values of an object, which may be a pair of these itself."""
    if isinstance(found, list):
        yield from (("", each) for each in found)
        return
    name = found.get("name", found.get("key"))
    if isinstance(name, str) and isinstance(found.get("value"), str):
        yield name, found["value"]
    else:
        yield from found.items()


def _told(found: Any) -> Iterator[Address]:
    """The addresses that an object holds itself, or in a field of it that holds nothing else."""
    named = list(found.items()) if isinstance(found, dict) else []
    if isinstance(found, list):
        pairs = (
            each for each in found if isinstance(each, dict) and isinstance(each.get("value"), str)
        )
        named = [pair for each in pairs for pair in _fields(each)]
    for name, value in named:
        if isinstance(value, str):
            one = addresses.named(name, value)
            if one is not None:
                yield one
            elif "://" in value[:_LONGEST_FIELD]:
                yield from addresses.told(value[:_LONGEST_FIELD])
        elif (
            isinstance(value, dict)
            and len(value) < 20
            and not any(map(_may_be_secret, value.values()))
        ):
            yield from (a for a in (addresses.named(k, str(v)) for k, v in value.items()) if a)


def _may_be_secret(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, (dict, list))
    return "://" not in value and any(True for _ in words(value))


def _may_be_key(word: str) -> bool:
    return len(word) >= 20 or any(mark in word for mark in "-_.")


def is_shortened(text: str) -> bool:
    """Whether a console or a web page has left out or masked a part of it."""
    return _SHORTENED.search(text) is not None
