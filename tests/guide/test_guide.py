"""The guide is complete in both languages, and its page stands alone."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import pytest
from markdown_it import MarkdownIt

from scripts.alfred import menu
from workflow import paths
from workflow.errors import Mistake
from workflow.guide import guide
from workflow.guide import text as guide_text
from workflow.provider import discovery
from workflow.storage import files

VOID = {"meta", "img", "br", "hr", "input", "link"}
ROW = 110  # columns that a launcher shows of a row
FACTS = (  # in both languages
    "MiniMax",
    "sk-cp-…",
    "sk-api-…",
    "GLM",
    "智谱",
    "z.ai",
    "bigmodel.cn",
    "Tavily",
    "tvly-dev-…",
    "tvly-prod-…",
    "OpenAI API (Token)",
    "sk-admin-…",
    "sk-proj-…",
    "api.usage.read",
    "KIMI (Moonshot)",
    "sk-kimi-…",
    "ChatGPT (Subscription)",
    "Plus",
    "Team",
    "https://chatgpt.com",
    "DevTools",
    "Console",
    "fetch('/api/auth/session')",
    "then(data => console.log(data))",
    "copy(",
    "allow pasting",
    "accessToken",
    "Application",
    "Storage",
    "Cookies",
    "__Secure-next-auth.session-token",
    "__Secure-next-auth.session-token=",
    "session-token.0",
    "session-token.1",
    "cURL",
    "Netscape",
    "JSON",
    "{}",
    "--scope organization=",
    "--scope project=",
    "--scope workspace=",
    "--region cn",
    "tankful exchange",
    "tankful add",
    "git",
    "HTTPS",
)
TOLD = {
    "en": (
        "recommended",
        "logged in",
        "expires after",
        "privacy extension",
        "company policy",
        "reload the page",
        "no public, stable API",
        "message and feature allowances",
        "only the subscription is shown",
        "more sensitive",
        "this Mac only",
        "by itself",
        "to nobody",
        "log out",
        "Keychain",
        "owner of the organization",
        "changes its web interface",
        "do no harm",
    ),
    "zh": (
        "推荐",
        "已在此浏览器登录",
        "会过期",
        "隐私插件",
        "企业策略",
        "刷新页面并重新登录",
        "不是稳定的公开 API",
        "消息与功能额度",
        "只显示订阅状态",
        "更敏感",
        "只在本机使用",
        "自动",
        "不要把凭证发给任何人",
        "退出登录",
        "钥匙串",
        "组织所有者",
        "网页接口也可能变化",
        "不影响识别",
    ),
}


class Page(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: List[str] = []
        self.seen: List[Tuple[str, Dict[str, Optional[str]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> List[str]:
        """All values of an attribute."""
        return [attrs[attribute] or "" for _, attrs in self.seen if attribute in attrs]


def read(language: str, provider_id: str = "") -> Page:
    page = Page()
    page.feed(guide.page(language, provider_id))
    page.close()
    assert page.open == []
    return page


def words(language: str, provider_id: str = "") -> str:
    """All the guide says, without marks."""
    return re.sub(r"\*\*|`", "", guide.markdown(language, provider_id))


@pytest.mark.parametrize("language", guide.LANGUAGES)
@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_told(language: str, fact: str) -> None:
    assert fact in words(language)
    assert fact in read(language).text


@pytest.mark.parametrize(
    ("language", "fact"), [(language, fact) for language in TOLD for fact in TOLD[language]]
)
def test_every_sentence_that_matters_is_there(language: str, fact: str) -> None:
    assert fact in words(language)


@pytest.mark.parametrize("provider_id", discovery.names())
def test_a_provider_has_steps_that_begin_at_its_page(provider_id: str) -> None:
    about = discovery.about(provider_id)
    assert len(about.steps) >= 2
    for first in about.steps[0]:
        assert "{keys}" in first
    for language in guide.LANGUAGES:
        told = guide.markdown(language, provider_id)
        assert all(page in told for page in about.keys.values())
        assert "{keys}" not in told
        assert f"tankful add {provider_id}" in told
        assert all(f"--scope {name}=" in told for name in about.scopes)


@pytest.mark.parametrize("provider_id", ["", *discovery.names()])
def test_both_languages_have_the_same_build(provider_id: str) -> None:
    english, chinese = (guide.sections(language, provider_id) for language in guide.LANGUAGES)
    for en, zh in zip(english, chinese):
        assert (en.anchor, en.level, en.provider) == (zh.anchor, zh.level, zh.provider)
        assert [code for _, code in en.steps] == [code for _, code in zh.steps]
        for part in ("paragraphs", "steps", "points"):
            assert len(getattr(en, part)) == len(getattr(zh, part))
    assert len(english) == len(chinese)
    assert len({section.anchor for section in english}) == len(english)


def test_chinese_is_chinese_and_english_is_english() -> None:
    for section in guide.sections("zh"):
        for sentence in (*section.paragraphs, *(text for text, _ in section.steps)):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence), sentence
    told = "".join(guide.markdown("en").split("智谱AI"))
    assert not [letter for letter in told if "\u3000" <= letter <= "\u9fff"]


@pytest.mark.parametrize("provider_id", ["", *discovery.names()])
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_a_page_stands_alone(language: str, provider_id: str) -> None:
    page, source = read(language, provider_id), guide.page(language, provider_id)
    tags = {tag for tag, _ in page.seen}
    assert not tags & {"script", "link", "iframe", "object", "form", "base"}
    assert all(value.startswith("data:image/png;base64,") for value in page.values("src"))
    assert all(value.startswith(("https://", "#")) for value in page.values("href"))
    assert "http://" not in source
    assert not re.search(r"url\(|@import|\son\w+=", source)
    assert "**" not in page.text and "`" not in page.text
    assert page.values("lang") == [{"en": "en", "zh": "zh-Hans"}[language]]


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_the_whole_page_leads_to_every_provider(language: str) -> None:
    page = read(language)
    targets = [value[1:] for value in page.values("href") if value.startswith("#")]
    assert targets == discovery.names()
    assert set(targets) <= set(page.values("id"))
    assert len(page.values("src")) == 2 * len(targets)


def test_the_page_knows_light_and_dark() -> None:
    assert "prefers-color-scheme: dark" in guide.page("en")
    assert 'name="color-scheme" content="light dark"' in guide.page("en")


def test_a_page_of_one_provider_leaves_the_others_out() -> None:
    tavily, chatgpt = guide.page("en", "tavily"), guide.page("en", "chatgpt")
    assert "ChatGPT, method A" in chatgpt and "ChatGPT, method A" not in tavily
    assert "International or China" not in tavily
    assert "International or China" in guide.page("en", "glm")
    assert "Keeping it safe" in tavily and "Keeping it safe" in chatgpt


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_markdown_leaves_no_mark_unread(language: str) -> None:
    for token in MarkdownIt().parse(guide.markdown(language)):
        for part in token.children or ():
            assert part.type in ("code_inline", "text") or not part.content
            if part.type == "text":
                assert not re.search(r"\*|`|<https?:", part.content), part.content


def test_a_command_does_not_end_the_list_it_stands_in() -> None:
    tokens = MarkdownIt().parse(guide.markdown("en", "chatgpt"))
    lists = [token for token in tokens if token.type == "ordered_list_open"]
    assert len(lists) == 3  # in short, method A, method B
    assert [token.content for token in tokens if token.type == "fence"] == [
        f"{guide.COPY}\n",
        f"{guide.SHOW}\n",
    ]


def test_the_readme_block_has_its_markers_and_no_first_heading() -> None:
    block = guide.readme_block("zh")
    assert block.startswith("<!-- guide:zh -->\n## ")
    assert block.endswith("\n<!-- /guide -->")
    assert not re.search(r"^# ", block, re.MULTILINE)


@pytest.mark.parametrize("provider_id", discovery.names())
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_rows_are_short_and_plain(language: str, provider_id: str) -> None:
    rows = guide.rows(provider_id, language)
    assert len(rows) == len(discovery.about(provider_id).steps)
    for row in rows:
        assert not re.search(r"[`*<>{}\n]|https", row)
        assert sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in row) <= ROW


def test_rows_of_a_region_name_its_site_only() -> None:
    assert guide.rows("glm", "en", "cn")[0] == "Open bigmodel.cn and log in"
    assert guide.rows("glm", "zh")[0] == "登录 z.ai（国际站）或 bigmodel.cn（中国站）"


def test_a_passage_names_a_provider_there_is() -> None:
    assert {passage.provider for passage in guide_text.PASSAGES} <= {"", *discovery.names()}


def test_an_unknown_provider_is_a_mistake() -> None:
    with pytest.raises(Mistake):
        guide.page_path("gemini")


def test_the_page_is_written_once_in_the_language_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    path = guide.page_path("kimi")
    assert path == str(home / "tankful" / "cache" / "guide-kimi-en.html")
    assert Path(path).read_text(encoding="utf-8") == guide.page("en", "kimi")
    assert os.stat(path).st_mode & 0o777 == 0o600
    written: List[str] = []
    monkeypatch.setattr(files, "write", lambda path, *_, **__: written.append(path))
    assert guide.page_path("kimi") == path
    monkeypatch.setenv("TANKFUL_LANGUAGE", "zh")
    other = guide.page_path("kimi")
    assert other.endswith("guide-kimi-zh.html")
    assert written == [other]


def build(monkeypatch: pytest.MonkeyPatch, root: Path, name: str) -> None:
    """Let this be a bundle of this name."""
    (root / "lib").mkdir(exist_ok=True)
    (root / "lib" / "build").write_text(name)
    monkeypatch.setattr(paths, "root", lambda: str(root))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("provider", ["", "glm"])
def test_a_page_of_another_build_is_replaced_whatever_its_date(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, provider: str, language: str
) -> None:
    build(monkeypatch, tmp_path, "1.0 abc")
    page = menu.guide_page(provider, language)
    assert guide.page(language, provider) in Path(page).read_text(encoding="utf-8")
    Path(page).write_bytes(Path(page).read_bytes().replace(b"<h1", b"<p>old</p><h1"))
    year = 365 * 86400
    for shift in (-year, 0, year):
        os.utime(page, (time.time() + shift,) * 2)
        assert menu.guide_page(provider, language) == page
        assert b"<p>old</p>" in Path(page).read_bytes()  # of this build: nobody looks twice
    build(monkeypatch, tmp_path, "1.1 def")
    os.utime(page, (time.time() + year,) * 2)
    assert menu.guide_page(provider, language) == page
    assert b"<p>old</p>" not in Path(page).read_bytes()


def test_in_a_checkout_the_page_is_always_compared() -> None:
    page = menu.guide_page("glm", "en")
    Path(page).write_text("old", encoding="utf-8")
    os.utime(page, (time.time() + 9e8,) * 2)
    assert Path(menu.guide_page("glm", "en")).read_text(encoding="utf-8") == guide.page("en", "glm")


def test_a_page_that_cannot_be_written_is_none(home: Path) -> None:
    (home / "tankful").write_text("in the way")
    assert menu.guide_page("glm", "en") == ""
    (home / "tankful").unlink()
    (home / "tankful" / "cache").mkdir(parents=True)
    os.mkfifo(home / "tankful" / "cache" / "guide-glm-en.html")
    assert menu.guide_page("glm", "en") == ""


def test_an_old_page_is_replaced() -> None:
    path = guide.page_path()
    Path(path).write_text("old", encoding="utf-8")
    assert Path(guide.page_path()).read_text(encoding="utf-8") == guide.page("en")
