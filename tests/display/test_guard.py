"""The answer of a guard in one line and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.state.test_fit import NOW, OUT, account, lane
from workflow.display import guard as said
from workflow.i18n.catalog import Translation, speaking
from workflow.models import Account
from workflow.state import fit, guard

WORDS: dict[str, Any] = {
    "amount": "Week 12% left",
    "reset": "resets in 2h (18:40)",
    "outlook": "runs out 17:00",
}
MONEY: dict[str, Any] = {"amount": "¥3.20 left", "outlook": "≈ 6 days"}


def line(known: fit.Account, waited: bool = False, language: str = "en", **wanted: Any) -> str:
    asked = fit.Wanted(**wanted)
    answer = guard.answer([(known, fit.judged(known, asked, NOW))], every=False)
    with speaking(Translation(language)):
        return said.line(answer, asked, waited, NOW)


@pytest.mark.parametrize(
    ("known", "wanted", "text"),
    [
        (
            account(lane(12, **WORDS)),
            {"share": 20},
            "not enough · GLM · Work: Week 12% left, 20% wanted; resets in 2h (18:40)",
        ),
        (
            account(lane(12, **WORDS)),
            {},
            "not enough · GLM · Work: Week 12% left, more than 20% wanted; resets in 2h (18:40)",
        ),
        (
            account(lane(12, **WORDS, **OUT)),
            {"seconds": 7200},
            "enough, but tight · GLM · Work: runs out 17:00, 2h wanted; Week 12% left; resets in 2h (18:40)",
        ),
        (
            account(lane(99, why="hardly_used", **WORDS)),
            {"seconds": 7200},
            "enough · GLM · Work: Week 12% left; resets in 2h (18:40)",
        ),
        (
            account(lane(3.2, "balance", unit="CNY", **MONEY)),
            {"amount": 5},
            "not enough · GLM · Work: ¥3.20 left, ¥5.00 wanted",
        ),
        (
            account(lane(639, "balance", unit="credits", amount="639 credits left")),
            {"amount": 1000},
            "not enough · GLM · Work: 639 credits left, 1,000 credits wanted",
        ),
        (account(lane(3.2, "balance", **MONEY)), {}, "enough · GLM · Work: ¥3.20 left"),
        (
            account(lane(3.2, "balance", least=fit.ALERTED, **MONEY)),
            {},
            "not enough · GLM · Work: ¥3.20 left; below the balance alert you set at the provider",
        ),
        (
            account(lane(3.2, "balance", **MONEY)),
            {"share": 20},
            "not known · GLM · Work: a balance has no percentage; ¥3.20 left; ask with --amount",
        ),
        (
            account(lane(3.2, "balance", **MONEY)),
            {"share": 20, "amount": 1},
            "not known · GLM · Work: a balance has no percentage; ¥3.20 left",
        ),
        (
            account(lane(12, **WORDS)),
            {"amount": 5},
            "not known · GLM · Work: no balance is reported; Week 12% left; resets in 2h (18:40)",
        ),
        (
            account(lane(0, amount="Week 0% left")),
            {"amount": 5},
            "not enough · GLM · Work: Week 0% left",
        ),
        (
            account(lane(12)),
            {"window": "x"},
            "not known · GLM · Work: there is no quota called “x”; choose from: weekly",
        ),
        (
            account(state="blocked", reason="blocked: The limit is reached."),
            {},
            "not enough · GLM · Work: blocked: The limit is reached.",
        ),
        (account(lane(-1), reason="no usable number"), {}, None),
    ],
)
def test_a_line(known: fit.Account, wanted: dict[str, Any], text: str | None) -> None:
    assert line(known, **wanted) == (text or "not known · GLM · Work: no usable number")


def test_old_numbers_lead_to_wait() -> None:
    old = account(lane(12, **WORDS), ago=700)
    assert line(old) == (
        "not known · GLM · Work: the numbers are too old; Week 12% left; resets in 2h (18:40); --wait asks the provider"
    )
    assert line(old, waited=True).endswith("resets in 2h (18:40)")
    assert line(account(ago=700)) == (
        "not known · GLM · Work: the numbers are too old; --wait asks the provider"
    )


def test_in_chinese() -> None:
    assert line(account(lane(12, amount="每周 剩余 12%")), language="zh", share=20) == (
        "不够 · GLM · Work：每周 剩余 12%，要求至少 20%"
    )


@pytest.mark.parametrize(
    ("share", "english", "chinese"),
    [
        (5, "enough", "够用"),
        (10, "enough, but tight", "勉强够用"),
        (20, "not enough", "不够"),
        (None, "not known", "无法判断"),
    ],
)
def test_the_verdict_comes_first(share: float | None, english: str, chinese: str) -> None:
    wanted: dict[str, Any] = {"window": "x"} if share is None else {"share": share}
    for language, word in (("en", english), ("zh", chinese)):
        told = line(account(lane(12, **WORDS)), language=language, **wanted)
        assert told.startswith(f"{word} · GLM · Work")


def test_only_a_stored_amount_of_money_is_hidden() -> None:
    paying = account(lane(3.2, "balance", unit="USD", amount="$••• left", least=30))
    assert line(paying).endswith(": $••• left, more than $••• wanted")
    assert line(paying, amount=40).endswith(": $••• left, $40.00 wanted")
    daily = account(lane(3, "count", unit="USD", amount="Day $••• left", least=30))
    assert line(daily).endswith(": Day $••• left, more than $••• wanted")
    spending = account(lane(3, amount="Month $•••/$••• left"))
    assert line(spending).endswith(": Month $•••/$••• left, more than 20% wanted")


def several(left: list[float], every: bool = True) -> tuple[str, str]:
    """The line of accounts A, B, C … of which so much is left, in English and Chinese."""
    asked, judged = fit.Wanted(20), []
    for name, each in zip("ABCDEFGH", left):
        known = account(lane(each, amount=f"Week {each}% left"), reason="no usable number")
        known.name = name
        judged.append((known, fit.judged(known, asked, NOW)))
    answer = guard.answer(judged, every=every)
    english = said.line(answer, asked, False, NOW)
    with speaking(Translation("zh")):
        return english, said.line(answer, asked, False, NOW)


def test_all_that_fail_are_named() -> None:
    english, chinese = several([90, 12, 8, 7])
    assert english == "not enough · B: Week 12% left, 20% wanted (also not enough: C, D)"
    assert chinese.endswith("（不够的还有：C、D）")
    english, chinese = several([12, -1, 8])
    assert english.endswith(" (also not enough: C; also not known: B)")
    assert chinese.endswith("（不够的还有：C；无法判断的还有：B）")
    assert several([12, -1], every=False)[0] == (
        "not known · B: no usable number (also not enough: A)"
    )
    assert several([12, 90], every=False)[0].startswith("enough · B: ")
    assert several([12, 90])[0].endswith("20% wanted")


def test_beyond_five_they_are_counted() -> None:
    assert several([8] * 6)[0].endswith(" (also not enough: B, C, D, E, F)")
    english, chinese = several([8] * 8)
    assert english.endswith(" (also not enough: B, C, D, E, F, and 2 more)")
    assert chinese.endswith("（不够的还有：B、C、D、E、F，另有 2 个账号）")


def test_a_window_that_there_is_not_is_named_beside_those_that_there_are() -> None:
    part = lane(3, role="part")
    known = account(lane(12, names="每周|Weekly"), lane(50, names="MCP 工具|MCP tools"), part)
    assert line(known, window="月", language="zh").endswith(
        "没有名为“月”的额度；可选：每周、MCP 工具"
    )
    known = account(lane(12, names="Weekly|Week"), lane(50, names="MCP tools|MCP"), part)
    assert line(known, window="Month").endswith(
        "there is no quota called “month”; choose from: Weekly, MCP tools"
    )
    assert line(account(lane(3, "balance")), window="x").endswith("there is no quota called “x”")


def report(known: fit.Account, **wanted: Any) -> dict[str, Any]:
    asked = fit.Wanted(**wanted)
    judged = [(known, fit.judged(known, asked, NOW))]
    answer = guard.answer(judged, every=False)
    people = {"glm-1": Account("glm-1", "glm", "Work")}
    told = said.report(answer, judged, asked, people, NOW, answer.code, "why")
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    return told


def test_as_json() -> None:
    told = report(account(lane(12, **WORDS, **OUT)), share=10, seconds=7200, window="Week")
    assert (told["schema"], told["verdict"], told["exit_code"]) == (
        "tankful.guard.v1",
        fit.TIGHT,
        0,
    )
    assert told["wanted"] == {
        "left_percent": 10,
        "amount": None,
        "seconds": 7200,
        "window": "week",
        "max_age_seconds": None,
    }
    (each,) = told["accounts"]
    assert (each["id"], each["provider"], each["label"]) == ("glm-1", "glm", "Work")
    assert (each["left_percent"], each["available"]) == (12, None)
    assert each["runs_out_at"] == "2026-11-18T18:00:00Z"
    assert each["fetched_at"] == "2026-11-18T14:59:00Z"


@pytest.mark.parametrize(
    "known",
    [account(), account(lane(fit.NEVER, resets_at=fit.NEVER)), account(lane(3, "balance"))],
)
def test_what_nobody_knows_is_null(known: fit.Account) -> None:
    (each,) = report(known)["accounts"]
    assert each["resets_at"] is None
    assert each["left_percent"] is None
    assert each["available"] == (3 if known.lanes and known.lanes[0].kind == "balance" else None)
