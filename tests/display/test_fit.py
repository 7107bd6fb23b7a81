"""The lanes that decide whether an account has enough, as numbers and in words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.examples import CHATGPT, FETCHED, GLM, KIMI, NOW, OPENAI, TAVILY, Known, share
from tests.said import Phrase
from workflow.display import fit as told
from workflow.display import times
from workflow.history.series import SCALE, History, Sample, Series
from workflow.i18n.catalog import Translation, speaking
from workflow.models import Balance, Failure, Quota, Usage, WorkBlocked
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import fit
from workflow.state.state import State, known_providers
from workflow.storage.accounts import Accounts

EN, ZH = Settings(), Settings(language="zh", show="used")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = NOW.timestamp()


def seen(known: Known, settings: Settings = EN, history: History | None = None) -> fit.Account:
    account, snapshot = known
    providers = known_providers([account])
    state = State(
        Accounts((account,)), {account.id: snapshot}, providers, settings, history or History(), NOW
    )
    with speaking(Translation(settings.language, True)):
        found = told.account_of(state, account)
        lines = times.fill("\n".join(fit.written(found)), NOW).split("\n")
    (read,) = fit.read(lines)
    return read


def of(*quotas: Quota, **more: Any) -> Known:
    return GLM[0], replace(GLM[1], usage=Usage(quotas, **more))


def test_an_account_and_its_headline() -> None:
    found = seen(GLM)
    assert (found.id, found.place, found.name) == ("glm-0000000a", "work", "GLM · Work")
    assert (found.fetched_at, found.max_age, found.state) == (FETCHED.timestamp(), 600, "")
    first, other = found.lanes
    assert (first.kind, first.role, first.left, first.least) == ("quota", "binding", 41, 20)
    assert first.resets_at == AT + (2 * DAY + 4 * HOUR).total_seconds()
    assert first.names.split("|") == ["Weekly", "Week"]
    assert first.amount == "Week 41% left"
    assert first.reset == "resets in 2d 4h (Fri 19:00)"
    assert (first.out_at, first.outlook) == (fit.NEVER, "lasts, 15% to spare")
    assert other.names.split("|") == ["5 hours", "5h"]


def test_what_is_left_is_said_also_to_who_is_shown_what_is_used() -> None:
    first = seen(GLM, ZH).lanes[0]
    assert first.amount == "每周 剩余 41%"
    assert first.names.split("|") == ["每周", "Weekly", "Week"]


def test_what_runs_out_has_its_moments() -> None:
    (lane,) = seen(of(share("Weekly", "30", 4 * DAY, 604800))).lanes
    assert lane.out_at == pytest.approx(AT + 30 / (70 / 72) * 3600)
    assert lane.tight_at == pytest.approx(AT + 20 / (70 / 72) * 3600)
    assert lane.until <= lane.out_at
    assert lane.outlook.startswith("runs out Thu 21:51 (")
    (late,) = seen(of(share("Weekly", "5", 4 * DAY, 604800))).lanes
    assert late.tight_at == AT


@pytest.mark.parametrize(
    ("quota", "left", "why", "said"),
    [
        (
            share("5 hours", "95", 4.9 * HOUR, 18000),
            95,
            "too_early",
            "no forecast: the window has just begun",
        ),
        (
            share("5 hours", "99.5", HOUR, 18000),
            99.5,
            "hardly_used",
            "no forecast: it is hardly used",
        ),
        (share("5 hours", "60"), 60, "no_window", "no forecast: its reset is not reported"),
        (share("5 hours", "0", HOUR, 18000), 0, "", "used up"),
        (share("5 hours", "-3", HOUR, 18000), 0, "", "used up"),
        (replace(share("5 hours", "9", HOUR, 18000), alert=True), 0, "", "used up"),
        (
            replace(share("Key", "9"), unlimited=True),
            fit.NEVER,
            "unlimited",
            "no forecast: it has no limit",
        ),
        (
            Quota("Tokens", "tokens", Decimal(9), None, None),
            -1,
            "no_percentage",
            "no forecast: no percentage is reported",
        ),
    ],
)
def test_why_nothing_is_foreseen(quota: Quota, left: float, why: str, said: str) -> None:
    (lane,) = seen(of(quota)).lanes
    assert (lane.left, lane.why, lane.outlook) == (left, why, said)
    assert (lane.tight_at, lane.out_at) == (fit.NEVER, fit.NEVER)


def test_a_reserve_and_a_part_have_no_pace() -> None:
    reserve = replace(share("Extra usage", "50", HOUR, 18000), role="reserve")
    lanes = seen(of(share("5 hours", "60", HOUR, 18000), reserve)).lanes
    assert [lane.why for lane in lanes] == ["", "no_pace"]
    assert lanes[1].outlook == "no forecast: it is used only after the other quotas"


def test_a_tight_one_says_when() -> None:
    (lane,) = seen(of(share("Weekly", "45", 3 * DAY, 604800))).lanes
    assert lane.outlook == "tight at the reset"
    assert AT < lane.tight_at < lane.resets_at
    assert lane.out_at == fit.NEVER


def test_a_balance() -> None:
    (lane,) = seen(KIMI).lanes
    assert (lane.kind, lane.left, lane.least, lane.resets_at) == ("balance", 42.18, 0, fit.NEVER)
    assert (lane.amount, lane.why) == ("¥42.18 left", "too_little")
    assert lane.outlook == "no forecast: less than three days of data"
    with_line = replace(KIMI[0], threshold=Decimal(50)), KIMI[1]
    assert seen(with_line).lanes[0].least == 50
    below = Balance(Decimal("3.2"), "CNY", low=True)
    alerted = with_line[0], replace(KIMI[1], usage=Usage(balances=(below,)))
    assert seen(alerted).lanes[0].least == fit.ALERTED


def test_a_threshold_counts_for_what_the_account_is_measured_in() -> None:
    account, snapshot = of(share("Weekly", "60", DAY, 604800))
    assert snapshot.usage
    both = replace(snapshot, usage=replace(snapshot.usage, balances=(Balance(Decimal(9), "CNY"),)))
    lanes = seen((replace(account, threshold=Decimal(30)), both)).lanes
    assert [(lane.kind, lane.least) for lane in lanes] == [("quota", 30), ("balance", 0)]
    lanes = seen((replace(KIMI[0], threshold=Decimal(30)), KIMI[1])).lanes
    assert [lane.least for lane in lanes] == [30]
    dollars = replace(KIMI[0], threshold=Decimal(30), threshold_unit="USD")
    assert [lane.least for lane in seen((dollars, KIMI[1])).lanes] == [0]


def burning(*left: float) -> History:
    """Make a balance that had these amounts on the last days."""
    days = len(left)
    samples = tuple(
        Sample(int(FETCHED.timestamp()) - (days - i) * 86400, int(each * SCALE))
        for i, each in enumerate(left)
    )
    return History({Series(KIMI[0].id, "balance", "binding", "CNY"): samples})


def test_a_balance_that_falls_evenly_ends_at_one_moment() -> None:
    (lane,) = seen(KIMI, EN, burning(62.18, 57.18, 52.18, 47.18)).lanes
    assert lane.why == ""
    assert lane.out_at == pytest.approx(AT + 42.18 / 5 * 86400)
    assert lane.tight_at == lane.out_at
    assert lane.outlook == "≈ 8 days"


EVENLY_THEN_NOT = (72.18, 66.18, 60.18, 54.18, 48.18, 42.18, 42.18)


def test_a_balance_that_falls_unevenly_is_tight_between_its_two_ends() -> None:
    (lane,) = seen(KIMI, EN, burning(*EVENLY_THEN_NOT)).lanes
    assert lane.tight_at < lane.out_at


def test_what_owes_or_is_empty() -> None:
    for left in ("0", "-2.5"):
        known = KIMI[0], replace(KIMI[1], usage=Usage(balances=(Balance(Decimal(left), "CNY"),)))
        (lane,) = seen(known).lanes
        assert (lane.left, lane.outlook) == (float(left), "used up")


def test_without_a_share_the_balance_comes_first() -> None:
    paid = Balance(Decimal(5), "USD")
    counted = Quota("Tokens", "tokens", Decimal(9), None, None)
    assert [lane.kind for lane in seen(of(counted, balances=(paid,))).lanes] == ["balance", "quota"]
    both = of(share("Weekly", "9"), balances=(paid,))
    assert [lane.kind for lane in seen(both).lanes] == ["quota", "balance"]


@pytest.mark.parametrize(
    ("label", "window", "length"),
    [
        ("5 hours", None, 18000),
        ("Weekly", 604800, 604800),
        ("Weekly", None, 604800),
        ("Daily", None, 86400),
        ("3 days", None, 259200),
        ("Monthly", None, fit.MONTH),
        ("Spend limit", 31 * 86400, fit.MONTH),
        ("Plan", 28 * 86400, fit.MONTH),
        ("Plan", None, 0),
        ("Spark · Weekly", 604800, 0),
    ],
)
def test_a_window_has_a_length(label: str, window: int | None, length: float) -> None:
    (lane,) = seen(of(share(label, "41", None, window))).lanes
    assert lane.length == length


def test_what_is_left_of_a_quota_in_its_unit() -> None:
    limit = Quota("Spend limit", "USD", Decimal(12), Decimal(20), Decimal(8), None, NOW + HOUR)
    (lane,) = seen(of(limit)).lanes
    assert (lane.left, lane.unit, lane.count) == (40, "USD", 8)
    assert (lane.amount, lane.counted) == ("Spend limit 40% left", "Spend limit $8.00 left")
    (lane,) = seen(of(limit), ZH).lanes
    assert lane.counted == "花费上限 剩余 $8.00"
    (lane,) = seen(of(limit), Settings(privacy=True)).lanes
    assert lane.counted == "Spend limit $••• left"
    over = replace(limit, used=Decimal(21), remaining=Decimal(-1))
    assert [(lane.left, lane.count) for lane in seen(of(over)).lanes] == [(0, 0)]
    for other in (share("Weekly", "60"), replace(limit, remaining=None)):
        assert [(each.count, each.counted) for each in seen(of(other)).lanes] == [(-1, "")]


def test_states() -> None:
    account, snapshot = GLM
    failure = Failure("unreachable", Phrase("no answer", "没有回应"), NOW)
    failed = seen((account, replace(snapshot, failure=failure)))
    assert (failed.state, failed.reason) == ("failed", "no answer")
    never = seen((account, replace(snapshot, usage=None, fetched_at=None)))
    assert (never.state, never.reason, never.lanes) == ("never", "not fetched yet", [])
    ends = WorkBlocked("spend_limit", Phrase("The limit is reached.", "到上限了。"), NOW + HOUR)
    blocked = seen((account, replace(snapshot, usage=Usage(blocked=ends))))
    assert (blocked.state, blocked.changes_at) == ("blocked", AT + 3600)
    assert blocked.reason == "blocked: The limit is reached."


def test_places() -> None:
    assert [seen(known).place for known in (GLM, CHATGPT, TAVILY, OPENAI)] == [
        *("work", "work", "aside", "aside"),
    ]
    assert seen((replace(GLM[0], hidden=True), GLM[1])).place == "hidden"


def test_privacy_hides_the_label_and_the_money() -> None:
    found = seen(KIMI, Settings(privacy=True))
    assert found.name == "KIMI · •••"
    assert found.lanes[0].amount == "¥••• left"
    assert "42" not in "\n".join(fit.written(found)).replace("42.18\t0.0", "")


def test_a_number_beyond_all_bounds_is_no_trouble() -> None:
    huge = Quota("Plan", "credits", Decimal("1e400"), Decimal("1e401"), Decimal("9e400"))
    assert seen(of(huge)).lanes[0].left == 90
    rich = KIMI[0], replace(KIMI[1], usage=Usage(balances=(Balance(Decimal("1e400"), "CNY"),)))
    assert seen(rich).state == "failed"
