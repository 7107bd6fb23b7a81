"""English and 简体中文 are complete: whatever is said in one of them is said in the other.

Sentences stand in our code as two strings beside each other: in a ``Phrase``, in a tuple for an error
or the console, in a call. They are read from the code itself, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import ast
import functools
import importlib
import plistlib
import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import east_asian_width

import click
import pytest
from click.testing import CliRunner

from scripts import commands
from scripts.terminal import language as click_language
from scripts.tools import messages
from tests import syntax
from tests.conftest import ROOT
from tests.providers.contract import ProviderContract
from tests.said import CHINESE, in_language
from workflow.display import numbers
from workflow.i18n import catalog
from workflow.models import Usage
from workflow.provider import discovery as provider_contract

HAN = re.compile("[\u4e00-\u9fff]")
FOUND_BY = re.compile(" ?[a-z]+( [a-z]+)* [\u4e00-\u9fff]")  # what a row is found by, in both
FILES = [
    path
    for path in sorted([*ROOT.glob("workflow/**/*.py"), *ROOT.glob("scripts/**/*.py")])
    if "tools" not in path.parts and "vendor" not in path.parts
]

# ---- reading the code


@functools.cache
def walked(path: Path) -> tuple[ast.AST, ...]:
    """Parse a file, and return what it is made of; every node has a ``parent``."""
    found = syntax.walked(path)
    for node in found:
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    return found


def literal(node: ast.AST) -> str | None:
    """Return the text of a string, with computed parts as «code»; None if the node is no string."""
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
    """Yield the nodes around a node, from the inside out."""
    while hasattr(node, "parent"):
        node = node.parent
        yield node


def called(node: ast.AST) -> str:
    """Return the name of the function that a call calls."""
    func = node.func if isinstance(node, ast.Call) else node
    return str(getattr(func, "id", "") or getattr(func, "attr", ""))


# ---- nothing beside the catalogue

SAME = {"English", "简体中文", "Markdown"}  # names, in Chinese as in English


def _is_chinese(node: ast.AST) -> bool:
    return bool(HAN.search(_said(node)))


TALK = ("echo", "secho", "prompt", "confirm", "BadParameter", "ClickException", "SystemExit")


@pytest.mark.slow
def test_nothing_is_said_in_english_only() -> None:
    for path in FILES:
        for node in walked(path):
            if isinstance(node, ast.Call) and called(node) in TALK and node.args:
                words = re.sub("«.*?»|tankful: ", "", _said(node.args[0]))
                assert not re.search("[A-Za-z]", words), f"{path.stem}:{node.lineno} {words}"


def test_a_language_is_not_passed_on() -> None:
    """The translation is handed in once; the code of a language is for who opens a catalogue."""
    told = {
        f"{path.parent.name}.{path.stem}.{node.name}"
        for path in FILES
        for node in walked(path)
        if isinstance(node, ast.FunctionDef)
        and {"language", "translation"}
        & {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    }
    assert told == {"i18n.catalog._catalogue", "i18n.catalog.speaking"}


def test_no_chinese_stands_in_the_code() -> None:
    for path in FILES:
        if str(path.relative_to(ROOT)) in (*messages.WITHOUT, "workflow/guide/text.py"):
            continue  # test_catalog holds the first of them to the catalogue
        for node in walked(path):
            if _is_chinese(node):
                assert _is_meant(node), f"{path.stem}: {_said(node)}"


def _is_meant(node: ast.AST) -> bool:
    """Tell whether a string is no sentence: a pattern for foreign text, something typed or searched, a name."""
    if isinstance(next(above(node)), ast.Expr):
        return True  # documentation
    if _said(node) in SAME or "简体中文" in _said(node):
        return True
    named = [
        outer
        for outer in above(node)
        if isinstance(
            outer,
            (ast.keyword, ast.Compare, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef),
        )
    ]
    first = named[0] if named else None
    if isinstance(first, ast.keyword):
        return first.arg in ("match", "name", "aliases")
    if isinstance(first, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        target = first.targets[0] if isinstance(first, ast.Assign) else first.target
        return ast.unparse(target) in SIGNS
    return isinstance(first, (ast.Compare, ast.FunctionDef)) and (
        isinstance(first, ast.Compare) or first.name in ("_match", "_language", "allowance")
    )


SIGNS = {  # what is looked for in a vendor's text, and what a row is found by, what is typed
    *("_ACCOUNT", "_CLOSED", "_MEMBER", "_ENDED", "_SAYS", "_FORBIDDEN", "_REFUSALS", "_SPENT"),
    *("terms", "ends", "name", "_APART", "SPANS", "_SPELLINGS"),
}


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
    *("Active", "Agent", "Key", "DeepL-Auth-Key", "Token", "Usage"),  # of answers and headers
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
    assert {part for part in labels if in_language("zh", numbers.label, part) == part} <= {
        *MODELS,
        "Agent",
        "Key",
    }


def test_every_label_in_the_code_is_chinese() -> None:
    for path in sorted(ROOT.glob("workflow/providers/*.py")):
        for node in walked(path):
            told = _said(node)
            if re.fullmatch("(?=.*[a-z])[A-Z0-9][A-Za-z0-9 .()-]*", told):
                is_known = told in NO_LABELS or in_language("zh", numbers.label, told) != told
                assert is_known or _is_explained(node), f"{path.stem}: {told}"


def _is_explained(node: ast.AST) -> bool:
    """Tell whether a string is documentation, a type, or a part of a phrase or a provider."""
    return isinstance(next(above(node)), ast.Expr) or any(
        called(outer) in ("_", "Phrase", "Provider", "cast")
        for outer in above(node)
        if isinstance(outer, ast.Call)
    )


# ---- help, and what click says

VERBS = sorted(commands.VERBS)


def every_command() -> Iterator[click.Command]:
    yield commands.main
    with click.Context(commands.main) as context:
        for verb in VERBS:
            found = commands.main.get_command(context, verb)
            assert found is not None
            yield found


def paragraphs(command: click.Command) -> Iterator[str]:
    """Everything that a command says of itself."""
    yield from (command.help or "").split("\n\n")
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden:
            yield param.help or ""


def run(monkeypatch: pytest.MonkeyPatch, language: str, *args: str) -> str:
    """Run ``tankful`` in a language, and return its output."""
    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    return CliRunner().invoke(commands.main, args, prog_name="tankful").output


def columns(line: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)


def test_every_help_text_is_chinese_too() -> None:
    told = {" ".join(each.split()) for command in every_command() for each in paragraphs(command)}
    assert [each for each in told if not HAN.search(CHINESE.sentence(each))] == []


def test_every_command_speaks_the_language() -> None:
    assert [
        each.name for each in every_command() if not isinstance(each, click_language.Translated)
    ] == []


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_in_chinese_is_nothing_else_and_fits_a_terminal(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run(monkeypatch, "zh", *filter(None, [verb]), "--help")
    assert told.startswith(f"用法：tankful {verb}".rstrip())
    assert "\n选项：\n" in told
    assert "显示此帮助" in told
    assert [line for line in told.splitlines() if columns(line) > 80] == []
    assert re.findall("[a-z] [a-z]+ [a-z]", told) == []


def test_the_list_of_commands_says_what_each_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(monkeypatch, "zh", "--help")
    for command in every_command():
        listed = command.name not in commands.INTERNAL
        assert (in_language("zh", click_language.short, command.help) in told) == listed


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["show"], "缺少参数 'ACCOUNT'$"),
        (["order", "x"], r"缺少参数 '{up\|down.*}'；可选：up、down、"),
        (["order", "x", "y"], "“y”无效；可选：up、down、.*show$"),
        (["lsit"], "没有名为“lsit”的命令或账号.*list"),
        (["list", "--jsn"], "没有选项 ?[“']?--jsn[”']? ?（你要找的是“'?--json'?”吗？）"),
        (["import", "--li"], "没有选项 ?[“']?--li[”']? ?（.*：.*--help.*--list.*）"),
        (["list", "--nothing"], "没有选项 ?[“']?--nothing[”']?"),
        (["config", "a", "b", "c"], "多余的参数：c"),
        (["config", "a", "b", "c", "d"], "多余的参数：c d"),
        (["list", "--json=3"], "选项“--json”不接受值"),
        (["guard", "x", "--quiet"], "没有选项.*--quiet.*：'?--left'?、'?--wait'?）$"),
        (["trend", "x", "--days", "0"], "'--days' 的值无效：0 超出范围 1–3650"),
        (["provider", "check", "/nowhere"], "'FILE' 的值无效：(文件|File) ?“/nowhere”不存在"),
        (["trend", "x", "--html", "/"], "'--html' 的值无效：(文件|File) ?“/”是文件夹"),
        (["add", "--label"], "选项“--label”需要一个值"),
        (["add", "glm", "--scope", "x"], "--scope 的值无效：格式为 NAME=VALUE"),
    ],
)
def test_a_complaint_in_chinese(
    args: list[str], complaint: str, monkeypatch: pytest.MonkeyPatch
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
    [("en", "Error: invalid input", "Cancelled."), ("zh", "错误：请输入 y 或 n", "已取消")],
)
def test_a_question(
    language: str, complaint: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command(cls=click_language.Translated)
    def ask() -> None:
        click.confirm("?")
        raise click.Abort

    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    ran = CliRunner().invoke(ask, input="x\nn\n")
    assert complaint in ran.output
    assert ran.output.splitlines()[-1] == end
    assert ran.exit_code == 130


def test_who_speaks_english_loads_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog._catalogue.cache_clear()
    assert run(monkeypatch, "en", "config", "interval") == "5\n"
    assert catalog._catalogue.cache_info().currsize <= 2  # one for each clock
    assert catalog._catalogue(catalog.ENGLISH) is None
