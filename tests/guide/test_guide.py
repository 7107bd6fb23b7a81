"""The guide is complete in both languages, and its page needs no other file."""

from __future__ import annotations

import functools
import os
import re
import sys
import time
import unicodedata
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.conftest import ROOT
from tests.said import Phrase, both, in_language
from workflow import paths
from workflow.errors import Mistake
from workflow.guide import guide, pages
from workflow.i18n.catalog import say
from workflow.provider import discovery, no_usage
from workflow.provider.contract import Provider
from workflow.storage import files

NAMES = [about.name for about in discovery.everything().values()]
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
STATEMENTS = (  # what the guide has to say, in the words of each language
    ("one of them is harder", "most of this guide is about that", "大部分篇幅都在讲它"),
    (
        "the others need a key",
        "Most providers need only an API key",
        "大多数服务商只需要 API Key",
    ),
    (
        "what ChatGPT needs",
        "access token or session cookie of chatgpt.com",
        "chatgpt.com 的访问令牌或会话 Cookie",
    ),
    (
        "the token is recommended",
        "an access token (accessToken, recommended) or the session cookie",
        "访问令牌（accessToken，推荐）或会话 Cookie",
    ),
    (
        "a session is exchanged",
        "exchanges it for a new access token by itself",
        "自动用它换取新的访问令牌",
    ),
    (
        "what is asked",
        "asks the ChatGPT website what is left of your plan",
        "向 ChatGPT 网页版查询你的订阅",
    ),
    ("which plans", "Free, Go, Plus, Pro, Team", "Free、Go、Plus、Pro、Team"),
    ("not the bill", "separate products with separate bills", "账单也各自独立"),
    ("a login is needed", "the credential is a part of that login", "凭证取自登录状态"),
    (
        "no sk- there",
        "key belongs to the API platform, and the website does not accept it",
        "是 OpenAI API 平台的 Key，网页版不接受",
    ),
    (
        "where the API is",
        "To see what the API costs and how many tokens it used, add the key as OpenAI API (Token)",
        "想看 API 的花费和 Token 用量，请把 Key 添加为 OpenAI API (Token)",
    ),
    ("who may see spend", "owner of the organization", "组织所有者"),
    (
        "method A is recommended",
        "method A: the console (recommended)",
        "方法 A：浏览器控制台（推荐）",
    ),
    (
        "logged in first",
        "You must be logged in to ChatGPT in this browser",
        "前提：已在此浏览器登录 ChatGPT",
    ),
    ("A: open the site", "Open <https://chatgpt.com>", "打开 <https://chatgpt.com>"),
    (
        "A: open the tools",
        "Open the developer tools (DevTools) at the Console tab",
        "打开开发者工具（DevTools）并切到 Console（控制台）",
    ),
    ("A: run the command", "Paste this command and press ↩", "粘贴下面的命令并按 ↩"),
    (
        "A: find the token",
        "find accessToken in it and copy its value",
        "在其中找到 accessToken 并复制它的值",
    ),
    (
        "A: add the account",
        "Add the account as ChatGPT (Subscription) and paste",
        "添加账号时选择 ChatGPT (Subscription) 并粘贴",
    ),
    ("A: it expires", "expires after hours or days", "会过期"),
    ("A: then again", "Then do method A again", "过期后重新执行方法 A"),
    ("A: not logged in", "usually means that you are not logged in", "多半是没有登录"),
    ("B: when", "For when the accessToken is hard to get", "适合不方便拿到 accessToken"),
    ("B: the name changes", "The name may change over time", "名称可能随版本变化"),
    (
        "B: with its name",
        "__Secure-next-auth.session-token=… with its name",
        "带名称的 __Secure-next-auth.session-token=…",
    ),
    (
        "B: the value alone",
        "the bare value (the usual names are tried)",
        "仅有值（按常见名称逐一尝试）",
    ),
    ("B: the whole cookie", "the whole Cookie header", "完整 Cookie 头"),
    (
        "B: more sensitive",
        "The cookie is more sensitive than the token",
        "Cookie 比访问令牌更敏感",
    ),
    ("B: this machine", "Use it on this Mac only", "请只在本机使用"),
    (
        "B: it ends",
        "When you log out or the login changes, the cookie stops working: copy the new one",
        "退出登录或登录状态变化后，Cookie 会失效，需要重新复制",
    ),
    ("no token: command first", "Run the command of method A", "先运行方法 A 的命令"),
    (
        "no token: logged out",
        "you are not logged in to ChatGPT in this browser",
        "当前浏览器（或此用户配置）没有登录 ChatGPT",
    ),
    ("no token: expired", "the login has expired", "登录已失效"),
    (
        "no token: blocked",
        "something blocks the request: a privacy extension, a company policy",
        "请求被拦截：隐私插件、企业策略等",
    ),
    (
        "no token: remedy",
        "reload the page, log in again, run the command again",
        "刷新页面并重新登录，再运行一次命令",
    ),
    ("no token: or B", "or use method B", "或改用方法 B"),
    (
        "no numbers: why",
        "not a stable public API: fields come, go and are renamed",
        "不是稳定的公开 API，字段会增减或改名",
    ),
    (
        "no numbers: what is read",
        "the subscription and its renewal, usage windows, message and feature quotas, credits or tokens",
        "订阅状态与续订、各周期用量、消息与功能额度、积分或 Token 额度",
    ),
    (
        "no numbers: plan only",
        "When only the subscription is shown, ChatGPT reported no number for this plan, or gave it a new name",
        "如果只显示订阅状态，说明 ChatGPT 没有返回该套餐的具体数值，或字段已改名",
    ),
    (
        "sk-: normal",
        "That is correct: sk-… is an OpenAI API key",
        "这是正常现象：sk-… 是 OpenAI API Key",
    ),
    ("sk-: where", "Add it as OpenAI API (Token)", "请添加为 OpenAI API (Token)"),
    (
        "safe: never share",
        "Never share a credential, least of all a session cookie",
        "不要把凭证发给任何人，尤其是会话 Cookie",
    ),
    ("safe: git", "Never commit a credential to a git repository", "不要把凭证提交到 git 仓库"),
    (
        "safe: leaked",
        "log out (on all devices, if you can) and in again, which ends the old session",
        "退出登录（最好退出所有设备）再重新登录，使旧会话失效",
    ),
    ("safe: where it is kept", "Keychain", "钥匙串"),
    ("changes", "ChatGPT changes its web interface", "ChatGPT 的网页接口也可能变化"),
    (
        "changes: both",
        "update Tankful: the guide is updated along with it",
        "请更新 Tankful：本指南会随之更新",
    ),
    ("what is pasted", "around a credential are stripped", "会自动去除"),
)
PRINTS = "fetch('/api/auth/session')\n  .then(r => r.json())\n  .then(data => console.log(data))\n"
ANCHOR = re.compile(r'<a id="([\w-]+)">')
ACME = Provider(
    id="acme",
    name="Acme <b>&</b>",
    short="Acme",
    kind="prepaid",
    needs=Phrase("a key of acme.example", "acme.example 的 Key"),
    shows=Phrase("the balance", "余额"),
    keys={"intl": "https://acme.example/keys", "eu": "https://acme.example/eu"},
    dashboard={"": "https://acme.example/"},
    shapes=(),
    regions=("intl", "eu"),
    scopes={"team": Phrase("the team", "团队")},
    steps=(
        Phrase("Open {keys}. Log in.", "打开 {keys}。登录。"),
        Phrase(
            "<script>x</script> ![x](https://acme.example/x.png) [y](javascript:z)",
            "按<img src=x onerror=y> ![x](https://acme.example/x.png)",
        ),
    ),
)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """A provider that is one file more."""
    module = ModuleType("workflow.providers.acme")
    vars(module)["PROVIDER"] = ACME
    names = [ACME.id, *discovery.names()]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    known = {ACME.id: ACME, **discovery.everything()}
    monkeypatch.setattr(discovery, "names", lambda: names)
    monkeypatch.setattr(discovery, "everything", lambda: known)
    return ACME


class Page(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        """All values of an attribute."""
        return [attrs[attribute] or "" for _, attrs in self.seen if attribute in attrs]


def read(language: str, provider_id: str = "") -> Page:
    page = Page()
    page.feed(in_language(language, guide.page, provider_id))
    page.close()
    assert page.open == []
    return page


def words(language: str, provider_id: str = "") -> str:
    """All the guide says, without marks."""
    linked = re.sub(
        r"\[([^\]]+)\]\(#[\w-]+\)", r"\1", in_language(language, guide.markdown, provider_id)
    )
    return re.sub(r"\*\*|`", "", linked)


@functools.cache
def whole(language: str) -> tuple[str, str]:
    """The guide as Markdown and as a page, both without marks, for the tests that look for sentences."""
    return words(language), read(language).text


@pytest.mark.parametrize("language", guide.LANGUAGES)
@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_told(language: str, fact: str) -> None:
    markdown, page = whole(language)
    assert fact in markdown
    assert fact in page


@pytest.mark.parametrize("told", [told for _, *told in STATEMENTS], ids=[s[0] for s in STATEMENTS])
def test_every_statement_is_made(told: Sequence[str]) -> None:
    for language, sentence in zip(guide.LANGUAGES, told):
        markdown, page = whole(language)
        assert sentence in markdown
        assert re.sub("[<>]", "", sentence) in page


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_the_file_is_what_is_shown(language: str) -> None:
    """Readers of a README see the file itself; ``tankful guide >new.md`` makes it anew."""
    file = ROOT / "workflow" / "guide" / f"{language}.md"
    assert file.read_text(encoding="utf-8") == in_language(language, guide.markdown)


@pytest.mark.parametrize("provider_id", discovery.names())
def test_a_provider_has_steps_that_begin_at_its_page(provider_id: str) -> None:
    about = discovery.about(provider_id)
    assert len(about.steps) >= 2
    for first in both(about.steps[0]):
        assert "{keys}" in first
    for language in guide.LANGUAGES:
        told = in_language(language, guide.markdown, provider_id)
        assert all(page in told for page in about.keys.values())
        assert "{keys}" not in told
        assert f"tankful add {provider_id}" in told
        assert all(f"--scope {name}=" in told for name in about.scopes)


def build_of(tokens: Sequence[Token]) -> list[object]:
    """The parts of a guide, whatever their words: kinds, levels, anchors, addresses, commands."""
    found: list[object] = []
    for token in tokens:
        if token.type in ("fence", "html_inline", "html_block"):
            found.append(token.content)
        if token.type not in ("text", "code_inline", "strong_open", "strong_close"):
            found.append((token.type, token.tag, token.attrs.get("href")))
            found += build_of([part for part in token.children or () if part.type != "softbreak"])
    return found


@pytest.mark.parametrize("provider_id", ["", *discovery.names()])
def test_both_languages_have_the_same_build(provider_id: str) -> None:
    english, chinese = (
        build_of(MarkdownIt().parse(in_language(language, guide.markdown, provider_id)))
        for language in guide.LANGUAGES
    )
    assert english == chinese


@pytest.mark.parametrize("provider_id", ["", *discovery.names()])
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_heading_has_an_anchor_of_its_own(language: str, provider_id: str) -> None:
    first, *headings = re.findall(
        "^#+ .*", in_language(language, guide.markdown, provider_id), re.M
    )
    anchors = [found for heading in headings for found in ANCHOR.findall(heading)]
    assert first.startswith("# ")
    assert "<a" not in first
    assert len(headings) == len(anchors) == len(set(anchors))


@pytest.mark.parametrize("provider_id", ["", *discovery.names()])
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_links_lead_somewhere(language: str, provider_id: str) -> None:
    told = in_language(language, guide.markdown, provider_id)
    targets = re.findall(r"\]\((.*?)\)", told)
    assert {target[1:] for target in targets} <= set(ANCHOR.findall(told))
    assert all(target.startswith("#") for target in targets)
    page = read(language, provider_id)
    within = {value[1:] for value in page.values("href") if value.startswith("#")}
    assert within <= set(page.values("id"))


def test_chinese_is_chinese_and_english_is_english() -> None:
    told = re.sub(
        r"(?s)```.*?```|<!-- needs.*?/needs -->|<!--.*?-->", "", in_language("zh", guide.markdown)
    )
    for paragraph in filter(str.strip, told.split("\n")):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in paragraph) or any(
            f"## {name}" in paragraph for name in NAMES
        ), paragraph
    told = re.sub("|".join(map(re.escape, NAMES)), "", in_language("en", guide.markdown))
    assert not [letter for letter in told if "\u3000" <= letter <= "\u9fff"]


def test_a_language_without_a_guide_gets_the_english_one() -> None:
    assert in_language("eo", guide.markdown) == in_language("en", guide.markdown)
    assert 'lang="eo"' in in_language("eo", guide.page)


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_a_new_provider_needs_nothing_but_its_file(acme: Provider, language: str) -> None:
    whole, own = (
        in_language(language, guide.markdown),
        in_language(language, guide.markdown, acme.id),
    )
    for told in (whole, own):
        assert all(page in told for page in acme.keys.values())
        assert re.search(r"[(（]eu[)）]", told)
        assert "`--scope team=…`" in told
        assert '<a id="acme"></a>' in told
    assert "](#acme)" in whole
    assert "](#glm)" in whole
    assert "tankful add acme" in own
    assert '"regions"' in own
    assert '"chatgpt-' not in own
    assert '"glm"' not in own
    assert "acme.example (eu)" in in_language(language, guide.rows, acme.id)[0]


@pytest.mark.parametrize("provider_id", ["", "acme"])
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_what_a_provider_says_brings_no_markup(
    acme: Provider, language: str, provider_id: str
) -> None:
    page = read(language, provider_id)
    assert not {"script", "b"} & {tag for tag, _ in page.seen}
    assert all(value.startswith("data:image/png;base64,") for value in page.values("src"))
    assert all(value.startswith(("https://", "#")) for value in page.values("href"))
    assert page.values("onerror") == []


@pytest.mark.parametrize("provider_id", ["", *discovery.names()])
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_a_page_stands_alone(language: str, provider_id: str) -> None:
    page, source = read(language, provider_id), in_language(language, guide.page, provider_id)
    tags = {tag for tag, _ in page.seen}
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": policy}) in page.seen
    assert not tags & {"script", "link", "iframe", "object", "form", "base"}
    assert all(value.startswith("data:image/png;base64,") for value in page.values("src"))
    assert all(value.startswith(("https://", "#")) for value in page.values("href"))
    assert "http://" not in source
    assert not re.search(r"url\(|@import|\son\w+=", source)
    assert "**" not in page.text
    assert "`" not in page.text
    assert page.values("lang") == [{"en": "en", "zh": "zh-Hans"}[language]]


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_the_whole_page_leads_to_every_provider(language: str) -> None:
    page = read(language)
    targets = [value[1:] for value in page.values("href") if value.startswith("#")]
    targets = targets[: len(discovery.names())]
    assert targets == discovery.names()
    assert set(targets) <= set(page.values("id"))
    assert len(page.values("src")) == 2 * len(targets)


def test_the_page_knows_light_and_dark() -> None:
    assert "prefers-color-scheme: dark" in in_language("en", guide.page)
    assert 'name="color-scheme" content="light dark"' in in_language("en", guide.page)


def test_a_link_is_known_by_more_than_its_colour_and_nothing_must_move() -> None:
    style = in_language("en", guide.page).partition("</style>")[0]
    assert "\na { color: var(--accent); text-decoration: underline" in style
    assert "@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }" in style


def test_a_narrow_window_need_not_be_scrolled_sideways() -> None:
    style = in_language("en", guide.page).partition("</style>")[0]
    usual, rule, _ = style.partition("@media (max-width: 30rem) { code { white-space: normal;")
    assert "white-space: nowrap" in usual
    assert rule
    assert "h1 span { min-width: 0; overflow-wrap: anywhere; }" in style


def test_a_page_of_one_provider_leaves_the_others_out() -> None:
    tavily, chatgpt = (
        in_language("en", guide.page, "tavily"),
        in_language("en", guide.page, "chatgpt"),
    )
    assert "ChatGPT, method A" in chatgpt
    assert "ChatGPT, method A" not in tavily
    assert "International or China" not in tavily
    assert "International or China" in in_language("en", guide.page, "glm")
    assert "Keeping it safe" in tavily
    assert "Keeping it safe" in chatgpt


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_markdown_leaves_no_mark_unread(language: str) -> None:
    for token in MarkdownIt().parse(in_language(language, guide.markdown)):
        for part in token.children or ():
            assert part.type in ("code_inline", "text", "html_inline") or not part.content
            if part.type == "text":
                assert not re.search(r"\*|`|<https?:|\]\(", part.content), part.content


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_a_command_does_not_end_the_list_it_stands_in(language: str) -> None:
    tokens = MarkdownIt().parse(in_language(language, guide.markdown, "chatgpt"))
    lists = [token for token in tokens if token.type == "ordered_list_open"]
    assert len(lists) == 3  # in short, method A, method B
    commands = [token.content for token in tokens if token.type == "fence"]
    assert commands == [f"{discovery.about('chatgpt').console}\n", PRINTS]


@pytest.mark.parametrize("provider_id", discovery.names())
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_rows_are_short_and_plain(language: str, provider_id: str) -> None:
    rows = in_language(language, guide.rows, provider_id)
    assert len(rows) == len(discovery.about(provider_id).steps)
    for row in rows:
        assert not re.search(r"[`*<>{}\n]|https", row)
        assert sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in row) <= ROW


def test_rows_name_each_site() -> None:
    assert in_language("zh", guide.rows, "glm")[0] == "登录 z.ai（国际站）或 bigmodel.cn（国内站）"


def test_an_unknown_provider_is_a_mistake() -> None:
    with pytest.raises(Mistake):
        pages.compared("nobody")


@pytest.mark.parametrize("language", guide.LANGUAGES)
@pytest.mark.parametrize("service", no_usage.SERVICES, ids=lambda each: each.id)
def test_a_service_that_tells_nothing_is_in_the_guide(
    service: no_usage.Service, language: str
) -> None:
    (line,) = [line for line in whole(language)[0].splitlines() if service.page in line and in_language(language, say, service.name) in line]  # fmt: skip
    own = in_language(language, guide.markdown, service.id)
    assert own.startswith(f"# {in_language(language, say, service.name)}\n")
    assert service.page in own and len(own.splitlines()) == 3
    assert in_language(language, say, service.name) in read(language, service.id).text
    assert line.startswith("- ")


def test_the_page_is_written_once_in_the_language_of_the_reader(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    path = pages.compared("kimi")
    assert path == str(home / "tankful" / "cache" / "guide-kimi-en.html")
    assert Path(path).read_text(encoding="utf-8") == in_language("en", guide.page, "kimi")
    assert os.stat(path).st_mode & 0o777 == 0o600
    written: list[str] = []
    monkeypatch.setattr(files, "write", lambda path, *_, **__: written.append(path))
    assert pages.compared("kimi") == path
    other = in_language("zh", pages.compared, "kimi")
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
    page = in_language(language, pages.written, provider)
    assert in_language(language, guide.page, provider) in Path(page).read_text(encoding="utf-8")
    Path(page).write_bytes(Path(page).read_bytes().replace(b"<h1", b"<p>old</p><h1"))
    year = 365 * 86400
    for shift in (-year, 0, year):
        os.utime(page, (time.time() + shift,) * 2)
        assert in_language(language, pages.written, provider) == page
        assert b"<p>old</p>" in Path(page).read_bytes()  # of this build: nobody looks twice
    build(monkeypatch, tmp_path, "1.1 def")
    os.utime(page, (time.time() + year,) * 2)
    assert in_language(language, pages.written, provider) == page
    assert b"<p>old</p>" not in Path(page).read_bytes()


def test_in_a_checkout_the_page_is_always_compared() -> None:
    page = pages.written("glm")
    Path(page).write_text("old", encoding="utf-8")
    os.utime(page, (time.time() + 9e8,) * 2)
    assert Path(pages.written("glm")).read_text(encoding="utf-8") == in_language(
        "en", guide.page, "glm"
    )


def test_a_page_that_cannot_be_written_is_none(home: Path) -> None:
    (home / "tankful").write_text("in the way")
    assert pages.written("glm") == ""
    (home / "tankful").unlink()
    (home / "tankful" / "cache").mkdir(parents=True)
    os.mkfifo(home / "tankful" / "cache" / "guide-glm-en.html")
    assert pages.written("glm") == ""


def test_an_old_page_is_replaced() -> None:
    path = pages.compared()
    Path(path).write_text("old", encoding="utf-8")
    assert Path(pages.compared()).read_text(encoding="utf-8") == in_language("en", guide.page)


@pytest.mark.parametrize("language", guide.LANGUAGES)
@pytest.mark.parametrize("name", ["", "chatgpt"])
def test_a_window_without_anchors_shows_none(language: str, name: str) -> None:
    told = in_language(language, guide.text, name)
    assert not re.search(r"<a |<!--|\]\(#|\n{3}", told)
    whole = in_language(language, guide.markdown, name)
    headings = [line.partition(" <a")[0] for line in whole.splitlines() if line.startswith("#")]
    assert [line for line in told.splitlines() if line.startswith("#")] == headings
