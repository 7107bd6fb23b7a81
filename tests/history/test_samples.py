"""Which numbers of an answer are kept, in millionths, and when a new sample is written."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import examples
from tests.history.given import DAY, HOUR, MONEY, NOW, WEEKLY, balance, moment, points, quota
from workflow.history import samples
from workflow.history.series import ESTIMATED, SCALE, UNLIMITED, Sample, Series
from workflow.i18n.message import Message
from workflow.models import Balance, Failure, Quota, Snapshot, Spend, Usage
from workflow.records import replace


def of(*quotas: Quota) -> dict[Series, samples.Taken]:
    return samples.taken(Snapshot("glm-0000000a", Usage(quotas), moment(NOW)))


def test_a_quota_is_its_used_share() -> None:
    found = samples.taken(quota("41.5"))
    assert found == {WEEKLY: samples.Taken(Sample(NOW, points(41.5), None, NOW + 2 * DAY), 7 * DAY)}


def test_a_count_keeps_its_limit() -> None:
    told = Quota("Plan", "credits", Decimal(361), Decimal(1000), Decimal(639), estimated=True)
    (taken,) = of(told).values()
    assert taken.sample == Sample(NOW, points(36.1), points(1000), None, ESTIMATED)


def test_unlimited_is_kept_without_a_number() -> None:
    told = Quota("Key", "credits", Decimal(214), None, None, unlimited=True)
    (taken,) = of(told).values()
    assert taken.sample == Sample(NOW, None, None, None, UNLIMITED)


@pytest.mark.parametrize(
    "told",
    [
        Quota("Tokens", "tokens", Decimal(91254000), None, None),  # no limit
        Quota("Nothing", "requests", Decimal(0), Decimal(0), Decimal(0)),  # a limit of zero
        Quota("Video", "%", Decimal(25), Decimal(100), None, role="part", part_of="Month"),
        Quota("Huge", "tokens", Decimal(1), Decimal(10) ** 400, None),
        Quota("Beyond", "%", Decimal(10) ** 400, Decimal(100), None),
        Quota("Too large", "%", Decimal(10) ** 13, Decimal(100), None),
    ],
)
def test_what_has_no_share_or_no_room_is_no_sample(told: Quota) -> None:
    assert of(told) == {}
    assert list(
        of(told, replace(told, label="Good", used=Decimal(5), limit=Decimal(9), role="binding"))
    )


def test_balances_and_spends() -> None:
    spend = Spend(Decimal("12.345"), "USD", moment(NOW - DAY), moment(NOW), "month")
    usage = Usage(
        balances=(Balance(Decimal("-0.5"), "CNY", Decimal(12)), Balance(Decimal(3), "USD")),
        spends=(spend, replace(spend, period="day"), replace(spend, period="30 days")),
    )
    found = samples.taken(Snapshot(MONEY.account, usage, moment(NOW)))
    assert found[MONEY].sample == Sample(NOW, points(-0.5), points(12))
    assert found[MONEY._replace(unit="USD")].sample == Sample(NOW, points(3))
    month = Series(MONEY.account, "spend", "month", "USD")
    assert found[month] == samples.Taken(Sample(NOW, points(12.345), None, NOW - DAY), DAY)
    assert month._replace(name="day") in found
    assert month._replace(name="30 days") not in found


def test_of_two_numbers_of_one_name_the_first_is_kept() -> None:
    first = Quota("Plan", "%", Decimal(10), Decimal(100), None)
    (taken,) = of(first, replace(first, used=Decimal(90))).values()
    assert taken.sample.value == points(10)


def test_a_failure_is_no_sample() -> None:
    failure = Failure("unreachable", Message.quoted("no"), moment(NOW))
    assert samples.taken(replace(quota("5"), failure=failure)) == {}
    assert samples.taken(Snapshot("glm-0000000a")) == {}


def test_every_example_is_taken() -> None:
    for account, snapshot in examples.many(60):
        for series, taken in samples.taken(snapshot).items():
            assert series.account == account.id
            assert taken.sample.at == int(examples.NOW.timestamp())


amounts = st.decimals(allow_nan=True, allow_infinity=True)


@given(amounts)
def test_an_amount_is_whole_or_unkept(amount: Decimal) -> None:
    try:
        found = samples.millionths(amount)
    except samples.Unkept:
        assert not amount.is_finite() or abs(amount) > Decimal(10) ** 12
        return
    assert found is not None
    assert -(2**63) <= found < 2**63
    assert abs(Decimal(found) / SCALE - amount) <= Decimal("0.0000005") + abs(amount) / 10**20


@given(amounts, amounts, st.booleans())
def test_whatever_a_provider_tells_is_taken_or_left(
    used: Decimal, limit: Decimal, unlimited: bool
) -> None:
    told = Quota("Any", "requests", used, limit, None, unlimited=unlimited)
    try:
        told.used_percent  # noqa: B018
    except ArithmeticError:
        return  # no provider's reader lets it through
    assert len(of(told)) <= 1


BEFORE = Sample(NOW, points(40), points(1000), NOW + DAY)


@pytest.mark.parametrize(
    ("after", "news"),
    [
        (BEFORE._replace(at=NOW + 300), False),
        (BEFORE._replace(at=NOW + 1799), False),
        (BEFORE._replace(at=NOW + 1800), True),  # the heartbeat
        (BEFORE._replace(at=NOW + 300, value=points(40) + 1), True),
        (BEFORE._replace(at=NOW + 300, value=None), True),
        (BEFORE._replace(at=NOW + 300, total=points(2000)), True),
        (BEFORE._replace(at=NOW + 300, flags=UNLIMITED), True),
        (BEFORE._replace(at=NOW + 300, flags=ESTIMATED), False),
        (BEFORE._replace(at=NOW + 300, resets_at=NOW + DAY + 360), False),  # jitter
        (BEFORE._replace(at=NOW + 300, resets_at=NOW + DAY + 361), True),
        (BEFORE._replace(at=NOW + 300, resets_at=None), True),
    ],
)
def test_what_is_news(after: Sample, news: bool) -> None:
    assert samples.is_news(BEFORE, after, 5 * HOUR) is news


def test_the_first_is_news() -> None:
    assert samples.is_news(None, BEFORE, None)


def test_a_balance_that_stands_still() -> None:
    one, two = (samples.taken(balance("3", at))[MONEY] for at in (NOW, NOW + 60))
    assert not samples.is_news(one.sample, two.sample, None)
    assert timedelta(seconds=samples.HEARTBEAT) == timedelta(minutes=30)
