"""The catalogue is complete and compiled, and loaded only for its language."""

from __future__ import annotations

import os
import re
import string
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from hypothesis import given
from hypothesis import strategies as st

from scripts.tools import messages as tool
from tests.conftest import ROOT
from tests.said import CHINESE
from workflow import settings
from workflow.i18n import catalog
from workflow.i18n.catalog import ENGLISH, Translation
from workflow.i18n.message import Message, _, listed, ngettext

CATALOGUES = sorted(tool.FOLDER.glob("*/LC_MESSAGES/tankful.po"))
HAN = re.compile("[\u4e00-\u9fff]")


def texts(told: object) -> Sequence[str]:
    return [str(each) for each in told] if isinstance(told, (list, tuple)) else [str(told)]


def entries(path: Path) -> Iterator[Entry]:
    yield from (entry for entry in tool.load(path) if entry.id)


def places(sentence: str) -> Counter[str]:
    """Count the placeholders with their formats, without quotation marks, which each language has its own of."""
    parts = string.Formatter().parse(sentence)
    return Counter(f"{name}:{form}" for _text, name, form, _quotes in parts if name is not None)


def test_every_language_of_the_settings_has_its_catalogue() -> None:
    told = [Translation(language).locale for language in settings.LANGUAGES]
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
def test_places_have_names(path: Path) -> None:
    found = {place for entry in entries(path) for each in texts(entry.id) for place in places(each)}
    assert len(found) > 50
    assert not [place for place in found if not place[0].isalpha()]


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
    assert b"sure" in tool.compiled(made)
    assert b"doubtful" not in tool.compiled(made)


def test_what_is_said_without_the_catalogue_is_what_stands_in_it() -> None:
    told = list(tool.outside())
    assert {place for _en, _zh, place in told} == {
        *tool.WITHOUT,
        *("scripts/alfred/no_python.json", "scripts/alfred/damaged.json"),
        *("scripts/raycast/raycast.sh", "info.plist"),
    }
    for english, chinese, place in told:
        assert CHINESE.sentence(english) == chinese, place


def test_a_message_is_said_in_the_language_of_the_reader() -> None:
    message = _("{provider} is busy; {by_itself}", by_itself=_("try again later"))
    filled = message.filled(provider="GLM", other="x")
    assert ENGLISH.say(filled) == "GLM is busy; try again later"
    assert CHINESE.say(filled) == "GLM 当前访问量过大；请稍后重试"
    assert CHINESE.say(message) == "{provider} 当前访问量过大；请稍后重试"
    assert CHINESE.say(None) == ""
    wait = _("try again later")
    assert CHINESE.say(message, provider="GLM", by_itself=wait) == CHINESE.say(filled)
    assert CHINESE.say(_("{many} for {window}"), many=1, window=wait).startswith("请稍后重试")


def test_a_number_makes_it_another_sentence() -> None:
    for count, said in ((1, "1 day"), (2, "2 days"), (0, "0 days")):
        message = ngettext("{count} day", "{count} days", count)
        assert ENGLISH.say(message) == said
        assert CHINESE.say(message) == f"{count} 天"
        assert ENGLISH.say(message.counting(7)) == "7 days"


def test_a_list_has_the_commas_of_the_language() -> None:
    three = listed(map(Message.quoted, "abc"))
    assert ENGLISH.say(three) == "a, b, c"
    assert CHINESE.say(three) == "a、b、c"


@given(st.text(), st.text(), st.sampled_from(("en", "zh")))
def test_foreign_text_is_only_text(name: str, id: str, language: str) -> None:
    say = Translation(language).say
    assert say(_("{first}; {next}", first=name, next="")).startswith(catalog.plain(name))
    say(Message(id))
    say(Message(id, (("x", name),)))  # another version may have kept it


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_of_a_vendor_stand_behind_what_is_said(language: str) -> None:
    message = _("{provider} has locked this account; contact its support")._replace(quote="a; {x}")
    said = Translation(language).say(message.filled(provider="GLM"))
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["list"], ["⟦No accounts yet. Add one: tankful add⟧"]),
        (["show"], ["⟦Usage: ⟧", "⟦Missing argument⟧"]),
        (["--help"], ["⟦Give ACCOUNT a new credential.⟧", "⟦Show this message and exit.⟧"]),
        (["show", "nobody"], ["⟦there is no account 'nobody'; see `tankful list`⟧"]),
        (["script-filter"], ["⟦Add your first account⟧"]),
        (["trend", "x", "--days", "0"], ["⟦Invalid value for"]),
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
bare = time.process_time()  # what the interpreter took to start
sys.path.insert(0, {root!r})
from workflow.i18n import catalog
from workflow.i18n.message import _
before = set(sys.modules)
start = time.process_time()
said = catalog.Translation({language!r}).say(_("Copied."))
print(said.encode("unicode_escape").decode(), "gettext" in sys.modules, (time.process_time() - start) / bare)
"""


@pytest.mark.parametrize(("language", "said"), [("en", "Copied."), ("zh", "已复制。")])
def test_english_loads_no_catalogue(language: str, said: str) -> None:
    script = SCRIPT.format(root=str(ROOT), language=language)
    ran = subprocess.run([sys.executable, "-IS", "-c", script], capture_output=True, check=True)
    told, has_gettext, _share = ran.stdout.decode().split()
    assert told.encode().decode("unicode_escape") == said
    assert has_gettext == str(language != "en")


@pytest.mark.timing
def test_the_first_chinese_sentence_costs_a_third_of_a_start_at_most() -> None:
    script = SCRIPT.format(root=str(ROOT), language="zh")
    command = [sys.executable, "-IS", "-c", script]

    def cold() -> float:
        ran = subprocess.run(command, capture_output=True, check=True)
        return float(ran.stdout.split()[-1])

    assert any(cold() < 1 / 3 for _again in range(40))  # whatever else runs here


def pairs() -> Iterator[tuple[str, str]]:
    for entry in entries(CATALOGUES[0]):
        yield from zip(texts(entry.id), texts(entry.string))


SAME = {  # names, code and what only holds other words, in Chinese as in English
    *("English", "简体中文", "Markdown", "ChatGPT 访问令牌", "Kimi Code Key"),
    *("OpenAI Admin Key", "Tavily Key", "Tankful · {title}", "OpenAI API Key"),
    *("Token", "MCP", "Key", "Agent", "Key", "Agent", "{number} Token", " HTTP {status}"),
}

BARE_KEY = re.compile(r"API Key(（[\w-]+…）)?")


def test_chinese_is_chinese_and_english_is_not() -> None:
    for english, chinese in pairs():
        if (
            chinese not in SAME
            and not BARE_KEY.fullmatch(chinese)
            and re.search("[A-Za-z]", re.sub("{.*?}", "", chinese))
        ):
            assert HAN.search(chinese), english
        assert english in SAME or not HAN.search(english)


def test_a_sentence_is_one_line() -> None:
    helps = {paragraph for each in tool.sentences() for paragraph in each.ids}
    assert helps
    for english, chinese in pairs():
        if english.startswith(("Paste {credential}", "On the clipboard:", "Choose from:")):
            continue  # dialogs, and click's list, have room
        assert english.isprintable(), english
        assert chinese.replace("\n", "").isprintable(), english
