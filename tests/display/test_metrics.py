"""The text format of Prometheus, read back by its own parsers."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

from tests import examples
from tests.conftest import ROOT
from workflow import __version__
from workflow.display import metrics
from workflow.i18n.message import Message
from workflow.models import Account, Balance, Failure, Quota, Snapshot, Usage
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

Read = dict[tuple[str, frozenset[tuple[str, str]]], float]
DASHBOARD = (ROOT / ".github/grafana/tankful.json").read_text(encoding="utf-8")


def state(*known: tuple[Account, Snapshot], privacy: bool = False) -> State:
    book = Accounts(tuple(account for account, _ in known))
    snapshots = {account.id: snapshot for account, snapshot in known}
    return State(book, snapshots, {}, Settings(privacy=privacy), at=examples.NOW)


def read(text: str, *, is_open: bool = False) -> Read:
    """Every number by its name and labels, as Prometheus reads them."""
    parse = (openmetrics if is_open else parser).text_string_to_metric_families
    found: Read = {}
    for family in parse(text):
        assert family.documentation
        for sample in family.samples:
            assert sample.timestamp is None
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found  # one double costs the whole file
            found[key] = sample.value
    return found


def of(*known: tuple[Account, Snapshot], privacy: bool = False) -> Read:
    """Read the metrics of these accounts, after checking that both formats are equal."""
    told = state(*known, privacy=privacy)
    plain = read(metrics.text(told))
    assert read(metrics.text(told, openmetrics=True), is_open=True) == plain
    return plain


def key(name: str, account: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    told = {"account": account, "provider": account.partition("-")[0], **labels}
    return name, frozenset(told.items())


def test_every_kind_of_number() -> None:
    found = of(*examples.SIX)
    glm, tavily, kimi, openai = (
        "glm-0000000a",
        "tavily-0000000a",
        "kimi-0000000a",
        "openai-0000000a",
    )
    assert found["tankful_build_info", frozenset({("version", __version__)})] == 1
    week = {"quota": "Weekly"}
    assert found[key("tankful_quota_used_ratio", glm, **week)] == pytest.approx(0.59)
    assert found[key("tankful_quota_window_seconds", glm, **week)] == 604800
    at = (examples.NOW + timedelta(days=2, hours=4)).timestamp()
    assert found[key("tankful_quota_reset_timestamp_seconds", glm, **week)] == at
    plan = {"quota": "Plan", "unit": "credits"}
    numbers = [
        found[key(f"tankful_quota_{n}", tavily, **plan)] for n in ("used", "limit", "remaining")
    ]
    assert numbers == [361, 1000, 639]
    assert found[key("tankful_quota_unlimited", tavily, quota="Key")] == 1
    assert found[key("tankful_balance", kimi, unit="CNY")] == pytest.approx(42.18)
    assert found[key("tankful_spend", openai, unit="USD", period="day")] == pytest.approx(1.31)
    assert found[key("tankful_account_up", glm)] == 1
    fetched = key("tankful_account_fetched_timestamp_seconds", glm)
    assert found[fetched] == examples.FETCHED.timestamp()
    info = key("tankful_account_info", glm, label="Work", plan="Pro", region="cn")
    assert found[info] == 1


def test_a_spend_of_a_day_that_is_over_is_no_line() -> None:
    known = replace(state(examples.OPENAI), at=examples.NOW + timedelta(days=1))
    periods = {dict(labels).get("period") for _, labels in read(metrics.text(known))}
    assert periods == {None, "month", "30 days"}


def test_what_is_unknown_is_no_line() -> None:
    found = of((examples.GLM[0], Snapshot("glm-0000000a")))
    assert {name for name, _ in found} == {"tankful_build_info", "tankful_account_info"}
    names = {
        (name, dict(labels).get("quota")) for name, labels in of(examples.TAVILY, examples.OPENAI)
    }
    assert ("tankful_quota_used_ratio", "Key") not in names
    assert ("tankful_quota_limit", "Key") not in names
    assert ("tankful_quota_remaining", "Tokens") not in names


def test_a_failure() -> None:
    failure = Failure("rate_limited", Message.quoted("slow down"), examples.NOW)
    account, snapshot = examples.GLM
    found = of((account, replace(snapshot, failure=failure)))
    assert found[key("tankful_account_up", account.id)] == 0
    assert found[key("tankful_account_failure", account.id, kind="rate_limited")] == 1
    assert key("tankful_quota_used_ratio", account.id, quota="Weekly") in found


def test_privacy_leaves_names_out() -> None:
    text = metrics.text(state(*examples.SIX, privacy=True))
    assert "tankful_account_info" not in text
    assert "Work" not in text
    assert 'account="glm-0000000a"' in text


def test_the_order_is_stable_and_headings_stand_once() -> None:
    text = metrics.text(state(*examples.many(30)))
    assert text == metrics.text(state(*examples.many(30)))
    headings = re.findall(r"^# TYPE (\S+)", text, re.M)
    assert len(headings) == len(set(headings))
    assert "# EOF" not in text
    assert "# UNIT" not in text
    told = metrics.text(state(*examples.SIX), openmetrics=True)
    assert told.endswith("# EOF\n")
    assert "# UNIT tankful_quota_window_seconds seconds" in told


def test_nothing_stands_twice() -> None:
    usage = Usage(
        (examples.share("Plan", "10"), examples.share("Plan", "20")),
        (Balance(Decimal(1), "CNY"), Balance(Decimal(2), "CNY", role="reserve")),
    )
    assert of((examples.GLM[0], Snapshot("glm-0000000a", usage, examples.NOW)))


texts = st.text(max_size=12)
amounts = st.one_of(st.none(), st.decimals(allow_nan=True, allow_infinity=True))


@given(texts, texts, amounts, amounts)
def test_whatever_a_provider_tells_is_read_back(
    label: str, unit: str, used: Decimal | None, limit: Decimal | None
) -> None:
    quota = Quota(label or "x", unit or "y", used, limit, limit)
    balance = Balance(Decimal(0) if used is None else used, "CNY")
    known = (
        Account("glm-0000000a", "glm", label),
        Snapshot("glm-0000000a", Usage((quota,), (balance,), plan=unit), examples.NOW),
    )
    try:
        quota.used_percent  # noqa: B018
    except ArithmeticError:
        return  # no provider's reader lets it through
    assert of(known)


def test_the_dashboard_asks_for_what_there_is() -> None:
    asked = set(re.findall(r"\btankful_[a-z_]+", DASHBOARD))
    assert asked <= set(metrics.HELP)
    assert len(asked) >= 6
    dashboard = json.loads(DASHBOARD)
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    labels = {"account", "provider", "quota", "unit", "period", "label", "kind", "plan", "region"}
    used = re.findall(r"\{\{(\w+)\}\}", DASHBOARD)
    assert set(used) <= labels
