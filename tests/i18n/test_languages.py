"""English and 简体中文 are complete: whatever is said in one of them is said in the other.

Sentences stand in our code as two strings beside each other: in a ``Phrase``, in a tuple for an error
or the console, in a call. They are read from the code itself, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import ast
import functools
import gettext
import importlib
import itertools
import plistlib
import re
import sys
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Sequence
from unicodedata import east_asian_width

import click
import pytest
from click.testing import CliRunner

from scripts import tankful
from scripts.terminal import click_messages
from scripts.terminal import language as click_language
from tests.conftest import ROOT
from tests.providers.contract import ProviderContract
from workflow import errors
from workflow.display import numbers
from workflow.models import Usage
from workflow.provider import discovery as provider_contract

HAN = re.compile("[\u4e00-\u9fff]")
FOUND_BY = re.compile(" ?[a-z]+( [a-z]+)* [\u4e00-\u9fff]")  # what a row is found by, in both
TOOLS = ("bundle", "draw_icons", "draw_preview")  # for who builds Tankful, not for who uses it
FILES = [
    path
    for path in sorted([*ROOT.glob("workflow/**/*.py"), *ROOT.glob("scripts/**/*.py")])
    if path.stem not in TOOLS and "vendor" not in path.parts
]

# ---- reading the code


@functools.cache
def tree(path: Path) -> ast.Module:
    """The code of a file; every node knows what it stands in."""
    found = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(found):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    return found


def literal(node: ast.AST) -> Optional[str]:
    """What a string says, a computed part of it as «its code»; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_part, node.values))
    return None


def _part(node: ast.AST) -> str:
    return f"«{ast.unparse(node.value)}»" if isinstance(node, ast.FormattedValue) else _said(node)


def _said(node: ast.AST) -> str:
    return literal(node) or ""


def above(node: ast.AST) -> Iterator[ast.AST]:
    """What a node stands in, from the inside out."""
    while hasattr(node, "parent"):
        node = node.parent
        yield node


def called(node: ast.AST) -> str:
    """The name of what a call calls."""
    func = node.func if isinstance(node, ast.Call) else node
    return str(getattr(func, "id", "") or getattr(func, "attr", ""))


# ---- pairs


class Pair(NamedTuple):
    """A sentence in both languages."""

    place: str
    english: str
    chinese: str


FIRST = {"Phrase": 0, "shape": 1, "dated": 0}  # which argument is the English one
SAYING = {"Mistake", "told", "fail", "complain"} | {
    name for name, found in vars(errors).items() if isinstance(found, type)
}


def pairs(path: Path) -> Iterator[Pair]:
    for node in ast.walk(tree(path)):
        for halves in _halves(node):
            if all(literal(half) is not None for half in halves):
                yield Pair(f"{path.stem}:{halves[0].lineno}", *map(_said, halves))


def _halves(node: ast.AST) -> Iterator[Sequence[ast.expr]]:
    """Two strings side by side that are a sentence in both languages."""
    if not isinstance(node, (ast.Call, ast.Tuple)):
        return
    parts = node.args if isinstance(node, ast.Call) else node.elts
    for place, halves in enumerate(zip(parts, parts[1:])):
        if _is_chinese(halves[1]) or FIRST.get(called(node)) == place or _is_said(node):
            yield halves


def _is_chinese(node: ast.AST) -> bool:
    return bool(HAN.search(_said(node))) and not FOUND_BY.match(_said(node))


def _is_said(node: ast.AST) -> bool:
    """Whether this is a tuple of two sentences, or one that goes where sentences are said."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        return False
    return all(re.search("[a-z] [a-z]", _said(half)) for half in node.elts) or any(
        called(outer) in SAYING
        if isinstance(outer, ast.Call)
        else isinstance(outer, ast.AnnAssign) and "Words" in ast.unparse(outer.annotation)
        for outer in above(node)
    )


TABLES = (
    "click_messages",
    "times",
    "numbers",
)  # tables: words of a language, or by the English one
PAIRS = [pair for path in FILES if path.stem not in TABLES for pair in pairs(path)]
SAME = {  # names and code, in Chinese as in English
    "English",
    "简体中文",
    "Markdown",
    "ChatGPT accessToken",
    "Kimi Code Key",
    "OpenAI Admin key",
    "API Key（tvly-…）",
    "Tavily Key",
    "Tankful · {}",
}
TWO_LINES = ("Paste {} of {}.", "On the clipboard:", "{}\n\n{}")  # in dialogs, which have room


def fields(sentence: str) -> List[str]:
    """The places that are filled in. A computed part may be another one in the other language."""
    number = itertools.count()
    found = re.finditer("«.*?»|{(.*?)}", sentence)
    return sorted("«»" if each[1] is None else each[1] or str(next(number)) for each in found)


def test_the_pairs_are_found() -> None:
    english = {pair.english for pair in PAIRS}
    assert len(PAIRS) > 500
    assert {"Copied.", "{} left", "a GLM API key", "free until {}"} <= english
    assert errors.NoCredential.default[0] in english


def test_both_languages_are_there() -> None:
    for pair in PAIRS:
        words = re.sub("«.*?»|{.*?}", "", pair.chinese)
        assert pair.english.strip() and pair.chinese.strip(), pair
        if pair.chinese not in SAME and re.search("[A-Za-z]", words):
            assert HAN.search(words), pair
        if pair.english not in SAME:
            assert not HAN.search(pair.english), pair


def test_both_languages_take_the_same_parts() -> None:
    for pair in PAIRS:
        assert fields(pair.english) == fields(pair.chinese), pair


def test_a_sentence_is_one_line() -> None:
    for pair in PAIRS:
        if not pair.english.startswith(TWO_LINES):
            assert (pair.english + pair.chinese).isprintable(), pair


# ---- nothing beside the pairs

TALK = ("echo", "secho", "prompt", "confirm", "BadParameter", "ClickException", "SystemExit")


def test_nothing_is_said_in_english_only() -> None:
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and called(node) in TALK and node.args:
                words = re.sub("«.*?»|tankful: ", "", _said(node.args[0]))
                assert not re.search("[A-Za-z]", words), f"{path.stem}:{node.lineno} {words}"


def test_chinese_never_stands_alone() -> None:
    for path in FILES:
        for node in ast.walk(tree(path)):
            if _is_chinese(node) and path.stem not in TABLES and _said(node) not in SAME:
                assert _has_english(node), f"{path.stem}: {_said(node)}"


def _has_english(node: ast.AST) -> bool:
    """Whether the same is said in English: right before it, as its key, or under a name beside."""
    outer = next(above(node))
    if isinstance(outer, (ast.Tuple, ast.List)):
        return node in outer.elts[1:]
    if isinstance(outer, ast.Call):
        return node in outer.args[1:]
    if isinstance(outer, ast.Dict):
        return node in outer.values
    if isinstance(outer, ast.keyword):
        return outer.arg in ("match", "name")
    if isinstance(outer, (ast.Assign, ast.AugAssign)):
        return bool(re.search("zh|chinese", ast.unparse(outer).partition("=")[0].lower()))
    return isinstance(outer, ast.Expr) or _has_english(outer)  # documentation, or a part of more


def test_what_alfred_shows_is_told_in_both() -> None:
    workflow = plistlib.loads((ROOT / "info.plist").read_bytes())
    settings = workflow["userconfigurationconfig"]
    told = [setting.get(name) for setting in settings for name in ("label", "description")]
    told += [setting["config"].get("text") for setting in settings]
    told += [pair[0] for setting in settings for pair in setting["config"].get("pairs", ())]
    told += [
        each["config"].get("subtext") for each in workflow["objects"] if "keyword" in each["config"]
    ]
    for sentence in filter(None, told):
        if sentence not in SAME:
            assert HAN.search(sentence) and re.search("[A-Za-z]", sentence), sentence


# ---- labels of quotas

MODELS = {"GPT-5.3-Codex-Spark", "gpt-5.3-codex", "gpt-5-6-thinking"}  # as ChatGPT calls them
NO_LABELS = {  # headers, and names of plans, which are the same everywhere
    *("Accept-Language", "Bigmodel-Organization", "Bigmodel-Project", "ChatGPT-Account-Id"),
    *("OpenAI-Beta", "OpenAI-Organization", "Origin", "Referer", "X-Project-ID", "1d"),
    *("Free", "Edu", "Business", "Enterprise", "K-12", "Pro Lite"),
    *("Starter", "Plus", "Max", "Ultra-HS", "Allegretto", "Allegro", "Kimi Code"),
}


def test_every_label_that_a_sample_brings_is_chinese() -> None:
    for name in provider_contract.names():
        importlib.import_module(f"tests.providers.test_{name}")
    labels = {
        part
        for contract in ProviderContract.__subclasses__()
        for case in contract.cases
        if isinstance(case.expect, Usage)
        for quota in case.expect.quotas
        for part in quota.label.split(" · ")
    }
    assert {"5 hours", "Web reader 24 h", "Pay-as-you-go", "Speech weekly"} <= labels
    assert {part for part in labels if numbers.label(part, "zh") == part} <= MODELS


def test_every_label_in_the_code_is_chinese() -> None:
    for path in sorted(ROOT.glob("workflow/providers/*.py")):
        for node in ast.walk(tree(path)):
            told = _said(node)
            if re.fullmatch("(?=.*[a-z])[A-Z0-9][A-Za-z0-9 .()-]*", told):
                is_known = told in NO_LABELS or numbers.label(told, "zh") != told
                assert is_known or _is_explained(node), f"{path.stem}: {told}"


def _is_explained(node: ast.AST) -> bool:
    """Whether this is documentation, or one of the words of a phrase or a provider."""
    return isinstance(next(above(node)), ast.Expr) or any(
        called(outer) in ("Phrase", "Provider")
        for outer in above(node)
        if isinstance(outer, ast.Call)
    )


# ---- help, and what click says

VERBS = sorted(tankful.VERBS)


def commands() -> Iterator[click.Command]:
    yield tankful.main
    with click.Context(tankful.main) as context:
        for verb in VERBS:
            found = tankful.main.get_command(context, verb)
            assert found is not None
            yield found


def paragraphs(command: click.Command) -> Iterator[str]:
    """Everything that a command says of itself."""
    yield from (command.help or "").split("\n\n")
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden:
            yield param.help or ""


def run(monkeypatch: pytest.MonkeyPatch, language: str, *args: str) -> str:
    """What ``tankful`` prints."""
    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    return CliRunner().invoke(tankful.main, args, prog_name="tankful").output


def columns(line: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)


def test_every_help_text_is_chinese_too() -> None:
    told = {" ".join(each.split()) for command in commands() for each in paragraphs(command)}
    assert told | {"Show this message and exit."} == set(click_messages.HELP)
    assert [zh for zh in click_messages.HELP.values() if not HAN.search(zh)] == []


def test_every_command_speaks_the_language() -> None:
    assert [each.name for each in commands() if not isinstance(each, click_language.Spoken)] == []


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_in_chinese_is_nothing_else_and_fits_a_terminal(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run(monkeypatch, "zh", *filter(None, [verb]), "--help")
    assert told.startswith(f"用法：tankful {verb}".rstrip())
    assert "\n选项：\n" in told and "显示此帮助" in told
    assert [line for line in told.splitlines() if columns(line) > 80] == []
    assert re.findall("[a-z] [a-z]+ [a-z]", told) == []


def test_the_list_of_commands_says_what_each_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(monkeypatch, "zh", "--help")
    for command in commands():
        listed = command.name not in tankful.INTERNAL
        assert (click_messages.short(command.help or "") in told) == listed


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["show"], "缺少参数 'ACCOUNT'."),
        (["order", "x"], r"缺少参数 '{up\|down.*}'. 可选：\s+up,"),
        (["order", "x", "y"], r"'{up.*}' 的值无效：'y' 不在 'up', 'down', .* 之中"),
        (["lsit"], "没有命令 'lsit'.*"),
        (["list", "--jsn"], "没有选项 '?--jsn'? （是不是 '?--json'?？）"),
        (["import", "--li"], "没有选项 '?--li'? （.*：.*--help.*--list.*）"),
        (["list", "--nothing"], "没有选项 '?--nothing'?"),
        (["list", "a"], "多余的参数：a"),
        (["list", "a", "b"], "多余的参数：a b"),
        (["list", "--json=3"], "选项 '--json' 不接受值"),
        (["add", "--label"], "选项 '--label' 需要一个值"),
        (["add", "glm", "--scope", "x"], "--scope 的值无效：格式为 NAME=VALUE"),
    ],
)
def test_a_complaint_in_chinese(
    args: List[str], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run(monkeypatch, "zh", *args)
    assert re.search(f"^错误：{complaint}", told, re.MULTILINE), told
    assert re.search("[A-Z][a-z]+ [a-z]+", told) is None


def test_where_to_find_help_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(monkeypatch, "zh", "show")
    assert told.startswith("用法：tankful show [选项] ACCOUNT\n查看帮助：tankful show -")


def test_in_english_click_speaks_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Error: Missing argument 'ACCOUNT'." in run(monkeypatch, "en", "show")
    told = run(monkeypatch, "en", "show", "--help")
    assert "Usage: tankful show [OPTIONS] ACCOUNT" in told
    assert "Show this message and exit." in told


@pytest.mark.parametrize(
    ("language", "complaint", "end"),
    [("en", "Error: invalid input", "Aborted!"), ("zh", "错误：请输入 y 或 n", "已取消")],
)
def test_a_question(
    language: str, complaint: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command(cls=click_language.Spoken)
    def ask() -> None:
        click.confirm("?")
        raise click.Abort

    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    told = CliRunner().invoke(ask, input="x\nn\n").output
    assert complaint in told and end in told


def test_messages_take_the_same_parts() -> None:
    for english, told in click_messages.MESSAGES.items():
        assert fields(english) == fields(told)


def test_who_asks_for_no_help_loads_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("scripts.terminal.click_messages")
    monkeypatch.setitem(sys.modules, "scripts.terminal.click_messages", None)
    before = gettext.translation
    assert run(monkeypatch, "zh", "config", "language") == "auto\n"
    assert gettext.translation is before
