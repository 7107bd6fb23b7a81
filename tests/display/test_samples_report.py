"""The history as CSV and JSON."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.given import DAY, MONEY, NOW, WEEKLY, moment, points
from workflow.display import samples_report
from workflow.history.series import DAILY, HOURLY, Sample, Series
from workflow.models import Account
from workflow.records import replace

PLAN = Series("tavily-0000000a", "quota", "Plan", "credits")
SPENT = Series("openai-0000000a", "spend", "day", "USD")
ACCOUNTS = {MONEY.account: Account(MONEY.account, "kimi", "主账号")}
SAMPLES: samples_report.Samples = {
    WEEKLY: (Sample(NOW, points(59), None, NOW + DAY),),
    PLAN: (Sample(NOW, points(36.1), points(1000), None, HOURLY),),
    MONEY: (Sample(NOW, points(-0.5), points(12), None, DAILY),),
    SPENT: (Sample(NOW, points(1.31), None, NOW - DAY),),
}


def table(samples: samples_report.Samples, *, private: bool = False) -> list[dict[str, str]]:
    text = samples_report.table(samples, ACCOUNTS, private=private, excel=False)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_it_is_the_table_that_was_agreed() -> None:
    text = samples_report.table(SAMPLES, ACCOUNTS, private=False, excel=False)
    assert text == (
        "at,account,provider,label,kind,name,unit,value,total,left,used_percent,resets_at,grain\r\n"
        "2026-11-28T12:00:00Z,glm-0000000a,glm,,quota,Weekly,%,59,100,41,59,2026-11-29T12:00:00Z,raw\r\n"
        "2026-11-28T12:00:00Z,tavily-0000000a,tavily,,quota,Plan,credits,361,1000,639,36.1,,hour\r\n"
        "2026-11-28T12:00:00Z,kimi-0000000a,kimi,主账号,balance,binding,CNY,-0.5,12,-0.5,,,day\r\n"
        "2026-11-28T12:00:00Z,openai-0000000a,openai,,spend,day,USD,1.31,,,,,raw\r\n"
    )
    excel = samples_report.table(SAMPLES, ACCOUNTS, private=False, excel=True)
    assert excel == "\ufeff" + text


def test_numbers_are_exact() -> None:
    told: samples_report.Samples = {MONEY: (Sample(NOW, 123456789012345678),)}
    assert table(told)[0]["value"] == "123456789012.345678"
    told = {PLAN: (Sample(NOW, 33333333, points(3)), Sample(NOW + 1, 1, points(10**9)))}
    assert [row["value"] for row in table(told)] == ["1", "0"]


def test_privacy_hides_labels_and_money() -> None:
    rows = table(SAMPLES, private=True)
    text = str(rows)
    for hidden in ("主账号", "-0.5", "1.31"):
        assert hidden not in text
    assert [row["value"] for row in rows] == ["59", "361", "•••", "•••"]
    assert {row["label"] for row in rows} == {"•••", ""}  # one account is gone
    second = {name: replace(account, number=2) for name, account in ACCOUNTS.items()}
    text = samples_report.table(SAMPLES, second, private=True, excel=False)
    labels = {row["label"] for row in csv.DictReader(io.StringIO(text))}
    assert labels == {"••• 2", ""}


@pytest.mark.parametrize(
    "label", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx", "\r=1", "＝1+1", "＠x"]
)
def test_a_label_is_no_formula(label: str) -> None:
    accounts = {MONEY.account: replace(ACCOUNTS[MONEY.account], label=label)}
    text = samples_report.table({MONEY: SAMPLES[MONEY]}, accounts, private=False, excel=False)
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["label"] == f"'{label}"
    assert row["value"] == "-0.5"  # a number is one


def test_programs_get_numbers() -> None:
    report = samples_report.report(SAMPLES, ACCOUNTS, moment(NOW))
    assert report["schema"] == "tankful.history.v1"
    assert report["generated_at"] == "2026-11-28T12:00:00Z"
    assert [row["value"] for row in report["samples"]] == [59, 361, -0.5, 1.31]
    assert list(report["samples"][0]) == list(samples_report.COLUMNS)


integers = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))


@given(integers, integers, st.sampled_from([WEEKLY, PLAN, MONEY, SPENT]))
def test_every_sample_has_its_row(value: int | None, total: int | None, series: Series) -> None:
    total = None if total is None else abs(total)
    told = {series: (Sample(NOW, value, total),)}
    (row,) = table(told)
    for name in ("value", "total", "left", "used_percent"):
        assert row[name] == "" or Decimal(row[name]).is_finite()
        assert "E" not in row[name]
    samples_report.report(told, ACCOUNTS, moment(NOW))
