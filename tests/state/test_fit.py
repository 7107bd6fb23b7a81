"""Whether an account has enough left: by amount, time, age and window; and what may be typed."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from workflow.state import fit
from workflow.state.fit import ENOUGH, NEVER, NOT_ENOUGH, TIGHT, UNKNOWN, Wanted

NOW = 1_795_014_000.0
HOUR = 3600


def lane(left: float = 41, kind: str = "quota", role: str = "binding", **more: Any) -> fit.Lane:
    """A lane that comes back in ten hours and of which nothing runs out."""
    told = {
        "least": 20 if kind == "quota" else 0,
        "resets_at": NOW + 10 * HOUR if kind == "quota" else NEVER,
        "tight_at": NEVER,
        "out_at": NEVER,
        "until": NOW + HOUR,
        "names": "weekly|week",
        **more,
    }
    return fit.Lane(kind, role, left, **told)


def account(*lanes: fit.Lane, ago: float = 60, **more: Any) -> fit.Account:
    found = fit.Account("glm-1", "work", "GLM · Work", NOW - ago, 600, **more)
    found.lanes = list(lanes)
    return found


def judged(known: fit.Account, **wanted: Any) -> tuple[str, str]:
    verdict = fit.judged(known, Wanted(**wanted), NOW)
    return verdict.kind, verdict.why


@pytest.mark.parametrize(
    ("left", "share", "found"),
    [
        (41, 20, ENOUGH),
        (25, 20, ENOUGH),
        (24.9, 20, TIGHT),
        (20, 20, TIGHT),
        (19.99, 20, NOT_ENOUGH),
        (0, 0, NOT_ENOUGH),
        (0.1, 0, TIGHT),
        (100, 100, TIGHT),
        (NEVER, 100, ENOUGH),
        (19, None, NOT_ENOUGH),
        (30, None, ENOUGH),
    ],
)
def test_a_share(left: float, share: float | None, found: str) -> None:
    assert judged(account(lane(left)), share=share) == (found, "amount")


def test_a_share_that_nobody_tells_is_not_known() -> None:
    assert judged(account(lane(-1)), share=20) == (UNKNOWN, "no_number")
    assert judged(account(), share=20) == (UNKNOWN, "no_number")


@pytest.mark.parametrize(
    ("left", "amount", "found"),
    [
        *[(3.2, 5, NOT_ENOUGH), (5, 5, ENOUGH), (0.01, None, ENOUGH), (0, None, NOT_ENOUGH)],
        *[(-1, 0, NOT_ENOUGH), (1, 0, ENOUGH)],
    ],
)
def test_an_amount(left: float, amount: float | None, found: str) -> None:
    assert judged(account(lane(left, "balance")), amount=amount) == (found, "amount")


def test_the_threshold_of_a_balance_counts_without_a_wish() -> None:
    assert judged(account(lane(8, "balance", least=10))) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(10, "balance", least=10))) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(10.01, "balance", least=10))) == (ENOUGH, "amount")
    assert judged(account(lane(10, "balance", least=10)), amount=10) == (ENOUGH, "amount")
    assert judged(account(lane(20, least=20))) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(20, least=20)), share=20) == (TIGHT, "amount")


def test_a_plan_is_low_while_a_reserve_pays_until_its_reset() -> None:
    reserve, plan = lane(90, role="reserve", resets_at=NEVER), lane(0)
    assert judged(account(reserve, plan)) == (NOT_ENOUGH, "amount")
    assert judged(account(reserve, plan), share=50) == (ENOUGH, "amount")
    assert judged(account(reserve, plan), window="week") == (ENOUGH, "amount")
    assert judged(account(reserve, lane(0, resets_at=NOW))) == (UNKNOWN, "stale")
    assert judged(account(reserve)) == (ENOUGH, "amount")


def test_a_balance_has_no_share() -> None:
    assert judged(account(lane(42, "balance")), share=20) == (UNKNOWN, "no_share")
    assert judged(account(lane(42, "balance")), share=20, amount=5) == (UNKNOWN, "no_share")
    assert judged(account(lane(4, "balance")), share=20, amount=5) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(0, "balance")), share=20) == (NOT_ENOUGH, "amount")


def test_of_what_has_no_limit_any_amount_is_left() -> None:
    endless = lane(NEVER, why="unlimited", resets_at=NEVER, unit="credits")
    assert judged(account(endless), amount=5) == (ENOUGH, "amount")
    assert judged(account(endless), amount=5, window="week") == (ENOUGH, "amount")
    assert judged(account(lane(41)), amount=5) == (UNKNOWN, "no_balance")


def test_a_count_without_a_limit_is_compared_as_an_amount() -> None:
    assert judged(account(lane(3, "count")), amount=3) == (ENOUGH, "amount")
    assert judged(account(lane(3, "count")), amount=4) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(3, "count")), share=20, amount=4) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(3, "count")), share=20, amount=2) == (UNKNOWN, "no_limit")
    assert judged(account(lane(3, "count", least=3))) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(3.5, "count", least=3))) == (ENOUGH, "amount")
    assert judged(account(lane(0, "count"))) == (NOT_ENOUGH, "amount")


def test_a_count_without_a_limit_has_no_share() -> None:
    assert judged(account(lane(3, "count")), share=20) == (UNKNOWN, "no_limit")
    assert judged(account(lane(3, "count", least=1)), share=20) == (UNKNOWN, "no_limit")
    assert judged(account(lane(3, "count"))) == (UNKNOWN, "no_limit")
    assert judged(account(lane(0, "count")), share=20) == (NOT_ENOUGH, "amount")


def test_an_amount_is_asked_of_the_balance_beside_a_quota() -> None:
    known = account(lane(2), lane(3, "balance"))
    assert judged(known, amount=2) == (ENOUGH, "amount")
    assert judged(known, share=20, amount=2) == (NOT_ENOUGH, "amount")
    assert judged(known, share=2, amount=3) == (TIGHT, "amount")
    assert judged(known, share=2, amount=4) == (NOT_ENOUGH, "amount")


def test_an_amount_where_there_is_no_balance_is_not_known() -> None:
    assert judged(account(lane(2)), amount=2) == (UNKNOWN, "no_balance")
    assert judged(account(lane(80)), amount=0) == (UNKNOWN, "no_balance")
    assert judged(account(lane(80)), share=20, amount=2) == (UNKNOWN, "no_balance")
    assert judged(account(lane(80)), share=90, amount=2) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(80)), amount=2, seconds=HOUR) == (UNKNOWN, "no_balance")
    assert judged(account(lane(NEVER)), amount=2) == (UNKNOWN, "no_balance")
    assert judged(account(lane(0)), amount=2) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(), lane(3, "balance")), amount=2, window="week") == (
        UNKNOWN,
        "no_balance",
    )


DOLLARS: dict[str, Any] = {"unit": "USD", "count": 8, "counted": "Spend limit $8.00 left"}


def test_an_amount_is_asked_of_a_quota_that_has_one() -> None:
    known = account(lane(40, **DOLLARS))
    assert judged(known, amount=8) == (ENOUGH, "amount")
    assert judged(known, amount=8.01) == (NOT_ENOUGH, "amount")
    assert judged(known, share=50, amount=5) == (NOT_ENOUGH, "amount")
    assert judged(known, share=20, amount=5) == (ENOUGH, "amount")
    assert judged(known, amount=5, window="Week") == (ENOUGH, "amount")
    assert judged(account(lane(0, **DOLLARS)), amount=5) == (NOT_ENOUGH, "amount")
    verdict = fit.judged(known, Wanted(amount=9), NOW)
    assert verdict.lane is not None
    assert verdict.lane.amount == "Spend limit $8.00 left"


def test_a_quota_in_the_unit_of_the_balance_limits_it() -> None:
    paid = lane(50, "balance", unit="USD")
    assert judged(account(lane(40, **DOLLARS), paid), amount=9) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(40, **DOLLARS), paid), amount=8) == (ENOUGH, "amount")
    reserve = lane(50, "balance", role="reserve", unit="USD")
    assert judged(account(lane(40, **DOLLARS), reserve), amount=9) == (ENOUGH, "amount")
    side = lane(40, role="secondary", **DOLLARS)
    assert judged(account(side, paid), amount=9) == (ENOUGH, "amount")
    counted = lane(40, **{**DOLLARS, "unit": "credits"})
    assert judged(account(counted, paid), amount=9) == (ENOUGH, "amount")


def test_an_amount_alone_does_not_depend_on_a_plan_that_has_reset() -> None:
    known = account(lane(9, resets_at=NOW), lane(3, "balance"))
    assert judged(known, amount=2) == (ENOUGH, "amount")
    assert judged(known, share=2, amount=2) == (UNKNOWN, "stale")


def test_an_amount_and_a_time_have_to_be_enough_both() -> None:
    known = account(lane(**OUT), lane(3, "balance", why="too_little"))
    assert judged(known, amount=2, seconds=HOUR / 2)[0] == ENOUGH
    assert judged(known, amount=2, seconds=4 * HOUR) == (NOT_ENOUGH, "outlook")
    assert judged(known, amount=4, seconds=HOUR / 2) == (NOT_ENOUGH, "amount")


OUT: dict[str, Any] = {"tight_at": NOW + HOUR, "out_at": NOW + 3 * HOUR}


@pytest.mark.parametrize(
    ("hours", "found"), [(0.5, ENOUGH), (1, TIGHT), (2.9, TIGHT), (3, NOT_ENOUGH), (99, NOT_ENOUGH)]
)
def test_a_time(hours: float, found: str) -> None:
    assert judged(account(lane(**OUT)), seconds=hours * HOUR) == (found, "outlook")


def test_a_reset_that_comes_first_is_enough() -> None:
    assert judged(account(lane()), seconds=99 * HOUR) == (ENOUGH, "outlook")
    assert judged(account(lane(tight_at=NOW + HOUR)), seconds=99 * HOUR) == (TIGHT, "outlook")


def test_what_is_used_up_fits_nothing_though_it_comes_back_soon() -> None:
    assert judged(account(lane(0, resets_at=NOW + 60)), seconds=HOUR) == (NOT_ENOUGH, "amount")
    assert judged(account(lane(-2, "balance")), seconds=HOUR) == (NOT_ENOUGH, "amount")


def test_another_lane_that_stops_the_work_runs_out_first() -> None:
    first, other = lane(), lane(60, **OUT)
    assert judged(account(first, other), seconds=4 * HOUR) == (NOT_ENOUGH, "outlook")
    verdict = fit.judged(account(first, other), Wanted(seconds=4 * HOUR), NOW)
    assert verdict.lane is other
    verdict = fit.judged(account(first, other), Wanted(seconds=HOUR / 2), NOW)
    assert (verdict.kind, verdict.lane) == (ENOUGH, other)
    aside = lane(60, role="secondary", **OUT)
    assert judged(account(first, aside), seconds=4 * HOUR) == (ENOUGH, "outlook")


def test_a_lane_that_resets_within_the_time_gives_way_to_one_that_does_not() -> None:
    session, week = lane(20, resets_at=NOW + HOUR / 3), lane(60)
    verdict = fit.judged(account(session, week), Wanted(seconds=2 * HOUR), NOW)
    assert (verdict.kind, verdict.lane) == (ENOUGH, week)
    verdict = fit.judged(account(session, week), Wanted(seconds=HOUR / 4), NOW)
    assert (verdict.kind, verdict.lane) == (ENOUGH, session)
    unsure = lane(60, why="too_early")
    verdict = fit.judged(account(session, unsure), Wanted(seconds=2 * HOUR), NOW)
    assert (verdict.kind, verdict.lane) == (ENOUGH, session)


@pytest.mark.parametrize("why", ["too_early", "no_window", "stale", "no_pace", "too_little"])
def test_without_a_forecast_nothing_is_guessed(why: str) -> None:
    assert judged(account(lane(why=why)), seconds=HOUR) == (UNKNOWN, "outlook")


@pytest.mark.parametrize("why", ["hardly_used", "unlimited"])
def test_what_is_hardly_used_or_unlimited_lasts(why: str) -> None:
    assert judged(account(lane(why=why, resets_at=NEVER)), seconds=HOUR) == (ENOUGH, "amount")


def test_a_forecast_that_is_out_of_date_is_none() -> None:
    assert judged(account(lane(until=NOW)), seconds=HOUR) == (UNKNOWN, "stale")
    assert judged(account(lane(until=NOW)), share=20) == (ENOUGH, "amount")


def test_time_and_share_have_to_be_enough_both() -> None:
    assert judged(account(lane(**OUT)), share=50, seconds=HOUR / 2)[0] == NOT_ENOUGH
    assert judged(account(lane(**OUT)), share=20, seconds=HOUR / 2)[0] == ENOUGH
    assert judged(account(lane(why="too_early")), share=20, seconds=HOUR)[0] == UNKNOWN
    assert judged(account(lane(why="too_early")), share=50, seconds=HOUR)[0] == NOT_ENOUGH


@pytest.mark.parametrize(
    ("ago", "max_age", "found"),
    [(600, None, ENOUGH), (601, None, UNKNOWN), (61, 60, UNKNOWN), (3600, 3601, ENOUGH)],
)
def test_numbers_grow_old(ago: float, max_age: float | None, found: str) -> None:
    assert judged(account(lane(), ago=ago), share=20, max_age=max_age)[0] == found


def test_numbers_from_before_a_reset_are_old() -> None:
    assert judged(account(lane(0, resets_at=NOW)), share=20) == (UNKNOWN, "stale")
    other = lane(90, resets_at=NOW - 1)
    assert judged(account(lane(), other), share=20) == (ENOUGH, "amount")


@pytest.mark.parametrize("state", ["failed", "never"])
def test_an_account_that_fails_is_not_known(state: str) -> None:
    assert judged(account(lane(), state=state), share=20) == (UNKNOWN, "state")


def test_a_block_is_not_enough_until_it_ends() -> None:
    assert judged(account(lane(), state="blocked"), share=0) == (NOT_ENOUGH, "state")
    ended = account(lane(), state="blocked", changes_at=NOW)
    assert judged(ended, share=0) == (UNKNOWN, "stale")
    assert judged(account(state="blocked"), share=0) == (NOT_ENOUGH, "state")


@pytest.mark.parametrize("window", ["5h", "5  Hours", "每 5 小时"])
def test_a_window_by_its_names(window: str) -> None:
    known = account(lane(8), lane(70, names="5 hours|每 5 小时|5h"))
    assert judged(known, share=50, window=window) == (ENOUGH, "amount")
    assert judged(known, share=50) == (NOT_ENOUGH, "amount")
    assert judged(known, share=50, window="Daily") == (UNKNOWN, "no_window")


@pytest.mark.parametrize(
    ("window", "left"),
    [
        *((each, 70) for each in ("7d", "7 days", "1w", "week", "168h", "周", "每周", "7天", "7D")),
        *((each, 8) for each in ("5h", "5 hours", "300m", "5小时", "每 5 小时", "每5小时")),
        *(
            (each, 30)
            for each in ("30d", "month", "1 month", "月", "每月", "1个月", "4w", "31 days")
        ),
        *((each, None) for each in ("8d", "day", "d7", "每", "x", "Spark 7d")),
    ],
)
def test_a_window_by_its_length(window: str, left: float | None) -> None:
    known = account(
        lane(8, names="session", length=18000),
        lane(70, names="weekly", length=604800),
        lane(30, names="plan", length=fit.MONTH),
        lane(1, names="Spark Week"),
    )
    verdict = fit.judged(known, Wanted(window=window), NOW)
    assert (verdict.lane.left if verdict.lane else None) == left


def test_a_window_by_its_name_comes_before_one_by_its_length() -> None:
    known = account(lane(8, names="other", length=604800), lane(70, names="weekly|week"))
    assert judged(known, share=50, window="week") == (ENOUGH, "amount")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2h", 7200),
        ("90m", 5400),
        ("1h30m", 5400),
        (" 1 H 30 min ", 5400),
        ("1.5h", 5400),
        ("1,5h", 5400),
        ("1,500m", 90000),
        ("0,125h", 450),
        ("2 days", 172800),
        ("90 minutes", 5400),
        ("1w", 604800),
        ("2小时", 7200),
        ("2个小时", 7200),
        ("１.５ｈ", 5400),  # of an input method that is set to full width
        ("１小时３０分", 5400),
        ("2个星期", 14 * 86400),
        ("1天", 86400),
        ("30分钟", 1800),
        ("0m", 0),
        *((odd, None) for odd in ("", "2", "h", "2x", "2h3", "-2h", "1e3h", "٢h", "²h", "1..5h")),
        *((odd, None) for odd in ("9" * 400 + "h", "999999w", "2h 20%", "nan", "infh", "h2")),
    ],
)
def test_a_length_of_time(text: str, found: float | None) -> None:
    assert fit.seconds(text) == found


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("20%", 20),
        (" 20 ％", 20),
        ("２０％", 20),
        ("12.5%", 12.5),
        ("0%", 0),
        ("100%", 100),
        ("20 percent", 20),
        ("5Percent", 5),
    ],
)
def test_a_typed_share(text: str, share: float) -> None:
    wanted = fit.wanted_of(text)
    assert wanted is not None
    assert (wanted.share, wanted.seconds, wanted.amount) == (share, None, None)


@pytest.mark.parametrize(
    "text", ["", "%", "101%", "-1%", "x%", "20", "0h", "¥5", "percent", "101 percent"]
)
def test_what_is_typed_and_means_nothing(text: str) -> None:
    assert fit.wanted_of(text) is None
    assert fit.verdicts(text, [], NOW) is None


@given(st.text(max_size=30))
def test_any_text_may_be_typed(text: str) -> None:
    found = fit.seconds(text)
    assert found is None or 0 <= found <= fit.LONGEST
    fit.verdicts(text, fit.written(account(lane())), NOW)


NUMBERS = st.floats(allow_nan=False)
TEXTS = st.text(st.characters(exclude_characters="\t\n"))


@given(left=NUMBERS, ends=st.lists(NUMBERS, min_size=4, max_size=4), text=TEXTS, other=TEXTS)
def test_lines_are_read_as_they_were_written(
    left: float, ends: list[float], text: str, other: str
) -> None:
    resets_at, tight_at, out_at, until = ends
    numbers = (left, 20, resets_at, tight_at, out_at, until)
    texts = ("", text, other, text, other, other)
    known = account(fit.Lane("quota", "binding", *numbers, *texts, left, text, left))
    known.reason, known.rest = text, other
    lines = fit.written(known)
    assert len(lines) == 2
    (found,) = fit.read(["T\tother", *lines, "H\tline"])
    assert (found.fields(), [each.fields() for each in found.lanes]) == (
        known.fields(),
        [each.fields() for each in known.lanes],
    )


@pytest.mark.parametrize("lines", [["L\tquota"], ["A\tx"], ["A" + "\tx" * 9], ["L" + "\t1" * 99]])
def test_lines_of_another_making_are_refused(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=lines[0]):
        fit.read(lines)


@pytest.mark.parametrize("name", ["state/fit.py", "alfred/fit_answer.py"])
def test_the_keystroke_imports_nothing(name: str) -> None:
    tree = ast.parse(Path(ROOT, "workflow", name).read_text(encoding="utf-8"))
    assert not [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    only_checked = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and node.col_offset != 4
    ]
    assert not only_checked


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        ("0,125", "0.125"),
        (",500", ".500"),
        ("1,000", "1000"),
        ("12,345,678.9", "12345678.9"),
        ("1234,567", "1234.567"),
        ("1,00,000", "1.00.000"),  # which is no number
    ],
)
def test_a_comma_is_a_decimal_one_unless_it_parts_thousands(typed: str, number: str) -> None:
    assert fit.with_point(typed) == number
