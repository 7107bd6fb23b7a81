"""Collect the sentences in the code into each .po, and compile each .po into its .mo.

``python -m scripts.tools.messages`` does both, and lists the sentences that are left to translate.
"""

from __future__ import annotations

import ast
import functools
import io
import json
import plistlib
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "workflow" / "i18n"
DOMAIN = "tankful"
BABBLE = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)
HAN = re.compile("[\u4e00-\u9fff]")
# These files cannot use the catalogue, so they have each sentence in both languages.
WITHOUT = ("scripts/bootstrap.py", "scripts/fallback.py")
CLICK: tuple[tuple[str, ...], ...] = (  # the sentences of click 8, with their plurals
    ("Options",),
    ("Commands",),
    ("Positional arguments",),
    ("default: {default}",),
    ("Usage:",),
    ("Try '{command} {option}' for help.",),
    ("Error: {message}",),
    ("Error: {e.message}",),
    ("Error: invalid input",),
    ("Error: The value you entered was invalid.",),
    ("Aborted!",),
    ("Missing argument",),
    ("No such command {name!r}.",),
    ("No such option: {name}",),
    ("No such option {name!r}.",),
    ("Did you mean {possibility}?", "(Possible options: {possibilities})"),
    ("(Did you mean one of: {possibilities}?)",),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("Option {name!r} does not take a value.",),
    ("Invalid value for {param_hint}: {message}",),
    ("Choose from:\n\t{choices}",),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    ("{value} is not in the range {range}.",),
    ("file",),
    ("{name} {filename!r} does not exist.",),
    ("{name} {filename!r} is a directory.",),
    ("{name} {filename!r} is not readable.",),
    ("{name} {filename!r} is not writable.",),
    ("Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given."),
    ("Show the version and exit.",),
    ("Show this message and exit.",),
)


class Sentence(NamedTuple):
    """A sentence to translate: its id, its plural if it has one, and its file."""

    ids: tuple[str, ...]
    place: str


@functools.cache
def sentences() -> tuple[Sentence, ...]:
    """Return all sentences of the product."""
    return tuple(_sentences())


def _sentences() -> Iterator[Sentence]:
    for path in sources():
        place = str(path.relative_to(ROOT))
        for ids in _in_code(ast.parse(path.read_text(encoding="utf-8"))):
            yield Sentence(ids, place)
    for english, _, place in outside():
        yield Sentence((english,), place)
    for ids in CLICK:
        yield Sentence(ids, "click")


def sources() -> list[Path]:
    """List the files with sentences for users."""
    files = [*ROOT.glob("workflow/**/*.py"), *ROOT.glob("scripts/**/*.py")]
    return sorted(path for path in files if "tools" not in path.parts)


def _in_code(tree: ast.Module) -> Iterator[tuple[str, ...]]:
    """Yield the sentences of ``_``, ``ngettext``, and the help of click's commands and options."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in ("_", "ngettext"):
                yield tuple(map(_text, node.args[: 1 if name == "_" else 2]))
            yield from ((_text(word.value),) for word in node.keywords if word.arg == "help")
        elif isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
            for paragraph in (ast.get_docstring(node) or "").split("\n\n"):
                yield (" ".join(paragraph.split()),)


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in (
        "click.command",
        "click.group",
    )


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise SystemExit(f"a sentence has to stand there as it is: {ast.unparse(node)}")


def outside() -> Iterator[tuple[str, str, str]]:
    """List the sentences that cannot use the catalogue: English, 简体中文, and the file."""
    for place in WITHOUT:
        for node in ast.walk(ast.parse((ROOT / place).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                english, chinese = map(_template, node.elts)
                if HAN.search(chinese):
                    yield english, chinese, place
    for name in ("no_python", "damaged"):
        place = f"scripts/alfred/{name}.json"
        english, chinese = json.loads((ROOT / place).read_text(encoding="utf-8"))["items"]
        for part in ("title", "subtitle"):
            yield english[part], chinese[part], place
    place = "scripts/raycast/raycast.sh"
    pairs = re.findall(
        r'"([^"\n]+)" \\\n\s*"([^"\n]+)"', (ROOT / place).read_text(encoding="utf-8")
    )
    yield from ((english, chinese, place) for english, chinese in pairs)
    for sentence in filter(_both, _configuration()):
        english, _between, chinese = re.split(
            r"( · |(?<=\.) (?=[\u4e00-\u9fff]))", sentence, maxsplit=1
        )
        yield english, chinese, "info.plist"


def _template(node: ast.expr) -> str:
    """Return a string with named placeholders; "" for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(
        f"{{{ast.unparse(part.value)}}}"
        if isinstance(part, ast.FormattedValue)
        else _template(part)
        for part in parts
    )


def _configuration() -> Iterator[str]:
    """Yield the texts of info.plist that Alfred shows, which have both languages."""
    workflow = plistlib.loads((ROOT / "info.plist").read_bytes())
    for setting in workflow["userconfigurationconfig"]:
        yield from (setting.get(name, "") for name in ("label", "description"))
        yield setting["config"].get("text", "")
        yield from (pair[0] for pair in setting["config"].get("pairs", ()))
    for each in workflow["objects"]:
        yield each["config"].get("subtext", "") if "keyword" in each["config"] else ""


def _both(sentence: str) -> bool:
    return bool(HAN.search(sentence)) and bool(re.search("[A-Za-z]", sentence))


def updated(catalog: Catalog) -> Catalog:
    """Return a catalogue with the sentences that are in the code now, and no others."""
    made = Catalog(locale=catalog.locale, header_comment=catalog.header_comment)
    made.mime_headers = catalog.mime_headers
    for ids, place in sentences():
        key = ids if len(ids) > 1 else ids[0]
        known = catalog.get(ids[0])
        translation = known.string if known is not None and known.id == key else None
        flags = known.flags - {"python-brace-format"} if translation and known is not None else ()
        made.add(key, translation, locations=[(place, 0)], flags=flags)
    return made


def load(path: Path) -> Catalog:
    """Read a .po. Raises OSError."""
    with path.open("rb") as file:
        return read_po(file)


def written(catalog: Catalog) -> bytes:
    """Write a .po; the same sentences give the same bytes."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, include_lineno=False, no_location=False)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(tuple(f'"{b}' for b in BABBLE))
    ).encode()


def compiled(catalog: Catalog) -> bytes:
    """Write a .mo; the same .po gives the same bytes. Untranslated and fuzzy sentences are left out."""
    kept: dict[bytes, bytes] = {b"": _header(catalog).encode()}
    for message in catalog:
        if message.id and _is_translated(message):
            ids, translations = map(_texts, (message.id, message.string))
            kept["\0".join(ids).encode()] = "\0".join(translations).encode()
    keys = sorted(kept)
    start = 7 * 4 + 16 * len(keys)
    tables, texts = [], b""
    for pile in (keys, [kept[key] for key in keys]):
        table = b""
        for text in pile:
            table += struct.pack("<II", len(text), start + len(texts))
            texts += text + b"\0"
        tables.append(table)
    count = len(keys)
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return head + tables[0] + tables[1] + texts


def _header(catalog: Catalog) -> str:
    headers = dict(catalog.mime_headers)
    names = ("Content-Type", "Plural-Forms")
    return "".join(f"{name}: {headers[name]}\n" for name in names)


def untranslated(catalog: Catalog) -> list[str]:
    """List the sentences that are untranslated or fuzzy."""
    missing = (each for each in catalog if each.id and not _is_translated(each))
    return [_texts(message.id)[0] for message in missing]


def _is_translated(message: Message) -> bool:
    return all(_texts(message.string)) and not message.fuzzy


def _texts(text: object) -> tuple[str, ...]:
    """Return a sentence or a translation with its plurals, if it has any."""
    return tuple(text) if isinstance(text, (list, tuple)) else (str(text or ""),)


def main() -> int:
    """Bring every catalogue up to date. Returns 1 if something is left to translate."""
    left = 0
    for path in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        catalog = updated(load(path))
        path.write_bytes(written(catalog))
        path.with_suffix(".mo").write_bytes(compiled(load(path)))
        for sentence in untranslated(catalog):
            left += 1
            sys.stderr.write(f"{path.relative_to(ROOT)}: {sentence}\n")
    return min(left, 1)


if __name__ == "__main__":
    raise SystemExit(main())
