"""Rows as users read them: every kind of account, both languages, left or used, success and failure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alfred_harness.matching import WORDS_ANY_ORDER, matches
from tests.examples import (
    CHATGPT,
    FETCHED,
    GLM,
    KIMI,
    MINIMAX,
    NOW,
    OPENAI,
    SIX,
    TAVILY,
    Known,
    share,
)
from tests.said import Phrase, in_language
from workflow.alfred import account_row, items
from workflow.alfred.items import Item
from workflow.chatgpt import pages, session
from workflow.chatgpt.edge import CHALLENGED
from workflow.display import names, quotas, times
from workflow.display.privacy import name as name_of
from workflow.display.row import GAP
from workflow.display.row import row as row_of
from workflow.errors import FailureKind, RateLimited, UnexpectedResponse, Unreachable
from workflow.i18n.catalog import plain, speaking
from workflow.i18n.message import Message
from workflow.models import (
    Account,
    Balance,
    Failure,
    Period,
    Quota,
    Snapshot,
    Spend,
    Usage,
    WorkBlocked,
)
from workflow.provider import discovery
from workflow.providers import deepl, kimi
from workflow.records import replace
from workflow.relay.new_api import EXPIRED as EXPIRED_KEY
from workflow.settings import Settings
from workflow.state.state import worked_out

EN, ZH = Settings(), Settings(language="zh")
EN_USED, ZH_USED = Settings(show="used"), Settings(language="zh", show="used")
PRIVATE = Settings(privacy=True)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TEXTS = st.text(st.characters(codec="utf-8"))
NASTY = (
    r'"\", "x": [',
    "\\u0011u0:gone\\u0012",
    "\x11u0:\x12\x91u0\x92gone\x92\x91 \x91",
    "line\nline\ttab\x00\x7f",
    "👩‍👩‍👧 \u202eRTL עברית العربية",
    "{} {0} {x} %s %(x)s",
    "“引号”、\u2028\u2029\ufeff",
)


def shown(row: Item, settings: Settings, now: datetime) -> dict[str, Any]:
    """Render a row as Alfred gets it."""
    with speaking(settings.translation):
        told = times.fill(items.row(row), now)
    found: dict[str, Any] = json.loads(told)
    return found


def item(known: Known, settings: Settings = EN, now: datetime = NOW) -> dict[str, Any]:
    account, snapshot = known
    about = discovery.about(account.provider)
    with speaking(settings.translation):
        state = worked_out(account, about, snapshot, settings)
        found = account_row.item(row_of(state, settings), state)
    return shown(found, settings, now)


def with_usage(known: Known, usage: Usage | None, **more: Any) -> Known:
    account, snapshot = known
    return account, replace(snapshot, usage=usage, **more)


def title(*quotas: Quota, settings: Settings = EN, now: datetime = NOW) -> str:
    told: str = item(with_usage(GLM, Usage(quotas)), settings, now)["title"]
    return told.partition(GAP)[2]


def subtitle(usage: Usage, settings: Settings = EN, now: datetime = NOW) -> str:
    told: str = item(with_usage(GLM, usage), settings, now)["subtitle"]
    return told.rpartition(" · ")[0] if " · " in told else ""


ROWS = [
    (GLM, EN, "GLM · Work   41% left ▰▰▰▰▱▱▱▱▱▱"),
    (GLM, EN, "Week 41% · resets in 2d 4h (Fri 19:00) · 5h 72% · Pro · 2m ago"),
    (GLM, EN_USED, "GLM · Work   59% used ▰▰▰▰▰▰▱▱▱▱"),
    (GLM, EN_USED, "Week 59% · resets in 2d 4h (Fri 19:00) · 5h 28% · Pro · 2m ago"),
    (GLM, ZH, "GLM · Work   剩余 41% ▰▰▰▰▱▱▱▱▱▱"),
    (GLM, ZH, "每周 41% · 2 天 4 小时后重置（周五 19:00） · 5 小时 72% · Pro · 2 分钟前"),
    (GLM, ZH_USED, "GLM · Work   已用 59% ▰▰▰▰▰▰▱▱▱▱"),
    (GLM, ZH_USED, "每周 59% · 2 天 4 小时后重置（周五 19:00） · 5 小时 28% · Pro · 2 分钟前"),
    (MINIMAX, EN, "MiniMax   65% left ▰▰▰▰▰▰▱▱▱▱"),
    (MINIMAX, EN, "Week 65% · resets in 3d (Sat 15:00) · 5h 88% · Video 100% · Max · 2m ago"),
    (MINIMAX, EN_USED, "MiniMax   35% used ▰▰▰▰▱▱▱▱▱▱"),
    (MINIMAX, EN_USED, "Week 35% · resets in 3d (Sat 15:00) · 5h 12% · Video 0% · Max · 2m ago"),
    (MINIMAX, ZH, "MiniMax   剩余 65% ▰▰▰▰▰▰▱▱▱▱"),
    (MINIMAX, ZH, "每周 65% · 3 天后重置（周六 15:00） · 5 小时 88% · 视频 100% · Max · 2 分钟前"),
    (MINIMAX, ZH_USED, "MiniMax   已用 35% ▰▰▰▰▱▱▱▱▱▱"),
    (
        MINIMAX,
        ZH_USED,
        "每周 35% · 3 天后重置（周六 15:00） · 5 小时 12% · 视频 0% · Max · 2 分钟前",
    ),
    (TAVILY, EN, "Tavily · Dev   ~64% left ▰▰▰▰▰▰▱▱▱▱"),
    (
        TAVILY,
        EN,
        "Plan ~639/1,000 credits left · resets in about 12d 9h (1 Dec 00:00) · Key ∞ · Researcher · 2m ago",
    ),
    (TAVILY, EN_USED, "Tavily · Dev   ~36% used ▰▰▰▰▱▱▱▱▱▱"),
    (
        TAVILY,
        EN_USED,
        "Plan ~361/1,000 credits used · resets in about 12d 9h (1 Dec 00:00) · Key ∞ · Researcher · 2m ago",
    ),
    (TAVILY, ZH, "Tavily · Dev   剩余 ~64% ▰▰▰▰▰▰▱▱▱▱"),
    (
        TAVILY,
        ZH,
        "套餐 剩余 ~639/1,000 积分 · 约 12 天 9 小时后重置（12 月 1 日 00:00） · Key ∞ · Researcher · 2 分钟前",
    ),
    (TAVILY, ZH_USED, "Tavily · Dev   已用 ~36% ▰▰▰▰▱▱▱▱▱▱"),
    (OPENAI, EN, "OpenAI · Team   $12.35 this month"),
    (
        OPENAI,
        EN,
        ("today $1.31 · 30 days $30.50 · Tokens 91.25M used · no limit is reported · 2m ago"),
    ),
    (OPENAI, EN_USED, "OpenAI · Team   $12.35 this month"),
    (OPENAI, ZH, "OpenAI · Team   本月 $12.35"),
    (OPENAI, ZH, "今日 $1.31 · 近 30 天 $30.50 · Token 已用 91.25M · 服务商未提供上限 · 2 分钟前"),
    (OPENAI, ZH_USED, "OpenAI · Team   本月 $12.35"),
    (KIMI, EN, "KIMI · 主账号   ¥42.18"),
    (KIMI, EN, "cash ¥30.18 + voucher ¥12.00 · 2m ago"),
    (KIMI, EN_USED, "KIMI · 主账号   ¥42.18"),
    (KIMI, ZH, "KIMI · 主账号   ¥42.18"),
    (KIMI, ZH, "现金 ¥30.18 + 代金券 ¥12.00 · 2 分钟前"),
    (KIMI, ZH_USED, "KIMI · 主账号   ¥42.18"),
    (CHATGPT, EN, "ChatGPT · Me   12% left ▰▱▱▱▱▱▱▱▱▱"),
    (
        CHATGPT,
        EN,
        "low (≤ 20%) · Week 12% · resets in 5d 1h (Mon 16:00) · 5h 95% · Plus · 2m ago",
    ),
    (CHATGPT, EN_USED, "ChatGPT · Me   88% used ▰▰▰▰▰▰▰▰▰▱"),
    (CHATGPT, ZH, "ChatGPT · Me   剩余 12% ▰▱▱▱▱▱▱▱▱▱"),
    (
        CHATGPT,
        ZH,
        "额度不足（≤ 20%） · 每周 12% · 5 天 1 小时后重置（周一 16:00） · 5 小时 95% · Plus · 2 分钟前",
    ),
    (CHATGPT, ZH_USED, "ChatGPT · Me   已用 88% ▰▰▰▰▰▰▰▰▰▱"),
]


@pytest.mark.parametrize(("known", "settings", "said"), ROWS)
def test_a_row_of_each_kind(known: Known, settings: Settings, said: str) -> None:
    row = item(known, settings)
    assert said in (row["title"], row["subtitle"])


@pytest.mark.parametrize("known", SIX, ids=[account.provider for account, _ in SIX])
def test_a_row_can_be_copied_opened_and_asked_again(known: Known) -> None:
    row, account = item(known), known[0]
    assert row["text"]["copy"].startswith(f"{row['title'].partition(GAP)[0]}: ")
    assert row["text"]["copy"].endswith(" · 2m ago")
    title, _, everything = row["text"]["largetype"].partition("\n")
    shown, parts = row["subtitle"].split(" · "), everything.split(" · ")
    assert title == row["title"]
    assert [part for part in parts if part in shown] == shown  # what there is room for
    assert row["quicklookurl"].startswith("https://")
    assert row["uid"] == account.id
    assert row["valid"]
    assert row["variables"] == {"action": "details", "account": account.id}


@pytest.mark.parametrize("settings", [EN, ZH], ids=["en", "zh"])
def test_every_modifier_says_what_it_does(settings: Settings) -> None:
    for known in SIX:
        mods = item(known, settings)["mods"]
        waits = known[1].usage and any(quota.resets_at for quota in known[1].usage.quotas)
        assert set(mods) - ({"ctrl+alt"} if waits else set()) == {"cmd", "alt", "ctrl", "cmd+alt"}
        assert all(mod["subtitle"].strip("⌘⌥⌃↩ ") for mod in mods.values())
        lame = {keys for keys, mod in mods.items() if not mod["valid"]}
        assert lame == (set() if known == CHATGPT else {"cmd+alt"})
        assert {mod["variables"]["account"] for mod in mods.values() if mod["valid"]} == {
            known[0].id
        }


@pytest.mark.parametrize(
    ("left", "said", "used"),
    [
        ("100", "100% left ▰▰▰▰▰▰▰▰▰▰", "0% used ▱▱▱▱▱▱▱▱▱▱"),
        ("99.6", ">99% left ▰▰▰▰▰▰▰▰▰▱", "<1% used ▰▱▱▱▱▱▱▱▱▱"),
        ("0.4", "<1% left ▰▱▱▱▱▱▱▱▱▱", ">99% used ▰▰▰▰▰▰▰▰▰▱"),
        ("0", "0% left ▱▱▱▱▱▱▱▱▱▱", "100% used ▰▰▰▰▰▰▰▰▰▰"),
        ("-30", "0% left ▱▱▱▱▱▱▱▱▱▱", "100% used ▰▰▰▰▰▰▰▰▰▰"),
    ],
)
def test_a_share_at_its_ends(left: str, said: str, used: str) -> None:
    assert title(share("Weekly", left)) == said
    assert title(share("Weekly", left), settings=EN_USED) == used


@pytest.mark.parametrize(
    ("quotas", "english", "chinese"),
    [
        pytest.param(
            [share("5 hours", "72"), share("Weekly", "41")],
            "41% left ▰▰▰▰▱▱▱▱▱▱",
            "剩余 41% ▰▰▰▰▱▱▱▱▱▱",
            id="the-binding-one",
        ),
        pytest.param(
            [replace(share("Video", "3"), role="secondary"), share("Weekly", "41")],
            "41% left ▰▰▰▰▱▱▱▱▱▱",
            "剩余 41% ▰▰▰▰▱▱▱▱▱▱",
            id="never-a-side-lane",
        ),
        pytest.param(
            [Quota("Key", "%", None, None, None, unlimited=True)],
            "∞ unlimited",
            "∞ 不限",
            id="unlimited",
        ),
        pytest.param(
            [replace(share("Monthly", "41"), estimated=True)],
            "~41% left ▰▰▰▰▱▱▱▱▱▱",
            "剩余 ~41% ▰▰▰▰▱▱▱▱▱▱",
            id="estimated",
        ),
        pytest.param(
            [Quota("Agent", "uses", None, None, Decimal(3))], "3 uses left", "剩余 3 次", id="rest"
        ),
        pytest.param(
            [Quota("Tokens", "tokens", Decimal(72400), None, None)],
            "72,400 tokens used",
            "已用 72,400 Token",
            id="no-limit",
        ),
        pytest.param(
            [Quota("Agent", "uses", None, None, None)],
            "no numbers are reported",
            "未提供具体数值",
            id="no-number",
        ),
        pytest.param([], "no numbers are reported", "未提供具体数值", id="nothing"),
    ],
)
def test_the_headline(quotas: Sequence[Quota], english: str, chinese: str) -> None:
    assert title(*quotas) == english
    assert title(*quotas, settings=ZH) == chinese


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        pytest.param(Usage(plan="Plus"), "Plus", id="only-a-plan"),
        pytest.param(Usage(notice=Phrase("cancelled", "已取消")), "cancelled", id="notice"),
        pytest.param(
            Usage((share("Weekly", "41"), share("5 hours", "72", HOUR))),
            "Week 41% · 5h 72%",
            id="a-reset-of-another-window-is-not-said",
        ),
        pytest.param(
            Usage(
                (share("Weekly", "41"),),
                (Balance(Decimal("5"), "USD"), Balance(Decimal(7), "credits")),
            ),
            "Week 41% · $5.00 · 7 credits left",
            id="balances-beside-a-quota",
        ),
        pytest.param(
            Usage(
                tuple(replace(share(f"Side lane {i}", "50"), role="secondary") for i in range(9))
            ),
            "Side lane 0 50% · Side lane 1 50% · Side lane 2 50% · Side lane 3 50% · no "
            "limit is reported",
            id="side-lanes",
        ),
        pytest.param(
            Usage((Quota("Spend limit", "USD", Decimal(5), Decimal(20), Decimal(15)),)),
            "Spend limit $15.00/$20.00 left",
            id="money-with-a-limit",
        ),
        pytest.param(
            Usage(
                (Quota("Requests", "requests", Decimal(1792), None, None),),
                (Balance(Decimal(5), "USD"),),
            ),
            "Requests 1,792 used",
            id="the-label-has-said-the-unit",
        ),
    ],
)
def test_the_details(usage: Usage, said: str) -> None:
    assert subtitle(usage) == said


@pytest.mark.parametrize(
    ("balance", "headline", "details"),
    [
        (Balance(Decimal("42.18"), "CNY"), "¥42.18", ""),
        (Balance(Decimal("42.18"), "CNY", Decimal(0)), "¥42.18", ""),
        (Balance(Decimal(12), "CNY", Decimal(12)), "¥12.00", "voucher ¥12.00"),
        (Balance(Decimal(5), "CNY", Decimal(8)), "¥5.00", "voucher ¥8.00"),
        (Balance(Decimal(5), "CNY", Decimal(8), is_gift=True), "¥5.00", "gift ¥8.00"),
        (
            Balance(Decimal(9), "CNY", Decimal(8), is_gift=True),
            "¥9.00",
            "topped up ¥1.00 + gift ¥8.00",
        ),
        (Balance(Decimal("-1.35"), "CNY"), "-¥1.35", "money is owed"),
        (
            Balance(Decimal(7), "credits", Decimal(2)),
            "7 credits",
            "cash 5 credits + voucher 2 credits",
        ),
        (Balance(Decimal(0), "USD"), "$0.00", "the balance is used up"),
    ],
)
def test_a_balance(balance: Balance, headline: str, details: str) -> None:
    row = item(with_usage(KIMI, Usage(balances=(balance,))))
    assert row["title"] == f"KIMI · 主账号   {headline}"
    assert row["subtitle"] == (f"{details} · 2m ago" if details else "2m ago")


@pytest.mark.parametrize(
    ("days", "period", "english", "chinese"),
    [
        (0, "day", "today $1.00", "今日 $1.00"),
        (17, "month", "$1.00 this month", "本月 $1.00"),
        (0, "month", "$1.00 this month", "本月 $1.00"),  # on the first of a month
        (29, "30 days", "30 days $1.00", "近 30 天 $1.00"),
        (29, "month", "$1.00 this month", "本月 $1.00"),  # on the 30th
        (6, None, "7 days $1.00", "近 7 天 $1.00"),
    ],
)
def test_a_spend_says_its_period(
    days: int, period: Period | None, english: str, chinese: str
) -> None:
    spent = Spend(Decimal(1), "USD", NOW - days * DAY, NOW, period)
    told = [in_language(language, quotas.spend, spent, EN) for language in ("en", "zh")]
    assert [times.fill(each, NOW - days * DAY) for each in told] == [english, chinese]


# As time passes


def test_ages_and_countdowns_move() -> None:
    assert item(GLM, now=NOW + 58 * MINUTE)["subtitle"] == (
        "Week 41% · resets in 2d 3h (Fri 19:00) · 5h 72% · Pro · 1h ago"
    )
    assert item(GLM, now=NOW + 2 * DAY)["subtitle"] == (
        "Week 41% · resets in 4h (19:00) · 5h has reset · Pro · 2d ago"
    )


@pytest.mark.parametrize(
    ("settings", "headline", "details"),
    [
        (EN, "GLM · Work   has reset", "Week has reset · 5h has reset · Pro · 3d ago"),
        (ZH, "GLM · Work   已重置", "每周 已重置 · 5 小时 已重置 · Pro · 3 天前"),
    ],
)
def test_a_reset_that_has_passed_is_said_instead_of_the_number(
    settings: Settings, headline: str, details: str
) -> None:
    row = item(GLM, settings, NOW + 3 * DAY)
    assert (row["title"], row["subtitle"]) == (headline, details)


@pytest.mark.parametrize("known", SIX, ids=[account.provider for account, _ in SIX])
@pytest.mark.parametrize("hours", [0, 1, 60, 24 * 400])
def test_the_age_is_last_and_no_gap_is_left(known: Known, hours: int) -> None:
    row = item(known, now=NOW + hours * HOUR)
    assert row["subtitle"].endswith(" ago")
    for said in (row["title"], row["subtitle"], row["match"], row["text"]["copy"]):
        assert said == said.strip()
        assert "· ·" not in said
        assert "·  " not in said


def words(known: Known, now: datetime = NOW) -> list[str]:
    told: str = item(known, now=now)["match"]
    return told.split()


@pytest.mark.parametrize(
    ("left", "found"),
    [
        *[("50", []), ("49.9", ["50"]), ("20", ["50"]), ("19", ["50", "20"])],
        *[("9", ["50", "20", "10"]), ("0", ["50", "20", "10", "5"])],
    ],
)
def test_a_row_is_found_by_how_little_is_left(left: str, found: list[str]) -> None:
    known = with_usage(GLM, Usage((share("Weekly", left, 3 * DAY, 604800),)))
    said = words(known)
    assert [word for word in said if word.startswith("<")] == [f"<{each}%" for each in found]
    assert [word for word in said if word.startswith("under")] == [f"under{e}" for e in found]
    after = words(known, NOW + 3 * DAY)
    assert not [word for word in after if word.startswith(("<", "under"))]


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        *[(25, []), (24, ["1d"]), (5, ["5h", "1d"]), (2, ["2h", "5h", "1d"])],
        *[(1, ["1h", "2h", "5h", "1d"]), (0, []), (-1, [])],
    ],
)
def test_a_row_is_found_by_how_soon_it_resets(hours: int, found: list[str]) -> None:
    known = with_usage(GLM, Usage((share("Weekly", "80", 3 * DAY, 604800),)))
    said = words(known, NOW + 3 * DAY - hours * HOUR)
    both = [f"{lead}{each}" for each in found for lead in ("reset<", "reset")]
    assert [word for word in said if word.startswith("reset")] == both


def test_a_row_is_found_by_a_block_by_age_and_by_currency() -> None:
    blocked = replace(
        GLM[1].usage or Usage(), blocked=WorkBlocked("other", Phrase("No.", "不行。"))
    )
    assert "blocked" in words(with_usage(GLM, blocked))
    assert "stale" not in words(GLM)
    assert "stale" in words(GLM, NOW + DAY)
    assert "CNY" in words(KIMI)
    capped = Quota("Spend limit", "USD", Decimal(3), Decimal(10), Decimal(7))
    assert "USD" in words(with_usage(GLM, Usage((capped,))))


@pytest.mark.parametrize("known", SIX, ids=[account.provider for account, _ in SIX])
def test_only_resets_reset(known: Known) -> None:
    """Nothing that expires, ends or runs out is ever said to reset."""
    account, snapshot = known
    no_resets = replace(
        snapshot.usage or Usage(),
        quotas=tuple(replace(q, resets_at=None) for q in (snapshot.usage or Usage()).quotas),
    )
    for now in (NOW, NOW + 400 * DAY):
        row = item((account, replace(snapshot, usage=no_resets)), now=now)
        assert "reset" not in json.dumps(row)


def test_a_token_ends_with_a_warning_from_a_day_before() -> None:
    account, snapshot = with_usage(CHATGPT, Usage(plan="Plus"), fetched_at=FETCHED + 2 * DAY)
    said = [
        item((account, snapshot), now=NOW + days * DAY)["subtitle"] for days in (6.9, 7, 7.99, 8)
    ]
    assert [part.split(" · ")[1] for part in said] == [
        "token expires in 1d 2h (Thu 15:00)",
        "⚠ token expires in 1d (Thu 15:00)",
        "⚠ token expires in 15m (15:00)",
        "⚠ token has expired",
    ]


def test_a_session_is_called_one() -> None:
    account = replace(CHATGPT[0], kind="session", expires_at=NOW + 6 * DAY)
    assert "session expires in 6d" in item((account, CHATGPT[1]))["subtitle"]
    assert "会话将在 6 天后（11 月 24 日 15:00）过期" in item((account, CHATGPT[1]), ZH)["subtitle"]


def test_twelve_hours() -> None:
    assert "(Fri 7:00 PM)" in item(GLM, Settings(hours24=False))["subtitle"]
    assert "（周五 下午 7:00）" in item(GLM, Settings(language="zh", hours24=False))["subtitle"]


# Bad days


def failed(kind: FailureKind, usage: bool = True, retry: timedelta | None = None) -> Known:
    failure = Failure(kind, Phrase("GLM says no; wait", "GLM 拒绝；请稍候"), NOW, None)
    if retry:
        failure = replace(failure, retry_at=NOW + retry)
    account, snapshot = GLM
    if not usage:
        return account, Snapshot(account.id, failure=failure)
    return account, replace(snapshot, failure=failure)


def test_a_failure_keeps_the_numbers_with_their_age() -> None:
    row = item(failed("unreachable"))
    assert row["title"] == "GLM · Work   41% left ▰▰▰▰▱▱▱▱▱▱"
    assert row["subtitle"] == (
        "↩ Try again now · ⚠ GLM says no; wait · Week 41% · resets in 2d 4h (Fri 19:00) · 5h 72% · 2m ago"
    )


def test_a_failure_that_asks_for_the_user_is_shown_first() -> None:
    row = item(failed("credential_rejected"))
    assert row["title"] == "GLM · Work   ⚠ credential refused"
    assert "⚠ GLM says no · Week 41%" in row["subtitle"]  # what to do says the first word
    assert row["subtitle"].endswith(" · 2m ago")
    assert row["icon"] == {"path": "icons/glm-error.png"}


EXPIRED = "run the console command again (guide, method A) or store a session cookie (method B)"


@pytest.mark.parametrize(
    ("known", "message", "title", "subtitle"),
    [
        (
            replace(CHATGPT[0], kind="access_token"),
            Failure("credential_expired", pages._EXPIRED, NOW),
            ("credential expired", "凭证已过期"),
            (
                f"↩ Copy a new token · ⚠ {EXPIRED}",
                "↩ 获取新令牌 · ⚠ 请重新运行控制台命令（指南方法 A），或改用会话 Cookie（方法 B）",
            ),
        ),
        (
            GLM[0],
            Failure("unreachable", Unreachable.default, NOW),
            ("no connection", "无法连接"),
            (
                "↩ Try again now · ⚠ check the connection or proxy",
                "↩ 立即重试 · ⚠ 请检查网络或代理",
            ),
        ),
        (
            GLM[0],
            Failure("unexpected_response", UnexpectedResponse.default, NOW),
            ("unexpected answer", "响应无法识别"),
            (
                "↩ Copy a diagnostic report · ⚠ try again, then update Tankful",
                "↩ 复制诊断报告 · ⚠ 请重试，仍不行请更新 Tankful",
            ),
        ),
        (
            GLM[0],
            Failure("rate_limited", RateLimited.default, NOW),
            ("has to wait", "需等待"),
            (
                "↩ Details · ⚠ asks to slow down; Tankful tries again by itself",
                "↩ 详情 · ⚠ 请求过于频繁；稍后会自动重试",
            ),
        ),
        (
            Account("deepl-1", "deepl", "Work"),
            Failure("rate_limited", deepl._REFUSALS[456][1] or RateLimited.default, NOW),
            ("has to wait", "需等待"),  # and was not asked too often
            (
                "↩ Details · ⚠ says that the characters of this period are used up; wait for the next one",
                "↩ 详情 · ⚠ 本周期的字符数已用完；请等待下一周期",
            ),
        ),
        (
            KIMI[0],
            Failure("not_available", kimi._NO_MONEY, NOW),
            ("no plan or balance", "无套餐或余额"),
            (
                "↩ Open the provider's page · ⚠ the balance is empty, so calls are refused; top up the account",
                "↩ 打开服务商页面 · ⚠ 余额已用完，调用会被拒绝；请充值",
            ),
        ),
        (
            replace(CHATGPT[0], expires_at=None),
            Failure("blocked", CHALLENGED, NOW),
            ("blocked from this network", "当前网络被拦截"),
            (
                "↩ Try again now · ⚠ paste the access token from a browser (guide, method A), or try another network or proxy",
                "↩ 立即重试 · ⚠ 请从浏览器复制访问令牌后粘贴（指南方法 A），或更换网络或代理",
            ),
        ),
    ],
)
def test_a_failure_says_once_what_happened(
    known: Account, message: Failure, title: tuple[str, str], subtitle: tuple[str, str]
) -> None:
    about = discovery.about(known.provider)
    said = message.message.filled(provider=about.name, keys=about.keys_page(known.region))
    failure = replace(message, message=said)
    for settings, headline, details in zip((EN, ZH), title, subtitle):
        row = item((known, Snapshot(known.id, failure=failure)), settings)
        assert row["title"].endswith(f"{GAP}⚠ {headline}")
        assert row["subtitle"] == details


@pytest.mark.parametrize("message", [session._ENDED, session._RELOGIN, EXPIRED_KEY])
def test_an_expired_credential_is_called_expired_once(message: Message) -> None:
    known, said = CHATGPT[0], message.filled(provider="ChatGPT", keys="https://chatgpt.com/")
    failure = Failure("credential_expired", said, NOW)
    for settings in (EN, ZH):
        row = item((known, Snapshot(known.id, failure=failure)), settings)
        clauses = in_language(settings.language if settings is ZH else "en", names.unnamed, said)
        first, rest = re.split("[;；]", clauses)
        assert first not in row["subtitle"]
        assert row["subtitle"].endswith(f" · ⚠ {rest.strip()}")


def test_a_failure_without_numbers() -> None:
    row = item(failed("provider_failed", usage=False), ZH)
    assert row["title"] == "GLM · Work   ⚠ 服务商出错"
    assert "⚠ GLM 拒绝；请稍候" in row["subtitle"]


def test_a_retry_is_said_with_countdown_and_clock_time() -> None:
    known = failed("rate_limited", retry=12 * MINUTE)
    assert "next try in 12m (15:12)" in item(known)["subtitle"]
    assert "12 分钟后重试（15:12）" in item(known, ZH)["subtitle"]
    assert "next try now" in item(known, now=NOW + 12 * MINUTE)["subtitle"]


def test_an_account_that_was_never_asked() -> None:
    row = item((GLM[0], Snapshot(GLM[0].id)))
    assert row["title"] == "GLM · Work   no numbers yet"
    assert row["subtitle"] == "↩ Refresh now"


def test_where_no_credential_is_needed_none_is_missed() -> None:
    account, snapshot = failed("no_credential", usage=False)
    row = item((replace(account, kind="none"), snapshot))
    assert row["title"] == "GLM · Work   ⚠ no numbers yet"
    assert row["subtitle"].startswith("↩ Try again now")


def test_a_failure_that_only_another_version_knows_is_shown() -> None:
    assert (
        item(failed(cast("FailureKind", "on_strike"), usage=False))["title"]
        == "GLM · Work   ⚠ on_strike"
    )


def test_an_account_of_an_unknown_provider_is_shown() -> None:
    account = replace(GLM[0], provider="acme")
    known = worked_out(account, None, GLM[1], EN)
    told = shown(account_row.item(row_of(known, EN), known), EN, NOW)
    assert told["title"] == "acme · Work   41% left ▰▰▰▰▱▱▱▱▱▱"
    assert told["icon"] == {"path": "icons/icon.png"}
    assert "quicklookurl" not in told


# What a row is found by


def words_of(known: Known, now: datetime = NOW) -> Sequence[str]:
    told: str = item(known, now=now)["match"]
    return told.split()


@pytest.mark.parametrize(
    ("known", "word", "there"),
    [
        pytest.param(GLM, "Work", True, id="label"),
        pytest.param(GLM, "智谱", True, id="provider"),
        pytest.param(GLM, "Pro", True, id="plan"),
        pytest.param(GLM, "low", False, id="not-low"),
        pytest.param(CHATGPT, "low", True, id="low"),
        pytest.param(CHATGPT, "不足", True, id="low-in-chinese"),
        pytest.param(KIMI, "CNY", True, id="currency"),
        pytest.param(OPENAI, "USD", True, id="currency-of-a-spend"),
        pytest.param(GLM, "error", False, id="no-error"),
        pytest.param(failed("blocked"), "error", True, id="error"),
        pytest.param(failed("blocked"), "blocked", True, id="kind"),
        pytest.param(failed("blocked"), "stale", True, id="failed-is-stale"),
        pytest.param(GLM, "stale", False, id="fresh"),
    ],
)
def test_a_row_is_found_by_its_words(known: Known, word: str, there: bool) -> None:
    assert (word in words_of(known)) is there


@pytest.mark.parametrize(
    "typed", ["lena", "Lena@ac", "acme", "prod", "GLM · Lena", "team", "glm-00"]
)
def test_a_row_is_found_by_what_stands_between_marks(typed: str) -> None:
    account = replace(GLM[0], id="glm-00000001", label="Lena@acme/prod_team")
    assert matches(item((account, GLM[1]))["match"], typed, WORDS_ANY_ORDER)


@pytest.mark.parametrize(
    ("language", "kind", "typed"),
    [
        ("en", "store_locked", "keychain locked"),
        ("zh", "store_locked", "钥匙串"),
        ("en", "rate_limited", "wait"),
    ],
)
def test_a_row_is_found_by_what_it_shows_of_a_failure(
    language: str, kind: FailureKind, typed: str
) -> None:
    told = item(failed(kind, usage=False), replace(EN, language=language))
    assert typed in told["title"]
    assert matches(told["match"], typed, WORDS_ANY_ORDER)


@pytest.mark.parametrize("known", [GLM, OPENAI])
def test_a_part_of_a_word_is_listed_once(known: Known) -> None:
    words = item(known)["match"].split()
    for part in ("z", "ai", "usd"):
        assert [word.lower() for word in words].count(part) <= 1


def test_a_row_becomes_stale_by_itself() -> None:
    assert "stale" not in words_of(GLM, FETCHED + 10 * MINUTE - timedelta(seconds=1))
    assert "stale" in words_of(GLM, FETCHED + 10 * MINUTE)


# Privacy


def test_privacy_hides_labels_and_money_on_every_side_of_a_row() -> None:
    spend_limit = Quota("Spend limit", "USD", Decimal("77.77"), None, None)
    for known in (GLM, KIMI, OPENAI, with_usage(OPENAI, Usage((spend_limit,)))):
        told = json.dumps(item(known, PRIVATE), ensure_ascii=False)
        for secret in ("Work", "主账号", "Team", "42.18", "30.18", "12.00", "12.35", "1.31", "77"):
            assert secret not in told.replace(known[0].id, "")


def test_privacy_still_says_what_kind_of_money_and_every_share() -> None:
    assert item(KIMI, PRIVATE)["title"] == "KIMI · •••   ¥•••"
    assert item(KIMI, PRIVATE)["subtitle"] == "cash ¥••• + voucher ¥••• · 2m ago"
    assert item(GLM, PRIVATE)["title"] == "GLM · •••   41% left ▰▰▰▰▱▱▱▱▱▱"


def test_a_label_that_begins_like_the_provider_is_not_said_twice() -> None:
    account, snapshot = GLM
    row = item((replace(account, label="glm coding"), snapshot))
    assert row["title"].startswith("glm coding   41% left")


# Text of others


def foreign(text: str) -> Known:
    """An account in which every text comes from outside."""
    account = GLM[0]
    quotas = (
        replace(share("x", "41", 2 * DAY), label=text),
        Quota(text, text, Decimal(3), None, None),
    )
    usage = Usage(quotas, (Balance(Decimal(1), text),), (), text, Phrase.quoted(text))
    failure = Failure("blocked", Phrase.quoted(text), NOW, NOW + HOUR)
    return replace(account, label=text), Snapshot(account.id, usage, FETCHED, failure)


def check_foreign(text: str) -> None:
    for now in (NOW, NOW + 3 * DAY):
        for settings in (EN, ZH):
            row = item(foreign(text), settings, now)
            assert ("41%" in row["title"].rpartition(GAP)[2]) == (now == NOW)
            assert row["subtitle"].endswith(("2m ago", "2 分钟前", "3d ago", "3 天前"))
            told = json.dumps(row, ensure_ascii=False)
            assert not [c for c in told if c in "\x11\x12\x91\x92"]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_stays_text(text: str) -> None:
    check_foreign(text)
    kept = plain(text)
    row = item(foreign(text))
    assert kept in row["title"]
    assert kept in row["subtitle"]


@pytest.mark.slow
@given(TEXTS)
def test_any_text_stays_text(text: str) -> None:
    check_foreign(text)


@given(TEXTS, st.sampled_from("auc"), st.integers(0, 10**10))
def test_no_text_forges_a_marker(text: str, kind: FailureKind, epoch: int) -> None:
    forged = f"{times.SIGN}{kind}{epoch}{times.OR}{text}{times.OR}{times.SIGN}"
    check_foreign(forged)


def test_an_account_as_typed(account: Account = GLM[0]) -> None:
    assert name_of(account, "GLM", EN) == "GLM · Work"
    assert name_of(replace(account, label="GLM"), "GLM", EN) == "GLM"
    assert name_of(account, "GLM", PRIVATE) == "GLM · •••"
