"""Snapshots on the wire: what is packed comes back equal, and nothing else comes back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.said import Phrase
from workflow.i18n.message import Message
from workflow.models import ROLES, Balance, Failure, Quota, Snapshot, Spend, Usage, WorkBlocked
from workflow.storage import json_codec, snapshot_json

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)


def _message(sentence: str, params: dict[str, Any], several: str = "", quote: str = "") -> Message:
    return Message(sentence, tuple(params.items()), several, quote)


TEXT = st.text(max_size=12)
MAYBE_AMOUNT = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
AMOUNT = st.decimals(allow_nan=False, allow_infinity=False)
TIME = st.datetimes(timezones=st.just(timezone.utc)).map(lambda when: when.replace(fold=0))
REFUSED = (ValueError, KeyError, TypeError, ArithmeticError)
PARAMS = st.recursive(
    TEXT | st.integers(-(2**50), 2**50),
    lambda inner: st.builds(_message, TEXT, st.dictionaries(TEXT, inner)),
)
PHRASE = st.builds(_message, TEXT, st.dictionaries(TEXT, PARAMS), TEXT, TEXT)
QUOTA = st.builds(
    Quota,
    label=TEXT,
    unit=TEXT,
    used=MAYBE_AMOUNT,
    limit=MAYBE_AMOUNT,
    remaining=MAYBE_AMOUNT,
    window=st.none() | st.integers(0, 2**40),
    resets_at=st.none() | TIME,
    unlimited=st.booleans(),
    estimated=st.booleans(),
    role=st.sampled_from(ROLES),
    part_of=st.none() | TEXT,
    alert=st.booleans(),
)
BALANCE = st.builds(Balance, AMOUNT, TEXT, MAYBE_AMOUNT, st.booleans(), st.sampled_from(ROLES[:2]))
SPEND = st.builds(Spend, AMOUNT, TEXT, TIME, TIME, st.sampled_from((None, "day", "month")))
BLOCKED = st.builds(WorkBlocked, st.sampled_from(("credits", "other")), PHRASE, st.none() | TIME)
USAGE = st.builds(
    Usage,
    quotas=st.lists(QUOTA, max_size=3).map(tuple),
    balances=st.lists(BALANCE, max_size=2).map(tuple),
    spends=st.lists(SPEND, max_size=2).map(tuple),
    plan=st.none() | TEXT,
    notice=st.none() | PHRASE,
    blocked=st.none() | BLOCKED,
    endpoints=st.lists(TEXT, max_size=2).map(tuple),
    is_changed=st.booleans(),
)
FAILURE = st.builds(Failure, TEXT, PHRASE, TIME, st.none() | TIME)
SNAPSHOT = st.builds(
    Snapshot, TEXT, st.none() | USAGE, st.none() | TIME, st.none() | FAILURE, st.none() | TIME
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


REASON = _message("{count} of {what}", {"count": 2, "what": _message("it", {}, "they", "it")})
WHOLE = Snapshot(
    "kimi-0000000a",
    Usage(
        (Quota("Weekly", "%", Decimal("4.50"), Decimal(100), None, 60, NOW, role="reserve"),),
        (Balance(Decimal("-0.10"), "CNY", Decimal(2), is_gift=True),),
        (Spend(Decimal("1.0"), "USD", NOW, NOW, "month"),),
        plan="Pro",
        notice=REASON,
        blocked=WorkBlocked("credits", REASON, NOW),
        endpoints=("api.example/usage",),
        is_changed=True,
    ),
    NOW,
    Failure("rate_limited", REASON, NOW, NOW),
    NOW,
)


def test_a_whole_snapshot_comes_back_equal() -> None:
    row = json_codec.dumps(snapshot_json.pack(WHOLE))
    assert repr(snapshot_json.unpack(json_codec.loads(row))) == repr(WHOLE)


@pytest.mark.slow
@given(snapshot=SNAPSHOT)
def test_every_snapshot_comes_back_equal(snapshot: Snapshot) -> None:
    row = json_codec.dumps(snapshot_json.pack(snapshot))
    back = snapshot_json.unpack(json_codec.loads(row))
    assert back == snapshot
    assert repr(back) == repr(snapshot)  # equal amounts may be written differently: 1.0, 1.00


def test_an_amount_keeps_its_digits() -> None:
    exact = Decimal("42.180")
    packed = snapshot_json.pack(Snapshot("a", Usage(balances=(Balance(exact, "CNY"),)), NOW))
    back = snapshot_json.unpack(packed).usage
    assert packed["usage"]["balances"][0]["available"] == "42.180"
    assert back is not None
    assert str(back.balances[0].available) == "42.180"


def test_a_share_that_was_worked_out_is_not_kept() -> None:
    quota = Quota("Weekly", "%", Decimal(59), Decimal(100), Decimal(41))
    untouched = snapshot_json.pack(Snapshot("a", Usage((quota,)), NOW))
    assert quota.used_percent == 59
    assert snapshot_json.pack(Snapshot("a", Usage((quota,)), NOW)) == untouched


def test_times_come_back_as_aware_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    back = snapshot_json.unpack(snapshot_json.pack(Snapshot("a", None, there)))
    assert back.fetched_at == NOW
    assert back.fetched_at is not None
    assert back.fetched_at.tzinfo is timezone.utc


def damaged(**changes: Any) -> dict[str, Any]:
    """A packed snapshot with some of its values replaced."""
    failure = Failure("blocked", Phrase("a", "b"), NOW)
    return {**snapshot_json.pack(Snapshot("a", Usage(), NOW, failure)), **changes}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({}, id="empty"),
        pytest.param([], id="list"),
        pytest.param(None, id="null"),
        pytest.param({"account_id": "a"}, id="fields-missing"),
        pytest.param(damaged(fetched_at="yesterday"), id="no-time"),
        pytest.param(damaged(fetched_at=5), id="time-as-number"),
        pytest.param(damaged(usage={"quotas": []}), id="half-a-usage"),
        pytest.param(damaged(usage="all"), id="usage-as-text"),
        pytest.param(damaged(failure={"kind": "x"}), id="half-a-failure"),
        pytest.param(
            damaged(failure={"kind": "x", "message": ["a", "b"], "at": None, "retry_at": None}),
            id="failure-without-a-time",
        ),
        pytest.param(
            damaged(
                usage={
                    **snapshot_json.pack(Snapshot("a", Usage()))["usage"],
                    "balances": [{"new": "word"}],
                }
            ),
            id="a-word-of-another-version",
        ),
    ],
)
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(REFUSED):
        snapshot_json.unpack(value)


@given(value=JSON, name=st.sampled_from(["account_id", "usage", "fetched_at", "failure"]))
def test_no_foreign_value_raises_anything_else(value: Any, name: str) -> None:
    try:
        back = snapshot_json.unpack(damaged(**{name: value}))
    except REFUSED:
        return
    assert isinstance(back, Snapshot)


def test_an_amount_that_is_no_number_is_refused() -> None:
    packed = snapshot_json.pack(Snapshot("a", Usage(balances=(Balance(Decimal(1), "CNY"),)), NOW))
    packed["usage"]["balances"][0]["available"] = "much"
    with pytest.raises(ArithmeticError):
        snapshot_json.unpack(packed)
