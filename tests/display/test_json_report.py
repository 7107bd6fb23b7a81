"""The machine-readable answer, number by number. Its verb and schema: tests/scripts/verbs/test_list.py."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import CHATGPT, FETCHED, GLM, KIMI, NOW, OPENAI, TAVILY, Known, share
from tests.said import Phrase, in_language
from workflow.alfred import account_list, publish
from workflow.display import details, json_report, summary
from workflow.display.row import row
from workflow.history.series import SCALE, History, Sample, Series
from workflow.models import Balance, Failure, Quota, Role, Snapshot, Usage
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage import json_codec
from workflow.storage.accounts import Accounts

EN, DAY = Settings(), timedelta(days=1)
NO_PACE = {
    "verdict": "none",
    "expected_percent": None,
    "ahead_points": None,
    "projected_percent": None,
    "percent_per_hour": None,
    "runs_out_at": None,
}


def told(*known: Known, now: datetime = NOW, settings: Settings = EN) -> dict[str, Any]:
    state = State(
        Accounts(tuple(account for account, _ in known)),
        {snapshot.account_id: snapshot for _, snapshot in known},
        {},
        settings,
        at=now,
    )
    return json_report.report(state, now)


def entry(known: Known, now: datetime = NOW, settings: Settings = EN) -> dict[str, Any]:
    (found,) = told(known, now=now, settings=settings)["accounts"]
    assert isinstance(found, dict)
    return found


def quota(quota: Quota) -> dict[str, Any]:
    (found,) = entry((GLM[0], Snapshot(GLM[0].id, Usage((quota,)), FETCHED)))["quotas"]
    assert isinstance(found, dict)
    return found


HUGE = st.decimals("1e-9", "1e18", allow_nan=False, allow_infinity=False)


@given(used=HUGE, limit=HUGE)
def test_every_number_that_is_read_can_be_told(used: Decimal, limit: Decimal) -> None:
    quota = Quota("Plan", "credits", used, limit, max(Decimal(0), limit - used))
    known = Snapshot(GLM[0].id, Usage((quota,), (Balance(used, "USD", limit),)), FETCHED)
    state = State(Accounts((GLM[0],)), {GLM[0].id: known}, {}, EN)
    for language in ("en", "zh"):
        (account,) = in_language(language, json_report.report, state, NOW)["accounts"]
        assert account["failure"] is None
        assert json_codec.dumps(account)
        in_language(language, row, state.of(GLM[0]), state.settings)
        assert details.facts(state, GLM[0])
        assert account_list.items(state, NOW)


class Unfit(Decimal):
    """A number that fails in any arithmetic."""

    def __sub__(self, other: object) -> Decimal:
        raise InvalidOperation

    __rsub__ = __mul__ = __truediv__ = __lt__ = __le__ = __eq__ = __sub__  # type: ignore[assignment]
    __hash__ = Decimal.__hash__


UNTELLABLE = Usage((Quota("Plan", "credits", Unfit(1), Decimal(10), Unfit(9)),))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_account_that_cannot_be_told_is_its_own_failure(language: str) -> None:
    settings = Settings(order="urgency")
    broken = (GLM[0], Snapshot(GLM[0].id, UNTELLABLE, FETCHED))
    report = in_language(language, told, KIMI, broken, TAVILY, settings=settings)
    found = {each["id"]: each for each in report["accounts"]}
    assert [found[known[0].id]["failure"] for known in (KIMI, TAVILY)] == [None, None]
    assert found[KIMI[0].id]["balances"]
    assert found[TAVILY[0].id]["quotas"]
    entry = found[GLM[0].id]
    assert (entry["quotas"], entry["fetched_at"], entry["stale"]) == ([], None, True)
    assert entry["failure"]["kind"] == "unexpected_response"
    assert ("cannot be shown" if language == "en" else "无法显示") in entry["failure"]["message"]


def test_an_account_that_cannot_be_told_costs_no_face_the_others() -> None:
    known = (KIMI, (GLM[0], Snapshot(GLM[0].id, UNTELLABLE, FETCHED)), TAVILY)
    state = State(
        Accounts(tuple(account for account, _ in known)),
        {snapshot.account_id: snapshot for _, snapshot in known},
        {},
        Settings(order="urgency"),
    )
    rows = [item.title for item in account_list.items(state, NOW) if item.uid]
    assert [any(name in row for row in rows) for name in ("主账号", "Work", "Dev")] == [True] * 3
    assert "主账号" in summary.summary(state, NOW)
    assert details.facts(state, GLM[0])
    assert state.due_at()
    assert publish.rendered(state)


def test_an_answer_without_accounts() -> None:
    assert told() == {
        "schema": "tankful.usage.v1",
        "generated_at": "2026-11-18T15:00:00Z",
        "accounts": [],
    }


def test_a_whole_account() -> None:
    assert entry(TAVILY) == {
        "id": "tavily-0000000a",
        "provider": "tavily",
        "label": "Dev",
        "region": None,
        "scope": {},
        "level": "plenty",
        "reason": None,
        "blocked": None,
        "plan": "Researcher",
        "quotas": [
            {
                "label": "Plan",
                "role": "binding",
                "part_of": None,
                "unit": "credits",
                "used": 361,
                "limit": 1000,
                "remaining": 639,
                "used_percent": 36.1,
                "unlimited": False,
                "estimated": True,
                "window_seconds": None,
                "resets_at": "2026-12-01T00:00:00Z",
                "pace": {**NO_PACE, "why": "no_window"},
                "since_last_look": None,
            },
            {
                "label": "Key",
                "role": "binding",
                "part_of": None,
                "unit": "credits",
                "used": 214,
                "limit": None,
                "remaining": None,
                "used_percent": None,
                "unlimited": True,
                "estimated": False,
                "window_seconds": None,
                "resets_at": None,
                "pace": {**NO_PACE, "why": "unlimited"},
                "since_last_look": None,
            },
        ],
        "balances": [],
        "spends": [],
        "notice": None,
        "fetched_at": "2026-11-18T14:58:00Z",
        "stale": False,
        "credential": {"kind": "api_key", "expires_at": None},
        "failure": None,
    }


def test_money_and_periods() -> None:
    assert entry(KIMI)["balances"] == [
        {
            "available": 42.18,
            "unit": "CNY",
            "granted": 12,
            "role": "binding",
            "runway_days": None,
            "runway_days_max": None,
            "runway_hours": None,
            "why": "too_little",
            "since_last_look": None,
        }
    ]
    assert entry(OPENAI)["spends"][1] == {
        "amount": 1.31,
        "unit": "USD",
        "since": "2026-11-18T00:00:00Z",
        "until": "2026-11-18T15:00:00Z",
        "period": "day",
    }


def test_the_first_quota_is_the_headline() -> None:
    assert [quota["label"] for quota in entry(GLM)["quotas"]] == ["Weekly", "5 hours"]
    assert [q["label"] for q in entry(CHATGPT)["quotas"]][-1] == "Deep research"


def test_a_quota_tells_its_pace_and_a_balance_its_days() -> None:
    week = entry(GLM)["quotas"][0]
    assert week["pace"] == {
        "verdict": "lasts",
        "why": None,
        "expected_percent": 69.0476,
        "ahead_points": -10.0476,
        "projected_percent": 85.4483,
        "percent_per_hour": 0.5086,
        "runs_out_at": None,
    }
    (owed,) = entry(with_balance(Balance(Decimal(-1), "CNY")))["balances"]
    assert (owed["runway_days"], owed["why"]) == (0, None)
    (stale,) = entry(KIMI, NOW + timedelta(days=1))["balances"]
    assert (stale["runway_days"], stale["why"]) == (None, "stale")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        pytest.param(share("Q", "50", DAY, 7 * 86400), None, id="forecast"),
        pytest.param(Quota("Q", "%", None, None, None, unlimited=True), "unlimited", id="no limit"),
        pytest.param(Quota("Q", "%", None, None, None, 3600), "no_percentage", id="no share"),
        pytest.param(share("Q", "50", DAY), "no_window", id="no window"),
        pytest.param(share("Q", "50", -DAY, 7 * 86400), "reset_passed", id="passed"),
        pytest.param(share("Q", "50", 9 * DAY, 7 * 86400), "impossible_reset", id="too far"),
        pytest.param(share("Q", "50", 7 * DAY, 7 * 86400), "too_early", id="just begun"),
        pytest.param(share("Q", "99.5", DAY, 7 * 86400), "hardly_used", id="hardly used"),
    ],
)
def test_a_quota_without_a_forecast_says_why(told: Quota, why: str | None) -> None:
    pace = quota(told)["pace"]
    assert pace["why"] == why
    assert why is None or pace == {**NO_PACE, "why": why}
    assert quota(share("Q", "0", DAY, 7 * 86400))["pace"] == {
        **NO_PACE,
        "verdict": "used_up",
        "why": None,
    }


@pytest.mark.parametrize(
    ("before", "left", "days", "most", "hours", "why"),
    [
        pytest.param((50, 45.4, 41, 36.2), "31.8", 6, None, None, None, id="days"),
        pytest.param((70, 64, 58, 52, 46, 40, 40), "40", 6, 9, None, None, id="a range"),
        pytest.param((50,), "45", None, None, None, "too_little", id="two days"),
        pytest.param((50, 49.98, 49.95), "49.95", None, None, None, "hardly_used", id="not used"),
        pytest.param((), "-1", 0, None, None, None, id="empty"),
    ],
)
def test_a_balance_says_how_long_it_lasts_or_why_not(
    before: tuple[float, ...],
    left: str,
    days: int | None,
    most: int | None,
    hours: int | None,
    why: str | None,
) -> None:
    at = int(FETCHED.timestamp())
    told = [
        Sample(at - 86400 * n, round(amount * SCALE)) for n, amount in enumerate(before[::-1], 1)
    ]
    history = History({Series(KIMI[0].id, "balance", "binding", "CNY"): tuple(told[::-1])})
    account, snapshot = with_balance(Balance(Decimal(left), "CNY"))
    state = State(Accounts((account,)), {account.id: snapshot}, {}, EN, history, NOW)
    (entry,) = json_report.report(state, NOW)["accounts"]
    (balance,) = entry["balances"]
    assert balance["why"] == why
    assert (balance["runway_days"], balance["runway_days_max"]) == (days, most)
    assert balance["runway_hours"] == hours


def test_what_is_burning_is_told_in_hours() -> None:
    at = int(FETCHED.timestamp())
    told = tuple(Sample(at - 3600 * n, (20 + 4 * n) * SCALE) for n in range(5, 0, -1))
    history = History({Series(KIMI[0].id, "balance", "binding", "CNY"): told})
    account, snapshot = with_balance(Balance(Decimal(20), "CNY"))
    state = State(Accounts((account,)), {account.id: snapshot}, {}, EN, history, NOW)
    (balance,) = json_report.report(state, NOW)["accounts"][0]["balances"]
    assert balance["runway_hours"] in (4, 5)


def test_a_key_of_another_wallet_burns_nothing() -> None:
    at = int(FETCHED.timestamp())
    told = tuple(Sample(at - 3600 * n, (60 + n) * SCALE) for n in range(5, 0, -1))
    history = History({Series(KIMI[0].id, "balance", "binding", "CNY"): told})
    account, snapshot = with_balance(Balance(Decimal(9), "CNY"))
    account = replace(account, replaced_at=FETCHED - timedelta(seconds=2))
    state = State(Accounts((account,)), {account.id: snapshot}, {}, EN, history, NOW)
    (balance,) = json_report.report(state, NOW)["accounts"][0]["balances"]
    assert (balance["runway_hours"], balance["why"]) == (9, "too_little")  # 1 an hour, as before


def test_a_number_that_no_float_has_room_for_is_null() -> None:
    huge = Decimal(10) ** 400
    told = quota(Quota("Q", "requests", huge, Decimal(1), huge, 10**400, NOW + DAY))
    names = ("used", "remaining", "used_percent", "window_seconds")
    assert [told[name] for name in names] == [None] * 4
    json_codec.pretty(told)


def with_balance(balance: Balance) -> Known:
    return KIMI[0], replace(KIMI[1], usage=Usage(balances=(balance,)))


@pytest.mark.parametrize("role", ["reserve", "part"])
def test_what_is_no_lane_of_its_own_has_no_pace(role: Role) -> None:
    (week,) = (quota for quota in (GLM[1].usage or Usage()).quotas if quota.label == "Weekly")
    assert quota(week)["pace"] is not None
    assert quota(replace(week, role=role))["pace"] is None


def test_a_credential_tells_its_kind_and_end() -> None:
    assert entry(CHATGPT)["credential"] == {
        "kind": "access_token",
        "expires_at": "2026-11-26T15:00:00Z",
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentences_are_in_the_users_language(language: str) -> None:
    failure = Failure("blocked", Phrase("no way", "不行"), NOW, NOW + timedelta(minutes=1))
    usage = Usage(notice=Phrase("ends", "到期"))
    known = (GLM[0], Snapshot(GLM[0].id, usage, FETCHED, failure))
    found = in_language(language, entry, known)
    said = ("no way", "ends") if language == "en" else ("不行", "到期")
    assert (found["failure"]["message"], found["notice"]) == said
    assert found["failure"]["kind"] == "blocked"
    assert found["failure"]["at"] == "2026-11-18T15:00:00Z"
    assert found["failure"]["retry_at"] == "2026-11-18T15:01:00Z"


def test_nothing_known_is_null_and_stale() -> None:
    found = entry((GLM[0], Snapshot(GLM[0].id)))
    assert (found["plan"], found["fetched_at"], found["notice"]) == (None, None, None)
    assert (found["quotas"], found["balances"], found["spends"]) == ([], [], [])
    assert found["stale"] is True


@pytest.mark.parametrize(("minutes", "stale"), [(0, False), (7.99, False), (8, True)])
def test_stale_after_twice_the_interval(minutes: float, stale: bool) -> None:
    assert entry(KIMI, NOW + timedelta(minutes=minutes))["stale"] is stale


@pytest.mark.parametrize(
    ("used", "limit", "percent"),
    [
        ("28", "100", 28.0),
        ("140", "100", 140.0),
        ("-5", "100", 0.0),
        ("1", "3", 33.3333),
        (None, "100", None),
        ("28", None, None),
        ("28", "0", None),
    ],
)
def test_the_percentage(used: str | None, limit: str | None, percent: float | None) -> None:
    amounts = [None if each is None else Decimal(each) for each in (used, limit)]
    assert quota(Quota("x", "%", amounts[0], amounts[1], None))["used_percent"] == percent


def test_an_unlimited_quota_has_no_limit_and_no_percentage() -> None:
    found = quota(Quota("x", "%", Decimal(5), Decimal(100), None, unlimited=True))
    assert (found["limit"], found["used_percent"], found["unlimited"]) == (None, None, True)


@given(st.decimals(-(10**15), 10**15, places=6))
def test_a_number_is_a_json_number_near_enough(value: Decimal) -> None:
    found = json_report.number(value)
    assert found is not None
    assert abs(Decimal(repr(found)) - value) <= abs(value) / 10**14
    assert isinstance(found, int) == (value == int(value))
    assert json.loads(json_codec.dumps(found)) == found


def test_times_are_utc_with_z_whatever_their_zone() -> None:
    ahead = timezone(timedelta(hours=8))
    snapshot = replace(KIMI[1], fetched_at=FETCHED.astimezone(ahead) + timedelta(microseconds=5))
    assert entry((KIMI[0], snapshot))["fetched_at"] == "2026-11-18T14:58:00Z"


def test_no_secret_and_nothing_unknown_is_told() -> None:
    assert set(entry(GLM)) == set(entry(KIMI)) == set(entry((GLM[0], Snapshot(GLM[0].id))))
