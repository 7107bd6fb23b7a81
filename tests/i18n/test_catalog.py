"""One catalogue: complete, compiled, and loaded only where it is spoken."""

from __future__ import annotations

import gettext
import os
import re
import string
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Iterator, Sequence, Tuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from hypothesis import given
from hypothesis import strategies as st

from scripts.tools import messages as tool
from tests.conftest import ROOT
from workflow import settings
from workflow.i18n import catalog
from workflow.i18n.message import Message, _, listed, ngettext

CATALOGUES = sorted(tool.FOLDER.glob("*/LC_MESSAGES/tankful.po"))
HAN = re.compile("[\u4e00-\u9fff]")


def texts(told: object) -> Sequence[str]:
    return [str(each) for each in told] if isinstance(told, (list, tuple)) else [str(told)]


def entries(path: Path) -> Iterator[Entry]:
    yield from (entry for entry in tool.load(path) if entry.id)


def places(sentence: str) -> Counter[str]:
    """What is filled in, with its format; places without a name are numbered."""
    found = [(n, s, c) for _text, n, s, c in string.Formatter().parse(sentence) if n is not None]
    numbered = (n or str(i) for i, (n, _s, _c) in enumerate(found))
    return Counter(f"{n}!{c}:{s}" for n, (_n, s, c) in zip(numbered, found))


def test_every_language_of_the_settings_has_its_catalogue() -> None:
    told = [catalog.locale(language) for language in settings.LANGUAGES]
    assert told == ["", "zh_CN"]
    assert [path.parent.parent.name for path in CATALOGUES] == ["zh_CN"]


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_it_has_what_the_code_says_and_nothing_else(path: Path) -> None:
    known = {tuple(texts(entry.id)) for entry in entries(path)}
    said = {each.ids for each in tool.sentences()}
    assert said - known == set(), "run scripts/check --messages, then translate"
    assert known - said == set(), "nobody says it any more: run scripts/check --messages"


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_everything_is_translated(path: Path) -> None:
    assert tool.untranslated(tool.load(path)) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_the_same_places_are_filled_in(path: Path) -> None:
    for entry in entries(path):
        ids = [places(each) for each in texts(entry.id)]
        for told in texts(entry.string):
            assert places(told) in ids or places(told) | Counter() == ids[-1], entry.id


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_it_is_compiled_as_it_stands(path: Path) -> None:
    compiled = path.with_suffix(".mo").read_bytes()
    assert compiled == tool.compiled(tool.load(path)), "run scripts/check --messages"


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_it_is_written_as_the_tool_writes_it(path: Path) -> None:
    assert path.read_bytes() == tool.written(tool.updated(tool.load(path)))


def test_a_doubtful_translation_is_left_to_translate() -> None:
    made = Catalog(locale="zh_CN")
    made.add("sure", "确定")
    made.add("doubtful", "可疑", flags=["fuzzy"])
    made.add("missing", "")
    made.add(("one", "several"), ("一", ""))
    assert tool.untranslated(made) == ["doubtful", "missing", "one"]
    assert b"sure" in tool.compiled(made) and b"doubtful" not in tool.compiled(made)


def test_what_is_said_without_the_catalogue_is_what_stands_in_it() -> None:
    told = list(tool.outside())
    assert {place for _en, _zh, place in told} == {
        *tool.WITHOUT,
        *("scripts/alfred/no_python.json", "scripts/alfred/damaged.json"),
        *("scripts/raycast/raycast.sh", "info.plist"),
    }
    for english, chinese, place in told:
        assert catalog.translated(english, "zh") == chinese, place


def test_a_message_is_said_in_the_language_of_the_reader() -> None:
    message = _("{provider} is busy; {by_itself}", by_itself=_("try again later"))
    filled = message.filled(provider="GLM", other="x")
    assert catalog.say(filled, "en") == "GLM is busy; try again later"
    assert catalog.say(filled, "zh") == "GLM 当前访问量过大；请稍后重试"
    assert catalog.say(message, "zh") == "{provider} 当前访问量过大；请稍后重试"
    assert catalog.say(None, "zh") == ""


def test_a_number_makes_it_another_sentence() -> None:
    for count, said in ((1, "1 day"), (2, "2 days"), (0, "0 days")):
        message = ngettext("{count} day", "{count} days", count)
        assert catalog.say(message, "en") == said
        assert catalog.say(message, "zh") == f"{count} 天"
        assert catalog.say(message.counting(7), "en") == "7 days"


def test_a_list_has_the_commas_of_the_language() -> None:
    three = listed(map(Message.quoted, "abc"))
    assert catalog.say(three, "en") == "a, b, c"
    assert catalog.say(three, "zh") == "a、b、c"


@given(st.text(), st.text(), st.sampled_from(("en", "zh")))
def test_foreign_text_is_only_text(name: str, id: str, language: str) -> None:
    assert catalog.say(_("{first}; {next}", first=name, next=""), language).startswith(
        catalog.plain(name)
    )
    catalog.say(Message(id), language)
    catalog.say(Message(id, (("x", name),)), language)  # another version may have kept it


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_of_a_vendor_stand_behind_what_is_said(language: str) -> None:
    message = _("{provider} has locked this account; contact its support")._replace(quote="a; {x}")
    said = catalog.say(message.filled(provider="GLM"), language)
    told = {
        "en": "GLM has locked this account (“a; {x}”); contact its support",
        "zh": "GLM 已锁定此账号（“a; {x}”）；请联系其客服",
    }
    assert said == told[language]


# ---- a third language is a catalogue, and a line of the settings

THIRD = """
import sys
sys.path.insert(0, {root!r})
from workflow import settings
from workflow.i18n import catalog
settings.LANGUAGES["eo"] = "Esperanto"
catalog.FOLDER = {folder!r}
from scripts import tankful
tankful.main()
"""


def pseudo(folder: Path) -> None:
    """A language in which every sentence stands in brackets."""
    made = Catalog(locale="eo")
    for entry in entries(CATALOGUES[0]):
        told = tuple(f"⟦{each}⟧" for each in texts(entry.id))
        made.add(entry.id, told if len(told) > 1 else told[0])
    place = folder / "eo" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "tankful.mo").write_bytes(tool.compiled(made))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["list"], ["⟦No account yet. Add one: tankful add⟧"]),
        (["show"], ["⟦Usage: ⟧", "⟦Missing argument⟧"]),
        (["--help"], ["⟦Give ACCOUNT a new credential.⟧", "⟦Show this message and exit.⟧"]),
        (["show", "nobody"], ["⟦there is no account 'nobody'; see `tankful list`⟧"]),
        (["script-filter"], ["⟦Add your first account⟧"]),
        (["add", "tavily", "--region", "x"], ["⟦Invalid value for"]),
    ],
)
def test_a_third_language(args: Sequence[str], says: Sequence[str], tmp_path: Path) -> None:
    pseudo(tmp_path)
    script = THIRD.format(root=str(ROOT), folder=str(tmp_path))
    for chosen in ({"TANKFUL_LANGUAGE": "Esperanto"}, {"LC_ALL": "eo_XX.UTF-8"}):
        environment = {**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", **chosen}
        ran = subprocess.run(
            [sys.executable, "-c", script, *args], capture_output=True, env=environment
        )
        told = (ran.stdout + ran.stderr).decode()
        assert [each for each in says if each not in told] == [], told


# ---- what it costs

SCRIPT = """
import sys, time
sys.path.insert(0, {root!r})
from workflow.i18n import catalog
from workflow.i18n.message import _
before = set(sys.modules)
start = time.perf_counter()
said = catalog.say(_("Copied."), {language!r})
print(said.encode("unicode_escape").decode(), "gettext" in sys.modules, time.perf_counter() - start)
"""


@pytest.mark.parametrize(("language", "said"), [("en", "Copied."), ("zh", "已复制。")])
def test_english_loads_no_catalogue(language: str, said: str) -> None:
    script = SCRIPT.format(root=str(ROOT), language=language)
    ran = subprocess.run([sys.executable, "-IS", "-c", script], capture_output=True, check=True)
    told, has_gettext, _seconds = ran.stdout.decode().split()
    assert told.encode().decode("unicode_escape") == said
    assert has_gettext == str(language != "en")


@pytest.mark.timing
def test_chinese_is_loaded_in_less_than_two_milliseconds() -> None:
    def load() -> float:
        catalog._catalog.cache_clear()
        gettext._translations.clear()  # type: ignore[attr-defined]
        start = time.perf_counter()
        catalog.say(_("Copied."), "zh")
        return time.perf_counter() - start

    assert min(load() for _again in range(20)) < 0.002


def pairs() -> Iterator[Tuple[str, str]]:
    for entry in entries(CATALOGUES[0]):
        yield from zip(texts(entry.id), texts(entry.string))


SAME = {  # names, code and what only holds other words, in Chinese as in English
    *("English", "简体中文", "Markdown", "ChatGPT accessToken", "Kimi Code Key"),
    *("OpenAI Admin key", "API Key（tvly-…）", "Tavily Key", "Tankful · {}", "OpenAI API Key"),
    *("Token", "MCP", "{number} token", " HTTP {status}"),
}


def test_chinese_is_chinese_and_english_is_not() -> None:
    for english, chinese in pairs():
        if chinese not in SAME and re.search("[A-Za-z]", re.sub("{.*?}", "", chinese)):
            assert HAN.search(chinese), english
        assert english in SAME or not HAN.search(english)


def test_a_sentence_is_one_line() -> None:
    helps = {paragraph for each in tool.sentences() for paragraph in each.ids}
    assert helps
    for english, chinese in pairs():
        if english.startswith(("Paste {} of {}.", "On the clipboard:", "{}\n\n{}", "Choose from:")):
            continue  # dialogs, and click's list, have room
        assert english.isprintable(), english
        assert chinese.replace("\n", "").isprintable(), english
