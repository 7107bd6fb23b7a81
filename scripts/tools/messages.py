"""The catalogues: what the code says is collected into each .po, and each .po compiled into its .mo.

``python -m scripts.tools.messages`` does both, and names what is left to translate.
"""

from __future__ import annotations

import ast
import io
import json
import plistlib
import re
import struct
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Tuple

from babel.messages.catalog import Catalog
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
# What is said where the catalogue cannot be reached: there it stands in two languages, and here too.
WITHOUT = ("workflow/paths.py", "scripts/bootstrap.py", "scripts/fallback.py")
CLICK: Tuple[Tuple[str, ...], ...] = (  # what click 8 says, with its plural
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
    ("Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given."),
    ("Show the version and exit.",),
    ("Show this message and exit.",),
)


class Sentence(NamedTuple):
    """What is to be translated: its id, its plural if it has one, and the file that says it."""

    ids: Tuple[str, ...]
    place: str


def sentences() -> Iterator[Sentence]:
    """Everything that the product says."""
    for path in sources():
        place = str(path.relative_to(ROOT))
        for ids in _in_code(ast.parse(path.read_text(encoding="utf-8"))):
            yield Sentence(ids, place)
    for english, _, place in outside():
        yield Sentence((english,), place)
    for ids in CLICK:
        yield Sentence(ids, "click")


def sources() -> List[Path]:
    """The files that talk to users."""
    found = [*ROOT.glob("workflow/**/*.py"), *ROOT.glob("scripts/**/*.py")]
    return sorted(path for path in found if path.parent.name != "tools")


def _in_code(tree: ast.Module) -> Iterator[Tuple[str, ...]]:
    """``_``, ``ngettext``, the help of click's commands and of their options."""
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


def outside() -> Iterator[Tuple[str, str, str]]:
    """What is said where no catalogue can be read: English, 简体中文, and where."""
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
    told = re.findall(r'"([^"\n]+)" \\\n\s*"([^"\n]+)"', (ROOT / place).read_text(encoding="utf-8"))
    yield from ((english, chinese, place) for english, chinese in told)
    for sentence in filter(_both, _configuration()):
        english, _between, chinese = re.split(
            r"( · |(?<=\.) (?=[\u4e00-\u9fff]))", sentence, maxsplit=1
        )
        yield english, chinese, "info.plist"


def _template(node: ast.expr) -> str:
    """A string with the names of what fills its places; "" for anything else."""
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
    """What Alfred shows of the workflow: sentences in both languages."""
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
    """A catalogue with what the code says now; what nobody says any more is gone."""
    made = Catalog(locale=catalog.locale, header_comment=catalog.header_comment)
    made.mime_headers = catalog.mime_headers
    for ids, place in sentences():
        key = ids if len(ids) > 1 else ids[0]
        known = catalog.get(ids[0])
        told = known.string if known is not None and known.id == key else None
        flags = known.flags - {"python-brace-format"} if told and known is not None else ()
        made.add(key, told, locations=[(place, 0)], flags=flags)
    return made


def load(path: Path) -> Catalog:
    """A .po. Raises OSError."""
    with path.open("rb") as file:
        return read_po(file)


def written(catalog: Catalog) -> bytes:
    """A .po, the same from the same sentences."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, include_lineno=False, no_location=False)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(tuple(f'"{b}' for b in BABBLE))
    ).encode()


def compiled(catalog: Catalog) -> bytes:
    """A .mo, the same from the same .po: only what is translated, without doubtful ones."""
    kept: Dict[bytes, bytes] = {b"": _header(catalog).encode()}
    for message in catalog:
        ids, told = (
            x if isinstance(x, (list, tuple)) else (x,) for x in (message.id, message.string)
        )
        if message.id and all(told) and not message.fuzzy:
            kept["\0".join(ids).encode()] = "\0".join(told).encode()
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
    told = dict(catalog.mime_headers)
    names = ("Content-Type", "Plural-Forms")
    return "".join(f"{name}: {told[name]}\n" for name in names)


def untranslated(catalog: Catalog) -> List[str]:
    """The sentences that have no certain translation."""
    found = []
    for message in catalog:
        told = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(told)):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def main() -> int:
    """Bring every catalogue up to date; 1 when something is left to translate."""
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
