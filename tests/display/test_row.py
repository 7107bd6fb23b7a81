"""One account in words: how it fits into a line, what is private, right-to-left names."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import CHATGPT, GLM, KIMI, NOW, OPENAI, Known, share
from tests.said import Phrase, in_language
from workflow.display import privacy, quotas, row, times
from workflow.display.numbers import HIDDEN
from workflow.display.summary import spoken
from workflow.models import Account, Balance, Failure, Period, Quota, Spend, Usage, WorkBlocked
from workflow.provider import discovery
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import status as statuses
from workflow.state.state import worked_out

EN = Settings()
PRIVATE = Settings(privacy=True)


def of(known: Known, settings: Settings = EN) -> row.Row:
    account, snapshot = known
    provider = discovery.about(account.provider)
    return row.row(worked_out(account, provider, snapshot, settings), settings)


def texts(shown: row.Row) -> list[str]:
    return [part.text for part in shown.parts]


def with_usage(known: Known, usage: Usage) -> Known:
    return known[0], replace(known[1], usage=usage)


LANES = tuple(replace(share(f"Lane {i}", "50"), role="secondary") for i in range(20))
FULL = with_usage(
    GLM,
    Usage(
        (share("Weekly", "41"), share("5 hours", "72"), *LANES),
        plan="Pro",
        notice=Phrase.quoted("something else"),
    ),
)


def test_a_line_has_what_it_has_room_for_and_the_details_everything() -> None:
    told = of(FULL)
    assert times.columns(told.subtitle()) <= row.WIDTH
    parts = told.subtitle().split(" · ")
    assert parts[:2] == ["Week 41%", "5h 72%"]
    assert "Lane 0 50%" in parts
    assert "Lane 19 50%" not in parts
    assert spoken(parts[-1], NOW) == "2m ago"
    assert len(told.parts) == 2 + len(LANES) + 3


def test_a_line_says_a_failure_whole_and_leaves_out_numbers_for_it() -> None:
    why = Phrase(
        "the provider has closed this account for a reason that it does not tell; ask its support, or use another account",
        "服务商已停用该账号；请联系客服，或换用其他账号",
    )
    counts = tuple(
        replace(share(f"Count {number}", "41"), role="secondary") for number in range(12)
    )
    account, snapshot = with_usage(GLM, Usage((share("Weekly", "41"), *counts)))
    known = account, replace(snapshot, failure=Failure("not_available", why, NOW))
    told = spoken(of(known).line, NOW)
    assert why.en in told
    assert "Week 41%" in told
    assert "Count 11" not in told


def test_a_changed_answer_is_said_also_under_privacy_and_in_a_full_row() -> None:
    changed = "the provider changed its answer; these numbers may be incomplete"
    usage = replace(FULL[1].usage or Usage(), is_changed=True)
    for settings in (EN, PRIVATE):
        told = of(with_usage(GLM, usage), settings)
        assert changed in texts(told)
        assert "the provider changed its answer" in told.subtitle()
        assert times.columns(told.subtitle()) <= row.WIDTH
    plain = with_usage(GLM, replace(usage, quotas=(share("Weekly", "41"),), notice=None))
    assert changed in of(plain).subtitle()
    assert changed not in texts(of(FULL))


def test_a_notice_gives_up_its_last_sentence_first() -> None:
    names = [f"sentence {number} is {'rather ' * 3}long" for number in range(3)]
    notice = Phrase("; ".join(names), "；".join(names))
    told = with_usage(GLM, Usage((share("Weekly", "41"),), notice=notice))
    for language in ("en", "zh"):
        said = in_language(language, of, told).subtitle()
        assert names[0] in said
        assert names[1] not in said or names[2] not in said
        assert times.columns(said) <= row.WIDTH
    assert all(name in texts(of(told)) for name in names)


def test_what_must_be_said_is_said_however_long() -> None:
    failure = Failure("blocked", Phrase.quoted("long " * 40), NOW)
    told = of((FULL[0], replace(FULL[1], failure=failure)))
    assert told.subtitle().startswith("⚠ long long")
    assert told.subtitle().split(" · ")[1:3] == ["Week 41%", "5h 72%"]
    assert "Lane" not in told.subtitle()
    assert "Pro" not in told.subtitle()


def test_what_comes_first_takes_its_room() -> None:
    lead = "↩ Do something that takes a while to say"
    told = of(FULL).subtitle(lead)
    assert told.startswith(f"{lead} · Week 41%")
    assert times.columns(told) <= row.WIDTH


def test_a_lane_that_is_used_up_outlives_the_others() -> None:
    lanes = (*LANES[:-1], replace(LANES[-1], alert=True))
    told = of(with_usage(GLM, Usage((share("Weekly", "41"), *lanes))))
    assert told.subtitle().split(" · ")[1] == "Lane 19 50%"


OUT_OF_CREDITS = WorkBlocked(
    "credits",
    Phrase(
        "workspace credits are used up; ask the workspace owner", "工作区积分已用完，请联系所有者"
    ),
)


def test_a_block_is_said_first_and_given_up_last() -> None:
    told = of(with_usage(GLM, replace(FULL[1].usage or Usage(), blocked=OUT_OF_CREDITS)))
    assert (told.level, told.headline[:2]) == ("critical", row.BLOCKED)
    assert told.subtitle().startswith(
        "blocked: workspace credits are used up; ask the workspace owner · Week 41%"
    )
    long = replace(OUT_OF_CREDITS, reason=Phrase.quoted("x" * 120))
    assert "x" * 120 in of(with_usage(GLM, Usage((*LANES,), blocked=long))).subtitle()


def test_a_block_says_when_it_is_lifted_unless_a_reset_says_so() -> None:
    until = NOW + timedelta(hours=2)
    blocked = replace(OUT_OF_CREDITS, until=until)
    told = spoken(of(with_usage(GLM, Usage(blocked=blocked))).subtitle(), NOW)
    assert "ask the workspace owner · lifted in 2h (17:00)" in told
    window = share("5 hours", "9", timedelta(hours=2))
    told = spoken(of(with_usage(GLM, Usage((window,), blocked=blocked))).subtitle(), NOW)
    assert "lifted" not in told
    assert told.count("17:00") == 1


@pytest.mark.parametrize(
    ("usage", "english", "chinese"),
    [
        (Usage((share("Weekly", "12"),)), "low (≤ 20%)", "额度不足（≤ 20%）"),
        (Usage((share("Weekly", "4"),)), "nearly used up", "即将用完"),
        (Usage((share("Weekly", "0"),)), "used up", "已用完"),
        (
            Usage((share("Weekly", "0"), replace(share("Pay-as-you-go", "50"), role="reserve"))),
            "Week is used up, now on Pay-as-you-go",
            "每周额度已用完，现使用按量付费",
        ),
        (
            Usage((share("Weekly", "0"),), (Balance(Decimal(9), "USD", role="reserve"),)),
            "Week is used up, now on the balance",
            "每周额度已用完，现使用余额",
        ),
        (Usage(balances=(Balance(Decimal(-2), "CNY"),)), "money is owed", "已欠费"),
        (
            Usage(balances=(Balance(Decimal(2), "CNY", low=True),)),
            "below the balance alert you set at the provider",
            "低于你在服务商处设置的余额提醒",
        ),
    ],
)
def test_every_level_other_than_plenty_says_why_and_only_once(
    usage: Usage, english: str, chinese: str
) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        told = in_language(language, of, with_usage(GLM, usage))
        line = in_language(language, spoken, told.subtitle(), NOW)
        assert line.count(said) == 1
        assert line.startswith(said)
        assert told.level != "plenty"


def test_a_reason_ends_with_the_reset_of_what_it_speaks_of() -> None:
    told = of(with_usage(GLM, Usage((share("Weekly", "4", timedelta(hours=1)),))))
    later = NOW + timedelta(hours=2)
    assert spoken(told.subtitle(), later).startswith("Week has reset")


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("Weekly", "Week is used up", "每周额度已用完"),
        ("Group · Credit limit", "Group Credit limit is used up", "群组积分额度已用完"),
        ("Workspace · Shared limit", "Workspace Shared limit is used up", "工作区共享额度已用完"),
        ("Limit", "Limit is used up", "额度已用完"),
        ("Key", "Key is used up", "Key 额度已用完"),
    ],
)
def test_a_reason_names_its_allowance_as_one_would_say_it(
    label: str, english: str, chinese: str
) -> None:
    account, snapshot = with_usage(GLM, Usage((share(label, "0"),)))
    status = statuses.status(account, snapshot, EN)
    for language, said in (("en", english), ("zh", chinese)):
        assert in_language(language, quotas.reason, status, snapshot, EN) == said


@pytest.mark.parametrize(("left", "shown"), [("0", True), ("50", False)])
def test_a_free_reset_stays_in_the_row_of_who_has_nothing_left(left: str, shown: bool) -> None:
    reset = Quota("Free resets", "resets", None, None, Decimal(2), role="secondary")
    usage = Usage((share("Weekly", left), *LANES[:8], reset), plan="Plus")
    assert ("Free resets 2 left" in of(with_usage(GLM, usage)).subtitle()) is shown


def test_what_is_not_told_is_named_the_limit_or_the_use() -> None:
    for limit, said in (
        (Decimal(4000), "usage is not reported"),
        (None, "no limit is reported"),
    ):
        told = of(with_usage(GLM, Usage((Quota("Plan", "credits", None, limit, None),))))
        assert told.subtitle().count(said) == 1


def test_a_count_that_is_the_headline_is_said_once() -> None:
    used = Quota("Plan", "credits", Decimal(120455), None, None)
    told = of(with_usage(GLM, Usage((used,))))
    assert told.headline == "120.4k credits used"
    assert "120.4k" not in told.subtitle()


@pytest.mark.parametrize(
    ("period", "before", "after"),
    [
        ("day", "today $1.31", "$1.31 on 18 Nov"),
        ("month", "$1.31 this month", "$1.31 in Nov"),
        ("30 days", "18 days $1.31", "18 days $1.31"),
    ],
)
def test_a_spend_whose_period_is_over_is_dated(period: Period, before: str, after: str) -> None:
    midnight = NOW.replace(hour=0)
    since = midnight if period == "day" else midnight.replace(day=1)
    spend = Spend(Decimal("1.31"), "USD", since, NOW, period)
    shown = of(with_usage(OPENAI, Usage(spends=(spend,)))).headline
    assert spoken(shown, NOW) == before
    assert spoken(shown, NOW + timedelta(days=13)) == after


def test_of_another_window_the_share_stays_where_a_count_has_no_room() -> None:
    day = Quota("5 hours", "credits", Decimal(893), Decimal(2000), Decimal(1107), 18000)
    wallet = tuple(Balance(Decimal(f"56.7{at}"), "CNY") for at in range(9))
    shown = of(with_usage(GLM, Usage((share("Weekly", "36"), day), wallet))).subtitle()
    assert "5h 55%" in shown
    assert "5h 1,107" not in shown
    alone = of(with_usage(GLM, Usage((share("Weekly", "36"), day)))).subtitle()
    assert "5h 1,107/2,000 credits left" in alone
    unmeasured = replace(day, remaining=None, limit=None)
    assert (
        "5h 893 credits used"
        in of(with_usage(GLM, Usage((share("Weekly", "36"), unmeasured)))).subtitle()
    )


def test_a_part_says_of_what_it_is_a_part() -> None:
    code = Quota("Code", "%", Decimal(25), None, None, role="part", part_of="Monthly")
    told = of(with_usage(GLM, Usage((share("Monthly", "15"), code))))
    assert "Month 15%" in told.subtitle()
    assert "Code 25% of Month" in told.subtitle()
    assert "75%" not in told.line
    assert in_language("zh", quotas.part, code, Settings()) == "占“每月”的 25%"


@pytest.mark.parametrize(("days", "said"), [(6, True), (8, False)])
def test_the_end_of_a_token_is_said_in_time(days: int, said: bool) -> None:
    account = replace(CHATGPT[0], expires_at=NOW + timedelta(days=days))
    assert ("token expires" in of((account, CHATGPT[1])).subtitle()) is said


def test_what_is_copied_has_the_form_that_is_chosen() -> None:
    known = replace(GLM[0], label="*x* [a](b)"), GLM[1]
    assert of(known).copied == of(known).line
    told = of(known, Settings(summary="markdown"))
    copied, line = (spoken(each, NOW) for each in (told.copied, told.line))
    assert copied.startswith("- **GLM · \\*x\\* \\[a\\](b)**: 41% left")
    assert line.startswith("GLM · *x* [a](b): 41% left")


def test_privacy_hides_what_others_say_in_their_own_words() -> None:
    usage = Usage(plan="ada@example.com", notice=Phrase.quoted("workspace Acme owes ¥2.37"))
    known = with_usage(KIMI, usage)
    failure = Failure("blocked", Phrase.quoted("no way for ada@example.com"), NOW)
    private = of((known[0], replace(known[1], failure=failure)), PRIVATE)
    said = f"{private.title} {private.line}"
    assert not any(word in said for word in ("Acme", "2.37", "ada", "主账号"))
    assert "no way for •••" in said
    assert "Acme owes" in of(known).line


def test_a_name_from_right_to_left_leaves_the_number_in_its_place() -> None:
    name = of((replace(GLM[0], label="شركة"), GLM[1])).name
    assert name == "GLM · \u2068شركة\u2069"
    assert of((replace(GLM[0], label="a\u202eb\u2066"), GLM[1])).name == "GLM · ab"


def test_left_and_used_add_up() -> None:
    usage = Usage((share("Weekly", "64.5"),))
    left, used = (of(with_usage(GLM, usage), Settings(show=s)).headline for s in ("left", "used"))
    assert (left.split("%")[0][-2:], used.split("%")[0][-2:]) == ("65", "35")


def test_a_count_without_a_ceiling_is_called_used() -> None:
    usage = Usage((Quota("Tokens", "tokens", used=4_213_456, limit=None, remaining=None),))  # type: ignore[arg-type]
    assert of(with_usage(OPENAI, usage)).headline == "4.21M tokens used"


@pytest.mark.parametrize(
    ("short", "label", "told"),
    [
        ("KIMI", "Kimiko", "KIMI · Kimiko"),
        ("KIMI", "kimi", "kimi"),
        ("KIMI", "KIMI 2", "KIMI 2"),
        ("KIMI", "Kimi-Code", "Kimi-Code"),
        ("KIMI", "Kimi2", "KIMI · Kimi2"),
        ("KIMI", "Kimiö", "KIMI · Kimiö"),
        ("GLM", "GLM工作", "GLM工作"),
        ("GLM", "GLMs", "GLM · GLMs"),
        ("GLM", "GLM", "GLM"),
        ("GLM", "GL", "GLM · GL"),
        ("GLM", "GLM עבודה", "\u2068GLM עבודה\u2069"),
        ("ChatGPT", "chatgpt · me", "chatgpt · me"),
        ("OpenAI", "OpenAIs", "OpenAI · OpenAIs"),
    ],
)
def test_a_label_says_the_provider_only_as_a_word(short: str, label: str, told: str) -> None:
    account = Account("x-1", "x", label)
    assert privacy.name(account, short, Settings()) == told
    assert privacy.name(account, short, Settings(privacy=True)) == f"{short} · {HIDDEN}"


@given(st.text(max_size=12), st.sampled_from(["GLM", "KIMI", "Tavily"]))
def test_every_name_says_the_provider(label: str, short: str) -> None:
    name = privacy.name(Account("x-1", "x", label or "-"), short, Settings())
    assert short.casefold() in name.casefold()
